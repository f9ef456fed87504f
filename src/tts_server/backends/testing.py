"""What every backend promises, as checks that the tests of any backend can run.

``check_backend`` takes what makes a backend's model and tries every sentence of ``tts_server.backends.base``:

    def test_keeps_the_contract() -> None:
        check_backend(lambda: HumModel(BackendOptions()))

It needs no test framework: what does not hold is an ``AssertionError`` that says so. Every call is made on
the thread that the contract names, as in the server. The model is loaded once; two more loads are stopped
midway. It speaks for about a minute in all, and longer where it takes batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import TypeVar

from tts_server.backends.base import LoadCancelled, Model
from tts_server.backends.testing_batches import check_batches, check_error_in_a_batch
from tts_server.backends.testing_speech import (
    LEAST_SPREAD,
    SENTENCE,
    Speaker,
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
    speak,
    spread,
)
from tts_server.errors import ConfigError, SynthesisError
from tts_server.speech.capabilities import RESERVED_EXTRAS, Voice
from tts_server.speech.request import SpeechRequest

__all__ = ["MakeModel", "check_backend", "check_refusal", "make_request", "speak"]

MakeModel = Callable[[], Model]
T = TypeVar("T")

_MAX_STEP_S = 5.0


def check_backend(
    make: MakeModel, *, max_step_s: float = _MAX_STEP_S, batch_tolerance: float | None = None
) -> None:
    """Run every check on models that ``make`` makes.

    Args:
        make: Makes a new model of the backend, not loaded, the same each time.
        max_step_s: The longest that a step of a backend that streams may take; far more than the tenth of a
            second that it should, since tests share their machine.
        batch_tolerance: How far what is made in a batch may be from what is made alone: 0 is the same to the
            bit, 1 as far as speech from silence. None is as far as two runs alone are from each other, and
            0.02 at least.

    Raises:
        AssertionError: A sentence of the contract does not hold; the message says which.
    """
    with _engine_thread("engine-0") as on_first, _engine_thread("engine-1") as on_second:
        on_first(lambda: _check_cancelled_load(make, 0))
        _check_bound_of_engines(make())
        model = make()
        listed = model.list_voices()
        n_engines = 1 if model.max_engines == 1 else 2
        model.reserve_engines(n_engines)
        n_told = on_first(lambda: _check_load(model))
        on_first(lambda: _check_cancelled_load(make, n_told // 2))
        try:
            # Capabilities and rate are read where connections are served, not on the engine's thread.
            _check_capabilities(model)
            _check_listed_voices(model, listed)
            _check_estimate(model)
            _check_engines(model, n_engines, on_first, on_second, max_step_s, batch_tolerance)
        finally:
            on_first(model.close)


def check_refusal(make: MakeModel, request: SpeechRequest) -> None:
    """A request that cannot be spoken ends in ``SynthesisError``, and costs nobody else anything.

    Args:
        make: As for ``check_backend``.
        request: One on which the backend is known to fail.

    Raises:
        AssertionError: There was no error, or the engine cannot speak others after it or beside it.
    """
    with _engine_thread("engine-0") as on_engine:
        on_engine(lambda: _check_refusal(make, request))


def _check_refusal(make: MakeModel, request: SpeechRequest) -> None:
    with closing(make()) as model:
        model.load(_ignore)
        with closing(model.engine()) as engine:
            _check_refused(Speaker(model, engine), request)


def _check_refused(speaker: Speaker, request: SpeechRequest) -> None:
    before = speaker.pcm(SENTENCE)
    try:
        for _ in speak(speaker.engine, request):
            pass
    except SynthesisError as error:
        expect(bool(str(error)), "an error says what went wrong")
    else:
        raise AssertionError(f"{request!r} was spoken without an error")
    after = speaker.pcm(SENTENCE)
    expect(difference(before, after) <= LEAST_SPREAD, "an engine stays usable after an error")
    if speaker.engine.max_batch > 1:
        check_error_in_a_batch(speaker, request)


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


def _check_load(model: Model) -> int:
    """A load tells its progress; a model knows its names before it is loaded.

    Returns:
        How often progress was told.
    """
    names = model.name, model.model_name
    expect(all(names), "backend and model have their names from construction on")
    told: list[tuple[str, float]] = []
    model.load(lambda stage, fraction: told.append((stage, fraction)))
    expect(bool(told), "a load tells its progress")
    for stage, fraction in told:
        expect(bool(stage), "a stage has a name")
        expect(0 <= fraction <= 1, f"progress is in [0, 1], not {fraction} of {stage!r}")
    expect((model.name, model.model_name) == names, "a load changes no name")
    return len(told)


def _check_bound_of_engines(model: Model) -> None:
    """As many engines can be had as are advised, and more than there can be are refused before the load."""
    most = math.inf if model.max_engines is None else model.max_engines
    expect(most >= 1, "at least one engine can be had")
    for n_cores in (1, 2, 64):
        n_engines, reason = model.advise_engines(n_cores)
        expect(
            1 <= n_engines <= min(n_cores, most),
            "no more engines are advised than there are cores, or can be",
        )
        expect(bool(reason), "advice says why")
    if model.max_engines is not None:
        try:
            model.reserve_engines(model.max_engines + 1)
        except ConfigError as error:
            expect(bool(str(error)), "a refusal says why")
        else:
            raise AssertionError("not so: more than max_engines engines are refused")


def _check_cancelled_load(make: MakeModel, stop_at: int) -> None:
    """A load that is stopped at a sign of progress lets ``LoadCancelled`` through, and can be closed."""
    n_told = 0

    def stop(_stage: str, _fraction: float) -> None:
        nonlocal n_told
        n_told += 1
        if n_told > stop_at:
            raise LoadCancelled

    model = make()
    try:
        model.load(stop)
    except LoadCancelled:
        expect(n_told == stop_at + 1, "nothing is told after LoadCancelled")
    else:
        # A later load may find what the first prepared, and have less to tell.
        expect(n_told <= stop_at, "a load lets LoadCancelled through")
    model.close()


def _check_capabilities(model: Model) -> None:
    """Rate and capabilities are of one piece, and do not change."""
    capabilities = model.capabilities
    expect(capabilities is model.capabilities, "capabilities are the same object at each look")
    expect(8000 <= model.sample_rate_hz <= 48000, "the rate is 8000 to 48000 Hz")
    expect(model.sample_rate_hz * 20 % 1000 == 0, "a frame of 20 ms is a whole number of samples")
    expect(capabilities.ideal_words > 0, "ideal_words is at least 1")
    expect("plain" in capabilities.text_formats, "plain text is accepted")
    languages = capabilities.languages
    expect(len(set(languages)) == len(languages), "each language is advertised once")
    if languages:
        expect(capabilities.default_language in languages, "the default language is advertised")
    expect(not set(capabilities.refused_languages) & set(languages), "no refused language is advertised")
    expect(all(capabilities.refused_languages.values()), "a refused language has its reason")
    _check_voices(model)
    for name, spec in capabilities.extras.items():
        expect(name not in RESERVED_EXTRAS, f"no extra is named {name!r}")
        limits = (spec.minimum, spec.maximum)
        expect(None in limits or spec.minimum <= spec.maximum, f"limits of {name!r} are in order")  # type: ignore[operator]


def _check_voices(model: Model) -> None:
    capabilities = model.capabilities
    if not capabilities.voices:
        return
    names = [voice.name for voice in capabilities.voices]
    expect(len(set(names)) == len(names), "each voice has a name of its own")
    expect(capabilities.default_voice in names, "the default voice is listed")
    usable = [v for v in capabilities.voices if not v.language or v.language in capabilities.languages]
    expect(capabilities.voice_count == len(usable), "voice_count is that of the advertised languages' voices")
    expect(capabilities.default_voice in {v.name for v in usable}, "the default voice speaks a language")


def _check_listed_voices(model: Model, listed: tuple[Voice, ...] | None) -> None:
    """What was listed before the load is what can be asked for after it."""
    if listed is None:
        return
    languages = model.capabilities.languages
    usable = [v for v in model.capabilities.voices or () if not languages or v.language in languages]
    expect(set(listed) == set(usable), "list_voices lists the voices of the advertised languages")


def _check_estimate(model: Model) -> None:
    """The estimate of a length is a number of seconds for any text, and grows with it."""
    once, twice, nothing = (
        model.estimate_s(make_request(model, text)) for text in (SENTENCE, f"{SENTENCE} {SENTENCE}", "…")
    )
    expect(0 < once < twice < math.inf, "estimate_s is a number of seconds, more for more text")
    expect(nothing == 0, "estimate_s is 0 where nothing is to be spoken")


def _check_engines(
    model: Model,
    n_engines: int,
    on_first: _Thread,
    on_second: _Thread,
    max_step_s: float,
    batch_tolerance: float | None,
) -> None:
    with ExitStack() as open_engines:
        first = Speaker(model, on_first(model.engine))
        close_first = open_engines.enter_context(_closing(first, on_first))
        on_first(lambda: _check_engine(first, max_step_s, batch_tolerance))
        if n_engines > 1:
            second = Speaker(model, on_second(model.engine))
            open_engines.enter_context(_closing(second, on_second))
            expect(second.engine is not first.engine, "each engine is another")
            expect(second.engine.max_batch == first.engine.max_batch, "all engines take as large a batch")
            _check_side_by_side(first, second, on_first, on_second, close_first)


@contextmanager
def _closing(speaker: Speaker, on_its_thread: _Thread) -> Iterator[Callable[[], None]]:
    """Close an engine at the end, or before it by what is yielded."""
    with ExitStack() as stack:
        stack.callback(on_its_thread, speaker.engine.close)
        yield stack.close


def _check_engine(speaker: Speaker, max_step_s: float, batch_tolerance: float | None) -> None:
    check_speech(speaker, max_step_s)
    check_every_language(speaker)
    check_nothing_to_speak(speaker)
    check_odd_texts(speaker)
    check_words(speaker)
    most = spread(speaker)
    check_ownership(speaker, most)
    check_independence(speaker, most)
    check_close(speaker, most)
    check_extras(speaker)
    check_batches(speaker, most if batch_tolerance is None else batch_tolerance)
    _check_capabilities(speaker.model)


def _check_side_by_side(
    first: Speaker,
    second: Speaker,
    on_first: _Thread,
    on_second: _Thread,
    close_first: Callable[[], None],
) -> None:
    """Engines speak at the same time, each on its own thread, and one outlives the other."""
    alone = on_first(lambda: first.pcm(SENTENCE))
    most = on_first(lambda: spread(first))
    together = [
        on_first.pool.submit(first.pcm, SENTENCE),
        on_second.pool.submit(second.pcm, SENTENCE),
    ]
    for speaking in together:
        expect(difference(alone, speaking.result()) <= most, "engines side by side speak as each does alone")
    close_first()
    left = on_second(lambda: second.pcm(SENTENCE))
    expect(difference(alone, left) <= most, "an engine goes on when another is closed")
