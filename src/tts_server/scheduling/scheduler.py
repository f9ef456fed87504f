"""Who is served next.

Theory of operation. The engine has lanes, each of which does one step at a time, in which it works on one
response or on a *batch* of several. ``next_batch`` decides which responses a free lane works on together (see
``choice``), ``batch_done`` tells what became of each, and nothing else happens in between: no clocks, no
threads, no audio. Every response has a deadline, the moment at which its listener runs dry or, before its
first audio, at which that is due; the nearest goes first. A response stays on the lane of its first step,
since its state lives there.

A listener that ran dry hears the next audio when it is made: its playout starts anew then, so that a response
that is late once is not preferred for ever.

A response whose reader is *behind* (see ``reader``) has no place and no deadline that counts: it has a step
while everybody else has audio in hand, and a small share of the work if that never comes. So whoever reads
slowly, in bursts or not at all takes nothing from those who listen in real time, also when it reads on again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from tts_server.errors import LocalProtocolError
from tts_server.scheduling.backlog import Backlog
from tts_server.scheduling.choice import Choice
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import (
    AdmissionLimits,
    ConnectionLoad,
    Entry,
    Job,
    StepMade,
    StepOutcome,
    StreamKey,
    stream_key,
)
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.scheduling.stats import ConnectionStats, Counters, SchedulerStats

__all__ = ["AdmissionLimits", "Job", "Scheduler", "SchedulingPolicy", "StepMade", "StepOutcome"]


class Scheduler:
    """Gives the engine's steps to the responses that need them most.

    ``now`` is in seconds on any clock that does not go back. Not thread-safe.

    Args:
        limits: What a connection may have whose jobs come without limits of their own.
        max_admitted: Responses admitted and not released, in all; those whose readers take less than real
            time are not counted.
        n_lanes: Engines that work side by side.
        policy: How steps are given out, and what is admitted.
        estimate: What is known of the engine's speed; None is nothing yet.
    """

    def __init__(
        self,
        limits: AdmissionLimits | None = None,
        *,
        max_admitted: int = 32,
        n_lanes: int = 1,
        policy: SchedulingPolicy | None = None,
        estimate: SpeedEstimate | None = None,
    ) -> None:
        self.policy = policy or SchedulingPolicy()
        self.estimate = estimate or SpeedEstimate()
        self.n_lanes = n_lanes
        self._limits = limits or AdmissionLimits()
        self._max_admitted = max_admitted
        self._choice = Choice(self.policy, self.estimate)
        self._entries: dict[str, Entry] = {}
        self._with_deadline: dict[str, Entry] = {}
        self._batches: dict[int, list[str]] = {}
        self._room = 1
        self._connections: dict[str, ConnectionLoad] = {}
        self._counters = Counters()

    # --- decide ---------------------------------------------------------------------------------------------

    def admit(self, job: Job, now: float, limits: AdmissionLimits | None = None) -> None:
        """Take a response, or refuse it; a refusal changes nothing.

        Args:
            job: What is asked for.
            now: The time.
            limits: What its connection may have; None is what the scheduler was told of all.

        Raises:
            BusyError: There is no room, with the time after which there should be.
            LocalProtocolError: A job of that id is admitted already.
        """
        if job.job_id in self._entries:
            raise LocalProtocolError(f"{job.job_id} is admitted already")
        load = self._connections.setdefault(job.connection_id, ConnectionLoad())
        due_s = now + self.policy.first_audio_s
        entry = Entry(job, load, limits or self._limits, self._counters.n_admitted, due_s)
        self._look_at_readers(now)
        busy = self._backlog(now).why_not(entry)
        if busy is not None:
            load.n_refused += 1
            self._counters.n_refused += 1
            raise busy
        load.n_admitted += 1
        self._counters.n_admitted += 1
        self._entries[job.job_id] = entry
        if job.begin_by_s is not None:
            self._with_deadline[job.job_id] = entry

    def next_batch(self, now: float, lane: int = 0, room: int = 1) -> list[str]:
        """Choose the responses that ``lane`` works on next, in one step, until ``batch_done``.

        Args:
            now: The time.
            lane: Which engine.
            room: How many it can work on together at most.

        Returns:
            Ids of jobs of different streams, the most urgent first; none when the lane is busy already or
            nothing may be made now.

        Raises:
            LocalProtocolError: There is no room for anything.
        """
        if room < 1:
            raise LocalProtocolError(f"a batch of {room} is none")
        self._room = room
        if lane in self._batches:
            return []
        ready = [entry for entry in self._candidates(lane) if entry.eligible_at_s <= now]
        if not ready:
            return []
        batch = self._choice.batch(ready, lane, now, room)
        self._counters.n_steps += 1
        for entry in batch:
            entry.lane = lane
            entry.running = True
            self._counters.n_parts += 1
            entry.load.n_steps += 1
            entry.load.served_at = self._counters.n_parts
        self._batches[lane] = [entry.job.job_id for entry in batch]
        return list(self._batches[lane])

    def expired(self, now: float) -> list[str]:
        """Tell which jobs have no audio although their ``begin_by_s`` is here.

        Each is told again until it is cancelled, or a step that was in progress makes audio of it after all.
        Until then it has steps as any other, so ask before ``next_batch``.
        """
        held = self._with_deadline.items()
        return [job_id for job_id, one in held if one.expires_at_s is not None and one.expires_at_s <= now]

    def expires_at(self) -> float | None:
        """When to ask ``expired`` if nothing else happens; None for never."""
        if not self._with_deadline:
            return None
        at_s = (entry.expires_at_s for entry in self._with_deadline.values())
        return min((expires_at_s for expires_at_s in at_s if expires_at_s is not None), default=None)

    def wake_at(self, lane: int = 0) -> float | None:
        """When to ask ``lane`` again if nothing else happens, since a lead shrinks; None for never."""
        return min((entry.eligible_at_s for entry in self._candidates(lane)), default=None)

    def _candidates(self, lane: int) -> Iterator[Entry]:
        """Give the first live job of each stream that ``lane`` may work on."""
        streams: set[StreamKey] = set()
        for entry in self._entries.values():
            if entry.cancelled or entry.stream in streams:
                continue
            streams.add(entry.stream)
            if not entry.running and not entry.load.paused and entry.lane in {None, lane}:
                yield entry

    # --- what became of it ----------------------------------------------------------------------------------

    def batch_done(self, made: Sequence[StepMade], now: float, *, work_s: float) -> list[str]:
        """Take note of what a step made.

        Args:
            made: What each job of a batch got, those that were cancelled meanwhile too; in any order.
            now: When it was made.
            work_s: How long the lane worked on all of it.

        Returns:
            Ids of the jobs that are released: finished, failed, or cancelled while the step was in progress.

        Raises:
            LocalProtocolError: These are not the jobs of a batch in progress; nothing has changed then.
        """
        lane = self._lane_of(made)
        del self._batches[lane]
        self._choice.worked(lane, work_s)
        audio_s = sum(one.audio_s for one in made)
        self._counters.work_s += work_s
        self._counters.audio_s += audio_s
        self.estimate.step_done(work_s, audio_s, len(made))
        released = []
        for one in made:
            entry = self._entries[one.job_id]
            entry.running = False
            entry.work_s += work_s / len(made)
            entry.steps_s += work_s
            if one.audio_s > 0 and not entry.cancelled:
                self._made(entry, now, one.audio_s)
            if self._leave_if_over(entry, one.outcome):
                released.append(one.job_id)
        return released

    def _lane_of(self, made: Sequence[StepMade]) -> int:
        job_ids = [one.job_id for one in made]
        for lane, batch in self._batches.items():
            if batch == job_ids or sorted(batch) == sorted(job_ids):
                return lane
        raise LocalProtocolError(f"{', '.join(sorted(job_ids)) or 'nothing'} is no batch in progress")

    def _made(self, entry: Entry, now: float, audio_s: float) -> None:
        counters = self._counters
        late_s = now - entry.playout_end_s
        if entry.begun:
            if late_s > 0 and not entry.excused and not entry.is_behind:
                counters.n_gaps += 1
                counters.gap_s += late_s
            entry.playout_end_s = max(entry.playout_end_s, now) + audio_s
        else:
            entry.begun = True
            counters.n_late_starts += late_s > 0
            entry.playout_end_s = max(entry.heard_from_s, now) + audio_s
            self.estimate.begun(entry.work_s, audio_s, entry.steps_s)
        entry.excused = False
        entry.made_s += audio_s
        load = entry.load
        load.audio_s += audio_s
        if entry.heard_before_s is None:
            entry.heard_before_s = load.heard_until_s.get(entry.stream, -math.inf)
        load.hear(entry.stream, audio_s, now, keep_s=self.policy.turn_gap_s)

    def _leave_if_over(self, entry: Entry, outcome: StepOutcome) -> bool:
        counters = self._counters
        if entry.cancelled:
            counters.n_cancelled += 1
        elif outcome is StepOutcome.FAILED:
            counters.n_failed += 1
        elif outcome is StepOutcome.FINISHED:
            counters.n_finished += 1
            self.estimate.spoken(entry.job.audio_s, entry.job.voice, entry.made_s)
            self._chain(entry)
        else:
            return False
        self._remove(entry)
        return True

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.job.job_id]
        self._with_deadline.pop(entry.job.job_id, None)

    def _chain(self, ended: Entry) -> None:
        """The next job of the stream is heard when the one that ended has been."""
        for entry in self._entries.values():
            if entry.stream == ended.stream and entry.index > ended.index and not entry.cancelled:
                entry.heard_from_s = ended.playout_end_s
                entry.playout_end_s = max(entry.playout_end_s, ended.playout_end_s)
                return

    def cancel(self, job_id: str, now: float) -> bool:
        """Make no more audio for a job. A job that is not there, or is cancelled already, stays as it is.

        Returns:
            True when a step of it is in progress, and ``batch_done`` will release it; False when it is
            released now.
        """
        entry = self._entries.get(job_id)
        if entry is None:
            return False
        if not entry.cancelled:
            entry.cancelled = True
            if entry.heard_before_s is not None:
                entry.load.heard_until_s[entry.stream] = max(entry.heard_before_s, now)
        if not entry.running:
            self._remove(entry)
            self._counters.n_cancelled += 1
        return entry.running

    def cut_playout(self, connection_id: str, now: float, stream_id: str | None = None) -> None:
        """A listener was interrupted: it throws away what it has not heard of a stream.

        Args:
            connection_id: Whose listener.
            now: When.
            stream_id: As in ``Job``.
        """
        load = self._connections.get(connection_id)
        stream = stream_key(connection_id, stream_id)
        if load is not None and stream in load.heard_until_s:
            load.heard_until_s[stream] = min(load.heard_until_s[stream], now)

    def waits(self, connection_id: str, waiting_s: float, now: float) -> None:
        """Take note of how much of the audio that was made for a connection waits for its reader.

        Args:
            connection_id: Whose reader.
            waiting_s: Audio that the reader could take and has not.
            now: The time.
        """
        load = self._connections.get(connection_id)
        if load is not None:
            load.reader.waits(load.audio_s, waiting_s, now, is_served=self._is_served(load))
            self._let_back(load, now)

    def _look_at_readers(self, now: float) -> None:
        """Let time pass for those who take nothing, of whom nothing is heard."""
        for load in self._connections.values():
            load.reader.elapse(now, is_served=self._is_served(load))
            self._let_back(load, now)

    def _is_served(self, load: ConnectionLoad) -> bool:
        """Tell of a reader that is behind whether more is to be made for it."""
        return load.reader.is_behind and any(
            entry.load is load and not entry.cancelled for entry in self._entries.values()
        )

    def _let_back(self, load: ConnectionLoad, now: float) -> None:
        """Serve a reader in real time again that has kept up for a while, if that takes nobody's place."""
        if load.reader.may_return(now) and self._backlog(now).has_place_for(load):
            load.reader.is_behind = False
            self._excuse(load)

    def pause(self, connection_id: str) -> None:
        """Make no more audio for a connection: its reader is behind."""
        self._connections.setdefault(connection_id, ConnectionLoad()).paused = True

    def resume(self, connection_id: str) -> None:
        """Go on with a connection; what came late because it did not read is no gap of ours."""
        load = self._connections.setdefault(connection_id, ConnectionLoad())
        load.paused = False
        self._excuse(load)

    def _excuse(self, load: ConnectionLoad) -> None:
        for entry in self._entries.values():
            entry.excused |= entry.load is load

    def forget(self, connection_id: str, now: float) -> list[str]:
        """A connection is gone: cancel its jobs and remember nothing more of it.

        Returns:
            Ids of the jobs that are released now; the others are released by ``batch_done``.
        """
        own = [job_id for job_id, entry in self._entries.items() if entry.job.connection_id == connection_id]
        released = [job_id for job_id in own if not self.cancel(job_id, now)]
        self._connections.pop(connection_id, None)
        return released

    # --- what an operator asks ------------------------------------------------------------------------------

    def _backlog(self, now: float) -> Backlog:
        return Backlog(
            entries=self._entries.values(),
            connections=self._connections,
            estimate=self.estimate,
            policy=self.policy,
            max_admitted=self._max_admitted,
            n_lanes=max(self.n_lanes, 1),
            room=self._room,
            now=now,
        )

    def stats(self, now: float) -> SchedulerStats:
        """Look at the whole."""
        counters = self._counters
        live = [entry for entry in self._entries.values() if not entry.cancelled]
        return SchedulerStats(
            admitted=counters.n_admitted,
            refused=counters.n_refused,
            finished=counters.n_finished,
            cancelled=counters.n_cancelled,
            failed=counters.n_failed,
            in_progress=len(self._entries),
            live=len(live),
            streams=len({entry.job.connection_id for entry in live}),
            steps=counters.n_steps,
            parts=counters.n_parts,
            running=len(self._batches),
            late_starts=counters.n_late_starts,
            gaps=counters.n_gaps,
            gap_s=counters.gap_s,
            work_s=counters.work_s,
            audio_s=counters.audio_s,
            rtf=self.estimate.rtf,
            backlog_s=self._backlog(now).work_s,
        )

    def connection_stats(self, now: float) -> list[ConnectionStats]:
        """Look at each connection that is known."""
        self._look_at_readers(now)
        in_progress = [entry.job.connection_id for entry in self._entries.values()]
        return [
            ConnectionStats.of(connection_id, load, in_progress.count(connection_id))
            for connection_id, load in self._connections.items()
        ]
