"""The harmonic source, made in pieces."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SOURCE_HOP, SOURCE_PER_FRAME
from tts_server.backends.kokoro.onnx.harmonic_source import (
    FRAME_LENGTH,
    N_BINS,
    HarmonicSource,
    SourceWeights,
)

Float32 = NDArray[np.float32]
N_FRAMES = 40
ROUNDING = 1e-6
"""How far apart two spectra may be that are equal on paper: -105 dB of a unit signal, of which the matrix
library's kernels differ by a tenth. `tests/model/test_streaming_quality.py` shows that nobody hears it.
"""


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


def complex_values(spectra: Float32) -> NDArray[np.complex64]:
    """A magnitude of nothing has any phase, so magnitudes and phases are compared together."""
    magnitudes, phases = np.split(spectra, 2, axis=1)
    values: NDArray[np.complex64] = (magnitudes * np.exp(1j * phases)).astype(np.complex64)
    return values


@given(bounds=st.sets(st.integers(1, N_FRAMES - 1), max_size=8))
@settings(max_examples=30)
def test_pieces_joined_are_the_whole_but_for_rounding(bounds: set[int]) -> None:
    source = make_source()
    edges = [0, *sorted(bounds), N_FRAMES]
    pieces = [source.spectra(start, end) for start, end in pairwise(edges)]
    joined, whole = np.concatenate(pieces), source.spectra(0, N_FRAMES)
    assert np.abs(complex_values(joined) - complex_values(whole)).max() < ROUNDING


def test_there_are_sixty_spectra_a_frame_and_one_more_at_the_end() -> None:
    source = make_source()
    assert source.spectra(0, N_FRAMES).shape == (SOURCE_PER_FRAME * N_FRAMES + 1, 2 * N_BINS)
    assert source.spectra(3, 7).shape == (SOURCE_PER_FRAME * 4, 2 * N_BINS)


def test_unvoiced_frames_are_all_alike_but_for_rounding() -> None:
    spectra = make_source().spectra(0, N_FRAMES)
    unvoiced = spectra[SOURCE_PER_FRAME * 32 : SOURCE_PER_FRAME * 38]
    values = complex_values(unvoiced)
    assert np.abs(values - values[0]).max() < ROUNDING
    assert np.abs(values[0, 0]) > 1000 * ROUNDING


@pytest.mark.parametrize("pitch_hz", [90.0, 240.0])
def test_the_signal_repeats_with_the_pitch(pitch_hz: float) -> None:
    spectra = make_source(pitch_hz).spectra(10, 25)
    energy = (spectra[:, :N_BINS] ** 2).sum(axis=1)
    energy -= energy.mean()
    spectrum = np.abs(np.fft.rfft(energy * np.hanning(len(energy)), 1 << 16))
    hz = np.fft.rfftfreq(1 << 16, SOURCE_HOP / SAMPLE_RATE_HZ)
    near = spectrum[np.abs(hz - pitch_hz) < 5].max()
    between = spectrum[np.abs(hz - 1.5 * pitch_hz) < 5].max()
    assert near > 10 * between
