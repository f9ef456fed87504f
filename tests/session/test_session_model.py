"""Any order of client events, engine outcomes, timers, disconnects and shutdown.

The driver below carries the effects out as the server does, with an engine of its own whose outcomes come in
any order, and keeps what it needs to judge the machine by. It knows the protocol's promises and nothing of
the machine's inside.
"""

from __future__ import annotations

from typing import assert_never

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.session.factories import RATE_HZ, make_service, pcm

from tts_server.errors import BusyError, RemoteProtocolError, SynthesisError
from tts_server.protocol import events as ev
from tts_server.protocol.capabilities import Limits
from tts_server.session.effects import (
    Cancel,
    ClearTimer,
    Close,
    DiscardAudio,
    Effect,
    Note,
    PauseSynthesis,
    ReportStatus,
    ResumeSynthesis,
    Send,
    SetTimer,
    Submit,
)
from tts_server.session.machine import SessionMachine, SessionState

LIMITS = Limits(max_text_chars=30, max_unsent_bytes=400, max_inflight=3)
TERMINAL = (ev.AudioDone, ev.ResponseCancelled, ev.ResponseFailed)
Extras = dict[str, object]
Fields = tuple[str | None, str | None, Extras | None]
GOOD_FIELDS: st.SearchStrategy[Fields] = st.tuples(
    st.sampled_from([None, "amy", "fleur"]),
    st.sampled_from([None, "en", "FR"]),
    st.sampled_from([None, {}, {"speed": 1.5}, {"other": 1}]),
)
BAD_FIELDS: st.SearchStrategy[Fields] = st.sampled_from(
    [
        *(("jun", None, None), ("nobody", "en", {}), (None, "ja", None), ("amy", "xx", {"speed": 1.5})),
        *((None, None, {"speed": 9}), (None, None, {"voice": "amy"})),
    ]
)


