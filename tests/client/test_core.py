"""The client's rules, each by itself: no server, no socket, no event loop."""

from __future__ import annotations

import pytest
from tests.client.core_factories import (
    CANCELLED,
    CUT,
    DONE,
    FAILED,
    HELLO,
    accepted,
    commit,
    delta,
    fails,
    make_core,
    sent,
    status,
)

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.core import ClientCore
from tts_server.client.requests import answer_as
from tts_server.errors import (
    AnswerTimeoutError,
    ConnectionLostError,
    LocalProtocolError,
    RemoteProtocolError,
)
from tts_server.protocol import events as ev

# --- the connection -----------------------------------------------------------------------------------------


def test_nothing_is_handled_before_the_hello_and_a_connection_begins_once() -> None:
    core = ClientCore("the server")
    assert not core.is_open
    with pytest.raises(LocalProtocolError, match="no text before the server's hello"):
        core.buffer()
    with pytest.raises(LocalProtocolError, match="Tell before the server's hello"):
        core.handle(inp.Tell(1, ev.CancelResponse()), 0.0)
    assert core.handle(inp.Connected(HELLO), 0.0) == []
    assert core.is_open
    with pytest.raises(LocalProtocolError, match="once"):
        core.handle(inp.Connected(HELLO), 0.0)


def test_every_call_fails_with_the_connection_and_after_it() -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.RequestStatus("s1")), 0.0)
    core.handle(inp.Append(2, "text"), 0.0)
    commit(core, 3)
    core.handle(inp.Append(4, "waits"), 0.0)
    effects = core.handle(CUT, 0.0)
    assert fails(effects) == dict.fromkeys([1, 3, 2, 4], "the cable was cut")
    assert len(effects) == 4
    assert core.is_idle
    assert not core.is_open
    later: list[inp.Call] = [inp.Request(5, ev.RequestStatus("s2")), inp.Append(6, "x")]
    for call in later:
        assert fails(core.handle(call, 0.0)) == {call.call: "the cable was cut"}
    assert core.buffer().n_chars == 0


@pytest.mark.parametrize(
    "given", [inp.Closed(), inp.Left(1), DONE, inp.TimerFired(), inp.LetGo("r"), inp.GiveUp(1)]
)
def test_nothing_but_a_call_has_an_effect_after_the_end(given: inp.Input) -> None:
    core = make_core()
    core.handle(CUT, 0.0)
    assert core.handle(given, 0.0) == []
    assert isinstance(core.end, ConnectionLostError)
    assert not core.ended_well


def test_closing_ends_well_and_tells_whoever_waits() -> None:
    core = make_core()
    core.handle(accepted(commit(core)), 0.0)
    core.handle(inp.Request(2, ev.RequestStatus("s")), 0.0)
    answer, ending = core.handle(inp.Closed(), 0.0)
    assert isinstance(answer, fx.Fail)
    assert isinstance(ending, fx.EndListening)
    assert str(answer.error) == str(ending.error) == "the client was closed"
    assert answer.error is not ending.error
    assert core.ended_well
    assert core.live_responses == ()


def test_session_that_the_server_closes_ends_well() -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.CloseSession("x")), 0.0)
    closed = ev.SessionClosed("e", "s", "client_close", "x")
    assert core.handle(inp.Received(closed), 0.0) == [fx.Answer(1, closed)]
    assert core.ended_well
    assert core.handle(CUT, 0.0) == []


# --- requests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", [ev.RequestStatus(), ev.CancelResponse("c1"), ev.AppendText("x", "c1")])
def test_request_needs_an_event_that_is_answered(event: ev.ClientEvent) -> None:
    with pytest.raises(LocalProtocolError, match="needs an event_id to be answered"):
        make_core().handle(inp.Request(1, event), 0.0)


def test_commit_without_an_id_takes_nobodys_turn() -> None:
    core = make_core()
    with pytest.raises(LocalProtocolError):
        core.handle(inp.Commit(1, ev.CommitText()), 0.0)
    assert core.is_idle


