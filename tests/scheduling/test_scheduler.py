"""Who is served next, case by case."""

from __future__ import annotations

import pytest
from tests.scheduling.factories import FAILED, FINISHED, MORE, admit, begin, end, held, make_scheduler, step

from tts_server.errors import LocalProtocolError
from tts_server.scheduling.job import StepOutcome
from tts_server.scheduling.scheduler import Scheduler

# --- deadlines --------------------------------------------------------------------------------------------


def test_nothing_to_do_is_none() -> None:
    scheduler = make_scheduler()
    assert begin(scheduler, 0.0) is None
    assert scheduler.wake_at() is None


def test_the_listener_who_runs_dry_first_is_served_first() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1", "c1")
    assert [step(scheduler, 0.0, audio_s=audio_s) for audio_s in (3.0, 1.0, 2.0)] == ["a1", "b1", "c1"]
    assert step(scheduler, 0.1, audio_s=5.0) == "b1"
    assert step(scheduler, 0.1, audio_s=5.0) == "c1"
    assert step(scheduler, 0.1, audio_s=5.0) == "a1"


def test_a_newcomer_goes_before_those_who_have_audio_in_hand() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1")
    step(scheduler, 0.0, audio_s=2.0)
    admit(scheduler, "b1", now=1.0)
    assert step(scheduler, 1.0) == "b1"


def test_a_listener_about_to_run_dry_goes_before_a_newcomer() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1")
    step(scheduler, 0.0, audio_s=1.2)
    admit(scheduler, "b1", now=1.0)
    assert step(scheduler, 1.0) == "a1"
    assert step(scheduler, 1.0) == "b1"


def test_first_audio_is_due_from_the_admission_on() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1", now=0.0)
    admit(scheduler, "b1", now=0.1)
    admit(scheduler, "c1", now=0.05)
    assert [step(scheduler, 0.2) for _ in range(3)] == ["a1", "c1", "b1"]


def test_equal_deadlines_go_round_the_connections() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1", "c1")
    order = [step(scheduler, 0.0, audio_s=0.0) for _ in range(7)]
    assert order == ["a1", "b1", "c1", "a1", "b1", "c1", "a1"]


def test_deadlines_within_a_frame_are_equal() -> None:
    scheduler = make_scheduler(tie_s=0.02, first_audio_s=0.0)
    admit(scheduler, "a1", now=1.001)
    admit(scheduler, "b1", now=1.019)
    assert [step(scheduler, 1.0, audio_s=0.0) for _ in range(4)] == ["a1", "b1", "a1", "b1"]
    admit(scheduler, "c1", now=1.021)
    assert [step(scheduler, 1.0, audio_s=0.0) for _ in range(3)] == ["a1", "b1", "a1"]


def test_first_come_first_served_speaks_one_to_its_end() -> None:
    scheduler = make_scheduler(order="fifo")
    admit(scheduler, "a1")
    step(scheduler, 0.0, audio_s=60.0)
    admit(scheduler, "b1")
    assert step(scheduler, 0.0) == "a1"
    assert step(scheduler, 0.0, outcome=FINISHED) == "a1"
    assert step(scheduler, 0.0) == "b1"


# --- leads ------------------------------------------------------------------------------------------------


def test_no_audio_is_made_beyond_the_lead() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", max_lead_s=0.5)
    assert step(scheduler, 1.0, audio_s=0.4) == "a1"
    assert step(scheduler, 1.0, audio_s=0.4) == "a1"
    assert begin(scheduler, 1.0) is None
    assert scheduler.wake_at() == pytest.approx(1.3)
    assert begin(scheduler, 1.29) is None
    assert step(scheduler, 1.3 + 1e-9) == "a1"


def test_a_lead_that_has_shrunk_to_its_bound_is_short_enough() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", max_lead_s=0.5)
    step(scheduler, 1.0, audio_s=1.0)
    assert scheduler.wake_at() == 1.5
    assert begin(scheduler, 1.5) == "a1"


