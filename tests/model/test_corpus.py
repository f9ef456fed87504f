"""What the real model says is what was written, in every default language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.recognition import recognize, word_errors

from tts_server.client.sync import SyncTTSClient

pytestmark = [pytest.mark.model, pytest.mark.timeout(3600)]

DATA = Path(__file__).parent.parent / "data"
VOICES = {"es": "ef_dora", "fr": "ff_siwis", "hi": "hf_alpha", "it": "if_sara", "pt": "pf_dora"}
MAX_WORD_ERROR_RATE = 0.05


def read_corpus(language: str) -> list[str]:
    return (DATA / f"corpus_{language}.txt").read_text(encoding="utf-8").splitlines()


def speak(client: SyncTTSClient, text: str, voice: str | None = None) -> np.ndarray:
    pcm = b"".join(client.synthesize(text, voice=voice))
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768


def test_english_corpus_is_understood_by_a_speech_recognizer(
    kokoro: SyncTTSClient, record_property: Callable[[str, object], None]
) -> None:
    sentences = read_corpus("en")
    rate_hz = kokoro.hello.audio.rate_hz
    n_errors = n_words = 0
    misheard = []
    for sentence in sentences:
        heard = recognize(speak(kokoro, sentence), rate_hz)
        errors, words = word_errors(sentence, heard)
        n_errors, n_words = n_errors + errors, n_words + words
        if errors:
            misheard.append(f"{errors}/{words} {sentence!r} was heard as {heard!r}")
    record_property("word_error_rate", n_errors / n_words)
    assert len(sentences) >= 40
    assert n_errors / n_words <= MAX_WORD_ERROR_RATE, "\n".join([f"{n_errors} of {n_words}", *misheard])


@pytest.mark.parametrize("language", sorted(VOICES))
def test_corpus_of_each_other_language_is_spoken(kokoro: SyncTTSClient, language: str) -> None:
    sentences = read_corpus(language)
    assert len(sentences) >= 5
    for sentence in sentences:
        samples = speak(kokoro, sentence, VOICES[language])
        seconds = len(samples) / kokoro.hello.audio.rate_hz
        loudest = float(np.abs(samples).max())
        assert 0.03 < seconds / len(sentence) < 0.25, f"{seconds:.2f} s for {sentence!r}"
        assert 0.1 < loudest <= 1.0, f"peak {loudest:.3f} for {sentence!r}"
