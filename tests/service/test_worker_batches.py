"""Several jobs in one step, several engines of one model, and what stands behind an engine."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.harness import Gate, make_tone
from tests.service.engine_parts import (
    REQUEST,
    WAIT_S,
    RecordingEngine,
    RecordingModel,
    Running,
    running,
)

from tts_server.audio.encoder import Pcm16Encoder
from tts_server.backends.base import Engine, StepResult, Utterance
from tts_server.backends.tone import ToneModel, ToneScript
from tts_server.errors import ModelError, SynthesisError
from tts_server.scheduling.job import StepOutcome
from tts_server.service.speaking import Speaking
from tts_server.service.worker import StepEnded, Stopped
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import PCM16, OutputFormat, SpeechRequest


def outcomes(results: Sequence[StepEnded]) -> list[StepOutcome]:
    return [result.outcome for result in results]


def request(text: str, **extras: Any) -> SpeechRequest:
    return SpeechRequest(text, "alto", "en", extras)


def speak_together(engine: Running, texts: Sequence[str]) -> list[bytes]:
    """Speak texts in batches that shrink as they end; return the audio of each."""
    pcm = [b""] * len(texts)
    left = dict(enumerate(texts))
    while left:
        for result in engine.step_all({str(number): request(text) for number, text in left.items()}):
            pcm[int(result.job_id)] += result.made.pcm
            if result.outcome is not StepOutcome.MORE:
                del left[int(result.job_id)]
    return pcm


class MisbehavingModel(RecordingModel):
    """Changes the results of its engine's steps."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.change = change

    def engine(self) -> Engine:
        return MisbehavingEngine(self)


class MisbehavingEngine(RecordingEngine):
    def step(self, batch: Sequence[Utterance]) -> Sequence[StepResult]:
        assert isinstance(self.model, MisbehavingModel)
        results: Sequence[StepResult] = self.model.change(super().step(batch))
        return results


def test_room_of_the_engine_is_known_once_it_is_loaded() -> None:
    engine = Running(make_tone(max_batch=5))
    assert engine.worker.max_batch == 1
    assert engine.load() is None
    assert engine.worker.max_batch == 5
    engine.worker.stop()


@given(st.lists(st.text("ab 1.", max_size=20), min_size=1, max_size=8))
def test_jobs_in_a_batch_are_spoken_as_each_is_alone(texts: list[str]) -> None:
    with running(make_tone(max_batch=8)) as engine:
        together = speak_together(engine, texts)
    with running(make_tone()) as engine:
        assert together == [speak_together(engine, [text])[0] for text in texts]


def test_jobs_begin_in_the_batch_that_is_under_way() -> None:
    with running(make_tone(max_batch=2)) as engine:
        engine.step("a")
        first, second = engine.step_all({"a": REQUEST, "b": REQUEST})
        assert outcomes([first, second]) == [StepOutcome.MORE, StepOutcome.MORE]
        assert second.made.words[0].text == "hello"
        assert first.made.words[0].text == "world"


def test_job_that_fails_costs_its_batch_nothing() -> None:
    batch = {"a": request("a" * 8), "b": request("b" * 8, fail_at_step=1), "c": request("c" * 8)}
    with running(make_tone(max_batch=3)) as engine:
        assert outcomes(engine.step_all(batch)) == [StepOutcome.MORE] * 3
        results = engine.step_all(batch)
        assert outcomes(results) == [StepOutcome.MORE, StepOutcome.FAILED, StepOutcome.MORE]
        assert "step 1" in str(results[1].error)
        assert [len(result.made.pcm) for result in results] == [4 * 2880, 0, 4 * 2880]


def test_job_that_cannot_begin_costs_its_batch_nothing() -> None:
    class Choosy(RecordingModel):
        def begin(self, text: str) -> Utterance:
            if text == "no":
                raise SynthesisError("not this")
            return super().begin(text)

    model = Choosy()
    with running(model) as engine:
        results = engine.step_all({text: SpeechRequest(text) for text in ("a", "no", "b")})
        assert outcomes(results) == [StepOutcome.MORE, StepOutcome.FAILED, StepOutcome.MORE]
        assert str(results[1].error) == "not this"
        assert "close no" not in model.calls
        assert engine.step("no", SpeechRequest("no")).outcome is StepOutcome.FAILED


def test_job_whose_chunk_is_none_of_samples_costs_its_batch_nothing(caplog: pytest.LogCaptureFixture) -> None:
    model = MisbehavingModel(lambda results: [results[0], "nonsense", *results[2:]])
    with running(model) as engine:
        results = engine.step_all({text: SpeechRequest(text) for text in ("a", "b", "c")})
        assert outcomes(results) == [StepOutcome.MORE, StepOutcome.FAILED, StepOutcome.MORE]
        assert model.calls[-1] == "close b"
    assert caplog.text.count("failed in a way that it should not") == 1


