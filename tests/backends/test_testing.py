"""The checks of the backends' contract find every promise that is broken."""

from __future__ import annotations

import subprocess
import sys
import threading
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.backends.broken import (
    AdvisesWhatIsNotThere,
    AnewAtEachLook,
    BreaksOnOddText,
    CannotBeClosedUnloaded,
    DisturbedByAClose,
    EndsTogether,
    EndsWithTheFirst,
    EstimatesNothing,
    EstimatesSilence,
    FailsOnlyAlone,
    FailsTogether,
    ForgetsWords,
    GrowsQuieter,
    ListsOthers,
    Lone,
    MixesUp,
    NoDefaultLanguage,
    OneVoiceAtATime,
    ReservesAnyNumber,
    SpeaksNothing,
    SwallowsACancelledLoad,
    TellsInOrderOfTheirStarts,
    TellsNothing,
    TellsNothingOfTheLast,
    Unequal,
    UnequalRoom,
    With,
    WrongVoiceCount,
    chunks,
    floats,
    kept,
    later,
    not_the_callers,
    two_dimensions,
    without_two,
)

from tts_server.backends.base import Model, ProgressCallback, StepResult, Utterance
from tts_server.backends.testing import check_backend, check_refusal
from tts_server.backends.tone import ToneEngine, ToneModel, ToneScript, ToneUtterance
from tts_server.errors import SynthesisError
from tts_server.speech.request import SpeechRequest

BROKEN: list[tuple[Callable[[], Model], str]] = [
    (AnewAtEachLook, "same object"),
    (NoDefaultLanguage, "default language"),
    (WrongVoiceCount, "voice_count"),
    (ListsOthers, "list_voices"),
    (EstimatesNothing, "number of seconds"),
    (EstimatesSilence, "estimate_s is 0"),
    (SwallowsACancelledLoad, "LoadCancelled"),
    (TellsNothing, "tells its progress"),
    (AdvisesWhatIsNotThere, "engines"),
    (ReservesAnyNumber, "more than max_engines"),
    (lambda: With(SpeaksNothing), "nothing to speak"),
    (lambda: With(ToneEngine, step_ms=100_000.0), "several chunks"),
    (lambda: With(OneVoiceAtATime), "beside it"),
    (lambda: With(ToneEngine, max_batch=0), "one utterance at least"),
    (lambda: With(TellsNothingOfTheLast, max_batch=2), "a result for each"),
    (lambda: With(MixesUp, max_batch=4), "in a batch of 2"),
    (lambda: With(GrowsQuieter, max_batch=4), "in a batch of 2"),
    (lambda: With(ForgetsWords, max_batch=4), "so are its words"),
    (lambda: With(EndsTogether, max_batch=4), "in a batch of 2"),
    (lambda: With(TellsInOrderOfTheirStarts, max_batch=4), "at any place"),
    (lambda: With(DisturbedByAClose, max_batch=4), "closed, or that begins"),
    (Unequal, "side by side"),
    (EndsWithTheFirst, "goes on when another is closed"),
    (UnequalRoom, "as large a batch"),
    (lambda: chunks(lambda chunk: replace(chunk, samples=array("i", chunk.samples))), "float32 or int16"),
    (lambda: chunks(two_dimensions), "one dimension"),
    (lambda: chunks(lambda chunk: floats(chunk, 8)), r"\[-1, 1\]"),
    (lambda: chunks(lambda chunk: floats(chunk, float("nan"))), "numbers"),
    (lambda: chunks(lambda chunk: floats(chunk, 0)), "heard"),
    (lambda: chunks(lambda chunk: later(chunk, 0.1)), "within the audio"),
    (lambda: chunks(lambda chunk: later(chunk, -0.1)), "begins no sooner"),
    (lambda: chunks(without_two), "every word"),
    (lambda: chunks(lambda chunk: replace(chunk, words=chunk.words[::-1] * 2)), "behind the word"),
    (lambda: chunks(not_the_callers), "owns the samples"),
]


