"""What the scheduler is asked to have spoken, and what it remembers of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum


class StepOutcome(Enum):
    """How a step ended."""

    MORE = "more"
    """There is more to make."""
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One response.

    Args:
        job_id: Its name, unique among all that are admitted.
        connection_id: Whose it is; shares and ties go by connection.
        n_chars: Length of its text.
        max_lead_s: Make no more than so much audio ahead of its playout; None is no bound.
        voice: Which voice speaks, for the estimate of the length.
        stream_id: Jobs of one stream are synthesized one after another, in the order of their admission; None
            is the connection.
    """

    job_id: str
    connection_id: str
    n_chars: int
    max_lead_s: float | None = None
    voice: str | None = None
    stream_id: str | None = None


class ConnectionLoad:
    """What the scheduler remembers of one connection, for ties, reservations and whoever asks.

    ``heard_until_s`` is when its listener will have heard all that was made for it, ``made_at_s`` when the
    last of that was made, ``served_at`` the number of its last step.
    """

    __slots__ = (
        "audio_s",
        "heard_until_s",
        "made_at_s",
        "n_admitted",
        "n_refused",
        "n_steps",
        "paused",
        "served_at",
    )

    def __init__(self) -> None:
        self.served_at = 0
        self.heard_until_s = -math.inf
        self.made_at_s = -math.inf
        self.paused = False
        self.n_admitted = 0
        self.n_refused = 0
        self.n_steps = 0
        self.audio_s = 0.0


class Entry:
    """A job while the scheduler has it.

    ``playout_end_s`` is the moment at which the listener has heard everything that was made so far, or,
    before the first audio, the moment at which that is due: its deadline in either case. ``heard_from_s`` is
    when the listener will have heard what came before it in its stream; ``excused``, that its connection did
    not read for a while.
    """

    __slots__ = (
        "begun",
        "cancelled",
        "excused",
        "heard_from_s",
        "index",
        "job",
        "lane",
        "load",
        "made_s",
        "playout_end_s",
        "running",
        "stream",
        "work_s",
    )

    def __init__(self, job: Job, load: ConnectionLoad, index: int, due_s: float) -> None:
        self.job = job
        self.load = load
        self.index = index
        self.stream = job.stream_id or job.connection_id
        self.playout_end_s = due_s
        self.lane: int | None = None
        self.begun = False
        self.running = False
        self.cancelled = False
        self.excused = False
        self.heard_from_s = -math.inf
        self.made_s = 0.0
        self.work_s = 0.0

    @property
    def eligible_at_s(self) -> float:
        """From when on it may have a step: not before its lead has shrunk below the bound."""
        if not self.begun or self.job.max_lead_s is None:
            return -math.inf
        return self.playout_end_s - self.job.max_lead_s
