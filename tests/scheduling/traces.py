"""What the scheduler decided, seed for seed, in three kinds of runs: what a change must leave as it is.

Nothing here depends on the processor, on the Python version or on the order of hashes: numbers are drawn by
addition and multiplication alone, powers are replaced by straight lines, and estimates that sum up floats
are told to nine digits.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest
from tests.scheduling.factories import make_estimate
from tests.scheduling.simulation import MAX_WAITING_S, Reading, Simulation, Talker

from tts_server.bench import simulation as bench
from tts_server.bench.agents import PlannedTurn
from tts_server.bench.engine_model import SHAPES
from tts_server.errors import BusyError
from tts_server.limits import Limits
from tts_server.scheduling import estimate, reader
from tts_server.scheduling.job import AdmissionLimits, Job, StepMade, StepOutcome
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.scheduling.scheduler import Scheduler

N_SEEDS: Final = {"crowd": 20, "agents": 20, "orders": 30}
BLOCK_LINES: Final = 400
"""Lines for each of which a digest is kept, to tell where runs begin to differ."""

COUNTED: Final = (
    "admitted refused finished cancelled failed in_progress live streams steps running late_starts gaps"
).split()
EXACT: Final = ("gap_s", "work_s", "audio_s", "rtf")


@dataclass
class Trace:
    """One run: each decision, each refusal, each release, and what was counted in the end."""

    lines: list[str] = field(default_factory=list)

    def note(self, what: str, *values: Any) -> None:
        self.lines.append(" ".join([what, *(v if isinstance(v, str) else repr(v) for v in values)]))

    def digest(self) -> dict[str, Any]:
        """Tell the run in a few characters."""
        blocks = [self.lines[n : n + BLOCK_LINES] for n in range(0, len(self.lines), BLOCK_LINES)]
        digests = [hashlib.sha256("\n".join(block).encode()).hexdigest()[:8] for block in blocks]
        return {"n_lines": len(self.lines), "blocks": " ".join(digests), "end": self.lines[-1]}


class Recorder(Scheduler):
    """A scheduler that writes down what it is asked and what it answers."""

    def __init__(self, trace: Trace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trace = trace

    def admit(self, job: Job, now: float, limits: AdmissionLimits | None = None) -> None:
        try:
            super().admit(job, now, limits)
        except BusyError as error:
            self.trace.note("busy", job.job_id, now, error.retry_after_ms, str(error))
            raise
        self.trace.note("admit", job.job_id, now)

    def next_batch(self, now: float, lane: int = 0, room: int = 1) -> list[str]:
        assert room == 1
        batch = super().next_batch(now, lane, room)
        if batch:
            self.trace.note("step", *batch, now, lane)
        return batch

    def wake_at(self, lane: int = 0) -> float | None:
        at_s = super().wake_at(lane)
        self.trace.note("wake", lane, at_s)
        return at_s

    def batch_done(self, made: Sequence[StepMade], now: float, *, work_s: float) -> list[str]:
        released = super().batch_done(made, now, work_s=work_s)
        self.trace.note("done", made[0].job_id, now, bool(released))
        return released

    def cancel(self, job_id: str, now: float) -> bool:
        is_held = super().cancel(job_id, now)
        self.trace.note("cancel", job_id, now, is_held)
        return is_held

    def forget(self, connection_id: str, now: float) -> list[str]:
        released = super().forget(connection_id, now)
        self.trace.note("forget", connection_id, now, *released)
        return released

    def end(self, now: float) -> None:
        """Write down what was counted."""
        for one in self.connection_stats(now):
            parts = (one.n_admitted, one.n_refused, one.n_in_progress, one.n_steps, one.audio_s)
            self.trace.note("connection", one.connection_id, *parts, one.paused, one.is_behind)
        stats = self.stats(now)
        figures = [*(getattr(stats, name) for name in (*COUNTED, *EXACT)), f"{stats.backlog_s:.9g}"]
        self.trace.note("end", now, *figures)


def halved_in_lines(spent_s: float, half_life_s: float) -> float:
    """Stand in for a power of a half: the same at whole half-lives, and a straight line between them."""
    n_times, part = divmod(spent_s / half_life_s, 1.0)
    return math.ldexp(1.0 - part / 2, -int(n_times))


@contextlib.contextmanager
def same_everywhere() -> Iterator[None]:
    """Let averages forget by arithmetic that every processor does alike."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate, "kept_after", halved_in_lines)
        patch.setattr(reader, "kept_after", halved_in_lines)
        yield


