"""The harmonic source, made in pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tts_server.backends.kokoro.harmonic_source import (
    FRAME_LENGTH,
    HOP,
    N_BINS,
    SPECTRA_PER_FRAME,
    HarmonicSource,
    SourceWeights,
)

Float32 = NDArray[np.float32]
N_FRAMES = 40


def make_weights() -> SourceWeights:
    n = np.arange(FRAME_LENGTH)
    angle = 2 * np.pi * np.outer(np.arange(N_BINS), n) / FRAME_LENGTH
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / FRAME_LENGTH)
    return SourceWeights(
        harmonics=np.arange(1, 10, dtype=np.float32),
        mixture=np.linspace(-0.5, 0.5, 9, dtype=np.float32),
        bias=-0.03,
        kernels=np.concatenate([np.cos(angle) * window, -np.sin(angle) * window]).astype(np.float32),
    )


def make_source(pitch_hz: float = 180.0) -> HarmonicSource:
    pitch = np.full(N_FRAMES, pitch_hz, np.float32)
    pitch[:5] = pitch[30:] = 0.0
    return HarmonicSource(make_weights(), pitch)


@given(bounds=st.sets(st.integers(1, N_FRAMES - 1), max_size=8))
@settings(max_examples=30)
def test_pieces_joined_are_the_whole_to_the_bit(bounds: set[int]) -> None:
    source = make_source()
    edges = [0, *sorted(bounds), N_FRAMES]
    pieces = [source.spectra(start, end) for start, end in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(pieces), source.spectra(0, N_FRAMES))


def test_there_are_sixty_spectra_a_frame_and_one_more_at_the_end() -> None:
    source = make_source()
    assert source.spectra(0, N_FRAMES).shape == (SPECTRA_PER_FRAME * N_FRAMES + 1, 2 * N_BINS)
    assert source.spectra(3, 7).shape == (SPECTRA_PER_FRAME * 4, 2 * N_BINS)


def test_unvoiced_frames_are_all_alike() -> None:
    spectra = make_source().spectra(0, N_FRAMES)
    unvoiced = spectra[SPECTRA_PER_FRAME * 32 : SPECTRA_PER_FRAME * 38]
    assert (unvoiced == unvoiced[0]).all()


@pytest.mark.parametrize("pitch_hz", [90.0, 240.0])
def test_the_signal_repeats_with_the_pitch(pitch_hz: float) -> None:
    spectra = make_source(pitch_hz).spectra(10, 25)
    energy = (spectra[:, :N_BINS] ** 2).sum(axis=1)
    energy -= energy.mean()
    spectrum = np.abs(np.fft.rfft(energy * np.hanning(len(energy)), 1 << 16))
    hz = np.fft.rfftfreq(1 << 16, HOP / 24_000)
    near = spectrum[np.abs(hz - pitch_hz) < 5].max()
    between = spectrum[np.abs(hz - 1.5 * pitch_hz) < 5].max()
    assert near > 10 * between
