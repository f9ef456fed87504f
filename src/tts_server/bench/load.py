"""Several listeners that speak in turns and play in real time, over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed

from tts_server.bench.agents import PATTERNS, Pattern, PlannedTurn, planned_turns
from tts_server.bench.outcome import StreamOutcome, outcome_json, outcome_table
from tts_server.bench.playback import Turn
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine

DEFAULT_RETRY_S = 0.5


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What to measure.

    Args:
        backend: Backend of the server that is started.
        n_streams: How many listeners.
        seconds: How long new turns begin.
        pattern: Name of what they do; see ``agents.PATTERNS``.
        seed: Of their turns.
        threads: Threads of the engine; None is the backend's choice.
        voice: Voice, or the server's default.
        order: Scheduling order of the server: ``deadline``, or ``fifo`` to compare with.
        admission: Whether the server refuses what it cannot keep up with.
    """

    backend: str = "kokoro"
    n_streams: int = 2
    seconds: float = 120.0
    pattern: str = "turns"
    seed: int = 1
    threads: int | None = None
    voice: str | None = None
    order: str = "deadline"
    admission: bool = True

    def server_arguments(self) -> list[str]:
        """Arguments of ``serve``."""
        arguments = ["--backend", self.backend, "--log-level", "WARNING", "--scheduling", self.order]
        arguments += ["--max-connections", str(self.n_streams + 2)]
        arguments += ["--max-admitted", str(max(32, self.n_streams + 1))]
        if self.threads is not None:
            arguments += ["--threads", str(self.threads)]
        return arguments if self.admission else [*arguments, "--no-admission"]


@dataclass(slots=True)
class LoadResult:
    """What was seen; see ``outcome``."""

    streams: list[StreamOutcome]
    cores: float
    memory_bytes: list[int]
    n_frames_after_end: int

    def as_json(self, plan: LoadPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "load",
            "machine": dict(machine()),
            "plan": asdict(plan),
            **outcome_json(self.streams),
            "cores": self.cores,
            "memory_bytes": self.memory_bytes,
            "frames_after_end": self.n_frames_after_end,
        }

    def as_table(self) -> str:
        """The figures for people."""
        memory = self.memory_bytes or [0]
        lines = [
            outcome_table(self.streams),
            "",
            f"server: {self.cores:.2f} cores; frames after the end: {self.n_frames_after_end}",
            f"memory after a quarter, MB: {memory[len(memory) // 4] / 1e6:.0f}",
            f"memory at the end, MB: {memory[-1] / 1e6:.0f}",
        ]
        return "\n".join(lines)


async def run(plan: LoadPlan, say: Callable[[str], None]) -> LoadResult:
    """Measure.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start.
    """
    async with running_server(plan.server_arguments()) as server:
        return await run_on(server, plan, say)


async def run_on(server: RunningServer, plan: LoadPlan, say: Callable[[str], None]) -> LoadResult:
    """The same on a server that runs already."""
    say(f"{plan.n_streams} listeners ({plan.pattern}) for {plan.seconds:.0f} s")
    pattern = PATTERNS[plan.pattern]
    listeners = [await PacedListener.open(server.socket_path) for _ in range(plan.n_streams)]
    result = LoadResult([StreamOutcome() for _ in listeners], 0.0, [], 0)
    before, began_s = await server.usage(), time.perf_counter()
    watch = asyncio.create_task(_watch(server, result))
    async with asyncio.TaskGroup() as group:
        for number, listener in enumerate(listeners):
            group.create_task(_agent(listener, pattern, plan, number, result.streams[number]))
    result.cores = ((await server.usage()).cpu_s - before.cpu_s) / (time.perf_counter() - began_s)
    watch.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watch
    for listener in listeners:
        result.n_frames_after_end += listener.n_after_end
        await listener.aclose()
    return result


async def _agent(
    listener: PacedListener, pattern: Pattern, plan: LoadPlan, number: int, outcome: StreamOutcome
) -> None:
    ends_s = time.perf_counter() + plan.seconds
    try:
        for planned in planned_turns(pattern, plan.seed * 1000 + number):
            await asyncio.sleep(min(planned.pause_s, max(0.0, ends_s - time.perf_counter())))
            turn = await _until_admitted(listener, planned, plan, ends_s, outcome)
            if turn is None:
                return
            outcome.take(turn, is_cut_short=time.perf_counter() >= ends_s)
            if turn.cancelled_at_s is not None:
                listener.playback.rest()
            elif not pattern.is_continuous:
                await listener.play_out()
    except ConnectionClosed:
        outcome.is_dropped = True


async def _until_admitted(
    listener: PacedListener, planned: PlannedTurn, plan: LoadPlan, ends_s: float, outcome: StreamOutcome
) -> Turn | None:
    """Speak a turn, trying again while the server is busy; None when the run is over before it could be.

    A run ends on time: whoever is still speaking then is interrupted.
    """
    while (left_s := ends_s - time.perf_counter()) > 0:
        cancel_after_s = left_s if planned.cancel_after_s is None else min(left_s, planned.cancel_after_s)
        turn = await listener.speak(planned.text, voice=plan.voice, cancel_after_s=cancel_after_s)
        if not turn.is_refused:
            return turn
        outcome.n_refused += 1
        await asyncio.sleep((turn.retry_after_ms or 1000 * DEFAULT_RETRY_S) / 1000)
    return None


async def _watch(server: RunningServer, result: LoadResult) -> None:
    while True:
        result.memory_bytes.append((await server.usage()).resident_bytes)
        await asyncio.sleep(5.0)
