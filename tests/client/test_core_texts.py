"""Whose text is where, as the client's core sees it."""

from __future__ import annotations

import pytest
from tests.client.core_factories import accepted, commit, fails, make_core, refused, sent

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.core import ClientCore
from tts_server.client.reasons import LONGEST_RETRY_MS, again, refusal
from tts_server.errors import ConnectionLostError, LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev


def append(core: ClientCore, text: str, call: int = 1) -> list[fx.Effect]:
    return core.handle(inp.Append(call, text), 0.0)


def speak(core: ClientCore, text: str = "piece", call: int = 5) -> list[fx.Effect]:
    return core.handle(inp.Speak(call, text, ev.CommitText("p")), 0.0)


def test_text_goes_out_at_once_and_counts_until_it_is_committed() -> None:
    core = make_core()
    assert append(core, "good ", 1) == [fx.Send(ev.AppendText("good ", "c1"), 1)]
    assert append(core, "day", 2) == [fx.Send(ev.AppendText("day", "c2"), 2)]
    assert core.buffer().n_chars == 8
    assert append(core, "") == [fx.Answer(1)]
    event_id = commit(core)
    assert core.buffer().sent == "good day"
    core.handle(accepted(event_id), 0.0)
    assert core.buffer().n_chars == 0


def test_more_text_than_the_server_takes_is_refused_here() -> None:
    core = make_core()
    append(core, "x" * 20)
    effects = append(core, "y", 2)
    assert fails(effects) == {2: "21 characters are more than the 20 that the server takes at once"}
    assert len(effects) == 1
    assert isinstance(effects[0], fx.Fail)
    assert isinstance(effects[0].error, RequestRefusedError)
    assert effects[0].error.code == "payload_too_large"


def test_text_that_waited_for_its_turn_is_counted_when_that_comes() -> None:
    core = make_core()
    append(core, "x" * 20)
    event_id = commit(core)
    assert append(core, "y" * 15, 2) == append(core, "z" * 6, 3) == []
    effects = core.handle(accepted(event_id), 0.0)
    assert sent(effects) == [ev.AppendText("y" * 15, "c3")]
    assert fails(effects) == {3: "21 characters are more than the 20 that the server takes at once"}


def test_contexts_have_texts_of_their_own() -> None:
    core = make_core()
    append(core, "here")
    core.handle(inp.Append(2, "there", context="other"), 0.0)
    core.handle(inp.Commit(3, ev.CommitText("x"), context="other"), 0.0)
    assert core.handle(accepted("x"), 0.0) == [fx.Answer(3, ev.TextCommitted("e", "r", "x"))]
    assert (core.buffer().sent, core.buffer("other").sent) == ("here", "")


def test_refused_text_of_a_commit_stays() -> None:
    core = make_core()
    append(core, "good day")
    effects = core.handle(refused(commit(core)), 0.0)
    assert fails(effects) == {9: "busy"}
    assert sent(effects) == []
    assert core.buffer().sent == "good day"


def test_calls_wait_for_the_turn_of_a_commit() -> None:
    core = make_core()
    event_id = commit(core, 1)
    assert append(core, "next", 2) == []
    assert core.handle(inp.Clear(3, ev.ClearText("x")), 0.0) == []
    assert append(core, "after", 4) == []
    assert core.handle(inp.GiveUp(4), 0.0) == core.handle(inp.GiveUp(99), 0.0) == []
    effects = core.handle(accepted(event_id), 0.0)
    assert effects[1:] == [fx.Send(ev.AppendText("next", "c2"), 2), fx.Send(ev.ClearText("x"), 3)]
    assert not core.is_idle
    assert core.handle(inp.Received(ev.TextCleared("e", "x")), 0.0)[0] == fx.Answer(
        3, ev.TextCleared("e", "x")
    )
    core.handle(inp.Left(2), 0.0)
    assert core.is_idle
    assert core.buffer().n_chars == 0


