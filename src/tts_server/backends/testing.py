"""What every backend promises, as checks that the tests of any backend can run.

``check_backend`` takes what makes a backend and tries every sentence of ``tts_server.backends.base``:

    def test_keeps_the_contract() -> None:
        check_backend(lambda: HumBackend(BackendOptions()))

It needs no test framework: what does not hold is an ``AssertionError`` that says so. The backend lives on a
thread of its own throughout, as in the server. The model is loaded once, and once by its sibling; two more
loads are stopped midway. It speaks for about a minute in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from tts_server.backends.base import Backend, LoadCancelled
from tts_server.backends.testing_speech import (
    LEAST_SPREAD,
    SENTENCE,
    check_close,
    check_every_language,
    check_extras,
    check_independence,
    check_nothing_to_speak,
    check_odd_texts,
    check_ownership,
    check_speech,
    check_words,
    difference,
    expect,
    make_request,
    pcm_of,
    speak,
    spread,
)
from tts_server.errors import ConfigError, SynthesisError
from tts_server.speech.capabilities import RESERVED_EXTRAS, Voice
from tts_server.speech.request import SpeechRequest

__all__ = ["MakeBackend", "check_backend", "check_refusal", "make_request", "speak"]

MakeBackend = Callable[[], Backend]
T = TypeVar("T")

_MAX_STEP_S = 5.0


def check_backend(make: MakeBackend, *, max_step_s: float = _MAX_STEP_S) -> None:
    """Run every check on backends that ``make`` makes.

    Args:
        make: Makes a new backend, not loaded, of the same model each time.
        max_step_s: The longest that a step of a backend that streams may take; far more than the tenth of a
            second that it should, since tests share their machine.

    Raises:
        AssertionError: A sentence of the contract does not hold; the message says which.
    """
    with _engine_thread("engine-0") as on_engine, _engine_thread("engine-1") as on_other:
        on_engine(lambda: _check_cancelled_load(make, 0))
        first = make()
        listed = first.list_voices()
        second = _sibling(first)
        n_told = on_engine(lambda: _check_load(first))
        on_engine(lambda: _check_cancelled_load(make, n_told // 2))
        try:
            # Capabilities and rate are read where connections are served, not on the engine's thread.
            _check_capabilities(first)
            _check_listed_voices(first, listed)
            _check_estimate(first)
            on_engine(lambda: _check_loaded(first, max_step_s))
            if second is not None:
                _check_siblings(first, second, on_engine, on_other)
        finally:
            on_engine(first.close)


def check_refusal(backend: Backend, request: SpeechRequest) -> None:
    """A request that cannot be spoken ends in ``SynthesisError``, and the loaded backend stays usable.

    Args:
        backend: Loaded; its calls are made on this thread.
        request: One on which the backend is known to fail.

    Raises:
        AssertionError: There was no error, or the backend cannot speak any more.
    """
    before = pcm_of(backend, make_request(backend, SENTENCE))
    try:
        for _ in speak(backend, request):
            pass
    except SynthesisError as error:
        expect(bool(str(error)), "an error says what went wrong")
    else:
        raise AssertionError(f"{request!r} was spoken without an error")
    after = pcm_of(backend, make_request(backend, SENTENCE))
    expect(difference(before, after) <= LEAST_SPREAD, "a backend stays usable after an error")


def _ignore(_stage: str, _fraction: float) -> None:
    pass


class _Thread:
    """One thread that is not the main one; calling it runs something there and returns what it did."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool

    def __call__(self, work: Callable[[], T]) -> T:
        return self.pool.submit(work).result()


@contextmanager
def _engine_thread(name: str) -> Iterator[_Thread]:
    with ThreadPoolExecutor(1, name) as pool:
        yield _Thread(pool)


def _check_load(backend: Backend) -> int:
    """A load tells its progress; an unloaded backend knows its name, and what it advises can be had.

    Returns:
        How often progress was told.
    """
    name, model = backend.name, backend.model
    expect(bool(name), "a backend has a name")
    expect(bool(model), "name and model are known from construction on")
    for n_cores in (1, 2, 64):
        n_engines, reason = backend.advise_engines(n_cores)
        expect(1 <= n_engines <= n_cores, "no more engines are advised than there are cores")
        expect(bool(reason), "advice says why")
    told: list[tuple[str, float]] = []
    backend.load(lambda stage, fraction: told.append((stage, fraction)))
    expect(bool(told), "a load tells its progress")
    for stage, fraction in told:
        expect(bool(stage), "a stage has a name")
        expect(0 <= fraction <= 1, f"progress is in [0, 1], not {fraction} of {stage!r}")
    expect((backend.name, backend.model) == (name, model), "a load changes neither name nor model")
    return len(told)


