"""What is promised where a step makes the next audio of several."""

from __future__ import annotations

import pytest
from tests.scheduling.factories import admit, busy, make_scheduler

from tts_server.errors import BusyError
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import AdmissionLimits, Job, StepMade, StepOutcome
from tts_server.scheduling.scheduler import Scheduler

STEP_S, RIDER_S, PIECE_S = 0.1, 0.02, 0.25
"""One stream costs 0.4 of real time alone, and 0.133 beside five others."""


def make_batched(*sizes: int, room: int = 8) -> Scheduler:
    """A scheduler that has seen steps of these sizes, again and again."""
    estimate = SpeedEstimate()
    for _ in range(150):
        for size in sizes:
            estimate.step_done(STEP_S + RIDER_S * (size - 1), PIECE_S * size, size)
    scheduler = make_scheduler(9, 99, estimate=estimate, admission=True, first_audio_s=0.5)
    assert scheduler.next_batch(0.0, room=room) == []
    return scheduler


def lone_work_s(audio_s: float) -> float:
    return audio_s * STEP_S / PIECE_S


def test_one_that_is_alone_is_not_promised_the_speed_of_a_batch() -> None:
    scheduler = make_batched(6)
    admit(scheduler, "a1", audio_s=10.0)
    assert scheduler.stats(0.0).rtf == pytest.approx(0.2 / 1.5)
    assert scheduler.stats(0.0).backlog_s >= lone_work_s(10.0)
    scheduler.admit(Job("b1", "b", 1.0), 0.0, AdmissionLimits(1))
    scheduler.cancel("b1", 0.0)
    with pytest.raises(BusyError) as caught:
        scheduler.admit(Job("a2", "a", 1.0), 0.0, AdmissionLimits(1))
    assert caught.value.retry_after_ms >= 1000 * lone_work_s(10.0)


def test_one_of_many_is_not_promised_an_end_before_that_of_one_left_alone() -> None:
    scheduler = make_batched(6)
    admit(scheduler, "a1", audio_s=30.0)
    admit(scheduler, *(f"{name}1" for name in "bcde"), audio_s=0.2)
    with pytest.raises(BusyError) as caught:
        scheduler.admit(Job("a2", "a", 1.0), 0.0, AdmissionLimits(1))
    assert caught.value.retry_after_ms >= 1000 * lone_work_s(30.0)


@pytest.mark.parametrize(
    ("sizes", "room", "n_places"), [((1,), 1, 2), ((1,), 8, 2), ((1, 2), 2, 3), ((1, 2, 4), 8, 6)]
)
def test_places_are_those_of_batches_that_were_seen_to_be_worth_it(
    sizes: tuple[int, ...], room: int, n_places: int
) -> None:
    scheduler = make_batched(*sizes, room=room)
    admit(scheduler, *(f"{name}1" for name in "abcdefgh"[:n_places]), audio_s=6.0)
    assert f"{n_places} others are speaking" in str(busy(scheduler, "z1", audio_s=6.0))


def test_places_of_batches_do_not_go_while_few_are_there() -> None:
    for size in (1, 2, 8):
        scheduler = make_batched(1, 2, 4, 8)
        for _ in range(40):
            scheduler.estimate.step_done(STEP_S + RIDER_S * (size - 1), PIECE_S * size, size)
        admit(scheduler, *(f"{name}1" for name in "abcdef"), audio_s=6.0)


def test_who_rides_along_without_haste_puts_an_end_off() -> None:
    retry_ms = {}
    for room in (1, 8):
        scheduler = make_batched(1)
        admit(scheduler, "b1", audio_s=30.0)
        for _ in range(80):
            (job_id,) = scheduler.next_batch(0.0)
            made = StepMade(job_id, PIECE_S, StepOutcome.MORE)
            scheduler.batch_done([made], 0.0, work_s=STEP_S)
        scheduler.next_batch(0.0)
        admit(scheduler, "a1", now=0.6, audio_s=4.0)
        assert scheduler.next_batch(0.6, room=room) == [], "busy"
        with pytest.raises(BusyError) as caught:
            scheduler.admit(Job("a2", "a", 1.0), 0.6, AdmissionLimits(1))
        retry_ms[room] = caught.value.retry_after_ms
    # As much of b1 is made meanwhile.
    assert retry_ms[8] >= 2 * 1000 * lone_work_s(4.0)
    assert retry_ms[1] < retry_ms[8]


def test_a_place_is_not_free_before_the_work_of_one_left_alone_is_done() -> None:
    scheduler = make_scheduler(9, 99, estimate=SpeedEstimate(), admission=True)
    admit(scheduler, "a1", audio_s=20.0)
    admit(scheduler, "b1", "c1", "d1", "e1", audio_s=0.1)
    scheduler.next_batch(0.0, 1, room=8)
    for _ in range(50):
        scheduler.estimate.step_done(0.6, PIECE_S * 6, 6)
    assert busy(scheduler, "f1", now=20.0).retry_after_ms >= 1000 * 20.0 * 0.6 / PIECE_S
