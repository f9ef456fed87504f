"""A machine with listeners, in simulated time: the real scheduler, a model of the engine, real agents' turns.

Pure and seeded: the same plan gives the same figures on any machine, a thousand times faster than it would
take. The turns are those that ``load`` plays over the wire, and the figures are the same too, so that a
prediction can be laid beside a measurement.

Theory of operation. What happens next lies in a heap, ordered by time. A lane's step ends, a listener
commits, interrupts or has heard its text: each of them tells the scheduler, and after each the idle lanes ask
it for their next step. Listeners play in real time, read ``lead_s`` ahead of what they play, commit again
after ``retry_after_ms`` when the server is busy, and cancel what they speak over.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tts_server.bench.agents import PATTERNS, PlannedTurn, planned_turns
from tts_server.bench.engine_model import EngineModel
from tts_server.bench.outcome import StreamOutcome
from tts_server.bench.playback import Playback, Turn
from tts_server.bench.sentences import SENTENCES
from tts_server.errors import BusyError
from tts_server.limits import Limits
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.scheduling.scheduler import AdmissionLimits, Job, Scheduler, StepMade, StepOutcome
from tts_server.scheduling.stats import SchedulerStats

RATE_HZ: Final = 24_000
SECONDS_PER_CHAR: Final = 0.065

UNSENT_BYTES_PER_S: Final = 70_000
"""What a second of audio takes on the wire: 50 frames of 1280 bytes of base64 and 120 around it."""


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What to simulate; see ``load.LoadPlan`` for the fields that both have.

    Args:
        engine: What the engine's steps cost and make.
        n_lanes: Engines side by side.
        max_batch: How many texts an engine works on in one step at most.
        lead_s: How much a listener reads ahead of what it plays; None is what the pattern says.
        limits: The server's.
        policy: How steps are given out, and what is admitted.
    """

    engine: EngineModel = field(default_factory=EngineModel)
    n_streams: int = 2
    seconds: float = 120.0
    pattern: str = "turns"
    seed: int = 1
    n_lanes: int = 1
    max_batch: int = 1
    lead_s: float | None = None
    limits: Limits = field(default_factory=lambda: Limits(max_admitted=1000))
    policy: SchedulingPolicy = field(default_factory=SchedulingPolicy)

    def agents(self) -> list[Iterator[PlannedTurn]]:
        """The turns of every listener, the same as over the wire."""
        pattern = PATTERNS[self.pattern]
        return [planned_turns(pattern, self.seed * 1000 + number) for number in range(self.n_streams)]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One response's part of a step of a lane, for whoever watches."""

    job_id: str
    lane: int
    began_s: float
    ended_s: float
    audio_s: float


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """What listeners got, and the scheduler's own account of it."""

    streams: list[StreamOutcome]
    stats: SchedulerStats
    seconds: float


@dataclass(slots=True)
class _Response:
    """A response that the server has admitted."""

    job_id: str
    listener: _Listener
    turn: Turn
    steps: Iterator[tuple[float, float]]


class _Listener:
    """One connection and the one who listens there."""

    def __init__(self, number: int, turns: Iterator[PlannedTurn]) -> None:
        self.connection_id = f"connection {number}"
        self.turns = turns
        self.outcome = StreamOutcome()
        self.playback = Playback(RATE_HZ)
        self.paused = False


