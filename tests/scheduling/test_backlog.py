"""What is refused, why, and for how long."""

from __future__ import annotations

import pytest
from tests.scheduling.factories import (
    FINISHED,
    admit,
    begin,
    busy,
    end,
    held,
    make_estimate,
    make_scheduler,
    step,
)

from tts_server.scheduling.scheduler import Scheduler

# make_estimate(): 10 characters a second, 0.5 s of work for a second of audio, 0.2 s of audio in a step.


def make_measured(rtf: float = 0.5, n_lanes: int = 1, max_inflight: int = 9) -> Scheduler:
    """A scheduler with admission control that knows its engine."""
    return make_scheduler(
        max_inflight,
        n_lanes=n_lanes,
        estimate=make_estimate(rtf),
        admission=True,
        first_audio_s=0.5,
    )


# --- the bounds that hold in any case ---------------------------------------------------------------------


def test_the_share_of_a_connection_is_bounded() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=2.0)
    error = busy(scheduler, "a2")
    assert str(error) == "1 of this connection's responses are in progress; accepted are 1"
    assert error.retry_after_ms == 1000
    admit(scheduler, "b1")
    assert held(scheduler) == 2


def test_a_cancelled_response_counts_in_the_backlog_and_not_in_the_share() -> None:
    scheduler = make_scheduler(max_inflight=1, max_admitted=2, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=2.0)
    begin(scheduler, 0.0)
    scheduler.cancel("a1", 0.0)
    admit(scheduler, "a2", audio_s=2.0)
    error = busy(scheduler, "b1")
    assert str(error) == "the server has 2 responses in progress; accepted are 2"
    assert error.retry_after_ms == 100, "one step, after which the cancelled one is gone"


def test_the_backlog_is_bounded() -> None:
    scheduler = make_scheduler(max_admitted=2, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=4.0)
    admit(scheduler, "b1", audio_s=2.0)
    error = busy(scheduler, "c1")
    assert str(error) == "the server has 2 responses in progress; accepted are 2"
    # b1 has 1 s of work, a1 as much that is due by then, and a step is never cut.
    assert error.retry_after_ms == 2100


def test_a_refusal_changes_nothing_but_its_count() -> None:
    scheduler = make_scheduler(max_admitted=1)
    admit(scheduler, "a1")
    busy(scheduler, "b1")
    busy(scheduler, "b1")
    stats = scheduler.stats(0.0)
    assert (stats.admitted, stats.refused, stats.in_progress) == (1, 2, 1)
    assert [one.n_refused for one in scheduler.connection_stats(0.0)] == [0, 2]
    step(scheduler, 0.0, outcome=FINISHED)
    admit(scheduler, "b1")


def test_the_share_is_looked_at_first() -> None:
    scheduler = make_scheduler(max_inflight=1, max_admitted=1)
    admit(scheduler, "a1")
    assert "this connection's" in str(busy(scheduler, "a2"))


# --- when to come back ------------------------------------------------------------------------------------


def test_a_retry_is_counted_from_what_is_left() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=10.0)
    step(scheduler, 0.0, audio_s=3.0, work_s=1.5)
    step(scheduler, 0.0, audio_s=1.0, work_s=0.5)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(3000, rel=0.01)


def test_what_begins_costs_until_its_first_audio() -> None:
    estimate = make_estimate()
    scheduler = make_scheduler(max_inflight=1, estimate=estimate)
    for _ in range(300):
        estimate.begun(1.0, 0.0)
    assert estimate.start_s() == pytest.approx(1.0, abs=0.01)
    admit(scheduler, "a1", audio_s=10.0)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(6000, rel=0.01)
    for _ in range(2):
        step(scheduler, 0.0, audio_s=0.0, work_s=1e-9)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(6000, rel=0.01)
    entry_work_s = 0.25
    for _ in range(2):
        step(scheduler, 0.0, audio_s=0.0, work_s=entry_work_s / 2)
    rtf = estimate.rtf
    left_ms = 1000 * (1.0 - entry_work_s + 10 * rtf)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(left_ms, rel=0.001)
    step(scheduler, 0.0, audio_s=1.0, work_s=0.0)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(1000 * 9 * estimate.rtf, rel=0.01)


