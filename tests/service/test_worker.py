"""The engine's thread carries out orders in order, and nothing that a backend does ends it."""

from __future__ import annotations

import math
import queue
import sys
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.patience import PATIENCE_S

from tts_server.backends.base import Backend, LoadCancelled, ProgressCallback, Utterance
from tts_server.backends.tone import ToneBackend, ToneScript
from tts_server.errors import ModelNotFoundError, SynthesisError
from tts_server.service.worker import (
    EngineEvent,
    EngineWorker,
    LoadEnded,
    LoadProgressed,
    Outcome,
    StepEnded,
    Stopped,
)
from tts_server.speech.capabilities import Capabilities
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

REQUEST = SpeechRequest("hello world", "alto", "en", {})
WAIT_S = PATIENCE_S


class Engine:
    """A worker and what it delivers."""

    def __init__(self, backend: Backend) -> None:
        self.events: queue.Queue[EngineEvent] = queue.Queue()
        self.worker = EngineWorker(backend, self.events.put)

    def next(self, kind: type[EngineEvent]) -> EngineEvent:
        """Wait for the next event of a kind; others before it are progress."""
        while True:
            event = self.events.get(timeout=WAIT_S)
            if isinstance(event, kind):
                return event
            assert isinstance(event, LoadProgressed), event

    def load(self) -> BaseException | None:
        self.worker.start()
        event = self.next(LoadEnded)
        assert isinstance(event, LoadEnded)
        return event.error

    def step(self, job_id: str = "a", request: SpeechRequest = REQUEST) -> StepEnded:
        self.worker.step(job_id, request)
        event = self.next(StepEnded)
        assert isinstance(event, StepEnded)
        return event


@contextmanager
def running(backend: Backend) -> Iterator[Engine]:
    engine = Engine(backend)
    assert engine.load() is None
    try:
        yield engine
    finally:
        engine.worker.stop()
        assert engine.worker.join(WAIT_S)