def _check_cancelled_load(make: MakeBackend, stop_at: int) -> None:
    """A load that is stopped at a sign of progress lets ``LoadCancelled`` through, and can be closed."""
    n_told = 0

    def stop(_stage: str, _fraction: float) -> None:
        nonlocal n_told
        n_told += 1
        if n_told > stop_at:
            raise LoadCancelled

    backend = make()
    try:
        backend.load(stop)
    except LoadCancelled:
        expect(n_told == stop_at + 1, "nothing is told after LoadCancelled")
    else:
        # A later load may find what the first prepared, and have less to tell.
        expect(n_told <= stop_at, "a load lets LoadCancelled through")
    backend.close()


def _check_capabilities(backend: Backend) -> None:
    """Rate and capabilities are of one piece, and do not change."""
    capabilities = backend.capabilities
    expect(capabilities is backend.capabilities, "capabilities are the same object at each look")
    expect(8000 <= backend.sample_rate_hz <= 48000, "the rate is 8000 to 48000 Hz")
    expect(backend.sample_rate_hz * 20 % 1000 == 0, "a frame of 20 ms is a whole number of samples")
    expect(capabilities.ideal_words > 0, "ideal_words is at least 1")
    expect("plain" in capabilities.text_formats, "plain text is accepted")
    languages = capabilities.languages
    expect(len(set(languages)) == len(languages), "each language is advertised once")
    if languages:
        expect(capabilities.default_language in languages, "the default language is advertised")
    expect(not set(capabilities.refused_languages) & set(languages), "no refused language is advertised")
    expect(all(capabilities.refused_languages.values()), "a refused language has its reason")
    _check_voices(backend)
    for name, spec in capabilities.extras.items():
        expect(name not in RESERVED_EXTRAS, f"no extra is named {name!r}")
        limits = (spec.minimum, spec.maximum)
        expect(None in limits or spec.minimum <= spec.maximum, f"limits of {name!r} are in order")  # type: ignore[operator]


def _check_voices(backend: Backend) -> None:
    capabilities = backend.capabilities
    if not capabilities.voices:
        return
    names = [voice.name for voice in capabilities.voices]
    expect(len(set(names)) == len(names), "each voice has a name of its own")
    expect(capabilities.default_voice in names, "the default voice is listed")
    usable = [v for v in capabilities.voices if not v.language or v.language in capabilities.languages]
    expect(capabilities.voice_count == len(usable), "voice_count is that of the advertised languages' voices")
    expect(capabilities.default_voice in {v.name for v in usable}, "the default voice speaks a language")


def _check_listed_voices(backend: Backend, listed: tuple[Voice, ...] | None) -> None:
    """What was listed before the load is what can be asked for after it."""
    if listed is None:
        return
    languages = backend.capabilities.languages
    usable = [v for v in backend.capabilities.voices or () if not languages or v.language in languages]
    expect(set(listed) == set(usable), "list_voices lists the voices of the advertised languages")


def _check_estimate(backend: Backend) -> None:
    """The estimate of a length is a number of seconds for any text, and grows with it."""
    once, twice, nothing = (
        backend.estimate_s(make_request(backend, text)) for text in (SENTENCE, f"{SENTENCE} {SENTENCE}", "…")
    )
    expect(0 < once < twice < math.inf, "estimate_s is a number of seconds, more for more text")
    expect(nothing == 0, "estimate_s is 0 where nothing is to be spoken")


def _check_loaded(backend: Backend, max_step_s: float) -> None:
    check_speech(backend, max_step_s)
    check_every_language(backend)
    check_nothing_to_speak(backend)
    check_odd_texts(backend)
    check_words(backend)
    most = spread(backend)
    check_ownership(backend, most)
    check_independence(backend, most)
    check_close(backend, most)
    check_extras(backend)
    _check_capabilities(backend)


def _sibling(backend: Backend) -> Backend | None:
    """Return a sibling, if there can be one: as many as are advised for a big machine, at least."""
    n_advised, _ = backend.advise_engines(64)
    try:
        sibling = backend.sibling()
    except ConfigError:
        expect(n_advised == 1, "as many engines are advised as there can be siblings")
        return None
    expect(sibling is not backend, "a sibling is another backend")
    same = (sibling.name, sibling.model) == (backend.name, backend.model)
    expect(same, "siblings have the same name and model")
    return sibling


def _check_siblings(first: Backend, second: Backend, on_first: _Thread, on_second: _Thread) -> None:
    """Siblings speak at the same time, each on its own thread, and one outlives the other."""
    on_second(lambda: second.load(_ignore))
    try:
        alone = on_first(lambda: _sentence_of(first))
        most = on_first(lambda: spread(first))
        together = [
            on_first.pool.submit(_sentence_of, first),
            on_second.pool.submit(_sentence_of, second),
        ]
        for speaking in together:
            expect(difference(alone, speaking.result()) <= most, "siblings speak as each does alone")
    finally:
        on_second(second.close)
    left = on_first(lambda: _sentence_of(first))
    expect(difference(alone, left) <= most, "a backend goes on when its sibling is closed")


def _sentence_of(backend: Backend) -> bytes:
    return pcm_of(backend, make_request(backend, SENTENCE))
