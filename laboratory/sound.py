"""How two recordings of the same speech differ: spectrum, pitch and clicks. Pure; needs NumPy.

Meant for recordings whose durations are the same, sample by sample. A waveform is not compared: a phase that
nobody hears would decide.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

N_FFT: Final = 1024
HOP: Final = 240
N_MELS: Final = 80
AUDIBLE_DB: Final = 40.0
"""Frames so far below the loudest one do not count."""

_FLOOR: Final = 1e-10
_PITCH_HZ: Final = (60.0, 400.0)
_PITCH_WINDOW_S: Final = 0.04
_PITCH_HOP_S: Final = 0.01
_VOICED: Final = 0.6
"""Autocorrelation, as a part of the energy, above which a frame has a pitch."""


@lru_cache(maxsize=2)
def _mel_filters(rate_hz: int) -> Float32:
    """Triangular filters, evenly spaced on the mel scale of O'Shaughnessy (2595 log10(1 + f / 700))."""
    top = 2595 * np.log10(1 + rate_hz / 2 / 700)
    edges_hz = 700 * (10 ** (np.linspace(0, top, N_MELS + 2) / 2595) - 1)
    bins_hz = np.fft.rfftfreq(N_FFT, 1 / rate_hz)
    low, middle, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle)
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def _frames(samples: Float32, length: int, hop: int) -> Float32:
    padded = np.pad(samples, (length // 2, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop][: len(samples) // hop + 1]


def mel_spectrum_db(samples: Float32, rate_hz: int) -> Float32:
    """Return the mel spectrum in decibels: shape (n_frames, 80), a frame every 240 samples."""
    spectrum = np.abs(np.fft.rfft(_frames(samples, N_FFT, HOP) * np.hanning(N_FFT), axis=1)) ** 2
    decibels: Float32 = 10 * np.log10(spectrum @ _mel_filters(rate_hz).T + _FLOOR)
    return decibels


def mel_difference_db(reference: Float32, other: Float32, rate_hz: int) -> float:
    """Mean absolute difference of two mel spectra, over the frames where the reference can be heard.

    Args:
        reference: float32, shape (n_samples,).
        other: Likewise; a longer one is cut.
        rate_hz: Of both.
    """
    n = min(len(reference), len(other))
    ours, theirs = mel_spectrum_db(reference[:n], rate_hz), mel_spectrum_db(other[:n], rate_hz)
    level = 10 * np.log10((10 ** (ours / 10)).sum(axis=1))
    heard = level > level.max() - AUDIBLE_DB
    # What lies 80 dB below the loudest band is silence in either.
    floor = ours.max() - 2 * AUDIBLE_DB
    return float(np.abs(np.maximum(ours, floor) - np.maximum(theirs, floor))[heard].mean())


def pitch_hz(samples: Float32, rate_hz: int) -> Float32:
    """Return the pitch of a frame every 10 ms, from the autocorrelation; NaN where there is none."""
    length = int(_PITCH_WINDOW_S * rate_hz)
    frames = _frames(samples, length, int(_PITCH_HOP_S * rate_hz)).astype(np.float64)
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(frames, 2 * length, axis=1)) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, :length]
    # A lag leaves less of the window to add up.
    correlation /= np.maximum(1 - np.arange(length) / length, 0.1)
    shortest, longest = (int(rate_hz / hz) for hz in reversed(_PITCH_HZ))
    candidates = correlation[:, shortest:longest]
    # Twice a period is a period too: the shortest lag that is nearly as good as the best is the pitch.
    good = candidates > 0.9 * candidates.max(axis=1, keepdims=True)
    peaks = (
        good[:, 1:-1]
        & (candidates[:, 1:-1] >= candidates[:, :-2])
        & (candidates[:, 1:-1] > candidates[:, 2:])
    )
    lags = shortest + 1 + peaks.argmax(axis=1)
    energy = correlation[:, 0]
    strength = correlation[np.arange(len(lags)), lags] / np.maximum(energy, _FLOOR)
    is_voiced = (strength > _VOICED) & (energy > energy.max() * 1e-3)
    return np.where(is_voiced, rate_hz / lags, np.nan).astype(np.float32)


def pitch_difference_cents(reference: Float32, other: Float32, rate_hz: int) -> float:
    """Median absolute difference of pitch, over the frames where both have one; NaN if there are none."""
    n = min(len(reference), len(other))
    ours, theirs = pitch_hz(reference[:n], rate_hz), pitch_hz(other[:n], rate_hz)
    both = np.isfinite(ours) & np.isfinite(theirs)
    if not both.any():
        return float("nan")
    return float(np.median(np.abs(1200 * np.log2(theirs[both] / ours[both]))))


def roughness(samples: Float32, position: int) -> float:
    """How much rougher the signal is at one place than around it.

    The largest second difference within two samples, as a multiple of the root mean square of those around
    it, within 5 ms at 24 kHz. A click is a factor of ten and more; speech itself reaches five.
    """
    second = np.abs(np.diff(samples, 2))
    if not 2 < position < len(second) - 2:
        return 0.0
    here = second[position - 3 : position + 2]
    around = np.concatenate(
        [second[max(0, position - 120) : position - 3], second[position + 2 : position + 120]]
    )
    return float(here.max()) / (float(np.sqrt(np.mean(around**2))) + 1e-6)
