"""A machine with listeners, in simulated time: what the scheduler does to them, by counts."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

from tts_server.errors import BusyError
from tts_server.scheduling.job import Job, StepMade, StepOutcome
from tts_server.scheduling.scheduler import Scheduler

CHAR_S = 0.065
STEP_AUDIO_S = (0.2, 0.4, 0.8, 1.0)
"""Steps grow, as far as their work allows."""
STEP_WORK_S = 0.12
TICK_S = 0.1
RIDER = 2 / 7
"""With it a batch of 8 costs as much as 3."""
MAX_WAITING_S = 15.0
"""What waits for a reader before its connection is paused: a mebibyte."""


@dataclass(frozen=True)
class Reading:
    """How a reader takes what waits for it.

    Args:
        rate: Seconds of audio a second.
        every_s: It takes so much for so long at once, and nothing in between.
        begin_s: Until then it takes all there is, at once.
        resume_s: From then on it does so again.
    """

    rate: float = math.inf
    every_s: float = TICK_S
    begin_s: float = 0.0
    resume_s: float = math.inf

    def take_s(self, now: float) -> float:
        """Tell how much of what waits is taken at this tick."""
        if self.rate == math.inf or now < self.begin_s or now >= self.resume_s:
            return math.inf
        n_ticks = max(round(self.every_s / TICK_S), 1)
        return self.rate * n_ticks * TICK_S if round(now / TICK_S) % n_ticks == 0 else 0.0


@dataclass
class Talker:
    """A connection that commits a text as soon as the one before was made, or ``pause_s`` after.

    One with a ``lead_s`` reads as it plays: so far ahead, and again when ``piece_s`` of that was played.
    """

    name: str
    n_chars: int = 100
    begin_s: float = 0.0
    pause_s: float = 0.0
    n_texts: int = 10**6
    reading: Reading = Reading()
    lead_s: float | None = None
    piece_s: float = TICK_S
    heard_until_s: float = -1.0
    first_audio_s: list[float] = field(default_factory=list)
    gap_s: float = 0.0
    audio_s: float = 0.0
    n_refused: int = 0
    retries_ms: list[int] = field(default_factory=list)
    waiting_s: float = 0.0
    read_until_s: float = -1.0
    dry_s: float = 0.0
    is_full: bool = False
    is_paused: bool = False
    n_times_behind: int = 0

    def read(self, now: float) -> None:
        """Take at one tick what it takes; with a lead, play it."""
        taken_s = min(self.waiting_s, self.reading.take_s(now))
        if self.lead_s is not None:
            ahead_s = max(self.read_until_s - now, 0.0)
            self.is_full = ahead_s > self.lead_s - (self.piece_s if self.is_full else TICK_S)
            taken_s = 0.0 if self.is_full else min(taken_s, self.lead_s - ahead_s)
        if taken_s > 0:
            self.waiting_s -= taken_s
            if self.read_until_s > 0:
                self.dry_s += max(now - self.read_until_s, 0.0)
            self.read_until_s = max(self.read_until_s, now) + taken_s


class Simulation:
    """One engine lane with a given speed.

    Listeners hear their texts one after another; a gap is where a text has begun and its next audio is late.
    A step has ``room`` for so many texts, and each beyond the largest adds ``rider`` of its own work.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        talkers: list[Talker],
        *,
        rtf: float,
        start_s: float = 0.03,
        room: int = 1,
        rider: float = 1.0,
    ) -> None:
        self.scheduler = scheduler
        self.talkers = {talker.name: talker for talker in talkers}
        self.rtf = rtf
        self.start_s = start_s
        self.room = room
        self.rider = rider
        self.commits = {talker.name: talker.begin_s for talker in talkers}
        self.left: dict[str, float] = {}
        self.n_steps: dict[str, int] = defaultdict(int)
        self.committed_at: dict[str, float] = {}
        self.now = 0.0
        self.n_ticks = 0

    def run(self, until_s: float) -> None:
        while self.now < until_s:
            self.read()
            self.commit()
            batch = self.scheduler.next_batch(self.now, room=self.room)
            if not batch:
                due_s = min(self.commits.values(), default=until_s)
                self.now = max(self.now + 0.005, min(due_s, (self.n_ticks + 1) * TICK_S))
            else:
                self.step(batch)

    def read(self) -> None:
        """Let the readers take what they have taken by now, tick by tick, as the wire tells of it."""
        while (at_s := (self.n_ticks + 1) * TICK_S) <= self.now:
            self.n_ticks += 1
            for talker in self.talkers.values():
                talker.read(at_s)
                self.tell(talker, at_s)
            if self.n_ticks % 10 == 0:
                for one in self.scheduler.connection_stats(at_s):
                    self.talkers[one.connection_id].n_times_behind += one.is_behind

    def tell(self, talker: Talker, now: float) -> None:
        self.scheduler.waits(talker.name, talker.waiting_s, now)
        if not talker.is_paused and talker.waiting_s > MAX_WAITING_S:
            talker.is_paused = True
            self.scheduler.pause(talker.name)
        elif talker.is_paused and talker.waiting_s <= MAX_WAITING_S / 2:
            talker.is_paused = False
            self.scheduler.resume(talker.name)

    def commit(self) -> None:
        for name, at_s in list(self.commits.items()):
            talker = self.talkers[name]
            if at_s > self.now or not talker.n_texts:
                continue
            job_id = f"{name}.{talker.n_texts}"
            try:
                self.scheduler.admit(Job(job_id, name, talker.n_chars * CHAR_S), self.now)
            except BusyError as error:
                talker.n_refused += 1
                talker.retries_ms.append(error.retry_after_ms)
                self.commits[name] = self.now + error.retry_after_ms / 1000
            else:
                talker.n_texts -= 1
                del self.commits[name]
                self.left[job_id] = talker.n_chars * CHAR_S
                self.committed_at[job_id] = self.now

    def step(self, batch: list[str]) -> None:
        parts = {job_id: self.part(job_id) for job_id in batch}
        longest_s = max(work_s for _, work_s in parts.values())
        work_s = longest_s + self.rider * (sum(work_s for _, work_s in parts.values()) - longest_s)
        self.now += work_s
        self.read()
        made = [self.hear(job_id, audio_s) for job_id, (audio_s, _) in parts.items()]
        for job_id in self.scheduler.batch_done(made, self.now, work_s=work_s):
            talker = self.talker(job_id)
            self.commits[talker.name] = self.now + talker.pause_s
        for job_id, (audio_s, _) in parts.items():
            talker = self.talker(job_id)
            talker.waiting_s += audio_s
            if talker.reading.rate == math.inf and talker.lead_s is None:
                talker.read(self.now)
            self.tell(talker, self.now)

    def talker(self, job_id: str) -> Talker:
        return self.talkers[job_id.partition(".")[0]]

    def part(self, job_id: str) -> tuple[float, float]:
        """Tell what the next step of a text makes, and what it costs alone."""
        n_done = self.n_steps[job_id]
        audio_s = min(self.left[job_id], STEP_AUDIO_S[min(n_done, 3)], STEP_WORK_S / self.rtf)
        return audio_s, audio_s * self.rtf + (0 if n_done else self.start_s)

    def hear(self, job_id: str, audio_s: float) -> StepMade:
        talker = self.talker(job_id)
        if self.n_steps[job_id]:
            talker.gap_s += max(0.0, self.now - talker.heard_until_s)
        else:
            talker.first_audio_s.append(self.now - self.committed_at[job_id])
        self.n_steps[job_id] += 1
        self.left[job_id] -= audio_s
        talker.heard_until_s = max(talker.heard_until_s, self.now) + audio_s
        talker.audio_s += audio_s
        outcome = StepOutcome.MORE if self.left[job_id] > 1e-9 else StepOutcome.FINISHED
        return StepMade(job_id, audio_s, outcome)
