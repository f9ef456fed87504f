"""What one connection still has to send: events, encoded only when they leave."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from tts_server.protocol.codec import encode_server
from tts_server.protocol.events import AudioDelta, AudioDone, ResponseFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tts_server.protocol.events import ResponseCancelled, ServerEvent

FRAME_OVERHEAD_BYTES: Final = 120
"""Bytes of an audio event around its base64: measured 108 to 124 with the ids that the machine makes."""

EVENT_BYTES: Final = 300
"""What another event counts for while it waits; they are few, and rarely longer."""


_ENDS: Final = (AudioDone, ResponseFailed)
_OF_A_RESPONSE: Final = (AudioDelta, *_ENDS)


class Taken(NamedTuple):
    """What leaves: encoded messages, and the ids of the responses that ended in one, unless by a cancel."""

    messages: list[str | bytes]
    ended: list[str]


class Outbox:
    """Events in the order in which they leave, with the bytes that they will take.

    Audio waits as samples: a cancelled response then costs nothing more, and base64 is made once it is
    wanted.
    """

    def __init__(self) -> None:
        self._events: deque[ServerEvent] = deque()
        self.n_bytes = 0
        """Estimate of the bytes that wait, exact to a few in a hundred."""

    def __len__(self) -> int:
        return len(self._events)

    def push(self, event: ServerEvent) -> None:
        """Put an event behind all others."""
        self._events.append(event)
        self.n_bytes += _size(event)

    def take(self, max_bytes: int) -> Taken:
        """Take events from the front, at least one if there is any, and encode them.

        Args:
            max_bytes: Stop at the first event that goes beyond this.
        """
        taken = Taken([], [])
        n_bytes = 0
        while self._events:
            event = self._events[0]
            size = _size(event)
            if taken.messages and n_bytes + size > max_bytes:
                break
            taken.messages.append(encode_server(self._events.popleft()))
            n_bytes += size
            if isinstance(event, _ENDS):
                taken.ended.append(event.response_id)
        self.n_bytes -= n_bytes
        return taken

    def replace(self, events: Iterable[ResponseCancelled]) -> None:
        """Drop the audio of each event's response; put the event in the place of its end, or at the back.

        Takes time for each event that waits, once.
        """
        instead = {event.response_id: event for event in events}
        ended: set[str] = set()
        kept: deque[ServerEvent] = deque()
        for waiting in self._events:
            response_id = waiting.response_id if isinstance(waiting, _OF_A_RESPONSE) else None
            if response_id not in instead:
                kept.append(waiting)
            elif not isinstance(waiting, AudioDelta):
                kept.append(instead[response_id])
                ended.add(response_id)
        kept.extend(event for response_id, event in instead.items() if response_id not in ended)
        self._events = kept
        self.n_bytes = sum(map(_size, kept))

    def clear(self) -> None:
        """Drop everything."""
        self._events.clear()
        self.n_bytes = 0


def _size(event: ServerEvent) -> int:
    if type(event) is AudioDelta:
        return (len(event.pcm) + 2) // 3 * 4 + FRAME_OVERHEAD_BYTES
    return EVENT_BYTES
