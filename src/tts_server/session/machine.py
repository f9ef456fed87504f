"""One connection's rules, all of them.

Theory of operation. Everything that happens to a connection is an *input*; what should be done about it comes
back from ``handle`` as a list of *effects*, which the connection's driver carries out in order. The machine
does no I/O, reads no clock and draws no random numbers: the same inputs give the same effects. It keeps what
belongs to the connection; what belongs to one stream of speech is its *context*'s, to which it routes.

Two tables say what is done: ``SESSION_TABLE`` maps (session state, type of input or client event) to a rule,
and ``RESPONSE_TABLE`` (response state, type of input) to another. A pair that is in neither is a mistake of
the driver's, and raises ``LocalProtocolError``.
"""

# ruff: noqa: ARG002 - every rule takes the time, whether it needs it or not

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tts_server.errors import ChoiceError, LocalProtocolError, RemoteProtocolError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session import answers, inputs
from tts_server.session.context import Context
from tts_server.session.contexts import Contexts
from tts_server.session.effects import Close, Effect, Note, ReportStatus, Send, SetTimer, Timer
from tts_server.session.faults import error_event
from tts_server.session.ids import Ids
from tts_server.session.inputs import Input, OfResponse, Received
from tts_server.session.notes import dropped_extras
from tts_server.session.outflow import Outflow
from tts_server.session.response import ResponseState
from tts_server.session.rules import Rule, on
from tts_server.session.terms import STANDARD_TERMS, Terms
from tts_server.speech.choices import NOTHING_CHOSEN, Wish, check_model, check_text_format, overlay
from tts_server.speech.service import ServiceInfo
from tts_server.wording import show


class _Farewell(NamedTuple):
    """How a session ends: the reason in ``session.closed``, the close code, and whose event asked for it."""

    reason: str
    code: int
    event_id: str | None


class SessionState(Enum):
    """Where a session stands."""

    NEW = "new"
    """Nothing was sent yet."""
    OPEN = "open"
    CLOSING = "closing"
    """No more commits; what is in progress may end, until the drain timer fires."""
    ENDED = "ended"
    """``session.closed`` was sent, and what waits to be sent may leave."""
    CLOSED = "closed"
    """The connection is gone, or was given up."""


