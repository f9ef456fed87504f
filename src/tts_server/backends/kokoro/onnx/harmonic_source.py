"""The harmonic source: from a pitch curve to the spectrum frames that the vocoder's noise blocks take.

Nine sines at the multiples of the pitch are mixed by a linear layer and a tanh into one signal at 24 kHz, of
which a short-time Fourier transform (window 20, hop 5) gives magnitude and phase (neural source-filter: Wang
et al. 2019, arXiv:1904.12088). The export has no random numbers, so the same pitch gives the same source.

Only the phase depends on everything before it. It is summed for the whole utterance at once, 80 values a
second; the rest is local and made when it is asked for.

The network hears rounding. The signal has almost nothing above 3 kHz, so the phases of the upper bins, which
are an input like any other, are decided by the last bits of the signal and of the transform: a source that
differs from the export's by -55 dB makes audio whose spectrum differs by 0.4 to 0.7 dB. Hence everything here
is done in float32 and in the order of the export's operators (interpolation included, whose positions lose
bits late in a long utterance), and the transform uses kernels that were measured from the operator. What is
left is 0.1 dB.

The last bits of the two matrix products are not of that kind, so a processor's own kernels will do: they move
a spectrum by 3e-8, which changes the sound by 0.004 dB (OpenBLAS for Haswell beside SkylakeX), and random
errors of 1e-6 change it by 0.05 dB. Frames that are equal on paper may differ by as much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_server.backends.kokoro.layout import (
    SAMPLE_RATE_HZ,
    SAMPLES_PER_FRAME,
    SOURCE_HOP,
    SOURCE_PER_FRAME,
)

Float32 = NDArray[np.float32]

FRAME_LENGTH = 20
N_BINS = FRAME_LENGTH // 2 + 1
VOICED_ABOVE_HZ = 10.0
SINE_AMPLITUDE = np.float32(0.1)


@dataclass(frozen=True, eq=False)
class SourceWeights:
    """Numbers of the export that the source needs.

    Args:
        harmonics: float32 (9,): multiples of the pitch.
        mixture: float32 (9,): weight of each sine.
        bias: Added to the mixture.
        kernels: float32 (22, 20): the transform, real parts first.
    """

    harmonics: Float32
    mixture: Float32
    bias: float
    kernels: Float32


class HarmonicSource:
    """The source of one utterance.

    Args:
        weights: The export's numbers.
        pitch_hz: float32 (n_frames,), 80 frames a second.
    """

    def __init__(self, weights: SourceWeights, pitch_hz: Float32) -> None:
        self._weights = weights
        self._voiced = pitch_hz > VOICED_ABOVE_HZ
        self.n_frames = len(pitch_hz)
        step = pitch_hz.astype(np.float32) * weights.harmonics[:, None] / np.float32(SAMPLE_RATE_HZ)
        turns = np.cumsum(step - np.floor(step), axis=1, dtype=np.float32)
        self._phase = turns * np.float32(2) * np.float32(np.pi) * np.float32(SAMPLES_PER_FRAME)

    def spectra(self, start: int, end: int) -> Float32:
        """Magnitudes and phases of frames [start, end): float32 (60 (end - start), 22), one more at the end.

        The transform is centred: the signal is reflected at both ends of the utterance.
        """
        is_last = end == self.n_frames
        n_spectra = SOURCE_PER_FRAME * (end - start) + is_last
        half = FRAME_LENGTH // 2
        low = SAMPLES_PER_FRAME * start - half
        high = low + SOURCE_HOP * (n_spectra - 1) + FRAME_LENGTH
        n_total = SAMPLES_PER_FRAME * self.n_frames
        signal = self._samples(max(0, low), min(n_total, high))
        if low < 0 or high > n_total:
            signal = np.pad(signal, (max(0, -low), max(0, high - n_total)), mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(signal, FRAME_LENGTH)[::SOURCE_HOP]
        real, imaginary = np.split(frames @ self._weights.kernels.T, 2, axis=1)
        spectra = np.empty((n_spectra, 2 * N_BINS), np.float32)
        np.sqrt(real * real + imaginary * imaginary, out=spectra[:, :N_BINS])
        phase = np.arctan2(imaginary, real, out=spectra[:, N_BINS:])
        phase[(imaginary == 0) & (real < 0)] = -np.float32(np.pi)  # the export's choice at the branch cut
        return spectra

    def _samples(self, start: int, end: int) -> Float32:
        """The mixed sines, float32 (end - start,)."""
        sample = np.arange(start, end)
        position = (sample.astype(np.float32) + np.float32(0.5)) / np.float32(SAMPLES_PER_FRAME)
        position = np.clip(position - np.float32(0.5), 0, np.float32(self.n_frames - 1))
        before = position.astype(np.int64)
        after = np.minimum(before + 1, self.n_frames - 1)
        weight = position - before.astype(np.float32)
        rest = np.where(after == before, np.float32(1), np.abs(position - after.astype(np.float32)))
        phase = self._phase[:, before] * rest + self._phase[:, after] * weight
        voiced = self._voiced[sample // SAMPLES_PER_FRAME]
        sines = np.sin(phase) * SINE_AMPLITUDE * voiced
        mixture = self._weights.mixture @ sines + np.float32(self._weights.bias)
        return np.asarray(np.tanh(mixture), np.float32)
