"""The responses in progress on one connection: who hears them, and how long their silence may last.

A response may be silent for ``silence_s``. A server that shows signs of life is given more time where silence
has a reason: before the first audio a response may be waiting for its turn, and while its listener has not
heard what came, the engine's steps go to others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.wording import show


class EventSink(Protocol):
    """Takes the events of one response, on the event loop's thread; must not block."""

    def put(self, event: ev.ServerEvent) -> None:
        """Take an event."""

    def fail(self, error: Exception) -> None:
        """Learn that no more events come."""


class _Nowhere:
    """Takes the events of a response that nobody wants any more."""

    def put(self, event: ev.ServerEvent) -> None:
        """Drop it."""

    def fail(self, error: Exception) -> None:
        """Nobody is there to be told."""


NOWHERE = _Nowhere()

MAX_EXTENSIONS = 9
"""How often a living server is given more time for the first audio."""


@dataclass(slots=True)
class Response:
    """One response in progress.

    Args:
        response_id: Its id.
        sink: Takes its events; None leaves them to ``events``.
        last_event_s: When its last event came, on the event loop's clock.
    """

    response_id: str
    sink: EventSink | None
    last_event_s: float
    next_seq: int = 0
    heard_until_s: float = 0.0
    """When somebody who plays the audio as it comes has heard all of it."""
    n_extensions: int = 0
    """How often a living server was given more time since the last event."""

    @property
    def has_audio(self) -> bool:
        """Whether any audio came."""
        return self.next_seq > 0

    def take(self, event: ev.ServerEvent, now: float, rate_hz: int) -> None:
        """Take note of an event.

        Raises:
            RemoteProtocolError: Audio is missing, or came twice.
        """
        self.last_event_s, self.n_extensions = now, 0
        if not isinstance(event, ev.AudioDelta):
            return
        if event.seq != self.next_seq:
            raise RemoteProtocolError(
                f"the server sent frame {show(event.seq)} of a response where {self.next_seq} was due"
            )
        self.next_seq += 1
        self.heard_until_s = max(self.heard_until_s, now) + len(event.pcm) / 2 / rate_hz

    def silent_at_s(self, silence_s: float) -> float:
        """When its silence has lasted too long."""
        return self.last_event_s + silence_s * (1 + self.n_extensions)

    def may_be_silent(self, now: float) -> bool:
        """Whether its silence has a reason, should the server be alive."""
        return now < self.heard_until_s if self.has_audio else self.n_extensions < MAX_EXTENSIONS


class Responses:
    """All responses in progress, by their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Response] = {}

    def __bool__(self) -> bool:
        return bool(self._by_id)

    @property
    def have_listeners(self) -> bool:
        """Whether a sink waits for events."""
        return any(response.sink is not None for response in self._wanted())

    def begin(self, response_id: str, sink: EventSink | None, now: float) -> None:
        """Remember a response that was accepted.

        Raises:
            RemoteProtocolError: There is one of this id already.
        """
        if response_id in self._by_id:
            raise RemoteProtocolError(f"the server accepted {show(response_id)} twice")
        self._by_id[response_id] = Response(response_id, sink, now)

    def let_go(self, response_id: str) -> bool:
        """Send a response's further events nowhere; False where it is over, or was let go of before."""
        response = self._by_id.get(response_id)
        if response is None or response.sink is NOWHERE:
            return False
        response.sink = NOWHERE
        return True

    def take(self, event: ev.ServerEvent, now: float, rate_hz: int) -> EventSink | None:
        """Take note of an event, and tell whose it is.

        Raises:
            RemoteProtocolError: Audio is missing, or came twice.
        """
        response_id = getattr(event, "response_id", None)
        response = self._by_id.get(response_id) if isinstance(response_id, str) else None
        if response is None:
            return None
        response.take(event, now, rate_hz)
        if isinstance(event, ev.AudioDone | ev.ResponseCancelled | ev.ResponseFailed):
            del self._by_id[response.response_id]
        return response.sink

    def next_silence(self, silence_s: float) -> float | None:
        """When the first of them will have been silent for too long, unless something comes."""
        return min((response.silent_at_s(silence_s) for response in self._wanted()), default=None)

    def silent(self, silence_s: float, now: float) -> list[Response]:
        """Those that have been silent for too long."""
        return [response for response in self._wanted() if response.silent_at_s(silence_s) <= now]

    def _wanted(self) -> Iterator[Response]:
        """Those that were not let go of: nobody waits for the others."""
        return (response for response in self._by_id.values() if response.sink is not NOWHERE)

    def restart_clocks(self, now: float) -> None:
        """Count silence from ``now``: nothing was read before."""
        for response in self._by_id.values():
            response.last_event_s, response.n_extensions = now, 0

    def end(self) -> list[EventSink]:
        """Forget all; return the sinks that wait."""
        sinks = [response.sink for response in self._by_id.values() if response.sink is not None]
        self._by_id.clear()
        return sinks
