"""What must begin by some time is told of while it can be of use, and forgotten when it is over."""

from __future__ import annotations

import math

from tests.scheduling.factories import make_estimate, make_scheduler

from tts_server.scheduling.job import AdmissionLimits, Job, StepMade, StepOutcome
from tts_server.scheduling.scheduler import Scheduler, SchedulingPolicy


def with_deadlines() -> Scheduler:
    scheduler = Scheduler(AdmissionLimits(max_inflight=9), policy=SchedulingPolicy(admission=False))
    scheduler.admit(Job("a", "c", 1.0, begin_by_s=5.0), 0.0)
    scheduler.admit(Job("b", "d", 1.0, begin_by_s=7.0), 0.0)
    return scheduler


def test_what_ends_without_a_sound_is_not_told_of_as_late() -> None:
    scheduler = with_deadlines()
    (first,) = scheduler.next_batch(0.0)
    scheduler.batch_done([StepMade(first, 0.0, StepOutcome.FINISHED)], 0.1, work_s=0.1)
    assert scheduler.expired(9.0) == [{"a": "b", "b": "a"}[first]]


def test_nothing_is_kept_of_what_is_over() -> None:
    scheduler = with_deadlines()
    assert scheduler.expires_at() == 5.0
    (first,) = scheduler.next_batch(0.0)
    scheduler.batch_done([StepMade(first, 0.2, StepOutcome.FINISHED)], 0.1, work_s=0.1)
    scheduler.cancel({"a": "b", "b": "a"}[first], 0.2)
    assert scheduler._with_deadline == {}
    assert scheduler.expires_at() is None
    assert scheduler.expired(9.0) == []


def test_a_connection_of_which_nothing_is_said_has_one_response_and_is_never_paused() -> None:
    assert AdmissionLimits() == AdmissionLimits(max_inflight=1, max_waiting_s=math.inf)


def test_who_admits_everybody_has_a_place_for_whoever_comes_back() -> None:
    scheduler = make_scheduler(9, estimate=make_estimate(rtf=0.8), admission=False)
    for name in "abcd":
        scheduler.admit(Job(name, name, 10.0), 0.0)
    load = scheduler._connections["a"]
    assert scheduler._backlog(0.0).has_place_for(load)
