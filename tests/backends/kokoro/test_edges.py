"""The silence around an utterance is left out and its sound is not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tts_server.backends.kokoro.acoustic import TextFeatures
from tts_server.backends.kokoro.edges import (
    N_FIRST_AT_LEAST,
    N_SILENT_AFTER,
    N_SILENT_BEFORE,
    Trim,
    first_frame,
    is_silent,
    sound_span,
)
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_FRAME

Float32 = NDArray[np.float32]
PEAK = 0.3
N_2_MS = SAMPLE_RATE_HZ // 500


def make_audio(n_before: int, n_sound: int, n_after: int, *, noise: float = 0.0) -> Float32:
    """Make a tone that is loud from its first to its last sample, with noise all over."""
    rng = np.random.default_rng(7)
    tone = np.where(np.arange(n_sound) % 2, PEAK, -PEAK)
    audio = np.concatenate([np.zeros(n_before), tone, np.zeros(n_after)])
    return (audio + rng.uniform(-noise, noise, len(audio))).astype(np.float32)


def trim(audio: Float32, cuts: Sequence[int], *, n_kept: int = 0, n_speech: int = 0) -> tuple[Float32, Trim]:
    edges = [0, *sorted({cut % len(audio) for cut in cuts} - {0}), len(audio)]
    trimmer = Trim(0, n_speech, n_kept)
    pieces = list(trimmer.trim(audio[start:end] for start, end in pairwise(edges)))
    return np.concatenate(pieces), trimmer


def make_features(energy: Sequence[float]) -> TextFeatures:
    n = len(energy)
    return TextFeatures(
        durations=np.array([n // 4, n // 4], np.int64),
        text=np.zeros((1, 512, n // 2), np.float32),
        pitch=np.zeros((1, 1, n), np.float32),
        energy=np.array(energy, np.float32).reshape(1, 1, n),
    )


@given(
    n_before=st.integers(0, 6000),
    n_sound=st.integers(1500, 6000),
    n_after=st.integers(0, 6000),
    noise=st.sampled_from([0.0, 1e-4, 4e-4]),
    cuts=st.lists(st.integers(1, 20_000), max_size=12),
)
def test_sound_is_kept_whole_with_silence_around_it_wherever_the_audio_is_cut(
    n_before: int, n_sound: int, n_after: int, noise: float, cuts: list[int]
) -> None:
    audio = make_audio(n_before, n_sound, n_after, noise=noise)
    trimmed, trimmer = trim(audio, cuts)
    n_lead = min(n_before, N_SILENT_BEFORE)
    assert trimmer.n_trimmed == n_before - n_lead
    np.testing.assert_array_equal(trimmed[n_lead : n_lead + n_sound], audio[n_before : n_before + n_sound])
    assert len(trimmed) == n_lead + n_sound + min(n_after, N_SILENT_AFTER)


def test_noise_before_the_sound_rises_from_nothing_and_the_sound_is_not_faded() -> None:
    noise = 4e-4
    trimmed, _ = trim(make_audio(3000, 3000, 3000, noise=noise), [])
    assert abs(trimmed[0]) < noise / 20
    assert np.abs(trimmed[:N_SILENT_BEFORE]).max() <= noise
    assert abs(trimmed[N_SILENT_BEFORE]) > 0.9 * PEAK


def test_a_sound_that_begins_at_once_is_not_faded() -> None:
    audio = make_audio(0, 3000, 3000)
    np.testing.assert_array_equal(trim(audio, [])[0][:3000], audio[:3000])


@pytest.mark.parametrize("noise", [2e-4, 1.4e-3])
def test_noise_that_is_louder_in_a_louder_voice_is_silence_as_well(noise: float) -> None:
    audio = make_audio(4000, 3000, 3000, noise=noise)
    assert trim(audio, [])[1].n_trimmed == 4000 - N_SILENT_BEFORE


def test_a_quiet_begin_of_a_sound_is_kept() -> None:
    audio = make_audio(4000, 3000, 3000)
    audio[3000:4000] = 0.01 * PEAK
    trimmed, trimmer = trim(audio, [])
    assert trimmer.n_trimmed == 3000 - N_SILENT_BEFORE
    assert np.abs(trimmed[:N_2_MS]).max() == 0


def test_the_first_audio_is_long_enough_to_bridge_the_next_step() -> None:
    pieces = [np.zeros(1000, np.float32), make_audio(200, 300, 0), make_audio(0, 5000, 0)]
    made = [len(samples) for samples in Trim(0, 0, 0).trim(iter(pieces))]
    assert made[:2] == [0, 0]
    assert made[2] >= N_FIRST_AT_LEAST


@given(n_kept=st.integers(0, 12_000), cuts=st.lists(st.integers(1, 20_000), max_size=12))
def test_nothing_before_the_end_of_expected_sound_is_left_out(n_kept: int, cuts: list[int]) -> None:
    audio = make_audio(1000, 3000, 8000)
    trimmed, trimmer = trim(audio, cuts, n_kept=n_kept)
    assert trimmer.n_trimmed + len(trimmed) == max(n_kept, 4000 + N_SILENT_AFTER)


def test_silence_is_left_out_only_after_the_last_phoneme() -> None:
    audio = make_audio(1000, 3000, 9000)
    audio[9000:9500] = PEAK
    trimmed, trimmer = trim(audio, range(0, 13_000, 1500), n_speech=17_000)
    assert trimmer.n_trimmed + len(trimmed) == 9500 + N_SILENT_AFTER


def test_speech_begins_a_little_before_its_energy_rises_whatever_the_durations_say() -> None:
    features = make_features([-9.0] * 24 + [-5.0, -3.0, 2.0, 6.0] + [7.0] * 12)
    assert first_frame(features) == 22
    assert first_frame(make_features([-9.0, 3.0] + [7.0] * 8)) == 0


def test_speech_whose_energy_is_high_at_once_or_never_begins_with_the_model() -> None:
    assert first_frame(make_features([3.0] * 8)) == 0
    assert first_frame(make_features([-9.0] * 40)) == 0


def test_sound_lies_where_the_energy_is_high() -> None:
    span = sound_span(make_features([-9.0] * 10 + [5.0] * 20 + [-9.0] * 10))
    assert span == (10 * SAMPLES_PER_FRAME, 30 * SAMPLES_PER_FRAME)
    assert sound_span(make_features([-9.0] * 40)) == (0, 40 * SAMPLES_PER_FRAME)


@pytest.mark.parametrize(("n_before", "expected"), [(0, False), (100, False), (N_SILENT_BEFORE, True)])
def test_a_piece_that_begins_with_sound_is_not_silent(n_before: int, expected: bool) -> None:
    assert is_silent(make_audio(n_before, 1000, 0)) is expected