class Session(RuleBasedStateMachine):
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
        self.seqs: dict[str, int] = {}
        self.sent_samples: dict[str, int] = {}
        self.timers: dict[str, float] = {}
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
                case DiscardAudio(response_id):
                    assert response_id not in self.ends, "discarded after its end"
                    following = effects[position + 1]
                    assert isinstance(following, Send)
                    assert isinstance(following.event, ev.ResponseCancelled)
                case PauseSynthesis() | ResumeSynthesis():
                    assert self.paused is isinstance(effect, ResumeSynthesis)
                    self.paused = not self.paused
                case ReportStatus(previous):
                    self.carry_out(self.machine.status(previous, queue_depth=2, uptime_s=1.0, pid=3))
                case SetTimer(name, at_s):
                    assert at_s >= self.now
                    self.timers[name] = at_s
                case Close():
                    assert len(self.closes) < 2
                    assert not self.closes or effect.abort, "closed twice"
                    self.closes.append(effect)
                case Note(level, message):
                    assert level in {"debug", "warning"}
                    assert message.isprintable()
                case ClearTimer(name):
                    del self.timers[name]
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
            self.carry_out(self.machine.admitted(response_id, self.now))
            assert isinstance(self.answers[-2], ev.TextCommitted)
            assert isinstance(self.answers[-1], ev.ResponseCreated)
            assert self.answers[-2].response_id == self.answers[-1].response_id == response_id
        else:
            busy = BusyError("No room.", retry_after_ms=9)
            self.carry_out(self.machine.refused(response_id, busy, self.now))
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
            case ev.SessionClosed():
                self.closed_session = True
            case _:
                pass

    def client(self, event: ev.ClientEvent) -> None:
        self.answers.clear()
        self.carry_out(self.machine.receive(event, self.now))
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

    # --- the client -----------------------------------------------------------------------------------------

    @initialize()
    def open(self) -> None:
        self.carry_out(self.machine.open(self.now))
        assert isinstance(self.answers[0], ev.Hello)

    @rule(text=st.text("ab😀 ", max_size=12), text_format=st.sampled_from([None, "plain", "ssml"]))
    def append(self, text: str, text_format: str | None) -> None:
        refused = text_format == "ssml" or len(self.text) + len(text) > LIMITS.max_text_chars
        listening = self.listening
        self.client(ev.AppendText(text, self.new_id(), text_format))
        if listening and not refused:
            self.text += text
        assert len(self.answers) == (listening and refused)

    @rule(fields=GOOD_FIELDS)
    def speak(self, fields: Fields) -> None:
        self.append("hi", None)
        self.commit(fields, True)

    @rule(fields=GOOD_FIELDS, room=st.booleans())
    def commit(self, fields: Fields, room: bool) -> None:
        self.try_to_commit(fields, room, good=True)

    @rule(fields=BAD_FIELDS)
    def commit_with_bad_fields(self, fields: Fields) -> None:
        self.try_to_commit(fields, True, good=False)

    def try_to_commit(self, fields: Fields, room: bool, *, good: bool) -> None:
        self.room = room
        text, n_admitted, state = self.text, len(self.admitted), self.machine.state
        self.client(ev.CommitText(self.new_id(), *fields))
        admitted = good and room and bool(text) and state is SessionState.OPEN
        assert len(self.admitted) - n_admitted == admitted
        assert self.text == ("" if admitted else text)
        if self.listening and not admitted:
            assert isinstance(self.answers[0], ev.ErrorOccurred)
            assert len(self.answers) == 1

    @rule(fields=GOOD_FIELDS | BAD_FIELDS, audio_format=st.sampled_from([None, "pcm16", "mp3"]))
    def update(self, fields: Fields, audio_format: str | None) -> None:
        voice, language, extras = fields
        event = ev.UpdateSession(self.new_id(), voice, None, language, audio_format, extras)
        self.client(event)
        assert len(self.answers) == self.listening
        if self.answers and not isinstance(self.answers[0], ev.ErrorOccurred):
            kind = ev.SessionUpdated if self.configured else ev.SessionCreated
            assert [type(answer) for answer in self.answers] == [kind]
            self.configured = True

    @rule()
    def clear(self) -> None:
        listening = self.listening
        self.client(ev.ClearText(self.new_id()))
        if listening:
            self.text = ""
        assert len(self.answers) == listening

    @rule(data=st.data(), named=st.booleans())
    def cancel(self, data: st.DataObject, named: bool) -> None:
        response_id = None
        if named:
            response_id = data.draw(st.sampled_from([*self.admitted, "resp_none"]))
        owed = {one for one in self.admitted if one not in self.ends and response_id in {None, one}}
        owed = owed if self.listening else set()
        self.client(ev.CancelResponse(self.new_id(), response_id))
        told = {event.response_id for event in self.answers if isinstance(event, ev.ResponseCancelled)}
        assert told == owed
        assert owed <= self.cancelled_at_engine

    @rule()
    def status(self) -> None:
        self.client(ev.RequestStatus(self.new_id()))
        assert len(self.answers) == self.listening

    @rule()
    def unreadable(self) -> None:
        self.answers.clear()
        error = RemoteProtocolError("No.", code="invalid_json")
        self.carry_out(self.machine.receive_error(error, self.now))
        assert len(self.answers) == self.listening

    @precondition(lambda self: self.ids > 12)
    @rule(cancel=st.booleans())
    def close(self, cancel: bool) -> None:
        listening = self.listening
        self.client(ev.CancelSession(self.new_id()) if cancel else ev.CloseSession(self.new_id()))
        if cancel and listening:
            assert self.machine.state is SessionState.ENDED
        assert self.machine.state not in {SessionState.NEW, SessionState.OPEN}

    # --- the engine -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.engine and not self.paused)
    @rule(data=st.data(), n_samples=st.integers(0, 55))
    def audio(self, data: st.DataObject, n_samples: int) -> None:
        self.make_audio(data.draw(st.sampled_from(sorted(self.engine))), n_samples)

    def make_audio(self, response_id: str, n_samples: int) -> None:
        self.engine[response_id] += n_samples
        self.answers.clear()
        self.carry_out(self.machine.audio(response_id, pcm(n_samples), self.now))
        if response_id in self.ends or response_id in self.cancelled_at_engine:
            assert not self.answers, "audio of a cancelled response"

    @rule(
        fields=GOOD_FIELDS,
        sizes=st.lists(st.integers(0, 55), max_size=4),
        outcome=st.sampled_from(["finished", "finished", "failed", "cancelled", "left"]),
    )
    def take_a_turn(self, fields: Fields, sizes: list[int], outcome: str) -> None:
        """Speak, and have the engine make some of it before it ends."""
        self.speak(fields)
        if not self.engine or self.paused:
            return
        response_id = list(self.engine)[-1]
        for n_samples in sizes:
            self.make_audio(response_id, n_samples)
        if outcome == "cancelled":
            self.client(ev.CancelResponse(self.new_id(), response_id))
            self.make_audio(response_id, 30)
        elif outcome != "left":
            self.end(response_id, outcome)

    @precondition(lambda self: self.engine)
    @rule(data=st.data(), outcome=st.sampled_from(["finished", "failed", "released"]))
    def engine_ends(self, data: st.DataObject, outcome: str) -> None:
        self.end(data.draw(st.sampled_from(sorted(self.engine))), outcome)

    def end(self, response_id: str, outcome: str) -> None:
        cancelled = response_id in self.cancelled_at_engine
        if outcome == "released" and not cancelled:
            outcome = "finished"
        n_samples = self.engine[response_id]
        self.engine_let_go(response_id)
        self.answers.clear()
        if outcome == "failed":
            self.carry_out(self.machine.failed(response_id, SynthesisError("x"), self.now))
        elif outcome == "finished":
            self.carry_out(self.machine.finished(response_id, self.now))
        else:
            self.carry_out(self.machine.released(response_id, self.now))
        if cancelled:
            assert not self.answers
        elif outcome == "finished":
            end = self.ends[response_id]
            assert isinstance(end, ev.AudioDone)
            assert end.duration_ms == n_samples * 1000 / RATE_HZ
            assert self.sent_samples.get(response_id, 0) == n_samples
        else:
            assert isinstance(self.ends[response_id], ev.ResponseFailed)

    # --- the connection -------------------------------------------------------------------------------------

    @rule(unsent=st.sampled_from([0, 1, 200, 201, 400, 401, 900]), progressed=st.booleans())
    def outbound(self, unsent: int, progressed: bool) -> None:
        self.carry_out(self.machine.outbound(unsent, progressed, self.now))
        if self.machine.state is not SessionState.CLOSED:
            assert self.paused or unsent <= LIMITS.max_unsent_bytes
            assert not self.paused or unsent > LIMITS.max_unsent_bytes // 2
            assert unsent == 0 or "stall" in self.timers

    @rule(seconds=st.sampled_from([0.1, 3.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [name for name, at_s in self.timers.items() if at_s <= end]:
            name = min(due, key=self.timers.__getitem__)
            self.now = max(self.now, self.timers.pop(name))
            self.carry_out(self.machine.timer(name, self.now))
        self.now = end

    @rule(name=st.sampled_from(["drain", "stall", "other"]))
    def a_timer_fires_at_the_wrong_time(self, name: str) -> None:
        if self.timers.get(name, 0) > self.now and name == "drain":
            return
        self.timers.pop(name, None)
        self.carry_out(self.machine.timer(name, self.now))

    @precondition(lambda self: self.ids > 16)
    @rule()
    def shutdown(self) -> None:
        self.carry_out(self.machine.shutdown(self.now))
        assert self.machine.state is not SessionState.OPEN

    @precondition(lambda self: self.ids > 20)
    @rule()
    def disconnect(self) -> None:
        self.answers.clear()
        self.carry_out(self.machine.disconnected(self.now))
        assert not self.answers
        assert set(self.engine) == self.cancelled_at_engine, "the engine works for nobody"

    # --- what holds at any time -----------------------------------------------------------------------------

    @invariant()
    def the_buffer_is_what_the_client_believes(self) -> None:
        if self.listening:
            assert self.machine.buffered_chars == len(self.text)

    @invariant()
    def every_admitted_response_is_owed_an_end_or_has_had_it(self) -> None:
        if self.machine.state is SessionState.CLOSED:
            return
        owed = [one for one in self.admitted if one not in self.ends]
        assert list(self.machine.live_responses) == owed
        assert set(owed) <= set(self.engine)
        if self.machine.state is SessionState.ENDED:
            assert not owed

    @invariant()
    def the_engine_holds_or_has_let_go(self) -> None:
        assert sorted([*self.released, *self.engine]) == sorted(self.admitted)
        if self.machine.state in {SessionState.ENDED, SessionState.CLOSED}:
            assert set(self.engine) == self.cancelled_at_engine

    @invariant()
    def a_closing_session_has_a_bound(self) -> None:
        if self.machine.state is SessionState.CLOSING:
            assert "drain" in self.timers

    @invariant()
    def an_ended_session_was_closed_and_told(self) -> None:
        if self.machine.state is SessionState.ENDED:
            assert self.closed_session
            assert len(self.closes) == 1


Session.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
test_any_order_of_inputs_keeps_the_promises = Session.TestCase
