"""How soon a cancel is acknowledged, and whether anything follows it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tts_server.bench.player import PacedListener
from tts_server.bench.process import running_server
from tts_server.bench.report import machine, percentile, table
from tts_server.bench.sentences import PARAGRAPH


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """What to measure.

    Args:
        backend: Backend of the server that is started.
        n_cancels: How many responses to interrupt.
        seed: Of the moments at which they are interrupted.
        threads: Threads of the engine.
        voice: Voice, or the server's default.
    """

    backend: str = "tone"
    n_cancels: int = 1000
    seed: int = 1
    threads: int = 2
    voice: str | None = None


@dataclass(slots=True)
class CancelResult:
    """What was seen.

    Args:
        acknowledged_s: From each cancel to ``response.cancelled``.
        free_s: From each cancel to the moment at which the engine held nothing any more.
        n_ended_first: Responses that had ended when the cancel arrived.
        n_frames_after: Frames that came after the end of their response: always a fault.
    """

    acknowledged_s: list[float]
    free_s: list[float]
    n_ended_first: int
    n_frames_after: int

    def as_json(self, plan: CancelPlan) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "cancel",
            "machine": dict(machine()),
            "plan": asdict(plan),
            **asdict(self),
            "summary": {
                name: percentile(values, fraction)
                for key, values in (("acknowledged", self.acknowledged_s), ("free", self.free_s))
                for name, fraction in ((f"{key}_p50_s", 0.5), (f"{key}_p99_s", 0.99), (f"{key}_max_s", 1.0))
            },
        }

    def as_table(self) -> str:
        """The figures for people."""
        rows = [
            [name, *(f"{1000 * percentile(values, fraction):.2f}" for fraction in (0.5, 0.95, 0.99, 1.0))]
            for name, values in (("acknowledged", self.acknowledged_s), ("engine free", self.free_s))
        ]
        return "\n".join(
            [
                table(["from the cancel, ms", "p50", "p95", "p99", "most"], rows),
                "",
                f"cancelled: {len(self.acknowledged_s)}, ended before the cancel came: {self.n_ended_first}",
                f"frames after the end: {self.n_frames_after}",
            ]
        )


async def run(plan: CancelPlan, say: Callable[[str], None]) -> CancelResult:
    """Interrupt responses at random moments, one after another.

    Args:
        plan: What to measure.
        say: Told what is happening, one line at a time.

    Raises:
        ClientError: The server did not start.
    """
    rng = random.Random(plan.seed)  # noqa: S311 - moments, not secrets
    text = (PARAGRAPH * 2)[:800]
    # A step of the tone backend is given some work, so that cancels fall into steps as they do with a model.
    extras = {"work_ms": 5} if plan.backend == "tone" else None
    arguments = ["--backend", plan.backend, "--log-level", "WARNING", "--threads", str(plan.threads)]
    result = CancelResult([], [], 0, 0)
    async with running_server(arguments) as server:
        say(f"{plan.n_cancels} cancels")
        listener = await PacedListener.open(server.socket_path)
        for _ in range(plan.n_cancels):
            after_s = rng.uniform(0.0, 0.15 if plan.backend == "tone" else 4.0)
            turn = await listener.speak(
                text, voice=plan.voice, extras=extras, cancel_after_s=after_s, paced=False
            )
            if turn.cancel_s is None:
                result.n_ended_first += 1
                continue
            result.acknowledged_s.append(turn.cancel_s)
            waited_s = await listener.until_engine_is_free()
            result.free_s.append(turn.cancel_s + waited_s)
        result.n_frames_after = listener.n_after_end
        await listener.aclose()
    return result
