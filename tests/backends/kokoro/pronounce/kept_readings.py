"""The record of what must stay as it is said: lines ``dialect¦text¦symbols`` in ``tests/data``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STAY: Final = Path(__file__).parents[3] / "data" / "kept_readings.txt"

_NO_SOUND: Final = re.compile(r"[ˈˌ;:,.!?—…\"()“”\s]")
_ESCAPE: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, and the symbols that are said for it."""

    dialect: str
    text: str
    symbols: str

    @property
    def sound(self) -> str:
        """Its symbols without stress marks, punctuation and spaces."""
        return sound_of(self.symbols)

    def line(self) -> str:
        """Write it as the record has it."""
        text = self.text.replace("\\", "\\\\").replace("\n", "\\n")
        return f"{self.dialect}¦{text}¦{self.symbols}"


def sound_of(symbols: str) -> str:
    """Return ``symbols`` without stress marks, punctuation and spaces."""
    return _NO_SOUND.sub("", symbols)


def read_line(line: str) -> Reading | None:
    """Read a line of the record; None is a comment."""
    if not line.strip() or line.startswith("#"):
        return None
    dialect, text, symbols = line.split("¦")
    return Reading(dialect, _ESCAPE.sub(lambda m: {"n": "\n"}.get(m[1], m[1]), text), symbols)


def readings_that_stay() -> list[Reading]:
    """Read the record."""
    lines = STAY.read_text(encoding="utf-8").splitlines()
    return [reading for line in lines if (reading := read_line(line)) is not None]
