"""Many listeners who are spoken to all the time and play in real time, for as long as one likes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from websockets.exceptions import ConnectionClosed

from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine, percentile, table
from tts_server.bench.sentences import PARAGRAPH

SAMPLE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class StreamsPlan:
    """What to measure.

    Args:
        backend: Backend of the server that is started.
        n_streams: How many listeners.
        seconds: How long.
        server_arguments: Further arguments of ``serve``.
    """

    backend: str = "tone"
    n_streams: int = 100
    seconds: float = 60.0
    server_arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class StreamsResult:
    """What was seen.

    Args:
        audio_s: Played, by each listener.
        gaps_s: Every pause in which some listener had nothing to play.
        first_audio_s: From each commit to its first frame.
        n_responses: Responses that ended.
        n_dropped: Listeners whose connection the server ended.
        cores: CPU time of the server over the time of the run.
        memory_bytes: The server's resident memory, every five seconds.
        n_threads: The server's threads at the end.
        n_files: The server's open files at the end.
    """

    audio_s: list[float] = field(default_factory=list)
    gaps_s: list[float] = field(default_factory=list)
    first_audio_s: list[float] = field(default_factory=list)
    n_responses: int = 0
    n_dropped: int = 0
    cores: float = 0.0
    memory_bytes: list[int] = field(default_factory=list)
    n_threads: int = 0
    n_files: int = 0

    def as_json(self, plan: StreamsPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {"scenario": "streams", "machine": dict(machine()), "plan": asdict(plan), **asdict(self)}

    def as_table(self) -> str:
        """The figures for people."""
        settled = self.memory_bytes[len(self.memory_bytes) // 4 :] or [0]
        rows = [
            ["listeners", str(len(self.audio_s))],
            ["responses", str(self.n_responses)],
            ["audio played, least and most s", f"{min(self.audio_s):.1f} {max(self.audio_s):.1f}"],
            ["gaps", str(len(self.gaps_s))],
            ["longest gap ms", f"{1000 * max(self.gaps_s, default=0.0):.0f}"],
            ["dropped", str(self.n_dropped)],
            [
                "first audio p50, p99 ms",
                " ".join(f"{1000 * percentile(self.first_audio_s, f):.1f}" for f in (0.5, 0.99)),
            ],
            ["server, cores used", f"{self.cores:.3f}"],
            ["memory after a quarter, at the end MB", f"{settled[0] / 1e6:.1f} {settled[-1] / 1e6:.1f}"],
            ["threads, open files", f"{self.n_threads} {self.n_files}"],
        ]
        return table(["figure", "value"], rows)


async def run(plan: StreamsPlan, say: Callable[[str], None]) -> StreamsResult:
    """Measure.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start.
    """
    arguments = ["--backend", plan.backend, "--log-level", "WARNING", *plan.server_arguments]
    arguments += ["--max-connections", str(plan.n_streams + 1), "--max-admitted", str(plan.n_streams)]
    result = StreamsResult()
    async with running_server(arguments) as server:
        say(f"{plan.n_streams} listeners for {plan.seconds:.0f} s")
        listeners = [await PacedListener.open(server.socket_path) for _ in range(plan.n_streams)]
        ends_s = time.perf_counter() + plan.seconds
        before = await server.usage()
        async with asyncio.TaskGroup() as group:
            for position, listener in enumerate(listeners):
                group.create_task(_listen(listener, position / plan.n_streams, ends_s, result))
            group.create_task(_watch(server, ends_s, result))
        after = await server.usage()
        result.cores = (after.cpu_s - before.cpu_s) / plan.seconds
        result.n_threads, result.n_files = after.n_threads, after.n_files
        for listener in listeners:
            await listener.aclose()
    return result


async def _listen(listener: PacedListener, delay_s: float, ends_s: float, result: StreamsResult) -> None:
    """Commit text after text, so that one follows the other without a pause."""
    await asyncio.sleep(delay_s)
    try:
        while (left_s := ends_s - time.perf_counter()) > 0:
            turn = await listener.speak(PARAGRAPH, cancel_after_s=left_s)
            result.n_responses += 1
            if turn.first_audio_s is not None:
                result.first_audio_s.append(turn.first_audio_s)
    except ConnectionClosed:
        result.n_dropped += 1
    result.gaps_s += listener.playback.gaps_s
    result.audio_s.append(listener.playback.n_samples / listener.playback.rate_hz)


async def _watch(server: RunningServer, ends_s: float, result: StreamsResult) -> None:
    while time.perf_counter() < ends_s:
        result.memory_bytes.append((await server.usage()).resident_bytes)
        await asyncio.sleep(min(SAMPLE_EVERY_S, max(0.0, ends_s - time.perf_counter())))
