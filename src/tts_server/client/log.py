"""The events that wait for ``TTSClient.events``, bounded in number and in memory."""

from __future__ import annotations

from collections import deque

from tts_server.protocol import events as ev

MAX_LOGGED_BYTES = 64 << 20
"""Memory that they may take before reading stops; 400 s of audio take 24 MB at 24 kHz."""

MAX_MORE_EVENTS = 20_000
"""Events that may come on top, while reading goes on for the sake of an answer."""

_EVENT_BYTES = 250
_BYTES_OF_A_CHARACTER = 16
"""A list of short strings takes up to 14 times the memory of its JSON."""


class EventLog:
    """Events in order, each with what it costs."""

    def __init__(self) -> None:
        self._events: deque[tuple[ev.ServerEvent, int]] = deque()
        self._n_bytes = 0

    def __len__(self) -> int:
        return len(self._events)

    def is_full(self, max_events: int) -> bool:
        """Whether nothing more is to be read until events are taken."""
        return len(self._events) >= max_events or self._n_bytes >= MAX_LOGGED_BYTES

    def is_overfull(self, max_events: int) -> bool:
        """Whether what was read for the sake of an answer has brought as much again."""
        return len(self._events) >= max_events + MAX_MORE_EVENTS or self._n_bytes >= 2 * MAX_LOGGED_BYTES

    def put(self, event: ev.ServerEvent, n_chars: int) -> None:
        """Add an event whose message had ``n_chars`` characters."""
        if isinstance(event, ev.AudioDelta):
            cost = _EVENT_BYTES + len(event.pcm)
        else:
            cost = _EVENT_BYTES + _BYTES_OF_A_CHARACTER * n_chars
        self._events.append((event, cost))
        self._n_bytes += cost

    def take(self) -> ev.ServerEvent | None:
        """Take the oldest; None where none waits."""
        if not self._events:
            return None
        event, cost = self._events.popleft()
        self._n_bytes -= cost
        return event
