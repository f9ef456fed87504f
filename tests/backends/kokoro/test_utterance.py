"""What a whole request sounds like and says of itself: words, pauses and edges."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tts_server.backends.base import BackendOptions, Engine
from tts_server.backends.kokoro.backend import KokoroModel
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.speech.request import SpeechRequest
from tts_server.speech.words import WordTime

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

REQUESTS = (
    ("Now.", "bf_emma", 1.0),
    ("Hello there, how are you?", "af_heart", 0.5),
    ("Please wait. I am looking for it.", "am_eric", 2.0),
    ("नमस्ते।", "hf_alpha", 0.8),
    ("Un momento, por favor. ¿Listo?", "ef_dora", 1.5),
)
SOUND_S = 0.25
"""How far from the first and the last audible sample the words may begin and end."""


@pytest.fixture(scope="module")
def engine(kokoro_cache: Path) -> Iterator[Engine]:
    model = KokoroModel(BackendOptions(threads=2, cache_dir=str(kokoro_cache)))
    model.load(lambda _stage, _fraction: None)
    yield model.engine()
    model.close()


def speak(
    engine: Engine, text: str, voice: str, **extras: object
) -> tuple[NDArray[np.float32], list[WordTime]]:
    utterance = engine.start(SpeechRequest(text, voice=voice, extras=extras))
    samples: list[NDArray[np.float32]] = []
    words: list[WordTime] = []
    while (chunk := utterance.step()) is not None:
        samples.append(np.asarray(chunk.samples, np.float32))
        words += chunk.words
    utterance.close()
    return np.concatenate(samples), words


@pytest.mark.parametrize("keep_silence", [False, True])
@pytest.mark.parametrize(("text", "voice", "speed"), REQUESTS)
def test_words_lie_within_the_audio_and_begin_and_end_with_its_sound(
    engine: Engine, text: str, voice: str, speed: float, keep_silence: bool
) -> None:
    samples, words = speak(engine, text, voice, speed=speed, keep_silence=keep_silence)
    assert [word.text for word in words] == text.split()
    assert words[0].start_s >= 0
    assert words[-1].end_s <= len(samples) / SAMPLE_RATE_HZ
    assert all(word.start_s < word.end_s for word in words)
    assert all(before.end_s <= after.start_s for before, after in pairwise(words))
    audible = np.flatnonzero(np.abs(samples) > 0.01 * np.abs(samples).max()) / SAMPLE_RATE_HZ
    assert abs(words[0].start_s - audible[0]) < SOUND_S
    assert abs(words[-1].end_s - audible[-1]) < SOUND_S


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_each_sentence_of_a_text_begins_and_ends_in_silence(engine: Engine, speed: float) -> None:
    samples, _ = speak(engine, "Now. Is it? All of them.", "bf_emma", speed=speed)
    silence = 0.005 * np.abs(samples).max()
    n_edge = SAMPLE_RATE_HZ // 500
    pauses = _pauses(samples)
    assert len(pauses) == 2
    assert np.abs(samples[:n_edge]).max() <= silence
    assert np.abs(samples[-n_edge:]).max() <= silence
    for start, end in pauses:
        assert np.abs(samples[start - n_edge : start]).max() <= silence
        assert np.abs(samples[end : end + n_edge]).max() <= silence


def _pauses(samples: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the stretches of digital silence of 0.1 s or more."""
    loud = np.flatnonzero(samples)
    gaps = np.flatnonzero(np.diff(loud) > SAMPLE_RATE_HZ // 10)
    return [(int(loud[gap]) + 1, int(loud[gap + 1])) for gap in gaps]


def counts(engine: Engine, text: str, voice: str) -> list[tuple[int, int]]:
    """Return of each step how many words were nearly lost and are left out, but of those with none."""
    utterance = engine.start(SpeechRequest(text, voice=voice))
    chunks = iter(utterance.step, None)
    counted = [(chunk.n_repaired, chunk.n_left_out) for chunk in chunks]
    utterance.close()
    return [pair for pair in counted if any(pair)]


@pytest.mark.parametrize(
    ("text", "voice", "counted"),
    [
        ("Di Привет a Ana. No hay más. Мир, мир.", "ef_dora", [(0, 1), (0, 2)]),
        ("a1b2.c3 is here. Say Привет, please.", "af_heart", [(1, 0), (0, 1)]),
        ("Привет.", "af_heart", [(0, 1)]),
        ("Nothing odd is in here.", "bf_emma", []),
    ],
)
def test_words_nearly_lost_or_left_out_are_told_once_with_the_step_that_came_upon_them(
    engine: Engine, text: str, voice: str, counted: list[tuple[int, int]]
) -> None:
    assert counts(engine, text, voice) == counted