def test_a_bounded_lead_does_not_keep_the_first_audio_back() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", max_lead_s=0.0)
    assert scheduler.wake_at() == float("-inf")
    assert step(scheduler, 0.0) == "a1"


def test_a_lead_without_bound_lets_the_machine_work_ahead() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    assert [step(scheduler, 0.0, audio_s=100.0) for _ in range(3)] == ["a1"] * 3


def test_one_at_its_lead_leaves_the_machine_to_others() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", max_lead_s=0.5)
    admit(scheduler, "b1")
    step(scheduler, 0.0, audio_s=1.0)
    step(scheduler, 0.0, audio_s=9.0)
    assert step(scheduler, 0.0) == "b1"


# --- lanes ------------------------------------------------------------------------------------------------


def test_a_lane_does_one_step_at_a_time() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    assert begin(scheduler, 0.0) == "a1"
    assert begin(scheduler, 0.0) is None
    assert begin(scheduler, 0.0, lane=1) == "b1"
    assert scheduler.stats(0.0).running == 2
    assert begin(scheduler, 0.0, lane=1) is None


def test_a_job_stays_on_the_lane_of_its_first_step() -> None:
    scheduler = make_scheduler(n_lanes=2)
    admit(scheduler, "a1", "b1")
    assert step(scheduler, 0.0, lane=0) == "a1"
    assert step(scheduler, 0.0, lane=1) == "b1"
    assert step(scheduler, 0.1, lane=0) == "a1"
    assert step(scheduler, 0.1, lane=1, outcome=FINISHED) == "b1"
    assert begin(scheduler, 0.1, lane=1) is None
    assert scheduler.wake_at(lane=1) is None
    assert scheduler.wake_at(lane=0) is not None


def test_a_job_without_a_step_is_bound_to_no_lane() -> None:
    scheduler = make_scheduler(n_lanes=3)
    admit(scheduler, "a1")
    assert begin(scheduler, 0.0, lane=2) == "a1"


# --- streams ----------------------------------------------------------------------------------------------


def test_the_jobs_of_a_stream_are_made_one_after_another() -> None:
    scheduler = make_scheduler(n_lanes=2)
    admit(scheduler, "a1", "a2")
    assert begin(scheduler, 0.0, lane=0) == "a1"
    assert begin(scheduler, 0.0, lane=1) is None
    end(scheduler, "a1", 0.0, work_s=0.1, audio_s=1.0, outcome=FINISHED)
    assert begin(scheduler, 0.0, lane=1) == "a2"


def test_streams_of_one_connection_go_side_by_side() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", stream_id="x")
    admit(scheduler, "a2", stream_id="y")
    assert {step(scheduler, 0.0, audio_s=5.0) for _ in range(2)} == {"a1", "a2"}


def test_the_next_of_a_stream_is_due_when_the_one_before_has_been_heard() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1", "a2", "a3")
    admit(scheduler, "b1")
    assert step(scheduler, 0.0, audio_s=2.0, outcome=FINISHED) == "a1"
    assert step(scheduler, 0.0, audio_s=1.0) == "b1"
    assert step(scheduler, 0.0, audio_s=1.5) == "b1"
    assert step(scheduler, 0.0, audio_s=1.0) == "a2"
    assert step(scheduler, 0.0, audio_s=9.0) == "b1"
    assert step(scheduler, 2.5, audio_s=1.0) == "a2"
    stats = scheduler.stats(2.5)
    assert (stats.late_starts, stats.gaps) == (0, 0)


def test_a_cancelled_job_does_not_hold_up_the_next_of_its_stream() -> None:
    scheduler = make_scheduler(n_lanes=2)
    admit(scheduler, "a1", "a2")
    begin(scheduler, 0.0, lane=0)
    assert scheduler.cancel("a1", 0.0) is True
    assert begin(scheduler, 0.0, lane=1) == "a2"


