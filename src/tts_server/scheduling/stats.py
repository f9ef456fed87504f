"""What the scheduler tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from tts_server.scheduling.job import ConnectionLoad


@dataclass(slots=True)
class Counters:
    """What has happened since the start.

    ``n_admitted`` is at any time the sum of finished, cancelled, failed and in progress.
    """

    n_admitted: int = 0
    n_refused: int = 0
    n_finished: int = 0
    n_cancelled: int = 0
    n_failed: int = 0
    n_steps: int = 0
    n_parts: int = 0
    """Jobs that those steps worked on, each counted once a step."""
    n_late_starts: int = 0
    """Responses whose first audio came after it was due."""
    n_gaps: int = 0
    """Times that a listener ran dry in the middle of a response."""
    gap_s: float = 0.0
    work_s: float = 0.0
    audio_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ConnectionStats:
    """One connection's part; ``is_behind`` tells that its reader takes less than real time."""

    connection_id: str
    n_admitted: int
    n_refused: int
    n_in_progress: int
    n_steps: int
    audio_s: float
    paused: bool
    is_behind: bool

    @classmethod
    def of(cls, connection_id: str, load: ConnectionLoad, n_in_progress: int) -> Self:
        """Look at one connection."""
        return cls(
            connection_id=connection_id,
            n_admitted=load.n_admitted,
            n_refused=load.n_refused,
            n_in_progress=n_in_progress,
            n_steps=load.n_steps,
            audio_s=load.audio_s,
            paused=load.paused,
            is_behind=load.reader.is_behind,
        )


@dataclass(frozen=True, slots=True)
class SchedulerStats:
    """A look at the scheduler.

    Args:
        admitted: Since the start; always ``finished + cancelled + failed + in_progress``.
        refused: Since the start.
        finished: Since the start.
        cancelled: Since the start; counted when the engine has let go.
        failed: Since the start.
        in_progress: Admitted and not released by the engine, cancelled ones included.
        live: Those of them that are not cancelled.
        streams: Connections with a live response.
        steps: Since the start.
        parts: Jobs in those steps; over ``steps`` it is the mean size of a batch.
        running: Steps in progress.
        late_starts: Responses whose first audio came after it was due.
        gaps: Times that a listener ran dry in the middle of a response, judged from when audio was made.
        gap_s: Length of those gaps in all.
        work_s: Engine work since the start.
        audio_s: Audio made since the start.
        rtf: Seconds of work for a second of audio, lately.
        backlog_s: Estimated work of what is admitted and not made yet.
    """

    admitted: int
    refused: int
    finished: int
    cancelled: int
    failed: int
    in_progress: int
    live: int
    streams: int
    steps: int
    parts: int
    running: int
    late_starts: int
    gaps: int
    gap_s: float
    work_s: float
    audio_s: float
    rtf: float
    backlog_s: float

    @property
    def queue_depth(self) -> int:
        """What ``server.status`` reports: admitted and not yet released by the engine."""
        return self.in_progress
