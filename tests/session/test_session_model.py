"""Any order of client events, engine outcomes, timers, disconnects and shutdown.

The driver carries the effects out as the server does; its engine's outcomes come in any order.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from tests.session.driver import LIMITS, Driver
from tests.session.factories import RATE_HZ, pcm, produced

from tts_server.errors import RemoteProtocolError, SynthesisError
from tts_server.protocol import events as ev
from tts_server.session.effects import Timer
from tts_server.session.inputs import (
    Failed,
    Finished,
    Gone,
    Left,
    Opened,
    Released,
    Stopping,
    TimerFired,
    Unreadable,
    Unsent,
)
from tts_server.session.machine import SessionState

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


class Session(Driver):
    # --- the client -----------------------------------------------------------------------------------------

    @initialize()
    def open(self) -> None:
        self.carry_out(self.machine.handle(Opened(), self.now))
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
        is_connected = self.machine.state is not SessionState.CLOSED
        owed = {
            one
            for one in self.admitted
            if is_connected
            and (one not in self.ends or one in self.waiting_ends)
            and response_id in {None, one}
        }
        made = owed.intersection(self.ends)
        self.client(ev.CancelResponse(self.new_id(), response_id))
        told = {event.response_id for event in self.answers if isinstance(event, ev.ResponseCancelled)}
        assert told == owed
        assert owed - made <= self.cancelled_at_engine
        assert not made & self.cancelled_at_engine, "the engine is told to stop what it has let go of"

    @rule()
    def status(self) -> None:
        self.client(ev.RequestStatus(self.new_id()))
        assert len(self.answers) == self.listening

    @rule()
    def unreadable(self) -> None:
        self.answers.clear()
        error = RemoteProtocolError("No.", code="invalid_json")
        self.carry_out(self.machine.handle(Unreadable(error), self.now))
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
        self.carry_out(self.machine.handle(produced(response_id, pcm(n_samples)), self.now))
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
            self.carry_out(self.machine.handle(Failed(response_id, SynthesisError("x")), self.now))
        elif outcome == "finished":
            self.carry_out(self.machine.handle(Finished(response_id), self.now))
        else:
            self.carry_out(self.machine.handle(Released(response_id), self.now))
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

    @precondition(lambda self: self.waiting_ends and self.machine.state is not SessionState.CLOSED)
    @rule()
    def an_end_leaves(self) -> None:
        self.answers.clear()
        self.carry_out(self.machine.handle(Left(self.waiting_ends.pop(0)), self.now))
        assert not self.answers

    @rule(unsent=st.sampled_from([0, 1, 200, 201, 400, 401, 900]), progressed=st.booleans())
    def outbound(self, unsent: int, progressed: bool) -> None:
        self.carry_out(self.machine.handle(Unsent(unsent, progressed), self.now))
        if self.machine.state is not SessionState.CLOSED:
            assert self.paused or unsent <= LIMITS.max_unsent_bytes
            assert not self.paused or unsent > LIMITS.max_unsent_bytes // 2
            assert unsent == 0 or Timer.STALL in self.timers

    @rule(seconds=st.sampled_from([0.1, 3.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        while due := [name for name, at_s in self.timers.items() if at_s <= end]:
            name = min(due, key=self.timers.__getitem__)
            self.now = max(self.now, self.timers.pop(name))
            self.carry_out(self.machine.handle(TimerFired(name), self.now))
        self.now = end

    @rule(name=st.sampled_from(list(Timer)))
    def a_timer_fires_at_the_wrong_time(self, name: Timer) -> None:
        if self.timers.get(name, 0) > self.now and name is Timer.DRAIN:
            return
        self.timers.pop(name, None)
        self.carry_out(self.machine.handle(TimerFired(name), self.now))

    @precondition(lambda self: self.ids > 16)
    @rule()
    def shutdown(self) -> None:
        self.carry_out(self.machine.handle(Stopping(), self.now))
        assert self.machine.state is not SessionState.OPEN

    @precondition(lambda self: self.ids > 20)
    @rule()
    def disconnect(self) -> None:
        self.answers.clear()
        self.carry_out(self.machine.handle(Gone(), self.now))
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
            assert Timer.DRAIN in self.timers

    @invariant()
    def an_ended_session_was_closed_and_told(self) -> None:
        if self.machine.state is SessionState.ENDED:
            assert self.closed_session
            assert len(self.closes) == 1


Session.TestCase.settings = settings(max_examples=80, stateful_step_count=50, deadline=None)
test_any_order_of_inputs_keeps_the_promises = Session.TestCase
