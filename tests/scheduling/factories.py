"""Schedulers and jobs for tests."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tts_server.errors import BusyError
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import AdmissionLimits, Job, StepMade, StepOutcome
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.scheduling.scheduler import Scheduler

MORE, FINISHED, FAILED = StepOutcome.MORE, StepOutcome.FINISHED, StepOutcome.FAILED


def make_scheduler(
    max_inflight: int = 100,
    max_admitted: int = 1000,
    n_lanes: int = 1,
    estimate: SpeedEstimate | None = None,
    max_waiting_s: float = math.inf,
    **policy: Any,
) -> Scheduler:
    """A scheduler that admits whatever the limits allow, unless ``admission`` is asked for."""
    policy = {"admission": False, **policy}
    return Scheduler(
        AdmissionLimits(max_inflight, max_waiting_s),
        max_admitted=max_admitted,
        n_lanes=n_lanes,
        policy=SchedulingPolicy(**policy),
        estimate=estimate,
    )


def make_estimate(rtf: float = 0.5, step_audio_s: float = 0.2) -> SpeedEstimate:
    """An engine whose speed is known: no start cost, ``step_audio_s`` of audio in every step."""
    estimate = SpeedEstimate()
    estimate.step_done(rtf * step_audio_s, step_audio_s)
    estimate.begun(rtf * step_audio_s, step_audio_s)
    estimate.spoken(10.0, None, 10.0)
    return estimate


def admit(
    scheduler: Scheduler, *job_ids: str, now: float = 0.0, audio_s: float = 10.0, **fields: Any
) -> None:
    """Admit jobs; the letter that a job's id begins with is its connection."""
    for job_id in job_ids:
        scheduler.admit(Job(job_id, job_id[0], audio_s, **fields), now)


def begin(scheduler: Scheduler, now: float, lane: int = 0) -> str | None:
    """Have a step with room for one begun, and tell whose it is."""
    batch = scheduler.next_batch(now, lane)
    assert len(batch) <= 1
    return batch[0] if batch else None


def end(
    scheduler: Scheduler,
    job_id: str,
    now: float,
    *,
    audio_s: float = 0.2,
    work_s: float = 0.1,
    outcome: StepOutcome = MORE,
) -> bool:
    """End a step that worked on one job, and tell whether that is released."""
    released = scheduler.batch_done([StepMade(job_id, audio_s, outcome)], now, work_s=work_s)
    assert released in ([], [job_id])
    return bool(released)


def step(scheduler: Scheduler, now: float, *, lane: int = 0, **made: Any) -> str | None:
    """Do one step that begins and ends at ``now``, and tell whose it was."""
    job_id = begin(scheduler, now, lane)
    if job_id is not None:
        end(scheduler, job_id, now, **made)
    return job_id


def held(scheduler: Scheduler) -> int:
    """Tell how many jobs are admitted and not released."""
    return scheduler.stats(0.0).in_progress


def busy(scheduler: Scheduler, job_id: str, now: float = 0.0, **fields: Any) -> BusyError:
    """Have a job refused."""
    with pytest.raises(BusyError) as caught:
        admit(scheduler, job_id, now=now, **fields)
    return caught.value
