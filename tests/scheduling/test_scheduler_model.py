"""Any order of admissions, batches, cancels, pauses and disconnects, on several lanes, beside a model."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.scheduling.factories import make_scheduler

from tts_server.errors import BusyError
from tts_server.scheduling.job import AdmissionLimits, Job, StepMade, StepOutcome
from tts_server.scheduling.scheduler import Scheduler

MAX_ADMITTED = 9
LIMITS = {
    "a": AdmissionLimits(3),
    "b": AdmissionLimits(3, 5.0),
    "c": AdmissionLimits(1),
    "d": AdmissionLimits(6),
}
"""Connections differ in what they may have."""

CONNECTIONS = st.sampled_from("abcd")
N_LANES = 2


@dataclass
class Known:
    """What the model knows of a job that is admitted and not released."""

    job: Job
    due_s: float
    lane: int | None = None
    begun: bool = False
    cancelled: bool = False
    heard_from_s: float = field(default=-math.inf)

    @property
    def stream(self) -> tuple[str, str | None]:
        return self.job.connection_id, self.job.stream_id


class Scheduling(RuleBasedStateMachine):
    scheduler: Scheduler
    room: int

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.jobs: dict[str, Known] = {}  # in the order of their admission
        self.running: dict[int, list[str]] = {}
        self.paused: set[str] = set()
        self.n_admitted = self.n_refused = self.n_steps = self.n_parts = 0
        self.ends = dict.fromkeys(("finished", "failed", "cancelled"), 0)

    @initialize(
        admission=st.booleans(),
        order=st.sampled_from(["deadline", "deadline", "fifo"]),
        room=st.sampled_from([1, 2, 8]),
    )
    def start(self, admission: bool, order: str, room: int) -> None:
        self.room = room
        self.scheduler = make_scheduler(
            max_admitted=MAX_ADMITTED, n_lanes=N_LANES, admission=admission, order=order
        )

    # --- the model ---

    def release(self, job_id: str, how: str) -> None:
        del self.jobs[job_id]
        self.ends[how] += 1

    def live(self, connection_id: str) -> list[str]:
        return [
            job_id
            for job_id, known in self.jobs.items()
            if known.job.connection_id == connection_id and not known.cancelled
        ]

    def at_work(self) -> set[str]:
        return {job_id for batch in self.running.values() for job_id in batch}

    def behind(self) -> set[str]:
        """Live jobs whose reader takes less than real time; they keep nobody out."""
        stats = self.scheduler.connection_stats(self.now)
        return {job_id for one in stats if one.is_behind for job_id in self.live(one.connection_id)}

    def ready(self, lane: int) -> set[str]:
        """Jobs that this lane may work on."""
        ready, streams, at_work = set(), set(), self.at_work()
        for job_id, known in self.jobs.items():
            if known.cancelled or known.stream in streams:
                continue
            streams.add(known.stream)
            lead_s = known.job.max_lead_s
            waits = known.begun and lead_s is not None and known.due_s - lead_s > self.now
            is_paused = known.job.connection_id in self.paused
            if job_id not in at_work and not is_paused and not waits and known.lane in (None, lane):
                ready.add(job_id)
        return ready

    def interval(self, job_id: str) -> int:
        return math.floor(self.jobs[job_id].due_s / self.scheduler.policy.tie_s)

    # --- admission ---

    @rule(
        connection_ids=st.lists(CONNECTIONS, min_size=1, max_size=5),
        stream=st.sampled_from([None, "x"]),
        lead_s=st.sampled_from([None, 0.5]),
    )
    def admit_several(self, connection_ids: list[str], stream: str | None, lead_s: float | None) -> None:
        for connection_id in connection_ids:
            self.admit(connection_id, 2.0, stream, lead_s, None)

    @rule(
        connection_id=CONNECTIONS,
        audio_s=st.floats(0.1, 20.0),
        stream=st.sampled_from([None, "x", "y"]),
        lead_s=st.sampled_from([None, 0.5]),
        patience_s=st.sampled_from([None, 0.0, 0.4]),
    )
    def admit(
        self,
        connection_id: str,
        audio_s: float,
        stream: str | None,
        lead_s: float | None,
        patience_s: float | None,
    ) -> None:
        begin_by_s = None if patience_s is None else self.now + patience_s
        job_id = f"{connection_id}{self.n_admitted}_{self.n_refused}"
        job = Job(job_id, connection_id, audio_s, lead_s, stream_id=stream, begin_by_s=begin_by_s)
        counted, limits = len(self.jobs) - len(self.behind()), LIMITS[connection_id]
        full = counted >= MAX_ADMITTED or len(self.live(connection_id)) >= limits.max_inflight
        alone = not self.jobs and not any(self.ends.values())
        busy = self.refusal(job, limits)
        if busy is not None:
            assert 20 <= busy.retry_after_ms <= 60_000
            assert full or self.scheduler.policy.admission
            assert not alone, "an idle machine refuses nobody"
            self.n_refused += 1
        else:
            assert not full
            self.jobs[job_id] = Known(job, self.now + self.scheduler.policy.first_audio_s)
            self.n_admitted += 1

    def refusal(self, job: Job, limits: AdmissionLimits) -> BusyError | None:
        try:
            self.scheduler.admit(job, self.now, limits)
        except BusyError as error:
            return error
        return None

    # --- batches ---

    @rule(lane=st.integers(0, N_LANES - 1))
    def next_batch(self, lane: int) -> None:
        behind, ready = self.behind(), self.ready(lane)
        batch = self.scheduler.next_batch(self.now, lane, self.room)
        if lane in self.running:
            assert not batch, "two steps on one lane"
            return
        assert bool(batch) is bool(ready)
        assert len(set(batch)) == len(batch) <= self.room
        assert set(batch) <= ready, "not of this lane, at work, cancelled, paused or out of turn"
        assert len({self.jobs[job_id].stream for job_id in batch}) == len(batch), "two of one stream"
        if batch:
            self.check_urgency(batch, ready, behind)
            self.running[lane] = batch
            self.n_steps += 1
            self.n_parts += len(batch)
        for job_id in batch:
            self.jobs[job_id].lane = lane

    def check_urgency(self, batch: list[str], ready: set[str], behind: set[str]) -> None:
        """Those in time go by deadline, and without need nobody who is behind goes with them."""
        if self.scheduler.policy.order == "fifo":
            order = [job_id for job_id in self.jobs if job_id in ready]
            assert batch == order[: self.room]
            return
        in_time = [job_id for job_id in batch if job_id not in behind]
        intervals = [self.interval(job_id) for job_id in in_time]
        assert intervals == sorted(intervals)
        left_out = ready - behind - set(batch)
        if in_time and left_out:
            assert max(intervals) <= min(map(self.interval, left_out))
        if len(batch) - len(in_time) > 1 and ready - behind:
            nearest_s = min(self.jobs[job_id].due_s for job_id in ready - behind)
            assert nearest_s - self.now > self.scheduler.policy.in_hand_s - self.scheduler.policy.tie_s

    @precondition(lambda self: self.running)
    @rule(data=st.data(), work_s=st.sampled_from([0.0, 0.1, 0.5]))
    def batch_done(self, data: st.DataObject, work_s: float) -> None:
        lane = data.draw(st.sampled_from(sorted(self.running)))
        audio_s = st.sampled_from([0.0, 0.2, 1.0])
        outcome = st.sampled_from([StepOutcome.MORE, StepOutcome.MORE, *StepOutcome])
        made = [
            StepMade(job_id, data.draw(audio_s), data.draw(outcome))
            for job_id in data.draw(st.permutations(self.running[lane]))
        ]
        self.end_step(lane, made, work_s)

    def end_step(self, lane: int, made: list[StepMade], work_s: float) -> None:
        self.now += work_s
        del self.running[lane]
        gone = self.scheduler.batch_done(made, self.now, work_s=work_s)
        expected = []
        for one in made:
            known = self.jobs[one.job_id]
            if one.audio_s and not known.cancelled:
                begins_s = known.due_s if known.begun else known.heard_from_s
                known.due_s, known.begun = max(begins_s, self.now) + one.audio_s, True
            if known.cancelled or one.outcome is not StepOutcome.MORE:
                expected.append(one.job_id)
                self.release(one.job_id, "cancelled" if known.cancelled else one.outcome.value)
            if one.outcome is StepOutcome.FINISHED and not known.cancelled:
                self.chain(known)
        assert gone == expected

    def chain(self, ended: Known) -> None:
        """The next of a stream is due when the one before has been heard."""
        for known in self.jobs.values():
            if known.stream == ended.stream and not known.cancelled:
                known.heard_from_s, known.due_s = ended.due_s, max(known.due_s, ended.due_s)
                return

    @rule(sizes=st.lists(st.sampled_from([0.0, 0.2, 1.0]), min_size=1, max_size=8))
    def work(self, sizes: list[float]) -> None:
        """Do several steps in a row, each on the first lane that is free."""
        for audio_s in sizes:
            for lane in range(N_LANES):
                self.next_batch(lane)
            for lane, batch in sorted(self.running.items()):
                self.end_step(lane, [StepMade(one, audio_s, StepOutcome.MORE) for one in batch], 0.1)

    @rule()
    def all_lanes_work_until_nothing_is_left(self) -> None:
        """Whatever may be made is made in the end: nobody starves."""
        for lane, batch in list(self.running.items()):
            self.end_step(lane, [StepMade(one, 0.1, StepOutcome.MORE) for one in batch], 0.1)
        steps_left = dict.fromkeys(self.jobs, 3)
        for _ in range(4 * sum(limits.max_inflight for limits in LIMITS.values())):
            self.now += 0.5
            for lane in range(N_LANES):
                self.next_batch(lane)
                made = []
                for job_id in self.running.get(lane, []):
                    steps_left[job_id] -= 1
                    outcome = StepOutcome.MORE if steps_left[job_id] else StepOutcome.FINISHED
                    made.append(StepMade(job_id, 0.1, outcome))
                if made:
                    self.end_step(lane, made, 0.1)
        assert all(known.job.connection_id in self.paused for known in self.jobs.values())

    # --- what else happens ---

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))
        is_held = self.scheduler.cancel(job_id, self.now)
        assert is_held is (job_id in self.at_work())
        if is_held:
            self.jobs[job_id].cancelled = True
        else:
            self.release(job_id, "cancelled")

    @rule(is_woken=st.booleans())
    def give_up_what_is_too_late(self, is_woken: bool) -> None:
        """Ask at any time, or when the scheduler said to."""
        at_s = self.scheduler.expires_at()
        if is_woken and at_s is not None:
            self.now = max(self.now, at_s)
        late = self.scheduler.expired(self.now)
        assert late == [
            job_id
            for job_id, known in self.jobs.items()
            if not known.begun and not known.cancelled
            if known.job.begin_by_s is not None and known.job.begin_by_s <= self.now
        ]
        assert self.scheduler.expired(self.now) == late, "told until they are cancelled"
        for job_id in late:
            if self.scheduler.cancel(job_id, self.now):
                self.jobs[job_id].cancelled = True
            else:
                self.release(job_id, "cancelled")
        assert self.scheduler.expired(self.now) == []

    @rule(connection_id=CONNECTIONS, paused=st.booleans())
    def pause_or_resume(self, connection_id: str, paused: bool) -> None:
        if paused:
            self.scheduler.pause(connection_id)
            self.paused.add(connection_id)
        else:
            self.scheduler.resume(connection_id)
            self.paused.discard(connection_id)

    @rule(connection_id=CONNECTIONS, waiting_s=st.sampled_from([0.0, 1.0, 12.0]))
    def what_waits_changes(self, connection_id: str, waiting_s: float) -> None:
        self.scheduler.waits(connection_id, waiting_s, self.now)

    @rule(connection_ids=st.sets(CONNECTIONS, min_size=1, max_size=3))
    def readers_fall_behind(self, connection_ids: set[str]) -> None:
        for elapsed_s in (0.0, 10.0):
            self.now += elapsed_s
            for connection_id in sorted(connection_ids):
                self.scheduler.waits(connection_id, 12.0, self.now)

    @rule(connection_id=CONNECTIONS, stream=st.sampled_from([None, "x"]))
    def interrupt(self, connection_id: str, stream: str | None) -> None:
        self.scheduler.cut_playout(connection_id, self.now, stream)

    @rule(connection_id=CONNECTIONS)
    def forget(self, connection_id: str) -> None:
        own = {job_id for job_id, known in self.jobs.items() if known.job.connection_id == connection_id}
        released = self.scheduler.forget(connection_id, self.now)
        assert set(released) == own - self.at_work()
        for job_id in released:
            self.release(job_id, "cancelled")
        for job_id in own & self.at_work():
            self.jobs[job_id].cancelled = True
        self.paused.discard(connection_id)

    @rule(seconds=st.sampled_from([0.05, 0.7, 5.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    # --- what holds at any time ---

    @invariant()
    def what_is_admitted_is_conserved(self) -> None:
        if not hasattr(self, "scheduler"):
            return
        stats = self.scheduler.stats(self.now)
        assert stats.admitted == stats.finished + stats.cancelled + stats.failed + stats.in_progress
        assert stats.admitted == self.n_admitted
        assert stats.refused == self.n_refused
        assert {name: getattr(stats, name) for name in self.ends} == self.ends
        assert stats.in_progress == stats.queue_depth == len(self.jobs)
        assert stats.live == sum(not known.cancelled for known in self.jobs.values())
        assert (stats.running, stats.steps, stats.parts) == (len(self.running), self.n_steps, self.n_parts)
        assert stats.backlog_s >= 0

    @invariant()
    def backlog_is_bounded_with_those_who_are_behind(self) -> None:
        if hasattr(self, "scheduler"):
            assert len(self.jobs) <= MAX_ADMITTED + sum(limits.max_inflight for limits in LIMITS.values())

    @invariant()
    def shares_are_kept(self) -> None:
        for connection_id, limits in LIMITS.items():
            assert len(self.live(connection_id)) <= limits.max_inflight

    @invariant()
    def somebody_is_served_where_somebody_may_be(self) -> None:
        """A free lane is told when to ask again as long as there is something that it could do."""
        for lane in set(range(N_LANES)) - set(self.running):
            if self.ready(lane):
                at_s = self.scheduler.wake_at(lane)
                assert at_s is not None
                assert at_s <= self.now

    @invariant()
    def whoever_waits_no_longer_than_so_is_told_in_time(self) -> None:
        if hasattr(self, "scheduler"):
            waiting = [k for k in self.jobs.values() if not k.begun and not k.cancelled]
            at_s = [k.job.begin_by_s for k in waiting if k.job.begin_by_s is not None]
            assert self.scheduler.expires_at() == min(at_s, default=None)


Scheduling.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_any_order_of_inputs_conserves_jobs_and_serves_everybody = Scheduling.TestCase
