"""The thread on which an engine lives: it makes the engine, steps batches of utterances, and closes it.

Theory of operation. Orders go in through a queue and are carried out in their order: load, step, drop,
stop. What comes of them goes out through ``deliver``, called on the engine's thread, so that the thread
never waits for anybody but its queue. A job's first step also starts its utterance; an utterance is closed
with its last step, when it fails, or when it is dropped. The thread is not a daemon: a model must not be
torn down under a running native call.

The first worker of a model also loads it and, when the threads of all others have ended, closes it.

Nothing that a backend raises ends the thread. A ``SynthesisError`` is passed on as it is; any other
exception is a fault of the backend, goes to the log with its traceback, and to the client as one line that
says nothing about the inside. An error that the engine names as one job's fails that job; one that comes out
of a step fails every job of its batch.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tts_server.audio.encoder import make_encoder
from tts_server.backends.base import LoadCancelled
from tts_server.errors import ModelError, SynthesisError, TTSServerError
from tts_server.scheduling.job import StepOutcome
from tts_server.service.speaking import Speaking
from tts_server.speech.made import NOTHING, Made

if TYPE_CHECKING:
    from tts_server.audio.encoder import Encoder
    from tts_server.backends.base import Engine, Model, StepResult, Utterance
    from tts_server.speech.request import OutputFormat, SpeechRequest

logger = logging.getLogger(__name__)

P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LoadProgressed:
    """The load has come to ``fraction`` of ``stage``; told when the stage or the whole percent changes."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class LoadEnded:
    """The load is over: ``error`` is None when the engine is ready."""

    error: BaseException | None


@dataclass(frozen=True, slots=True)
class StepEnded:
    """What a step came to for one job of its batch.

    Args:
        job_id: The job that was stepped.
        outcome: ``FINISHED`` and ``FAILED`` mean that the engine holds nothing of the job any more.
        made: What the step made; the last of it comes with ``FINISHED``, nothing with ``FAILED``.
        error: Why it failed.
    """

    job_id: str
    outcome: StepOutcome
    made: Made = NOTHING
    error: TTSServerError | None = None


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """A step is over.

    Args:
        results: What it came to for each job, in the order in which they were given.
        work_s: Wall time of the step, with the starts and the encoding.
    """

    results: tuple[StepEnded, ...]
    work_s: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """The thread has closed what is its own and ends now."""


EngineEvent = LoadProgressed | LoadEnded | BatchEnded | Stopped


