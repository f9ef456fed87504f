"""How a listener plays what comes, on a clock that is given. Pure: shared by the simulator and the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

LEAD_S = 0.2
"""How much a listener has ready before it stops reading: a jitter buffer as voice clients have."""


@dataclass(slots=True)
class Playback:
    """A playback clock. Pure: every method takes the time.

    Playing starts with the first audio and stands still whenever what came is used up; such a pause is a gap.

    Args:
        rate_hz: Rate of the audio.
    """

    rate_hz: int
    started_s: float | None = None
    n_samples: int = 0
    gaps_s: list[float] = field(default_factory=list)
    n_late_frames: int = 0
    silent_s: float = 0.0
    """The sum of the gaps."""

    def runs_dry_at_s(self) -> float | None:
        """When everything that came will have been played; None before the first audio."""
        if self.started_s is None:
            return None
        return self.started_s + self.n_samples / self.rate_hz + self.silent_s

    def lead_s(self, now_s: float) -> float:
        """How much there is still to play."""
        dry_at_s = self.runs_dry_at_s()
        return 0.0 if dry_at_s is None else dry_at_s - now_s

    def take(self, n_samples: int, now_s: float) -> None:
        """Add audio that has just come; a gap ends if there was one."""
        if self.started_s is None:
            self.started_s = now_s
        gap_s = -self.lead_s(now_s)
        if gap_s > 0:
            self.gaps_s.append(gap_s)
            self.silent_s += gap_s
            self.n_late_frames += 1
        self.n_samples += n_samples

    def rest(self) -> None:
        """Forget the clock and keep the counts: what comes next begins a new stretch of speech."""
        self.started_s = None
        self.n_samples = 0
        self.gaps_s = []
        self.silent_s = 0.0


@dataclass(slots=True)
class Turn:
    """One commit as its listener saw it.

    Args:
        began_s: When it was committed, on the listener's clock.
        first_audio_s: From the commit to the first frame; None if none came.
        audio_s: Audio received.
        gaps_s: Pauses in which there was nothing to play.
        n_late_frames: Frames that came after their moment.
        cancelled_at_s: When the cancel was sent, on the listener's clock; None if there was none.
        cancel_s: From sending the cancel to the server's word that it is done; None if it ended before.
        is_ended: Whether the response has had its end.
        is_failed: Whether that end was ``response.failed``.
        is_refused: Whether the server was busy.
        retry_after_ms: What it said then.
    """

    began_s: float
    first_audio_s: float | None = None
    audio_s: float = 0.0
    gaps_s: tuple[float, ...] = ()
    n_late_frames: int = 0
    cancelled_at_s: float | None = None
    cancel_s: float | None = None
    is_ended: bool = False
    is_failed: bool = False
    is_refused: bool = False
    retry_after_ms: int | None = None
