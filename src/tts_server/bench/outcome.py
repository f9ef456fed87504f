"""What listeners got: the same figures from a simulated run and from one over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tts_server.bench.report import median, percentile, table

if TYPE_CHECKING:
    from tts_server.bench.playback import Turn


@dataclass(slots=True)
class StreamOutcome:
    """What one listener got.

    Args:
        audio_s: Audio received.
        first_audio_s: From each commit to its first frame.
        gaps_s: Pauses in which there was nothing to play.
        n_late_frames: Frames that came after their moment.
        cancel_s: From each cancel to its acknowledgement.
        n_turns: Commits that were admitted.
        n_refused: Commits that met a busy server.
        n_failed: Responses that failed.
        is_dropped: Whether the server ended the connection.
    """

    audio_s: float = 0.0
    first_audio_s: list[float] = field(default_factory=list)
    gaps_s: list[float] = field(default_factory=list)
    n_late_frames: int = 0
    cancel_s: list[float] = field(default_factory=list)
    n_turns: int = 0
    n_refused: int = 0
    n_failed: int = 0
    is_dropped: bool = False

    def take(self, turn: Turn, *, is_cut_short: bool) -> None:
        """Add an admitted turn; the cancel of one that the end of the run cut short does not count."""
        self.n_turns += 1
        self.n_failed += turn.is_failed
        self.audio_s += turn.audio_s
        self.gaps_s += turn.gaps_s
        self.n_late_frames += turn.n_late_frames
        if turn.first_audio_s is not None:
            self.first_audio_s.append(turn.first_audio_s)
        if turn.cancel_s is not None and not is_cut_short:
            self.cancel_s.append(turn.cancel_s)

    def summary(self) -> dict[str, float]:
        """The figures of this listener."""
        return {
            "turns": self.n_turns,
            "audio_s": self.audio_s,
            "first_audio_p50_s": median(self.first_audio_s),
            "first_audio_p95_s": percentile(self.first_audio_s, 0.95),
            "first_audio_p99_s": percentile(self.first_audio_s, 0.99),
            "gaps": len(self.gaps_s),
            "gap_s": sum(self.gaps_s),
            "longest_gap_s": max(self.gaps_s, default=0.0),
            "late_frames": self.n_late_frames,
            "cancelled": len(self.cancel_s),
            "cancel_p99_s": percentile(self.cancel_s, 0.99),
            "refused": self.n_refused,
            "failed": self.n_failed,
        }


def in_all(streams: list[StreamOutcome]) -> StreamOutcome:
    """Add up what all listeners got."""
    total = StreamOutcome()
    for stream in streams:
        total.audio_s += stream.audio_s
        total.first_audio_s += stream.first_audio_s
        total.gaps_s += stream.gaps_s
        total.n_late_frames += stream.n_late_frames
        total.cancel_s += stream.cancel_s
        total.n_turns += stream.n_turns
        total.n_refused += stream.n_refused
        total.n_failed += stream.n_failed
        total.is_dropped |= stream.is_dropped
    return total


_COLUMNS = (
    ("turns", "turns", "{:.0f}"),
    ("audio s", "audio_s", "{:.1f}"),
    ("first p50 s", "first_audio_p50_s", "{:.3f}"),
    ("p95", "first_audio_p95_s", "{:.3f}"),
    ("p99", "first_audio_p99_s", "{:.3f}"),
    ("gaps", "gaps", "{:.0f}"),
    ("gap s", "gap_s", "{:.2f}"),
    ("late", "late_frames", "{:.0f}"),
    ("cancelled", "cancelled", "{:.0f}"),
    ("p99 s", "cancel_p99_s", "{:.3f}"),
    ("refused", "refused", "{:.0f}"),
    ("failed", "failed", "{:.0f}"),
)


def outcome_table(streams: list[StreamOutcome]) -> str:
    """Lay out the figures of each listener and of all."""
    named = [(str(number), stream) for number, stream in enumerate(streams, 1)]
    rows = []
    for name, stream in [*named, ("all", in_all(streams))]:
        figures = stream.summary()
        rows.append([name, *(form.format(figures[key]) for _, key, form in _COLUMNS)])
    return table(["listener", *(title for title, _, _ in _COLUMNS)], rows)


def outcome_json(streams: list[StreamOutcome]) -> dict[str, Any]:
    """The figures of each listener and of all."""
    return {"all": in_all(streams).summary(), "streams": [stream.summary() for stream in streams]}
