"""How sessions end."""

from __future__ import annotations

import pytest
from tests.session.factories import events, make_machine, only, pcm, produced, speak

from tts_server.errors import (
    RemoteProtocolError,
    SynthesisError,
)
from tts_server.protocol import events as ev
from tts_server.session.effects import (
    Cancel,
    Close,
    CutPlayout,
    Effect,
    ReportStatus,
    Send,
    SendInstead,
    SetTimer,
    Timer,
)
from tts_server.session.inputs import (
    Failed,
    Finished,
    Gone,
    Received,
    Released,
    Reported,
    Stopping,
    TimerFired,
    Unreadable,
)
from tts_server.session.machine import SessionState


def error_of(effects: list[Effect]) -> ev.ErrorOccurred:
    return only(effects, ev.ErrorOccurred)


CLOSED_1000 = Close(1000, "client_close")


def test_close_with_nothing_in_progress_ends_at_once() -> None:
    machine = make_machine()
    assert machine.handle(Received(ev.CloseSession("c")), 5.0) == [
        Send(ev.SessionClosed("evt_2", "sess_abcdefgh1234", "client_close", "c")),
        CLOSED_1000,
    ]
    assert machine.state is SessionState.ENDED


def test_close_lets_the_response_in_progress_end() -> None:
    machine = make_machine(drain_s=10)
    response_id = speak(machine)
    assert machine.handle(Received(ev.CloseSession("c")), 5.0) == [SetTimer(Timer.DRAIN, 15.0)]
    assert machine.state is SessionState.CLOSING
    assert len(machine.handle(produced(response_id, pcm(20)), 6.0)) == 1
    assert machine.handle(Finished(response_id), 7.0) == [
        Send(ev.AudioDone("evt_5", response_id, 20.0)),
        Send(ev.SessionClosed("evt_6", "sess_abcdefgh1234", "client_close", "c")),
        CLOSED_1000,
    ]
    assert machine.handle(TimerFired(Timer.DRAIN), 15.0) == []


def test_close_ends_when_the_response_in_progress_fails_or_is_cancelled() -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert machine.handle(Failed(response_id, SynthesisError("x")), 0.0)[-1] == CLOSED_1000
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    effects = machine.handle(Received(ev.CancelResponse("x")), 0.0)
    assert effects[:3] == [
        SendInstead((ev.ResponseCancelled("evt_4", response_id, "x"),)),
        Cancel(response_id),
        CutPlayout(),
    ]
    assert effects[3:] == [Send(ev.SessionClosed("evt_5", "sess_abcdefgh1234", "client_close")), CLOSED_1000]


@pytest.mark.parametrize("event", [ev.CancelResponse("x"), ev.CancelSession("x")])
def test_what_waits_when_the_session_has_ended_can_be_cancelled(event: ev.ClientEvent) -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Finished(response_id), 0.0)
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert machine.state is SessionState.ENDED
    caused_by = "x" if isinstance(event, ev.CancelResponse) else None
    assert machine.handle(Received(event), 0.0) == [
        SendInstead((ev.ResponseCancelled("evt_6", response_id, caused_by),)),
        CutPlayout(),
    ]
    assert machine.handle(Received(event), 0.0) == []


def test_a_cancel_of_one_of_two_does_not_end_a_closing_session() -> None:
    machine = make_machine(max_inflight=2)
    first, second = speak(machine), speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert len(machine.handle(Received(ev.CancelResponse(response_id=first)), 0.0)) == 2
    assert machine.handle(Finished(second), 0.0)[-1] == CLOSED_1000


def test_what_has_not_ended_when_the_drain_timer_fires_is_cancelled() -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Received(ev.CloseSession("c")), 0.0)
    assert machine.handle(TimerFired(Timer.DRAIN), 10.0) == [
        SendInstead((ev.ResponseCancelled("evt_4", response_id),)),
        Cancel(response_id),
        CutPlayout(),
        Send(ev.SessionClosed("evt_5", "sess_abcdefgh1234", "client_close", "c")),
        CLOSED_1000,
    ]


def test_the_drain_timer_means_nothing_to_an_open_session() -> None:
    machine = make_machine()
    speak(machine)
    assert machine.handle(TimerFired(Timer.DRAIN), 10.0) == []
    assert machine.state is SessionState.OPEN


def test_a_commit_while_closing_is_refused_and_the_text_kept() -> None:
    machine = make_machine()
    speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    machine.handle(Received(ev.AppendText("more")), 0.0)
    error = error_of(machine.handle(Received(ev.CommitText("c")), 0.0))
    assert (error.error.code, error.previous_event_id) == ("invalid_event", "c")
    assert error.error.message == "the session is closing (client_close) and takes no more commits"
    assert machine.buffered_chars == 4