def test_answer_of_another_kind_is_a_breach_and_fails_the_call() -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.RequestStatus("s")), 0.0)
    effects = core.handle(inp.Received(ev.TextCleared("e", "s")), 0.0)
    message = "the connection to the server was closed: the server answered RequestStatus with TextCleared"
    assert fails(effects) == {1: message}
    assert effects[-1] == fx.Close(1002, "unreadable message")


def test_session_that_is_closed_in_place_of_an_answer_is_everybodys() -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.RequestStatus("s")), 0.0)
    closed = ev.SessionClosed("e", "s", "server_shutdown", "s")
    assert core.handle(inp.Received(closed, 7), 0.0) == [fx.Keep(closed, 7)]


@pytest.mark.parametrize(
    "event",
    [
        ev.TextCommitted("e", "r"),
        ev.TextCleared("e", "of somebody else"),
        ev.ResponseCancelled("e", "r", "s"),
        ev.ErrorOccurred("e", ev.ErrorDetail("server_error", "internal_error", "no")),
        ev.AudioDone("e", "unknown", 1.0),
    ],
)
def test_what_answers_nothing_is_kept(event: ev.ServerEvent) -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.RequestStatus("s")), 0.0)
    assert core.handle(inp.Received(event), 0.0) == [fx.Keep(event, 0)]


def test_error_names_its_request_in_either_place() -> None:
    core = make_core()
    core.handle(inp.Request(1, ev.RequestStatus("s")), 0.0)
    detail = ev.ErrorDetail("server_error", "internal_error", "no", event_id="s")
    assert fails(core.handle(inp.Received(ev.ErrorOccurred("e", detail)), 0.0)) == {1: "no"}


def test_second_answer_is_kept() -> None:
    core = make_core()
    request = ev.RequestStatus("s")
    core.handle(inp.Request(1, request), 0.0)
    assert isinstance(core.handle(status(request), 0.0)[0], fx.Answer)
    assert isinstance(core.handle(status(request), 0.0)[0], fx.Keep)


def test_what_is_told_is_answered_when_it_has_left() -> None:
    core = make_core()
    event = ev.CancelResponse("x")
    assert core.handle(inp.Tell(1, event), 0.0) == [fx.Send(event, 1)]
    assert not core.is_idle
    assert core.handle(inp.Left(1), 0.0) == [fx.Answer(1)]
    assert core.handle(inp.Left(1), 0.0) == []
    assert core.is_idle


def test_what_cannot_be_sent_fails_its_call_alone() -> None:
    core = make_core()
    core.handle(inp.Tell(1, ev.CancelResponse()), 0.0)
    core.handle(inp.Request(2, ev.RequestStatus("s")), 0.0)
    for call in (1, 2):
        assert fails(core.handle(inp.Unsent(call, TypeError("no JSON")), 0.0)) == {call: "no JSON"}
        assert core.handle(inp.Unsent(call, TypeError("no JSON")), 0.0) == []
    assert core.is_open


def test_call_that_was_given_up_is_answered_no_more() -> None:
    core = make_core()
    request = ev.RequestStatus("s")
    core.handle(inp.Request(1, request), 0.0)
    core.handle(inp.Tell(2, ev.CancelResponse()), 0.0)
    for call in (1, 2, 3):
        assert core.handle(inp.GiveUp(call), 0.0) == []
    assert core.is_idle
    assert core.handle(status(request), 0.0) == []
    assert core.handle(inp.Left(2), 0.0) == []


def test_calls_time_out_each_at_its_own_time() -> None:
    core = make_core()
    effects = core.handle(inp.Tell(1, ev.CancelResponse(), 3.0), 0.0)
    assert effects[-1] == fx.SetTimer(3.0)
    effects = core.handle(inp.Request(2, ev.RequestStatus("s"), 1.0), 1.0)
    assert effects[-1] == fx.SetTimer(2.0)
    assert not any(
        isinstance(one, fx.SetTimer) for one in core.handle(inp.Tell(3, ev.CancelResponse(), 9.0), 1.0)
    )
    effects = core.handle(inp.TimerFired(), 2.0)
    assert fails(effects) == {2: "the server did not answer within 1 s"}
    assert effects[-1] == fx.SetTimer(3.0)
    assert isinstance(effects[0], fx.Fail)
    assert isinstance(effects[0].error, AnswerTimeoutError)
    effects = core.handle(inp.TimerFired(), 3.0)
    assert fails(effects) == {1: "the server did not answer within 3 s"}
    assert effects[-1] == fx.SetTimer(10.0)