class Simulation:
    """See the head of this file.

    Args:
        plan: What to simulate.
        agents: The turns of each listener, in place of those that the plan names.
        is_continuous: Whether these agents speak without a pause; the plan's pattern says so otherwise.
        on_step: Told of each step when it ends.
        on_cancel: Told which response was cancelled, and when.
    """

    def __init__(
        self,
        plan: SimulationPlan,
        *,
        agents: Sequence[Iterator[PlannedTurn]] | None = None,
        is_continuous: bool | None = None,
        on_step: Callable[[StepRecord], None] | None = None,
        on_cancel: Callable[[str, float], None] | None = None,
    ) -> None:
        self._plan = plan
        continuous = PATTERNS[plan.pattern].is_continuous if is_continuous is None else is_continuous
        self._is_continuous = continuous
        self._lead_s = PATTERNS[plan.pattern].lead_s if plan.lead_s is None else plan.lead_s
        self._on_step = on_step
        self._on_cancel = on_cancel
        self._listeners = [_Listener(n, turns) for n, turns in enumerate(agents or plan.agents(), 1)]
        self._rng = random.Random(plan.seed)  # noqa: S311 - a step's noise, not secrets
        self._numbers = itertools.count(1)
        self._order = itertools.count()
        self._due: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._responses: dict[str, _Response] = {}
        self._idle_lanes = set(range(plan.n_lanes))
        self.pause_at_s = plan.limits.max_unsent_bytes / UNSENT_BYTES_PER_S
        self.now_s = 0.0
        self.scheduler = Scheduler(
            AdmissionLimits(plan.limits.max_inflight, self.pause_at_s),
            max_admitted=plan.limits.max_admitted,
            n_lanes=plan.n_lanes,
            policy=plan.policy,
            estimate=warm_estimate(plan.engine),
        )

    def run(self) -> SimulationResult:
        """Simulate to the end; once."""
        for listener in self._listeners:
            self._next_turn(listener)
        while self._due:
            self.now_s, _, act, arguments = heapq.heappop(self._due)
            act(*arguments)
            if self._idle_lanes:
                self._dispatch()
        streams = [listener.outcome for listener in self._listeners]
        return SimulationResult(streams, self.scheduler.stats(self.now_s), self.now_s)

    def _at(self, when_s: float, act: Callable[..., None], *arguments: Any) -> None:
        heapq.heappush(self._due, (max(when_s, self.now_s), next(self._order), act, arguments))

    # --- listeners ---

    def _next_turn(self, listener: _Listener) -> None:
        planned = next(listener.turns, None)
        if planned is not None:
            pause_s = min(planned.pause_s, max(0.0, self._plan.seconds - self.now_s))
            self._at(self.now_s + pause_s, self._commit, listener, planned)

    def _commit(self, listener: _Listener, planned: PlannedTurn) -> None:
        left_s = self._plan.seconds - self.now_s
        if left_s <= 0:
            return
        for one in self._listeners:
            self._tell(one)
        job_id = f"{listener.connection_id}/{next(self._numbers)}"
        job = Job(job_id, listener.connection_id, estimated_s(planned.text))
        try:
            self.scheduler.admit(job, self.now_s)
        except BusyError as error:
            listener.outcome.n_refused += 1
            self._at(self.now_s + error.retry_after_ms / 1000, self._commit, listener, planned)
            return
        turn = Turn(began_s=self.now_s)
        response = _Response(job_id, listener, turn, self._plan.engine.steps(planned.text, self._rng))
        self._responses[job_id] = response
        # A run ends on time: whoever is still speaking then is interrupted.
        after_s = left_s if planned.cancel_after_s is None else min(left_s, planned.cancel_after_s)
        self._at(self.now_s + after_s, self._cancel, response)

    def _cancel(self, response: _Response) -> None:
        turn, listener = response.turn, response.listener
        if turn.is_ended:
            return
        if not self.scheduler.cancel(response.job_id, self.now_s):
            # Nothing of it runs now; where the engine had it complete already, it is gone as well.
            self._responses.pop(response.job_id, None)
        self.scheduler.cut_playout(listener.connection_id, self.now_s)
        if self._on_cancel is not None:
            self._on_cancel(response.job_id, self.now_s)
        turn.cancelled_at_s, turn.cancel_s = self.now_s, 0.0
        # What was not read yet is dropped by the server.
        unread_s = max(0.0, listener.playback.lead_s(self.now_s) - self._lead_s)
        turn.audio_s = max(0.0, turn.audio_s - unread_s)
        self._end_turn(response)
        listener.playback.rest()
        self._resume(listener)
        self._next_turn(listener)

    def _hear_end(self, response: _Response) -> None:
        """The listener has read to the end of a response."""
        listener = response.listener
        self._tell(listener)
        if response.turn.is_ended:
            return
        self._end_turn(response)
        if self._is_continuous:
            self._next_turn(listener)
        else:
            dry_at_s = listener.playback.runs_dry_at_s()
            self._at(self.now_s if dry_at_s is None else dry_at_s, self._rest, listener)

    def _rest(self, listener: _Listener) -> None:
        listener.playback.rest()
        self._next_turn(listener)

    def _end_turn(self, response: _Response) -> None:
        response.turn.is_ended = True
        response.listener.outcome.take(response.turn, is_cut_short=self.now_s >= self._plan.seconds)

    def _hear(self, response: _Response, audio_s: float) -> None:
        turn, playback = response.turn, response.listener.playback
        n_gaps, n_late = len(playback.gaps_s), playback.n_late_frames
        playback.take(round(audio_s * RATE_HZ), self.now_s)
        turn.audio_s += audio_s
        turn.gaps_s += tuple(playback.gaps_s[n_gaps:])
        turn.n_late_frames += playback.n_late_frames - n_late
        if turn.first_audio_s is None:
            turn.first_audio_s = self.now_s - turn.began_s
        self._pause_if_behind(response.listener)

    # --- a listener that reads too slowly for the server's queue ---

    def _unread_s(self, listener: _Listener) -> float:
        return listener.playback.lead_s(self.now_s) - self._lead_s

    def _tell(self, listener: _Listener) -> None:
        """Tell the scheduler what waits for a listener, as the wire does all the time."""
        unread_s = max(self._unread_s(listener), 0.0)
        self.scheduler.waits(listener.connection_id, unread_s, self.now_s)

    def _pause_if_behind(self, listener: _Listener) -> None:
        unread_s = self._unread_s(listener)
        self._tell(listener)
        # Nobody waits longer than something is there to be read.
        self._at(self.now_s + max(unread_s, 0.0), self._tell, listener)
        if unread_s > self.pause_at_s and not listener.paused:
            listener.paused = True
            self.scheduler.pause(listener.connection_id)
            self._at(self.now_s + unread_s - self.pause_at_s / 2, self._resume_if_read, listener)

    def _resume_if_read(self, listener: _Listener) -> None:
        self._tell(listener)
        excess_s = self._unread_s(listener) - self.pause_at_s / 2
        if excess_s > 1e-6:
            self._at(self.now_s + excess_s, self._resume_if_read, listener)
        else:
            self._resume(listener)

    def _resume(self, listener: _Listener) -> None:
        if listener.paused:
            listener.paused = False
            self.scheduler.resume(listener.connection_id)

    # --- lanes ---

    def _dispatch(self) -> None:
        for lane in sorted(self._idle_lanes):
            batch = self.scheduler.next_batch(self.now_s, lane, self._plan.max_batch)
            if batch:
                self._idle_lanes.discard(lane)
                self._begin_step(lane, [self._responses[job_id] for job_id in batch])
                continue
            wake_s = self.scheduler.wake_at(lane)
            if wake_s is not None and self.now_s < wake_s < math.inf:
                self._at(wake_s, _nothing)

    def _begin_step(self, lane: int, batch: list[_Response]) -> None:
        parts = [next(response.steps, None) for response in batch]
        # A backend tells that a text is complete in a step of its own, which costs nothing.
        work_s = self._plan.engine.batch_work_s([work_s for work_s, _ in filter(None, parts)] or [0.0])
        made = [
            StepMade(response.job_id, 0.0, StepOutcome.FINISHED)
            if part is None
            else StepMade(response.job_id, part[1], StepOutcome.MORE)
            for response, part in zip(batch, parts, strict=True)
        ]
        self._at(self.now_s + work_s, self._step_done, lane, batch, made, self.now_s)

    def _step_done(self, lane: int, batch: list[_Response], made: list[StepMade], began_s: float) -> None:
        self._idle_lanes.add(lane)
        if self._on_step is not None:
            for one in made:
                self._on_step(StepRecord(one.job_id, lane, began_s, self.now_s, one.audio_s))
        for job_id in self.scheduler.batch_done(made, self.now_s, work_s=self.now_s - began_s):
            del self._responses[job_id]
        for response, one in zip(batch, made, strict=True):
            self._take(response, one)

    def _take(self, response: _Response, made: StepMade) -> None:
        if response.turn.is_ended:
            return
        if made.audio_s:
            self._hear(response, made.audio_s)
        if made.outcome is StepOutcome.FINISHED:
            dry_at_s = response.listener.playback.runs_dry_at_s()
            read_at_s = self.now_s if dry_at_s is None else dry_at_s - self._lead_s
            self._at(read_at_s, self._hear_end, response)


def _nothing() -> None:
    """What happens is that the lanes ask again."""


def simulate(plan: SimulationPlan) -> SimulationResult:
    """Simulate a plan."""
    return Simulation(plan).run()


def warm_estimate(engine: EngineModel) -> SpeedEstimate:
    """What a server knows of its engine after it has spoken a few sentences."""
    estimate, rng = SpeedEstimate(), random.Random(0)  # noqa: S311 - no secrets
    for sentence in SENTENCES[2:6]:
        work_before_s = spoken_s = 0.0
        for work_s, audio_s in engine.steps(sentence, rng):
            estimate.step_done(work_s, audio_s)
            if audio_s and not spoken_s:
                estimate.begun(work_before_s + work_s, audio_s)
            work_before_s += work_s
            spoken_s += audio_s
        estimate.spoken(estimated_s(sentence), None, spoken_s)
    return estimate


def estimated_s(text: str) -> float:
    """What a backend without an estimate of its own would say of a text's length."""
    return SECONDS_PER_CHAR * len(text)
