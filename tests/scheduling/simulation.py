"""A machine with listeners, in simulated time: what the scheduler does to them, by counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tts_server.errors import BusyError
from tts_server.scheduling.job import Job, StepOutcome
from tts_server.scheduling.scheduler import Scheduler

CHAR_S = 0.065
STEP_AUDIO_S = (0.2, 0.4, 0.8, 1.0)
"""Steps grow, as far as their work allows."""
STEP_WORK_S = 0.12


@dataclass
class Talker:
    """A connection that commits a text as soon as the one before was made, or ``pause_s`` after."""

    name: str
    n_chars: int = 100
    begin_s: float = 0.0
    pause_s: float = 0.0
    n_texts: int = 10**6
    heard_until_s: float = -1.0
    first_audio_s: list[float] = field(default_factory=list)
    gap_s: float = 0.0
    audio_s: float = 0.0
    n_refused: int = 0


class Simulation:
    """One engine lane with a given speed.

    Listeners hear their texts one after another; a gap is where a text has begun and its next audio is late.
    """

    def __init__(
        self, scheduler: Scheduler, talkers: list[Talker], *, rtf: float, start_s: float = 0.03
    ) -> None:
        self.scheduler = scheduler
        self.talkers = {talker.name: talker for talker in talkers}
        self.rtf = rtf
        self.start_s = start_s
        self.commits = {talker.name: talker.begin_s for talker in talkers}
        self.left: dict[str, float] = {}
        self.n_steps: dict[str, int] = defaultdict(int)
        self.committed_at: dict[str, float] = {}
        self.now = 0.0

    def run(self, until_s: float) -> None:
        while self.now < until_s:
            self.commit()
            job_id = self.scheduler.next_step(self.now)
            if job_id is None:
                self.now = max(self.now + 0.005, min(self.commits.values(), default=until_s))
            else:
                self.step(job_id)

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
                self.commits[name] = self.now + error.retry_after_ms / 1000
            else:
                talker.n_texts -= 1
                del self.commits[name]
                self.left[job_id] = talker.n_chars * CHAR_S
                self.committed_at[job_id] = self.now

    def step(self, job_id: str) -> None:
        talker = self.talkers[job_id.partition(".")[0]]
        n_done = self.n_steps[job_id]
        audio_s = min(self.left[job_id], STEP_AUDIO_S[min(n_done, 3)], STEP_WORK_S / self.rtf)
        work_s = audio_s * self.rtf + (0 if n_done else self.start_s)
        self.now += work_s
        self.n_steps[job_id] += 1
        self.left[job_id] -= audio_s
        if n_done:
            talker.gap_s += max(0.0, self.now - talker.heard_until_s)
        else:
            talker.first_audio_s.append(self.now - self.committed_at[job_id])
        talker.heard_until_s = max(talker.heard_until_s, self.now) + audio_s
        talker.audio_s += audio_s
        outcome = StepOutcome.MORE if self.left[job_id] > 1e-9 else StepOutcome.FINISHED
        if self.scheduler.step_done(job_id, self.now, work_s=work_s, audio_s=audio_s, outcome=outcome):
            self.commits[talker.name] = self.now + talker.pause_s
