"""The engine's thread carries out orders in order, and nothing that a backend does ends it."""

from __future__ import annotations

import math
import sys
import threading

import pytest
from tests.server.harness import Gate, make_tone
from tests.service.engine_parts import (
    REQUEST,
    WAIT_S,
    RecordingModel,
    RecordingUtterance,
    Running,
    running,
)

from tts_server.backends.base import LoadCancelled, ProgressCallback, Utterance
from tts_server.errors import ModelNotFoundError, SynthesisError
from tts_server.scheduling.job import StepOutcome
from tts_server.service.worker import EngineWorker, LoadEnded, LoadProgressed, Stopped
from tts_server.speech.request import SpeechRequest


def test_load_tells_progress_and_then_its_end() -> None:
    engine = Running(make_tone())
    engine.worker.start()
    first = engine.events.get(timeout=WAIT_S)
    assert isinstance(first, LoadProgressed)
    assert engine.next(LoadEnded) == LoadEnded(None)
    engine.worker.stop()
    assert isinstance(engine.next(Stopped), Stopped)


def test_progress_is_told_once_for_each_percent() -> None:
    class Chatty(RecordingModel):
        def load(self, progress: ProgressCallback) -> None:
            for i in range(1000):
                progress("loading", i / 1000)

    engine = Running(Chatty())
    engine.worker.start()
    seen = 0
    while isinstance(engine.events.get(timeout=WAIT_S), LoadProgressed):
        seen += 1
    assert seen == 100
    engine.worker.stop()


def test_failed_load_is_told_with_its_error() -> None:
    engine = Running(make_tone(fail_load=True))
    assert isinstance(engine.load(), ModelNotFoundError)
    engine.worker.stop()
    assert engine.worker.join(WAIT_S)


def test_stop_cancels_a_load_at_its_next_progress() -> None:
    entered, go_on = threading.Event(), threading.Event()

    class Slow(RecordingModel):
        def load(self, progress: ProgressCallback) -> None:
            entered.set()
            go_on.wait(WAIT_S)
            progress("loading", 0.5)
            self.note("loaded")

    model = Slow()
    engine = Running(model)
    engine.worker.start()
    assert entered.wait(WAIT_S)
    engine.worker.stop()
    go_on.set()
    ended = engine.next(LoadEnded)
    assert isinstance(ended, LoadEnded)
    assert isinstance(ended.error, LoadCancelled)
    assert engine.worker.join(WAIT_S)
    assert model.calls == ["close"]


def test_steps_of_an_utterance_give_all_of_its_audio() -> None:
    with running(make_tone()) as engine:
        results = [engine.step()]
        while results[-1].outcome is StepOutcome.MORE:
            results.append(engine.step())
    assert sum(len(result.made.pcm) for result in results) == 2 * len(REQUEST.text) * 1440
    assert results[-1].outcome is StepOutcome.FINISHED


def test_utterances_are_kept_apart() -> None:
    with running(RecordingModel()) as engine:
        for job_id in ("a", "b", "a"):
            engine.step(job_id, SpeechRequest(job_id))
        assert engine.worker.model.calls == [  # type: ignore[attr-defined]
            "load", "engine", "start a", "step a", "start b", "step b", "step a",
        ]  # fmt: skip


def test_everything_of_a_model_runs_on_one_thread_that_is_not_the_callers() -> None:
    model = RecordingModel()
    with running(model) as engine:
        engine.step()
        engine.worker.drop("a")
        engine.step("b")
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads


def test_dropped_utterance_is_closed_once() -> None:
    model = RecordingModel()
    with running(model) as engine:
        engine.step("a", SpeechRequest("a"))
        engine.worker.drop("a")
        engine.worker.drop("a")
        engine.worker.drop("never started")
        engine.step("b", SpeechRequest("b"))
        assert model.calls.count("close a") == 1


def test_utterance_is_closed_once_when_it_fails() -> None:
    model = RecordingModel(SynthesisError("no"))
    with running(model) as engine:
        engine.step("a", SpeechRequest("a"))
        assert model.calls == ["load", "engine", "start a", "step a", "close a"]
        model.error = None
    assert model.calls[-1] == "close"