# --- the end of a job -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "gone", "counts"),
    [(MORE, False, (0, 0, 1)), (FINISHED, True, (1, 0, 0)), (FAILED, True, (0, 1, 0))],
)
def test_a_step_tells_whether_the_job_is_over(
    outcome: StepOutcome, gone: bool, counts: tuple[int, int, int]
) -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    begin(scheduler, 0.0)
    assert end(scheduler, "a1", 0.0, work_s=0.1, audio_s=0.0, outcome=outcome) is gone
    stats = scheduler.stats(0.0)
    assert (stats.finished, stats.failed, stats.in_progress) == counts
    assert held(scheduler) == stats.queue_depth == counts[2]


def test_a_job_cancelled_between_steps_is_gone_at_once() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    step(scheduler, 0.0)
    assert scheduler.cancel("a1", 0.0) is False
    assert scheduler.stats(0.0).cancelled == 1
    assert held(scheduler) == 0
    assert begin(scheduler, 0.0) is None


@pytest.mark.parametrize("outcome", [MORE, FINISHED, FAILED])
def test_a_job_cancelled_during_a_step_is_gone_with_it_and_counts_as_cancelled(outcome: StepOutcome) -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    assert begin(scheduler, 0.0) == "a1"
    assert scheduler.cancel("a1", 0.0) is True
    assert scheduler.cancel("a1", 0.0) is True
    assert held(scheduler) == 2
    assert scheduler.stats(0.0).live == 1
    assert end(scheduler, "a1", 0.1, work_s=0.1, audio_s=0.3, outcome=outcome) is True
    stats = scheduler.stats(0.1)
    assert (stats.cancelled, stats.finished, stats.failed, stats.in_progress) == (1, 0, 0, 1)
    assert (stats.work_s, stats.audio_s) == (0.1, 0.3)
    assert begin(scheduler, 0.1) == "b1"


def test_a_job_that_is_not_there_cannot_be_cancelled() -> None:
    scheduler = make_scheduler()
    assert scheduler.cancel("a1", 0.0) is False
    assert scheduler.stats(0.0).cancelled == 0


def test_only_a_step_in_progress_can_be_done() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    for job_id in ("a1", "b1"):
        with pytest.raises(LocalProtocolError, match=f"{job_id} is no batch in progress"):
            end(scheduler, job_id, 0.0, work_s=0.1, audio_s=0.1, outcome=MORE)


def test_a_job_is_admitted_once() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    with pytest.raises(LocalProtocolError, match="a1 is admitted already"):
        admit(scheduler, "a1")


# --- connections ------------------------------------------------------------------------------------------


def test_a_paused_connection_has_no_step_until_it_goes_on() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    scheduler.pause("a")
    assert [step(scheduler, 0.0, audio_s=0.0) for _ in range(2)] == ["b1", "b1"]
    scheduler.pause("b")
    assert begin(scheduler, 0.0) is None
    assert scheduler.wake_at() is None
    scheduler.resume("a")
    assert step(scheduler, 0.0) == "a1"


def test_a_connection_may_be_paused_before_its_first_job() -> None:
    scheduler = make_scheduler()
    scheduler.pause("a")
    admit(scheduler, "a1")
    assert begin(scheduler, 0.0) is None


def test_a_forgotten_connection_loses_its_jobs() -> None:
    scheduler = make_scheduler(n_lanes=2)
    admit(scheduler, "a1", stream_id="x")
    admit(scheduler, "a2", stream_id="y")
    admit(scheduler, "b1")
    begin(scheduler, 0.0)
    assert scheduler.forget("a", 0.0) == ["a2"]
    assert [one.connection_id for one in scheduler.connection_stats(0.0)] == ["b"]
    assert end(scheduler, "a1", 0.0, work_s=0.1, audio_s=0.1, outcome=MORE) is True
    assert [one.connection_id for one in scheduler.connection_stats(0.0)] == ["b"]
    assert scheduler.stats(0.0).cancelled == 2
    assert scheduler.forget("nobody", 0.0) == []


# --- what is counted --------------------------------------------------------------------------------------