class Gate(threading.Event):
    """An event that also tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.reached.set()
        return super().wait(timeout)


def make_tone(**script: object) -> ToneBackend:
    return ToneBackend(script=ToneScript(**script))  # type: ignore[arg-type]


class RecordingBackend(Backend):
    """Notes what is called, and on which thread."""

    name, model = "recording", "recording-1"

    def __init__(self, error: BaseException | None = None) -> None:
        self.calls: list[str] = []
        self.threads: set[int] = set()
        self.error = error

    @property
    def sample_rate_hz(self) -> int:
        return 24000

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(streaming=True, languages=(), voice_count=0)

    def note(self, call: str) -> None:
        self.calls.append(call)
        self.threads.add(threading.get_ident())

    def load(self, progress: ProgressCallback) -> None:
        self.note("load")
        progress("loading", 1.0)

    def start(self, request: SpeechRequest) -> Utterance:
        self.note(f"start {request.text}")
        return RecordingUtterance(self, request.text)

    def close(self) -> None:
        self.note("close")
        if self.error is not None:
            raise self.error


class RecordingUtterance(Utterance):
    def __init__(self, backend: RecordingBackend, text: str) -> None:
        self.backend, self.text = backend, text

    def step(self) -> AudioChunk | None:
        self.backend.note(f"step {self.text}")
        if self.backend.error is not None:
            raise self.backend.error
        return AudioChunk(array("h", [1, 2, 3]))

    def close(self) -> None:
        self.backend.note(f"close {self.text}")
        if self.backend.error is not None:
            raise self.backend.error


def test_load_tells_progress_and_then_its_end() -> None:
    engine = Engine(make_tone())
    engine.worker.start()
    first = engine.events.get(timeout=WAIT_S)
    assert isinstance(first, LoadProgressed)
    assert engine.next(LoadEnded) == LoadEnded(None)
    engine.worker.stop()
    assert isinstance(engine.next(Stopped), Stopped)


def test_progress_is_told_once_for_each_percent() -> None:
    class Chatty(RecordingBackend):
        def load(self, progress: ProgressCallback) -> None:
            for i in range(1000):
                progress("loading", i / 1000)

    engine = Engine(Chatty())
    engine.worker.start()
    seen = 0
    while isinstance(engine.events.get(timeout=WAIT_S), LoadProgressed):
        seen += 1
    assert seen == 100
    engine.worker.stop()


def test_failed_load_is_told_with_its_error() -> None:
    engine = Engine(make_tone(fail_load=True))
    assert isinstance(engine.load(), ModelNotFoundError)
    engine.worker.stop()
    assert engine.worker.join(WAIT_S)


def test_stop_cancels_a_load_at_its_next_progress() -> None:
    entered, go_on = threading.Event(), threading.Event()

    class Slow(RecordingBackend):
        def load(self, progress: ProgressCallback) -> None:
            entered.set()
            go_on.wait(WAIT_S)
            progress("loading", 0.5)
            self.note("loaded")

    backend = Slow()
    engine = Engine(backend)
    engine.worker.start()
    assert entered.wait(WAIT_S)
    engine.worker.stop()
    go_on.set()
    ended = engine.next(LoadEnded)
    assert isinstance(ended, LoadEnded)
    assert isinstance(ended.error, LoadCancelled)
    assert engine.worker.join(WAIT_S)
    assert backend.calls == ["close"]


def test_steps_of_an_utterance_give_all_of_its_audio() -> None:
    with running(make_tone()) as engine:
        results = [engine.step()]
        while results[-1].outcome is Outcome.MORE:
            results.append(engine.step())
    assert sum(len(result.pcm) for result in results) == 2 * len(REQUEST.text) * 1440
    assert results[-1].outcome is Outcome.FINISHED
    assert all(result.work_s >= 0 for result in results)


def test_utterances_are_kept_apart() -> None:
    with running(RecordingBackend()) as engine:
        for job_id in ("a", "b", "a"):
            engine.step(job_id, SpeechRequest(job_id))
        assert engine.worker.backend.calls == [  # type: ignore[attr-defined]
            "load", "start a", "step a", "start b", "step b", "step a",
        ]  # fmt: skip


def test_everything_of_a_backend_runs_on_one_thread_that_is_not_the_callers() -> None:
    backend = RecordingBackend()
    with running(backend) as engine:
        engine.step()
        engine.worker.drop("a")
        engine.step("b")
    assert len(backend.threads) == 1
    assert threading.get_ident() not in backend.threads


def test_dropped_utterance_is_closed_once() -> None:
    backend = RecordingBackend()
    with running(backend) as engine:
        engine.step("a", SpeechRequest("a"))
        engine.worker.drop("a")
        engine.worker.drop("a")
        engine.worker.drop("never started")
        engine.step("b", SpeechRequest("b"))
        assert backend.calls.count("close a") == 1


def test_utterance_is_closed_once_when_it_fails() -> None:
    backend = RecordingBackend(SynthesisError("no"))
    with running(backend) as engine:
        engine.step("a", SpeechRequest("a"))
        assert backend.calls == ["load", "start a", "step a", "close a"]
        backend.error = None
    assert backend.calls[-1] == "close"


def test_utterance_is_closed_once_when_it_is_complete() -> None:
    class Brief(RecordingBackend):
        def start(self, request: SpeechRequest) -> Utterance:
            self.note("start")
            return BriefUtterance(self, request.text)

    class BriefUtterance(RecordingUtterance):
        def step(self) -> None:
            return None

    backend = Brief()
    with running(backend) as engine:
        assert engine.step("a", SpeechRequest("a")).outcome is Outcome.FINISHED
        assert backend.calls == ["load", "start", "close a"]


def test_stop_closes_open_utterances_and_then_the_backend() -> None:
    backend = RecordingBackend()
    with running(backend) as engine:
        engine.step("a", SpeechRequest("a"))
        engine.step("b", SpeechRequest("b"))
    assert backend.calls[-3:] == ["close a", "close b", "close"]


def test_synthesis_error_fails_the_step_and_is_passed_on() -> None:
    with running(make_tone(fail_at_step=0)) as engine:
        result = engine.step()
        assert result.outcome is Outcome.FAILED
        assert "step 0" in str(result.error)
        assert engine.step("b").outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("inside"), SystemExit(1), KeyboardInterrupt(), MemoryError()], ids=repr
)
def test_any_other_exception_fails_the_step_and_says_nothing_of_the_inside(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    backend = RecordingBackend(error)
    with running(backend) as engine:
        result = engine.step()
        assert result.outcome is Outcome.FAILED
        assert isinstance(result.error, SynthesisError)
        assert "inside" not in str(result.error)
        assert "recording" in caplog.text
        backend.error = None
        assert engine.step("b").outcome is Outcome.MORE


def test_failed_start_fails_the_step() -> None:
    with running(make_tone(fail_start=True)) as engine:
        assert engine.step().outcome is Outcome.FAILED


def test_chunk_that_is_no_samples_fails_the_step() -> None:
    with running(make_tone(garbage_at_step=0)) as engine:
        result = engine.step()
        assert result.outcome is Outcome.FAILED
        assert result.pcm == b""


def test_samples_that_are_not_numbers_become_silence_and_are_counted() -> None:
    with running(make_tone(nan_at_step=0)) as engine:
        result = engine.step()
        assert result.n_bad == len(result.pcm) // 2 > 0
        assert not any(result.pcm)


def test_stop_is_idempotent_and_skips_orders_that_have_not_begun() -> None:
    backend = RecordingBackend()
    with running(backend) as engine:
        engine.worker.stop()
        engine.worker.step("a", REQUEST)
        engine.worker.stop()
        assert engine.worker.join(WAIT_S)
    assert backend.calls == ["load", "close"]


def test_join_says_whether_the_thread_has_ended() -> None:
    gate = Gate()
    with running(make_tone(hang_at_step=0, gate=gate)) as engine:
        engine.worker.step("a", REQUEST)
        assert gate.reached.wait(WAIT_S)
        engine.worker.stop()
        assert not engine.worker.join(0.05)
        assert engine.worker.is_alive
        gate.set()
        assert engine.worker.join(WAIT_S)


def test_join_of_a_worker_that_never_started_is_true() -> None:
    assert EngineWorker(make_tone(), lambda _event: None).join(0)


def test_the_thread_is_not_a_daemon() -> None:
    with running(RecordingBackend()) as engine:
        named = [thread for thread in threading.enumerate() if thread.name == "engine"]
        assert [thread.daemon for thread in named] == [False]
        assert engine.worker.is_alive
    assert sys.is_finalizing() is False


class GuessingBackend(RecordingBackend):
    """Estimates what it is told to."""

    def __init__(self, guess: object) -> None:
        super().__init__()
        self.guess = guess

    def estimate_s(self, request: SpeechRequest) -> float:
        self.note(f"estimate {request.text}")
        if isinstance(self.guess, Exception):
            raise self.guess
        return self.guess  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("guess", "estimated_s"),
    [
        (2.5, 2.5),
        (3, 3.0),
        (-1.0, 0.0),
        (math.nan, 0.0),
        (math.inf, 0.0),
        ("long", 0.0),
        (ValueError("x"), 0.0),
    ],
)
def test_estimate_is_the_backends_where_it_makes_sense(guess: object, estimated_s: float) -> None:
    worker = EngineWorker(GuessingBackend(guess), lambda _event: None)
    assert worker.estimate_s(SpeechRequest("hello")) == estimated_s


def test_estimate_goes_by_what_can_be_spoken_unless_the_backend_says_otherwise() -> None:
    backend = RecordingBackend()
    word_s, padded_s = (
        backend.estimate_s(SpeechRequest(text)) for text in ("hello", " hello ... \U0001f600")
    )
    assert word_s == padded_s > 0
    assert backend.estimate_s(SpeechRequest("\U0001f600 !")) == 0.0
