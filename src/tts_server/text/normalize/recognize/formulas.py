"""Signs of formulas, and exponents. Pure.

A sign is one of a formula where both its operands are numbers or single letters; elsewhere the same character
is a dash, a bullet, a quote's mark or emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts_server.text.normalize.forms import Form, Number, Power, Range, Sign
from tts_server.text.normalize.recognize.common import LETTERS, NUMBER, SIGN_END, any_of, word_after
from tts_server.text.normalize.words import Notation

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ"
_PLAIN = str.maketrans(_RAISED, "0123456789-n")
_POWER = rf"(?:[{_RAISED}]+|\^\(?-?(?:\d+|[A-Za-z])\)?|\*\*\d+(?![\w*]))"
_LETTER = rf"(?<![{LETTERS}\d'])[A-Za-zα-ωπ](?![{LETTERS}'])"
_OPERAND = (
    rf"[(]?(?:[-√±]?\$?{NUMBER}(?:[%°]C?|[A-Za-z](?![{LETTERS}]))?|[-√]?{_LETTER}(?:\([A-Za-z0-9]\))?"
    rf"|(?<![{LETTERS}\d])[A-Za-z]{{1,3}}(?=[{_RAISED}^])){_POWER}?[)]?"
)
_SIGN = r" ?(?:<=|>=|!=|==|[-+=×÷*·<>≤≥≠≈±/]) ?"
_FORMULA = re.compile(rf"(?<![{LETTERS}\d.,_/]){_OPERAND}(?:{_SIGN}{_OPERAND})+(?![{LETTERS}\d_]|[.,]\d)")
_MONEY = "$€£¥₹₩₽"
_ONE_SIGN = re.compile(
    rf"(?<=[\w\u0900-\u0963)%°.{_MONEY}{_RAISED}])(?P<before> ?)"
    rf"(?P<sign><=|>=|!=|==|[-+=×÷*·<>≤≥≠≈±/])(?P<behind> ?)"
    rf"(?=[-\w(√±{_MONEY}])"
)
_CROSS = re.compile(rf"(?<=[\d)%{_MONEY}])(?P<before> ?)[xX](?P<behind> ?)(?=-?[\d({_MONEY}]|[A-Z]{{1,2}}\$)")
_DASH = re.compile(r"(?P<a>[\d.,]{0,20})\D{0,4}(?P<dash> ?— ?)\D{0,4}?(?P<b>\d[\d.,]{0,20})")
# A minus before what is no number by itself: ``-2x``, ``-√3``, ``-1/2``.
_OPPOSITE = re.compile(rf"(?<![\w)%°{_RAISED}{_MONEY}])(?<![\w)%°] )-(?=(?:{NUMBER})?(?:[A-Za-zα-ω√(]))")
_OPPOSITE_PART = re.compile(r"(?<![^\s(\[\"“=:])-(?=\d{1,3}/\d{1,3}(?![\w/]|[.,]\d)|[½⅓⅔¼¾⅕⅛])")
_ROOT = re.compile(rf"√(?=\(|[A-Za-zα-ω](?![{LETTERS}]))")
_DIVISION = re.compile(r"(?:^|(?<=[(=]|\n)) ?(?P<a>\d{1,9}) (?P<sign>/) (?P<b>\d{1,9})(?= ?[)=.?!\n]| ?$)")
_SCIENTIFIC = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,6})(?:[.,](?P<decimals>\d{1,12})(?=[eE])|(?=[eE]-))(?P<e>[eE])"
    r"(?P<exponent>[-+]?\d{1,3})(?!\w|[.,]\d)"
)
_STRONG = re.compile(r"[+=×÷*·<>≤≥≠≈±]")
_USUAL = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "=", "*": "×", "·": "×", "/": "÷"}
_POWER_BEHIND = re.compile(rf"(?<=[\w)]){_POWER}")
_SIDES = re.compile(r"(\d{1,9})\s?×\s?(\d{1,9})")
_ONE = r"\d{1,9}(?:\.\d{1,6})?|[b-zB-HJ-Z]"
_MINUS = re.compile(
    rf"(?<![^\s(\[\"“])(?<!\d )(?<! - )(?P<a>{_ONE}) (?P<sign>-) (?P<b>-?(?:{_ONE}))"
    r"(?![^\s)\].,;:!?\"”]|[.,:]\w| -| [^\W\d])"
)
_LOOSE = re.compile(r"(?<=[\w)\]%€$£] )(?P<sign>[=+×÷≤≥≠≈±])(?= [\w($√-])|(?<=\w)(?P<tight>[≤≥≠≈])(?=\w)")
# Behind a word and before a number such a sign is the number's own: *at most*, *about*.
_BETWEEN_WORD_AND_NUMBER = re.compile(r"[^\W\d_]{2} [±≤≥≈] \d")


def _is_measure(match: re.Match[str], text: str) -> bool:
    """Say whether a cross stands between the sides of something that is named behind them, or is large."""
    sides = _SIDES.fullmatch(match[0])
    return sides is not None and bool(word_after(text, match.end()) or min(map(len, sides.groups())) > 2)


def _is_difference(a: str, b: str) -> bool:
    """Say whether a spaced hyphen is a minus: between a letter and a number, or down to a smaller one."""
    if a.isalpha() or b.isalpha():
        return not (a.isalpha() and b.isalpha())
    # ``2024 - 25`` is a year and the end of a later one.
    is_year = len(a) == 4 and len(b) == 2 and a[:2] in {"18", "19", "20"} and a[2:] < b
    return b.startswith("-") or (float(a) > float(b) and not is_year)


class Formulas:
    """Finds the signs between operands.

    Args:
        notation: How the language writes units and sums of money, which may be operands.
    """

    def __init__(self, notation: Notation) -> None:
        units = any_of(sign for sign in notation.units if sign not in notation.units_that_are_words)
        before = any_of(sign for sign in notation.currencies if not sign.isalpha())
        unit = rf"(?:{units}|{any_of(notation.currencies)})(?!\d){SIGN_END}"
        amount = rf"-?(?:(?:{before}) ?)?-?{NUMBER}(?: ?{unit})?"
        sign = r" ?(?:[-+=×÷*·/≈≠—]|[xX]) ?"
        self._amounts = re.compile(
            rf"(?<![{LETTERS}\d.,_/]){amount}(?:{sign}{amount})+(?![{LETTERS}\d_]|[.,]\d)"
        )

    def find(self, text: str) -> Iterator[Form]:
        """Yield each sign of a formula, then those that mean the same between words."""
        measures: set[int] = set()
        for match in self._amounts.finditer(text):
            if "=" in match[0] or text[max(0, match.start() - 2) : match.start()].strip() == "=":
                yield from self._signs(text, *match.span())
                yield from self._crosses_and_dashes(text, *match.span())
        for match in _FORMULA.finditer(text):
            if _is_measure(match, text):
                measures.add(match[0].index("×") + match.start())
            elif _STRONG.search(match[0]):
                yield from self._signs(text, *match.span())
                yield from (Sign(*minus.span(), "-") for minus in _OPPOSITE.finditer(text, *match.span()))
        yield from (Sign(*minus.span(), "-") for minus in _OPPOSITE_PART.finditer(text))
        yield from (Sign(*root.span(), "√") for root in _ROOT.finditer(text))
        yield from self._two_numbers(text)
        for match in _LOOSE.finditer(text):
            if match["sign"] and _BETWEEN_WORD_AND_NUMBER.search(
                text, max(0, match.start() - 3), match.end() + 2
            ):
                continue
            name = "sign" if match["sign"] else "tight"
            if match.start(name) not in measures:
                yield Sign(*match.span(name), match[name])

    def _two_numbers(self, text: str) -> Iterator[Form]:
        """Yield the sign of a difference or a division that stands alone."""
        for match in _MINUS.finditer(text):
            if _is_difference(match["a"], match["b"]):
                yield Sign(*match.span("sign"), "-")
        for match in _DIVISION.finditer(text):
            if int(match["a"]) > int(match["b"]):
                yield Sign(*match.span("sign"), "÷")

    def _signs(self, text: str, start: int, end: int) -> Iterator[Form]:
        for sign in _ONE_SIGN.finditer(text, start, end):
            if len(sign["before"]) == len(sign["behind"]):
                yield Sign(*sign.span("sign"), _USUAL.get(sign["sign"], sign["sign"]))

    def _crosses_and_dashes(self, text: str, start: int, end: int) -> Iterator[Form]:
        """Yield what is a sign in an equation alone: a letter x, and a dash for a minus."""
        for cross in _CROSS.finditer(text, start, end):
            if len(cross["before"]) == len(cross["behind"]):
                yield Sign(cross.end("before"), cross.start("behind"), "×")
        for dash in _DASH.finditer(text, start, end):
            yield Sign(*dash.span("dash"), "-")


class Scientific:
    """Finds numbers with a power of ten behind an ``e``: ``1.5e-3``."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield each number, and its power."""
        for match in _SCIENTIFIC.finditer(text):
            start, end = match.start(), match.start("e")
            yield Number(start, end, match["whole"], match["decimals"] or "", text[start:end])
            yield Power(end, match.end(), match["exponent"].lstrip("+"), base="10")