class SessionMachine:
    """The rules of one connection.

    ``now`` is in seconds on any clock that does not go back. Not thread-safe: one driver calls it.

    Args:
        session_id: Name of the session, such as ``sess_4f2a91c0``; a part of it stands in the ids of
            responses.
        service: The loaded backend.
        limits: What this client may ask for.
        terms: What its dialect can say.
    """

    def __init__(
        self, session_id: str, service: ServiceInfo, limits: Limits, terms: Terms = STANDARD_TERMS
    ) -> None:
        self.session_id = session_id
        self._enter(SessionState.NEW)
        self._service = service
        self._limits = limits
        self._terms = terms
        self._ids = Ids(session_id)
        self._choices = NOTHING_CHOSEN
        self._configured = False
        self._contexts = Contexts(self._new_context, terms.max_contexts)
        self._outflow = Outflow(limits)
        self._farewell: _Farewell

    @property
    def buffered_chars(self) -> int:
        """Code points appended and not committed yet, in all contexts."""
        return self._contexts.n_buffered_chars

    @property
    def live_responses(self) -> tuple[str, ...]:
        """Ids of the responses whose terminal event was not handed to ``Send``, oldest first."""
        return self._contexts.live

    def response_state(self, response_id: str) -> ResponseState | None:
        """Tell where a response stands; None when it has ended, or never was."""
        return self._contexts.state(response_id)

    def handle(self, given: Input, now: float) -> list[Effect]:
        """Take what has happened, and return what is to be done about it, in order, before the next input.

        Raises:
            LocalProtocolError: It cannot happen in this state: a mistake of the driver's.
        """
        rule = self._rules.get(type(given))
        if rule is not None:
            return rule.apply(self, given, now)
        if isinstance(given, Received):
            return self._receive(given.event, now)
        if isinstance(given, OfResponse):
            return self._of_response(given, now)
        raise self._no_rule(type(given))

    def _enter(self, state: SessionState) -> None:
        self.state = state
        self._rules = RULES[state]

    def _no_rule(self, kind: type[object]) -> LocalProtocolError:
        return LocalProtocolError(f"in the state {self.state.value} a session takes no {kind.__name__}")

    def _receive(self, event: ev.ClientEvent, now: float) -> list[Effect]:
        """Take an event of the client's. A refused one changes nothing and is answered with ``error``."""
        rule = self._rules.get(type(event))
        if rule is None:
            raise self._no_rule(type(event))
        try:
            return rule.apply(self, event, now)
        except (RemoteProtocolError, ChoiceError) as error:
            return [Send(error_event(self._ids.event(), error, event.event_id))]

    def _of_response(self, given: OfResponse, now: float) -> list[Effect]:
        """Have a response's context answer; what was the last may end the session."""
        effects = self._contexts.handle(given, now)
        if isinstance(given, inputs.Finished | inputs.Failed):
            effects = [*effects, *self._end_if_drained()]
        return effects

    # --- the connection -------------------------------------------------------------------------------------

    def _open(self, given: inputs.Opened, now: float) -> list[Effect]:
        """Greet the client."""
        self._enter(SessionState.OPEN)
        greeting = answers.hello(self._ids.event(), self._service, self._limits, self._terms)
        return [Send(greeting)]

    def _drop(self, given: inputs.Gone, now: float) -> list[Effect]:
        """Drop everything."""
        self._enter(SessionState.CLOSED)
        return self._contexts.abandon()

    def _shut_down(self, given: inputs.Stopping, now: float) -> list[Effect]:
        """Let the responses in progress end, for a bounded time, and close."""
        return self._begin_close(_Farewell("server_shutdown", 1001, None), now)

    def _watch_outflow(self, given: inputs.Unsent, now: float) -> list[Effect]:
        """Pause synthesis, or go on with it, and watch that the client reads."""
        return self._outflow.update(given.n_bytes, given.progressed, now, given.allowed_bytes)

    def _on_timer(self, given: inputs.TimerFired, now: float) -> list[Effect]:
        """End what has drained for too long; give up a client that reads nothing."""
        if given.timer is Timer.STALL:
            return self._on_stall(now)
        if self.state is not SessionState.CLOSING:
            return []
        return [*self._contexts.cancel_all(), *self._end()]

    def _on_stall(self, now: float) -> list[Effect]:
        if not self._outflow.stalled(now):
            return self._outflow.rearm()
        reason = f"nothing was read for {self._limits.send_stall_s:g} s"
        return [*self._drop(inputs.Gone(), now), Note("warning", reason), Close(1011, reason, abort=True)]

    def _answer_unreadable(self, given: inputs.Unreadable, now: float) -> list[Effect]:
        """Tell the client what could not be read."""
        return [Send(error_event(self._ids.event(), given.error, given.error.event_id))]

    def _pass_over(self, given: Input, now: float) -> list[Effect]:
        """Do nothing: the session has ended, or is closing already."""
        return []

    # --- the client -----------------------------------------------------------------------------------------

    def _update(self, event: ev.UpdateSession, now: float) -> list[Effect]:
        """Check every field, then set the session's settings and answer with them."""
        if event.audio_format is not None:
            self._check_audio_format(event.audio_format)
        if event.model is not None:
            check_model(event.model, self._service)
        self._choices, dropped = overlay(self._choices, _wish(event), self._service)
        answer = ev.SessionUpdated if self._configured else ev.SessionCreated
        self._configured = True
        state = answers.session_state(self.session_id, self._service, self._choices)
        return [*dropped_extras(dropped), Send(answer(self._ids.event(), state, event.event_id))]

    def _check_audio_format(self, name: str) -> None:
        accepted = self._service.audio.format
        if name != accepted:
            raise RemoteProtocolError(
                f"the audio format {show(name)} is not supported; accepted is: {accepted}",
                code="unsupported_format",
            )

    def _append(self, event: ev.AppendText, now: float) -> list[Effect]:
        """Add to the buffer; answered only when it is refused."""
        if event.text_format is not None:
            check_text_format(event.text_format, self._service.capabilities)
        context = self._contexts.named(event.context_id)
        context.append(event.text)
        self._contexts.keep(event.context_id, context)
        return []

    def _commit(self, event: ev.CommitText, now: float) -> list[Effect]:
        """Ask for admission of the buffered text; the buffer is kept until the answer."""
        context = self._contexts.named(event.context_id)
        request, dropped = context.request(_wish(event), self._choices)
        return [*dropped_extras(dropped), self._contexts.submit(context, request, event.event_id)]

    def _refuse_commit(self, event: ev.CommitText, now: float) -> list[Effect]:
        """Refuse: the session is closing. The buffer is kept."""
        raise RemoteProtocolError(
            f"the session is closing ({self._farewell.reason}) and takes no more commits"
        )

    def _clear(self, event: ev.ClearText, now: float) -> list[Effect]:
        """Empty the buffer."""
        self._contexts.named(event.context_id).clear()
        return [Send(ev.TextCleared(self._ids.event(), event.event_id))]

    def _cancel_response(self, event: ev.CancelResponse, now: float) -> list[Effect]:
        """Stop the named response, or all, unless its end has left; where none is stopped nothing is sent."""
        stopped = self._contexts.cancel(event.event_id, event.context_id, event.response_id)
        return [*stopped, *self._end_if_drained()]

    def _cancel_session(self, event: ev.CancelSession, now: float) -> list[Effect]:
        """Drop everything and close."""
        self._farewell = _Farewell("client_cancel", 1000, event.event_id)
        return [*self._contexts.cancel_all(), *self._end()]

    def _take_back(self, event: ev.CancelResponse | ev.CancelSession, now: float) -> list[Effect]:
        """Stop what is made and has not left; the session has ended already."""
        if isinstance(event, ev.CancelResponse):
            return self._contexts.cancel(event.event_id, event.context_id, event.response_id)
        return self._contexts.cancel_all()

    def _close_session(self, event: ev.CloseSession, now: float) -> list[Effect]:
        """Close as soon as nothing is in progress any more, and after ``drain_s`` at the latest."""
        return self._begin_close(_Farewell("client_close", 1000, event.event_id), now)

    def _request_status(self, event: ev.RequestStatus, now: float) -> list[Effect]:
        """Have the driver look up the server's numbers."""
        return [ReportStatus(event.event_id)]

    def _ignore(self, event: ev.ClientEvent, now: float) -> list[Effect]:
        """Do nothing: the session has ended, which the client may not know, or is closing already."""
        return []

    def _report(self, given: inputs.Reported, now: float) -> list[Effect]:
        """Answer with the server's numbers."""
        event_id = self._ids.event()
        return [Send(answers.status(event_id, self.session_id, self._service, self.buffered_chars, given))]

    # --- what several of them do ----------------------------------------------------------------------------

    def _new_context(self, name: str) -> Context:
        return Context(name, self._service, self._limits, self._ids, self._terms.context)

    def _begin_close(self, farewell: _Farewell, now: float) -> list[Effect]:
        self._enter(SessionState.CLOSING)
        self._farewell = farewell
        return self._end_if_drained() or [SetTimer(Timer.DRAIN, now + self._limits.drain_s)]

    def _end_if_drained(self) -> list[Effect]:
        if self.state is SessionState.CLOSING and not self._contexts.live:
            return self._end()
        return []

    def _end(self) -> list[Effect]:
        self._enter(SessionState.ENDED)
        reason, code, event_id = self._farewell
        return [
            Send(ev.SessionClosed(self._ids.event(), self.session_id, reason, event_id)),
            Close(code, reason),
        ]


