"""The server beside whole-sentence synthesis: first sound and speed of both, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from laboratory.peer import Peer, running_peer
from tts_server.bench.latency import HEADER, WARM_UP, LatencyPlan, LatencyResult, Row, speaking_server
from tts_server.bench.listener import hear
from tts_server.bench.report import median, percentile, table


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """What to compare.

    Args:
        ours: Our server and what it says; its voice and threads are the peer's, too.
        peer_python: Interpreter that has kokoro-onnx.
    """

    ours: LatencyPlan
    peer_python: str


@dataclass(slots=True)
class ComparedRow(Row):
    """Every measurement of one sentence, of both sides."""

    peer_audio_s: float = 0.0
    peer_first_audible_s: list[float] = field(default_factory=list)
    peer_real_time_factor: list[float] = field(default_factory=list)

    async def take_peer(self, peer: Peer, voice: str) -> None:
        """Have the other side speak the same sentence, and add what it took."""
        result = await peer.speak(self.text, voice)
        self.peer_audio_s = result.audio_s
        self.peer_first_audible_s.append(result.first_audible_s)
        self.peer_real_time_factor.append(result.work_s / result.audio_s)

    @property
    def first_audible_ratio(self) -> float:
        """Our median first sound as a part of the peer's."""
        return median(self.first_audible_s) / median(self.peer_first_audible_s)

    @property
    def real_time_factor_ratio(self) -> float:
        """Our median real-time factor as a part of the peer's."""
        return median(self.real_time_factor) / median(self.peer_real_time_factor)

    def compared_cells(self) -> list[str]:
        """Its line of the table."""
        return [
            *self.cells(),
            f"{median(self.peer_first_audible_s):.3f}",
            f"{median(self.peer_real_time_factor):.3f}",
            f"1/{1 / self.first_audible_ratio:.1f}",
            f"{self.real_time_factor_ratio:.2f}",
        ]


@dataclass(slots=True)
class ComparisonResult:
    """The figures of one run."""

    rows: Sequence[ComparedRow]
    ours: LatencyResult
    peer_peak_resident_bytes: int

    def as_json(self, plan: ComparisonPlan) -> dict[str, Any]:
        """Everything measured, with the summary and the machine."""
        return {
            **self.ours.as_json(plan.ours),
            "plan": {**asdict(plan.ours), "peer_python": plan.peer_python},
            "summary": self.summary(),
            "peer_peak_resident_bytes": self.peer_peak_resident_bytes,
        }

    def summary(self) -> dict[str, float]:
        """Medians and 95th percentiles over all sentences, and medians of the ratios to the peer."""
        theirs = [value for row in self.rows for value in row.peer_first_audible_s]
        return {
            **self.ours.summary(),
            "peer_first_audio_p50_s": median(theirs),
            "peer_first_audio_p95_s": percentile(theirs, 0.95),
            "peer_real_time_factor": median([median(row.peer_real_time_factor) for row in self.rows]),
            "real_time_factor_ratio": median([row.real_time_factor_ratio for row in self.rows]),
            "first_audible_ratio": median([row.first_audible_ratio for row in self.rows]),
        }

    def as_table(self) -> str:
        """The figures for people: a line a sentence, then the summary."""
        header = [*HEADER, "kokoro-onnx s", "its RTF", "first ratio", "RTF ratio"]
        lines = [table(header, [row.compared_cells() for row in self.rows]), ""]
        lines += [f"{name}: {value:.3f}" for name, value in self.summary().items()]
        lines.append(f"peak memory: {self.ours.peak_resident_bytes / 1e6:.0f} MB")
        lines.append(f"peak memory of kokoro-onnx: {self.peer_peak_resident_bytes / 1e6:.0f} MB")
        return "\n".join(lines)


async def run(plan: ComparisonPlan, say: Callable[[str], None]) -> ComparisonResult:
    """Measure: sentence by sentence, our server and the peer in turn, so that noise falls on both.

    Args:
        plan: What to compare.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start or did not speak.
        ConfigError: The peer cannot run.
    """
    ours, voice = plan.ours, plan.ours.voice or ""
    async with speaking_server(ours, say) as (server, client):
        say("starting kokoro-onnx")
        async with running_peer(plan.peer_python, (voice,), ours.threads) as peer:
            await peer.speak(WARM_UP, voice)
            rows = [ComparedRow(text) for text in ours.sentences]
            for repeat in range(ours.repeats):
                say(f"round {repeat + 1} of {ours.repeats}")
                for row in rows:
                    row.take(await hear(client, row.text, voice=ours.voice))
                    await row.take_peer(peer, voice)
            theirs_bytes = (await peer.speak(WARM_UP, voice)).peak_resident_bytes
        ours_bytes = (await server.usage()).peak_resident_bytes
    return ComparisonResult(rows, LatencyResult(rows, ours_bytes), theirs_bytes)
