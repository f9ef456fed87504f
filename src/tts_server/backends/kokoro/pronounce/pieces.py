"""Cut what is to be pronounced into pieces of bounded work.

Theory of operation. What it takes to pronounce a text has little to do with its length: a sentence of words
takes 5 ms, the same number of percent signs 200, and a clause of Japanese without a comma grows with the
third power. So each engine estimates its work from the text, and what is too much is halved until each part
is little enough: behind a punctuation mark, which engines take for a border anyway, else behind a word, and
inside a word where nothing else is left. An ordinary sentence is one piece, seen whole by the engine. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from tts_server.text.normalize.spoken import SpokenText, Unit

MAX_WORK: Final = 240
"""Tenths of a millisecond that one piece may take, by its engine's estimate. An English sentence of 480
characters, full of numbers and names, comes to 170."""

_MARKS: Final = frozenset(".,;:!?…—)”»।॥。、！？，；：」』）》】")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text to pronounce.

    Args:
        spoken: Its units; the first and the last may be parts of units.
        owners: For each of its units, the index of the whole text's unit that it comes from.
        spaced: Whether white space stands behind it.
    """

    spoken: SpokenText
    owners: tuple[int, ...]
    spaced: bool


@dataclass(frozen=True, slots=True)
class _Atom:
    """A word of a unit."""

    owner: int
    text: str
    spaced: bool


def cut_into_pieces(
    spoken: SpokenText, work: Callable[[str], int], max_work: int = MAX_WORK
) -> Iterator[Piece]:
    """Yield the pieces of ``spoken``, in order.

    Args:
        spoken: At least one unit, one of which is not empty.
        work: Estimates what pronouncing a text takes; less for each of its halves.
        max_work: The most of it in one piece, which only a single character may exceed.

    Yields:
        ``spoken`` itself if that is little enough. Else pieces whose texts, joined, are its text, with white
        space where a word had to be cut; units with nothing to pronounce are in none.
    """
    if work(spoken.text) <= max_work:
        yield Piece(spoken, tuple(range(len(spoken.units))), spoken.units[-1].spaced)
        return
    waiting = [_atoms(spoken)]
    while waiting:
        atoms = waiting.pop()
        piece = _join(atoms, spoken.units)
        if work(piece.spoken.text) <= max_work or len(piece.spoken.text) == 1:
            yield piece
        else:
            first, second = _halve(atoms)
            waiting += [second, first]


def _atoms(spoken: SpokenText) -> list[_Atom]:
    atoms: list[_Atom] = []
    for index, unit in enumerate(spoken.units):
        words = unit.spoken.split()
        atoms += [_Atom(index, word, True) for word in words]
        if atoms and (words or unit.spaced):
            atoms[-1] = replace(atoms[-1], spaced=unit.spaced)
    return atoms


def _join(atoms: Sequence[_Atom], units: Sequence[Unit]) -> Piece:
    joined: list[Unit] = []
    owners: list[int] = []
    for atom in atoms:
        if owners and owners[-1] == atom.owner:
            joined[-1] = replace(joined[-1], spoken=f"{joined[-1].spoken} {atom.text}", spaced=atom.spaced)
        else:
            owners.append(atom.owner)
            joined.append(replace(units[atom.owner], spoken=atom.text, spaced=atom.spaced))
    return Piece(SpokenText.of(joined), tuple(owners), atoms[-1].spaced)


def _halve(atoms: list[_Atom]) -> tuple[list[_Atom], list[_Atom]]:
    """Cut behind the mark that is nearest to the middle, else behind the word, else inside the only word."""
    if len(atoms) == 1:
        (only,) = atoms
        middle = len(only.text) // 2
        return [_Atom(only.owner, only.text[:middle], True)], [replace(only, text=only.text[middle:])]
    ends = list(accumulate(len(atom.text) + 1 for atom in atoms))
    middle = ends[-1] // 2
    behind_marks = [
        count
        for count, atom in enumerate(atoms[:-1], start=1)
        if atom.text[-1] in _MARKS and abs(ends[count - 1] - middle) <= middle // 2
    ]
    counts = behind_marks or range(1, len(atoms))
    cut = min(counts, key=lambda count: abs(ends[count - 1] - middle))
    return atoms[:cut], atoms[cut:]
