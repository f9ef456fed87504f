"""What one hostile client costs everybody else: status, speech, memory and the log, attack by attack."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import unix_connect

from tts_server.bench.attackers import KINDS
from tts_server.bench.player import PacedListener
from tts_server.bench.process import RunningServer, killed_at_exit, running_server, temporary_folder
from tts_server.bench.report import machine, percentile, table

MAX_MEDIAN_S: Final = 0.05
MAX_LONGEST_S: Final = 0.15
MAX_MEMORY_BYTES: Final = 16 << 20
MAX_LINES_A_MINUTE: Final = 1

ASK_EVERY_S: Final = 0.01
LONG_TEXT: Final = "Sie hören zu. " * 140
WORK_MS: Final = 50
"""Work of a step of 240 ms of the tone backend, as of an engine that keeps up with four listeners."""


@dataclass(frozen=True, slots=True)
class HostilePlan:
    """What to measure.

    Args:
        kinds: Attacks, one after the other, each on a server of its own.
        seconds: Length of each.
        backend: Backend of the servers.
    """

    kinds: tuple[str, ...] = tuple(KINDS)
    seconds: float = 10.0
    backend: str = "tone"


@dataclass(slots=True)
class Seen:
    """What others saw during one attack.

    Args:
        kind: Which one; ``nobody`` is none.
        status_s: How long each answer to ``server.status`` took.
        gaps_s: Pauses of a listener in continuous speech, who has 0.2 s ready.
        audio_s: What that listener heard.
        memory_bytes: The most that the server took beyond what it had before.
        n_lines: Lines in the log, from level INFO on.
        n_tracebacks: Tracebacks among them.
        seconds: Length of the attack.
    """

    kind: str
    status_s: list[float] = field(default_factory=list)
    gaps_s: list[float] = field(default_factory=list)
    audio_s: float = 0.0
    memory_bytes: int = 0
    n_lines: int = 0
    n_tracebacks: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> list[str]:
        """The bounds that were broken."""
        bounds = {
            "median": percentile(self.status_s, 0.5) <= MAX_MEDIAN_S,
            "longest": percentile(self.status_s, 1.0) <= MAX_LONGEST_S,
            "gaps": not self.gaps_s and self.audio_s > 0.5 * self.seconds,
            "memory": self.memory_bytes <= MAX_MEMORY_BYTES,
            "log": self.n_lines <= max(1.0, self.seconds / 60) * MAX_LINES_A_MINUTE,
            "tracebacks": self.n_tracebacks == 0,
        }
        return [name for name, holds in bounds.items() if not holds]


@dataclass(slots=True)
class HostileResult:
    """All attacks."""

    seen: list[Seen]

    @property
    def is_met(self) -> bool:
        """Whether every bound held in every attack."""
        return not any(one.broken for one in self.seen)

    def as_json(self, plan: HostilePlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "hostile",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "attacks": [{**asdict(one), "broken": one.broken} for one in self.seen],
        }

    def as_table(self) -> str:
        """The figures for people."""
        rows = [
            [
                one.kind,
                str(len(one.status_s)),
                *(f"{1000 * percentile(one.status_s, fraction):.1f}" for fraction in (0.5, 0.95, 1.0)),
                str(len(one.gaps_s)),
                f"{one.audio_s:.0f}",
                f"{one.memory_bytes / (1 << 20):.1f}",
                str(one.n_lines),
                " ".join(one.broken) or "-",
            ]
            for one in self.seen
        ]
        header = [
            "attack",
            "asked",
            "p50 ms",
            "p95",
            "most",
            "gaps",
            "heard s",
            "MiB more",
            "lines",
            "broken",
        ]
        return table(header, rows)


async def run(plan: HostilePlan, say: Callable[[str], None]) -> HostileResult:
    """Attack servers that are started for it, and look at what others see of it.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: A server did not start.
    """
    seen = []
    for kind in ("nobody", *plan.kinds):
        seen.append(await _attacked(kind, plan))
        say(f"{kind}: {', '.join(seen[-1].broken) or 'all bounds hold'}")
    return HostileResult(seen)


async def _attacked(kind: str, plan: HostilePlan) -> Seen:
    seen = Seen(kind, seconds=plan.seconds)
    async with temporary_folder("tts-hostile-") as folder:
        log = folder / "log"
        arguments = ["--backend", plan.backend, "--threads", "2"]
        if plan.backend == "tone":
            arguments += ["--set", f"work_ms={WORK_MS}"]
        async with running_server(arguments, log_path=log) as server:
            await _warm_up(server)
            n_before = await asyncio.to_thread(_n_lines, log)
            before = (await server.usage()).resident_bytes
            await _watch(server, kind, plan.seconds, seen, before)
            seen.n_lines = await asyncio.to_thread(_n_lines, log) - n_before
        text = await asyncio.to_thread(log.read_text, errors="replace")
        seen.n_tracebacks = text.count("Traceback (most recent call last)")
    return seen


async def _warm_up(server: RunningServer) -> None:
    """Have the engine's speed known, and everything in memory that one listener brings."""
    listener = await PacedListener.open(server.socket_path)
    await listener.speak("Hello there.", paced=False)
    await listener.speak(LONG_TEXT[:300], paced=False)
    await listener.aclose()


async def _watch(server: RunningServer, kind: str, seconds: float, seen: Seen, before: int) -> None:
    listener = await PacedListener.open(server.socket_path)
    websocket = await unix_connect(server.socket_path, compression=None)
    await websocket.recv()
    listening = asyncio.create_task(_listen(listener))
    try:
        async with _attacking(server, kind, seconds):
            ends_at = time.perf_counter() + seconds
            while (now := time.perf_counter()) < ends_at:
                await websocket.send('{"type":"server.status"}')
                await websocket.recv()
                seen.status_s.append(time.perf_counter() - now)
                if len(seen.status_s) % 10 == 0:
                    memory = (await server.usage()).resident_bytes - before
                    seen.memory_bytes = max(seen.memory_bytes, memory)
                await asyncio.sleep(ASK_EVERY_S)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        seen.gaps_s = list(listener.playback.gaps_s)
        seen.audio_s = listener.playback.n_samples / listener.playback.rate_hz
        await websocket.close()


@contextlib.asynccontextmanager
async def _attacking(server: RunningServer, kind: str, seconds: float) -> AsyncIterator[None]:
    if kind == "nobody":
        yield
        return
    attacker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tts_server.bench.attackers", kind, server.socket_path, str(seconds))
    )
    with killed_at_exit(attacker):
        try:
            yield
        finally:
            if attacker.returncode is None:
                attacker.kill()
            await attacker.wait()


async def _listen(listener: PacedListener) -> None:
    while True:
        await listener.speak(LONG_TEXT[:1900])


def _n_lines(log: Path) -> int:
    return len(log.read_text(errors="replace").splitlines())
