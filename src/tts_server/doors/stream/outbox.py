"""What one connection still has to send: audio as samples until it leaves, everything else as its message."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from tts_server.protocol.events import AudioDelta, AudioDone, ResponseFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tts_server.protocol.dialect import Message, ServerDialect
    from tts_server.protocol.events import ResponseCancelled, ServerEvent

ANSWER_OVERHEAD_BYTES: Final = 400
"""What an answer takes beside its text while it waits: the event, its ids, the string's own 49."""

_ENDS: Final = (AudioDone, ResponseFailed)
_OF_A_RESPONSE: Final = (AudioDelta, *_ENDS)


class Taken(NamedTuple):
    """What leaves: encoded messages, and the ids of the responses that ended in one, unless by a cancel."""

    messages: list[Message]
    ended: list[str]


_Waiting = tuple["ServerEvent", "Message | None", int]
"""An event that waits, its message, and the bytes that it keeps; audio has no message before it leaves."""


def _answer_bytes(message: Message) -> int:
    return len(message) + ANSWER_OVERHEAD_BYTES


class Outbox:
    """Events in the order in which they leave, with the bytes that they keep.

    Audio waits as samples: a cancelled response then costs nothing more, and base64 is made once it is
    wanted. Anything else is encoded at once, so that it is counted for what it is, however long.

    Args:
        dialect: What the connection speaks.
    """

    def __init__(self, dialect: ServerDialect) -> None:
        self._encode = dialect.encode
        self._audio_bytes = dialect.audio_bytes
        self._events: deque[_Waiting] = deque()
        self.n_bytes = 0
        """Bytes that wait: of audio what it will take on the wire, exact to a few in a hundred; of anything
        else its message and what keeping it takes."""
        self.n_answer_bytes = 0
        """Those of them that are no audio."""

    def __len__(self) -> int:
        return len(self._events)

    def push(self, event: ServerEvent) -> None:
        """Put an event behind all others."""
        if type(event) is AudioDelta:
            size = self._audio_bytes(event)
            self._events.append((event, None, size))
        else:
            message = self._encode(event)
            size = _answer_bytes(message)
            self._events.append((event, message, size))
            self.n_answer_bytes += size
        self.n_bytes += size

    def take(self, max_bytes: int) -> Taken:
        """Take events from the front, at least one if there is any, and encode them.

        Args:
            max_bytes: Stop at the first event that goes beyond this.
        """
        taken = Taken([], [])
        n_bytes = n_answer_bytes = 0
        while self._events:
            event, message, size = self._events[0]
            if taken.messages and n_bytes + size > max_bytes:
                break
            self._events.popleft()
            n_bytes += size
            if message is None:
                taken.messages.append(self._encode(event))
                continue
            n_answer_bytes += size
            taken.messages.append(message)
            if isinstance(event, _ENDS):
                taken.ended.append(event.response_id)
        self.n_bytes -= n_bytes
        self.n_answer_bytes -= n_answer_bytes
        return taken

    def replace(self, events: Iterable[ResponseCancelled]) -> None:
        """Drop the audio of each event's response; put the event in the place of its end, or at the back.

        Takes time for each event that waits, once.
        """
        instead = {event.response_id: event for event in events}
        ended: set[str] = set()
        before = list(self._events)
        self.clear()
        for event, message, size in before:
            response_id = event.response_id if isinstance(event, _OF_A_RESPONSE) else None
            if response_id not in instead:
                self._events.append((event, message, size))
                self.n_bytes += size
                self.n_answer_bytes += 0 if message is None else size
            elif not isinstance(event, AudioDelta):
                self.push(instead[response_id])
                ended.add(response_id)
        for response_id, event in instead.items():
            if response_id not in ended:
                self.push(event)

    def clear(self) -> None:
        """Drop everything."""
        self._events.clear()
        self.n_bytes = self.n_answer_bytes = 0
