"""Know, before a sample is made, what Kokoro's instance norms will measure over the whole utterance.

Theory of operation. Decoder and vocoder are convolutions, which are local in time, but for 54 adaptive
instance norms: each takes mean and standard deviation of its input over the whole utterance. Once those are
known the rest can be cut in time. They are averages over time of local functions of what the text stage
tells: features of the text, pitch and energy for each frame. So a small network looks at three frames at a
time, its output is averaged over the utterance, and a second one turns the average into 192 coordinates, from
which all 35,860 means and (logarithms of) standard deviations follow linearly:

    frames = relu(W2 relu(W1 [text, voiced, log pitch, energy](t-1, t, t+1) + b1[voice]) + b2[voice])
    pooled = scale[voice] * [mean over t of frames, 40 / n, log(n / 100), phonemes / 100]
    coordinates = offset[voice] + L pooled + M2 relu(M1 pooled + b3[voice])
    [means, log stds] = centre + coordinates @ basis

The basis and the networks were fitted to 5,388 utterances of all 54 voices at speeds 0.5 to 2, and then tuned
through the frozen vocoder itself, on how much its mel spectrum differs from that of whole synthesis
(``training/kokoro/``, ``docs/explanation/streaming.md``).

The first norm is no guess: its input is whole before anything is cut, so its statistics are computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tts_server.backends.kokoro.data_files import read_packed
from tts_server.errors import ConfigError

Float32 = NDArray[np.float32]

N_TEXT = 512
EXACT_NORM = "encode/norm1"
"""The norm whose statistics are computed rather than predicted."""
EPSILON = 1e-5
"""What the model adds to a variance before it takes the root."""

MIN_VOICED_HZ = 10.0
"""The model calls a frame voiced above this."""
LEAK = 0.1
"""Slope of the networks' activation below zero."""

_MAX_LOG_STD = 20.0  # far above any real one: keeps exp finite on hostile input


def norms() -> list[tuple[str, int]]:
    """Name and number of channels of each norm, in the order in which statistics are concatenated.

    The first ten are the decoder's, the rest the vocoder's. The three blocks of a stage share their input and
    hence the statistics of their first norm, which goes by the first block's name.
    """
    found = [("encode/norm1", N_TEXT + 2), ("encode/norm2", 1024)]
    for block in range(3):
        found += [(f"decode.{block}/norm1", 1090), (f"decode.{block}/norm2", 1024)]
    found += [("decode.3/norm1", 1090), ("decode.3/norm2", 512)]
    for stage, n_channels in ((0, 256), (1, 128)):
        names = [f"noise_res.{stage}/adain{half}.{layer}" for layer in range(3) for half in (1, 2)]
        names.append(f"resblocks.{3 * stage}/adain1.0")
        for block in range(3 * stage, 3 * stage + 3):
            names += [f"resblocks.{block}/adain{half}.{layer}" for layer in range(3) for half in (1, 2)][1:]
        found += [(f"generator/{name}", n_channels) for name in names]
    return found


@dataclass(frozen=True, eq=False)
class Statistics:
    """Mean and standard deviation of the input of each norm, for one utterance.

    Args:
        means: float32 (17930,): all norms' means, in the order of `norms`.
        stds: float32 (17930,): the roots of variance + 1e-5.
    """

    means: Float32
    stds: Float32

    def mean(self, name: str, /) -> Float32:
        """Return a norm's means, float32 (n_channels,), a view; `KeyError` for a name not in `norms`."""
        return self.means[_slices()[name]]

    def std(self, name: str, /) -> Float32:
        """Return a norm's standard deviations, float32 (n_channels,), a view; `KeyError` likewise."""
        return self.stds[_slices()[name]]