def _wish(event: ev.UpdateSession | ev.CommitText) -> Wish:
    return Wish(event.voice, event.language, event.extras)


_WHEN_NEW = (
    on(inputs.Opened, SessionMachine._open),
    on(inputs.Gone, SessionMachine._drop),
    on(inputs.Stopping, SessionMachine._pass_over),
)

_WHILE_OPEN = (
    on(ev.UpdateSession, SessionMachine._update),
    on(ev.AppendText, SessionMachine._append),
    on(ev.CommitText, SessionMachine._commit),
    on(ev.ClearText, SessionMachine._clear),
    on(ev.CancelResponse, SessionMachine._cancel_response),
    on(ev.CancelSession, SessionMachine._cancel_session),
    on(ev.CloseSession, SessionMachine._close_session),
    on(ev.RequestStatus, SessionMachine._request_status),
    on(inputs.Unreadable, SessionMachine._answer_unreadable),
    on(inputs.Reported, SessionMachine._report),
    on(inputs.Unsent, SessionMachine._watch_outflow),
    on(inputs.TimerFired, SessionMachine._on_timer),
    on(inputs.Stopping, SessionMachine._shut_down),
    on(inputs.Gone, SessionMachine._drop),
)

_WHILE_CLOSING = (
    on(ev.CommitText, SessionMachine._refuse_commit),
    on(ev.CloseSession, SessionMachine._ignore),
    on(inputs.Stopping, SessionMachine._pass_over),
)
"""What differs from an open session."""