def test_answer_is_taken_for_nothing_else() -> None:
    assert answer_as(HELLO, ev.Hello) is HELLO
    with pytest.raises(LocalProtocolError, match="NoneType is no Hello"):
        answer_as(None, ev.Hello)


# --- responses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [DONE, CANCELLED, FAILED])
def test_response_is_delivered_to_the_call_that_listens_until_its_end(end: inp.Received) -> None:
    core = make_core()
    effects = core.handle(accepted(commit(core)), 0.0)
    assert effects == [fx.Answer(9, ev.TextCommitted("e", "r", "c1"))]
    assert core.is_listened_to
    assert core.handle(delta(0), 0.0) == [fx.Deliver(9, delta(0).event)]
    assert core.handle(end, 0.0) == [fx.Deliver(9, end.event), fx.EndListening(9)]
    assert not core.is_listened_to
    assert core.handle(delta(1), 0.0) == [fx.Keep(delta(1).event, 0)]


def test_response_without_a_listener_is_kept() -> None:
    core = make_core()
    core.handle(accepted(commit(core, listens=False)), 0.0)
    assert not core.is_listened_to
    assert len(core.live_responses) == 1
    assert core.handle(DONE, 0.0) == [fx.Keep(DONE.event, 0)]
    assert len(core.live_responses) == 0


@pytest.mark.parametrize("listens", [True, False])
def test_response_that_is_let_go_of_is_cancelled_once_and_heard_no_more(listens: bool) -> None:
    core = make_core()
    core.handle(accepted(commit(core, listens=listens)), 0.0)
    cancel = fx.Send(ev.CancelResponse(response_id="r"))
    assert core.handle(inp.LetGo("r"), 0.0) == [fx.EndListening(9), cancel]
    for given in (inp.LetGo("r"), inp.LetGo("unknown"), inp.GiveUp(9), delta(0), CANCELLED):
        assert core.handle(given, 0.0) == []
    assert core.live_responses == ()


def test_commit_that_is_given_up_just_when_it_is_answered_is_cancelled() -> None:
    core = make_core()
    core.handle(accepted(commit(core)), 0.0)
    assert sent(core.handle(inp.GiveUp(9), 0.0)) == [ev.CancelResponse(response_id="r")]


def test_commit_that_is_accepted_after_it_was_given_up_is_cancelled() -> None:
    core = make_core()
    event_id = commit(core)
    assert sent(core.handle(inp.GiveUp(9), 0.0)) == [ev.ClearText("c2")]
    assert core.handle(accepted(event_id), 0.0) == [fx.Send(ev.CancelResponse(response_id="r"))]
    assert core.handle(inp.Received(ev.TextCleared("e", "c2")), 0.0) == []
    assert core.handle(DONE, 0.0) == []


@pytest.mark.parametrize("breach", [delta(1), accepted("c2"), inp.Received(HELLO)])
def test_breach_of_the_protocol_ends_the_connection_for_everybody(breach: inp.Received) -> None:
    core = make_core()
    core.handle(accepted(commit(core)), 0.0)
    assert commit(core, 10) == "c2"
    effects = core.handle(breach, 0.0)
    assert list(fails(effects)) == [10]
    ending = effects[-2]
    assert isinstance(ending, fx.EndListening)
    assert ending.call == 9
    assert str(ending.error).startswith("the connection to the server was closed: the server ")
    assert effects[-1] == fx.Close(1002, "unreadable message")


def test_message_that_cannot_be_read_ends_the_connection() -> None:
    core = make_core()
    assert core.handle(inp.Unreadable(RemoteProtocolError("no JSON")), 0.0) == [
        fx.Close(1002, "unreadable message")
    ]
    assert str(core.end) == "the connection to the server was closed: no JSON"