def test_utterance_is_closed_once_when_it_is_complete() -> None:
    class Brief(RecordingModel):
        def begin(self, text: str) -> Utterance:
            return BriefUtterance(self, text)

    class BriefUtterance(RecordingUtterance):
        def step(self) -> None:
            return None

    model = Brief()
    with running(model) as engine:
        assert engine.step("a", SpeechRequest("a")).outcome is StepOutcome.FINISHED
        assert model.calls == ["load", "engine", "start a", "close a"]


def test_stop_closes_open_utterances_then_the_engine_and_then_the_model() -> None:
    model = RecordingModel()
    with running(model) as engine:
        engine.step("a", SpeechRequest("a"))
        engine.step("b", SpeechRequest("b"))
    assert model.calls[-4:] == ["close a", "close b", "close engine", "close"]


def test_synthesis_error_fails_the_step_and_is_passed_on() -> None:
    with running(make_tone(fail_at_step=0)) as engine:
        result = engine.step()
        assert result.outcome is StepOutcome.FAILED
        assert "step 0" in str(result.error)
        assert engine.step("b").outcome is StepOutcome.FAILED


@pytest.mark.parametrize(
    "error", [ZeroDivisionError("inside"), SystemExit(1), KeyboardInterrupt(), MemoryError()], ids=repr
)
def test_any_other_exception_fails_the_step_and_says_nothing_of_the_inside(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    model = RecordingModel(error)
    with running(model) as engine:
        result = engine.step()
        assert result.outcome is StepOutcome.FAILED
        assert isinstance(result.error, SynthesisError)
        assert "inside" not in str(result.error)
        assert "recording" in caplog.text
        model.error = None
        assert engine.step("b").outcome is StepOutcome.MORE


def test_failed_start_fails_the_step() -> None:
    with running(make_tone(fail_start=True)) as engine:
        assert engine.step().outcome is StepOutcome.FAILED


def test_chunk_that_is_no_samples_fails_the_step() -> None:
    with running(make_tone(garbage_at_step=0)) as engine:
        result = engine.step()
        assert result.outcome is StepOutcome.FAILED
        assert result.made.pcm == b""


def test_samples_that_are_not_numbers_become_silence_and_are_counted() -> None:
    with running(make_tone(nan_at_step=0)) as engine:
        result = engine.step()
        assert result.made.n_bad == len(result.made.pcm) // 2 > 0
        assert not any(result.made.pcm)


def test_stop_is_idempotent_and_skips_orders_that_have_not_begun() -> None:
    model = RecordingModel()
    with running(model) as engine:
        engine.worker.stop()
        engine.worker.step([("a", REQUEST)])
        engine.worker.stop()
        assert engine.worker.join(WAIT_S)
    assert model.calls == ["load", "engine", "close engine", "close"]


def test_join_says_whether_the_thread_has_ended() -> None:
    gate = Gate()
    with running(make_tone(hang_at_step=0, gate=gate)) as engine:
        engine.worker.step([("a", REQUEST)])
        assert gate.reached.wait(WAIT_S)
        engine.worker.stop()
        assert not engine.worker.join(0.05)
        assert engine.worker.is_alive
        gate.set()
        assert engine.worker.join(WAIT_S)


def test_join_of_a_worker_that_never_started_is_true() -> None:
    assert EngineWorker(make_tone(), lambda _event: None).join(0)


def test_the_thread_is_not_a_daemon() -> None:
    with running(RecordingModel()) as engine:
        named = [thread for thread in threading.enumerate() if thread.name == "engine"]
        assert [thread.daemon for thread in named] == [False]
        assert engine.worker.is_alive
    assert sys.is_finalizing() is False


class GuessingModel(RecordingModel):
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
    worker = EngineWorker(GuessingModel(guess), lambda _event: None)
    assert worker.estimate_s(SpeechRequest("hello")) == estimated_s


def test_estimate_goes_by_what_can_be_spoken_unless_the_backend_says_otherwise() -> None:
    model = RecordingModel()
    word_s, padded_s = (model.estimate_s(SpeechRequest(text)) for text in ("hello", " hello ... \U0001f600"))
    assert word_s == padded_s > 0
    assert model.estimate_s(SpeechRequest("\U0001f600 !")) == 0.0
