"""The checks of the backends' contract find every promise that is broken."""

from __future__ import annotations

import math
import subprocess
import sys
from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tts_server.backends.base import Backend, BackendOptions, ProgressCallback, Utterance
from tts_server.backends.testing import check_backend, check_refusal
from tts_server.backends.tone import ToneBackend
from tts_server.errors import ConfigError, SynthesisError
from tts_server.speech.capabilities import Capabilities, Voice
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

Change = Callable[[AudioChunk], AudioChunk | None]


class Changed(Utterance):
    """A tone utterance whose chunks are changed."""

    def __init__(self, inner: Utterance, change: Change) -> None:
        self._inner = inner
        self._change = change

    def step(self) -> AudioChunk | None:
        chunk = self._inner.step()
        return None if chunk is None else self._change(chunk)

    def close(self) -> None:
        self._inner.close()


class Lone(ToneBackend):
    """A tone backend of which there is one."""

    def sibling(self) -> Backend:
        raise ConfigError("there is one")


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
        self._changed = self._changed or replace(ToneBackend().capabilities, voice_count=7)
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


class Chunks(Lone):
    """Speaks as ``change`` has it."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._changing = change

    def start(self, request: SpeechRequest) -> Utterance:
        return Changed(super().start(request), self._changing)


class OneVoiceAtATime(Lone):
    """Beginning an utterance ends the one before."""

    _current: Utterance | None = None

    def start(self, request: SpeechRequest) -> Utterance:
        utterance = super().start(request)
        self._current = utterance

        def change(chunk: AudioChunk) -> AudioChunk | None:
            return chunk if self._current is utterance else None

        return Changed(utterance, change)


class BreaksOnOddText(Lone):
    def start(self, request: SpeechRequest) -> Utterance:
        if "%" in request.text:
            raise KeyError("%")
        return super().start(request)


class SpeaksNothing(Lone):
    """Makes a beep of what cannot be spoken."""

    def start(self, request: SpeechRequest) -> Utterance:
        return super().start(replace(request, text=request.text.replace(".", "dot")))


class OneChunk(Lone):
    def __init__(self) -> None:
        super().__init__(BackendOptions(settings=(("step_ms", "100000"),)))


class Unequal(ToneBackend):
    def sibling(self) -> Backend:
        return ToneBackend(BackendOptions(settings=(("char_ms", "10"),)))


def floats(chunk: AudioChunk, factor: float) -> AudioChunk:
    samples = array("f", (factor * sample / 32768 for sample in memoryview(chunk.samples)))
    return replace(chunk, samples=samples)


def later(chunk: AudioChunk, by_s: float) -> AudioChunk:
    words = tuple(replace(w, start_s=w.start_s + by_s, end_s=w.end_s + by_s) for w in chunk.words)
    return replace(chunk, words=words)


def without_two(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, words=tuple(word for word in chunk.words if word.text != "two"))


_kept: dict[bytes, array[int]] = {}


def not_the_callers(chunk: AudioChunk) -> AudioChunk:
    samples = array("h", chunk.samples)
    return replace(chunk, samples=_kept.setdefault(samples.tobytes(), samples))


def two_dimensions(chunk: AudioChunk) -> AudioChunk:
    view = memoryview(array("h", chunk.samples))
    return replace(chunk, samples=view.cast("B").cast("h", (1, len(view)))) if view else chunk


BROKEN: list[tuple[Callable[[], Backend], str]] = [
    (AnewAtEachLook, "same object"),
    (NoDefaultLanguage, "default language"),
    (WrongVoiceCount, "voice_count"),
    (ListsOthers, "list_voices"),
    (EstimatesNothing, "number of seconds"),
    (EstimatesSilence, "estimate_s is 0"),
    (SwallowsACancelledLoad, "LoadCancelled"),
    (TellsNothing, "tells its progress"),
    (AdvisesWhatIsNotThere, "engines"),
    (SpeaksNothing, "nothing to speak"),
    (OneChunk, "several chunks"),
    (OneVoiceAtATime, "beside it"),
    (Unequal, "siblings"),
    (lambda: Chunks(lambda chunk: replace(chunk, samples=array("i", chunk.samples))), "float32 or int16"),
    (lambda: Chunks(two_dimensions), "one dimension"),
    (lambda: Chunks(lambda chunk: floats(chunk, 8)), r"\[-1, 1\]"),
    (lambda: Chunks(lambda chunk: floats(chunk, float("nan"))), "numbers"),
    (lambda: Chunks(lambda chunk: floats(chunk, 0)), "heard"),
    (lambda: Chunks(lambda chunk: later(chunk, 0.1)), "within the audio"),
    (lambda: Chunks(lambda chunk: later(chunk, -0.1)), "begins no sooner"),
    (lambda: Chunks(without_two), "every word"),
    (lambda: Chunks(lambda chunk: replace(chunk, words=chunk.words[::-1] * 2)), "behind the word"),
    (lambda: Chunks(not_the_callers), "owns the samples"),
]


@pytest.mark.parametrize(("make", "promise"), BROKEN, ids=[promise for _, promise in BROKEN])
def test_a_promise_that_is_broken_is_named(make: Callable[[], Backend], promise: str) -> None:
    _kept.clear()
    with pytest.raises(AssertionError, match=promise):
        check_backend(make)


@pytest.mark.parametrize(
    ("make", "error"), [(CannotBeClosedUnloaded, AttributeError), (BreaksOnOddText, KeyError)]
)
def test_what_a_backend_should_not_raise_comes_out(
    make: Callable[[], Backend], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_backend(make)


def test_a_backend_of_which_there_is_one_keeps_the_contract() -> None:
    check_backend(Lone)


def test_a_request_that_is_spoken_after_all_is_no_refusal() -> None:
    with pytest.raises(AssertionError, match="without an error"):
        check_refusal(ToneBackend(), SpeechRequest("hello", voice="alto"))


def test_a_backend_that_an_error_has_broken_is_found() -> None:
    class Broken(Lone):
        has_failed = False

        def start(self, request: SpeechRequest) -> Utterance:
            if request.text == "fail":
                self.has_failed = True
                raise SynthesisError("told to")
            return super().start(replace(request, text="no") if self.has_failed else request)

    with pytest.raises(AssertionError, match="stays usable"):
        check_refusal(Broken(), SpeechRequest("fail"))


def test_the_checks_need_no_test_framework() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from tts_server.backends.testing import check_backend\n"
        "from tts_server.backends.tone import ToneBackend\n"
        "check_backend(ToneBackend)"
    )
    ended: subprocess.CompletedProcess[Any] = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
