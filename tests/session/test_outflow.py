"""Readers that are slow, and readers that stop."""

from __future__ import annotations

from tests.session.factories import make_machine, speak

from tts_server.protocol import events as ev
from tts_server.session.effects import (
    Cancel,
    Close,
    Effect,
    Note,
    PauseSynthesis,
    ResumeSynthesis,
    SetTimer,
    Timer,
)
from tts_server.session.inputs import Received, TimerFired, Unsent
from tts_server.session.machine import SessionMachine, SessionState

GIVEN_UP = Close(1011, "nothing was read for 5 s", abort=True)


def make_reader() -> SessionMachine:
    return make_machine(max_unsent_bytes=100, send_stall_s=5.0)


def make_busy_machine() -> SessionMachine:
    """A machine whose stall timer is set, for 5.0."""
    machine = make_reader()
    assert machine.handle(Unsent(1, False), 0.0) == [SetTimer(Timer.STALL, 5.0)]
    return machine


def test_synthesis_pauses_above_the_limit_and_goes_on_at_half_of_it() -> None:
    machine = make_busy_machine()
    steps: list[tuple[int, list[Effect]]] = [
        (100, []),
        (101, [PauseSynthesis()]),
        (500, []),
        (100, []),
        (51, []),
        (50, [ResumeSynthesis()]),
        (101, [PauseSynthesis()]),
        (0, [ResumeSynthesis()]),
        (0, []),
    ]
    for unsent_bytes, effects in steps:
        assert machine.handle(Unsent(unsent_bytes, True), 1.0) == effects


def test_nothing_waiting_sets_no_timer() -> None:
    assert make_reader().handle(Unsent(0, True), 0.0) == []


def test_a_reader_that_accepts_nothing_is_dropped_and_the_engine_freed() -> None:
    machine = make_busy_machine()
    response_id = speak(machine)
    reason = "nothing was read for 5 s"
    assert machine.handle(TimerFired(Timer.STALL), 5.0) == [
        Cancel(response_id),
        Note("warning", reason),
        Close(1011, reason, abort=True),
    ]
    assert machine.state is SessionState.CLOSED
    assert machine.handle(TimerFired(Timer.STALL), 99.0) == []
    assert machine.handle(Unsent(5, False), 99.0) == []


def test_progress_puts_the_end_off() -> None:
    machine = make_busy_machine()
    assert machine.handle(Unsent(1, True), 3.0) == []
    assert machine.handle(Unsent(1, False), 4.0) == []
    assert machine.handle(TimerFired(Timer.STALL), 5.0) == [SetTimer(Timer.STALL, 8.0)]
    assert machine.handle(Unsent(2, False), 6.0) == []
    assert machine.handle(TimerFired(Timer.STALL), 7.9) == [SetTimer(Timer.STALL, 8.0)]
    assert machine.handle(TimerFired(Timer.STALL), 8.0)[-1] == Close(
        1011, "nothing was read for 5 s", abort=True
    )


def test_more_to_send_is_no_progress() -> None:
    machine = make_busy_machine()
    machine.handle(Unsent(50, False), 4.0)
    assert isinstance(machine.handle(TimerFired(Timer.STALL), 5.0)[-1], Close)


def test_the_wait_is_counted_from_the_moment_something_waits() -> None:
    machine = make_busy_machine()
    machine.handle(Unsent(0, True), 1.0)
    machine.handle(Unsent(9, False), 4.0)
    assert machine.handle(TimerFired(Timer.STALL), 5.0) == [SetTimer(Timer.STALL, 9.0)]


def test_a_timer_that_finds_nothing_waiting_stays_off_until_something_does() -> None:
    machine = make_busy_machine()
    machine.handle(Unsent(0, True), 1.0)
    assert machine.handle(TimerFired(Timer.STALL), 19.0) == []
    assert machine.handle(Unsent(1, False), 20.0) == [SetTimer(Timer.STALL, 25.0)]


def test_the_first_wait_begins_when_something_waits() -> None:
    assert make_reader().handle(Unsent(1, False), 7.0) == [SetTimer(Timer.STALL, 12.0)]


def test_a_reader_that_stops_while_the_rest_leaves_is_dropped_too() -> None:
    machine = make_busy_machine()
    machine.handle(Received(ev.CloseSession()), 0.0)
    assert machine.handle(Unsent(200, False), 1.0) == [PauseSynthesis()]
    assert machine.handle(TimerFired(Timer.STALL), 5.0)[-1] == Close(
        1011, "nothing was read for 5 s", abort=True
    )