def record(kind: str, seed: int) -> Trace:
    """Do one run."""
    trace, rng = Trace(), random.Random(f"{kind} {seed}")
    with same_everywhere():
        {"crowd": _crowd, "agents": _agents, "orders": _orders}[kind](trace, rng)
    return trace


RUNS: Final = [(kind, seed) for kind, n_seeds in N_SEEDS.items() for seed in range(n_seeds)]


def _policy(rng: random.Random) -> SchedulingPolicy:
    return SchedulingPolicy(
        order="fifo" if rng.random() < 0.1 else "deadline",
        admission=rng.random() < 0.7,
        first_audio_s=rng.uniform(0.2, 0.6),
    )


# --- a crowd of readers of every speed ---------------------------------------------------------------------


def _reading(rng: random.Random) -> Reading:
    if rng.random() < 0.5:
        return Reading()
    resume_s = rng.uniform(10, 30) if rng.random() < 0.5 else math.inf
    return Reading(rng.uniform(0.0, 1.2), every_s=rng.choice([0.1, 1.0, 3.0]), resume_s=resume_s)


def _crowd(trace: Trace, rng: random.Random) -> None:
    rtf = rng.uniform(0.07, 0.9)
    talkers = [
        Talker(
            f"t{n}",
            n_chars=rng.choice([20, 90, 210, 700]),
            begin_s=rng.uniform(0, 12),
            pause_s=rng.choice([0.0, 0.0, 1.5]),
            reading=_reading(rng),
            lead_s=rng.uniform(0.2, 4.0) if rng.random() < 0.5 else None,
        )
        for n in range(rng.randint(2, 8))
    ]
    scheduler = Recorder(
        trace,
        AdmissionLimits(1, MAX_WAITING_S),
        max_admitted=rng.choice([3, 32]),
        policy=_policy(rng),
        estimate=make_estimate(rtf) if rng.random() < 0.5 else None,
    )
    Simulation(scheduler, talkers, rtf=rtf, start_s=rng.uniform(0.01, 0.05)).run(35)
    scheduler.end(35.0)


# --- agents who take turns and interrupt -------------------------------------------------------------------


def _turns(rng: random.Random) -> Iterator[PlannedTurn]:
    while True:
        text = "x" * rng.randint(20, 300)
        cancel_after_s = rng.uniform(0.1, 6.0) if rng.random() < 0.3 else None
        yield PlannedTurn(rng.uniform(0.0, 4.0), text, cancel_after_s)


def _agents(trace: Trace, rng: random.Random) -> None:
    rtf = rng.uniform(0.05, 0.9)
    shape = SHAPES[rng.choice(["kokoro", "kokoro", "tone", "whole"])]
    plan = bench.SimulationPlan(
        engine=replace(shape, rtf=rtf, by_sentence=False),
        n_streams=rng.randint(2, 9),
        seconds=40.0,
        n_lanes=rng.randint(1, 3),
        lead_s=rng.uniform(0.1, 3.0),
        limits=Limits(max_admitted=rng.choice([4, 1000])),
        policy=_policy(rng),
    )
    agents = [_turns(random.Random(rng.random())) for _ in range(plan.n_streams)]
    simulation = bench.Simulation(plan, agents=agents, is_continuous=rng.random() < 0.3)
    recorder = Recorder(
        trace,
        AdmissionLimits(max_waiting_s=simulation.pause_at_s),
        max_admitted=plan.limits.max_admitted,
        n_lanes=plan.n_lanes,
        policy=plan.policy,
        estimate=make_estimate(rtf),
    )
    simulation.scheduler = recorder
    simulation.run()
    recorder.end(simulation.now_s)


