"""Who rides together, and who does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scheduling.factories import FINISHED, MORE, admit, busy, make_estimate, make_scheduler

from tts_server.errors import BusyError, LocalProtocolError
from tts_server.scheduling.choice import Choice
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import AdmissionLimits, ConnectionLoad, Entry, Job, StepMade
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.scheduling.scheduler import Scheduler

ROOMS = st.sampled_from([1, 2, 8])


def make_batching(step_s: float = 0.1, rider_s: float = 0.03) -> SpeedEstimate:
    """An engine whose steps cost ``step_s`` and ``rider_s`` for each job beyond the first."""
    estimate = SpeedEstimate()
    for _ in range(20):
        for n_jobs in (1, 2, 4, 8):
            estimate.step_done(step_s + rider_s * (n_jobs - 1), 0.4 * n_jobs, n_jobs)
    return estimate


def make_entry(number: int, due_s: float, *, is_behind: bool = False, begun: bool = True) -> Entry:
    load = ConnectionLoad()
    load.reader.is_behind = is_behind
    entry = Entry(Job(f"j{number}", f"c{number}", 9.0), load, AdmissionLimits(), number, due_s)
    entry.begun = begun
    return entry


def choose(entries: list[Entry], room: int, *, owed_s: float = 0.0, **policy: object) -> list[Entry]:
    """Have lane 0 choose at time 0, where those who are behind are owed so much work."""
    choice = Choice(SchedulingPolicy(behind_share=1.0, **policy), make_batching())  # type: ignore[arg-type]
    if owed_s:
        choice.batch([make_entry(98, 0.0), make_entry(99, 0.0, is_behind=True)], 0, 0.0, 1)
        choice.worked(0, owed_s)
    return choice.batch(entries, 0, 0.0, room)


entries = st.lists(
    st.tuples(st.integers(-100, 400).map(lambda n: n / 100), st.booleans(), st.booleans()),
    min_size=1,
    max_size=12,
).map(
    lambda drawn: [
        make_entry(n, due_s, is_behind=is_behind, begun=begun)
        for n, (due_s, is_behind, begun) in enumerate(drawn)
    ]
)


# --- properties -------------------------------------------------------------------------------------------


@given(entries, ROOMS, st.sampled_from([0.0, 1.0]))
def test_a_batch_is_of_those_who_are_ready_and_no_larger_than_its_room(
    ready: list[Entry], room: int, owed_s: float
) -> None:
    batch = choose(ready, room, owed_s=owed_s)
    assert 1 <= len(batch) <= room
    assert len({id(entry) for entry in batch}) == len(batch)
    assert all(entry in ready for entry in batch)


@given(entries, ROOMS, st.sampled_from([0.0, 1.0]))
def test_the_first_is_the_same_whatever_the_room(ready: list[Entry], room: int, owed_s: float) -> None:
    # One that is behind is owed less where it rides along, so that it comes sooner.
    first = choose(ready, room, owed_s=owed_s)[0]
    assert first is choose(ready, 1, owed_s=owed_s)[0]


@given(entries, ROOMS, st.sampled_from([0.0, 1.0]))
def test_those_in_time_ride_by_deadline(ready: list[Entry], room: int, owed_s: float) -> None:
    batch = choose(ready, room, owed_s=owed_s, tie_s=1e-6)
    due_s = [entry.playout_end_s for entry in batch if not entry.is_behind]
    left_out = [e.playout_end_s for e in ready if not e.is_behind and e not in batch]
    assert due_s == sorted(due_s)
    if due_s and left_out:
        assert due_s[-1] <= min(left_out)


@given(entries, ROOMS, st.sampled_from([0.0, 1.0]))
def test_nobody_who_is_behind_rides_at_the_cost_of_those_in_time(
    ready: list[Entry], room: int, owed_s: float
) -> None:
    batch = choose(ready, room, owed_s=owed_s)
    in_time = [entry.playout_end_s for entry in ready if not entry.is_behind]
    n_behind = sum(entry.is_behind for entry in batch)
    is_at_ease = bool(in_time) and min(in_time) > SchedulingPolicy().in_hand_s + SchedulingPolicy().tie_s
    if not in_time:
        assert len(batch) == min(room, len(ready))
    elif not is_at_ease:
        assert n_behind <= bool(owed_s) + (min(in_time) > SchedulingPolicy().in_hand_s - 0.02) * room


@given(entries, ROOMS)
def test_no_rider_makes_the_most_urgent_late(ready: list[Entry], room: int) -> None:
    estimate, batch = make_batching(), choose(ready, room)
    if batch[0].is_behind:
        return
    if not batch[0].begun and batch[0].playout_end_s <= SchedulingPolicy().first_audio_s:
        return
    if estimate.batch_s(1) <= batch[0].playout_end_s:
        assert estimate.batch_s(len(batch)) <= batch[0].playout_end_s
    in_time = [entry for entry in ready if not entry.is_behind]
    if estimate.batch_s(room) <= batch[0].playout_end_s:
        assert len(batch) == min(room, len(in_time))


# --- by example -------------------------------------------------------------------------------------------


def test_all_ride_who_have_time() -> None:
    ready = [make_entry(n, 1.0 + n) for n in range(9)]
    assert choose(ready, 8) == ready[:8]


def test_one_about_to_run_dry_has_a_step_as_short_as_it_needs() -> None:
    others = [make_entry(n, 3.0) for n in range(1, 8)]
    assert len(choose([make_entry(0, 0.11), *others], 8)) == 1
    assert len(choose([make_entry(0, 0.165), *others], 8)) == 3
    assert len(choose([make_entry(0, 0.32), *others], 8)) == 8


def test_a_first_word_waits_for_nobody_who_can_wait() -> None:
    newcomers, patient = [make_entry(n, 0.3, begun=False) for n in range(2)], [make_entry(5, 3.0)]
    assert choose([newcomers[0], *patient], 8) == newcomers[:1]
    assert choose([*newcomers, *patient], 8) == newcomers
    assert choose([newcomers[0], make_entry(2, 0.31), make_entry(3, 0.35), *patient], 8) == newcomers[:1]
    urgent = [newcomers[0], make_entry(2, 0.23), *patient]
    assert choose(urgent, 8) == [urgent[1], newcomers[0], *patient], "nor does anybody run dry for it"


def test_what_is_to_be_heard_after_something_else_is_no_first_word_to_wait_for() -> None:
    queued = [make_entry(n, 3.0, begun=False) for n in range(4)]
    assert choose(queued, 8) == queued


def test_one_that_is_late_in_any_case_rides_with_those_who_would_be_and_with_no_other() -> None:
    urgent = [make_entry(n, 0.05) for n in range(3)]
    patient = [make_entry(n, 3.0) for n in range(3, 8)]
    assert choose([*urgent, *patient], 8) == urgent


def test_where_everybody_is_late_everybody_rides() -> None:
    ready = [make_entry(n, -0.1 * n) for n in range(8)]
    assert set(choose(ready, 8)) == set(ready)


def test_whoever_is_behind_goes_first_and_others_like_it_last_while_all_are_at_ease() -> None:
    behind = [make_entry(n, 0.0, is_behind=True) for n in range(3)]
    in_time = [make_entry(n, 3.0) for n in range(3, 5)]
    assert choose([*behind, *in_time], 8) == [behind[0], *in_time, *behind[1:]]
    assert choose([*behind, *in_time], 4) == [behind[0], *in_time, behind[1]]


def test_a_step_too_long_for_whoever_is_at_ease_takes_one_that_is_behind_along() -> None:
    behind = [make_entry(n, 0.0, is_behind=True) for n in range(3)]
    in_time = make_entry(3, 2.5)
    choice = Choice(SchedulingPolicy(), make_batching(3.0, 1.0))
    assert choice.batch([*behind, in_time], 0, 0.0, 8) == [behind[0], in_time]


def test_what_is_owed_to_those_behind_is_one_rides_worth() -> None:
    behind = [make_entry(n, 0.0, is_behind=True) for n in range(3)]
    in_time = [make_entry(n, 1.0) for n in range(3, 5)]
    part_s = make_batching().part_s(8)
    assert choose([*behind, *in_time], 8) == in_time
    assert choose([*behind, *in_time], 8, owed_s=0.99 * part_s) == in_time
    assert choose([*behind, *in_time], 8, owed_s=part_s) == [behind[0], *in_time]


def test_first_come_first_served_fills_a_step_in_the_order_of_admission() -> None:
    ready = [make_entry(n, 5.0 - n, is_behind=n == 1) for n in range(4)]
    assert choose(ready, 3, order="fifo") == ready[:3]


# --- batches of the scheduler -----------------------------------------------------------------------------


def make(scheduler: Scheduler, batch: list[str], now: float = 0.0, work_s: float = 0.1) -> list[str]:
    return scheduler.batch_done([StepMade(job_id, 0.4, MORE) for job_id in batch], now, work_s=work_s)


def test_streams_of_one_connection_ride_together_and_jobs_of_one_stream_do_not() -> None:
    scheduler = make_scheduler(estimate=make_batching())
    admit(scheduler, "a1", "a2", stream_id="x")
    admit(scheduler, "a3", stream_id="y")
    assert scheduler.next_batch(0.0, room=8) == ["a1", "a3"]
    assert scheduler.next_batch(0.0, room=8) == []
    stats = scheduler.stats(0.0)
    assert (stats.steps, stats.parts, stats.running) == (1, 2, 1)


def test_streams_of_one_name_on_two_connections_are_two() -> None:
    scheduler = make_scheduler(estimate=make_batching())
    admit(scheduler, "a1", "b1", stream_id="default")
    assert scheduler.next_batch(0.0, room=8) == ["a1", "b1"]


def test_a_batch_has_those_that_began_on_its_lane_or_nowhere() -> None:
    scheduler = make_scheduler(n_lanes=2, estimate=make_batching())
    admit(scheduler, "a1", "b1", "c1", "d1")
    assert make(scheduler, scheduler.next_batch(0.0, 0, room=2)) == []
    assert scheduler.next_batch(0.0, 1, room=8) == ["c1", "d1"]
    assert scheduler.next_batch(0.0, 0, room=8) == ["a1", "b1"]


@pytest.mark.parametrize("made", [[], ["a1"], ["a1", "b1", "c1"], ["a1", "a1"], ["z9"]])
def test_only_a_whole_batch_can_be_done(made: list[str]) -> None:
    scheduler = make_scheduler(estimate=make_batching())
    admit(scheduler, "a1", "b1", "c1")
    assert scheduler.next_batch(0.0, room=2) == ["a1", "b1"]
    before = scheduler.stats(0.0)
    with pytest.raises(LocalProtocolError, match="no batch in progress"):
        make(scheduler, made)
    assert scheduler.stats(0.0) == before
    assert make(scheduler, ["b1", "a1"]) == []


@pytest.mark.parametrize("room", [0, -1])
def test_a_batch_has_room_for_one_at_least(room: int) -> None:
    with pytest.raises(LocalProtocolError, match=f"a batch of {room} is none"):
        make_scheduler().next_batch(0.0, room=room)


def test_a_cancel_in_the_middle_of_a_batch_changes_nothing_for_the_others() -> None:
    scheduler = make_scheduler(estimate=make_batching())
    admit(scheduler, "a1", "b1", "c1")
    batch = scheduler.next_batch(0.0, room=8)
    assert scheduler.cancel("b1", 0.05) is True
    assert scheduler.next_batch(0.05, 1, room=8) == []
    made = [StepMade("a1", 0.4, FINISHED), StepMade("b1", 0.4, MORE), StepMade("c1", 0.4, MORE)]
    assert batch == ["a1", "b1", "c1"]
    assert scheduler.batch_done(made, 0.1, work_s=0.1) == ["a1", "b1"]
    stats = scheduler.stats(0.1)
    assert (stats.finished, stats.cancelled, stats.in_progress) == (1, 1, 1)
    assert stats.audio_s == pytest.approx(1.2)
    assert [one.audio_s for one in scheduler.connection_stats(0.1)] == [0.4, 0.0, 0.4]
    assert scheduler.next_batch(0.1, room=8) == ["c1"]


def test_a_batch_that_ends_its_jobs_makes_room_for_the_next_of_their_streams() -> None:
    scheduler = make_scheduler(estimate=make_estimate())
    admit(scheduler, "a1", "a2", "b1", "b2")
    batch = scheduler.next_batch(0.0, room=8)
    assert batch == ["a1", "b1"]
    made = [StepMade(job_id, 1.0, FINISHED) for job_id in batch]
    assert scheduler.batch_done(made, 0.1, work_s=0.1) == ["a1", "b1"]
    assert scheduler.next_batch(0.1, room=8) == ["a2", "b2"]


def test_each_job_is_charged_with_its_part_of_a_step() -> None:
    scheduler, expected = make_scheduler(), SpeedEstimate()
    admit(scheduler, "a1", "b1")
    for work_s, audio_s in ((0.4, 0.0), (0.2, 0.4)):
        made = [StepMade(job_id, audio_s, MORE) for job_id in scheduler.next_batch(0.0, room=2)]
        scheduler.batch_done(made, 0.0, work_s=work_s)
        expected.step_done(work_s, 2 * audio_s, 2)
    for _ in range(2):
        expected.begun(0.3, 0.4, 0.6)
    for n in (1, 2, 3):
        for figure in (
            SpeedEstimate.rtf_of,
            SpeedEstimate.part_s,
            SpeedEstimate.start_s,
            SpeedEstimate.batch_s,
        ):
            assert figure(scheduler.estimate, n) == pytest.approx(figure(expected, n))


# --- jobs that are of no use too late ---------------------------------------------------------------------


def test_a_job_without_audio_expires_at_its_time_and_is_told_until_it_is_cancelled() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", begin_by_s=2.0)
    admit(scheduler, "b1", begin_by_s=1.0)
    admit(scheduler, "c1")
    assert scheduler.expires_at() == 1.0
    assert scheduler.expired(0.99) == []
    assert scheduler.expired(1.0) == scheduler.expired(1.0) == ["b1"]
    assert scheduler.expired(5.0) == ["a1", "b1"]
    assert scheduler.cancel("b1", 1.0) is False
    assert (scheduler.expired(1.0), scheduler.expires_at()) == ([], 2.0)


def test_a_job_that_has_audio_does_not_expire() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", begin_by_s=1.0)
    scheduler.batch_done([StepMade(scheduler.next_batch(0.0)[0], 0.0, MORE)], 0.0, work_s=0.1)
    assert scheduler.expires_at() == 1.0, "a step that made none"
    scheduler.batch_done([StepMade(scheduler.next_batch(0.0)[0], 0.1, MORE)], 0.0, work_s=0.1)
    assert scheduler.expires_at() is None
    assert scheduler.expired(9.0) == []


def test_a_job_that_expires_during_a_step_is_released_with_it() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1", begin_by_s=1.0)
    batch = scheduler.next_batch(0.9, room=8)
    assert scheduler.expired(1.0) == ["a1", "b1"]
    assert scheduler.cancel("a1", 1.0) is True
    assert scheduler.expired(1.0) == ["b1"]
    assert make(scheduler, batch, 1.1) == ["a1"]
    assert scheduler.expired(1.2) == [], "b1 has audio after all"


def test_a_deadline_gives_no_job_precedence() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1", "b1")
    admit(scheduler, "c1", begin_by_s=0.01)
    assert scheduler.next_batch(0.0) == ["a1"]


# --- what a connection may have ---------------------------------------------------------------------------


def test_connections_differ_in_what_they_may_have() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    many = AdmissionLimits(3)
    for number in range(3):
        scheduler.admit(Job(f"b{number}", "b", 2.0), 0.0, many)
    admit(scheduler, "a1")
    assert "accepted are 1" in str(busy(scheduler, "a2"))
    with pytest.raises(BusyError, match="accepted are 3"):
        scheduler.admit(Job("b4", "b", 2.0), 0.0, many)


def test_when_a_share_is_free_follows_from_the_limits_that_its_jobs_came_with() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate())
    for name, max_waiting_s in (("a", 4.0), ("b", 20.0)):
        scheduler.admit(Job(f"{name}1", name, 8.0), 0.0, AdmissionLimits(1, max_waiting_s))
        for tick in range(51):
            scheduler.waits(name, 0.5 + 0.01 * tick, 0.1 * tick)
    retry_ms = [busy(scheduler, f"{name}2", now=5.0).retry_after_ms for name in "ab"]
    assert retry_ms[0] > 2 * retry_ms[1]