def test_each_voice_has_its_own_length() -> None:
    scheduler = make_scheduler(max_inflight=1, max_admitted=1, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=1.0, voice="slow")
    begin(scheduler, 0.0)
    end(scheduler, "a1", 0.0, work_s=2.0, audio_s=4.0, outcome=FINISHED)
    admit(scheduler, "a2", audio_s=1.0, voice="slow")
    assert busy(scheduler, "a3").retry_after_ms == pytest.approx(2000, rel=0.01)
    scheduler.cancel("a2", 0.0)
    admit(scheduler, "a3", audio_s=1.0, voice=None)
    assert busy(scheduler, "a4").retry_after_ms < 700


def test_a_response_that_outgrew_its_estimate_has_a_step_to_go() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=1.0)
    step(scheduler, 0.0, audio_s=1.0, work_s=0.5)
    assert busy(scheduler, "a2").retry_after_ms == pytest.approx(1000 * scheduler.estimate.step_s, abs=1)


def test_a_retry_of_a_paced_response_waits_for_its_listener() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate(), first_audio_s=0.5)
    admit(scheduler, "a1", audio_s=10.0, max_lead_s=1.0)
    assert busy(scheduler, "a2", now=0.1).retry_after_ms == 9400


def test_a_paced_response_that_the_engine_holds_up_waits_for_the_engine() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    admit(scheduler, "a1", audio_s=10.0, max_lead_s=50.0)
    assert busy(scheduler, "a2").retry_after_ms == 5000


def test_the_share_is_free_when_the_first_of_its_own_ends() -> None:
    scheduler = make_scheduler(max_inflight=2, estimate=make_estimate())
    admit(scheduler, "b1", audio_s=1.0)
    admit(scheduler, "a1", audio_s=4.0)
    admit(scheduler, "a2", audio_s=2.0)
    assert busy(scheduler, "a3").retry_after_ms == 500 + 1000 + 1000


def test_a_retry_is_neither_at_once_nor_never() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate(1e-5))
    admit(scheduler, "a1", audio_s=0.1)
    assert busy(scheduler, "a2").retry_after_ms == 20
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate(100.0))
    admit(scheduler, "a1", audio_s=100.0)
    assert busy(scheduler, "a2").retry_after_ms == 60_000


# --- admission by the speed of the engine -----------------------------------------------------------------


def test_as_many_speak_as_the_machine_keeps_up_with_and_no_more() -> None:
    for rtf, n_streams in ((0.17, 5), (0.28, 3), (0.43, 1), (0.42, 2), (0.9, 1), (5.0, 1)):
        scheduler = make_measured(rtf)
        admit(scheduler, *(f"{name}1" for name in "abcdefgh"[:n_streams]), audio_s=6.0)
        error = busy(scheduler, "z1", audio_s=6.0)
        assert str(error) == f"{n_streams} others are speaking, as many as this machine keeps up with"


def test_lanes_add_up() -> None:
    scheduler = make_measured(0.42, n_lanes=2)
    admit(scheduler, "a1", "b1", "c1", "d1", audio_s=4.0)
    assert "4 others are speaking" in str(busy(scheduler, "e1", audio_s=4.0))


def test_a_connection_that_speaks_already_is_not_counted_twice() -> None:
    scheduler = make_measured(0.4)
    admit(scheduler, "a1", "b1", audio_s=1.0)
    admit(scheduler, "a2", audio_s=1.0)
    assert held(scheduler) == 3


def test_the_place_of_a_listener_who_still_hears_is_kept() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1", audio_s=3.0)
    step(scheduler, 1.0, audio_s=3.0, work_s=1.5, outcome=FINISHED)
    assert held(scheduler) == 0
    assert busy(scheduler, "b1", now=2.0).retry_after_ms == 2500
    admit(scheduler, "a2", now=2.0)
    scheduler.cancel("a2", 2.0)
    assert busy(scheduler, "b1", now=2.0).retry_after_ms == 2500, "what was made before goes on"
    scheduler.cut_playout("a", 2.0)
    assert busy(scheduler, "b1", now=2.0).retry_after_ms == 500, "whoever interrupts has heard enough"
    admit(scheduler, "b1", now=2.5)


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_a_stream_that_is_cut_leaves_the_others_of_its_connection_to_be_heard(*, is_cancelled: bool) -> None:
    scheduler = make_measured(0.4)
    admit(scheduler, "b1", audio_s=20.0)
    scheduler.pause("b")
    admit(scheduler, "a1", audio_s=10.0, stream_id="x")
    step(scheduler, 0.0, audio_s=10.0, work_s=4.0, outcome=FINISHED)
    admit(scheduler, "a2", audio_s=10.0, stream_id="y")
    step(scheduler, 0.0, audio_s=2.0, work_s=0.8)
    if is_cancelled:
        scheduler.cancel("a2", 2.2)
    else:
        step(scheduler, 2.2, audio_s=1.0, work_s=0.4, outcome=FINISHED)
        scheduler.cut_playout("a", 2.2, "y")
    assert busy(scheduler, "c1", now=3.0).retry_after_ms == 7500
    scheduler.cut_playout("a", 3.0, "x")
    assert busy(scheduler, "c1", now=3.0).retry_after_ms == 500


