"""Requests whose answers have not come, those that were given up before, and what has not left yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from tts_server.client.inputs import Asking
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

PIECE_MARK = "t"
"""Stands behind the ``event_id`` of a piece's commit in that of its append, so that a refusal of the text is
known even after the commit was given up."""

AnswerT = TypeVar("AnswerT")


def answer_as(answer: ev.ServerEvent | None, kind: type[AnswerT]) -> AnswerT:
    """Take an answer for what ``ANSWERS`` says that it is.

    Raises:
        LocalProtocolError: The request was another one.
    """
    if not isinstance(answer, kind):
        raise LocalProtocolError(f"{type(answer).__name__} is no {kind.__name__}")
    return answer


def check_request(event: ev.ClientEvent) -> None:
    """Do nothing about an event that can be answered.

    Raises:
        LocalProtocolError: It is none that is answered, or has no ``event_id``.
    """
    if event.event_id is None or type(event) not in ANSWERS:
        raise LocalProtocolError(f"{type(event).__name__} needs an event_id to be answered")


@dataclass(frozen=True, slots=True)
class Pending:
    """A request whose answer has not come.

    Args:
        event_id: What its answer carries.
        event: What was sent.
        asking: Who waits; None is the core itself.
        timeout_s: How long it may last; None is for ever.
        deadline_s: When that is over.
    """

    event_id: str
    event: ev.ClientEvent
    asking: Asking | None
    timeout_s: float | None
    deadline_s: float | None

    @property
    def call(self) -> int | None:
        """The call that waits."""
        return None if self.asking is None else self.asking.call


@dataclass(frozen=True, slots=True)
class Leaving:
    """Something that is to leave, and whose call is answered then."""

    call: int
    timeout_s: float | None
    deadline_s: float | None


class Requests:
    """All of one connection, in the order in which they were made."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}
        self._leaving: dict[int, Leaving] = {}
        self._abandoned: set[str] = set()

    def __bool__(self) -> bool:
        """Whether any answer is waited for."""
        return bool(self._pending)

    @property
    def n_leaving(self) -> int:
        """How many calls wait for something to leave."""
        return len(self._leaving)

    def ask(
        self, event: ev.ClientEvent, asking: Asking | None, timeout_s: float | None, now: float
    ) -> Pending:
        """Remember a request that is sent now; ``check_request`` has nothing against it."""
        pending = Pending(str(event.event_id), event, asking, timeout_s, _deadline_s(timeout_s, now))
        self._pending[pending.event_id] = pending
        return pending

    def leave(self, call: int, timeout_s: float | None, now: float) -> Leaving:
        """Remember a call that is answered once its event has left."""
        leaving = self._leaving[call] = Leaving(call, timeout_s, _deadline_s(timeout_s, now))
        return leaving

    def left(self, call: int) -> bool:
        """Forget what has left, or is waited for no more; False where nobody waited for that."""
        return self._leaving.pop(call, None) is not None

    def of_call(self, call: int) -> Pending | None:
        """The request that a call waits for."""
        for pending in self._pending.values():
            if pending.call == call:
                return pending
        return None

    def done(self, pending: Pending) -> None:
        """Wait no more."""
        del self._pending[pending.event_id]

    def give_up(self, pending: Pending) -> None:
        """Wait no more; the answer is dropped when it comes."""
        self.done(pending)
        self.ignore(pending.event_id)

    def ignore(self, event_id: str) -> None:
        """Drop what answers an event."""
        self._abandoned.add(event_id)

    def was_given_up(self, event_id: str) -> bool:
        """Whether what answers this event is to be dropped; told once for each."""
        if event_id in self._abandoned:
            self._abandoned.remove(event_id)
            return True
        return event_id.removesuffix(PIECE_MARK) in self._abandoned

    def answered(self, event_id: str, event: ev.ServerEvent) -> Pending | None:
        """The request that an event answers; None where there is none.

        Raises:
            RemoteProtocolError: The answer does not fit the request.
        """
        pending = self._pending.get(event_id)
        if pending is None:
            return None
        if not isinstance(event, (ev.ErrorOccurred, *ANSWERS[type(pending.event)])):
            if isinstance(event, ev.SessionClosed):
                return None
            asked, answer = type(pending.event).__name__, type(event).__name__
            raise RemoteProtocolError(f"the server answered {asked} with {answer}")
        return pending

    def expired(self, now: float) -> list[Pending | Leaving]:
        """Those that were not answered, or have not left, in time."""
        return [one for one in self._all() if one.deadline_s is not None and one.deadline_s <= now]

    def next_deadline_s(self) -> float | None:
        """When the first of them will have lasted too long."""
        return min((one.deadline_s for one in self._all() if one.deadline_s is not None), default=None)

    def end(self) -> list[int]:
        """Forget all; return the calls that wait."""
        calls = [one.call for one in self._all() if one.call is not None]
        self._pending.clear()
        self._leaving.clear()
        self._abandoned.clear()
        return calls

    def _all(self) -> Iterable[Pending | Leaving]:
        return chain(self._pending.values(), self._leaving.values())


def _deadline_s(timeout_s: float | None, now: float) -> float | None:
    return None if timeout_s is None else now + timeout_s
