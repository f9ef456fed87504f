"""A text being normalised: the client's, and what has been recognised in it so far.

Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from tts_server.text.normalize.characters import plain_text
from tts_server.text.normalize.spoken import SpokenText, Unit

Piece = tuple[int, int, str]
"""A stretch of ``Draft.text`` and what is pronounced for it."""


class Draft:
    """A text being normalised.

    Attributes:
        text: The client's text in one form for each character (``characters``); what is recognised has its
            places in this.
    """

    def __init__(self, source: str) -> None:
        plain = plain_text(source)
        self.text = plain.text
        self._origin = plain.origin
        self._edits: dict[tuple[int, int], str] = {}
        self._taken = bytearray(len(self.text))
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

    def put(self, pieces: Sequence[Piece]) -> bool:
        """Replace several stretches, all of them or, where one is not free, none; say which."""
        if not all(self.is_free(start, end) for start, end, _ in pieces):
            return False
        for start, end, spoken in pieces:
            self.replace(start, end, spoken)
        return True

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

    def finish(self, *, words_are_apart: bool = True) -> SpokenText:
        """Return the units with everything replaced, at their places in the client's text.

        Args:
            words_are_apart: Whether the language writes spaces between words; else what was replaced is a
                unit of its own.
        """
        edits = sorted(self._edits.items())
        edges = [] if words_are_apart else sorted({edge for edit, _ in edits for edge in edit})
        units: list[Unit] = []
        n_behind = 0
        glued = "".join("x" if i in self._glued and c.isspace() else c for i, c in enumerate(self.text))
        for start, end, spaced in _unit_spans(glued, edges):
            # Edits that end before this unit concern no later one: looked at again, they cost a square.
            while n_behind < len(edits) and edits[n_behind][0][1] <= start:
                n_behind += 1
            spoken = self._spoken(start, end, edits, n_behind)
            if units and spoken[:1] == " ":
                units[-1] = replace(units[-1], spaced=True)
            is_spaced = spaced or spoken[-1:] == " "
            place = self._place(start, end, units)
            if place is None:
                gap = " " if units[-1].spaced else ""
                said = f"{units[-1].spoken}{gap}{' '.join(spoken.split())}"
                units[-1] = replace(units[-1], spoken=said, spaced=is_spaced)
            else:
                units.append(Unit(*place, " ".join(spoken.split()), is_spaced))
        return SpokenText.of(units)

    def _place(self, start: int, end: int, units: Sequence[Unit]) -> tuple[int, int] | None:
        """Return where in the client's text a unit stands; None where it is a part of the one before.

        A character of the client's belongs to one unit, whatever it stands for here.
        """
        while end < len(self.text) and self._origin[end] == self._origin[end - 1]:
            end += 1
        first = max(self._origin[start], units[-1].char_end if units else 0)
        return (first, self._origin[end]) if first < self._origin[end] else None

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


def _unit_spans(text: str, edges: Sequence[int]) -> list[tuple[int, int, bool]]:
    spans = []
    position = 0
    for space in [*_SPACES.finditer(text), None]:
        end = space.start() if space else len(text)
        if end > position:
            inside = edges[bisect_right(edges, position) : bisect_left(edges, end)]
            cuts = {position, *(m.end() for m in _JOINTS.finditer(text, position, end)), *inside, end}
            spans += [(a, b, False) for a, b in pairwise(sorted(cuts))]
            spans[-1] = (*spans[-1][:2], True)
        position = space.end() if space else end
    return spans
