"""What listeners get, counted in simulated time."""

from __future__ import annotations

import math

import pytest
from tests.scheduling.factories import make_scheduler
from tests.scheduling.simulation import RIDER, STEP_WORK_S, Simulation, Talker

TALK = 40
"""Characters of a short sentence: 2.6 s."""


@pytest.mark.parametrize("rtf", [0.1, 0.28, 1.0])
def test_five_who_always_want_more_get_equal_audio(rtf: float) -> None:
    talkers = [Talker(name, n_chars=300) for name in "abcde"]
    Simulation(make_scheduler(), talkers, rtf=rtf).run(600)
    parts = [talker.audio_s for talker in talkers]
    assert max(parts) <= 1.05 * min(parts)


def test_texts_of_different_lengths_cost_nobody_their_part_when_all_cannot_keep_up() -> None:
    talkers = [
        Talker(name, n_chars=n_chars) for name, n_chars in zip("abcde", (60, 100, 200, 400, 800), strict=True)
    ]
    Simulation(make_scheduler(), talkers, rtf=0.5).run(1200)
    parts = [talker.audio_s for talker in talkers]
    assert max(parts) <= 1.25 * min(parts)


@pytest.mark.parametrize(("room", "n_talkers"), [(1, 2), (2, 3), (4, 5), (8, 6)])
def test_batches_carry_more_listeners_and_none_of_them_runs_dry(room: int, n_talkers: int) -> None:
    talkers = [Talker(f"t{n}", n_chars=200, begin_s=3.0 * n, lead_s=1.0) for n in range(n_talkers)]
    late = Talker("late", n_chars=200, begin_s=60.0)
    scheduler = make_scheduler(admission=True)
    Simulation(scheduler, [*talkers, late], rtf=0.3, room=room, rider=RIDER).run(180)
    assert [talker.gap_s for talker in talkers] == [0.0] * n_talkers
    assert min(talker.audio_s for talker in talkers) > 0.9 * (180 - 3.0 * n_talkers)
    assert scheduler.stats(180).gaps == 0


@pytest.mark.parametrize("room", [2, 8])
def test_a_newcomer_hears_its_first_word_soon_beside_batches(room: int) -> None:
    talkers = [Talker(name, n_chars=800, lead_s=4.0) for name in "abc"]
    newcomer = Talker("new", n_chars=TALK, begin_s=5.0, pause_s=9.7)
    Simulation(make_scheduler(), [*talkers, newcomer], rtf=0.25, room=room, rider=RIDER).run(300)
    batch_s = STEP_WORK_S * (1 + RIDER * (room - 1))
    # A batch in progress, and a step of its own.
    assert max(newcomer.first_audio_s) <= batch_s + STEP_WORK_S + 0.001
    assert newcomer.gap_s < 0.02 * len(newcomer.first_audio_s)


@pytest.mark.parametrize("room", [2, 8])
def test_five_who_always_want_more_get_equal_audio_in_batches(room: int) -> None:
    talkers = [Talker(name, n_chars=300) for name in "abcde"]
    Simulation(make_scheduler(), talkers, rtf=1.0, room=room, rider=RIDER).run(600)
    parts = [talker.audio_s for talker in talkers]
    assert max(parts) <= 1.05 * min(parts)


@pytest.mark.parametrize("rtf", [0.1, 0.17, 0.28, 0.4])
def test_nobody_runs_dry_while_the_machine_could_have_prevented_it(rtf: float) -> None:
    n_talkers = math.floor(0.85 / rtf)
    talkers = [Talker(f"t{n}", n_chars=200, begin_s=0.4 * n) for n in range(n_talkers)]
    scheduler = make_scheduler()
    Simulation(scheduler, talkers, rtf=rtf).run(300)
    assert sum(talker.gap_s for talker in talkers) == 0.0
    assert scheduler.stats(300).gaps == 0


@pytest.mark.parametrize("rtf", [0.17, 0.27, 0.4])
def test_one_more_is_refused_and_those_admitted_hear_no_gap(rtf: float) -> None:
    n_talkers = math.floor(0.85 / rtf)
    talkers = [Talker(f"t{n}", n_chars=200, begin_s=2.0 * n) for n in range(n_talkers)]
    late = Talker("late", n_chars=200, begin_s=60.0)
    scheduler = make_scheduler(admission=True)
    Simulation(scheduler, [*talkers, late], rtf=rtf).run(180)
    assert late.n_refused > 0
    assert late.audio_s == 0
    assert [talker.n_refused for talker in talkers] == [0] * n_talkers
    assert sum(talker.gap_s for talker in talkers) == 0.0


def test_a_newcomer_hears_its_first_word_soon_however_much_the_others_have_to_say() -> None:
    waits: dict[str, float] = {}
    for order in ("deadline", "fifo"):
        talkers = [Talker(name, n_chars=800) for name in "ab"]
        newcomer = Talker("new", n_chars=TALK, begin_s=5.0, pause_s=9.7)
        Simulation(make_scheduler(order=order), [*talkers, newcomer], rtf=0.28).run(300)
        ranked = sorted(newcomer.first_audio_s)
        waits[order] = ranked[int(0.95 * len(ranked))]
    alone = Talker("new", n_chars=TALK, pause_s=9.7)
    Simulation(make_scheduler(), [alone], rtf=0.28).run(100)
    idle = max(alone.first_audio_s)
    # A step in progress cannot be interrupted.
    assert waits["deadline"] <= idle + STEP_WORK_S + 0.001
    assert waits["fifo"] > 10 * waits["deadline"]


def test_nobody_starves_behind_a_stream_of_newcomers() -> None:
    patient = Talker("patient", n_chars=800, n_texts=1)
    crowd = [Talker(f"n{n}", n_chars=TALK, begin_s=0.1 * n) for n in range(20)]
    Simulation(make_scheduler(), [patient, *crowd], rtf=0.5).run(600)
    assert patient.audio_s == pytest.approx(800 * 0.065)


def test_work_ahead_is_done_while_nobody_is_in_a_hurry() -> None:
    alone = Talker("a", n_chars=800, n_texts=1)
    simulation = Simulation(make_scheduler(), [alone], rtf=0.25)
    simulation.run(800 * 0.065 * 0.25 + 0.2)
    assert alone.audio_s == pytest.approx(800 * 0.065)
