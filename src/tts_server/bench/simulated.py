"""``bench simulate``: its flags, and a table of what it foretells."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from tts_server.bench.agents import max_admitted
from tts_server.bench.engine_model import SHAPES, EngineModel
from tts_server.bench.outcome import outcome_json, outcome_table
from tts_server.bench.report import Measured
from tts_server.bench.simulation import SimulationPlan, SimulationResult, simulate
from tts_server.errors import ConfigError
from tts_server.limits import Limits
from tts_server.scheduling.policy import SchedulingPolicy

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DEFAULT_SECONDS = 3600.0

_FLAGS = {
    "rtf": "seconds of work for a second of audio, without the text stage",
    "text_s": "work of a sentence's text stage, without its characters",
    "text_s_per_char": "what each character adds to it",
    "text_step_s": "most work in a step of the text stage",
    "audio_s_per_char": "audio that a character becomes",
    "first_piece_s": "audio of a sentence's first piece",
    "max_piece_s": "audio of the largest piece",
    "growth": "how much larger a piece is than the one before",
    "step_s": "most work in a piece",
    "pause_s": "silence between sentences",
    "noise": "spread of a step's work, 0 for none",
    "spread": "spread of a sentence's work, 0 for none",
    "batch_extra": "what each further text of a batch adds to its work, as a part of its own step's",
}


def configure(parser: ArgumentParser) -> None:
    """Add a flag for each figure of the engine."""
    group = parser.add_argument_group("the engine of simulate")
    group.add_argument(
        "--shape", default="kokoro", choices=sorted(SHAPES), help="whose steps they are (default: kokoro)"
    )
    group.add_argument(
        "--max-batch", type=int, default=1, metavar="N", help="texts in one step at most (default: 1)"
    )
    standard = SHAPES["kokoro"]
    for field in fields(EngineModel):
        if field.name in _FLAGS:
            flag, default = field.name.removesuffix("_s").replace("_s_", "_").replace("_", "-"), field.name
            group.add_argument(
                f"--{flag}",
                dest=f"engine_{field.name}",
                type=float,
                metavar="S" if field.name.endswith("_s") else "X",
                help=f"{_FLAGS[field.name]} ({getattr(standard, default):g} for kokoro)",
            )


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was foretold, and how long that took."""

    result: SimulationResult
    took_s: float

    def as_json(self, plan: SimulationPlan) -> dict[str, Any]:
        """Everything foretold."""
        return {
            "scenario": "simulate",
            "plan": asdict(plan),
            **outcome_json(self.result.streams),
            "scheduler": asdict(self.result.stats),
            "times_real_time": self.times_real_time,
        }

    @property
    def times_real_time(self) -> float:
        """How much faster than the thing itself."""
        return self.result.seconds / max(self.took_s, 1e-9)

    def as_table(self) -> str:
        """The figures for people."""
        stats, seconds = self.result.stats, max(self.result.seconds, 1e-9)
        rtf, at_work = stats.work_s / max(stats.audio_s, 1e-9), stats.work_s / seconds
        texts = stats.parts / max(stats.steps, 1)
        steps = f"{stats.steps} steps of {texts:.2f} texts in the mean"
        lines = [
            outcome_table(self.result.streams),
            "",
            f"{steps}, real-time factor {rtf:.3f}, {at_work:.2f} engines at work in the mean",
            f"simulated {self.times_real_time:.0f} times faster than real time",
        ]
        return "\n".join(lines)


def plan_of(args: Namespace) -> SimulationPlan:
    """Read the plan from the flags.

    Raises:
        ConfigError: A number is out of range.
    """
    given = {name: value for name in _FLAGS if (value := getattr(args, f"engine_{name}")) is not None}
    for name, value in given.items():
        positive = name not in {
            "text_s",
            "text_s_per_char",
            "growth",
            "pause_s",
            "noise",
            "spread",
            "batch_extra",
        }
        if not 0 <= value < float("inf") or (positive and value == 0) or (name == "growth" and value < 1):
            raise ConfigError(f"{value:g} is out of range for {_FLAGS[name]}")
    n_streams = args.streams or 2
    try:
        n_lanes = int(args.engines or 1)
    except ValueError:
        n_lanes = 0
    if n_lanes < 1:
        raise ConfigError(f"--engines: {args.engines!r} is not a positive whole number")
    if args.max_batch < 1:
        raise ConfigError(f"--max-batch: {args.max_batch} is not a positive whole number")
    return SimulationPlan(
        engine=replace(SHAPES[args.shape], **given),
        n_streams=n_streams,
        seconds=args.seconds or DEFAULT_SECONDS,
        pattern=args.pattern,
        seed=args.seed,
        n_lanes=n_lanes,
        max_batch=args.max_batch,
        limits=Limits(max_admitted=max_admitted(n_streams)),
        policy=SchedulingPolicy(order=args.order, admission=not args.no_admission),
    )


def run(args: Namespace) -> Measured:
    """Simulate what the flags ask for.

    Raises:
        ConfigError: A number is out of range.
    """
    plan = plan_of(args)
    began_s = time.perf_counter()
    result = simulate(plan)
    return Measured(Simulated(result, time.perf_counter() - began_s), plan)
