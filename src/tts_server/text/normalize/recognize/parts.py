"""Fractions, ratios, ordinals and Roman numerals. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tts_server.text.normalize.forms import Form, Fraction, Ordinal, Ratio
from tts_server.text.normalize.recognize.common import LETTERS, SIGN_END, any_of, word_after, word_before
from tts_server.text.normalize.words import Notation

_VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
_FRACTION = re.compile(
    rf"(?<![{LETTERS}\d/.,:])(?<![{LETTERS}\d)]-)"
    rf"(?:(?P<whole>\d{{1,4}}) )?(?P<top>\d{{1,3}})/(?P<bottom>\d{{1,4}})(?![{LETTERS}\d/]|[.,:-]\d)"
)
_VULGAR_SIGN = re.compile(rf"(?:(?<![.,\d])(?P<whole>\d+) ?)?(?P<sign>[{_VULGAR}])")
_RATIO = re.compile(
    rf"(?<![{LETTERS}\d/.,:-])\d{{1,4}}(?::\d{{1,7}}){{1,2}}(?![{LETTERS}\d]|[:./,]\d)"
    rf"|(?<![{LETTERS}\d.,])\d+(?:[.,]\d+)?(?: ?[x×] ?\d+(?:[.,]\d+)?)+(?![\d])"
)
_ROMAN = r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


class Fractions:
    """Finds fractions with a stroke or in one sign."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them; whether two numbers with a stroke are one, a language decides."""
        for match in _FRACTION.finditer(text):
            whole = int(match["whole"]) if match["whole"] else None
            bottom = int(match["bottom"])
            if bottom > 1:
                after = word_after(text, match.end())
                yield Fraction(
                    *match.span(), whole, int(match["top"]), bottom, after, word_before(text, match.start())
                )
        for match in _VULGAR_SIGN.finditer(text):
            top, _, bottom_text = unicodedata.normalize("NFKC", match["sign"]).partition("\u2044")
            whole = int(match["whole"]) if match["whole"] else None
            after = word_after(text, match.end())
            yield Fraction(*match.span(), whole, int(top), int(bottom_text), after)


class Ratios:
    """Finds numbers with a colon or a cross between them, and the unit behind a cross.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._units = notation.units
        self._unit = re.compile(rf" ?(?P<unit>{any_of(notation.units)})(?!\d){SIGN_END}")

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _RATIO.finditer(text):
            parts = tuple(part.strip() for part in re.split(r"[:x×]", match[0]))
            if ":" in match[0]:
                yield Ratio(*match.span(), parts, ":")
            elif found := self._unit.match(text, match.end()):
                yield Ratio(*match.span(), parts, "×", self._units[found["unit"]], found.end())
            else:
                yield Ratio(*match.span(), parts, "×")


class Ordinals:
    """Finds figures and Roman numerals with an ending, and Roman numerals alone.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        endings = any_of(notation.ordinals)
        self._figures = re.compile(
            rf"(?<![{LETTERS}\d.,/:-])(?P<value>[1-9]\d{{0,2}}(?:[ .]\d{{3}})+|\d{{1,4}})"
            rf" ?(?P<ending>{endings})(?!\d|\.[{LETTERS}]){SIGN_END}"
        )
        self._roman = re.compile(
            rf"(?<![{LETTERS}\d'/-])(?=[IVXLCDM])(?P<value>{_ROMAN})(?P<ending>{endings})?(?![{LETTERS}\d-]|'(?!s\b)|\.[{LETTERS}])"
        )

    def find(self, text: str) -> Iterator[Form]:
        """Yield them; whether letters are a number, a language decides by the words around them."""
        for match in self._figures.finditer(text):
            value = int("".join(filter(str.isdigit, match["value"])))
            yield self._ordinal(match, value, text, is_roman=False)
        for match in self._roman.finditer(text):
            yield self._ordinal(match, roman_value(match["value"]), text, is_roman=True)

    def _ordinal(self, match: re.Match[str], value: int, text: str, *, is_roman: bool) -> Ordinal:
        ending = (match["ending"] or "").strip(". ").lower()
        before, after = word_before(text, match.start()), word_after(text, match.end())
        return Ordinal(*match.span(), value, ending, is_roman, before, after)


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral in capital letters."""
    total = 0
    for char, following in zip(numeral, [*numeral[1:], ""], strict=True):
        value = _ROMAN_VALUES[char]
        total += -value if value < _ROMAN_VALUES.get(following, 0) else value
    return total
