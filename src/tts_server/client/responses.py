"""The responses in progress on one connection: who hears them, and how long their silence may last.

A response may be silent for ``silence_s``. A server that shows signs of life is given more time where silence
has a reason: before the first audio a response may be waiting for its turn, and while its listener has not
heard what came, the engine's steps go to others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.wording import show

MAX_EXTENSIONS = 9
"""How often a living server is given more time for the first audio."""

TERMINAL = (ev.AudioDone, ev.ResponseCancelled, ev.ResponseFailed)
"""What ends a response."""


class Hearer(Enum):
    """Who takes a response's events."""

    CALL = "the listener of its call"
    EVERYBODY = "whoever reads all events"
    NOBODY = "nobody any more"


@dataclass(slots=True)
class Response:
    """One response in progress.

    Args:
        response_id: Its id.
        context: Where its text was committed.
        call: The call that committed it; None where that was given up before the answer came.
        hearer: Who takes its events.
        last_event_s: When its last event came.
    """

    response_id: str
    context: str
    call: int | None
    hearer: Hearer
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
    """All responses in progress, by their ids, in the order in which they were accepted."""

    def __init__(self) -> None:
        self._by_id: dict[str, Response] = {}

    @property
    def live(self) -> tuple[Response, ...]:
        """Those whose end has not come."""
        return tuple(self._by_id.values())

    @property
    def have_listeners(self) -> bool:
        """Whether the listener of a call waits for events."""
        return any(response.hearer is Hearer.CALL for response in self._by_id.values())

    def begin(self, response: Response) -> None:
        """Remember a response that was accepted.

        Raises:
            RemoteProtocolError: There is one of this id already.
        """
        if response.response_id in self._by_id:
            raise RemoteProtocolError(f"the server accepted {show(response.response_id)} twice")
        self._by_id[response.response_id] = response

    def let_go(self, response_id: str) -> Response | None:
        """Send a response's further events nowhere; None where it is over, or was let go of before."""
        response = self._by_id.get(response_id)
        if response is None or response.hearer is Hearer.NOBODY:
            return None
        response.hearer = Hearer.NOBODY
        return response

    def of_call(self, call: int) -> Response | None:
        """The response that a call has committed."""
        return next((response for response in self._by_id.values() if response.call == call), None)

    def take(self, event: ev.ServerEvent, now: float, rate_hz: int) -> Response | None:
        """Take note of an event, and tell whose it is.

        Raises:
            RemoteProtocolError: Audio is missing, or came twice.
        """
        response_id = getattr(event, "response_id", None)
        response = self._by_id.get(response_id) if isinstance(response_id, str) else None
        if response is None:
            return None
        response.take(event, now, rate_hz)
        if isinstance(event, TERMINAL):
            del self._by_id[response.response_id]
        return response

    def next_silence_s(self, silence_s: float) -> float | None:
        """When the first of them will have been silent for too long, unless something comes."""
        return min((response.silent_at_s(silence_s) for response in self._wanted()), default=None)

    def silent(self, silence_s: float, now: float) -> list[Response]:
        """Those that have been silent for too long."""
        return [response for response in self._wanted() if response.silent_at_s(silence_s) <= now]

    def restart_clocks(self, now: float) -> None:
        """Count silence from ``now``: nothing was read before."""
        for response in self._by_id.values():
            response.last_event_s, response.n_extensions = now, 0

    def end(self) -> list[int]:
        """Forget all; return the calls that listen."""
        listening = [one for one in self._by_id.values() if one.hearer is Hearer.CALL]
        self._by_id.clear()
        return [one.call for one in listening if one.call is not None]

    def _wanted(self) -> Iterator[Response]:
        """Those that were not let go of: nobody waits for the others."""
        return (response for response in self._by_id.values() if response.hearer is not Hearer.NOBODY)
