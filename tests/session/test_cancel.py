"""What a cancel stops, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.session.factories import events, make_machine, only, pcm, produced, speak

from tts_server.errors import SynthesisError
from tts_server.protocol import events as ev
from tts_server.session.effects import Cancel, CutPlayout, SendInstead
from tts_server.session.inputs import Failed, Finished, Gone, Left, OfResponse, Received, Released
from tts_server.session.response import ResponseState


def test_a_cancel_is_answered_at_once_and_audio_that_waits_is_dropped_first() -> None:
    machine = make_machine()
    response_id = speak(machine)
    assert machine.handle(Received(ev.CancelResponse("x")), 0.0) == [
        SendInstead((ev.ResponseCancelled("evt_4", response_id, "x"),)),
        Cancel(response_id),
        CutPlayout(),
    ]
    assert machine.response_state(response_id) is ResponseState.CANCELLED
    assert machine.live_responses == ()


@pytest.mark.parametrize("end", [Released, Finished, lambda name: Failed(name, SynthesisError("x"))])
def test_audio_of_a_cancelled_response_is_dropped_and_its_end_is_silent(
    end: Callable[[str], OfResponse],
) -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Received(ev.CancelResponse(response_id=response_id)), 0.0)
    assert machine.handle(produced(response_id, pcm(50)), 0.0) == []
    assert machine.handle(end(response_id), 0.0) == []
    assert machine.response_state(response_id) is None


def test_a_cancel_that_matches_nothing_is_silent() -> None:
    machine = make_machine()
    assert machine.handle(Received(ev.CancelResponse("x")), 0.0) == []
    response_id = speak(machine)
    assert machine.handle(Received(ev.CancelResponse("x", response_id="resp_other")), 0.0) == []
    assert machine.live_responses == (response_id,)
    machine.handle(Finished(response_id), 0.0)
    machine.handle(Left(response_id), 0.0)
    assert machine.handle(Received(ev.CancelResponse("x", response_id=response_id)), 0.0) == []


@pytest.mark.parametrize("outcome", ["finished", "failed"])
def test_a_response_whose_end_has_not_left_can_be_cancelled(outcome: str) -> None:
    machine = make_machine()
    response_id = speak(machine)
    if outcome == "failed":
        machine.handle(Failed(response_id, SynthesisError("x")), 0.0)
    else:
        machine.handle(Finished(response_id), 0.0)
    assert machine.response_state(response_id) is ResponseState.ENDING
    assert machine.live_responses == ()
    assert machine.handle(Received(ev.CancelResponse("x", response_id=response_id)), 0.0) == [
        SendInstead((ev.ResponseCancelled("evt_5", response_id, "x"),)),
        CutPlayout(),
    ]
    assert machine.response_state(response_id) is None
    assert machine.handle(Received(ev.CancelResponse("x")), 0.0) == []


def test_a_connection_that_is_gone_forgets_what_has_not_left() -> None:
    machine = make_machine()
    response_id = speak(machine)
    machine.handle(Finished(response_id), 0.0)
    assert machine.handle(Gone(), 0.0) == []
    assert machine.response_state(response_id) is None


def test_a_second_cancel_is_silent() -> None:
    machine = make_machine()
    speak(machine)
    machine.handle(Received(ev.CancelResponse()), 0.0)
    assert machine.handle(Received(ev.CancelResponse()), 0.0) == []


def test_a_new_commit_right_after_a_cancel_goes_its_own_way() -> None:
    machine = make_machine()
    first = speak(machine)
    machine.handle(Received(ev.CancelResponse()), 0.0)
    second = speak(machine, "Again.")
    assert machine.handle(produced(first, pcm(20)), 0.0) == []
    assert only(machine.handle(produced(second, pcm(20)), 0.0), ev.AudioDelta).seq == 0
    assert machine.handle(Released(first), 0.0) == []
    assert machine.live_responses == (second,)


def test_a_cancel_without_an_id_stops_all_and_with_one_that_one() -> None:
    machine = make_machine(max_inflight=3)
    first, second, third = speak(machine), speak(machine), speak(machine)
    cancelled = events(machine.handle(Received(ev.CancelResponse(response_id=second)), 0.0))
    assert [event.response_id for event in cancelled if isinstance(event, ev.ResponseCancelled)] == [second]
    assert machine.live_responses == (first, third)
    cancelled = events(machine.handle(Received(ev.CancelResponse()), 0.0))
    assert [event.response_id for event in cancelled if isinstance(event, ev.ResponseCancelled)] == [
        first,
        third,
    ]


def test_a_cancel_that_leaves_another_to_be_heard_is_no_interruption() -> None:
    machine = make_machine(max_inflight=2)
    first = speak(machine)
    machine.handle(Finished(first), 0.0)
    second = speak(machine)
    effects = machine.handle(Received(ev.CancelResponse(response_id=second)), 0.0)
    assert Cancel(second) in effects
    assert CutPlayout() not in effects
    assert CutPlayout() in machine.handle(Received(ev.CancelResponse()), 0.0)
