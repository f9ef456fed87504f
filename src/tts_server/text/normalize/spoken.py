"""The client's text as units, each with what is to be pronounced for it.

Pure. A *unit* is a stretch of the client's text without white space, cut further behind dashes and ellipses
that join two words. Normalising replaces what stands inside units (``3:45`` is pronounced ``3 45``) and
leaves the units themselves and their places in the client's text alone, so that every symbol can be traced to
the word it belongs to.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


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


class Draft:
    """A text being normalised: the client's, and the replacements made so far.

    Args:
        text: The client's text. ``Draft.text`` is the same with characters exchanged one for one, so that
            indices hold.
    """

    def __init__(self, text: str) -> None:
        self.text = "".join(_plain_char(char) for char in text)
        self._edits: dict[tuple[int, int], str] = {}
        self._taken = bytearray(len(text))
        self._glued: set[int] = set()

    def is_free(self, start: int, end: int) -> bool:
        """Say whether no character of ``text[start:end]`` has been replaced yet."""
        return not any(self._taken[start:end])

    def replace(self, start: int, end: int, spoken: str) -> None:
        """Pronounce ``spoken`` for ``text[start:end]``; of no effect where something was replaced before.

        ``start == end`` inserts. A stretch with white space in it becomes one unit.
        """
        if not self.is_free(start, end) or (start, end) in self._edits:
            return
        self._taken[start:end] = b"\x01" * (end - start)
        self._edits[start, end] = spoken
        self.glue(start, end)

    def glue(self, start: int, end: int) -> None:
        """Make one unit of what ``text[start:end]`` touches."""
        self._glued.update(range(start, end))

    def apply(self, pattern: re.Pattern[str], rule: Callable[[re.Match[str]], str | None]) -> None:
        """Replace every match of ``pattern`` that is still free by what ``rule`` returns; None leaves it."""
        for match in pattern.finditer(self.text):
            if self.is_free(*match.span()):
                spoken = rule(match)
                if spoken is not None:
                    self.replace(*match.span(), spoken)

    def finish(self) -> SpokenText:
        """Return the units with everything replaced."""
        edits = sorted(self._edits.items())
        units: list[Unit] = []
        n_behind = 0
        glued = "".join("x" if i in self._glued and c.isspace() else c for i, c in enumerate(self.text))
        for start, end, spaced in _unit_spans(glued):
            # Edits that end before this unit concern no later one: looked at again, they cost a square.
            while n_behind < len(edits) and edits[n_behind][0][1] <= start:
                n_behind += 1
            spoken = self._spoken(start, end, edits, n_behind)
            if units and spoken[:1] == " ":
                units[-1] = replace(units[-1], spaced=True)
            is_spaced = spaced or spoken[-1:] == " "
            units.append(Unit(start, end, " ".join(spoken.split()), is_spaced))
        return SpokenText.of(units)

    def _spoken(self, start: int, end: int, edits: Sequence[tuple[tuple[int, int], str]], first: int) -> str:
        parts = []
        position = start
        for index in range(first, len(edits)):
            (edit_start, edit_end), spoken = edits[index]
            if edit_start > end:
                break
            is_insertion = edit_start == edit_end
            if is_insertion and not start < edit_start <= end:
                continue
            if not is_insertion and (edit_end <= start or edit_start >= end):
                continue
            if edit_start >= start:
                parts += [self.text[position:edit_start], spoken]
            position = max(position, min(edit_end, end))
        return "".join(parts) + self.text[position:end]


_SPACES = re.compile(r"\s+")
_JOINT = r"(?:[—…]+|-{2,}|\.{2,})"
_OPENING = r"[\"“'‘(]*"
# Not between two digits: that is a range, and one word.
_JOINTS = re.compile(rf"(?<=[^\W\d_]){_JOINT}(?={_OPENING}[^\W_])|(?<=\d){_JOINT}(?={_OPENING}[^\W\d_])")
_EXCHANGED = str.maketrans(
    {
        "–": "—",
        "‐": "-",
        "‑": "-",
        "‒": "-",
        "−": "-",
        "―": "—",
        "⸺": "—",
        "「": "“",
        "」": "”",
        "„": "“",
        "‟": "“",
        "‹": "“",
        "›": "”",
        "`": " ",
        "、": ",",
        "‚": ",",
        "；": ";",
        "\u2028": " ",
        "\u2029": " ",
        "\ufeff": " ",
    }
)


def _plain_char(char: str) -> str:
    """Return one character for one: typographic variants as the usual one, control characters as a space."""
    exchanged = char.translate(_EXCHANGED)
    if exchanged != char:
        return exchanged
    if char in "\u200b\u200c\u200d\u2060\u00ad":
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Co", "Cn"} or category.startswith("Z"):
        return " "
    if "\uff01" <= char <= "\uff5e":
        return unicodedata.normalize("NFKC", char)
    return char


def _unit_spans(text: str) -> list[tuple[int, int, bool]]:
    spans = []
    position = 0
    for space in [*_SPACES.finditer(text), None]:
        end = space.start() if space else len(text)
        if end > position:
            cuts = [position, *(m.end() for m in _JOINTS.finditer(text, position, end)), end]
            spans += [(a, b, False) for a, b in pairwise(cuts) if b > a]
            spans[-1] = (*spans[-1][:2], True)
        position = space.end() if space else end
    return spans
