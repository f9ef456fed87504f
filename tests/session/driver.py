"""A driver for the session machine that knows the protocol's promises and nothing of the machine's inside."""

from __future__ import annotations

from typing import assert_never

from hypothesis.stateful import RuleBasedStateMachine
from tests.session.factories import RATE_HZ, make_service

from tts_server.errors import BusyError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.effects import (
    Cancel,
    Close,
    CutPlayout,
    Effect,
    Note,
    PauseSynthesis,
    ReportStatus,
    ResumeSynthesis,
    Send,
    SendInstead,
    SetTimer,
    Submit,
    Timer,
)
from tts_server.session.inputs import Admitted, Received, Refused, Reported
from tts_server.session.machine import SessionMachine, SessionState

LIMITS = Limits(max_text_chars=30, max_unsent_bytes=400, max_inflight=3)


class Driver(RuleBasedStateMachine):
    """Carries effects out and judges each as it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = SessionMachine("sess_model", make_service(), LIMITS)
        self.now = 0.0
        self.room = True
        self.text = ""  # what the client believes to be in the buffer
        self.engine: dict[str, int] = {}  # what the engine holds, and the samples that it made for each
        self.cancelled_at_engine: set[str] = set()
        self.released: list[str] = []
        self.admitted: list[str] = []
        self.ends: dict[str, ev.ServerEvent] = {}
        self.waiting_ends: list[str] = []  # of whom the end has not left the server
        self.seqs: dict[str, int] = {}
        self.sent_samples: dict[str, int] = {}
        self.timers: dict[Timer, float] = {}
        self.paused = False
        self.configured = False
        self.closed_session = False
        self.closes: list[Close] = []
        self.n_events = 0
        self.answers: list[ev.ServerEvent] = []  # since the last input
        self.ids = 0

    # --- the driver -----------------------------------------------------------------------------------------

    def carry_out(self, effects: list[Effect]) -> None:
        for position, effect in enumerate(effects):
            match effect:
                case Send(event):
                    self.sent(event)
                case Submit(response_id):
                    assert position == len(effects) - 1, "the answer to a Submit comes before the next effect"
                    self.submitted(effect, response_id)
                case Cancel(response_id):
                    assert response_id in self.engine
                    assert response_id not in self.cancelled_at_engine, "cancelled twice"
                    self.cancelled_at_engine.add(response_id)
                case SendInstead(events):
                    self.sent_instead(events)
                case CutPlayout():
                    assert isinstance(effects[0], SendInstead), "cut with nobody told"
                case PauseSynthesis() | ResumeSynthesis():
                    assert self.paused is isinstance(effect, ResumeSynthesis)
                    self.paused = not self.paused
                case ReportStatus(previous):
                    self.carry_out(self.machine.handle(Reported(previous, 2, 1.0, 3), 0.0))
                case Close():
                    assert len(self.closes) < 2
                    assert not self.closes or effect.abort, "closed twice"
                    self.closes.append(effect)
                case Note(level, message):
                    assert level in {"debug", "warning"}
                    assert message.isprintable()
                case SetTimer():
                    self.keep_time(effect)
                case _:
                    assert_never(effect)

    def submitted(self, submit: Submit, response_id: str) -> None:
        assert not self.closes, "submitted after the close"
        assert self.machine.state is SessionState.OPEN
        assert submit.request.text == self.text
        assert self.text
        assert response_id not in {*self.engine, *self.admitted}
        before = self.machine.buffered_chars
        if self.room:
            self.engine[response_id] = 0
            self.admitted.append(response_id)
            self.text = ""
            self.carry_out(self.machine.handle(Admitted(response_id), self.now))
            assert isinstance(self.answers[-2], ev.TextCommitted)
            assert isinstance(self.answers[-1], ev.ResponseCreated)
            assert self.answers[-2].response_id == self.answers[-1].response_id == response_id
        else:
            busy = BusyError("No room.", retry_after_ms=9)
            self.carry_out(self.machine.handle(Refused(response_id, busy), self.now))
            assert self.machine.buffered_chars == before, "a refusal costs the text"
            error = self.answers[-1]
            assert isinstance(error, ev.ErrorOccurred)
            assert (error.error.code, error.error.retry_after_ms) == ("busy", 9)

    def sent(self, event: ev.ServerEvent) -> None:
        assert not self.closed_session, "sent after session.closed"
        assert not self.closes, "sent after the close"
        self.n_events += 1
        assert event.event_id == f"evt_{self.n_events}", "event ids are numbered"
        self.answers.append(event)
        match event:
            case ev.AudioDelta():
                assert event.response_id not in self.ends, "audio after the end"
                assert event.seq == self.seqs.get(event.response_id, 0), "a gap in seq"
                self.seqs[event.response_id] = event.seq + 1
                sent = self.sent_samples.get(event.response_id, 0)
                self.sent_samples[event.response_id] = sent + len(event.pcm) // 2
                assert 0 < len(event.pcm) <= 2 * RATE_HZ // 50
            case ev.AudioDone() | ev.ResponseCancelled() | ev.ResponseFailed():
                assert event.response_id in self.admitted
                assert event.response_id not in self.ends, "ended twice"
                self.ends[event.response_id] = event
                if not isinstance(event, ev.ResponseCancelled):
                    self.waiting_ends.append(event.response_id)
            case ev.SessionClosed():
                self.closed_session = True
            case _:
                pass

    def sent_instead(self, events: tuple[ev.ResponseCancelled, ...]) -> None:
        assert events
        for event in events:
            if event.response_id in self.waiting_ends:
                self.waiting_ends.remove(event.response_id)
                self.n_events += 1
                self.answers.append(event)
                self.ends[event.response_id] = event
            else:
                self.sent(event)

    def keep_time(self, effect: SetTimer) -> None:
        assert effect.at_s >= self.now
        self.timers[effect.timer] = effect.at_s

    def client(self, event: ev.ClientEvent) -> None:
        self.answers.clear()
        self.carry_out(self.machine.handle(Received(event), self.now))
        for answer in self.answers:
            previous = getattr(answer, "previous_event_id", None)
            if isinstance(answer, ev.SessionClosed):
                assert previous in {None, *(f"client_{n}" for n in range(self.ids + 1))}
            else:
                assert previous in {None, event.event_id}

    def new_id(self) -> str:
        self.ids += 1
        return f"client_{self.ids}"

    def engine_let_go(self, response_id: str) -> None:
        del self.engine[response_id]
        self.cancelled_at_engine.discard(response_id)
        self.released.append(response_id)

    @property
    def listening(self) -> bool:
        return self.machine.state in {SessionState.OPEN, SessionState.CLOSING}
