"""Requests whose answers have not come, and those that were given up before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tts_server.client.buffer import PIECE_MARK, TextBuffer
from tts_server.client.reasons import refusal
from tts_server.client.responses import NOWHERE, EventSink
from tts_server.errors import LocalProtocolError, RemoteProtocolError
from tts_server.protocol import events as ev

ANSWERS: dict[type[ev.ClientEvent], tuple[type[ev.ServerEvent], ...]] = {
    ev.UpdateSession: (ev.SessionCreated, ev.SessionUpdated),
    ev.CommitText: (ev.TextCommitted,),
    ev.ClearText: (ev.TextCleared,),
    ev.RequestStatus: (ev.ServerStatus,),
    ev.CloseSession: (ev.SessionClosed,),
    ev.CancelSession: (ev.SessionClosed,),
}
"""What answers each request, beside ``error``."""


AnswerT = TypeVar("AnswerT")


def answer_as(answer: ev.ServerEvent, kind: type[AnswerT]) -> AnswerT:
    """Take an answer for what ``ANSWERS`` says that it is.

    Raises:
        LocalProtocolError: The request was another one.
    """
    if not isinstance(answer, kind):
        raise LocalProtocolError(f"{type(answer).__name__} is no {kind.__name__}")
    return answer


@dataclass(slots=True)
class Request:
    """A request whose answer has not come."""

    event_id: str
    event: ev.ClientEvent
    answer: asyncio.Future[ev.ServerEvent]
    sink: EventSink | None
    came: ev.ServerEvent | None = None
    """The answer, which may come just when whoever waited was cancelled."""


class Requests:
    """All of one connection.

    Args:
        buffer: Learns which texts were refused.
        begin: Called with the id of each response that was accepted, and who takes its events.
        let_go: Called with the id of a response that nobody wants any more.
    """

    def __init__(
        self,
        buffer: TextBuffer,
        begin: Callable[[str, EventSink | None], None],
        let_go: Callable[[str], None],
    ) -> None:
        self._buffer = buffer
        self._begin = begin
        self._let_go = let_go
        self._waiting: dict[str, Request] = {}
        self._abandoned: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def new(self, event: ev.ClientEvent, sink: EventSink | None) -> Request:
        """Remember a request that is about to be sent.

        Raises:
            LocalProtocolError: The event is none that is answered, or has no ``event_id``.
        """
        if event.event_id is None or type(event) not in ANSWERS:
            raise LocalProtocolError(f"{type(event).__name__} needs an event_id to be answered")
        answer: asyncio.Future[ev.ServerEvent] = asyncio.get_running_loop().create_future()
        request = Request(event.event_id, event, answer, sink)
        self._waiting[request.event_id] = request
        return request

    def end(self, request: Request) -> None:
        """Forget a request that was answered or given up."""
        del self._waiting[request.event_id]
        if request.answer.done() and not request.answer.cancelled():
            # Looked at, so that nobody complains of an error that the caller did not stay to hear.
            request.answer.exception()

    def give_up(self, request: Request) -> None:
        """Drop the answer when it comes, and cancel what the server speaks because of it."""
        if request.came is None:
            self.ignore(request.event_id)
        elif isinstance(request.came, ev.TextCommitted):
            self._let_go(request.came.response_id)

    def ignore(self, event_id: str) -> None:
        """Drop what answers an event."""
        self._abandoned.add(event_id)

    def fail(self, make_error: Callable[[], Exception]) -> None:
        """Tell everybody who waits that no answer comes."""
        for request in self._waiting.values():
            if not request.answer.done():
                request.answer.set_exception(make_error())

    def take(self, event: ev.ServerEvent) -> bool:
        """Hand an answer to whoever waits for it, or waited; False where it is none.

        Raises:
            RemoteProtocolError: The answer does not fit the request.
        """
        event_id = getattr(event, "previous_event_id", None)
        refused = None
        if isinstance(event, ev.ErrorOccurred):
            event_id, refused = event_id or event.error.event_id, refusal(event.error)
            if self._buffer.refused(event_id, refused):
                return True
        if not isinstance(event_id, str) or isinstance(event, ev.ResponseCancelled):
            return False
        if event_id in self._abandoned or event_id.removesuffix(PIECE_MARK) in self._abandoned:
            self._drop(event_id, event)
            return True
        request = self._waiting.get(event_id)
        if request is None or request.came is not None:
            return False
        expected = ANSWERS[type(request.event)]
        if refused is None and not isinstance(event, expected):
            if isinstance(event, ev.SessionClosed):
                return False
            answer = type(event).__name__
            raise RemoteProtocolError(f"the server answered {type(request.event).__name__} with {answer}")
        request.came = event
        if isinstance(request.event, ev.CommitText):
            # Where part of the text is missing, nothing of it is to be spoken.
            refused = self._buffer.take_error() or refused
        if isinstance(event, ev.TextCommitted):
            self._begin(event.response_id, NOWHERE if refused else request.sink)
        if not request.answer.done():
            if refused is not None:
                request.answer.set_exception(refused)
            else:
                request.answer.set_result(event)
        return True

    def _drop(self, event_id: str, event: ev.ServerEvent) -> None:
        self._abandoned.discard(event_id)
        if isinstance(event, ev.TextCommitted):
            self._begin(event.response_id, NOWHERE)
