"""Whoever comes again when told to is let in, if nothing else has changed."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.scheduling.factories import make_estimate, make_scheduler
from tests.scheduling.simulation import CHAR_S, MAX_WAITING_S, RIDER, Reading, Simulation, Talker

from tts_server.errors import BusyError
from tts_server.scheduling.backlog import MAX_RETRY_MS
from tts_server.scheduling.job import Job

SLACK_S = 0.1
"""Less than a step."""

# No player that fills a long buffer: until it is full it looks like a reader that stores what it gets.
readings = st.sampled_from(
    [
        {"lead_s": 0.2},
        {},
        {"reading": Reading(0.1)},
        {"reading": Reading(0.5)},
    ]
)
crowds = st.lists(
    st.tuples(readings, st.sampled_from([20, 100, 300, 800]), st.floats(0, 10), st.sampled_from([1, 3, 100])),
    min_size=1,
    max_size=7,
)


def make_crowd(crowd: list[tuple[dict[str, object], int, float, int]]) -> list[Talker]:
    return [
        Talker(f"t{n}", n_chars=n_chars, begin_s=begin_s, n_texts=n_texts, **how)  # type: ignore[arg-type]
        for n, (how, n_chars, begin_s, n_texts) in enumerate(crowd)
    ]


def make_simulation(rtf: float, talkers: list[Talker], max_admitted: int = 32, room: int = 1) -> Simulation:
    scheduler = make_scheduler(
        1, max_admitted, estimate=make_estimate(rtf), admission=True, max_waiting_s=MAX_WAITING_S
    )
    everybody = [*talkers, Talker("new", n_texts=0)]
    return Simulation(scheduler, everybody, rtf=rtf, room=room, rider=RIDER)


def ask(simulation: Simulation, who: str, job_id: str) -> BusyError | None:
    try:
        simulation.scheduler.admit(Job(job_id, who, 100 * CHAR_S), simulation.now)
    except BusyError as error:
        return error
    return None


@settings(max_examples=100, deadline=None)
@given(
    crowd=crowds,
    rtf=st.sampled_from([0.1, 0.2, 0.4, 0.9]),
    until_s=st.floats(1, 25),
    max_admitted=st.sampled_from([3, 32]),
    own=st.booleans(),
    room=st.sampled_from([1, 2, 8]),
)
def test_a_retry_after_the_time_that_was_told_succeeds(
    crowd: list[tuple[dict[str, object], int, float, int]],
    rtf: float,
    until_s: float,
    max_admitted: int,
    own: bool,
    room: int,
) -> None:
    # Of a reader that has just begun nobody knows yet what it takes.
    assume(not own or abs(until_s - crowd[0][2]) > 1.0)
    simulation = make_simulation(rtf, make_crowd(crowd), max_admitted, room)
    simulation.run(until_s)
    for talker in simulation.talkers.values():
        talker.n_texts = 0
    who = "t0" if own else "new"
    refused = ask(simulation, who, "probe")
    if refused is None or refused.retry_after_ms == MAX_RETRY_MS:
        return
    # Where batches shrink as others end, each text costs more, and a place may be free one retry later.
    for _ in range(1 if room == 1 else 2):
        before = [one.is_behind for one in simulation.scheduler.connection_stats(simulation.now)]
        simulation.run(simulation.now + refused.retry_after_ms / 1000 + SLACK_S)
        changed = before != [one.is_behind for one in simulation.scheduler.connection_stats(simulation.now)]
        refused = ask(simulation, who, "again")
        if refused is None or changed:
            return
    pytest.fail(str(refused))


@pytest.mark.parametrize("seed", range(5))
def test_a_retry_is_not_put_off_for_longer_than_the_others_speak(seed: int) -> None:
    rng = random.Random(seed)
    talkers = [
        Talker(f"t{n}", n_chars=rng.choice([100, 200]), begin_s=rng.uniform(0, 2), n_texts=1, lead_s=1.0)
        for n in range(4)
    ]
    simulation = make_simulation(0.4, talkers)
    simulation.run(3.0)
    refused = ask(simulation, "new", "probe")
    assert refused is not None
    soonest_s = min(
        talker.heard_until_s
        + sum(left_s for job_id, left_s in simulation.left.items() if talker.name in job_id)
        for talker in talkers
        if talker.audio_s
    )
    assert refused.retry_after_ms / 1000 == pytest.approx(soonest_s + 0.5 - simulation.now, abs=0.1)