def refuse(_results: Sequence[StepResult]) -> Sequence[StepResult]:
    raise SynthesisError("none of these")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (refuse, "none of these"),
        (lambda results: results[:1], "the speech engine failed on this text"),
        (lambda _: None, "the speech engine failed on this text"),
        (lambda _: 1 / 0, "the speech engine failed on this text"),
    ],
    ids=["refusal", "too few results", "no results", "fault"],
)
def test_fault_that_is_nobodys_fails_the_whole_batch_and_nothing_after_it(change: Any, told: str) -> None:
    model = MisbehavingModel(change)
    with running(model) as engine:
        results = engine.step_all({"a": SpeechRequest("a"), "b": SpeechRequest("b")})
        assert outcomes(results) == [StepOutcome.FAILED, StepOutcome.FAILED]
        assert {str(result.error) for result in results} == {told}
        assert model.calls[-2:] == ["close a", "close b"]
        model.change = list
        assert engine.step("c", SpeechRequest("c")).outcome is StepOutcome.MORE


def test_fault_of_a_batch_is_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    with running(make_tone(max_batch=8, raise_at_step=0)) as engine:
        engine.step_all({str(number): REQUEST for number in range(8)})
    assert caplog.text.count("failed in a way that it should not") == 1


def test_job_that_is_dropped_is_missing_from_its_batch_alone() -> None:
    model = RecordingModel()
    with running(model) as engine:
        batch = {text: SpeechRequest(text) for text in ("a", "b", "c")}
        engine.step_all(batch)
        engine.worker.drop("b")
        del batch["b"]
        assert outcomes(engine.step_all(batch)) == [StepOutcome.MORE, StepOutcome.MORE]
        assert model.calls[-3:] == ["close b", "step a", "step c"]


class Holding(Pcm16Encoder):
    """Holds the last sample back, as a resampler does."""

    def __init__(self, rate_hz: int) -> None:
        super().__init__(2 * rate_hz)
        self._held = b""

    def encode(self, samples: Any) -> bytes:
        pcm = self._held + super().encode(samples)
        self._held = pcm[-2:]
        return pcm[:-2]

    def flush(self) -> bytes:
        return self._held


def test_what_an_encoder_held_back_comes_with_the_end() -> None:
    asked: list[tuple[OutputFormat, int]] = []

    def encoder_of(output: OutputFormat, rate_hz: int) -> Holding:
        asked.append((output, rate_hz))
        return Holding(rate_hz)

    with running(make_tone(rate_hz=16000), encoder_of=encoder_of) as engine:
        results = [engine.step()]
        while results[-1].outcome is StepOutcome.MORE:
            results.append(engine.step())
    with running(make_tone(rate_hz=16000)) as engine:
        (pcm,) = speak_together(engine, [REQUEST.text])
    assert asked == [(PCM16, 16000)]
    assert b"".join(result.made.pcm for result in results) == pcm
    assert [result.made.n_samples for result in results][-1] == 1
    assert sum(result.made.audio_s for result in results) == pytest.approx(len(pcm) / 2 / 32000)


def test_each_utterance_has_an_encoder_of_its_own() -> None:
    made: list[Pcm16Encoder] = []

    def encoder_of(_output: OutputFormat, rate_hz: int) -> Pcm16Encoder:
        made.append(Pcm16Encoder(rate_hz))
        return made[-1]

    with running(make_tone(max_batch=2), encoder_of=encoder_of) as engine:
        bad, good = engine.step_all({"a": request("aaaa", nan_at_step=0), "b": request("bbbb")})
    assert bad.made.n_bad == bad.made.n_samples > 0
    assert good.made.n_bad == 0
    assert [encoder.n_bad for encoder in made] == [bad.made.n_bad, 0]


def test_bad_samples_are_counted_for_each_step() -> None:
    nan = float("nan")
    speaking = Speaking(Utterance(), Pcm16Encoder(24000))
    counts = [speaking.take(AudioChunk(array("f", samples))).n_bad for samples in ([nan, nan, 0], [0], [nan])]
    assert counts == [2, 0, 1]


def test_words_that_a_step_came_upon_are_counted_with_it() -> None:
    speaking = Speaking(Utterance(), Pcm16Encoder(24000))
    chunks = [AudioChunk(array("f"), n_repaired=2, n_left_out=1), AudioChunk(array("f", [0])), None]
    made = [speaking.take(chunk) for chunk in chunks]
    assert [(one.n_repaired, one.n_left_out) for one in made] == [(2, 1), (0, 0), (0, 0)]


