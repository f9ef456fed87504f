"""The one thread on which a backend lives: it loads the model, runs one step at a time, and closes it.

Theory of operation. Orders go in through a queue and are carried out in their order: load, step, drop,
stop. What comes of them goes out through ``deliver``, called on the engine's thread, so that the thread
never waits for anybody but its queue. A job's first step also starts its utterance; an utterance is closed
with its last step, when it fails, or when it is dropped. The thread is not a daemon: a model must not be
torn down under a running native call.

Nothing that a backend raises ends the thread. A ``SynthesisError`` is passed on as it is; any other
exception is a fault of the backend, goes to the log with its traceback, and to the client as one line that
says nothing about the inside.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from tts_server.audio.pcm import to_pcm16
from tts_server.backends.base import LoadCancelled
from tts_server.errors import SynthesisError, TTSServerError

if TYPE_CHECKING:
    from tts_server.backends.base import Backend, Utterance
    from tts_server.speech.chunk import AudioChunk
    from tts_server.speech.request import SpeechRequest
    from tts_server.speech.words import WordTime

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """What a step came to."""

    MORE = "more"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LoadProgressed:
    """The load has come to ``fraction`` of ``stage``; told when the stage or the whole percent changes."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class LoadEnded:
    """The load is over: ``error`` is None when the model is ready."""

    error: BaseException | None


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step is over.

    Args:
        job_id: The job that was stepped.
        outcome: ``FINISHED`` and ``FAILED`` mean that the engine holds nothing of the job any more.
        pcm: What the step made, int16 little-endian mono.
        words: Words that were first known with this step.
        n_bad: Samples that were not numbers and were made silent.
        work_s: Wall time of the step.
        error: Why it failed.
    """

    job_id: str
    outcome: Outcome
    pcm: bytes = b""
    words: tuple[WordTime, ...] = ()
    n_bad: int = 0
    work_s: float = 0.0
    error: TTSServerError | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The thread has closed the backend and ends now."""


EngineEvent = LoadProgressed | LoadEnded | StepEnded | Stopped


class EngineWorker:
    """A backend and its thread.

    Every method may be called from any thread and returns at once, but ``join``.

    Args:
        backend: The backend; from ``start`` on it belongs to the worker's thread.
        deliver: Called on the worker's thread with what happened; must return soon and not raise.
        name: Name of the thread.
    """

    def __init__(
        self, backend: Backend, deliver: Callable[[EngineEvent], None], *, name: str = "engine"
    ) -> None:
        self._backend = backend
        self._deliver = deliver
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._utterances: dict[str, Utterance] = {}
        self._cancel_load = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    @property
    def backend(self) -> Backend:
        """The backend; after ``LoadEnded`` its rate and capabilities may be read on any thread."""
        return self._backend

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread and load the model; ends in one ``LoadEnded``."""
        self._orders.put(self._load)
        self._thread.start()

    def estimate_s(self, request: SpeechRequest) -> float:
        """Estimate how many seconds a request will sound; what a backend says that makes no sense is 0."""
        try:
            estimated_s = float(self._backend.estimate_s(request))
        except Exception:  # a plugin's mistake must not cost the client its connection
            logger.exception("the %s backend failed to estimate a length", self._backend.name)
            return 0.0
        return estimated_s if 0 <= estimated_s < math.inf else 0.0

    def step(self, job_id: str, request: SpeechRequest) -> None:
        """Run the next step of a job, and start it when this is its first; ends in one ``StepEnded``."""
        self._orders.put(lambda: self._step(job_id, request))

    def drop(self, job_id: str) -> None:
        """Close what the engine holds of a job, if it holds anything; nothing is delivered."""
        self._orders.put(lambda: self._close_utterance(job_id))

    def stop(self) -> None:
        """End the load at its next sign of progress, skip every order that has not begun, close the backend.

        Ends in ``Stopped`` once the order in progress returns. Idempotent.
        """
        self._cancel_load.set()
        self._stop.set()
        self._orders.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread to end; returns whether it did. Not for the event loop's thread."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (order := self._orders.get()) is not None and not self._stop.is_set():
            order()
        for job_id in list(self._utterances):
            self._close_utterance(job_id)
        try:
            self._backend.close()
        except BaseException:  # the thread must come to its end whatever the backend does
            logger.exception("the %s backend failed to close", self._backend.name)
        self._deliver(Stopped())

    def _load(self) -> None:
        last: tuple[str, int] | None = None

        def progress(stage: str, fraction: float) -> None:
            nonlocal last
            if self._cancel_load.is_set():
                raise LoadCancelled
            seen = (stage, int(fraction * 100))
            if seen != last:
                last = seen
                self._deliver(LoadProgressed(stage, fraction))

        error: BaseException | None = None
        try:
            self._backend.load(progress)
        except BaseException as caught:  # noqa: BLE001 - passed on to whoever waits for the load
            error = caught
        self._deliver(LoadEnded(error))

    def _step(self, job_id: str, request: SpeechRequest) -> None:
        started = time.perf_counter()
        error: TTSServerError | None = None
        pcm, n_bad, chunk = b"", 0, None
        try:
            chunk = self._next_chunk(job_id, request)
            if chunk is not None:
                pcm, n_bad = to_pcm16(chunk.samples)
        except SynthesisError as caught:
            error = caught
        except BaseException:  # a plugin's ``sys.exit`` must not end the engine's thread either
            logger.exception("the %s backend failed in a way that it should not", self._backend.name)
            error = SynthesisError("the speech engine failed on this text")
        outcome = Outcome.MORE
        if error is not None or chunk is None:
            outcome = Outcome.FINISHED if error is None else Outcome.FAILED
            self._close_utterance(job_id)
        work_s = time.perf_counter() - started
        words = () if chunk is None or error is not None else chunk.words
        self._deliver(StepEnded(job_id, outcome, pcm, words, n_bad, work_s, error))

    def _next_chunk(self, job_id: str, request: SpeechRequest) -> AudioChunk | None:
        utterance = self._utterances.get(job_id)
        if utterance is None:
            utterance = self._utterances[job_id] = self._backend.start(request)
        return utterance.step()

    def _close_utterance(self, job_id: str) -> None:
        utterance = self._utterances.pop(job_id, None)
        if utterance is None:
            return
        try:
            utterance.close()
        except BaseException:  # as above: nothing of a backend's ends the thread
            logger.exception("the %s backend failed to close an utterance", self._backend.name)
