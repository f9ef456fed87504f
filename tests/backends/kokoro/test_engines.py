"""Several engines on one copy of the model."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tts_server.backends.base import Backend, BackendOptions
from tts_server.backends.kokoro.backend import KokoroBackend
from tts_server.speech.capabilities import ExtraValue
from tts_server.speech.request import SpeechRequest

pytestmark = [pytest.mark.model]

TEXTS = ("Your table for four is booked for half past seven.", "The kitchen light is off now.")


@pytest.fixture(scope="module")
def engines(cache_dir: Path) -> Iterator[tuple[KokoroBackend, KokoroBackend]]:
    first = KokoroBackend(BackendOptions(voice="af_heart", threads=2, cache_dir=str(cache_dir)))
    second = first.sibling()
    for backend in (first, second):
        backend.load(lambda _stage, _fraction: None)
    yield first, second
    first.close()
    second.close()


def speak(backend: Backend, text: str, extras: Mapping[str, ExtraValue] | None = None) -> NDArray[np.float32]:
    utterance = backend.start(SpeechRequest(text, extras=extras))
    chunks = []
    while (chunk := utterance.step()) is not None:
        chunks.append(np.asarray(chunk.samples, np.float32))
    utterance.close()
    return np.concatenate(chunks)


def test_engines_run_the_same_sessions(engines: tuple[KokoroBackend, KokoroBackend]) -> None:
    first, second = (backend._loaded().model for backend in engines)
    assert first is not second
    assert first.vocoder is second.vocoder
    assert first.decoder is second.decoder


def test_engines_speak_side_by_side_as_each_does_alone(engines: tuple[KokoroBackend, KokoroBackend]) -> None:
    alone = [speak(backend, text) for backend, text in zip(engines, TEXTS, strict=True)]
    together: dict[int, NDArray[np.float32]] = {}

    def run(number: int) -> None:
        together[number] = speak(engines[number], TEXTS[number])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, samples in enumerate(alone):
        # Pieces depend on the pace, and the sound on the pieces only by rounding.
        n = min(len(samples), len(together[number]))
        assert abs(len(samples) - len(together[number])) <= 24000 // 20
        assert np.abs(samples[:n] - together[number][:n]).max() < 1e-2


def test_engine_outlives_the_one_that_loaded_its_model(cache_dir: Path) -> None:
    first = KokoroBackend(BackendOptions(voice="af_heart", threads=2, cache_dir=str(cache_dir)))
    second = first.sibling()
    for backend in (first, second):
        backend.load(lambda _stage, _fraction: None)
    first.close()
    assert len(speak(second, TEXTS[1])) > 24000
    second.close()


@pytest.mark.parametrize(
    ("threads", "n_cores", "advised"), [(None, 2, 2), (None, 1, 1), (1, 8, 1), (2, 8, 2), (None, 16, 4)]
)
def test_advice_is_an_engine_for_each_thread(threads: int | None, n_cores: int, advised: int) -> None:
    backend = KokoroBackend(BackendOptions(threads=threads))
    n_engines, reason = backend.advise_engines(n_cores)
    assert n_engines == advised
    assert reason


def test_length_is_estimated_at_any_speed(engines: tuple[KokoroBackend, KokoroBackend]) -> None:
    backend = engines[0]
    ratios = []
    for speed in (0.5, 1.0, 2.0):
        for text in TEXTS:
            request = SpeechRequest(text, extras={"speed": speed})
            made_s = len(speak(backend, text, extras={"speed": speed})) / backend.sample_rate_hz
            ratios.append(backend.estimate_s(request) / made_s)
    assert max(ratios) < 1.4 * min(ratios)


def test_nothing_to_speak_has_no_length() -> None:
    backend = KokoroBackend(BackendOptions())
    assert backend.estimate_s(SpeechRequest("\U0001f600 ... !", extras={"speed": 0.5})) == 0.0