def test_a_closing_session_still_answers() -> None:
    machine = make_machine()
    speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert isinstance(events(machine.handle(Received(ev.UpdateSession()), 0.0))[0], ev.SessionCreated)
    assert isinstance(events(machine.handle(Received(ev.ClearText()), 0.0))[0], ev.TextCleared)
    assert machine.handle(Received(ev.RequestStatus()), 0.0) == [ReportStatus(None)]
    assert len(machine.handle(Reported(None, 0, 0, 1), 0.0)) == 1
    assert len(machine.handle(Unreadable(RemoteProtocolError("x")), 0.0)) == 1
    assert machine.handle(Received(ev.CloseSession("again")), 0.0) == []


def test_session_cancel_drops_everything() -> None:
    machine = make_machine()
    response_id = speak(machine)
    assert machine.handle(Received(ev.CancelSession("x")), 0.0) == [
        SendInstead((ev.ResponseCancelled("evt_4", response_id),)),
        Cancel(response_id),
        CutPlayout(),
        Send(ev.SessionClosed("evt_5", "sess_abcdefgh1234", "client_cancel", "x")),
        Close(1000, "client_cancel"),
    ]


def test_session_cancel_cuts_a_close_short() -> None:
    machine = make_machine()
    speak(machine)
    machine.handle(Received(ev.CloseSession("c")), 0.0)
    effects = machine.handle(Received(ev.CancelSession("x")), 0.0)
    assert events(effects)[-1] == ev.SessionClosed("evt_5", "sess_abcdefgh1234", "client_cancel", "x")
    assert effects[-1] == Close(1000, "client_cancel")


ALL_EVENTS: list[ev.ClientEvent] = [
    ev.UpdateSession(),
    ev.AppendText("x"),
    ev.CommitText(),
    ev.ClearText(),
    ev.CancelResponse(),
    ev.CancelSession(),
    ev.CloseSession(),
    ev.RequestStatus(),
]


@pytest.mark.parametrize("event", ALL_EVENTS)
def test_a_session_that_is_over_answers_nothing(event: ev.ClientEvent) -> None:
    ended = make_machine()
    ended.handle(Received(ev.CloseSession()), 0.0)
    closed = make_machine()
    closed.handle(Gone(), 0.0)
    for machine in (ended, closed):
        assert machine.handle(Received(event), 0.0) == []
        assert machine.handle(Unreadable(RemoteProtocolError("x")), 0.0) == []
        assert machine.handle(Reported(None, 0, 0, 1), 0.0) == []
        assert machine.handle(Stopping(), 0.0) == []
        assert machine.handle(TimerFired(Timer.DRAIN), 1e9) == []


# --- the server stops, the connection goes ------------------------------------------------------------------


def test_shutdown_drains_and_then_closes_as_going_away() -> None:
    machine = make_machine()
    response_id = speak(machine)
    assert machine.handle(Stopping(), 1.0) == [SetTimer(Timer.DRAIN, 11.0)]
    assert "server_shutdown" in error_of(machine.handle(Received(ev.CommitText()), 1.0)).error.message
    assert machine.handle(Finished(response_id), 2.0)[1:] == [
        Send(ev.SessionClosed("evt_6", "sess_abcdefgh1234", "server_shutdown")),
        Close(1001, "server_shutdown"),
    ]


def test_shutdown_of_an_idle_session_closes_at_once() -> None:
    assert make_machine().handle(Stopping(), 0.0)[-1] == Close(1001, "server_shutdown")


def test_shutdown_leaves_a_closing_session_to_its_own_bound() -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert machine.handle(Stopping(), 9.0) == []
    assert machine.handle(Finished(response_id), 9.5)[-1] == CLOSED_1000


def test_a_lost_connection_frees_the_engine_and_says_nothing() -> None:
    machine = make_machine(max_inflight=2)
    first, second = speak(machine), speak(machine)
    machine.handle(Received(ev.CancelResponse(response_id=first)), 0.0)
    assert machine.handle(Gone(), 0.0) == [Cancel(second)]
    assert machine.state is SessionState.CLOSED
    assert machine.handle(produced(second, pcm(20)), 0.0) == []
    assert machine.handle(Released(first), 0.0) == []
    assert machine.handle(Released(second), 0.0) == []
    assert machine.handle(Gone(), 0.0) == []
