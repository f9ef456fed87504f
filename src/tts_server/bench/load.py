"""Several listeners that speak in turns and play in real time, over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed

from tts_server.bench.agents import PATTERNS, PlannedTurn, max_admitted, planned_turns
from tts_server.bench.metrics import observe, read_metrics, settled_metrics
from tts_server.bench.outcome import StreamOutcome, outcome_json, outcome_table
from tts_server.bench.playback import LEAD_S, Turn
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine
from tts_server.bench.sentences import SENTENCES

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
        engines: Engines side by side, as ``--engines`` takes it.
        settings: Settings of the backend, as ``--set`` takes them.
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
    engines: str = "1"
    settings: tuple[str, ...] = ()

    def server_arguments(self) -> list[str]:
        """Arguments of ``serve``."""
        arguments = ["--backend", self.backend, "--log-level", "WARNING", "--scheduling", self.order]
        arguments += ["--max-connections", str(self.n_streams + 2)]
        arguments += ["--max-admitted", str(max_admitted(self.n_streams))]
        if self.threads is not None:
            arguments += ["--threads", str(self.threads)]
        arguments += ["--engines", self.engines]
        for setting in self.settings:
            arguments += ["--set", setting]
        return arguments if self.admission else [*arguments, "--no-admission"]


@dataclass(slots=True)
class LoadResult:
    """What was seen; see ``outcome``.

    ``metrics`` holds how much each of the server's counters rose during the run.
    """

    streams: list[StreamOutcome]
    cores: float = 0.0
    memory_bytes: list[int] = field(default_factory=list)
    n_frames_after_end: int = 0
    metrics: dict[str, float] = field(default_factory=dict)

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
            "metrics": self.metrics,
        }

    def as_table(self) -> str:
        """The figures for people."""
        memory = self.memory_bytes or [0]
        lines = [
            outcome_table(self.streams),
            "",
            f"server: {self.cores:.2f} cores; frames or ends after the end: {self.n_frames_after_end}",
            f"memory after a quarter, MB: {memory[len(memory) // 4] / 1e6:.0f}",
            f"memory at the end, MB: {memory[-1] / 1e6:.0f}",
        ]
        return "\n".join([*lines, *self._server_lines()])

    def _server_lines(self) -> list[str]:
        metrics = self.metrics
        if not metrics:
            return []
        rtf = metrics["tts_work_seconds_total"] / max(metrics["tts_audio_seconds_total"], 1e-9)
        n_gaps, n_late = metrics["tts_gaps_total"], metrics["tts_late_starts_total"]
        n_cancels = metrics["tts_cancel_release_seconds_count"]
        release_s = metrics["tts_cancel_release_seconds_sum"] / max(n_cancels, 1)
        return [
            f"real-time factor: {rtf:.3f} of {metrics['tts_steps_total']:.0f} steps",
            f"by the server's own count: {n_gaps:.0f} gaps, {n_late:.0f} late starts",
            f"engine free after a cancel, mean of {n_cancels:.0f}: {1000 * release_s:.0f} ms",
        ]


async def run(plan: LoadPlan, say: Callable[[str], None]) -> LoadResult:
    """Measure.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start.
    """
    async with running_server(plan.server_arguments()) as server:
        # A server that has not spoken yet knows no speed to judge by.
        await observe(server, SENTENCES[2:4], voice=plan.voice)
        return await run_on(server, plan, say)


async def run_on(server: RunningServer, plan: LoadPlan, say: Callable[[str], None]) -> LoadResult:
    """The same on a server that runs already."""
    say(f"{plan.n_streams} listeners ({plan.pattern}) for {plan.seconds:.0f} s")
    pattern = PATTERNS[plan.pattern]
    agents = [planned_turns(pattern, plan.seed * 1000 + number) for number in range(plan.n_streams)]
    return await run_agents(
        server,
        [Agent(turns, pattern.lead_s, is_continuous=pattern.is_continuous) for turns in agents],
        plan,
    )


@dataclass(frozen=True, slots=True)
class Agent:
    """One connection's turns and how they are listened to; see ``agents.Pattern``."""

    turns: Iterator[PlannedTurn]
    lead_s: float = LEAD_S
    is_continuous: bool = False


async def run_agents(server: RunningServer, agents: Sequence[Agent], plan: LoadPlan) -> LoadResult:
    """Let these agents talk for ``plan.seconds``; the plan's own pattern is not looked at."""
    listeners = [await PacedListener.open(server.socket_path, lead_s=agent.lead_s) for agent in agents]
    result = LoadResult([StreamOutcome() for _ in listeners])
    before, metrics_before = await server.usage(), await read_metrics(server.socket_path)
    began_s = time.perf_counter()
    watch = asyncio.create_task(_watch(server, result))
    try:
        async with asyncio.TaskGroup() as group:
            for agent, listener, outcome in zip(agents, listeners, result.streams, strict=True):
                group.create_task(_talk(listener, agent, plan, outcome))
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
    result.cores = ((await server.usage()).cpu_s - before.cpu_s) / (time.perf_counter() - began_s)
    for listener in listeners:
        result.n_frames_after_end += listener.n_after_end
        await listener.aclose()
    metrics = await settled_metrics(server.socket_path)
    result.metrics = {name: metrics[name] - metrics_before.get(name, 0.0) for name in metrics}
    return result


async def _talk(listener: PacedListener, agent: Agent, plan: LoadPlan, outcome: StreamOutcome) -> None:
    ends_s = time.perf_counter() + plan.seconds
    try:
        for planned in agent.turns:
            await asyncio.sleep(min(planned.pause_s, max(0.0, ends_s - time.perf_counter())))
            turn = await _until_admitted(listener, planned, plan, ends_s, outcome)
            if turn is None:
                return
            outcome.take(turn, is_cut_short=time.perf_counter() >= ends_s)
            if turn.cancelled_at_s is not None:
                listener.playback.rest()
            elif not agent.is_continuous:
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