class EngineWorker:
    """An engine and its thread.

    Every method may be called from any thread and returns at once, but ``join``.

    Args:
        model: The model, of which this worker makes one engine.
        deliver: Called on the worker's thread with what happened; must return soon and not raise.
        name: Name of the thread.
        first: The worker that loads the model and closes it; None where it is this one. It must have loaded
            before this one is started.
        encoder_of: Makes the encoder of an utterance from the form that is asked for and the model's rate.
    """

    def __init__(
        self,
        model: Model,
        deliver: Callable[[EngineEvent], None],
        *,
        name: str = "engine",
        first: EngineWorker | None = None,
        encoder_of: Callable[[OutputFormat, int], Encoder] = make_encoder,
    ) -> None:
        self._model = model
        self._deliver = deliver
        self._first = first
        self._encoder_of = encoder_of
        self._engine: Engine | None = None
        self._others: list[EngineWorker] = []
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._speaking: dict[str, Speaking] = {}
        self._cancel_load = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        if first is not None:
            first._others.append(self)

    @property
    def model(self) -> Model:
        """The model; after ``LoadEnded`` its rate and capabilities may be read on any thread."""
        return self._model

    @property
    def max_batch(self) -> int:
        """How many jobs a step can take; known after ``LoadEnded``, and 1 before."""
        return 1 if self._engine is None else self._engine.max_batch

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread, load the model if that is this worker's part, and make the engine.

        Ends in one ``LoadEnded``.
        """
        self._orders.put(self._load)
        self._thread.start()

    def estimate_s(self, request: SpeechRequest) -> float:
        """Estimate how many seconds a request will sound; what a backend says that makes no sense is 0."""
        try:
            estimated_s = float(self._model.estimate_s(request))
        except Exception:  # a plugin's mistake must not cost the client its connection
            logger.exception("the %s backend failed to estimate a length", self._model.name)
            return 0.0
        return estimated_s if 0 <= estimated_s < math.inf else 0.0

    def step(self, batch: Sequence[tuple[str, SpeechRequest]]) -> None:
        """Run the next step of some jobs together, and start those that have none yet.

        Ends in one ``BatchEnded``.

        Args:
            batch: One to ``max_batch`` jobs, each once, none of which has ended.
        """
        self._orders.put(lambda: self._step(batch))

    def drop(self, job_id: str) -> None:
        """Close what the engine holds of a job, if it holds anything; nothing is delivered."""
        self._orders.put(lambda: self._let_go(job_id))

    def stop(self) -> None:
        """End the load at its next sign of progress, skip every order that has not begun, close the engine.

        The first worker of a model stops the others too, waits for them on its thread, and closes the model.
        Ends in ``Stopped`` once the order in progress returns. Idempotent.
        """
        for other in self._others:
            other.stop()
        self._cancel_load.set()
        self._stop.set()
        self._orders.put(None)

    def join(self, timeout_s: float | None) -> bool:
        """Wait for the thread to end; returns whether it did. Not for the event loop's thread."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (order := self._orders.get()) is not None and not self._stop.is_set():
            order()
        for job_id in list(self._speaking):
            self._let_go(job_id)
        if self._engine is not None:
            self._close("an engine", self._engine.close)
        if self._first is None:
            # What an engine is still at runs in the model's own memory, however long it takes.
            for other in self._others:
                other.join(None)
            self._close("its model", self._model.close)
        self._deliver(Stopped())

    def _load(self) -> None:
        error: BaseException | None = None
        try:
            if self._first is None:
                self._load_model()
            self._make_engine()
        except BaseException as caught:  # noqa: BLE001 - passed on to whoever waits for the load
            error = caught
        self._deliver(LoadEnded(error))

    def _load_model(self) -> None:
        last: tuple[str, int] | None = None

        def progress(stage: str, fraction: float) -> None:
            nonlocal last
            if self._cancel_load.is_set():
                raise LoadCancelled
            seen = (stage, int(fraction * 100))
            if seen != last:
                last = seen
                self._deliver(LoadProgressed(stage, fraction))

        self._model.load(progress)

    def _make_engine(self) -> None:
        if self._cancel_load.is_set():
            raise LoadCancelled
        self._engine = self._model.engine()
        if (max_batch := self._engine.max_batch) < 1:
            raise ModelError(
                f"an engine of the {self._model.name} backend takes {max_batch} utterances in a step"
            )

    def _step(self, batch: Sequence[tuple[str, SpeechRequest]]) -> None:
        began = time.perf_counter()
        came_of: dict[str, StepResult] = {}
        for job_id, request in batch:
            if job_id not in self._speaking:
                begun = self._attempt(self._begin, request)
                if isinstance(begun, SynthesisError):
                    came_of[job_id] = begun
                else:
                    self._speaking[job_id] = begun
        self._step_engine([job_id for job_id, _ in batch if job_id not in came_of], came_of)
        results = tuple(self._end_step(job_id, came_of[job_id]) for job_id, _ in batch)
        self._deliver(BatchEnded(results, time.perf_counter() - began))

    def _begin(self, request: SpeechRequest) -> Speaking:
        encoder = self._encoder_of(request.output, self._model.sample_rate_hz)
        return Speaking(self._loaded().start(request), encoder)

    def _step_engine(self, job_ids: Sequence[str], came_of: dict[str, StepResult]) -> None:
        """Step what was begun; an error that the engine lays on none of them is everybody's."""
        if not job_ids:
            return
        results = self._attempt(self._results_of, [self._speaking[job_id].utterance for job_id in job_ids])
        if isinstance(results, SynthesisError):
            results = [results] * len(job_ids)
        came_of.update(zip(job_ids, results, strict=True))

    def _results_of(self, utterances: Sequence[Utterance]) -> Sequence[StepResult]:
        results = self._loaded().step(utterances)
        if len(results) != len(utterances):
            raise ValueError(f"{len(results)} results for {len(utterances)} utterances")
        return results

    def _end_step(self, job_id: str, came_of: StepResult) -> StepEnded:
        made: Made | SynthesisError
        if isinstance(came_of, SynthesisError):
            made = came_of
        else:
            made = self._attempt(self._speaking[job_id].take, came_of)
        if isinstance(made, SynthesisError):
            self._let_go(job_id)
            return StepEnded(job_id, StepOutcome.FAILED, error=made)
        if came_of is None:
            self._let_go(job_id)
            return StepEnded(job_id, StepOutcome.FINISHED, made)
        return StepEnded(job_id, StepOutcome.MORE, made)

    def _attempt(self, work: Callable[[P], T], with_what: P) -> T | SynthesisError:
        """Do something of the backend's; what goes wrong comes back as clients are told it."""
        try:
            return work(with_what)
        except SynthesisError as error:
            return error
        except BaseException:  # a plugin's ``sys.exit`` must not end the engine's thread either
            logger.exception("the %s backend failed in a way that it should not", self._model.name)
            return SynthesisError("the speech engine failed on this text")

    def _loaded(self) -> Engine:
        if self._engine is None:
            raise SynthesisError("the speech engine is not loaded")
        return self._engine

    def _let_go(self, job_id: str) -> None:
        speaking = self._speaking.pop(job_id, None)
        if speaking is not None:
            self._close("an utterance", speaking.utterance.close)

    def _close(self, what: str, close: Callable[[], None]) -> None:
        try:
            close()
        except BaseException:  # as above: nothing of a backend's ends the thread
            logger.exception("the %s backend failed to close %s", self._model.name, what)