class StatisticsModel:
    """Predicts the statistics. Holds 28 MB; may be used from any thread. Use `load_statistics`.

    Args:
        voices: Names, in the order of the arrays' first axis where they have one for each voice.
        arrays: As ``training/kokoro/fit_statistics.py`` writes them.
    """

    def __init__(self, voices: tuple[str, ...], arrays: Mapping[str, NDArray[Any]]) -> None:
        self._position = {voice: position for position, voice in enumerate(voices)}
        self._arrays = {
            name: np.ascontiguousarray(values, np.float32)
            for name, values in arrays.items()
            if not name.startswith("basis")
        }
        self._basis = unpack_basis(arrays["basis_low"], arrays["basis_high"])
        self._basis *= self._arrays["row_scale"][:, None]
        self._basis *= self._arrays["column_scale"]

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices whose statistics can be predicted."""
        return tuple(self._position)

    def predict(
        self, text: Float32, pitch: Float32, energy: Float32, *, voice: str, n_phonemes: int
    ) -> Statistics:
        """Predict the statistics of an utterance in 2 to 5 ms.

        Args:
            text: (512, n) or (1, 512, n): the text's features for each frame of 25 ms; n is at least 1.
            pitch: 2 n numbers in any shape, in hertz; 0 or so where there is no voice.
            energy: 2 n numbers likewise.
            voice: A name of `voices`, whose style the text stage was given.
            n_phonemes: Without pads.

        Returns:
            Arrays that the caller owns.

        Raises:
            ConfigError: There is no such voice.
        """
        if voice not in self._position:
            raise ConfigError(f"no statistics for voice {voice!r}; there are {', '.join(self._position)}")
        text = np.asarray(text, np.float32).reshape(N_TEXT, -1)
        pitch = np.asarray(pitch, np.float32).reshape(-1, 2)
        energy = np.asarray(energy, np.float32).reshape(-1, 2)
        coordinates = self._coordinates(text, pitch, energy, self._position[voice], n_phonemes)
        both = coordinates @ self._basis
        both += self._arrays["centre"]
        n = len(both) // 2
        means = both[:n]
        stds = np.exp(np.minimum(both[n:], _MAX_LOG_STD, out=both[n:]))
        first = _slices()[EXACT_NORM]
        means[first], stds[first] = self._first_norm(text, pitch, energy)
        return Statistics(means, stds)

    def _coordinates(
        self, text: Float32, pitch: Float32, energy: Float32, voice: int, n_phonemes: int
    ) -> Float32:
        weights, n = self._arrays, text.shape[1]
        frames = self._frames(text, pitch, energy)
        padded = np.zeros((len(frames), n + 2), np.float32)
        padded[:, 1:-1] = frames
        triples = np.concatenate([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]])
        hidden = _leaky_relu(weights["frame_weight"] @ triples + weights["frame_bias"][voice][:, None])
        hidden = _leaky_relu(weights["hidden_weight"] @ hidden + weights["hidden_bias"][voice][:, None])
        sizes = np.array([40 / n, np.log(n / 100), n_phonemes / 100], np.float32)
        pooled = np.concatenate([hidden.mean(axis=1), sizes]) * weights["pooled_scale"][voice]
        inner = _leaky_relu(weights["inner_weight"] @ pooled + weights["inner_bias"][voice])
        result: Float32 = (
            weights["offset"][voice] + weights["linear_weight"] @ pooled + weights["outer_weight"] @ inner
        )
        return result

    def _frames(self, text: Float32, pitch: Float32, energy: Float32) -> Float32:
        """Return what the first network sees of each frame, float32 (55, n)."""
        weights = self._arrays
        reduced = weights["text_weight"] @ text + weights["text_bias"][:, None]
        voiced = (pitch > MIN_VOICED_HZ).astype(np.float32)
        log_pitch = np.log(np.maximum(pitch, MIN_VOICED_HZ) / 200) * voiced
        centre, spread = weights["energy_scale"]
        ones = np.ones((1, text.shape[1]), np.float32)  # tells a frame from the padding at the ends
        return np.concatenate([reduced, voiced.T, log_pitch.T, ((energy - centre) / spread).T, ones])

    def _first_norm(self, text: Float32, pitch: Float32, energy: Float32) -> tuple[Float32, Float32]:
        """Compute the statistics of the first norm's input: text, and pitch and energy convolved."""
        curves = [
            _halve_rate(curve, self._arrays[name])
            for curve, name in ((pitch, "pitch_conv"), (energy, "energy_conv"))
        ]
        seen = np.concatenate([text, *curves])
        mean = seen.mean(axis=1)
        variance = np.square(seen - mean[:, None]).mean(axis=1)
        return mean, np.sqrt(variance + EPSILON)


def pack_basis(values: NDArray[np.int32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Split integers into low and high bytes that compress well: 0, -1, 1, -2 … become 0, 1, 2, 3 …."""
    folded = np.where(values < 0, -2 * values - 1, 2 * values)
    return (folded & 0xFF).astype(np.uint8), (folded >> 8).astype(np.uint8)


def unpack_basis(low: NDArray[np.uint8], high: NDArray[np.uint8]) -> Float32:
    """Undo `pack_basis`, as float32."""
    folded = high.astype(np.uint16)
    folded <<= 8
    folded |= low
    signs = -(folded & 1)  # all ones where negative
    folded >>= 1
    folded ^= signs
    return folded.view(np.int16).astype(np.float32)


@lru_cache(maxsize=1)
def load_statistics() -> StatisticsModel:
    """Read the package's model of the statistics, once; takes about 0.2 s.

    Raises:
        ModelCorruptError: The packed file is not the one that its description names.
    """
    return StatisticsModel(*read_packed("statistics"))


@lru_cache(maxsize=1)
def _slices() -> dict[str, slice]:
    """Where each norm's numbers are in the concatenation."""
    result, start = {}, 0
    for name, n_channels in norms():
        result[name] = slice(start, start + n_channels)
        start += n_channels
    return result


def _leaky_relu(x: Float32) -> Float32:
    result: Float32 = np.maximum(x, np.float32(LEAK) * x)
    return result


def _halve_rate(curve: Float32, weights: Float32) -> Float32:
    """Convolve a curve (n, 2) with a kernel of three and stride two, as the decoder does; float32 (1, n)."""
    before = np.concatenate([np.zeros(1, np.float32), curve[:-1, 1]])
    left, middle, right, bias = weights
    result: Float32 = (left * before + middle * curve[:, 0] + right * curve[:, 1] + bias)[None]
    return result
