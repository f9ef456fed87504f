"""How many listeners in continuous speech one machine carries, and what a newcomer gets beside them.

The engine's speed when it speaks to one listener (with several engines, one each) says how many there should
be room for. That many are then spoken to without a pause, and nobody may hear a gap; with one more, the
server must refuse somebody and still keep its word to the others. Last, a newcomer says a sentence now and
then beside all but one of them, by deadline and first come first served.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from tts_server.bench.agents import PATTERNS, PlannedTurn, planned_turns
from tts_server.bench.load import Agent, LoadPlan, LoadResult, run_agents
from tts_server.bench.metrics import observe, read_metrics, settled_metrics
from tts_server.bench.outcome import in_all, outcome_json, outcome_table
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine, percentile, table
from tts_server.bench.sentences import SENTENCES
from tts_server.errors import ConnectionLostError
from tts_server.scheduling.policy import SchedulingPolicy

UTILISATION: Final = SchedulingPolicy().utilisation
"""The part of the machine that listeners may take: what the server's own admission goes by."""

NEWCOMER_TEXT: Final = SENTENCES[3]
NEWCOMER_PAUSE_S: Final = 2.0
NEWCOMER_BOUND: Final = 2.5
BEGIN_APART_S: Final = 1.0
MAX_LISTENERS: Final = 60


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that must be seen.

    Args:
        text: What.
        seen: What was seen.
        bound: What was to be seen.
        is_met: Whether it was.
    """

    text: str
    seen: str
    bound: str
    is_met: bool


@dataclass(slots=True)
class CapacityResult:
    """What was seen; each load as listeners got it.

    Args:
        rtf: Seconds of one engine's work for a second of audio, one listener for each engine.
        n_streams: How many such listeners take ``UTILISATION`` of the machine.
        idle_s: First audio of the newcomer's sentence on an idle machine, each time.
        full: ``n_streams`` listeners.
        crowded: One more.
        newcomer: All but one of them, and the newcomer as the first.
        newcomer_fifo: The same, first come first served.
    """

    rtf: float
    n_streams: int
    idle_s: list[float]
    full: LoadResult
    crowded: LoadResult
    newcomer: LoadResult
    newcomer_fifo: LoadResult

    @property
    def claims(self) -> list[Claim]:
        """What must be seen, and whether it was."""
        full, crowded = in_all(self.full.streams), in_all(self.crowded.streams)
        idle_s = percentile(self.idle_s, 0.95)
        first_s, fifo_s = (
            result.streams[0].summary()["first_audio_p95_s"] for result in (self.newcomer, self.newcomer_fifo)
        )
        n = self.n_streams
        return [
            Claim(f"gaps of {n} in continuous speech", _gaps(full.gaps_s), "0", not full.gaps_s),
            Claim("busy, with one more", str(crowded.n_refused), "> 0", crowded.n_refused > 0),
            Claim("gaps of those admitted then", _gaps(crowded.gaps_s), "0", not crowded.gaps_s),
            Claim(
                f"first audio of a newcomer beside {n - 1}, p95",
                f"{first_s:.3f} s",
                f"{NEWCOMER_BOUND * idle_s:.3f} s ({NEWCOMER_BOUND:g} x {idle_s:.3f})",
                first_s <= NEWCOMER_BOUND * idle_s,
            ),
            Claim("the same, first come first served", f"{fifo_s:.3f} s", "", is_met=True),
        ]

    @property
    def is_met(self) -> bool:
        """Whether everything was seen that must be."""
        return all(claim.is_met for claim in self.claims)

    def as_json(self, plan: LoadPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        loads = {
            "full": self.full,
            "crowded": self.crowded,
            "newcomer": self.newcomer,
            "newcomer_fifo": self.newcomer_fifo,
        }
        return {
            "scenario": "capacity",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "rtf": self.rtf,
            "n_streams": self.n_streams,
            "idle_first_audio_s": self.idle_s,
            "claims": [asdict(claim) for claim in self.claims],
            **{
                name: {**outcome_json(load.streams), "metrics": load.metrics, "cores": load.cores}
                for name, load in loads.items()
            },
        }

    def as_table(self) -> str:
        """The figures for people."""
        rows = [[c.text, c.seen, c.bound, "yes" if c.is_met else "NO"] for c in self.claims]
        n = self.n_streams
        loads = (
            (f"{n} listeners", self.full),
            (f"{n + 1} listeners", self.crowded),
            ("a newcomer (1) beside the others", self.newcomer),
            ("the same, first come first served", self.newcomer_fifo),
        )
        lines = [f"real-time factor: {self.rtf:.3f}; room for {n}", ""]
        for title, load in loads:
            lines += [title + ":", outcome_table(load.streams), ""]
        return "\n".join([*lines, table(["claim", "seen", "bound", "met"], rows)])


def _gaps(gaps_s: Sequence[float]) -> str:
    return f"{len(gaps_s)} (longest {1000 * max(gaps_s):.0f} ms)" if gaps_s else "0"


def speakers(n_streams: int, seed: int) -> list[Agent]:
    """Agents in continuous speech, who begin one after another."""
    pattern = PATTERNS["continuous"]
    return [
        Agent(
            _begin_at(planned_turns(pattern, seed * 1000 + number), BEGIN_APART_S * number),
            pattern.lead_s,
            is_continuous=True,
        )
        for number in range(n_streams)
    ]


def newcomer() -> Agent:
    """An agent who says the same sentence again and again, with a pause in which it is forgotten."""
    return Agent(PlannedTurn(NEWCOMER_PAUSE_S, NEWCOMER_TEXT) for _ in itertools.count())


def _begin_at(turns: Iterator[PlannedTurn], begin_s: float) -> Iterator[PlannedTurn]:
    yield replace(next(turns), pause_s=begin_s)
    yield from turns


async def run(plan: LoadPlan, say: Callable[[str], None], *, n_idle: int = 10) -> CapacityResult:
    """Measure.

    Args:
        plan: Server, length of each load and seed; how many listeners there are is found out.
        say: Told what is happening, one line at a time.
        n_idle: How often the newcomer's sentence is spoken on the idle machine.

    Raises:
        ClientError: The server did not start.
    """
    # Room for all of them: only admission by speed may refuse.
    plan = replace(plan, n_streams=MAX_LISTENERS)
    async with running_server(plan.server_arguments()) as server:
        say("one listener")
        await observe(server, SENTENCES[2:4], voice=plan.voice)
        n_engines = int((await read_metrics(server.socket_path))["tts_engines"])
        rtf = await measured_rtf(server, n_engines, voice=plan.voice)
        n_streams = min(max(1, math.floor(UTILISATION * n_engines / rtf + 1e-9)), MAX_LISTENERS - 1)
        idle = await observe(server, [NEWCOMER_TEXT], voice=plan.voice, repeats=n_idle)
        say(f"real-time factor {rtf:.3f}: {n_streams} listeners")
        full = await run_agents(server, speakers(n_streams, plan.seed), plan)
        say("one more")
        crowded = await run_agents(server, speakers(n_streams + 1, plan.seed + 1), plan)
        say(f"a newcomer beside {n_streams - 1}")
        beside = await _newcomer_run(server, plan, n_streams)
    say("the same, first come first served")
    fifo_plan = replace(plan, order="fifo")
    async with running_server(fifo_plan.server_arguments()) as server:
        await observe(server, SENTENCES[2:4], voice=plan.voice)
        beside_fifo = await _newcomer_run(server, fifo_plan, n_streams)
    idle_s = [one.first_audio_s for one in idle]
    return CapacityResult(rtf, n_streams, idle_s, full, crowded, beside, beside_fifo)


async def measured_rtf(server: RunningServer, n_listeners: int, *, voice: str | None) -> float:
    """Measure the seconds of work for a second of audio while so many are spoken to as fast as it goes.

    Raises:
        ConnectionLostError: The server did not speak.
    """
    listeners = [await PacedListener.open(server.socket_path) for _ in range(n_listeners)]
    before = await settled_metrics(server.socket_path)
    await asyncio.gather(*(_read_aloud(listener, voice) for listener in listeners))
    after = await settled_metrics(server.socket_path)
    for listener in listeners:
        await listener.aclose()
    work_s, audio_s = (
        after[name] - before[name] for name in ("tts_work_seconds_total", "tts_audio_seconds_total")
    )
    if audio_s <= 0:
        raise ConnectionLostError("the server spoke no audio")
    return work_s / audio_s


async def _read_aloud(listener: PacedListener, voice: str | None) -> None:
    for sentence in SENTENCES[2:]:
        turn = await listener.speak(sentence, voice=voice, paced=False)
        if turn.is_refused:
            # The machine keeps up with the others alone.
            return


async def _newcomer_run(server: RunningServer, plan: LoadPlan, n_streams: int) -> LoadResult:
    return await run_agents(server, [newcomer(), *speakers(n_streams - 1, plan.seed)], plan)