_WHEN_ENDED = (
    on(ev.UpdateSession, SessionMachine._ignore),
    on(ev.AppendText, SessionMachine._ignore),
    on(ev.CommitText, SessionMachine._ignore),
    on(ev.ClearText, SessionMachine._ignore),
    on(ev.CancelResponse, SessionMachine._take_back),
    on(ev.CancelSession, SessionMachine._take_back),
    on(ev.CloseSession, SessionMachine._ignore),
    on(ev.RequestStatus, SessionMachine._ignore),
    on(inputs.Unreadable, SessionMachine._pass_over),
    on(inputs.Reported, SessionMachine._pass_over),
    on(inputs.Unsent, SessionMachine._watch_outflow),
    on(inputs.TimerFired, SessionMachine._on_timer),
    on(inputs.Stopping, SessionMachine._pass_over),
    on(inputs.Gone, SessionMachine._drop),
)

_WHEN_CLOSED = (
    on(ev.CancelResponse, SessionMachine._ignore),
    on(ev.CancelSession, SessionMachine._ignore),
    on(inputs.Unsent, SessionMachine._pass_over),
    on(inputs.TimerFired, SessionMachine._pass_over),
)
"""What differs from one that has ended."""

RULES: Mapping[SessionState, Mapping[type[object], Rule[SessionMachine]]] = {
    state: {rule.kind: rule for rules in rows for rule in rules}
    for state, rows in {
        SessionState.NEW: (_WHEN_NEW,),
        SessionState.OPEN: (_WHILE_OPEN,),
        SessionState.CLOSING: (_WHILE_OPEN, _WHILE_CLOSING),
        SessionState.ENDED: (_WHEN_ENDED,),
        SessionState.CLOSED: (_WHEN_ENDED, _WHEN_CLOSED),
    }.items()
}
"""What is done in each state with each input and each client event; later rows replace earlier ones."""

SESSION_TABLE: Mapping[tuple[SessionState, type[object]], Rule[SessionMachine]] = {
    (state, kind): rule for state, rules in RULES.items() for kind, rule in rules.items()
}
"""The same, keyed by both."""
