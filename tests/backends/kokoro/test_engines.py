"""Several engines on one copy of the model."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tts_server.backends.base import BackendOptions, Engine
from tts_server.backends.kokoro.backend import KokoroModel
from tts_server.backends.kokoro.onnx.stream import StreamingModel
from tts_server.backends.kokoro.utterance import LoadedParts, StreamedUtterance
from tts_server.backends.testing import speak as run
from tts_server.errors import ModelError
from tts_server.speech.capabilities import ExtraValue
from tts_server.speech.request import SpeechRequest

pytestmark = [pytest.mark.model]

TEXTS = ("Your table for four is booked for half past seven.", "The kitchen light is off now.")


@dataclass(frozen=True)
class House:
    """A loaded model and two engines of it."""

    model: KokoroModel
    engines: tuple[Engine, Engine]


@pytest.fixture(scope="module")
def house(cache_dir: Path) -> Iterator[House]:
    model = KokoroModel(BackendOptions(voice="af_heart", threads=2, cache_dir=str(cache_dir)))
    model.reserve_engines(2)
    model.load(lambda _stage, _fraction: None)
    yield House(model, (model.engine(), model.engine()))
    model.close()


def speak(engine: Engine, text: str, extras: Mapping[str, ExtraValue] | None = None) -> NDArray[np.float32]:
    chunks = [
        np.asarray(chunk.samples, np.float32) for chunk in run(engine, SpeechRequest(text, extras=extras))
    ]
    return np.concatenate(chunks)


def parts_of(engine: Engine) -> LoadedParts:
    utterance = engine.start(SpeechRequest("Now."))
    assert isinstance(utterance, StreamedUtterance)
    return utterance._parts


def test_engines_run_the_same_sessions(house: House) -> None:
    first, second = (parts_of(engine).model for engine in house.engines)
    assert isinstance(first, StreamingModel)
    assert isinstance(second, StreamingModel)
    assert first is not second
    assert first.vocoder is second.vocoder
    assert first.decoder is second.decoder


def test_engines_speak_side_by_side_as_each_does_alone(house: House) -> None:
    alone = [speak(engine, text) for engine, text in zip(house.engines, TEXTS, strict=True)]
    together: dict[int, NDArray[np.float32]] = {}

    def say(number: int) -> None:
        together[number] = speak(house.engines[number], TEXTS[number])

    threads = [threading.Thread(target=say, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, samples in enumerate(alone):
        # Pieces depend on the pace, and the sound on the pieces only by rounding.
        n = min(len(samples), len(together[number]))
        assert abs(len(samples) - len(together[number])) <= 24000 // 20
        assert np.abs(samples[:n] - together[number][:n]).max() < 1e-2


@pytest.mark.parametrize(
    ("threads", "n_engines", "in_a_session"), [(2, 1, 2), (2, 2, 1), (4, 2, 3), (4, 4, 1), (2, 4, 1)]
)
def test_threads_are_for_all_engines_together(threads: int, n_engines: int, in_a_session: int) -> None:
    model = KokoroModel(BackendOptions(threads=threads))
    model.reserve_engines(n_engines)
    assert model.session_threads == in_a_session


def test_an_engine_of_a_model_that_is_not_loaded_is_refused() -> None:
    with pytest.raises(ModelError, match="not loaded"):
        KokoroModel(BackendOptions()).engine()


@pytest.mark.parametrize(
    ("threads", "n_cores", "advised"), [(None, 2, 2), (None, 1, 1), (1, 8, 1), (2, 8, 2), (None, 16, 4)]
)
def test_advice_is_an_engine_for_each_thread(threads: int | None, n_cores: int, advised: int) -> None:
    model = KokoroModel(BackendOptions(threads=threads))
    n_engines, reason = model.advise_engines(n_cores)
    assert n_engines == advised
    assert reason


def test_length_is_estimated_at_any_speed(house: House) -> None:
    model, engine = house.model, house.engines[0]
    ratios = []
    for speed in (0.5, 1.0, 2.0):
        for text in TEXTS:
            request = SpeechRequest(text, extras={"speed": speed})
            made_s = len(speak(engine, text, extras={"speed": speed})) / model.sample_rate_hz
            ratios.append(model.estimate_s(request) / made_s)
    assert max(ratios) < 1.4 * min(ratios)


def test_nothing_to_speak_has_no_length() -> None:
    model = KokoroModel(BackendOptions())
    assert model.estimate_s(SpeechRequest("\U0001f600 ... !", extras={"speed": 0.5})) == 0.0
