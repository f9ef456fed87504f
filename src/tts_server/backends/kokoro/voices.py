"""The 54 voices of Kokoro-82M, packed into 0.72 MB.

Theory of operation. A voice is a table of 510 style vectors of 256 numbers; the row with index n is meant for
an utterance of n phonemes. The rows of one voice differ little and almost in a few directions only, so a
voice is kept as its mean row, 8 directions, and for each row its 8 coordinates along them. Directions and
coordinates are 16-bit integers, each direction with a scale of its own. Over all voices the largest
difference from the published numbers is 0.00026, for values up to 3.2; ``data/voices.json`` has the figure of
each voice. ``training/kokoro/pack_voices.py`` makes both files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tts_server.backends.kokoro.data_files import read_packed
from tts_server.errors import ConfigError
from tts_server.speech.capabilities import Voice

Float32 = NDArray[np.float32]
Int16 = NDArray[np.int16]

N_ROWS = 510
RANK = 8
DEFAULT_VOICE = "af_heart"

LOCALES = {
    "a": ("en", "en-us"),
    "b": ("en", "en-gb"),
    "e": ("es", "es"),
    "f": ("fr", "fr-fr"),
    "h": ("hi", "hi"),
    "i": ("it", "it"),
    "j": ("ja", "ja"),
    "p": ("pt", "pt-br"),
    "z": ("zh", "zh-cn"),
}
"""First letter of a voice's name -> language and locale."""

_GENDERS = {"f": "female", "m": "male"}


@dataclass(frozen=True)
class PackedVoices:
    """Many voices as mean, directions and coordinates.

    Args:
        mean: float32, shape (n_voices, 256).
        directions: int16, shape (n_voices, 8, 256).
        direction_scales: float32, shape (n_voices, 8).
        coordinates: int16, shape (n_voices, 510, 8).
        coordinate_scales: float32, shape (n_voices, 8).
    """

    mean: Float32
    directions: Int16
    direction_scales: Float32
    coordinates: Int16
    coordinate_scales: Float32

    def rows(self, voice: int) -> Float32:
        """Return a voice's table, float32, shape (510, 256); the caller owns it."""
        scales = self.coordinate_scales[voice] * self.direction_scales[voice]
        coordinates = self.coordinates[voice].astype(np.float32) * scales
        table: Float32 = coordinates @ self.directions[voice].astype(np.float32) + self.mean[voice]
        return table


def pack(tables: list[Float32]) -> PackedVoices:
    """Pack voices, each float32 of shape (510, 256)."""
    packed = [_pack_one(table) for table in tables]
    return PackedVoices(*(np.stack(part) for part in zip(*packed, strict=True)))


def _pack_one(table: Float32) -> tuple[Float32, Int16, Float32, Int16, Float32]:
    mean = table.mean(axis=0, dtype=np.float64).astype(np.float32)
    differences = table.astype(np.float64) - mean
    _, _, right = np.linalg.svd(differences, full_matrices=False)
    directions, direction_scales = _to_int16(right[:RANK], axis=1)
    basis = directions.astype(np.float64) * direction_scales[:, None]
    # Coordinates are fitted to the rounded directions, so that they make good the rounding.
    fitted = np.linalg.lstsq(basis.T, differences.T, rcond=None)[0].T
    coordinates, coordinate_scales = _to_int16(fitted, axis=0)
    return mean, directions, direction_scales, coordinates, coordinate_scales


def _to_int16(values: NDArray[np.float64], axis: int) -> tuple[Int16, Float32]:
    scales = (np.abs(values).max(axis=axis) / np.iinfo(np.int16).max).astype(np.float32)
    return np.round(values / np.expand_dims(scales, axis)).astype(np.int16), scales


class VoiceTable:
    """The voices that come with the package. May be used from any thread.

    Args:
        names: In the order of the packed arrays.
        packed: The voices' numbers.
    """

    def __init__(self, names: tuple[str, ...], packed: PackedVoices) -> None:
        self._position = {name: position for position, name in enumerate(names)}
        self._packed = packed

    @property
    def names(self) -> tuple[str, ...]:
        """Every voice, in alphabetical order."""
        return tuple(sorted(self._position))

    def voices(self, languages: tuple[str, ...] | None = None) -> tuple[Voice, ...]:
        """Describe the voices, those of the given languages or all, in alphabetical order."""
        described = (describe(name) for name in self.names)
        return tuple(voice for voice in described if languages is None or voice.language in languages)

    def rows(self, name: str) -> Float32:
        """Return a voice's whole table, float32, shape (510, 256); the caller owns it.

        Raises:
            ConfigError: There is no such voice.
        """
        if name not in self._position:
            raise ConfigError(f"unknown voice {name!r}; there are {', '.join(self.names)}")
        return self._packed.rows(self._position[name])

    def style(self, name: str, n_phonemes: int) -> Float32:
        """Return the style for an utterance of ``n_phonemes``: float32, shape (1, 256), the caller's own.

        The row with index ``n_phonemes`` is used, as by the package that the voices come from; 510 phonemes
        take the last.

        Raises:
            ConfigError: There is no such voice.
        """
        row = min(max(n_phonemes, 0), N_ROWS - 1)
        return self.rows(name)[row : row + 1]


def describe(name: str) -> Voice:
    """Say what a voice's name tells: ``bf_emma`` is a woman who speaks British English.

    Raises:
        ConfigError: The name is not made like a voice's.
    """
    if len(name) < 4 or name[0] not in LOCALES or name[1] not in _GENDERS or name[2] != "_":
        raise ConfigError(f"{name!r} is no name of a Kokoro voice, such as {DEFAULT_VOICE!r}")
    language, locale = LOCALES[name[0]]
    return Voice(name, language, locale, _GENDERS[name[1]])


@lru_cache(maxsize=1)
def load_voices() -> VoiceTable:
    """Read the package's voices, once.

    Raises:
        ModelCorruptError: The packed file is not the one that its description names.
    """
    names, arrays = read_packed("voices")
    return VoiceTable(names, PackedVoices(*(arrays[field] for field in PackedVoices.__dataclass_fields__)))
