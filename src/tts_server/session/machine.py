"""One connection's rules, all of them.

Theory of operation. Everything that happens to a connection is an input, a method call with the time; what
should be done about it comes back as a list of effects, which the connection's driver carries out in order.
The machine does no I/O, reads no clock and draws no random numbers: the same inputs give the same effects.

Two tables say what is done: ``SESSION_TABLE`` maps (session state, client event) to a handler, and
``RESPONSE_TABLE`` (response state, what the engine or the outbox says) to another. A pair that is in neither
is a mistake of the driver's, and raises ``LocalProtocolError``.
"""

# ruff: noqa: ARG002 - every input comes with the time, whether its handler needs it or not

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from tts_server.errors import ChoiceError, LocalProtocolError, RemoteProtocolError, TTSServerError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.buffer import TextBuffer
from tts_server.session.effects import Close, Effect, Note, ReportStatus, Send, SetTimer, Submit
from tts_server.session.faults import error_event
from tts_server.session.ids import Ids
from tts_server.session.notes import dropped_extras
from tts_server.session.outflow import STALL_TIMER, Outflow
from tts_server.session.response import Responses, ResponseState
from tts_server.speech.choices import (
    NOTHING_CHOSEN,
    Wish,
    check_model,
    check_text_format,
    choose,
    overlay,
    resolve,
)
from tts_server.speech.service import ServiceInfo
from tts_server.wording import show

