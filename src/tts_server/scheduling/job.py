"""What the scheduler is asked to have spoken, and what it remembers of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from tts_server.scheduling.reader import Reader


class StepOutcome(Enum):
    """How a step ended."""

    MORE = "more"
    """There is more to make."""
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepMade:
    """What one job of a batch got of the engine's step.

    Args:
        job_id: From ``next_batch``.
        audio_s: Length of what was made for it; for a cancelled job too, although nobody hears it.
        outcome: How it ended for this job.
    """

    job_id: str
    audio_s: float
    outcome: StepOutcome


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """What one connection may have; it comes with each admission, since connections differ in it.

    Args:
        max_inflight: Responses admitted and neither ended nor cancelled.
        max_waiting_s: Audio that waits for its reader, above which the connection is paused until half of it
            is left; infinite for one that is never paused.
    """

    max_inflight: int = 1
    max_waiting_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Job:
    """One response.

    Args:
        job_id: Its name, unique among all that are admitted.
        connection_id: Whose it is; shares and ties go by connection.
        audio_s: How long its speech should be, as the engine estimates from the request alone; the scheduler
            learns by how much each voice differs.
        max_lead_s: Make no more than so much audio ahead of its playout; None is no bound.
        voice: Which voice speaks, for what is learnt of its length.
        stream_id: Name of a stream of the connection; jobs of one are synthesized one after another, in the
            order of their admission, those of several side by side. None is the connection itself.
        begin_by_s: A job without any audio then is of no use to its listener, on the clock of ``now``; None
            is never. It makes nothing more urgent: who asks for more haste would get it from others.
    """

    job_id: str
    connection_id: str
    audio_s: float
    max_lead_s: float | None = None
    voice: str | None = None
    stream_id: str | None = None
    begin_by_s: float | None = None


StreamKey = tuple[str, str]
"""A stream's connection and its name there; names are unique within a connection alone."""


def stream_key(connection_id: str, stream_id: str | None) -> StreamKey:
    """Name a stream among those of all connections."""
    return connection_id, stream_id or connection_id


class ConnectionLoad:
    """What the scheduler remembers of one connection, for ties, reservations and whoever asks.

    ``heard_until_s`` tells for each stream when its listener will have heard all that was made for it,
    ``made_at_s`` when the last of that was made, ``served_at`` the number of the last step, ``reader`` what
    the connection takes of what was made.
    """

    __slots__ = (
        "audio_s",
        "heard_until_s",
        "made_at_s",
        "n_admitted",
        "n_refused",
        "n_steps",
        "paused",
        "reader",
        "served_at",
    )

    def __init__(self) -> None:
        self.served_at = 0
        self.heard_until_s: dict[StreamKey, float] = {}
        self.made_at_s = -math.inf
        self.paused = False
        self.reader = Reader()
        self.n_admitted = 0
        self.n_refused = 0
        self.n_steps = 0
        self.audio_s = 0.0

    def hear(self, stream: StreamKey, audio_s: float, now: float, *, keep_s: float) -> None:
        """Add audio to what is heard of a stream; one who ran dry hears it from now on.

        Streams that ended more than ``keep_s`` ago are forgotten: a connection may begin one with each turn.
        """
        for name in [name for name, until_s in self.heard_until_s.items() if until_s < now - keep_s]:
            del self.heard_until_s[name]
        self.heard_until_s[stream] = max(self.heard_until_s.get(stream, now), now) + audio_s
        self.made_at_s = now


class Entry:
    """A job while the scheduler has it.

    ``playout_end_s`` is the moment at which the listener has heard everything that was made so far, or,
    before the first audio, the moment at which that is due: its deadline in either case. ``heard_from_s`` is
    when the listener will have heard what came before it in its stream; ``excused``, that its connection did
    not read for a while. ``heard_before_s`` is until when its stream was heard without it, None while nothing
    of it was made. ``work_s`` is its part of the steps that it had, ``steps_s`` the whole of them.
    """

    __slots__ = (
        "begun",
        "cancelled",
        "excused",
        "heard_before_s",
        "heard_from_s",
        "index",
        "job",
        "lane",
        "limits",
        "load",
        "made_s",
        "playout_end_s",
        "running",
        "steps_s",
        "stream",
        "work_s",
    )

    def __init__(
        self, job: Job, load: ConnectionLoad, limits: AdmissionLimits, index: int, due_s: float
    ) -> None:
        self.job = job
        self.load = load
        self.limits = limits
        self.index = index
        self.stream = stream_key(job.connection_id, job.stream_id)
        self.playout_end_s = due_s
        self.lane: int | None = None
        self.begun = False
        self.running = False
        self.cancelled = False
        self.excused = False
        self.heard_from_s = -math.inf
        self.heard_before_s: float | None = None
        self.made_s = 0.0
        self.work_s = 0.0
        self.steps_s = 0.0

    @property
    def is_behind(self) -> bool:
        """Whether its reader takes less than real time, so that it has what others leave."""
        return self.load.reader.is_behind

    @property
    def eligible_at_s(self) -> float:
        """From when on it may have a step: not before its lead has shrunk below the bound."""
        if not self.begun or self.job.max_lead_s is None:
            return -math.inf
        return self.playout_end_s - self.job.max_lead_s

    @property
    def expires_at_s(self) -> float | None:
        """When it is of no use any more; None for never, as of one that was cancelled or has audio."""
        return None if self.begun or self.cancelled else self.job.begin_by_s
