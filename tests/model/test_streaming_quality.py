"""Streamed speech sounds like speech that was synthesized whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from laboratory.quality import SHORTEST_S, VOICES, Comparison
from laboratory.sound import mel_difference_db
from tests.model.test_corpus import MAX_WORD_ERROR_RATE, read_corpus
from tests.recognition import recognize, spoken_words, word_errors

from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.onnx.harmonic_source import HarmonicSource

pytestmark = [pytest.mark.model, pytest.mark.timeout(3600)]

N_TEXTS = 2
MEAN_DB, WORST_DB = 1.5, 3.0
MAX_CENTS = 20.0
CLICK = 4.0
MAX_MORE_WORD_ERRORS = 0.005
ROUNDING = 1e-6
"""Error of the harmonic source's spectra: 30 times what the kernels of one matrix library differ by."""
INAUDIBLE_DB = 0.15
"""Half of what two equally good realisations of the source's noise differ by."""


@pytest.fixture(scope="module")
def comparison(cache_dir: Path) -> Comparison:
    return Comparison(cache_dir)


def test_spectrum_and_pitch_are_those_of_whole_synthesis_and_seams_do_not_click(
    comparison: Comparison,
) -> None:
    differences = []
    for language, voices in VOICES.items():
        long = [text for text in read_corpus(language) if 30 < len(text) < 110]
        for number, voice in enumerate(voices):
            differences += [comparison.compare(text, voice) for text in long[number :: len(voices)][:N_TEXTS]]
    counted = [difference for difference in differences if difference.audio_s >= SHORTEST_S]
    assert len({difference.voice for difference in counted}) >= 12
    assert np.mean([difference.mel_db for difference in counted]) <= MEAN_DB
    for difference in counted:
        assert difference.mel_db <= WORST_DB, difference
        assert not difference.pitch_cents > MAX_CENTS, difference
        assert difference.n_seams > 0, difference
        assert difference.worst_seam < CLICK, difference
        assert difference.n_samples_apart == 0, difference


def test_streamed_speech_is_understood_as_well_as_whole_synthesis(comparison: Comparison) -> None:
    n_errors = {"whole": 0, "streamed": 0}
    n_words = 0
    for text in read_corpus("en")[::2]:
        streamed, _ = comparison.streamed(text, "af_heart")
        for way, samples in (("whole", comparison.whole(text, "af_heart")), ("streamed", streamed)):
            n_errors[way] += word_errors(text, recognize(samples, SAMPLE_RATE_HZ))[0]
        n_words += len(spoken_words(text))
    assert n_errors["streamed"] / n_words <= MAX_WORD_ERROR_RATE
    assert (n_errors["streamed"] - n_errors["whole"]) / n_words <= MAX_MORE_WORD_ERRORS, n_errors


def test_nobody_hears_the_rounding_of_the_harmonic_source(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, voice = "How can I help you today?", "af_heart"
    as_computed, _ = comparison.streamed(text, voice)
    compute = HarmonicSource.spectra
    rng = np.random.default_rng(3)

    def round_otherwise(source: HarmonicSource, start: int, end: int) -> np.ndarray:
        magnitudes, phases = np.split(compute(source, start, end), 2, axis=1)
        error = ROUNDING * rng.uniform(-1, 1, (*magnitudes.shape, 2)).astype(np.float32)
        values = magnitudes * np.exp(1j * phases) + error[..., 0] + 1j * error[..., 1]
        # Lines that are real on paper keep the side of the branch cut that the export chose.
        angles = np.concatenate([phases[:, :1], np.angle(values[:, 1:-1]), phases[:, -1:]], axis=1)
        return np.concatenate([np.abs(values), angles], axis=1).astype(np.float32)

    monkeypatch.setattr(HarmonicSource, "spectra", round_otherwise)
    rounded_otherwise, _ = comparison.streamed(text, voice)
    assert mel_difference_db(as_computed, rounded_otherwise, SAMPLE_RATE_HZ) < INAUDIBLE_DB