def test_two_streams_of_a_connection_take_two_places_while_both_are_made() -> None:
    scheduler = make_measured(0.4)
    admit(scheduler, "a1", audio_s=5.0, stream_id="x")
    admit(scheduler, "a2", audio_s=5.0, stream_id="y")
    busy(scheduler, "b1")
    busy(scheduler, "a3", stream_id="z")
    admit(scheduler, "a4", audio_s=1.0, stream_id="x")
    scheduler.cancel("a4", 0.0)
    scheduler.cancel("a2", 0.0)
    admit(scheduler, "b1", audio_s=5.0)


def test_a_place_is_promised_for_when_enough_of_those_who_speak_have_ended() -> None:
    scheduler = make_measured(0.2)
    admit(scheduler, "a1", "b1", "c1", "d1", audio_s=10.0)
    for seconds in (1.0, 2.0, 3.0, 4.0):
        step(scheduler, 0.0, audio_s=seconds, work_s=seconds, outcome=FINISHED)
    # A machine that has become slow has one place, and four who speak.
    assert scheduler.estimate.careful_rtf_of(1) > 0.43
    assert busy(scheduler, "e1").retry_after_ms == 4500


def test_an_engine_that_is_stuck_keeps_up_with_nobody() -> None:
    scheduler = make_measured(0.42, n_lanes=2)
    admit(scheduler, "a1", "b1", audio_s=4.0)
    scheduler.n_lanes = 1
    assert "2 others are speaking" in str(busy(scheduler, "c1", audio_s=4.0))


def test_the_place_of_a_listener_whose_made_speech_is_cut_is_free_soon() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1", audio_s=3.0)
    step(scheduler, 1.0, audio_s=3.0, work_s=1.5, outcome=FINISHED)
    scheduler.cut_playout("a", 2.0)
    assert busy(scheduler, "b1", now=2.0).retry_after_ms == 500
    admit(scheduler, "b1", now=2.5)


def test_the_place_of_a_listener_far_ahead_is_not_kept_for_ever() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1", audio_s=60.0)
    step(scheduler, 0.0, audio_s=60.0, work_s=30.0, outcome=FINISHED)
    assert busy(scheduler, "b1", now=16.4).retry_after_ms in {100, 101}
    admit(scheduler, "b1", now=16.5)


def test_a_place_is_free_when_the_first_listener_has_heard_all() -> None:
    scheduler = make_measured(0.4)
    admit(scheduler, "a1", "b1", audio_s=4.0)
    step(scheduler, 0.0, audio_s=3.0, work_s=1.2)
    assert busy(scheduler, "c1", now=1.0).retry_after_ms == pytest.approx(3500, rel=0.05)


def test_a_place_is_not_promised_before_the_work_of_those_who_are_late_is_done() -> None:
    scheduler = make_measured(0.4)
    admit(scheduler, "a1", "b1", audio_s=4.0)
    step(scheduler, 10.0, audio_s=0.2, work_s=1.0)
    step(scheduler, 10.0, audio_s=0.2, work_s=1.0)
    work_s = 2 * 3.8 * scheduler.estimate.rtf
    assert busy(scheduler, "c1", now=20.0).retry_after_ms == pytest.approx(1000 * (work_s + 0.5), rel=0.01)


def test_a_listener_hears_what_was_made_before_the_text_that_is_being_made() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1", audio_s=6.0)
    step(scheduler, 0.0, audio_s=6.0, work_s=3.0, outcome=FINISHED)
    admit(scheduler, "a2", audio_s=1.0)
    assert busy(scheduler, "b1").retry_after_ms == 7500


def test_a_listener_who_ran_dry_keeps_its_place() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1", audio_s=2.0)
    step(scheduler, 0.0, audio_s=1.0, work_s=0.5)
    assert busy(scheduler, "b1", now=60.0).retry_after_ms == pytest.approx(1500, abs=1)


