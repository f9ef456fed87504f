"""Carries out what the client's core says, without a socket, and judges each effect as it comes."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import assert_never

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.core import ClientCore
from tts_server.errors import ClientError, LocalProtocolError
from tts_server.protocol import events as ev

TERMINAL = (ev.AudioDone, ev.ResponseCancelled, ev.ResponseFailed)


@dataclass
class Heard:
    """What somebody has heard of one response."""

    n_frames: int = 0
    end: object = None


@dataclass
class CoreDriver:
    """The client's side of one connection. Whoever drives it says when anything moves."""

    silence_s: float | None = 5.0
    now: float = 0.0
    unsent: deque[fx.Send] = field(default_factory=deque)
    waiting: dict[int, inp.Call] = field(default_factory=dict)
    """Calls that are neither answered nor given up."""
    answers: dict[int, ev.ServerEvent | Exception | None] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)
    commits: list[inp.Commit | inp.Speak] = field(default_factory=list)
    listening: dict[int, Heard] = field(default_factory=dict)
    """What was delivered to the call of each commit that listens and was accepted."""
    ended: dict[int, Heard] = field(default_factory=dict)
    kept: dict[str, Heard] = field(default_factory=dict)
    """What was heard by whoever reads all events, by response."""
    accepted: dict[str, int] = field(default_factory=dict)
    """The call of each response whose commit was answered."""
    let_go: set[str] = field(default_factory=set)
    cancelled: set[str | None] = field(default_factory=set)
    """The responses that the server is told to cancel."""
    asked: set[str | None] = field(default_factory=set)
    """The ids of what was sent and answers a call, or is part of it."""
    timer_s: float | None = None
    is_aborted: bool = False

    def __post_init__(self) -> None:
        self.core = ClientCore("the peer", self.silence_s)
        self._calls = itertools.count(1)

    # --- inputs ---------------------------------------------------------------------------------------------

    def handle(self, given: inp.Input) -> None:
        for effect in self.core.handle(given, self.now):
            self._do(effect)
        if self.core.end is not None:
            assert not self.waiting, "a call waits after the end"
            assert not self.listening, "a listener waits after the end"

    def next_call(self) -> int:
        return next(self._calls)

    def call(self, given: inp.Call) -> None:
        self.waiting[given.call] = given
        if isinstance(given, inp.Commit | inp.Speak):
            self.commits.append(given)
        self.handle(given)

    def give_up(self, call: int) -> None:
        """As a caller does that is cancelled, perhaps just when its answer has come."""
        self.waiting.pop(call, None)
        self.given_up.add(call)
        live = self.core.live_responses
        self.handle(inp.GiveUp(call))
        assert call not in self.listening, "somebody listens for a call that was given up"
        for response_id in live:
            if self.accepted.get(response_id) == call:
                self.let_go.add(response_id)
                assert response_id in self.cancelled, "what nobody hears is not cancelled"

    def leave_response(self, response_id: str) -> None:
        self.handle(inp.LetGo(response_id))
        self.let_go.add(response_id)
        assert response_id in self.cancelled, "what nobody hears is not cancelled"

    def leave(self) -> ev.ClientEvent:
        """Let the first event that waits leave."""
        send = self.unsent.popleft()
        if send.call is not None:
            self.handle(inp.Left(send.call))
        return send.event

    def pass_time(self, now: float) -> None:
        self.now = now
        while self.timer_s is not None and self.timer_s <= now:
            self.timer_s = None
            self.handle(inp.TimerFired())

    # --- effects --------------------------------------------------------------------------------------------

    def _do(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Send():
                assert self.core.end is None, "sent after the end"
                self.unsent.append(effect)
                self._note(effect.event)
            case fx.Answer():
                self._answered(effect.call, effect.event)
            case fx.Fail():
                assert isinstance(effect.error, ClientError | LocalProtocolError)
                self._answered(effect.call, effect.error)
            case fx.Deliver():
                self._hear(self.listening[effect.call], effect.event)
            case fx.EndListening():
                self._end_listening(effect.call, effect.error)
            case fx.Keep():
                self._keep(effect.event)
            case fx.SetTimer():
                assert self.timer_s is None or effect.at_s < self.timer_s
                self.timer_s = effect.at_s
            case fx.Abort():
                self.is_aborted = True
            case fx.Close():
                raise AssertionError("the client takes the server's words for a breach of the protocol")
            case _:
                assert_never(effect)

    def _note(self, event: ev.ClientEvent) -> None:
        if isinstance(event, ev.CancelResponse):
            self.cancelled.add(event.response_id)
        elif not isinstance(event, ev.AppendText):
            self.asked |= {event.event_id, f"{event.event_id}t"}

    def _answered(self, call: int, answer: ev.ServerEvent | Exception | None) -> None:
        assert call not in self.given_up
        assert call not in self.answers, "answered twice"
        given = self.waiting.pop(call)
        self.answers[call] = answer
        if isinstance(answer, ev.TextCommitted):
            self.accepted[answer.response_id] = call
            if isinstance(given, inp.Speak) or (isinstance(given, inp.Commit) and given.listens):
                self.listening[call] = Heard()
            else:
                assert answer.response_id not in self.kept, "heard of before it was accepted"
                self.kept[answer.response_id] = Heard()

    def _hear(self, heard: Heard, event: ev.ServerEvent) -> None:
        assert heard.end is None, "something came after the end"
        if isinstance(event, ev.AudioDelta):
            assert event.seq == heard.n_frames
            heard.n_frames += 1
        elif isinstance(event, TERMINAL):
            heard.end = event

    def _keep(self, event: ev.ServerEvent) -> None:
        if not isinstance(event, ev.ResponseCancelled | ev.SessionClosed):
            assert getattr(event, "previous_event_id", None) not in self.asked, "an answer is kept"
        response_id = getattr(event, "response_id", None)
        if response_id is not None:
            assert response_id not in self.let_go, "kept after it was let go of"
            self._hear(self.kept[response_id], event)

    def _end_listening(self, call: int, error: Exception | None) -> None:
        heard = self.listening.pop(call, None)
        if heard is None:
            # Nobody has told the driver of it: the commit goes to everybody, or was let go of.
            assert error is None
            return
        if error is not None:
            assert heard.end is None, "ended twice"
            heard.end = error
        self.ended[call] = heard

    # --- what is to hold ------------------------------------------------------------------------------------

    def check_commits(self) -> None:
        """See that each commit has ended once: nothing is in flight any more."""
        for commit in self.commits:
            answer = self.answers.get(commit.call)
            if commit.call in self.given_up:
                continue
            if isinstance(answer, Exception):
                assert commit.call not in self.ended
                continue
            assert isinstance(answer, ev.TextCommitted), "neither accepted nor refused"
            heard = self.ended.get(commit.call) or self.kept.get(answer.response_id)
            assert heard is not None
            was_left = answer.response_id in self.let_go or self.core.end is not None
            assert heard.end is not None or was_left, "accepted, and without an end"
        if "said nothing" in str(self.core.end):
            assert self.is_aborted
