"""Backends that break one promise each, and a fair one that runs one engine."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from tts_server.backends.base import ProgressCallback, StepResult, Utterance
from tts_server.backends.tone import ToneEngine, ToneModel, ToneScript, ToneUtterance
from tts_server.errors import SynthesisError
from tts_server.speech.capabilities import Capabilities, Voice
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

Change = Callable[[AudioChunk], AudioChunk | None]


class Lone(ToneModel):
    """A tone backend that runs one engine."""

    max_engines = 1


class AnewAtEachLook(Lone):
    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities)


class ListsOthers(Lone):
    def list_voices(self) -> tuple[Voice, ...]:
        return (*super().list_voices(), Voice("nobody", "en"))


class EstimatesSilence(Lone):
    def estimate_s(self, request: SpeechRequest) -> float:
        return super().estimate_s(request) + 0.1


class EstimatesNothing(Lone):
    def estimate_s(self, request: SpeechRequest) -> float:
        return super().estimate_s(request) * math.nan


class NoDefaultLanguage(Lone):
    _changed: Capabilities | None = None

    @property
    def capabilities(self) -> Capabilities:
        self._changed = self._changed or replace(super().capabilities, default_language=None)
        return self._changed


class WrongVoiceCount(NoDefaultLanguage):
    @property
    def capabilities(self) -> Capabilities:
        self._changed = self._changed or replace(ToneModel().capabilities, voice_count=7)
        return self._changed


class SwallowsACancelledLoad(Lone):
    def load(self, progress: ProgressCallback) -> None:
        try:
            super().load(progress)
        except BaseException:  # noqa: BLE001 - the fault that is to be found
            progress("tuning", 1.0)


class TellsNothing(Lone):
    def load(self, progress: ProgressCallback) -> None:
        pass


class CannotBeClosedUnloaded(Lone):
    _is_loaded = False

    def load(self, progress: ProgressCallback) -> None:
        super().load(progress)
        self._is_loaded = True

    def close(self) -> None:
        if not self._is_loaded:
            raise AttributeError("nothing to close")


class AdvisesWhatIsNotThere(Lone):
    def advise_engines(self, n_cores: int) -> tuple[int, str]:
        return 2 * n_cores, "more is more"


class ReservesAnyNumber(Lone):
    def reserve_engines(self, n_engines: int) -> None:
        pass


class With(Lone):
    """Has engines of another kind.

    Args:
        engine: Their class.
        script: How they behave.
    """

    def __init__(self, engine: Callable[[ToneScript], ToneEngine], **script: Any) -> None:
        super().__init__(script=ToneScript(**script))
        self._make_engine = engine

    def engine(self) -> ToneEngine:
        return self._make_engine(self.script)


class Changing(ToneEngine):
    """Changes its chunks."""

    def __init__(self, script: ToneScript, change: Change) -> None:
        super().__init__(script)
        self._change = change

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return [self._change(r) if isinstance(r, AudioChunk) else r for r in super().step(batch)]


def chunks(change: Change) -> With:
    """Speak as ``change`` has it."""
    return With(partial(Changing, change=change))


class OneVoiceAtATime(ToneEngine):
    """Beginning an utterance ends the one before."""

    _current: Utterance | None = None

    def start(self, request: SpeechRequest) -> ToneUtterance:
        utterance = self._current = super().start(request)
        return utterance

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return [r if u is self._current else None for u, r in zip(batch, super().step(batch), strict=True)]


class BreaksOnOddText(ToneEngine):
    def start(self, request: SpeechRequest) -> ToneUtterance:
        if "%" in request.text:
            raise KeyError("%")
        return super().start(request)


class SpeaksNothing(ToneEngine):
    """Makes a beep of what cannot be spoken."""

    def start(self, request: SpeechRequest) -> ToneUtterance:
        return super().start(replace(request, text=request.text.replace(".", "dot")))


class TellsNothingOfTheLast(ToneEngine):
    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return super().step(batch)[:1]


class MixesUp(ToneEngine):
    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return super().step(batch)[::-1]


class GrowsQuieter(ToneEngine):
    """Divides its loudness by the size of the batch."""

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return [
            floats(result, 1 / len(batch)) if isinstance(result, AudioChunk) else result
            for result in super().step(batch)
        ]


class ForgetsWords(ToneEngine):
    """Tells words only of an utterance by itself."""

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        results = super().step(batch)
        if len(batch) == 1:
            return results
        return [replace(result, words=()) if isinstance(result, AudioChunk) else result for result in results]


class EndsTogether(ToneEngine):
    """Ends all that are in a batch with one that ends."""

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        results = super().step(batch)
        return [None] * len(results) if None in results else results


class TellsInOrderOfTheirStarts(ToneEngine):
    """Gives results in the order in which utterances were started, whatever that of the batch."""

    def __init__(self, script: ToneScript) -> None:
        super().__init__(script)
        self._started: list[Utterance] = []

    def start(self, request: SpeechRequest) -> ToneUtterance:
        self._started.append(utterance := super().start(request))
        return utterance

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return super().step(sorted(batch, key=self._started.index))


class DisturbedByAClose(ToneEngine):
    """Loses what it has of all others when one is closed that has not ended."""

    def __init__(self, script: ToneScript) -> None:
        super().__init__(script)
        self._is_disturbed = False

    def start(self, request: SpeechRequest) -> ToneUtterance:
        engine = self

        class Disturbing(ToneUtterance):
            n_steps = 0

            def close(self) -> None:
                engine._is_disturbed = self.goes_on and self.n_steps == 2 and engine.n_in_batch > 1

            def prepare(self) -> SynthesisError | None:
                self.n_steps += 1
                return super().prepare()

        return Disturbing(self._script, request)

    n_in_batch = 0

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        self.n_in_batch = len(batch)
        results = super().step(batch)
        if self._is_disturbed:
            results[-1] = None
        return results


class FailsTogether(ToneEngine):
    """Fails all that are in a batch with one that fails."""

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        results = super().step(batch)
        errors = [result for result in results if isinstance(result, SynthesisError)]
        return [*errors[:1] * len(results)] or results


class FailsOnlyAlone(ToneEngine):
    """Makes silence in a batch where it fails alone."""

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        results = super().step(batch)
        if len(batch) == 1:
            return results
        silence = AudioChunk(array("h"))
        return [silence if isinstance(result, SynthesisError) else result for result in results]


class EndsWithTheFirst(ToneModel):
    """Has engines that are silent once the first is closed."""

    first: ToneEngine | None = None
    is_over = False

    def engine(self) -> ToneEngine:
        engine = DependentEngine(self)
        self.first = self.first or engine
        return engine


class DependentEngine(ToneEngine):
    def __init__(self, model: EndsWithTheFirst) -> None:
        super().__init__(model.script)
        self._model = model

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        return [None] * len(batch) if self._model.is_over else super().step(batch)

    def close(self) -> None:
        self._model.is_over = self is self._model.first


class Unequal(ToneModel):
    """Has a second engine that is not like the first."""

    n_engines = 0

    def engine(self) -> ToneEngine:
        self.n_engines += 1
        return ToneEngine(self.script if self.n_engines == 1 else ToneScript(char_ms=10.0))


class UnequalRoom(Unequal):
    def engine(self) -> ToneEngine:
        self.n_engines += 1
        return ToneEngine(ToneScript(max_batch=self.n_engines))


def floats(chunk: AudioChunk, factor: float) -> AudioChunk:
    samples = array("f", (factor * sample / 32768 for sample in memoryview(chunk.samples)))
    return replace(chunk, samples=samples)


def later(chunk: AudioChunk, by_s: float) -> AudioChunk:
    words = tuple(replace(w, start_s=w.start_s + by_s, end_s=w.end_s + by_s) for w in chunk.words)
    return replace(chunk, words=words)


def without_two(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, words=tuple(word for word in chunk.words if word.text != "two"))


kept: dict[bytes, array[int]] = {}


def not_the_callers(chunk: AudioChunk) -> AudioChunk:
    samples = array("h", chunk.samples)
    return replace(chunk, samples=kept.setdefault(samples.tobytes(), samples))


def two_dimensions(chunk: AudioChunk) -> AudioChunk:
    view = memoryview(array("h", chunk.samples))
    return replace(chunk, samples=view.cast("B").cast("h", (1, len(view)))) if view else chunk
