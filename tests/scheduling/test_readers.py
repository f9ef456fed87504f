"""Readers of every speed beside listeners in real time, counted in simulated time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scheduling.factories import admit, busy, held, make_estimate, make_scheduler, step
from tests.scheduling.simulation import RIDER, TICK_S, Reading, Simulation, Talker

from tts_server.scheduling.reader import GRACE_S, HOLD_S, MAX_CREDIT_S, RATE_CARE, Reader
from tts_server.scheduling.scheduler import Scheduler

RTF = 0.4
"""Room for two."""

SLOW = {
    "a tenth of real time": Reading(0.1),
    "bursts": Reading(0.15, every_s=3.0),
    "long bursts": Reading(0.5, every_s=10.0),
    "half of real time": Reading(0.5),
    "three quarters": Reading(0.75),
    "nothing": Reading(0.0),
    "nothing after ten seconds": Reading(0.0, begin_s=10.0),
    "a little after ten seconds": Reading(0.05, begin_s=10.0),
}


def make_measured() -> Scheduler:
    return make_scheduler(estimate=make_estimate(RTF), admission=True)


@pytest.mark.parametrize("room", [2, 8])
@pytest.mark.parametrize("how", SLOW)
def test_slow_readers_in_batches_take_nothing_from_who_listens(how: str, room: int) -> None:
    slow = [Talker(f"slow{n}", n_chars=3000, n_texts=1, reading=SLOW[how]) for n in range(2)]
    listeners = [Talker(f"l{n}", n_chars=200, begin_s=30.0 + n, lead_s=1.0) for n in range(2)]
    scheduler = make_measured()
    Simulation(scheduler, [*slow, *listeners], rtf=RTF, room=room, rider=RIDER).run(150)
    assert [talker.gap_s for talker in listeners] == [0.0, 0.0]
    assert [talker.n_refused for talker in listeners] == [0, 0]
    assert scheduler.stats(150).gaps == 0


@pytest.mark.parametrize("how", SLOW)
def test_slow_readers_keep_nobody_out_and_take_nothing_from_who_listens(how: str) -> None:
    slow = [Talker(f"slow{n}", n_chars=3000, n_texts=1, reading=SLOW[how]) for n in range(2)]
    listener = Talker("listener", n_chars=200, begin_s=30.0, lead_s=1.0)
    newcomer = Talker("newcomer", n_chars=40, begin_s=32.0, pause_s=7.0)
    scheduler = make_measured()
    Simulation(scheduler, [*slow, listener, newcomer], rtf=RTF).run(150)
    assert (listener.n_refused, newcomer.n_refused) == (0, 0)
    assert len(newcomer.first_audio_s) >= 15
    assert max(newcomer.first_audio_s) < 0.5
    assert listener.gap_s == 0.0
    assert listener.n_times_behind == 0
    assert listener.audio_s >= 119
    assert scheduler.stats(150).gaps == 0


def test_a_slow_reader_gets_what_it_can_take() -> None:
    slow = Talker("slow", n_chars=3000, n_texts=1, reading=Reading(0.5, every_s=1.0))
    listener = Talker("listener", n_chars=200, begin_s=30.0, lead_s=1.0)
    Simulation(make_measured(), [slow, listener], rtf=RTF).run(150)
    assert slow.audio_s >= 0.5 * 149


@pytest.mark.parametrize("n_slow", [1, 2, 6])
def test_slow_readers_that_read_on_again_make_nobody_run_dry(n_slow: int) -> None:
    reading = Reading(0.1, every_s=3.0, resume_s=60.0)
    slow = [
        Talker(f"slow{n}", n_chars=3000, n_texts=1, reading=reading, begin_s=6.0 * n) for n in range(n_slow)
    ]
    listeners = [Talker(f"l{n}", n_chars=200, begin_s=45.0 + n, lead_s=1.0) for n in range(2)]
    scheduler = make_measured()
    Simulation(scheduler, [*slow, *listeners], rtf=RTF).run(200)
    assert [talker.n_refused for talker in listeners] == [0, 0]
    assert [talker.gap_s for talker in listeners] == [0.0, 0.0]
    assert scheduler.stats(200).gaps == 0
    left_s = (200 - 60) * (1 - 2 * RTF) / RTF
    assert sum(talker.audio_s for talker in slow) > 0.5 * left_s, "they have what the others leave"


def test_a_reader_that_keeps_up_again_has_a_place_again_where_there_is_one() -> None:
    slow = Talker("slow", n_chars=3000, n_texts=1, reading=Reading(0.1, begin_s=1.0, resume_s=20.0))
    other = Talker("other", n_chars=200, lead_s=1.0)
    late = Talker("late", n_chars=200, begin_s=60.0)
    scheduler = make_measured()
    simulation = Simulation(scheduler, [slow, other, late], rtf=RTF)
    simulation.run(30)
    assert scheduler.connection_stats(0.0)[0].is_behind
    simulation.run(59)
    assert not scheduler.connection_stats(0.0)[0].is_behind
    simulation.run(70)
    assert late.n_refused > 0


def test_a_reader_that_keeps_up_again_waits_for_a_place_that_others_have() -> None:
    slow = Talker("slow", n_chars=3000, n_texts=1, reading=Reading(0.1, begin_s=1.0, resume_s=40.0))
    others = [Talker(f"o{n}", n_chars=200, begin_s=20.0, lead_s=1.0) for n in range(2)]
    scheduler = make_measured()
    Simulation(scheduler, [slow, *others], rtf=RTF).run(100)
    assert scheduler.connection_stats(0.0)[0].is_behind
    assert [talker.gap_s for talker in others] == [0.0, 0.0]


def test_slow_readers_starve_neither_each_other_nor_behind_those_who_never_leave_a_moment() -> None:
    slow = [
        Talker(f"slow{n}", n_chars=3000, n_texts=1, reading=Reading(0.1, resume_s=40.0)) for n in range(3)
    ]
    greedy = [Talker(f"g{n}", n_chars=800, begin_s=30.0) for n in range(4)]
    scheduler = make_scheduler(estimate=make_estimate(RTF), admission=False)
    simulation = Simulation(scheduler, [*slow, *greedy], rtf=RTF)
    simulation.run(40)
    assert [one.is_behind for one in scheduler.connection_stats(0.0)][:3] == [True] * 3
    before = [talker.audio_s for talker in slow]
    for talker in slow:
        talker.reading = Reading(0.1)
    simulation.run(400)
    assert all(talker.audio_s > made_s for talker, made_s in zip(slow, before, strict=True))


# --- who keeps up -----------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    lead_s=st.floats(0.2, 20.0),
    piece_s=st.sampled_from([TICK_S, 0.2, 1.0, 2.0, 3.0]),
    n_chars=st.sampled_from([30, 200, 2000]),
    rtf=st.sampled_from([0.05, 0.4]),
)
def test_whoever_reads_as_they_play_keeps_their_place(
    lead_s: float, piece_s: float, n_chars: int, rtf: float
) -> None:
    # With less ahead than a piece and the time between two looks, a player runs dry by itself.
    lead_s = max(lead_s, piece_s + TICK_S)
    listener = Talker("listener", n_chars=n_chars, lead_s=lead_s, piece_s=piece_s)
    scheduler = make_scheduler(estimate=make_estimate(rtf), admission=True)
    Simulation(scheduler, [listener], rtf=rtf).run(60)
    assert listener.n_times_behind == 0
    assert listener.n_refused == 0


@pytest.mark.parametrize("lead_s", [0.2, 1.0, 8.0])
def test_no_third_is_let_in_beside_two_in_continuous_speech(lead_s: float) -> None:
    speakers = [Talker(f"s{n}", n_chars=200, begin_s=2.0 * n, lead_s=lead_s) for n in range(2)]
    third = Talker("third", n_chars=40, begin_s=20.0)
    Simulation(make_measured(), [*speakers, third], rtf=RTF).run(300)
    assert third.n_refused > 5
    assert third.audio_s == 0
    assert [talker.gap_s for talker in speakers] == [0.0, 0.0]
    assert [talker.n_refused for talker in speakers] == [0, 0]


# --- the account ------------------------------------------------------------------------------------------


def read(reader: Reader, rate: float, until_s: float, *, begin_s: float = 0.0, made_s: float = 1e6) -> None:
    """Have a reader take what waits at a steady rate."""
    reader.waits(made_s, made_s, begin_s)
    for tick in range(1, round((until_s - begin_s) / TICK_S) + 1):
        elapsed_s = tick * TICK_S
        reader.waits(made_s, made_s - rate * elapsed_s, begin_s + elapsed_s)


@pytest.mark.parametrize(
    ("rate", "is_behind"),
    [(0.0, True), (0.14, True), (0.5, True), (0.8, True), (0.96, False), (1.0, False), (5.0, False)],
)
def test_a_reader_is_behind_when_it_takes_less_than_real_time(rate: float, is_behind: bool) -> None:
    reader = Reader()
    for until_s in (20.0, 40.0, 90.0):
        reader = Reader()
        read(reader, rate, until_s)
        assert reader.is_behind is is_behind
        assert not reader.may_return(until_s)
    assert reader.sure_rate == pytest.approx(0.95 * min(rate, 1.0), rel=0.01, abs=0.01)


def test_nothing_is_drawn_while_nothing_waits() -> None:
    reader = Reader()
    reader.waits(5.0, 0.0, 0.0)
    reader.elapse(100.0)
    reader.waits(6.0, 1.0, 100.0)
    assert not reader.is_behind
    assert reader.sure_rate == math.inf
    reader.elapse(100.0 + GRACE_S)
    assert not reader.is_behind


def test_what_is_taken_ahead_counts_for_a_few_seconds() -> None:
    reader = Reader()
    reader.waits(60.0, 0.0, 0.0)
    reader.waits(70.0, 10.0, 0.0)
    reader.elapse(MAX_CREDIT_S)
    assert not reader.is_behind
    reader.elapse(MAX_CREDIT_S + 1.0)
    assert reader.is_behind


def test_an_estimate_of_what_waits_that_was_too_high_is_no_loss() -> None:
    exact, rough = Reader(), Reader()
    for tick in range(2000):
        now = tick * TICK_S
        waiting_s = 7.0 + (tick % 200) * TICK_S
        made_s = now + waiting_s
        exact.waits(made_s, waiting_s, now)
        rough.waits(made_s, waiting_s * 1.02, now)
    assert not exact.is_behind
    assert not rough.is_behind


def test_a_reader_that_was_behind_may_return_after_a_while() -> None:
    reader = Reader()
    read(reader, 0.0, GRACE_S + 1.0)
    assert reader.is_behind
    began_s = GRACE_S + 1.0
    read(reader, 2.0, began_s + HOLD_S + 2.0, begin_s=began_s)
    assert reader.may_return(began_s + HOLD_S + 2.0)


# --- places and times -------------------------------------------------------------------------------------


def fall_behind(
    scheduler: Scheduler, *connection_ids: str, now: float = 0.0, waiting_s: float = 10.0
) -> None:
    for connection_id in connection_ids:
        scheduler.waits(connection_id, waiting_s, now - 10.0)
        scheduler.waits(connection_id, waiting_s, now)


def test_readers_that_are_behind_fill_no_backlog() -> None:
    scheduler = make_scheduler(max_inflight=1, max_admitted=2, estimate=make_estimate())
    admit(scheduler, "a1", "b1", now=-10.0)
    busy(scheduler, "c1", now=-10.0)
    fall_behind(scheduler, "a", "b")
    admit(scheduler, "c1", "d1")
    assert "accepted are 2" in str(busy(scheduler, "e1"))
    assert held(scheduler) == 4
    assert "this connection's" in str(busy(scheduler, "a2"))


def test_whoever_is_behind_is_served_when_nobody_else_is_in_need() -> None:
    scheduler = make_scheduler(in_hand_s=2.0)
    admit(scheduler, "a1", "b1", now=-10.0)
    fall_behind(scheduler, "a")
    assert step(scheduler, 0.0, audio_s=1.0) == "b1"
    assert step(scheduler, 0.0, audio_s=1.0) == "b1"
    assert step(scheduler, 0.0, audio_s=1.0) == "b1"
    assert step(scheduler, 0.0, audio_s=9.0) == "a1"
    assert step(scheduler, 0.5, audio_s=1.0) == "a1"
    assert step(scheduler, 1.1, audio_s=1.0) == "b1"


def test_whoever_is_behind_has_a_small_part_of_the_work_in_any_case() -> None:
    scheduler = make_scheduler(estimate=make_estimate(), behind_share=0.05)
    admit(scheduler, "a1", "b1", now=-10.0)
    fall_behind(scheduler, "a")
    order = [step(scheduler, 0.1 * n, audio_s=0.1, work_s=0.1) for n in range(210)]
    assert 8 <= order.count("a1") <= 11


def test_first_come_first_served_knows_no_readers() -> None:
    scheduler = make_scheduler(order="fifo")
    admit(scheduler, "a1", "b1", now=-10.0)
    fall_behind(scheduler, "a")
    assert step(scheduler, 0.0) == "a1"


def test_what_comes_late_to_one_who_is_behind_is_no_gap_of_ours() -> None:
    scheduler = make_scheduler()
    admit(scheduler, "a1")
    step(scheduler, 0.0, audio_s=1.0)
    fall_behind(scheduler, "a", now=10.0)
    step(scheduler, 20.0, audio_s=1.0)
    assert scheduler.stats(20.0).gaps == 0


def test_a_connection_that_was_never_heard_of_waits_for_nothing() -> None:
    scheduler = make_scheduler()
    scheduler.waits("a", 10.0, 0.0)
    assert scheduler.connection_stats(0.0) == []


def test_the_share_of_a_reader_is_free_when_it_has_taken_enough() -> None:
    scheduler = make_scheduler(max_inflight=1, estimate=make_estimate(), max_waiting_s=10.0)
    admit(scheduler, "a1", audio_s=30.0)
    step(scheduler, 0.0, audio_s=10.0, work_s=5.0)
    read_at = [n * 0.1 for n in range(101)]
    for now in read_at:
        scheduler.waits("a", 10.0 - 0.5 * now, now)
    scheduler.pause("a")
    # 5 s wait and 20 are to be made: the last is made when no more than 5 wait, at half a second a second.
    assert busy(scheduler, "a2", now=10.0).retry_after_ms == pytest.approx(
        1000 * (5 + 20 - 5) / (0.5 * RATE_CARE), rel=0.01
    )


@pytest.mark.parametrize("how", ["waits", "elapse"])
@pytest.mark.parametrize("options", [{}, {"is_served": True}, {"is_served": False}])
def test_one_that_is_behind_must_go_on_taking_unless_nothing_more_is_made_for_it(
    how: str, options: dict[str, bool]
) -> None:
    reader = Reader()
    for now in (0.0, 5.0):
        reader.waits(10.0, 10.0, now)
    assert reader.is_behind
    reader.waits(10.0, 0.0, 5.1)
    if how == "waits":
        reader.waits(10.0, 0.0, 11.0, **options)
    else:
        reader.elapse(11.0, **options)
    assert reader.may_return(22.0) is not options.get("is_served", True)
