"""One engine with all threads, or several that share them: how much audio a second, how soon the first."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tts_server.bench.load import LoadPlan
from tts_server.bench.metrics import observe, read_metrics
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine, median, percentile, table
from tts_server.bench.sentences import PARAGRAPH, SENTENCES


@dataclass(frozen=True, slots=True)
class EnginesPlan:
    """What to measure.

    Args:
        load: The servers, ``n_streams`` who want more all the time, and the length of each round.
        engines: Numbers of engines to compare.
        rounds: How often each of them has its turn.
    """

    load: LoadPlan
    engines: tuple[str, ...] = ("1", "2")
    rounds: int = 3


@dataclass(slots=True)
class EnginesRow:
    """One number of engines; lists run over the rounds, or over the turns.

    Args:
        engines: How many.
        audio_per_s: Seconds of audio made in a second while everybody wants more.
        idle_s: First audio of a sentence while nobody else is there.
        busy_s: First audio of those who want more.
        resident_bytes: Memory of the server at the end.
    """

    engines: str
    audio_per_s: list[float] = field(default_factory=list)
    idle_s: list[float] = field(default_factory=list)
    busy_s: list[float] = field(default_factory=list)
    resident_bytes: int = 0


@dataclass(slots=True)
class EnginesResult:
    """What was seen."""

    rows: list[EnginesRow]

    def as_json(self, plan: EnginesPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "engines",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "rows": [asdict(row) for row in self.rows],
        }

    def as_table(self) -> str:
        """The figures for people."""
        header = ["engines", "audio s/s", "first audio idle p50 s", "p95", "busy p50 s", "p95", "memory MB"]
        rows = [
            [
                row.engines,
                f"{median(row.audio_per_s):.2f}",
                f"{median(row.idle_s):.3f}",
                f"{percentile(row.idle_s, 0.95):.3f}",
                f"{median(row.busy_s):.3f}",
                f"{percentile(row.busy_s, 0.95):.3f}",
                f"{row.resident_bytes / 1e6:.0f}",
            ]
            for row in self.rows
        ]
        return table(header, rows)


async def run(plan: EnginesPlan, say: Callable[[str], None]) -> EnginesResult:
    """Measure: a server for each number of engines, round by round in turn, so that noise falls on all.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: A server did not start.
    """
    rows = [EnginesRow(engines) for engines in plan.engines]
    async with contextlib.AsyncExitStack() as stack:
        servers = []
        for row in rows:
            say(f"starting a server with --engines {row.engines}")
            load = replace(plan.load, engines=row.engines, admission=False)
            server = await stack.enter_async_context(running_server(load.server_arguments()))
            await observe(server, SENTENCES[2:4], voice=load.voice)
            servers.append(server)
        for number in range(plan.rounds):
            say(f"round {number + 1} of {plan.rounds}")
            for row, server in zip(rows, servers, strict=True):
                alone = await observe(server, SENTENCES[2:5], voice=plan.load.voice)
                row.idle_s += [one.first_audio_s for one in alone]
                await _saturate(server, row, plan.load)
        for row, server in zip(rows, servers, strict=True):
            row.resident_bytes = (await server.usage()).resident_bytes
    return EnginesResult(rows)


async def _saturate(server: RunningServer, row: EnginesRow, load: LoadPlan) -> None:
    listeners = [await PacedListener.open(server.socket_path) for _ in range(load.n_streams)]
    before, began_s = await read_metrics(server.socket_path), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for listener in listeners:
            group.create_task(_want_more(listener, row, load, began_s + load.seconds))
    after, took_s = await read_metrics(server.socket_path), time.perf_counter() - began_s
    row.audio_per_s.append((after["tts_audio_seconds_total"] - before["tts_audio_seconds_total"]) / took_s)
    for listener in listeners:
        await listener.aclose()


async def _want_more(listener: PacedListener, row: EnginesRow, load: LoadPlan, ends_s: float) -> None:
    while (left_s := ends_s - time.perf_counter()) > 0:
        turn = await listener.speak(PARAGRAPH, voice=load.voice, cancel_after_s=left_s, paced=False)
        if turn.first_audio_s is not None:
            row.busy_s.append(turn.first_audio_s)