def test_a_forgotten_connection_gives_its_place_up() -> None:
    scheduler = make_measured(0.5)
    admit(scheduler, "a1")
    busy(scheduler, "b1")
    scheduler.forget("a", 0.0)
    admit(scheduler, "b1")


def make_crowded(rtf: float) -> Scheduler:
    """A scheduler that keeps no places, so that deadlines alone decide."""
    return make_scheduler(
        max_inflight=9,
        estimate=make_estimate(rtf),
        admission=True,
        first_audio_s=0.5,
        utilisation=99.0,
    )


def test_what_would_make_others_run_dry_is_refused() -> None:
    scheduler = make_crowded(0.9)
    admit(scheduler, "a1", audio_s=5.0)
    error = busy(scheduler, "b1", audio_s=5.0)
    assert str(error) == "the machine would fall behind with those who are speaking already"
    # 5 s each make 9 s of work, due after 5.5 s.
    assert error.retry_after_ms == 3500


def test_a_listener_about_to_run_dry_is_not_kept_waiting_by_a_long_first_step() -> None:
    scheduler = make_crowded(0.25)
    admit(scheduler, "a1", audio_s=12.0)
    step(scheduler, 0.0, audio_s=6.0, work_s=1.5)
    assert busy(scheduler, "b1", now=5.0, audio_s=6.0).retry_after_ms > 200
    admit(scheduler, "b1", now=1.0, audio_s=6.0)


def test_what_begins_is_charged_with_its_start() -> None:
    for start_s, n_admitted in ((0.0, 2), (4.0, 1)):
        scheduler = make_crowded(0.25)
        for _ in range(200):
            scheduler.estimate.begun(start_s, 0.0)
        admit(scheduler, "a1", audio_s=12.0)
        step(scheduler, 0.0, audio_s=2.0, work_s=0.5)
        if n_admitted == 2:
            admit(scheduler, "b1", audio_s=6.0)
        else:
            busy(scheduler, "b1", audio_s=6.0)


def test_what_has_begun_is_not_charged_with_its_start_again() -> None:
    scheduler = make_crowded(0.25)
    estimate = scheduler.estimate
    for _ in range(200):
        estimate.begun(4.0, 0.0)
    admit(scheduler, "a1", audio_s=12.0)
    step(scheduler, 0.0, audio_s=2.0, work_s=0.5)
    late_s = estimate.start_s() + 2 * estimate.step_s - 2.0
    assert busy(scheduler, "b1", audio_s=6.0).retry_after_ms == pytest.approx(1000 * late_s, abs=1)


def test_the_clock_of_a_listener_who_ran_dry_stands_still() -> None:
    scheduler = make_crowded(0.5)
    admit(scheduler, "a1", audio_s=2.0)
    step(scheduler, 0.0, audio_s=1.0, work_s=0.5)
    admit(scheduler, "b1", now=60.0, audio_s=1.0)
    assert held(scheduler) == 2


def test_a_first_step_longer_than_the_first_audio_may_take_is_no_reason_to_refuse() -> None:
    scheduler = make_crowded(0.25)
    scheduler.estimate.step_done(2.0, 8.0)
    admit(scheduler, "a1", "b1", audio_s=6.0)
    assert held(scheduler) == 2


def test_the_jobs_of_a_stream_need_the_engine_one_after_another() -> None:
    scheduler = make_crowded(0.6)
    admit(scheduler, "a1", "a2", "a3", audio_s=5.0)
    assert held(scheduler) == 3
    # By 5.5 s, a1 and b1 need 3 s each, and a2 a first step of 0.12 s.
    assert busy(scheduler, "b1", audio_s=5.0).retry_after_ms == pytest.approx(620, abs=1)


def test_an_idle_machine_takes_anything() -> None:
    admit(make_measured(50.0), "a1", audio_s=200.0)


def test_an_engine_of_unknown_speed_takes_what_comes() -> None:
    scheduler = make_scheduler(max_inflight=1, admission=True)
    admit(scheduler, *(f"{name}1" for name in "abcdefgh"), audio_s=200.0)
    assert held(scheduler) == 8


def test_admission_can_be_switched_off() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate(5.0), admission=False)
    admit(scheduler, "a1", "b1", "c1", audio_s=200.0)
    assert held(scheduler) == 3
