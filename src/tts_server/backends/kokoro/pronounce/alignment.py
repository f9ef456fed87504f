"""Share out what was pronounced in context among the words that were written.

espeak-ng returns one string for a clause. Words may run together in it, and a number or an abbreviation may
be several spoken words. Each written word is therefore pronounced alone as well, and the clause is cut where
those line up with it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate, pairwise

# Pairs of equal symbols looked at, 10 ms. A clause of 480 ordinary characters comes to 30,000; beyond, which
# is nothing that a person wrote, boundaries are carried over in proportion.
_MAX_COMPARED = 160_000
_STRESS = str.maketrans("", "", "ˈˌː-\u0361 ")


def share_out(spoken: Sequence[str], alone: Sequence[Sequence[str]]) -> list[str]:
    """Cut a clause's pronunciation into one string for each written word.

    Pure; never fails, and joining the result with its own spaces gives back exactly what was spoken.

    Args:
        spoken: The clause in context, one string for each spoken word.
        alone: For each written word, its pronunciation alone, one string for each spoken word.

    Returns:
        One string for each written word; their concatenation is ``" ".join(spoken)``. A space between two
        written words ends the first. A word that cannot be told apart from its neighbour is empty.
    """
    if not alone:
        return []
    by_count = _by_count(spoken, alone)
    if by_count is not None:
        return by_count
    heard = [index for index, words in enumerate(alone) if words] or [0]
    shares = [""] * len(alone)
    found = _by_sound(" ".join(spoken), [" ".join(alone[index]) for index in heard])
    for index, share in zip(heard, found, strict=True):
        shares[index] = share
    return shares


def _by_count(spoken: Sequence[str], alone: Sequence[Sequence[str]]) -> list[str] | None:
    """Deal out the spoken words by how many each written word has alone, if that adds up and sounds alike."""
    if sum(map(len, alone)) != len(spoken):
        return None
    shares = []
    taken = 0
    for words in alone:
        mine = spoken[taken : taken + len(words)]
        if not _alike("".join(mine), "".join(words)):
            return None
        taken += len(words)
        shares.append(" ".join(mine) + (" " if mine and taken < len(spoken) else ""))
    return shares


def _alike(a: str, b: str) -> bool:
    a, b = a.translate(_STRESS), b.translate(_STRESS)
    if a == b:
        return True
    common = sum((Counter(a) & Counter(b)).values())
    return max(len(a), len(b)) <= 3 or 2 * common >= 0.5 * (len(a) + len(b))


class _Matcher(SequenceMatcher[str]):
    """Finds common pieces, the longest first, until ``_MAX_COMPARED`` is spent: then there are none.

    Its search is cubic at worst: 500 symbols that are all alike against 500 of which every second is so take
    1.5 s.
    """

    def __init__(self, a: str, b: str) -> None:
        super().__init__(None, a, b, autojunk=False)
        n_equal = Counter(b)
        self._compared = list(accumulate((1 + n_equal[symbol] for symbol in a), initial=0))
        self._n_left = _MAX_COMPARED

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        self._n_left -= self._compared[-1 if ahi is None else ahi] - self._compared[alo]
        return Match(alo, blo, 0) if self._n_left < 0 else super().find_longest_match(alo, ahi, blo, bhi)


def _by_sound(whole: str, alone: Sequence[str]) -> list[str]:
    """Carry the boundaries between the words alone over to the whole, along their longest common pieces."""
    joined = " ".join(alone)
    boundaries: list[int] = []
    position = 0
    for word in alone[:-1]:
        position += len(word) + 1
        boundaries.append(min(position, len(joined)))
    opcodes = list(_Matcher(joined, whole).get_opcodes())
    ends = [a1 for _, _, a1, _, _ in opcodes]
    cuts = _at_spaces(whole, [_carry(boundary, opcodes, ends) for boundary in boundaries])
    return [whole[a:b] for a, b in pairwise([0, *cuts, len(whole)])]


def _carry(position: int, opcodes: Sequence[tuple[str, int, int, int, int]], ends: Sequence[int]) -> int:
    for index in range(bisect_left(ends, position), len(opcodes)):
        tag, a0, a1, b0, b1 = opcodes[index]
        if a0 <= position < a1 or (a0 == a1 == position):
            if tag == "equal":
                return b0 + position - a0
            return b0 + round((b1 - b0) * (position - a0) / max(1, a1 - a0))
    return opcodes[-1][4] if opcodes else 0


def _at_spaces(whole: str, cuts: Sequence[int]) -> list[int]:
    """Move each cut to behind a space at most three symbols away, if none of the others is nearer to it."""
    moved = list(cuts)
    nearest: dict[int, tuple[int, int]] = {}
    for index, cut in enumerate(cuts):
        for place in range(max(1, cut - 3), min(len(whole), cut + 3) + 1):
            claim = (abs(place - cut), index)
            if whole[place - 1] == " " and claim < nearest.get(place, (4, 0)):
                nearest[place] = claim
    for place, (_, index) in sorted(nearest.items(), key=lambda item: -item[1][0]):
        moved[index] = place
    for index in range(1, len(moved)):
        moved[index] = max(moved[index], moved[index - 1])
    return moved
