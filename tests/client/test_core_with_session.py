"""The client's core and the server's session machine talk to each other without a socket.

Nothing is lost or reordered on the way, but everything moves when the test says so: what either side sends,
the engine's audio, failures and ends, timeouts, cancels, and the end of the connection.
"""

from __future__ import annotations

from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.client.core_driver import CoreDriver
from tests.client.machine_peer import MAX_TEXT_CHARS, MachinePeer

from tts_server.client import inputs as inp
from tts_server.errors import ConnectionLostError
from tts_server.protocol import events as ev

STREAMS = "s"
"""What a stream's text is made of; each text of the caller's has a character of its own."""

CALLERS = 0x4E00
"""The first of them."""

TIMEOUTS = st.sampled_from([None, None, 2.0, 8.0])


class Conversation(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.client = CoreDriver()
        self.server = MachinePeer()
        self.up: deque[ev.ClientEvent] = deque()
        """On the way to the server."""
        self.down: deque[ev.ServerEvent] = deque()
        """On the way to the client."""
        self.is_cut = False
        """Whether nothing gets through any more; either side learns of it in its own time."""
        self.n_steps = 0
        self.texts: set[str] = set()
        """The characters of the caller's texts that are neither known to be spoken nor to be lost."""
        self.is_lossy = False
        """Whether anything that may cost text was done since all was quiet."""
        self.has_bad = False
        """Whether text was given since then that the server refuses."""
        self.warned: list[int] = []
        """The commits that followed it."""
        self.client.handle(inp.Connected(self.server.open()))

    # --- the caller -----------------------------------------------------------------------------------------

    @rule(n=st.integers(0, MAX_TEXT_CHARS // 2), is_bad=st.sampled_from([False] * 5 + [True]))
    def append(self, n: int, is_bad: bool) -> None:
        call = self.client.next_call()
        mark = chr(CALLERS + call)
        self.client.call(inp.Append(call, mark * n + "\0" * is_bad))
        if is_bad:
            # Text that waits for a stream's end goes out in one with it.
            self.has_bad, self.is_lossy = True, self.is_lossy or bool(self.client.core.buffer().held)
        elif n:
            self.texts.add(mark)

    @rule(listens=st.booleans(), timeout=TIMEOUTS, voice=st.sampled_from([None, None, "amy", "nobody"]))
    def commit(self, listens: bool, timeout: float | None, voice: str | None) -> None:
        call = self.client.next_call()
        event = ev.CommitText(self.client.core.next_id(), voice=voice)
        self.warned += [call] * self.has_bad
        self.client.call(inp.Commit(call, event, listens, timeout))

    @rule(listens=st.booleans())
    def say(self, listens: bool) -> None:
        """Have something of the caller's spoken, and hear of it."""
        self.append(3, False)
        self.commit(listens, None, None)
        self.much_moves(6)

    @rule(timeout=TIMEOUTS, text=st.sampled_from([STREAMS, STREAMS * 9, STREAMS + "\0", " "]))
    def speak(self, timeout: float | None, text: str) -> None:
        event = ev.CommitText(self.client.core.next_id())
        self.client.call(inp.Speak(self.client.next_call(), text, event, timeout))

    @rule(timeout=TIMEOUTS)
    def clear(self, timeout: float | None) -> None:
        self.is_lossy = True
        event = ev.ClearText(self.client.core.next_id())
        self.client.call(inp.Clear(self.client.next_call(), event, timeout))

    @rule(timeout=TIMEOUTS, voice=st.sampled_from([None, "amy", "nobody"]))
    def ask(self, timeout: float | None, voice: str | None) -> None:
        event_id = self.client.core.next_id()
        event = ev.RequestStatus(event_id) if voice is None else ev.UpdateSession(event_id, voice=voice)
        self.client.call(inp.Request(self.client.next_call(), event, timeout))

    @rule(timeout=TIMEOUTS, data=st.data())
    def cancel(self, timeout: float | None, data: st.DataObject) -> None:
        response_id = data.draw(st.sampled_from([None, "unknown", *self.client.core.live_responses]))
        event = ev.CancelResponse(self.client.core.next_id(), response_id)
        self.client.call(inp.Tell(self.client.next_call(), event, timeout))

    @precondition(lambda self: self.client.waiting or self.client.answers)
    @rule(data=st.data())
    def give_up(self, data: st.DataObject) -> None:
        calls = [*self.client.waiting, *list(self.client.answers)[-2:]]
        calls = [call for call in calls if call not in self.client.given_up]
        if calls:
            self.is_lossy = True
            self.client.give_up(data.draw(st.sampled_from(calls)))

    @precondition(lambda self: self.client.core.live_responses)
    @rule(data=st.data())
    def leave_a_response(self, data: st.DataObject) -> None:
        self.client.leave_response(data.draw(st.sampled_from(self.client.core.live_responses)))

    @rule(is_taken=st.booleans())
    def the_floor_changes(self, is_taken: bool) -> None:
        self.client.handle(inp.FloorTaken() if is_taken else inp.FloorFreed())

    # --- what moves -----------------------------------------------------------------------------------------

    @precondition(lambda self: self.client.unsent)
    @rule()
    def something_leaves_the_client(self) -> None:
        event = self.client.leave()
        if not self.is_cut:
            self.up.append(event)

    @precondition(lambda self: self.up)
    @rule(has_room=st.sampled_from([True, True, False]))
    def the_server_hears(self, has_room: bool) -> None:
        self.server.has_room = has_room
        self.server.receive(self.up.popleft())

    @precondition(lambda self: self.server.outbox)
    @rule()
    def something_leaves_the_server(self) -> None:
        event = self.server.leave()
        if not self.is_cut:
            self.down.append(event)

    @precondition(lambda self: self.down)
    @rule()
    def the_client_hears(self) -> None:
        self.client.handle(inp.Received(self.down.popleft()))

    @rule(n=st.integers(1, 9))
    def much_moves(self, n: int) -> None:
        for _ in range(n):
            self.move()

    @precondition(lambda self: not self.client.listening)
    @rule()
    def a_stream_is_heard(self) -> None:
        self.speak(None, STREAMS)
        self.much_moves(9)

    @precondition(lambda self: self.server.engine)
    @rule(data=st.data(), n_samples=st.integers(0, 50))
    def audio_is_made(self, data: st.DataObject, n_samples: int) -> None:
        self.server.make(data.draw(st.sampled_from(sorted(self.server.engine))), n_samples)

    @precondition(lambda self: self.server.engine)
    @rule(data=st.data(), fails=st.booleans())
    def the_engine_lets_go(self, data: st.DataObject, fails: bool) -> None:
        response_id = data.draw(st.sampled_from(sorted(self.server.engine)))
        if fails:
            self.server.fail(response_id)
        elif self.server.engine[response_id]:
            self.server.release(response_id)
        else:
            self.server.finish(response_id)

    @rule(seconds=st.sampled_from([0.5, 2.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        self.is_lossy = True
        self.server.pass_time(self.server.now + seconds)
        self.client.pass_time(self.client.now + seconds)
        self.is_cut = self.is_cut or self.client.is_aborted

    @rule(is_paused=st.booleans())
    def reading_is_paused_or_goes_on(self, is_paused: bool) -> None:
        self.client.handle(inp.ReadingPaused() if is_paused else inp.ReadingResumed())

    # --- the end --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.n_steps > 12)
    @rule(drops=st.booleans(), timeout=TIMEOUTS)
    def the_session_is_closed(self, drops: bool, timeout: float | None) -> None:
        event_id = self.client.core.next_id()
        event = ev.CancelSession(event_id) if drops else ev.CloseSession(event_id)
        self.client.call(inp.Request(self.client.next_call(), event, timeout))

    @precondition(lambda self: self.n_steps > 12)
    @rule()
    def the_server_stops(self) -> None:
        self.server.shut_down()

    @precondition(lambda self: self.n_steps > 12)
    @rule(server_first=st.booleans())
    def the_connection_is_cut(self, server_first: bool) -> None:
        self.is_cut = True
        if server_first:
            self.server_learns_of_the_end()
        else:
            self.client_learns_of_the_end()

    @precondition(lambda self: self.n_steps > 12)
    @rule()
    def the_client_is_closed(self) -> None:
        self.client.handle(inp.Closed())
        self.is_cut = True

    def server_learns_of_the_end(self) -> None:
        self.server.disconnect()
        self.up.clear()

    def client_learns_of_the_end(self) -> None:
        self.down.clear()
        self.client.handle(inp.Lost(ConnectionLostError("the cable was cut")))

    # --- what holds -----------------------------------------------------------------------------------------

    @invariant()
    def no_commit_mixes_texts(self) -> None:
        assert all(set(text) == {STREAMS} or STREAMS not in text for text in self.server.spoken.values())

    @invariant()
    def count(self) -> None:
        self.n_steps += 1

    @rule()
    def all_falls_quiet(self) -> None:
        """Let everything come to its end, and see that nothing is left over."""
        self.server.has_room = True
        while self.move() or self.let_the_engine_end():
            continue
        if self.server.is_closing or self.is_cut:
            self.server_learns_of_the_end()
            self.client_learns_of_the_end()
        for response_id in list(self.server.engine):
            self.server.release(response_id)
        core = self.client.core
        assert core.is_idle
        assert not self.client.waiting
        assert core.live_responses == self.server.live_responses == ()
        assert not self.client.listening
        self.client.check_commits()
        if core.is_open:
            self.check_texts()
        self.texts = set(core.buffer().sent + core.buffer().held)
        self.is_lossy = self.has_bad = False
        self.warned.clear()

    def check_texts(self) -> None:
        """See that each text is where the caller believes it to be, and was spoken once at most."""
        buffer = self.client.core.buffer()
        assert self.server.n_buffered_chars == len(buffer.sent)
        for response_id in self.server.spoken.keys() - self.client.accepted.keys():
            assert response_id in self.client.cancelled, "spoken, and nobody hears it"
        spoken = "".join(self.server.spoken[response_id] for response_id in self.client.accepted)
        refused = {call for call, answer in self.client.answers.items() if isinstance(answer, Exception)}
        for mark in self.texts:
            if ord(mark) - CALLERS in refused:
                continue
            assert not (mark in spoken and mark in buffer.sent + buffer.held), "to be spoken once more"
            if not self.is_lossy:
                assert mark in spoken + buffer.sent + buffer.held, "lost"
        if self.warned and not self.is_lossy:
            errors = [str(self.client.answers[call]) for call in self.warned]
            assert any("U+0000" in error for error in errors), "nobody was told of the missing text"

    def let_the_engine_end(self) -> bool:
        """Let the engine finish one response; False where it works on none."""
        working = [one for one, is_cancelled in self.server.engine.items() if not is_cancelled]
        if working:
            self.server.finish(working[0])
        return bool(working)

    def move(self) -> bool:
        """Move by one whatever is on its way; False where nothing is."""
        if self.client.unsent:
            self.something_leaves_the_client()
        elif self.up:
            self.server.receive(self.up.popleft())
        elif self.server.outbox:
            self.something_leaves_the_server()
        elif self.down:
            self.the_client_hears()
        else:
            return False
        return True

    def teardown(self) -> None:
        self.all_falls_quiet()


Conversation.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
test_client_and_server_agree_whatever_moves_when = Conversation.TestCase


class _Nobody:
    """Draws no response: every one is meant."""

    def draw(self, _strategy: object) -> None:
        return None


def test_a_call_whose_turn_comes_as_the_server_is_given_up_is_not_sent() -> None:
    talk = Conversation()
    for _ in range(2):
        talk.cancel(data=_Nobody(), timeout=None)
    talk.time_passes(seconds=0.5)
    for _ in range(2):
        talk.something_leaves_the_client()
    talk.say(listens=False)
    talk.clear(timeout=8.0)
    talk.clear(timeout=None)
    talk.say(listens=False)
    for _ in range(2):
        talk.time_passes(seconds=6.0)
    assert talk.client.core.end is not None
    talk.teardown()