_NAME = rf"[A-ZÀ-ÝĀ-Ž\u0904-\u0939][{LETTERS}.]{{1,20}}"
_NAMES = rf"(?<![{LETTERS}]){_NAME}(?: {_NAME}){{0,2}}"
_LATIN = "[A-ZÀ-ÝĀ-Ž]"


class Scores:
    """Finds the goals of both sides behind or between their names: ``Sevilla - Betis 2 - 1``.

    Args:
        notation: With the marks between them.
    """

    def __init__(self, notation: Notation) -> None:
        goals = rf"(?P<a>\d{{1,3}})(?P<dash> ?[{notation.score_marks}] ?)(?P<b>\d{{1,3}})"
        end = r"(?!\w|[.,:/-]\d| ?[-—x×=] ?\d)"
        self._behind = re.compile(rf"{_NAMES} [-—] {_NAMES} ?:? {goals}{end}")
        self._between = re.compile(
            rf"(?<![{LETTERS}]){_LATIN}[{LETTERS}.]{{1,20}} {goals} (?={_LATIN}[{LETTERS}.])"
        )

    def find(self, text: str) -> Iterator[Form]:
        """Yield them as ranges."""
        for pattern in (self._behind, self._between):
            for match in pattern.finditer(text):
                low, high = (Number(*match.span(name), match[name], "", match[name]) for name in ("a", "b"))
                yield Range(low, high, *match.span("dash"), is_score=True)


class Powers:
    """Finds exponents behind their base."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _POWER_BEHIND.finditer(text):
            yield Power(*match.span(), match[0].translate(_PLAIN).strip("^()*"))
