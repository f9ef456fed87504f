"""How what is said for a form is shared out among the words that it was written in. Pure."""

from __future__ import annotations

from tts_server.text.normalize.amounts import Money
from tts_server.text.normalize.draft import Piece


def word_by_word(money: Money, pieces: list[Piece], text: str) -> list[Piece]:
    """Give ``12 euros`` two pieces, as it has two words written and said; else it would be one unit."""
    number = money.number
    if len(pieces) != 1 or money.start != number.start or " " in number.written:
        return pieces
    ((start, end, said),) = pieces
    gap, words = text.find(" ", number.end, end), said.split()
    if gap < 0 or " " in text[gap + 1 : end] or len(words) != 2:
        return pieces
    return [(start, gap, words[0]), (gap + 1, end, words[1])]