def test_time_of_a_call_that_waits_for_its_turn_begins_with_the_turn() -> None:
    core = make_core()
    event_id = commit(core, 1)
    assert core.handle(inp.Clear(2, ev.ClearText("x"), 2.0), 1.0) == []
    assert core.handle(accepted(event_id), 7.0)[-1] == fx.SetTimer(9.0)


def test_commit_that_times_out_leaves_no_text() -> None:
    core = make_core()
    append(core, "good day")
    commit(core, timeout_s=2.0)
    effects = core.handle(inp.TimerFired(), 2.0)
    assert fails(effects) == {9: "the server did not answer within 2 s"}
    assert sent(effects) == [ev.ClearText("c3")]
    assert core.buffer().n_chars == 0


def test_commit_of_which_a_part_was_refused_is_not_heard_and_keeps_the_rest() -> None:
    core = make_core()
    append(core, "good")
    append(core, "bad")
    event_id = commit(core)
    assert core.handle(refused("c2", "U+0000"), 0.0) == []
    effects = core.handle(accepted(event_id), 0.0)
    assert fails(effects) == {9: "U+0000"}
    assert sent(effects) == [ev.CancelResponse(response_id="r")]
    assert (core.buffer().sent, core.buffer().held) == ("", "good")
    event = ev.CommitText("again")
    effects = core.handle(inp.Commit(10, event), 0.0)
    assert effects == [fx.Send(ev.AppendText("good", "c4")), fx.Send(event, 10)]
    assert isinstance(core.handle(accepted("again", "r2"), 0.0)[0], fx.Answer)
    assert core.buffer().n_chars == 0


def test_commit_all_of_whose_text_was_refused_says_why() -> None:
    core = make_core()
    append(core, "bad")
    core.handle(refused("c1", "U+0000"), 0.0)
    assert fails(core.handle(refused(commit(core), "buffer_empty"), 0.0)) == {9: "U+0000"}
    assert fails(core.handle(refused(commit(core), "buffer_empty"), 0.0)) == {9: "buffer_empty"}


def test_error_that_names_nothing_is_nobodys() -> None:
    core = make_core()
    append(core, "good")
    error = refused(None)
    assert core.handle(error, 0.0) == [fx.Keep(error.event, 0)]
    assert core.buffer().sent == "good"


def test_accepted_commit_of_nothing_but_refused_text_is_not_heard() -> None:
    core = make_core()
    append(core, "bad")
    core.handle(refused("c1", "U+0000"), 0.0)
    assert fails(core.handle(accepted(commit(core)), 0.0)) == {9: "U+0000"}
    assert core.buffer().held == ""


# --- beside a stream ----------------------------------------------------------------------------------------


def test_text_waits_here_while_a_stream_speaks_and_goes_out_with_its_commit() -> None:
    core = make_core()
    core.handle(inp.FloorTaken(), 0.0)
    assert append(core, "mi") == [fx.Answer(1)]
    core.handle(inp.FloorFreed(), 0.0)
    assert append(core, "ne") == [fx.Answer(1)]
    assert core.buffer().held == "mine"
    event = ev.CommitText("x")
    assert core.handle(inp.Commit(2, event), 0.0) == [
        fx.Send(ev.AppendText("mine", "c1")),
        fx.Send(event, 2),
    ]


def test_text_that_waits_here_can_be_cleared() -> None:
    core = make_core()
    core.handle(inp.FloorTaken(), 0.0)
    append(core, "mine")
    assert sent(core.handle(inp.Clear(2, ev.ClearText("x")), 0.0)) == [ev.ClearText("x")]
    assert core.buffer().n_chars == 0


def test_append_that_waits_for_its_turn_waits_here_where_a_stream_has_begun() -> None:
    core = make_core()
    event_id = commit(core)
    append(core, "mine")
    core.handle(inp.FloorTaken(), 0.0)
    assert core.handle(accepted(event_id), 0.0)[1:] == [fx.Answer(1)]
    assert core.buffer().held == "mine"