DRAIN_TIMER = "drain"


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
    """The rules of protocol 0.1 for one connection.

    Every method returns the effects to carry out, in order, before the next input. ``now`` is in seconds on
    any clock that does not go back. Not thread-safe: one driver calls it.

    Args:
        session_id: Name of the session, such as ``sess_4f2a91c0``; a part of it stands in the ids of
            responses.
        service: The loaded backend.
        limits: What one client may ask for.
    """

    def __init__(self, session_id: str, service: ServiceInfo, limits: Limits) -> None:
        self.session_id = session_id
        self.state = SessionState.NEW
        self._service = service
        self._limits = limits
        self._ids = Ids(session_id)
        self._buffer = TextBuffer(limits.max_text_chars)
        self._choices = NOTHING_CHOSEN
        self._configured = False
        self._responses = Responses(service.audio, self._ids)
        self._outflow = Outflow(limits)
        self._farewell: _Farewell

    @property
    def buffered_chars(self) -> int:
        """Code points appended and not committed yet."""
        return self._buffer.n_chars

    @property
    def live_responses(self) -> tuple[str, ...]:
        """Ids of the responses whose terminal event was not handed to ``Send``, oldest first."""
        return self._responses.live

    def response_state(self, response_id: str) -> ResponseState | None:
        """Tell where a response stands; None when it has ended, or never was."""
        return self._responses.state(response_id)

    # --- the connection -------------------------------------------------------------------------------------

    def open(self, now: float) -> list[Effect]:
        """Begin: the connection stands and the model is loaded."""
        if self.state is not SessionState.NEW:
            raise LocalProtocolError("a session is opened once")
        self.state = SessionState.OPEN
        service = self._service
        return [
            Send(
                ev.Hello(
                    self._ids.event(),
                    backend=service.backend,
                    audio=service.audio,
                    capabilities=service.capabilities,
                    max_text_chars=self._limits.max_text_chars,
                )
            )
        ]

    def disconnected(self, now: float) -> list[Effect]:
        """The connection is gone: drop everything. May come at any time, and again."""
        self.state = SessionState.CLOSED
        return self._responses.abandon()

    def shutdown(self, now: float) -> list[Effect]:
        """The server stops: let the responses in progress end, for a bounded time, and close."""
        if self.state is not SessionState.OPEN:
            return []
        return self._begin_close(_Farewell("server_shutdown", 1001, None), now)

    def outbound(
        self, unsent_bytes: int, progressed: bool, now: float, allowed_bytes: int | None = None
    ) -> list[Effect]:
        """What waits to be sent has changed.

        Args:
            unsent_bytes: Bytes that were handed to ``Send`` and that the client has not accepted.
            progressed: Whether the client has accepted anything since the last call.
            now: The time.
            allowed_bytes: How many may wait before synthesis pauses; None is the limit.
        """
        if self.state is SessionState.CLOSED:
            return []
        return self._outflow.update(unsent_bytes, progressed, now, allowed_bytes)

    def timer(self, name: str, now: float) -> list[Effect]:
        """A timer has fired; one that fires when it has nothing to do any more does no harm."""
        if name == DRAIN_TIMER and self.state is SessionState.CLOSING:
            return [*self._responses.cancel(None), *self._end()]
        if name == STALL_TIMER and self.state is not SessionState.CLOSED:
            if not self._outflow.stalled(now):
                return self._outflow.rearm()
            reason = f"nothing was read for {self._limits.send_stall_s:g} s"
            return [*self.disconnected(now), Note("warning", reason), Close(1011, reason, abort=True)]
        return []

    # --- the client -----------------------------------------------------------------------------------------

    def receive(self, event: ev.ClientEvent, now: float) -> list[Effect]:
        """An event of the client's. A refused one changes nothing and is answered with ``error``."""
        handler = SESSION_TABLE.get((self.state, type(event)))
        if handler is None:
            raise LocalProtocolError(f"a {self.state.value} session receives no {type(event).__name__}")
        try:
            return handler(self, event, now)
        except (RemoteProtocolError, ChoiceError) as error:
            return [Send(error_event(self._ids.event(), error, event.event_id))]

    def receive_error(self, error: RemoteProtocolError, now: float) -> list[Effect]:
        """A message of the client's could not be read."""
        if self.state in {SessionState.ENDED, SessionState.CLOSED}:
            return []
        return [Send(error_event(self._ids.event(), error, error.event_id))]

    def _update(self, event: ev.UpdateSession, now: float) -> list[Effect]:
        """Check every field, then set the session's settings and answer with them."""
        if event.audio_format is not None:
            self._check_audio_format(event.audio_format)
        if event.model is not None:
            check_model(event.model, self._service)
        self._choices, dropped = overlay(self._choices, _wish(event), self._service)
        voice, language = resolve(self._choices, self._service)
        answer = ev.SessionUpdated if self._configured else ev.SessionCreated
        self._configured = True
        state = ev.SessionState(
            id=self.session_id,
            voice=voice,
            model=self._service.backend.model,
            language=language,
            extras=self._choices.extras,
            audio_format=self._service.audio.format,
        )
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
        self._buffer.append(event.text)
        return []

    def _commit(self, event: ev.CommitText, now: float) -> list[Effect]:
        """Ask for admission of the buffered text; the buffer is kept until the answer."""
        text = self._buffer.text
        request, dropped = choose(text, _wish(event), self._service, self._choices)
        if not text.strip():
            what = "is empty" if not text else "holds white space alone"
            raise RemoteProtocolError(
                f"the buffer {what}; append text before the commit", code="buffer_empty"
            )
        return [*dropped_extras(dropped), Submit(self._responses.new(event.event_id), request)]

    def _refuse_commit(self, event: ev.CommitText, now: float) -> list[Effect]:
        """Refuse: the session is closing. The buffer is kept."""
        raise RemoteProtocolError(
            f"the session is closing ({self._farewell.reason}) and takes no more commits"
        )

    def _clear(self, event: ev.ClearText, now: float) -> list[Effect]:
        """Empty the buffer."""
        self._buffer.clear()
        return [Send(ev.TextCleared(self._ids.event(), event.event_id))]

    def _cancel_response(self, event: ev.CancelResponse, now: float) -> list[Effect]:
        """Stop the named response, or all, unless its end has left; where none is stopped nothing is sent."""
        return [*self._responses.cancel(event.event_id, event.response_id), *self._end_if_drained()]

    def _cancel_session(self, event: ev.CancelSession, now: float) -> list[Effect]:
        """Drop everything and close."""
        self._farewell = _Farewell("client_cancel", 1000, event.event_id)
        return [*self._responses.cancel(None), *self._end()]

    def _take_back(self, event: ev.CancelResponse | ev.CancelSession, now: float) -> list[Effect]:
        """Stop what is made and has not left; the session has ended already."""
        if isinstance(event, ev.CancelResponse):
            return self._responses.cancel(event.event_id, event.response_id)
        return self._responses.cancel(None)

    def _close_session(self, event: ev.CloseSession, now: float) -> list[Effect]:
        """Close as soon as nothing is in progress any more, and after ``drain_s`` at the latest."""
        return self._begin_close(_Farewell("client_close", 1000, event.event_id), now)

    def _request_status(self, event: ev.RequestStatus, now: float) -> list[Effect]:
        """Have the driver look up the server's numbers."""
        return [ReportStatus(event.event_id)]

    def _ignore(self, event: ev.ClientEvent, now: float) -> list[Effect]:
        """Do nothing: the session has ended, which the client may not know, or is closing already."""
        return []

    def status(
        self, previous_event_id: str | None, *, queue_depth: int, uptime_s: float, pid: int
    ) -> list[Effect]:
        """Answer ``ReportStatus``.

        Args:
            previous_event_id: From the effect.
            queue_depth: Responses admitted and not yet released by the engine, in all.
            uptime_s: Since the server started.
            pid: Of the server's process.
        """
        if self.state in {SessionState.ENDED, SessionState.CLOSED}:
            return []
        service = self._service
        return [
            Send(
                ev.ServerStatus(
                    self._ids.event(),
                    session_id=self.session_id,
                    backend=service.backend,
                    audio=service.audio,
                    queue_depth=queue_depth,
                    voice_count=service.capabilities.voice_count,
                    voices=tuple(voice.name for voice in service.voices),
                    buffered_chars=self._buffer.n_chars,
                    uptime_seconds=round(uptime_s, 3),
                    pid=pid,
                    previous_event_id=previous_event_id,
                )
            )
        ]

    # --- the engine -----------------------------------------------------------------------------------------

    def admitted(self, response_id: str, now: float) -> list[Effect]:
        """Answer to ``Submit``: there is room, and the text was taken."""
        self._buffer.clear()
        return self._responses.outcome("admitted", response_id)

    def refused(self, response_id: str, error: TTSServerError, now: float) -> list[Effect]:
        """Answer to ``Submit``: not now, or not at all. The buffer stays as it was."""
        return self._responses.outcome("refused", response_id, error)

    def audio(self, response_id: str, pcm: bytes, now: float) -> list[Effect]:
        """The engine made int16 little-endian samples, any number of whole ones."""
        return self._responses.outcome("audio", response_id, pcm)

    def finished(self, response_id: str, now: float) -> list[Effect]:
        """The engine has spoken all of it and has let go of it."""
        return [*self._responses.outcome("finished", response_id), *self._end_if_drained()]

    def failed(self, response_id: str, error: TTSServerError, now: float) -> list[Effect]:
        """The engine failed on it and has let go of it."""
        return [*self._responses.outcome("failed", response_id, error), *self._end_if_drained()]

    def released(self, response_id: str, now: float) -> list[Effect]:
        """The engine has let go of a cancelled response."""
        return self._responses.outcome("released", response_id)

    def sent(self, response_id: str, now: float) -> list[Effect]:
        """The end of a response, which was handed to ``Send``, has left: it can be cancelled no more."""
        return self._responses.outcome("sent", response_id)

    # --- what several of them do ----------------------------------------------------------------------------

    def _begin_close(self, farewell: _Farewell, now: float) -> list[Effect]:
        self.state = SessionState.CLOSING
        self._farewell = farewell
        return self._end_if_drained() or [SetTimer(DRAIN_TIMER, now + self._limits.drain_s)]

    def _end_if_drained(self) -> list[Effect]:
        if self.state is SessionState.CLOSING and not self._responses.live:
            return self._end()
        return []

    def _end(self) -> list[Effect]:
        self.state = SessionState.ENDED
        reason, code, event_id = self._farewell
        return [
            Send(ev.SessionClosed(self._ids.event(), self.session_id, reason, event_id)),
            Close(code, reason),
        ]


