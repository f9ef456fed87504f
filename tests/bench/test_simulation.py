"""What the scheduler does to agents and their listeners, in simulated time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts_server.bench.agents import PATTERNS, PlannedTurn
from tts_server.bench.engine_model import EngineModel
from tts_server.bench.outcome import in_all
from tts_server.bench.sentences import PARAGRAPH, SENTENCES
from tts_server.bench.simulation import (
    Simulation,
    SimulationPlan,
    SimulationResult,
    StepRecord,
    simulate,
)
from tts_server.scheduling.policy import SchedulingPolicy

AHEAD_S = 1.0
"""Listeners in continuous speech have the next text spoken before the last one is over."""

GREEDY = [(PARAGRAPH * 3)[:1800]]


def make_plan(rtf: float = 0.3, **fields: Any) -> SimulationPlan:
    policy = SchedulingPolicy(order=fields.pop("order", "deadline"), admission=fields.pop("admission", True))
    engine = EngineModel(rtf=rtf, noise=fields.pop("noise", 0.0), batch_extra=fields.pop("batch_extra", 1.0))
    return SimulationPlan(engine=engine, policy=policy, **fields)


def saying(texts: list[str], *, pause_s: float = 0.0, begin_s: float = 0.0) -> Iterator[PlannedTurn]:
    """An agent that says these texts over and over."""
    for n, text in enumerate(itertools.cycle(texts)):
        yield PlannedTurn(pause_s if n else begin_s, text)


plans = st.builds(
    make_plan,
    rtf=st.sampled_from([0.05, 0.2, 0.4, 1.2]),
    noise=st.sampled_from([0.0, 0.2]),
    n_streams=st.integers(1, 8),
    seconds=st.sampled_from([5.0, 40.0]),
    pattern=st.sampled_from(sorted(PATTERNS)),
    seed=st.integers(0, 1000),
    order=st.sampled_from(["deadline", "fifo"]),
    admission=st.booleans(),
    n_lanes=st.integers(1, 3),
    max_batch=st.sampled_from([1, 2, 8]),
    batch_extra=st.sampled_from([0.0, 2 / 7, 1.0]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans)
def test_every_response_has_its_end_and_no_step_follows_a_cancel(plan: SimulationPlan) -> None:
    steps: list[StepRecord] = []
    cancels: dict[str, float] = {}
    result = Simulation(plan, on_step=steps.append, on_cancel=cancels.__setitem__).run()
    stats, total = result.stats, in_all(result.streams)
    assert stats.admitted == stats.finished + stats.cancelled + stats.failed
    assert stats.in_progress == stats.running == 0
    assert stats.admitted == total.n_turns
    assert stats.refused == total.n_refused
    for step in steps:
        assert step.began_s <= cancels.get(step.job_id, step.began_s)
    for lane in range(plan.n_lanes):
        mine = [step for step in steps if step.lane == lane]
        batches = [list(batch) for _, batch in itertools.groupby(mine, lambda step: step.began_s)]
        free = (step for batch in batches for step in batch if step.ended_s > step.began_s)
        for before, after in itertools.pairwise(free):
            assert before.began_s == after.began_s or before.ended_s <= after.began_s
        for batch in batches:
            assert len({(step.job_id, step.ended_s) for step in batch}) == len(batch)
    assert stats.parts == len(steps)
    assert stats.steps <= stats.parts <= stats.steps * plan.max_batch


def test_same_plan_gives_the_same_figures() -> None:
    plan = make_plan(pattern="barge-in", n_streams=4, noise=0.2)
    assert simulate(plan) == simulate(plan)
    assert simulate(plan) != simulate(make_plan(pattern="barge-in", n_streams=4, noise=0.2, seed=2))


@pytest.mark.parametrize("rtf", [0.1, 0.3, 1.0])
def test_five_who_always_want_more_get_equal_audio(rtf: float) -> None:
    agents = [saying(GREEDY) for _ in range(5)]
    plan = make_plan(rtf, seconds=600.0, admission=False)
    result = Simulation(plan, agents=agents, is_continuous=True).run()
    parts = [stream.audio_s for stream in result.streams]
    assert max(parts) <= 1.05 * min(parts)


def test_nobody_starves_beside_those_who_never_stop() -> None:
    agents = [saying([SENTENCES[2]], pause_s=1.0), *(saying(GREEDY) for _ in range(9))]
    plan = make_plan(0.5, seconds=300.0, admission=False)
    modest, *greedy = Simulation(plan, agents=agents, is_continuous=True).run().streams
    assert modest.n_turns > 10
    assert max(modest.first_audio_s) < 3.0
    assert min(stream.audio_s for stream in greedy) > 0.0


@pytest.mark.parametrize(("rtf", "n_streams"), [(0.36, 2), (0.25, 3), (0.19, 4)])
@pytest.mark.parametrize("seed", range(3))
def test_continuous_speech_has_no_gap_while_the_machine_keeps_up(
    rtf: float, n_streams: int, seed: int
) -> None:
    plan = make_plan(rtf, n_streams=n_streams, seconds=120.0, pattern="continuous", lead_s=AHEAD_S, seed=seed)
    sentence_rtf = rtf + plan.engine.text_work_s(80) / (80 * plan.engine.audio_s_per_char)
    assert plan.n_streams * sentence_rtf <= 0.85
    total = in_all(simulate(plan).streams)
    assert total.gaps_s == []
    assert total.audio_s > 0.95 * n_streams * 120.0


def newcomer_beside_speakers(order: str, *, n_speakers: int) -> SimulationResult:
    newcomer = saying([SENTENCES[3]], pause_s=2.0, begin_s=5.0)
    agents = [newcomer, *(saying([PARAGRAPH]) for _ in range(n_speakers))]
    plan = make_plan(0.25, seconds=200.0, order=order, lead_s=AHEAD_S)
    return Simulation(plan, agents=agents, is_continuous=False).run()


def test_newcomer_is_heard_sooner_by_deadline_than_first_come_first_served() -> None:
    idle = max(newcomer_beside_speakers("deadline", n_speakers=0).streams[0].first_audio_s)
    by_deadline = newcomer_beside_speakers("deadline", n_speakers=2).streams[0].summary()
    in_turn = newcomer_beside_speakers("fifo", n_speakers=2).streams[0].summary()
    assert by_deadline["first_audio_p95_s"] <= 2.5 * idle
    assert in_turn["first_audio_p95_s"] > 4 * by_deadline["first_audio_p95_s"]


@pytest.mark.parametrize("seed", range(3))
def test_one_too_many_is_told_so_and_those_admitted_hear_no_gap(seed: int) -> None:
    agents = [*(saying(GREEDY, begin_s=0.5 * n) for n in range(3)), saying(GREEDY, begin_s=20.0)]
    plan = make_plan(0.25, seconds=120.0, lead_s=AHEAD_S, seed=seed)
    result = Simulation(plan, agents=agents, is_continuous=True).run()
    *admitted, refused = result.streams
    assert refused.n_refused > 0
    assert refused.n_turns == 0
    assert [len(stream.gaps_s) for stream in admitted] == [0, 0, 0]


@pytest.mark.parametrize("seed", range(3))
def test_listeners_far_ahead_of_their_speech_keep_their_place(seed: int) -> None:
    plan = make_plan(
        0.25, noise=0.2, n_streams=4, seconds=600.0, pattern="continuous", lead_s=AHEAD_S, seed=seed
    )
    total = in_all(simulate(plan).streams)
    assert total.n_refused > 50
    assert max(total.gaps_s, default=0.0) < 0.1, "more than a step that took long"
    assert total.audio_s > 0.95 * 3 * 600.0


def test_without_admission_one_too_many_makes_everybody_run_dry() -> None:
    agents = [saying(GREEDY, begin_s=0.5 * n) for n in range(5)]
    plan = make_plan(0.25, seconds=120.0, lead_s=AHEAD_S, admission=False)
    result = Simulation(plan, agents=agents, is_continuous=True).run()
    assert all(len(stream.gaps_s) > 10 for stream in result.streams)


def test_two_lanes_carry_twice_as_many() -> None:
    plan = make_plan(0.36, n_streams=4, n_lanes=2, seconds=60.0, pattern="continuous", lead_s=AHEAD_S)
    total = in_all(simulate(plan).streams)
    assert total.n_refused == 0
    assert sum(total.gaps_s) < 0.1


def test_listener_who_is_far_behind_pauses_its_synthesis() -> None:
    ahead: list[float] = []
    agents = [saying(GREEDY)]
    made_s = 0.0

    def watch(step: StepRecord) -> None:
        nonlocal made_s
        made_s += step.audio_s
        ahead.append(made_s - step.ended_s)

    plan = make_plan(0.05, seconds=60.0)
    Simulation(plan, agents=agents, is_continuous=True, on_step=watch).run()
    # One MiB of unsent audio, and a step.
    assert 14.0 < max(ahead) < 16.0


def test_listener_of_the_simulation_is_that_of_the_wire() -> None:
    """A turn that is interrupted holds what was read of it, not what was made."""
    turn = PlannedTurn(0.0, PARAGRAPH, cancel_after_s=5.0)
    result = Simulation(make_plan(0.05, seconds=60.0), agents=[iter([turn])]).run()
    (stream,) = result.streams
    assert stream.audio_s == pytest.approx(5.0 - stream.first_audio_s[0] + 0.2, abs=0.02)
    assert stream.cancel_s == [0.0]


@pytest.mark.parametrize("seed", range(3))
def test_an_engine_whose_batch_of_eight_costs_three_steps_carries_more_than_twice_as_many(seed: int) -> None:
    for max_batch, n_carried in ((1, 2), (8, 5)):
        plan = make_plan(
            0.3,
            batch_extra=2 / 7,
            max_batch=max_batch,
            n_streams=8,
            seconds=300.0,
            pattern="continuous",
            lead_s=AHEAD_S,
            seed=seed,
        )
        total = in_all(simulate(plan).streams)
        assert sum(total.gaps_s) < 0.1
        assert total.audio_s > 0.95 * n_carried * 300.0
        assert max_batch > 1 or total.audio_s < 1.05 * n_carried * 300.0
