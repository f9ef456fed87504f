"""Any order of admissions, steps, cancels, pauses and disconnects, on several lanes."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.scheduling.factories import make_scheduler

from tts_server.errors import BusyError
from tts_server.limits import Limits
from tts_server.scheduling.job import Job, StepOutcome
from tts_server.scheduling.scheduler import Scheduler

LIMITS = Limits(max_inflight=3, max_admitted=7)
CONNECTIONS = st.sampled_from("abcd")
N_LANES = 2


class Scheduling(RuleBasedStateMachine):
    scheduler: Scheduler

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.jobs: dict[str, Job] = {}  # admitted and not released
        self.order: list[str] = []  # in the order of their admission
        self.cancelled: set[str] = set()
        self.running: dict[int, str] = {}
        self.lanes: dict[str, int] = {}
        self.paused: set[str] = set()
        self.n_admitted = 0
        self.n_refused = 0
        self.ends = dict.fromkeys(("finished", "failed", "cancelled"), 0)

    @initialize(admission=st.booleans(), order=st.sampled_from(["deadline", "fifo"]))
    def start(self, admission: bool, order: str) -> None:
        self.scheduler = make_scheduler(LIMITS, N_LANES, admission=admission, order=order)

    def release(self, job_id: str, how: str) -> None:
        del self.jobs[job_id]
        self.order.remove(job_id)
        self.cancelled.discard(job_id)
        self.ends[how] += 1

    def live(self, connection_id: str) -> list[str]:
        return [
            job_id
            for job_id, job in self.jobs.items()
            if job.connection_id == connection_id and job_id not in self.cancelled
        ]

    def behind(self) -> set[str]:
        """Jobs whose reader takes less than real time; they keep nobody out."""
        stats = self.scheduler.connection_stats(self.now)
        connections = {one.connection_id for one in stats if one.is_behind}
        return {
            job_id
            for job_id, job in self.jobs.items()
            if job.connection_id in connections and job_id not in self.cancelled
        }

    def refusal(self, job: Job) -> BusyError | None:
        try:
            self.scheduler.admit(job, self.now)
        except BusyError as error:
            return error
        return None

    @rule(
        connection_ids=st.lists(CONNECTIONS, min_size=1, max_size=5),
        stream=st.sampled_from([None, "x"]),
        lead_s=st.sampled_from([None, 0.5]),
    )
    def admit_several(self, connection_ids: list[str], stream: str | None, lead_s: float | None) -> None:
        for connection_id in connection_ids:
            self.admit(connection_id, 2.0, stream, lead_s)

    @rule(
        connection_id=CONNECTIONS,
        audio_s=st.floats(0.1, 20.0),
        stream=st.sampled_from([None, "x", "y"]),
        lead_s=st.sampled_from([None, 0.5]),
    )
    def admit(self, connection_id: str, audio_s: float, stream: str | None, lead_s: float | None) -> None:
        job_id = f"{connection_id}{self.n_admitted}_{self.n_refused}"
        job = Job(job_id, connection_id, audio_s, lead_s, stream_id=stream and connection_id + stream)
        counted = len(self.jobs) - len(self.behind())
        full = counted >= LIMITS.max_admitted or len(self.live(connection_id)) >= LIMITS.max_inflight
        alone = not self.jobs and not any(self.ends.values())
        busy = self.refusal(job)
        if busy is not None:
            assert 20 <= busy.retry_after_ms <= 60_000
            assert full or self.scheduler.policy.admission
            assert not alone, "an idle machine refuses nobody"
            self.n_refused += 1
        else:
            assert not full
            self.jobs[job_id] = job
            self.order.append(job_id)
            self.n_admitted += 1

    @rule(lane=st.integers(0, N_LANES - 1))
    def next_step(self, lane: int) -> None:
        job_id = self.scheduler.next_step(self.now, lane)
        if job_id is None:
            return
        assert lane not in self.running, "two steps on one lane"
        assert job_id not in self.running.values(), "two steps of one job"
        assert job_id in self.jobs
        assert job_id not in self.cancelled, "a step for nobody"
        job = self.jobs[job_id]
        assert job.connection_id not in self.paused
        assert self.lanes.setdefault(job_id, lane) == lane, "a job left its lane"
        stream = job.stream_id or job.connection_id
        for other in self.order[: self.order.index(job_id)]:
            other_stream = self.jobs[other].stream_id or self.jobs[other].connection_id
            assert other in self.cancelled or other_stream != stream, "out of turn in its stream"
        self.running[lane] = job_id

    @precondition(lambda self: self.running)
    @rule(
        data=st.data(),
        audio_s=st.sampled_from([0.0, 0.2, 1.0]),
        work_s=st.sampled_from([0.0, 0.1, 0.5]),
        outcome=st.sampled_from([StepOutcome.MORE, StepOutcome.MORE, *StepOutcome]),
    )
    def step_done(self, data: st.DataObject, audio_s: float, work_s: float, outcome: StepOutcome) -> None:
        self.end_step(data.draw(st.sampled_from(sorted(self.running))), audio_s, work_s, outcome)

    def end_step(self, lane: int, audio_s: float, work_s: float, outcome: StepOutcome) -> None:
        job_id = self.running.pop(lane)
        self.now += work_s
        gone = self.scheduler.step_done(job_id, self.now, work_s=work_s, audio_s=audio_s, outcome=outcome)
        if job_id in self.cancelled:
            assert gone
            self.release(job_id, "cancelled")
        else:
            assert gone is (outcome is not StepOutcome.MORE)
            if gone:
                self.release(job_id, outcome.value)

    @rule(sizes=st.lists(st.sampled_from([0.0, 0.2, 1.0]), min_size=1, max_size=8))
    def work(self, sizes: list[float]) -> None:
        """Do several steps in a row, each on the first lane that is free."""
        for audio_s in sizes:
            for lane in range(N_LANES):
                self.next_step(lane)
            for lane in sorted(self.running):
                self.end_step(lane, audio_s, 0.1, StepOutcome.MORE)

    @precondition(lambda self: self.jobs)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))
        running = self.scheduler.cancel(job_id, self.now)
        assert running is (job_id in self.running.values())
        if running:
            self.cancelled.add(job_id)
        else:
            self.release(job_id, "cancelled")

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

    @rule(connection_id=CONNECTIONS)
    def forget(self, connection_id: str) -> None:
        own = {job_id for job_id, job in self.jobs.items() if job.connection_id == connection_id}
        released = self.scheduler.forget(connection_id, self.now)
        assert set(released) == own - set(self.running.values())
        for job_id in released:
            self.release(job_id, "cancelled")
        self.cancelled |= own & set(self.running.values())
        self.paused.discard(connection_id)

    @rule(seconds=st.sampled_from([0.05, 0.7, 5.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def all_lanes_work_until_nothing_is_left(self) -> None:
        """Whatever may be made is made in the end: nobody starves."""
        for lane, job_id in list(self.running.items()):
            if self.scheduler.step_done(job_id, self.now, work_s=0.1, audio_s=0.1, outcome=StepOutcome.MORE):
                self.release(job_id, "cancelled")
            del self.running[lane]
        steps_left = dict.fromkeys(self.jobs, 3)
        for _ in range(4 * LIMITS.max_admitted):
            self.now += 0.5
            for lane in range(N_LANES):
                chosen = self.scheduler.next_step(self.now, lane)
                if chosen is not None:
                    self.lanes.setdefault(chosen, lane)
                    steps_left[chosen] -= 1
                    outcome = StepOutcome.MORE if steps_left[chosen] else StepOutcome.FINISHED
                    self.scheduler.step_done(chosen, self.now, work_s=0.1, audio_s=0.1, outcome=outcome)
                    if outcome is StepOutcome.FINISHED:
                        self.release(chosen, "finished")
        assert all(job.connection_id in self.paused for job in self.jobs.values())

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
        assert stats.live == len(self.jobs) - len(self.cancelled)
        assert stats.running == len(self.running)
        assert stats.backlog_s >= 0

    @invariant()
    def backlog_is_bounded_with_those_who_are_behind(self) -> None:
        if hasattr(self, "scheduler"):
            assert len(self.jobs) <= LIMITS.max_admitted + LIMITS.max_inflight * len("abcd")

    @invariant()
    def shares_are_kept(self) -> None:
        assert all(len(self.live(connection_id)) <= LIMITS.max_inflight for connection_id in "abcd")

    @invariant()
    def somebody_is_served_where_somebody_may_be(self) -> None:
        """A free lane without a step has none that it could do, now or when it is told to ask again."""
        for lane in set(range(N_LANES)) - set(self.running):
            waiting = [
                job_id
                for job_id, job in self.jobs.items()
                if job_id not in self.cancelled
                and job_id not in self.running.values()
                and job.connection_id not in self.paused
                and self.lanes.get(job_id, lane) == lane
                and job.stream_id is None
                and self.live(job.connection_id)[0] == job_id
            ]
            if waiting:
                assert self.scheduler.wake_at(lane) is not None


Scheduling.TestCase.settings = settings(max_examples=70, stateful_step_count=40, deadline=None)
test_any_order_of_inputs_conserves_jobs_and_serves_everybody = Scheduling.TestCase