def test_a_listener_who_runs_dry_is_counted_and_starts_anew() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    step(scheduler, 0.0, audio_s=1.0)
    step(scheduler, 1.5, audio_s=1.0)
    stats = scheduler.stats(1.5)
    assert (stats.gaps, stats.late_starts) == (1, 0)
    assert stats.gap_s == pytest.approx(0.5)
    step(scheduler, 2.5, audio_s=1.0)
    assert scheduler.stats(2.5).gaps == 1
    step(scheduler, 3.75, audio_s=1.0)
    assert scheduler.stats(3.75).gaps == 2
    assert scheduler.stats(3.75).gap_s == pytest.approx(0.75)


def test_a_late_start_is_counted_and_is_no_gap() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1", "b1", "c1")
    step(scheduler, 0.3)
    step(scheduler, 0.31)
    step(scheduler, 0.31)
    stats = scheduler.stats(0.4)
    assert (stats.late_starts, stats.gaps, stats.gap_s) == (2, 0, 0.0)


def test_steps_without_audio_change_no_deadline() -> None:
    scheduler = make_scheduler(first_audio_s=0.3)
    admit(scheduler, "a1")
    step(scheduler, 9.0, audio_s=0.0)
    stats = scheduler.stats(9.0)
    assert (stats.steps, stats.late_starts, stats.gaps) == (1, 0, 0)


def test_what_a_reader_held_up_is_no_gap_of_ours() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    step(scheduler, 0.0, audio_s=1.0)
    step(scheduler, 0.0, audio_s=1.0)
    scheduler.pause("a")
    scheduler.resume("a")
    assert step(scheduler, 5.0, audio_s=1.0) == "a1"
    assert scheduler.stats(5.0).gaps == 0
    assert step(scheduler, 5.0, audio_s=1.0) == "b1"
    assert scheduler.stats(5.0).gaps == 1
    assert step(scheduler, 9.0, audio_s=1.0) is not None
    assert step(scheduler, 9.0, audio_s=1.0) is not None
    assert scheduler.stats(9.0).gaps == 3


def test_two_readers_who_held_things_up_are_both_excused() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    step(scheduler, 0.0, audio_s=1.0)
    step(scheduler, 0.0, audio_s=1.0)
    for name in "ab":
        scheduler.pause(name)
    for name in "ab":
        scheduler.resume(name)
    step(scheduler, 5.0)
    step(scheduler, 5.0)
    assert scheduler.stats(5.0).gaps == 0
    assert [one.paused for one in scheduler.connection_stats(0.0)] == [False, False]


def test_a_scheduler_has_one_lane_unless_told() -> None:
    assert Scheduler().n_lanes == 1


def test_every_failure_is_counted() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    step(scheduler, 0.0, outcome=FAILED)
    step(scheduler, 0.0, outcome=FAILED)
    assert scheduler.stats(0.0).failed == 2


def test_stats_count_what_was_done() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "a2", "b1", audio_s=1.0)
    step(scheduler, 0.0, work_s=0.1, audio_s=0.5)
    step(scheduler, 0.0, work_s=0.1, audio_s=0.5)
    stats = scheduler.stats(0.0)
    assert (stats.admitted, stats.refused, stats.in_progress, stats.live, stats.streams) == (3, 0, 3, 3, 2)
    assert (stats.steps, stats.running, stats.work_s, stats.audio_s) == (2, 0, 0.2, 1.0)
    assert stats.rtf == pytest.approx(0.2)
    assert stats.backlog_s == pytest.approx((0.5 + 1.0 + 0.5) * 0.2)


def test_connection_stats_count_each_connections_part() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "a2", "b1")
    scheduler.pause("b")
    step(scheduler, 0.0, audio_s=0.5)
    step(scheduler, 0.0, audio_s=0.25)
    a, b = scheduler.connection_stats(0.0)
    assert (a.connection_id, a.n_admitted, a.n_refused, a.n_in_progress) == ("a", 2, 0, 2)
    assert (a.n_steps, a.audio_s, a.paused) == (2, 0.75, False)
    assert (b.connection_id, b.n_in_progress, b.n_steps, b.audio_s, b.paused) == ("b", 1, 0, 0.0, True)
