"""The client's text as units, each with what is to be pronounced for it.

Pure. A *unit* is a stretch of the client's text without white space, cut further behind dashes and ellipses
that join two words. Normalising replaces what stands inside units (``3:45`` is pronounced ``3 45``) and
leaves the units themselves and their places in the client's text alone, so that every symbol can be traced to
the word it belongs to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit.

    Args:
        char_start: Index of its first character in the client's text.
        char_end: Index after its last character.
        spoken: What is to be pronounced; may be several words or nothing.
        spaced: Whether white space follows it.
    """

    char_start: int
    char_end: int
    spoken: str
    spaced: bool


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Units, and the text to pronounce that they make together.

    Args:
        units: In order.
        text: Their ``spoken``, joined; words are separated by exactly one space.
        starts: For each unit, where it begins in ``text``.
    """

    units: tuple[Unit, ...]
    text: str
    starts: tuple[int, ...]

    def unit_at(self, position: int) -> int:
        """Return the index of the unit that the character of ``text`` at ``position`` comes from."""
        return max(0, bisect_right(self.starts, position) - 1)

    @classmethod
    def of(cls, units: Sequence[Unit]) -> SpokenText:
        """Join units."""
        text = ""
        starts = []
        space = False
        for unit in units:
            if unit.spoken and space and text:
                text += " "
            if unit.spoken:
                space = False
            starts.append(len(text))
            text += unit.spoken
            space = space or unit.spaced
        return cls(tuple(units), text, tuple(starts))
