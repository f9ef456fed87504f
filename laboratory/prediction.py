"""How well the simulator foretells what listeners get: the same turns, simulated and over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from tts_server.bench import load
from tts_server.bench.agents import max_admitted
from tts_server.bench.engine_model import SHAPES, EngineModel
from tts_server.bench.load import LoadPlan
from tts_server.bench.metrics import observe, read_metrics
from tts_server.bench.outcome import StreamOutcome, in_all, outcome_json
from tts_server.bench.process import running_server
from tts_server.bench.report import machine, table
from tts_server.bench.sentences import SENTENCES
from tts_server.bench.simulation import SimulationPlan, simulate
from tts_server.limits import Limits
from tts_server.scheduling.policy import SchedulingPolicy

COMPARED: Final = ("first_audio_p50_s", "first_audio_p95_s", "gap_s", "gaps", "audio_s", "refused")

ALIKE_S: Final = 0.02
"""Times closer than one frame are alike however small they are."""


@dataclass(slots=True)
class Comparison:
    """One load, foretold and measured; the engine is as it was found right before and right after."""

    n_streams: int
    engine: EngineModel
    simulated: list[StreamOutcome]
    measured: list[StreamOutcome]

    def rows(self) -> list[tuple[str, float, float, float]]:
        """Name, prediction, measurement and their difference as a part of the measurement."""
        foretold, seen = in_all(self.simulated).summary(), in_all(self.measured).summary()
        return [(key, foretold[key], seen[key], difference(foretold[key], seen[key])) for key in COMPARED]


def difference(simulated: float, measured: float) -> float:
    """Tell how far apart they are, as a part of what was measured; 0 where a frame makes the difference."""
    if abs(simulated - measured) <= ALIKE_S:
        return 0.0
    return (simulated - measured) / measured if measured else float("inf")


@dataclass(slots=True)
class PredictionResult:
    """What was seen."""

    comparisons: list[Comparison]

    def as_json(self, plan: LoadPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "predict",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "loads": [
                {
                    "n_streams": one.n_streams,
                    "engine": asdict(one.engine),
                    "simulated": outcome_json(one.simulated),
                    "measured": outcome_json(one.measured),
                    "difference": {name: part for name, _, _, part in one.rows()},
                }
                for one in self.comparisons
            ],
        }

    def as_table(self) -> str:
        """The figures for people."""
        rows = [
            [str(one.n_streams), name, f"{foretold:.3f}", f"{seen:.3f}", f"{100 * part:+.0f} %"]
            for one in self.comparisons
            for name, foretold, seen, part in one.rows()
        ]
        heads = [
            f"engine around {one.n_streams}: real-time factor {one.engine.rtf:.3f}, text stage "
            f"{1000 * one.engine.text_s:.0f} ms and {1000 * one.engine.text_s_per_char:.2f} ms a character, "
            f"{1000 * one.engine.audio_s_per_char:.1f} ms of audio a character, "
            f"spread {one.engine.spread:.2f}"
            for one in self.comparisons
        ]
        return "\n".join([*heads, "", table(["listeners", "figure", "simulated", "measured", "apart"], rows)])


def simulation_of(plan: LoadPlan, engine: EngineModel, n_lanes: int) -> SimulationPlan:
    """The simulation of what a load plays over the wire."""
    return SimulationPlan(
        engine=engine,
        n_streams=plan.n_streams,
        seconds=plan.seconds,
        pattern=plan.pattern,
        seed=plan.seed,
        n_lanes=n_lanes,
        limits=Limits(max_admitted=max_admitted(plan.n_streams)),
        policy=SchedulingPolicy(
            order="fifo" if plan.order == "fifo" else "deadline", admission=plan.admission
        ),
    )


async def run(plan: LoadPlan, loads: tuple[int, ...], say: Callable[[str], None]) -> PredictionResult:
    """Measure each load, and the engine alone before and after it, and foretell the load from the engine.

    A shared machine's speed changes within minutes; all is measured on one server.

    Args:
        plan: Server, length and turns.
        loads: Numbers of listeners.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start.
    """
    shape = SHAPES.get(plan.backend, SHAPES["kokoro"])
    largest = replace(plan, n_streams=max(loads))
    comparisons = []
    async with running_server(largest.server_arguments()) as server:
        await observe(server, SENTENCES[2:4], voice=plan.voice)
        n_lanes = int((await read_metrics(server.socket_path))["tts_engines"])
        for n_streams in loads:
            mine = replace(plan, n_streams=n_streams)
            say("one listener")
            before = await observe(server, SENTENCES[1:], voice=plan.voice)
            measured = await load.run_on(server, mine, say)
            after = await observe(server, SENTENCES[1:], voice=plan.voice)
            engine = shape.measured([*before, *after])
            foretold = await asyncio.to_thread(simulate, simulation_of(mine, engine, n_lanes))
            comparisons.append(Comparison(n_streams, engine, foretold.streams, measured.streams))
    return PredictionResult(comparisons)