def test_refused_commit_makes_room_for_a_stream_that_waits() -> None:
    core = make_core()
    append(core, "mine")
    event_id = commit(core)
    core.handle(inp.FloorTaken(), 0.0)
    assert sent(core.handle(refused(event_id), 0.0)) == [ev.ClearText("c3")]
    assert (core.buffer().sent, core.buffer().held) == ("", "mine")


def test_refused_commit_of_nothing_makes_no_room_beside_a_stream() -> None:
    core = make_core()
    core.handle(inp.FloorTaken(), 0.0)
    assert sent(core.handle(refused(commit(core), "buffer_empty"), 0.0)) == []


# --- a stream's piece ---------------------------------------------------------------------------------------


def test_piece_is_appended_and_committed_in_one_go() -> None:
    core = make_core()
    assert speak(core) == [fx.Send(ev.AppendText("piece", "pt")), fx.Send(ev.CommitText("p"), 5)]
    assert core.buffer().n_chars == 0
    effects = core.handle(accepted("p"), 0.0)
    assert effects == [fx.Answer(5, ev.TextCommitted("e", "r", "p"))]
    assert core.is_listened_to


def test_piece_is_not_spoken_on_top_of_the_callers_text() -> None:
    core = make_core()
    append(core, "mine")
    effects = speak(core)
    assert fails(effects) == {5: "commit or clear the text that was appended before synthesizing more"}
    assert isinstance(effects[0], fx.Fail)
    assert isinstance(effects[0].error, LocalProtocolError)
    assert append(core, " too", 2) == [fx.Send(ev.AppendText(" too", "c2"), 2)]


def test_refused_piece_leaves_nothing_behind() -> None:
    core = make_core()
    speak(core)
    effects = core.handle(refused("p"), 0.0)
    assert effects == [effects[0], fx.Send(ev.ClearText("c1"))]
    assert fails(effects) == {5: "busy"}


@pytest.mark.parametrize("answer", [refused("p", "buffer_empty"), accepted("p")])
def test_piece_whose_text_was_refused_says_why_and_is_not_heard(answer: inp.Received) -> None:
    core = make_core()
    speak(core, "bad")
    assert core.handle(refused("pt", "U+0000"), 0.0) == []
    effects = core.handle(answer, 0.0)
    assert fails(effects) == {5: "U+0000"}
    assert ev.ClearText("c1") in sent(effects)
    assert not core.is_listened_to


def test_refusal_of_a_piece_that_was_given_up_is_nobodys() -> None:
    core = make_core()
    speak(core)
    assert sent(core.handle(inp.GiveUp(5), 0.0)) == [ev.ClearText("c1")]
    for event_id in ("pt", "p"):
        assert core.handle(refused(event_id), 0.0) == []


def test_piece_that_cannot_be_sent_is_followed_by_a_clear() -> None:
    core = make_core()
    speak(core)
    effects = core.handle(inp.Unsent(5, TypeError("no JSON")), 0.0)
    assert fails(effects) == {5: "no JSON"}
    assert sent(effects) == [ev.ClearText("c1")]


def test_turn_of_another_call_is_not_ended() -> None:
    core = make_core()
    speak(core)
    core.handle(inp.Request(6, ev.UpdateSession("u")), 0.0)
    core.handle(inp.GiveUp(6), 0.0)
    assert append(core, "mine") == []
    assert not core.is_idle


# --- reasons ------------------------------------------------------------------------------------------------


def test_reason_is_told_anew_and_without_words_that_a_terminal_obeys() -> None:
    detail = ev.ErrorDetail("rate_limit_error", "b\x1b", "n\x07", retry_after_ms=10**12)
    error = refusal(detail)
    assert (str(error), error.code, error.retry_after_ms) == (r"n\x07", r"b\x1b", LONGEST_RETRY_MS)
    lost = ConnectionLostError("gone")
    lost.__cause__ = ZeroDivisionError()
    copy = again(lost)
    assert (type(copy), str(copy), copy.__cause__) == (ConnectionLostError, "gone", lost.__cause__)
    assert copy is not lost
