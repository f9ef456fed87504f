"""Share out what was pronounced in context among the words that were written.

espeak-ng returns one string for a clause. Words may run together in it, and a number or an abbreviation may
be several spoken words. Each written word is therefore pronounced alone as well, and the clause is cut where
those line up with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

# 500 by 500 symbols take 50 ms at worst. Longer clauses that need comparing are nothing that a person wrote:
# they are cut in proportion.
_MAX_COMPARED = 250_000
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


def _by_sound(whole: str, alone: Sequence[str]) -> list[str]:
    """Carry the boundaries between the words alone over to the whole, along their longest common pieces."""
    joined = " ".join(alone)
    boundaries: list[int] = []
    opcodes: list[tuple[str, int, int, int, int]]
    position = 0
    for word in alone[:-1]:
        position += len(word) + 1
        boundaries.append(min(position, len(joined)))
    if len(joined) * len(whole) > _MAX_COMPARED:
        opcodes = [("replace", 0, len(joined), 0, len(whole))]
    else:
        opcodes = list(SequenceMatcher(None, joined, whole, autojunk=False).get_opcodes())
    cuts = _at_spaces(whole, [_carry(boundary, opcodes) for boundary in boundaries])
    return [whole[a:b] for a, b in pairwise([0, *cuts, len(whole)])]


def _carry(position: int, opcodes: Sequence[tuple[str, int, int, int, int]]) -> int:
    for tag, a0, a1, b0, b1 in opcodes:
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
