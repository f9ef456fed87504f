"""What one connection still has to send: events, encoded only when they leave."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from tts_server.protocol.codec import encode_server
from tts_server.protocol.events import AudioDelta, AudioDone, ResponseCancelled

if TYPE_CHECKING:
    from tts_server.protocol.events import ServerEvent

FRAME_OVERHEAD_BYTES: Final = 120
"""Bytes of an audio event around its base64: measured 108 to 124 with the ids that the machine makes."""

EVENT_BYTES: Final = 300
"""What another event counts for while it waits; they are few, and rarely longer."""


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

    def take(self, max_bytes: int) -> list[str | bytes]:
        """Take events from the front, at least one if there is any, and encode them.

        Args:
            max_bytes: Stop at the first event that goes beyond this.
        """
        messages: list[str | bytes] = []
        taken = 0
        while self._events:
            size = _size(self._events[0])
            if messages and taken + size > max_bytes:
                break
            messages.append(encode_server(self._events.popleft()))
            taken += size
        self.n_bytes -= taken
        return messages

    def discard_audio(self, response_id: str) -> int:
        """Drop the audio of a response; returns the number of frames."""
        kept = deque(e for e in self._events if type(e) is not AudioDelta or e.response_id != response_id)
        n_dropped = len(self._events) - len(kept)
        if n_dropped:
            self._events = kept
            self.n_bytes = sum(map(_size, kept))
        return n_dropped

    def cancel_ended(self, response_id: str | None, previous_event_id: str | None) -> int:
        """Cancel a response that is made and whose end has not left: to its client it is in progress.

        Its audio is dropped, and ``response.cancelled`` leaves in place of ``response.audio.done``.

        Args:
            response_id: The response; None is every one.
            previous_event_id: The ``event_id`` of the cancel.

        Returns:
            The number of responses that were cancelled; 0 leaves everything as it is.
        """
        ended = {
            event.response_id
            for event in self._events
            if type(event) is AudioDone and response_id in {None, event.response_id}
        }
        if ended:
            self._events = deque(
                ResponseCancelled(event.event_id, event.response_id, previous_event_id)
                if type(event) is AudioDone and event.response_id in ended
                else event
                for event in self._events
                if type(event) is not AudioDelta or event.response_id not in ended
            )
            self.n_bytes = sum(map(_size, self._events))
        return len(ended)

    def clear(self) -> None:
        """Drop everything."""
        self._events.clear()
        self.n_bytes = 0


def _size(event: ServerEvent) -> int:
    if type(event) is AudioDelta:
        return (len(event.pcm) + 2) // 3 * 4 + FRAME_OVERHEAD_BYTES
    return EVENT_BYTES
