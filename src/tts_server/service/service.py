"""Joins the connections' rules, the scheduler and the engines, on the event loop's thread.

Theory of operation. A connection's driver submits a response; the scheduler admits it or says that it is
busy. Whenever an engine is idle the scheduler is asked whose step comes next, and the step is ordered from
the engine's thread. When the step comes back, the scheduler is told what it took, the driver gets the
audio, and the scheduler is asked again. Nothing here waits: orders go out through the worker's queue,
results come in through ``call_soon_threadsafe``.

A response that is cancelled during its step is released when the step returns, which the driver is then
told. A step that does not return in time makes its engine *stuck*: every response that depends on that
engine fails with a clear message, new ones are refused while no other engine is well, and when the step
returns after all, the engine is used again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, ParamSpec

from tts_server.errors import DeadlineError, LocalProtocolError, SynthesisError, TTSServerError
from tts_server.quiet_log import QuietLog
from tts_server.scheduling.scheduler import Job, Scheduler, StepMade, StepOutcome
from tts_server.service.lanes import Lane, Task
from tts_server.service.listener import Listener
from tts_server.service.stats import ServiceStats
from tts_server.service.worker import BatchEnded, StepEnded
from tts_server.speech.made import Made

if TYPE_CHECKING:
    import asyncio

    from tts_server.service.worker import EngineWorker
    from tts_server.speech.request import SpeechRequest

logger = logging.getLogger(__name__)

P = ParamSpec("P")

STEP_TIMEOUT_S: Final = 30.0
"""A step that has not returned for so long makes its engine stuck. Steps take about 0.1 s; an engine that
cannot be cut does a segment of some seconds at once."""

MAX_EMPTY_STEPS: Final = 1000
"""Steps in a row without a sample after which a response fails: an engine that gets nowhere must not spin."""


class SpeechService:
    """See the head of this file. Everything runs on the event loop's thread.

    Args:
        workers: The engines, loaded; all of one model.
        scheduler: Decides who is served next.
        loop: The event loop, whose clock is that of every ``now``.
        step_timeout_s: Longest that a step may take.
    """

    def __init__(
        self,
        workers: Sequence[EngineWorker],
        scheduler: Scheduler,
        loop: asyncio.AbstractEventLoop,
        *,
        step_timeout_s: float = STEP_TIMEOUT_S,
    ) -> None:
        self._scheduler = scheduler
        self._loop = loop
        self._step_timeout_s = step_timeout_s
        self._lanes = [Lane(i, worker) for i, worker in enumerate(workers)]
        self._tasks: dict[str, Task] = {}
        self._is_dispatch_due = False
        self._is_closed = False
        self._expiry: asyncio.TimerHandle | None = None
        self._quiet = QuietLog(logger)
        self._n_steps = 0
        self._n_bad_samples = 0
        self._n_words_repaired = 0
        self._n_words_left_out = 0
        self._n_releases = 0
        self._release_s = 0.0
        self._longest_release_s = 0.0

    def close(self) -> None:
        """Order nothing more, and set no more timers off; results that come late are taken."""
        self._is_closed = True
        for lane in self._lanes:
            lane.set_off()
        if self._expiry is not None:
            self._expiry.cancel()

    @property
    def sample_rate_hz(self) -> int:
        """Of everything that is made."""
        return self._lanes[0].worker.model.sample_rate_hz

    @property
    def queue_depth(self) -> int:
        """Responses admitted and not yet released by an engine."""
        return len(self._tasks)

    @property
    def stats(self) -> ServiceStats:
        """What was counted."""
        n_stuck = sum(lane.is_stuck for lane in self._lanes)
        return ServiceStats(
            steps=self._n_steps,
            bad_samples=self._n_bad_samples,
            words_repaired=self._n_words_repaired,
            words_left_out=self._n_words_left_out,
            releases=self._n_releases,
            release_s=self._release_s,
            longest_release_s=self._longest_release_s,
            stuck_engines=n_stuck,
            engines=len(self._lanes),
        )

    def submit(
        self,
        listener: Listener,
        response_id: str,
        request: SpeechRequest,
        *,
        stream_id: str | None = None,
        max_lead_s: float | None = None,
        begin_in_s: float | None = None,
    ) -> None:
        """Admit a response; its first step is ordered once the event loop comes to it.

        Args:
            listener: Who gets what is made.
            response_id: Its name, of which the listener has no other.
            request: What is to be spoken, and how.
            stream_id: Its stream among the listener's; those of one are spoken one after another. None is
                the listener's own.
            max_lead_s: Make no more than so much sound ahead of its playout; None is no bound.
            begin_in_s: It fails with ``DeadlineError`` unless some of it is made so soon; None is no bound.

        Raises:
            BusyError: There is no room; says when to try again.
            SynthesisError: Every engine is stuck.
        """
        if all(lane.is_stuck for lane in self._lanes):
            raise SynthesisError("the speech engine is stuck on an earlier text; try again later")
        job_id = _job_id(listener, response_id)
        audio_s = self._lanes[0].worker.estimate_s(request)
        now = self._loop.time()
        job = Job(
            job_id,
            listener.connection_id,
            audio_s,
            max_lead_s=max_lead_s,
            voice=request.voice,
            stream_id=stream_id,
            begin_by_s=None if begin_in_s is None else now + begin_in_s,
        )
        self._scheduler.admit(job, now, listener.admission)
        self._tasks[job_id] = Task(job_id, listener, response_id, request)
        self._dispatch_soon()

    def cancel(self, listener: Listener, response_id: str) -> None:
        """Stop a response; ``listener.released`` follows once, at once if it is not at a step."""
        task = self._tasks.get(_job_id(listener, response_id))
        if task is None:
            # It ended while the cancel was on its way; the engine holds nothing of it.
            listener.released(response_id)
            return
        if task.cancelled_at is not None or task.is_over:
            return
        now = self._loop.time()
        self._dispatch_soon()
        if self._scheduler.cancel(task.job_id, now):
            task.cancelled_at = now
            return
        self._count_release(0.0)
        task.is_over = True
        self._let_go(task)
        listener.released(response_id)

    def cut(self, listener: Listener, stream_id: str | None = None) -> None:
        """A listener was interrupted after all of a stream was made."""
        self._scheduler.cut_playout(listener.connection_id, self._loop.time(), stream_id)
        self._dispatch_soon()

    def pause(self, listener: Listener) -> None:
        """Order no more steps for a connection."""
        self._scheduler.pause(listener.connection_id)

    def resume(self, listener: Listener) -> None:
        """Order steps for a connection again."""
        self._scheduler.resume(listener.connection_id)
        self._dispatch_soon()

    def waits(self, listener: Listener, waiting_s: float) -> None:
        """So many seconds of speech wait at a connection until its reader takes them."""
        self._scheduler.waits(listener.connection_id, waiting_s, self._loop.time())

    def forget(self, listener: Listener) -> None:
        """A connection has ended: it is told nothing more. Says in the log what it had."""
        for stats in self._scheduler.connection_stats(self._loop.time()):
            if stats.connection_id == listener.connection_id:
                logger.debug(
                    "connection %s had %d responses, %d refused, %d steps, %.1f s of audio",
                    *(stats.connection_id, stats.n_admitted, stats.n_refused, stats.n_steps, stats.audio_s),
                )
        for task in self._tasks.values():
            task.is_over |= task.listener is listener
        for job_id in self._scheduler.forget(listener.connection_id, self._loop.time()):
            self._let_go(self._tasks[job_id])
        self._dispatch_soon()

    def _dispatch_soon(self) -> None:
        """Look for steps to order once what goes on at this moment is over: it may bring up more."""
        if not self._is_dispatch_due:
            self._is_dispatch_due = True
            self._loop.call_soon(self._dispatch)

    def _dispatch(self) -> None:
        """Order a step from every idle engine for which the scheduler has one."""
        self._is_dispatch_due = False
        if self._is_closed:
            return
        self._end_expired()
        for lane in self._lanes:
            if not lane.batch:
                self._order_step(lane)

    def _order_step(self, lane: Lane) -> None:
        now = self._loop.time()
        job_ids = self._scheduler.next_batch(now, lane.index, lane.worker.max_batch)
        if not job_ids:
            self._set_alarm(lane, self._scheduler.wake_at(lane.index))
            return
        lane.batch = [self._tasks[job_id] for job_id in job_ids]
        for task in lane.batch:
            task.lane = lane
        lane.step_began = now
        if lane.watchdog is None:
            lane.watchdog = self._loop.call_at(now + self._step_timeout_s, self._watch, lane)
        lane.worker.step([(task.job_id, task.request) for task in lane.batch])

    def _end_expired(self) -> None:
        """Fail what was of use only if it had begun by now, and look again when the next is due."""
        if self._expiry is None and self._scheduler.expires_at() is None:
            return
        now = self._loop.time()
        for task in [self._tasks[job_id] for job_id in self._scheduler.expired(now)]:
            # What those before it were told may have ended it.
            if task.cancelled_at is None and not task.is_over:
                self._fail(task, DeadlineError("nothing of it could be spoken in time"))
        at_s = self._scheduler.expires_at()
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = None if at_s is None else self._loop.call_at(at_s, self._dispatch)

    def _fail(self, task: Task, error: TTSServerError) -> None:
        """Tell a listener that a response failed, whatever the engine is at."""
        self._end(task)
        self._apart(task, task.listener.failed, task.response_id, error)

    def _end(self, task: Task) -> None:
        """Have the engine let go of a response of which nobody is to hear any more."""
        task.is_over = True
        is_held = self._scheduler.cancel(task.job_id, self._loop.time())
        if not is_held and self._tasks.get(task.job_id) is task:
            self._let_go(task)

    def _apart(self, task: Task, tell: Callable[P, None], *what: P.args, **named: P.kwargs) -> None:
        """Tell a listener something; a fault of its own costs it the response, and nobody else anything."""
        try:
            tell(*what, **named)
        except Exception:
            logger.exception("the listener of response %s broke at what it was told", task.job_id)
            self._end(task)

    def _set_alarm(self, lane: Lane, at_s: float | None) -> None:
        if lane.alarm is not None:
            lane.alarm.cancel()
        lane.alarm = None if at_s is None else self._loop.call_at(at_s, self._wake, lane)

    def _wake(self, lane: Lane) -> None:
        """Ask again for a lane that had nothing to do but what was too early."""
        lane.alarm = None
        self._dispatch()

    def batch_ended(self, worker: EngineWorker, ended: BatchEnded) -> None:
        """Take what came of a step."""
        lane = next(lane for lane in self._lanes if lane.worker is worker)
        batch = lane.batch
        if [task.job_id for task in batch] != [result.job_id for result in ended.results]:
            raise LocalProtocolError(f"engine {lane.index} answered for what it was not asked for")
        lane.batch = []
        if lane.is_stuck:
            lane.is_stuck = False
            self._count_lanes()
            logger.warning("engine %d answers again", lane.index)
        self._n_steps += 1
        judged = [self._judge(task, result) for task, result in zip(batch, ended.results, strict=True)]
        made = [
            StepMade(result.job_id, result.made.audio_s, outcome)
            for result, (outcome, _) in zip(ended.results, judged, strict=True)
        ]
        released = self._scheduler.batch_done(made, self._loop.time(), work_s=ended.work_s)
        for task, result, (outcome, error) in zip(batch, ended.results, judged, strict=True):
            self._count_bad_samples(task, result.made.n_bad)
            self._n_words_repaired += result.made.n_repaired
            self._n_words_left_out += result.made.n_left_out
            # What those before it were told may have ended it: until it is told itself it can be cancelled.
            if task.job_id in released and self._tasks.get(task.job_id) is task:
                self._let_go(task, is_open=result.outcome is StepOutcome.MORE)
            self._apart(task, self._tell, task, result.made, outcome, error)
        self._dispatch()

    def _judge(self, task: Task, result: StepEnded) -> tuple[StepOutcome, TTSServerError | None]:
        """What the step came to, with an engine that gets nowhere counted as failed."""
        task.n_empty_steps = 0 if result.made.pcm else task.n_empty_steps + 1
        if result.outcome is StepOutcome.MORE and task.n_empty_steps >= MAX_EMPTY_STEPS:
            return StepOutcome.FAILED, SynthesisError("the speech engine makes no audio of this text")
        return result.outcome, result.error

    def _tell(self, task: Task, made: Made, outcome: StepOutcome, error: TTSServerError | None) -> None:
        listener, response_id = task.listener, task.response_id
        if task.cancelled_at is not None:
            self._count_release(self._loop.time() - task.cancelled_at)
        if task.is_over:
            return
        if task.cancelled_at is not None:
            listener.released(response_id)
            return
        if (made.pcm or made.words) and outcome is not StepOutcome.FAILED:
            listener.made(response_id, made)
        if outcome is StepOutcome.FINISHED:
            listener.finished(response_id)
        elif outcome is StepOutcome.FAILED:
            error = error or SynthesisError("the speech engine failed on this text")
            self._quiet.say(logging.WARNING, "failed", "response %s failed: %s", task.job_id, error)
            listener.failed(response_id, error)

    def _let_go(self, task: Task, *, is_open: bool = True) -> None:
        del self._tasks[task.job_id]
        if task.lane is not None and is_open:
            task.lane.worker.drop(task.job_id)

    def _count_release(self, after_s: float) -> None:
        self._n_releases += 1
        self._release_s += after_s
        self._longest_release_s = max(self._longest_release_s, after_s)

    def _count_bad_samples(self, task: Task, n_bad: int) -> None:
        if n_bad:
            self._n_bad_samples += n_bad
            message = "response %s: %d samples were not numbers and were made silent"
            self._quiet.say(logging.WARNING, "bad samples", message, task.job_id, n_bad)

    def _watch(self, lane: Lane) -> None:
        """Look at a lane when its step could be overdue; one timer serves many steps."""
        lane.watchdog = None
        if not lane.batch or lane.is_stuck:
            return
        due = lane.step_began + self._step_timeout_s
        if self._loop.time() < due:
            lane.watchdog = self._loop.call_at(due, self._watch, lane)
            return
        lane.is_stuck = True
        self._count_lanes()
        logger.error(
            "engine %d has been at one step of %s for %g s and is stuck",
            lane.index,
            ", ".join(f"response {task.job_id}" for task in lane.batch),
            self._step_timeout_s,
        )
        self._give_up(lane)
        self._dispatch_soon()

    def _count_lanes(self) -> None:
        """An engine that is stuck keeps up with nobody."""
        self._scheduler.n_lanes = sum(not lane.is_stuck for lane in self._lanes)

    def _give_up(self, lane: Lane) -> None:
        """Fail every response that waits for a stuck engine."""
        are_all_stuck = all(other.is_stuck for other in self._lanes)
        error = SynthesisError(f"the speech engine has not answered for {self._step_timeout_s:g} s")
        for task in list(self._tasks.values()):
            depends = task.lane is lane or (task.lane is None and are_all_stuck)
            if task.is_over or not depends or self._tasks.get(task.job_id) is not task:
                continue
            if task.cancelled_at is not None:
                task.is_over = True
                self._apart(task, task.listener.released, task.response_id)
            else:
                self._fail(task, error)


def _job_id(listener: Listener, response_id: str) -> str:
    return f"{listener.connection_id}/{response_id}"