# --- anything in any order ---------------------------------------------------------------------------------


class Orders:
    """Random orders to a scheduler that keep to its rules."""

    def __init__(self, trace: Trace, rng: random.Random) -> None:
        self.rng = rng
        self.now = 0.0
        self.n_jobs = 0
        self.n_lanes = rng.randint(1, 3)
        self.running: dict[int, str] = {}
        max_inflight, max_admitted = rng.randint(1, 4), rng.choice([5, 9, 40])
        self.scheduler = Recorder(
            trace,
            max_admitted=max_admitted,
            n_lanes=self.n_lanes,
            policy=_policy(rng),
            estimate=make_estimate(rng.uniform(0.1, 0.6)) if rng.random() < 0.5 else None,
        )
        self.limits = AdmissionLimits(max_inflight, max_waiting_s=rng.choice([math.inf, 9.7]))
        self.jobs: list[str] = []

    def admit(self) -> None:
        rng = self.rng
        self.n_jobs += 1
        connection_id = rng.choice("abcdef")
        job = Job(
            f"{connection_id}{self.n_jobs}",
            connection_id,
            rng.uniform(0.2, 9.0),
            max_lead_s=rng.uniform(0.1, 3.0) if rng.random() < 0.3 else None,
            voice=rng.choice([None, "alto", "bass"]),
            stream_id=rng.choice([None, None, "x", "y"]),
        )
        with contextlib.suppress(BusyError):
            self.scheduler.admit(job, self.now, self.limits)
            self.jobs.append(job.job_id)

    def step(self) -> None:
        for lane in range(self.n_lanes):
            if lane in self.running:
                self.end_step(lane)
            batch = self.scheduler.next_batch(self.now, lane)
            if batch:
                self.running[lane] = batch[0]
            else:
                self.scheduler.wake_at(lane)

    def end_step(self, lane: int) -> None:
        rng = self.rng
        self.now += rng.uniform(0.0, 0.03)
        outcome = rng.choices(list(StepOutcome), [0.8, 0.17, 0.03])[0]
        audio_s = 0.0 if rng.random() < 0.15 else rng.uniform(0.05, 1.1)
        made = StepMade(self.running.pop(lane), audio_s, outcome)
        self.scheduler.batch_done([made], self.now, work_s=rng.uniform(0.01, 0.3))

    def trouble(self) -> None:
        """Cancel, pause, resume, interrupt, leave, or change the number of engines that are well."""
        rng, scheduler, connection_id = self.rng, self.scheduler, self.rng.choice("abcdef")
        what = rng.randrange(12)
        if what < 4 and self.jobs:
            scheduler.cancel(self.jobs[-rng.randint(1, min(8, len(self.jobs)))], self.now)
        elif what == 4:
            scheduler.pause(connection_id)
        elif what < 7:
            scheduler.resume(connection_id)
        elif what < 9:
            scheduler.cut_playout(connection_id, self.now, rng.choice([None, "x", "y"]))
        elif what == 9:
            scheduler.forget(connection_id, self.now)
        elif what == 10:
            scheduler.n_lanes = rng.randint(0, self.n_lanes)
        else:
            scheduler.waits(connection_id, rng.uniform(0.0, 14.0), self.now)

    def run(self, n_orders: int) -> None:
        for _ in range(n_orders):
            part = self.rng.random()
            if part < 0.3:
                self.admit()
            elif part < 0.8:
                self.step()
            elif part < 0.9:
                self.trouble()
            else:
                self.now += self.rng.uniform(0.0, 1.5)
        self.scheduler.end(self.now)


def _orders(trace: Trace, rng: random.Random) -> None:
    Orders(trace, rng).run(500)