@pytest.mark.parametrize(("make", "promise"), BROKEN, ids=[promise for _, promise in BROKEN])
def test_a_promise_that_is_broken_is_named(make: Callable[[], Model], promise: str) -> None:
    kept.clear()
    with pytest.raises(AssertionError, match=promise):
        check_backend(make)


@pytest.mark.parametrize(
    ("make", "error"), [(CannotBeClosedUnloaded, AttributeError), (lambda: With(BreaksOnOddText), KeyError)]
)
def test_what_a_backend_should_not_raise_comes_out(make: Callable[[], Model], error: type[Exception]) -> None:
    with pytest.raises(error):
        check_backend(make)


def test_a_backend_of_which_there_is_one_keeps_the_contract() -> None:
    check_backend(Lone)


class Noting(ToneModel):
    """Notes on which thread each thing is done, of a model whose load is not called off."""

    def __init__(self, notes: set[tuple[str, str]]) -> None:
        super().__init__(script=ToneScript(max_batch=2))
        self._notes = notes
        self._n_engines = 0

    def note(self, call: str) -> None:
        self._notes.add((call, threading.current_thread().name.partition("_")[0]))

    def load(self, progress: ProgressCallback) -> None:
        self.note("load")
        super().load(progress)

    def engine(self) -> ToneEngine:
        self._n_engines += 1
        self.note(f"make {self._n_engines}")
        return NotingEngine(self, self._n_engines)

    def close(self) -> None:
        self.note("close model")


class NotingEngine(ToneEngine):
    def __init__(self, model: Noting, number: int) -> None:
        super().__init__(model.script)
        self._model = model
        self._number = number

    def start(self, request: SpeechRequest) -> ToneUtterance:
        self._model.note(f"start of {self._number}")
        model, number = self._model, self._number

        class Noted(ToneUtterance):
            def close(self) -> None:
                model.note(f"end of {number}")

        return Noted(self._script, request)

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        self._model.note(f"step of {self._number}")
        return super().step(batch)

    def close(self) -> None:
        self._model.note(f"close {self._number}")


def test_each_call_is_made_on_the_thread_that_the_contract_names() -> None:
    notes: set[tuple[str, str]] = set()
    check_backend(lambda: Noting(notes), batch_tolerance=0)
    of_an_engine = ("make", "start of", "step of", "end of", "close")
    assert notes == {
        ("load", "engine-0"),
        ("close model", "engine-0"),
        *((f"{call} 1", "engine-0") for call in of_an_engine),
        *((f"{call} 2", "engine-1") for call in of_an_engine),
    }


def test_a_request_that_is_spoken_after_all_is_no_refusal() -> None:
    with pytest.raises(AssertionError, match="without an error"):
        check_refusal(ToneModel, SpeechRequest("hello", voice="alto"))


def test_an_engine_that_an_error_has_broken_is_found() -> None:
    class Broken(ToneEngine):
        has_failed = False

        def start(self, request: SpeechRequest) -> ToneUtterance:
            if request.text == "fail":
                self.has_failed = True
                raise SynthesisError("told to")
            return super().start(replace(request, text="no") if self.has_failed else request)

    with pytest.raises(AssertionError, match="stays usable"):
        check_refusal(lambda: With(Broken), SpeechRequest("fail"))


def test_an_error_that_is_lost_in_a_batch_is_found() -> None:
    failing = SpeechRequest("hello world", extras={"fail_at_step": 1})
    with pytest.raises(AssertionError, match="fails in a batch"):
        check_refusal(lambda: With(FailsOnlyAlone, max_batch=2), failing)


def test_an_error_that_is_everybodys_is_found() -> None:
    failing = SpeechRequest("hello world", extras={"fail_at_step": 1})
    with pytest.raises(AssertionError, match="nobody else's"):
        check_refusal(lambda: With(FailsTogether, max_batch=2), failing)


def test_the_checks_need_no_test_framework() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from tts_server.backends.testing import check_backend\n"
        "from tts_server.backends.tone import ToneEngine, ToneModel, ToneScript, ToneUtterance\n"
        "check_backend(ToneModel)"
    )
    ended: subprocess.CompletedProcess[Any] = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