def _wish(event: ev.UpdateSession | ev.CommitText) -> Wish:
    return Wish(event.voice, event.language, event.extras)


_Handler = Callable[[SessionMachine, Any, float], list[Effect]]

_WHILE_OPEN: Mapping[type[Any], _Handler] = {
    ev.UpdateSession: SessionMachine._update,
    ev.AppendText: SessionMachine._append,
    ev.CommitText: SessionMachine._commit,
    ev.ClearText: SessionMachine._clear,
    ev.CancelResponse: SessionMachine._cancel_response,
    ev.CancelSession: SessionMachine._cancel_session,
    ev.CloseSession: SessionMachine._close_session,
    ev.RequestStatus: SessionMachine._request_status,
}

_WHILE_CLOSING: Mapping[type[Any], _Handler] = {
    **_WHILE_OPEN,
    ev.CommitText: SessionMachine._refuse_commit,
    ev.CloseSession: SessionMachine._ignore,
}

_WHEN_GONE: Mapping[type[Any], _Handler] = dict.fromkeys(_WHILE_OPEN, SessionMachine._ignore)

_WHEN_ENDED: Mapping[type[Any], _Handler] = {
    **_WHEN_GONE,
    ev.CancelResponse: SessionMachine._take_back,
    ev.CancelSession: SessionMachine._take_back,
}

SESSION_TABLE: Mapping[tuple[SessionState, type[Any]], _Handler] = {
    (state, event): handler
    for state, handlers in (
        (SessionState.OPEN, _WHILE_OPEN),
        (SessionState.CLOSING, _WHILE_CLOSING),
        (SessionState.ENDED, _WHEN_ENDED),
        (SessionState.CLOSED, _WHEN_GONE),
    )
    for event, handler in handlers.items()
}
"""What is done with each client event in each state; a NEW session receives none."""