def test_counts_that_are_none_cost_the_utterance_and_nobody_else() -> None:
    class Odd(RecordingModel):
        def begin(self, text: str) -> Utterance:
            return Miscounting() if text == "odd" else super().begin(text)

    class Miscounting(Utterance):
        def step(self) -> AudioChunk | None:
            return AudioChunk(array("f"), n_left_out=cast("int", "many"))

    with running(Odd()) as engine:
        results = engine.step_all({text: SpeechRequest(text) for text in ("a", "odd")})
        assert outcomes(results) == [StepOutcome.MORE, StepOutcome.FAILED]


def test_default_step_lays_an_error_on_the_utterance_that_raised_it() -> None:
    class Failing(RecordingModel):
        def begin(self, text: str) -> Utterance:
            return Refusing() if text == "no" else super().begin(text)

    class Refusing(Utterance):
        def step(self) -> AudioChunk | None:
            raise SynthesisError("not this")

    with running(Failing()) as engine:
        results = engine.step_all({text: SpeechRequest(text) for text in ("a", "no", "b")})
        assert outcomes(results) == [StepOutcome.MORE, StepOutcome.FAILED, StepOutcome.MORE]


class ThreadsModel(RecordingModel):
    """Notes the name of the thread on which each thing is called."""

    def note(self, call: str) -> None:
        super().note(f"{threading.current_thread().name}: {call}")


def test_each_engine_lives_on_its_own_thread_and_the_first_one_s_loads_and_closes_the_model() -> None:
    model = ThreadsModel()
    first = Running(model, name="first")
    second = Running(model, name="second", first=first.worker)
    for engine in (first, second):
        assert engine.load() is None
    first.step("a", SpeechRequest("a"))
    second.step("b", SpeechRequest("b"))
    first.worker.stop()
    for engine in (first, second):
        assert engine.worker.join(WAIT_S)
    assert model.calls[:6] == [
        *("first: load", "first: engine", "second: engine", "first: start a", "first: step a"),
        "second: start b",
    ]
    ends = set(model.calls[7:-1])
    assert ends == {"first: close a", "first: close engine", "second: close b", "second: close engine"}
    assert model.calls[-1] == "first: close"


def test_model_is_not_closed_while_another_engine_is_at_a_step() -> None:
    gate, closed = Gate(), threading.Event()

    class Watched(ToneModel):
        def close(self) -> None:
            closed.set()

    model = Watched(script=ToneScript(hang_at_step=0, gate=gate))
    with ExitStack() as stack:
        stack.callback(gate.set)
        first = Running(model)
        second = Running(model, first=first.worker)
        for engine in (first, second):
            assert engine.load() is None
        second.worker.step([("a", REQUEST)])
        assert gate.reached.wait(WAIT_S)
        first.worker.stop()
        assert not closed.wait(0.05)
        assert first.worker.is_alive
    assert isinstance(first.next(Stopped), Stopped)
    assert closed.is_set()
    assert second.worker.join(WAIT_S)


def test_engine_that_cannot_be_made_is_told_as_a_failed_load() -> None:
    class OneOnly(RecordingModel):
        def engine(self) -> Engine:
            if "engine" in self.calls:
                raise SynthesisError("there is one")
            return super().engine()

    model = OneOnly()
    first = Running(model)
    second = Running(model, first=first.worker)
    assert first.load() is None
    assert "there is one" in str(second.load())
    first.worker.stop()
    assert first.worker.join(WAIT_S)
    assert second.worker.join(WAIT_S)
    assert model.calls == ["load", "engine", "close engine", "close"]


def test_samples_are_encoded_to_the_bit_as_pcm16() -> None:
    encoder = Pcm16Encoder(24000)
    assert encoder.encode(array("h", [1, -2])) == array("h", [1, -2]).tobytes()
    assert encoder.encode(array("f", [float("nan"), 0.5])) == array("h", [0, 16384]).tobytes()
    assert (encoder.n_bad, encoder.rate_hz, encoder.bytes_per_sample, encoder.flush()) == (1, 24000, 2, b"")


@pytest.mark.parametrize("max_batch", [0, -1])
def test_engine_that_takes_nothing_in_a_step_is_told_as_a_failed_load(max_batch: int) -> None:
    class Nothing(RecordingModel):
        def engine(self) -> Engine:
            engine = RecordingEngine(self)
            engine.max_batch = max_batch
            return engine

    model = Nothing()
    engine = Running(model)
    error = engine.load()
    engine.worker.stop()
    assert engine.worker.join(WAIT_S)
    assert isinstance(error, ModelError)
    assert str(error) == f"an engine of the recording backend takes {max_batch} utterances in a step"
    assert model.calls == ["load", "close engine", "close"]
