"""The instruments that judge sound measure what they claim."""

from __future__ import annotations

import numpy as np
import pytest
from laboratory.sound import Float32, mel_difference_db, pitch_difference_cents, pitch_hz, roughness

RATE_HZ = 24000


def vowel(pitch: float, top_hz: float = RATE_HZ / 2) -> Float32:
    t = np.arange(RATE_HZ) / RATE_HZ
    harmonics = np.arange(1, int(top_hz / pitch))[:, None]
    return np.asarray(0.1 * (np.sin(2 * np.pi * pitch * harmonics * t) / harmonics).sum(axis=0), np.float32)


def test_same_sound_has_no_difference() -> None:
    assert mel_difference_db(vowel(120), vowel(120), RATE_HZ) == 0


def test_half_the_level_is_six_decibels() -> None:
    assert mel_difference_db(vowel(120), vowel(120) / np.float32(2), RATE_HZ) == pytest.approx(6.0, abs=0.3)


def test_silence_around_speech_does_not_count() -> None:
    silence = np.zeros(RATE_HZ, np.float32)
    noise = np.random.default_rng(1).normal(0, 1e-5, RATE_HZ).astype(np.float32)
    spoken, other = np.concatenate([vowel(120), silence]), np.concatenate([vowel(120), noise])
    assert mel_difference_db(spoken, other, RATE_HZ) < 0.2


@pytest.mark.parametrize("pitch", [80.0, 140.0, 250.0])
def test_pitch_of_a_vowel_is_found(pitch: float) -> None:
    assert np.nanmedian(pitch_hz(vowel(pitch), RATE_HZ)) == pytest.approx(pitch, rel=0.02)


def test_semitone_is_a_hundred_cents() -> None:
    difference = pitch_difference_cents(vowel(120), vowel(120 * 2 ** (1 / 12)), RATE_HZ)
    assert difference == pytest.approx(100, abs=15)


def test_click_is_much_rougher_than_speech() -> None:
    clicked = vowel(120, top_hz=1500)
    assert max(roughness(clicked, place) for place in range(1000, 20000, 371)) < 6
    clicked[12050:] += 0.05
    assert roughness(clicked, 12050) > 10
