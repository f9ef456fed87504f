"""How soon the first sound is heard and how fast the rest is made, beside whole-sentence synthesis."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tts_server.bench.listener import Hearing, hear
from tts_server.bench.peer import Peer, running_peer
from tts_server.bench.process import RunningServer, running_server
from tts_server.bench.report import machine, median, percentile, table
from tts_server.bench.sentences import PARAGRAPH, SENTENCES
from tts_server.client import TTSClient

WARM_UP = "This sentence is not counted."


@dataclass(frozen=True, slots=True)
class LatencyPlan:
    """What to measure.

    Args:
        backend: Backend of the server that is started.
        voice: Voice of both sides; None is the server's default.
        threads: Threads of both engines.
        repeats: How often each sentence is spoken.
        sentences: What is spoken.
        peer_python: Interpreter that has kokoro-onnx; None measures our server alone.
        server_arguments: Further arguments of ``serve``.
    """

    backend: str = "kokoro"
    voice: str | None = "af_heart"
    threads: int = 2
    repeats: int = 5
    sentences: tuple[str, ...] = (*SENTENCES, PARAGRAPH)
    peer_python: str | None = None
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
    peer_audio_s: float = 0.0
    peer_first_audible_s: list[float] = field(default_factory=list)
    peer_real_time_factor: list[float] = field(default_factory=list)

    def take(self, hearing: Hearing) -> None:
        """Add what was heard from our server."""
        self.audio_s = hearing.audio_s
        self.first_audio_s.append(hearing.first_audio_s)
        self.first_audible_s.append(hearing.first_audible_s)
        self.real_time_factor.append(hearing.total_s / hearing.audio_s if hearing.audio_s else 0.0)
        self.worst_lateness_s.append(hearing.worst_lateness_s)

    async def take_peer(self, peer: Peer, voice: str) -> None:
        """Have the other side speak the same sentence, and add what it took."""
        result = await peer.speak(self.text, voice)
        self.peer_audio_s = result.audio_s
        self.peer_first_audible_s.append(result.first_audible_s)
        self.peer_real_time_factor.append(result.work_s / result.audio_s)


@dataclass(slots=True)
class LatencyResult:
    """The figures of one run."""

    rows: list[Row]
    peak_resident_bytes: int
    peer_peak_resident_bytes: int | None

    def as_json(self, plan: LatencyPlan) -> dict[str, Any]:
        """Everything measured, with the summary and the machine."""
        return {
            "scenario": "latency",
            "machine": dict(machine()),
            "plan": asdict(plan),
            "summary": self.summary(),
            "rows": [asdict(row) for row in self.rows],
            "peak_resident_bytes": self.peak_resident_bytes,
            "peer_peak_resident_bytes": self.peer_peak_resident_bytes,
        }

    def summary(self) -> dict[str, float]:
        """Medians and 95th percentiles over all sentences, and ratios of medians to the peer's."""
        first = [value for row in self.rows for value in row.first_audio_s]
        summary = {
            "first_audio_p50_s": median(first),
            "first_audio_p95_s": percentile(first, 0.95),
            "real_time_factor": median([median(row.real_time_factor) for row in self.rows]),
        }
        compared = [row for row in self.rows if row.peer_first_audible_s]
        if compared:
            theirs = [value for row in compared for value in row.peer_first_audible_s]
            summary |= {
                "peer_first_audio_p50_s": median(theirs),
                "peer_first_audio_p95_s": percentile(theirs, 0.95),
                "peer_real_time_factor": median([median(row.peer_real_time_factor) for row in compared]),
                "real_time_factor_ratio": median(
                    [median(row.real_time_factor) / median(row.peer_real_time_factor) for row in compared]
                ),
                "first_audible_ratio": median(
                    [median(row.first_audible_s) / median(row.peer_first_audible_s) for row in compared]
                ),
            }
        return summary

    def as_table(self) -> str:
        """The figures for people: a line a sentence, then the summary."""
        header = ["sentence", "audio s", "first audible s", "RTF", "late ms"]
        compared = any(row.peer_first_audible_s for row in self.rows)
        if compared:
            header += ["kokoro-onnx s", "its RTF", "first ratio", "RTF ratio"]
        lines = [table(header, [_cells(row, compared) for row in self.rows]), ""]
        lines += [f"{name}: {value:.3f}" for name, value in self.summary().items()]
        lines.append(f"peak memory: {self.peak_resident_bytes / 1e6:.0f} MB")
        if self.peer_peak_resident_bytes is not None:
            lines.append(f"peak memory of kokoro-onnx: {self.peer_peak_resident_bytes / 1e6:.0f} MB")
        return "\n".join(lines)


def _cells(row: Row, compared: bool) -> list[str]:
    text = row.text if len(row.text) <= 40 else row.text[:39] + "…"
    audible, factor = median(row.first_audible_s), median(row.real_time_factor)
    cells = [
        text,
        f"{row.audio_s:.2f}",
        f"{audible:.3f}",
        f"{factor:.3f}",
        f"{1000 * max(row.worst_lateness_s):.0f}",
    ]
    if compared:
        theirs, their_factor = median(row.peer_first_audible_s), median(row.peer_real_time_factor)
        cells += [
            f"{theirs:.3f}",
            f"{their_factor:.3f}",
            f"1/{theirs / audible:.1f}",
            f"{factor / their_factor:.2f}",
        ]
    return cells


async def run(plan: LatencyPlan, say: Callable[[str], None]) -> LatencyResult:
    """Measure: sentence by sentence, our server and the peer in turn, so that noise falls on both.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start or did not speak.
        ConfigError: The peer cannot run.
    """
    arguments = ["--backend", plan.backend, "--log-level", "WARNING", *plan.server_arguments]
    if plan.backend == "kokoro":
        arguments += ["--threads", str(plan.threads)]
    async with contextlib.AsyncExitStack() as stack:
        say("starting the server")
        server = await stack.enter_async_context(running_server(arguments))
        client = await stack.enter_async_context(TTSClient(server.socket_path, connect_timeout_s=60))
        voice = plan.voice or ""
        peer = None
        if plan.peer_python is not None:
            say("starting kokoro-onnx")
            peer = await stack.enter_async_context(running_peer(plan.peer_python, (voice,), plan.threads))
            await peer.speak(WARM_UP, voice)
        await hear(client, WARM_UP, voice=plan.voice)
        rows = [Row(text) for text in plan.sentences]
        await _measure(rows, client, peer, plan, say)
        return await _finish(rows, server, peer, voice)


async def _measure(
    rows: Sequence[Row],
    client: TTSClient,
    peer: Peer | None,
    plan: LatencyPlan,
    say: Callable[[str], None],
) -> None:
    for repeat in range(plan.repeats):
        say(f"round {repeat + 1} of {plan.repeats}")
        for row in rows:
            row.take(await hear(client, row.text, voice=plan.voice))
            if peer is not None:
                await row.take_peer(peer, plan.voice or "")


async def _finish(rows: list[Row], server: RunningServer, peer: Peer | None, voice: str) -> LatencyResult:
    theirs = (await peer.speak(WARM_UP, voice)).peak_resident_bytes if peer is not None else None
    return LatencyResult(rows, (await server.usage()).peak_resident_bytes, theirs)
