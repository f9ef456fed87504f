"""The rules of a client on one connection, all of them.

Theory of operation. Everything that happens is an input with the time; what should be done about it comes
back as a list of effects, which are carried out in order. The core does no I/O, reads no clock and knows
events alone, never text: the same inputs give the same effects.

What answers a request (it carries the request's ``event_id``) answers the call that waits for it; what
belongs to a response whose call listens is delivered there; everything else is kept for whoever reads all
events. Each call is answered or fails once, unless it is given up; each response that was accepted ends once:
by its last event, or with the connection.
"""

from __future__ import annotations

import itertools
from typing import assert_never

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.buffer import Outcome, TextBuffer, Turn
from tts_server.client.inputs import DEFAULT_CONTEXT
from tts_server.client.reasons import End, again, refusal
from tts_server.client.requests import Leaving, Pending, Requests, check_request
from tts_server.client.responses import TERMINAL, Hearer, Response, Responses
from tts_server.client.silence import SilenceRule
from tts_server.errors import (
    AnswerTimeoutError,
    ConnectionLostError,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRefusedError,
)
from tts_server.protocol import events as ev


class ClientCore:
    """What was asked and not answered, which responses are live, which text is where, and whose an event is.

    ``now`` is in seconds on any clock that does not go back. Not thread-safe: one driver calls it.

    Args:
        server: What the server is called in messages.
        silence_s: Longest silence of a response in progress; None allows any.
    """

    def __init__(self, server: str, silence_s: float | None = None) -> None:
        self.end: End | None = None
        """Why the connection has ended; None while it stands."""
        self.ended_well = False
        """Whether the server has closed the session, or this side the connection."""
        self._server = server
        self._hello: ev.Hello | None = None
        self._ids = itertools.count(1)
        self._requests = Requests()
        self._responses = Responses()
        self._silence = SilenceRule(self._responses, silence_s)
        self._buffers: dict[str, TextBuffer] = {}
        self._timer_s: float | None = None
        self._effects: list[fx.Effect] = []

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return self._hello is not None and self.end is None

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody waits for an answer or for a response, so that reading is to go on."""
        return bool(self._requests) or self._responses.have_listeners

    @property
    def is_idle(self) -> bool:
        """Whether no call waits."""
        buffers = self._buffers.values()
        return not self._requests and not self._requests.n_leaving and all(one.is_idle for one in buffers)

    @property
    def live_responses(self) -> tuple[str, ...]:
        """Ids of the responses that were accepted and whose end has not come, oldest first."""
        return tuple(response.response_id for response in self._responses.live)

    def buffer(self, context: str = DEFAULT_CONTEXT) -> TextBuffer:
        """The text of one context.

        Raises:
            LocalProtocolError: The server has not said hello.
        """
        if self._hello is None:
            raise LocalProtocolError("there is no text before the server's hello")
        if context not in self._buffers:
            self._buffers[context] = TextBuffer(self._hello.max_text_chars, self.next_id)
        return self._buffers[context]

    def next_id(self) -> str:
        """A new ``event_id``."""
        return f"c{next(self._ids)}"

    def handle(self, given: inp.Input, now: float) -> list[fx.Effect]:
        """Take an input, and say what is to be done.

        Raises:
            LocalProtocolError: The input does not fit: it comes before the hello, or is no request.
        """
        if isinstance(given, inp.Connected):
            if self._hello is not None:
                raise LocalProtocolError("a connection is begun once")
            self._hello = given.hello
        elif self._hello is None:
            raise LocalProtocolError(f"{type(given).__name__} before the server's hello")
        elif self.end is not None:
            if isinstance(given, inp.Call):
                self._effects.append(fx.Fail(given.call, again(self.end)))
        else:
            try:
                self._take(given, self._hello, now)
            except RemoteProtocolError as error:
                self._breach(error)
        effects, self._effects = self._effects, []
        return effects

    def _take(self, given: inp.WhileConnected, hello: ev.Hello, now: float) -> None:
        match given:
            case inp.Received():
                self._receive(given, hello, now)
            case inp.Request():
                check_request(given.event)
                self._ask(given.event, given, given.timeout_s, now)
            case inp.Tell():
                self._tell(given, given.event, now)
            case inp.Append() | inp.Commit() | inp.Speak() | inp.Clear():
                self._ask_for_turn(given, now)
            case inp.GiveUp():
                self._give_up(given.call, now)
            case inp.LetGo():
                self._let_go(given.response_id)
            case inp.FloorTaken() | inp.FloorFreed():
                self.buffer(given.context).is_held = isinstance(given, inp.FloorTaken)
            case _:
                self._notice(given, now)

    def _notice(self, given: inp.Notice, now: float) -> None:
        match given:
            case inp.Unreadable():
                self._breach(given.error)
            case inp.Left():
                if self._requests.left(given.call):
                    self._effects.append(fx.Answer(given.call))
            case inp.Unsent():
                self._fail(given.call, given.error, now)
            case inp.ReadingPaused():
                self._silence.pause()
            case inp.ReadingResumed():
                self._silence.resume(now)
            case inp.TimerFired():
                self._look(now)
            case inp.Lost():
                self._finish(given.error)
            case inp.Closed():
                self.ended_well = True
                self._finish(LocalProtocolError("the client was closed"))
            case _:
                assert_never(given)

    # --- calls ----------------------------------------------------------------------------------------------

    def _send(self, event: ev.ClientEvent, call: int | None = None) -> None:
        self._effects.append(fx.Send(event, call))

    def _ask(
        self, event: ev.ClientEvent, asking: inp.Asking | None, timeout_s: float | None, now: float
    ) -> None:
        pending = self._requests.ask(event, asking, timeout_s, now)
        self._send(event, pending.call)
        self._wake(pending.deadline_s)

    def _tell(self, given: inp.Tell | inp.Append, event: ev.ClientEvent, now: float) -> None:
        leaving = self._requests.leave(given.call, given.timeout_s, now)
        self._send(event, given.call)
        self._wake(leaving.deadline_s)

    def _ask_for_turn(self, given: inp.TextCall, now: float) -> None:
        buffer = self.buffer(given.context)
        if not isinstance(given, inp.Append):
            check_request(given.event)
        elif (turn := buffer.at_once(given)) is not None:
            self._begin_turn(turn, now)
            return
        buffer.ask(given)
        self._take_turns(buffer, now)

    def _take_turns(self, buffer: TextBuffer, now: float) -> None:
        while (turn := buffer.next_turn()) is not None:
            self._begin_turn(turn, now)

    def _begin_turn(self, turn: Turn, now: float) -> None:
        given = turn.given
        if turn.error is not None:
            self._effects.append(fx.Fail(given.call, turn.error))
        elif not turn.events:
            self._effects.append(fx.Answer(given.call))
        else:
            *before, event = turn.events
            for other in before:
                self._send(other)
            if isinstance(given, inp.Append):
                self._tell(given, event, now)
            else:
                self._ask(event, given, given.timeout_s, now)

    def _end_turn(self, asking: inp.Asking | None, outcome: Outcome, now: float) -> None:
        """Let the next call have the buffer that this one had, if it had any."""
        if asking is None or isinstance(asking, inp.Request):
            return
        buffer = self.buffer(asking.context)
        if buffer.over(outcome):
            clear = ev.ClearText(self.next_id())
            self._requests.ignore(str(clear.event_id))
            self._send(clear)
        self._take_turns(buffer, now)

    def _give_up(self, call: int, now: float) -> None:
        """Wait no more for a call, and cancel what the server speaks because of it."""
        pending = self._requests.of_call(call)
        if pending is not None:
            self._abandon(pending, now)
        elif not self._requests.left(call) and not any(one.forget(call) for one in self._buffers.values()):
            response = self._responses.of_call(call)
            if response is not None:
                self._let_go(response.response_id)

    def _abandon(self, pending: Pending, now: float) -> None:
        self._requests.give_up(pending)
        self._end_turn(pending.asking, Outcome.FAILED, now)

    def _fail(self, call: int, error: Exception, now: float) -> None:
        """Fail a call whose event cannot be sent; nothing where it is answered, or was given up."""
        pending = self._requests.of_call(call)
        if pending is None and not self._requests.left(call):
            return
        self._effects.append(fx.Fail(call, error))
        if pending is not None:
            self._abandon(pending, now)

    def _let_go(self, response_id: str) -> None:
        """Cancel a response that nobody listens to any more, and drop what still comes of it."""
        response = self._responses.let_go(response_id)
        if response is not None:
            if response.call is not None:
                self._effects.append(fx.EndListening(response.call))
            self._send(ev.CancelResponse(response_id=response_id))

    # --- the server -----------------------------------------------------------------------------------------

    def _receive(self, given: inp.Received, hello: ev.Hello, now: float) -> None:
        event = given.event
        if isinstance(event, ev.Hello):
            raise RemoteProtocolError("the server said hello twice")
        if isinstance(event, ev.SessionClosed):
            self.ended_well = True
        if self._answer(event, now):
            return
        response = self._responses.take(event, now, hello.audio.rate_hz)
        if response is None or response.hearer is Hearer.EVERYBODY:
            self._effects.append(fx.Keep(event, given.n_chars))
        elif response.hearer is Hearer.CALL and response.call is not None:
            self._effects.append(fx.Deliver(response.call, event))
            if isinstance(event, TERMINAL):
                self._effects.append(fx.EndListening(response.call))

    def _answer(self, event: ev.ServerEvent, now: float) -> bool:
        """Hand an answer to whoever waits for it, or waited; False where it is none.

        Raises:
            RemoteProtocolError: The answer does not fit the request.
        """
        event_id = getattr(event, "previous_event_id", None)
        refused = None
        if isinstance(event, ev.ErrorOccurred):
            event_id, refused = event_id or event.error.event_id, refusal(event.error)
            if any(buffer.refused(event_id, refused) for buffer in self._buffers.values()):
                return True
        if not isinstance(event_id, str) or isinstance(event, ev.ResponseCancelled):
            return False
        if self._requests.was_given_up(event_id):
            if isinstance(event, ev.TextCommitted):
                self._begin(event.response_id, None, Hearer.NOBODY, now)
            return True
        pending = self._requests.answered(event_id, event)
        if pending is None:
            return False
        self._conclude(pending, event, refused, now)
        return True

    def _conclude(
        self, pending: Pending, event: ev.ServerEvent, refused: RequestRefusedError | None, now: float
    ) -> None:
        asking = pending.asking
        if asking is None:
            self._requests.done(pending)
            self._judge(event, now)
            return
        outcome = Outcome.DONE if refused is None else Outcome.REFUSED
        if isinstance(asking, inp.Commit | inp.Speak):
            # Where part of the text is missing, nothing of it is to be spoken.
            missing = self.buffer(asking.context).take_error()
            if missing is not None and refused is None:
                outcome = Outcome.INCOMPLETE
            refused = missing or refused
        if isinstance(event, ev.TextCommitted):
            hears = isinstance(asking, inp.Speak) or (isinstance(asking, inp.Commit) and asking.listens)
            hearer = Hearer.CALL if hears else Hearer.EVERYBODY
            self._begin(event.response_id, asking, Hearer.NOBODY if refused else hearer, now)
        self._requests.done(pending)
        self._effects.append(
            fx.Answer(asking.call, event) if refused is None else fx.Fail(asking.call, refused)
        )
        self._end_turn(asking, outcome, now)

    def _begin(self, response_id: str, asking: inp.Asking | None, hearer: Hearer, now: float) -> None:
        context = asking.context if isinstance(asking, inp.Commit | inp.Speak) else DEFAULT_CONTEXT
        call = None if asking is None else asking.call
        self._responses.begin(Response(response_id, context, call, hearer, now))
        self._wake(self._silence.next_look_s())
        if hearer is Hearer.NOBODY:
            self._send(ev.CancelResponse(response_id=response_id))

    # --- time -----------------------------------------------------------------------------------------------

    def _wake(self, at_s: float | None) -> None:
        """See to it that the timer fires at this time or earlier; looked at again whenever it fires."""
        if at_s is not None and (self._timer_s is None or at_s < self._timer_s):
            self._timer_s = at_s
            self._effects.append(fx.SetTimer(at_s))

    def _look(self, now: float) -> None:
        self._timer_s = None
        for late in self._requests.expired(now):
            self._time_out(late, now)
        if self.end is None and self._silence.is_to_ask(now):
            self._ask(ev.RequestStatus(self.next_id()), None, self._silence.ask_s, now)
        if self.end is None:
            self._wake(self._requests.next_deadline_s())
            self._wake(self._silence.next_look_s())

    def _time_out(self, late: Pending | Leaving, now: float) -> None:
        if late.call is not None:
            message = f"{self._server} did not answer within {late.timeout_s or 0:g} s"
            self._fail(late.call, AnswerTimeoutError(message), now)
        elif isinstance(late, Pending):
            self._requests.give_up(late)
            self._judge(None, now)

    def _judge(self, answer: ev.ServerEvent | None, now: float) -> None:
        """Give up a server whose silence has no reason."""
        silence_s = self._silence.heard(answer, now)
        if silence_s is None:
            self._wake(self._silence.next_look_s())
            return
        message = f"{self._server} said nothing of a response in progress for {silence_s:g} s"
        for call in self._responses.end():
            self._effects.append(fx.EndListening(call, AnswerTimeoutError(message)))
        self._finish(ConnectionLostError(message))
        self._effects.append(fx.Abort())

    # --- the end --------------------------------------------------------------------------------------------

    def _breach(self, error: RemoteProtocolError) -> None:
        self._finish(ConnectionLostError(f"the connection to {self._server} was closed: {error}"))
        self._effects.append(fx.Close(1002, "unreadable message"))

    def _finish(self, end: End) -> None:
        """Tell everybody who waits that nothing more comes; what was about to be sent is not."""
        self.end = end
        self._effects = [effect for effect in self._effects if not isinstance(effect, fx.Send)]
        waiting = [call for buffer in self._buffers.values() for call in buffer.end()]
        for call in [*self._requests.end(), *waiting]:
            self._effects.append(fx.Fail(call, again(end)))
        for call in self._responses.end():
            self._effects.append(fx.EndListening(call, again(end)))
