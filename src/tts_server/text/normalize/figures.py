"""How figures are said that are no amounts: telephone numbers, codes, and numbers in names. Pure."""

from __future__ import annotations

from collections.abc import Callable

from tts_server.text.normalize.draft import Piece
from tts_server.text.normalize.forms import Chain, Digits, Fraction, Number
from tts_server.text.normalize.nouns import Nouns

_PAIR = 2
_MAX_PLACE_FIGURES = 2
_PAGED = frozenset(
    "page página pagina pág pag p slide diapositiva diapositivo folha hoja step paso passo étape".split()
)
"""What is counted through, lower case without a full stop."""


def say_digits(digits: Digits, text: str, digit: Callable[[str], str], plus: str) -> list[Piece]:
    """Say figures one by one, a pause between groups.

    Args:
        digits: The figures.
        text: What they stand in.
        digit: Says one of them.
        plus: Said for a plus before them.
    """
    pieces: list[Piece] = []
    position = digits.start
    for index, (start, end) in enumerate(digits.groups):
        said = " ".join(digit(char) for char in text[start:end])
        sign = f"{plus} " if digits.has_plus and not index else ""
        comma = "," if index + 1 < len(digits.groups) else ""
        between = text[position:start]
        if " " in between:
            pieces.append((start, end, sign + said + comma))
            if between.strip():
                pieces += [(i, i + 1, "") for i in range(position, start) if not text[i].isspace()]
        else:
            pieces.append((position, end, (" " if index else "") + sign + said + comma))
        position = end
    return sorted(pieces)


def say_chain(chain: Chain, text: str, digit: Callable[[str], str]) -> list[Piece]:
    """Say numbers behind each other, with pauses: without one two may be thousands and hundreds.

    Args:
        chain: The numbers; of one with a zero in front two figures are a number, more are said one by one.
        text: What they stand in.
        digit: Says one figure.
    """
    pieces: list[Piece] = []
    position = chain.start
    for start, end in chain.numbers:
        if start > position:
            pieces.append((position, start, ", "))
        if text[start] == "0" and end - start > 1:
            said = text[end - 1] if end - start == _PAIR else " ".join(map(digit, text[start:end]))
            pieces.append((start, end, said))
        position = end
    return pieces


def say_page(fraction: Fraction, out_of: str) -> list[Piece]:
    """Say how many there are behind a page or a step: ``Page 1/5``; nothing where ``out_of`` is empty."""
    if not out_of or fraction.whole or fraction.before.lower().rstrip(".") not in _PAGED:
        return []
    return [(fraction.start, fraction.end, f"{fraction.top} {out_of} {fraction.bottom}")]


def is_name(number: Number, nouns: Nouns, of: str) -> bool:
    """Say whether a letter behind figures is a name's: ``3M``, ``5B`` that count nothing.

    Args:
        number: The number, with its letter.
        nouns: What tells the nouns that may be counted.
        of: The word between a word of scale and what it counts.
    """
    whole, after = number.whole, number.after
    is_place = number.letter == "B" and len(whole) <= _MAX_PLACE_FIGURES and whole[-1] != "0"
    if number.decimals or not (is_place or (number.letter == "M" and whole == "3")):
        return False
    return not (after == of or after.startswith("d'") or nouns.is_counted("", after, is_one=False))
