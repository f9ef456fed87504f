"""Signs of formulas, and exponents. Pure.

A sign is one of a formula where both its operands are numbers or single letters; elsewhere the same character
is a dash, a bullet, a quote's mark or emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts_server.text.normalize.forms import Form, Power, Sign
from tts_server.text.normalize.recognize.common import LETTERS, NUMBER, word_after

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
_ONE_SIGN = re.compile(
    rf"(?<=[\w)%°{_RAISED}])(?P<before> ?)(?P<sign><=|>=|!=|==|[-+=×÷*·<>≤≥≠≈±/])(?P<behind> ?)(?=[-\w($√±])"
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
    """Finds the signs between operands."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield each sign of a formula, then those that mean the same between words."""
        measures: set[int] = set()
        for match in _FORMULA.finditer(text):
            if _is_measure(match, text):
                measures.add(match[0].index("×") + match.start())
            elif _STRONG.search(match[0]):
                yield from self._signs(text, *match.span())
        for match in _MINUS.finditer(text):
            if _is_difference(match["a"], match["b"]):
                yield Sign(*match.span("sign"), "-")
        for match in _LOOSE.finditer(text):
            if match["sign"] and _BETWEEN_WORD_AND_NUMBER.search(
                text, max(0, match.start() - 3), match.end() + 2
            ):
                continue
            name = "sign" if match["sign"] else "tight"
            if match.start(name) not in measures:
                yield Sign(*match.span(name), match[name])

    def _signs(self, text: str, start: int, end: int) -> Iterator[Form]:
        for sign in _ONE_SIGN.finditer(text, start, end):
            if len(sign["before"]) == len(sign["behind"]):
                yield Sign(*sign.span("sign"), _USUAL.get(sign["sign"], sign["sign"]))


class Powers:
    """Finds exponents behind their base."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _POWER_BEHIND.finditer(text):
            yield Power(*match.span(), match[0].translate(_PLAIN).strip("^()*"))
