"""How soon the first sound is heard and how fast the rest is made, sentence by sentence."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tts_server.bench.listener import Hearing, hear
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine, median, percentile, table
from tts_server.bench.sentences import PARAGRAPH, SENTENCES
from tts_server.client import TTSClient

WARM_UP = "This sentence is not counted."
HEADER = ("sentence", "audio s", "first audible s", "RTF", "late ms")


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """What to measure.

    Args:
        backend: Backend of the server that is started.
        voice: Who speaks; None is the server's default.
        threads: Threads of the engine.
        repeats: How often each sentence is spoken.
        sentences: What is spoken.
        server_arguments: Further arguments of ``serve``.
    """

    backend: str = "kokoro"
    voice: str | None = "af_heart"
    threads: int = 2
    repeats: int = 5
    sentences: tuple[str, ...] = (*SENTENCES, PARAGRAPH)
    server_arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class Row:
    """Every measurement of one sentence; lists run over the repeats."""

    text: str
    audio_s: float = 0.0
    first_audio_s: list[float] = field(default_factory=list)
    first_audible_s: list[float] = field(default_factory=list)
    real_time_factor: list[float] = field(default_factory=list)
    worst_lateness_s: list[float] = field(default_factory=list)

    def take(self, hearing: Hearing) -> None:
        """Add what was heard from our server."""
        self.audio_s = hearing.audio_s
        self.first_audio_s.append(hearing.first_audio_s)
        self.first_audible_s.append(hearing.first_audible_s)
        self.real_time_factor.append(hearing.total_s / hearing.audio_s if hearing.audio_s else 0.0)
        self.worst_lateness_s.append(hearing.worst_lateness_s)

    def cells(self) -> list[str]:
        """Its line of the table."""
        return [
            self.text if len(self.text) <= 40 else self.text[:39] + "…",
            f"{self.audio_s:.2f}",
            f"{median(self.first_audible_s):.3f}",
            f"{median(self.real_time_factor):.3f}",
            f"{1000 * max(self.worst_lateness_s):.0f}",
        ]


@dataclass(slots=True)
class LatencyResult:
    """The figures of one run."""

    rows: Sequence[Row]
    peak_resident_bytes: int

    def as_json(self, plan: LatencyPlan) -> dict[str, Any]:
        """Everything measured, with the summary and the machine."""
        return {
            "scenario": "latency",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "summary": self.summary(),
            "rows": [asdict(row) for row in self.rows],
            "peak_resident_bytes": self.peak_resident_bytes,
        }

    def summary(self) -> dict[str, float]:
        """Medians and 95th percentiles over all sentences."""
        first = [value for row in self.rows for value in row.first_audio_s]
        return {
            "first_audio_p50_s": median(first),
            "first_audio_p95_s": percentile(first, 0.95),
            "real_time_factor": median([median(row.real_time_factor) for row in self.rows]),
        }

    def as_table(self) -> str:
        """The figures for people: a line a sentence, then the summary."""
        lines = [table(HEADER, [row.cells() for row in self.rows]), ""]
        lines += [f"{name}: {value:.3f}" for name, value in self.summary().items()]
        lines.append(f"peak memory: {self.peak_resident_bytes / 1e6:.0f} MB")
        return "\n".join(lines)


async def run(plan: LatencyPlan, say: Callable[[str], None]) -> LatencyResult:
    """Measure: all sentences, round by round.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start or did not speak.
    """
    async with speaking_server(plan, say) as (server, client):
        rows = [Row(text) for text in plan.sentences]
        for repeat in range(plan.repeats):
            say(f"round {repeat + 1} of {plan.repeats}")
            for row in rows:
                row.take(await hear(client, row.text, voice=plan.voice))
        return LatencyResult(rows, (await server.usage()).peak_resident_bytes)


@contextlib.asynccontextmanager
async def speaking_server(
    plan: LatencyPlan, say: Callable[[str], None]
) -> AsyncIterator[tuple[RunningServer, TTSClient]]:
    """Run the plan's server until the block ends; it and its client, once it has spoken.

    Raises:
        ClientError: The server did not start or did not speak.
    """
    arguments = ["--backend", plan.backend, "--log-level", "WARNING", *plan.server_arguments]
    if plan.backend == "kokoro":
        arguments += ["--threads", str(plan.threads)]
    say("starting the server")
    async with (
        running_server(arguments) as server,
        TTSClient(server.socket_path, connect_timeout_s=60) as client,
    ):
        await hear(client, WARM_UP, voice=plan.voice)
        yield server, client
