"""Figures that are no amounts: telephone numbers, codes, versions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tts_server.text.normalize.forms import Chain, Digits, Form, Version
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.words import Notation

_START = rf"(?<![{LETTERS}\d.,/-])"
_END = rf"(?![{LETTERS}\d-]|[.,/:]\d)"
_INTERNATIONAL = (
    r"(?:\+\d{1,7}|\(\+\d{1,3}\))(?:[ .-]?\(\d{1,4}\)[ .-]?\d{1,5})?(?:[ .-]\d{1,8}){1,6}|\+\d{7,15}"
)
_GROUP = re.compile(r"\d+")
_CODES = re.compile(
    rf"{_START}(?:\d{{4}}(?:[ -]\d{{4}}){{3}}|\d{{3}}-\d{{2}}-\d{{4}}|97[89](?:-\d{{1,7}}){{3}}-\d){_END}"
)
_LONG = re.compile(rf"{_START}(?:(?!\d{{1,9}}0{{6}}(?!\d))\d{{10,}}|0\d+){_END}")
_VERSION = re.compile(rf"(?<![{LETTERS}\d.])(?P<v>[vV])?(?P<numbers>\d+(?:\.\d+)+)(?![{LETTERS}\d]|\.\d)")
_CHAIN = re.compile(
    rf"{_START}(?!\d{{3}}-\d{{2}}-\d{{4}}(?!\d)|\d{{4}}(?:-\d{{4}}){{3}}(?!\d))\d{{1,4}}(?:-\d{{1,4}}){{2,9}}{_END}"
)
_STANDARD = re.compile(r"(?<=[A-Z] )\d{3,5}(?:-\d{1,2})?:(?:19|20)\d\d(?![\w:]|[.,]\d)")
# A number of a law or a kind of aircraft, whose hyphen is no range's.
_MODEL = re.compile(r"(?<!\w)(?:Boeing|Airbus|Embraer|Bombardier|बोइंग) (?P<numbers>\d{3}-\d{1,3})(?![\w-])")
_NUMBERED = re.compile(
    r"(?:(?<!\w)[Nn]\.?[°º]|№|(?<!\w)[LRD]\.|(?<!\w)(?:loi|décret|ordonnance|ley|lei|decreto|legge) )"
    r" ?(?P<numbers>\d{1,4}-\d{1,4})(?![\w-]|[.,]\d)"
)
_SHORT = r"1-8\d\d-\d{3}-\d{4}|[2-9]\d\d-(?!\d\d00|19\d\d|20\d\d)\d{4}(?=\s*(?:$|[.,;)!?]))"
_MIN_FIGURES, _MAX_FIGURES = 7, 15


class Telephones:
    """Finds telephone numbers: with a country code, or in a form of the language's countries.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        local = "|".join((*notation.telephones, _SHORT))
        self._pattern = re.compile(rf"{_START}(?:{_INTERNATIONAL}|{local}){_END}")

    def find(self, text: str) -> Iterator[Form]:
        """Yield those with as many figures as a number may have."""
        for match in self._pattern.finditer(text.replace("—", "-")):
            n_figures = sum(char.isdigit() for char in match[0])
            if _MIN_FIGURES <= n_figures <= _MAX_FIGURES:
                yield _digits(text, *match.span())


def _digits(text: str, start: int, end: int) -> Digits:
    groups = tuple(group.span() for group in _GROUP.finditer(text, start, end))
    return Digits(start, end, groups, "+" in text[start : start + 2])


class Codes:
    """Finds figures that are said one by one whatever they look like: cards, and what a word names as a code.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        words = any_of(notation.code_words)
        named = rf"(?<![{LETTERS}\d_])(?:{words})[ :#]{{1,3}}(?:[{LETTERS}]+:? ?){{0,2}}#? ?"
        self._named = re.compile(rf"(?i:{named})(?P<code>\d{{3,}}(?:[ -]\d{{2,}})*){_END}")

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in no order."""
        for match in _CODES.finditer(text):
            yield _digits(text, *match.span())
        for match in self._named.finditer(text):
            yield _digits(text, *match.span("code"))


class Chains:
    """Finds numbers with hyphens between them that are no range: two names of one thing, or more than two."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in no order."""
        for match in _CHAIN.finditer(text):
            yield _chain(text, *match.span())
        for match in _MODEL.finditer(text):
            yield _chain(text, *match.span("numbers"))
        for match in _NUMBERED.finditer(text):
            yield _chain(text, *match.span("numbers"))


class Standards:
    """Finds the year behind the number of a standard: ``ISO 9001:2015``."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _STANDARD.finditer(text):
            yield _chain(text, *match.span())


def _chain(text: str, start: int, end: int) -> Chain:
    return Chain(start, end, tuple(number.span() for number in _GROUP.finditer(text, start, end)))


class LongFigures:
    """Finds figures that are no sum and no quantity, and too long for a number or with a zero in front."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _LONG.finditer(text):
            yield _digits(text, *match.span())


class Versions:
    """Finds numbers of at least three parts with points between them, and of two behind a ``v``."""

    def find(self, text: str) -> Iterator[Form]:
        """Yield them in order."""
        for match in _VERSION.finditer(text):
            numbers = tuple(match["numbers"].split("."))
            if (len(numbers) > 2 and not _is_grouped(numbers)) or match["v"]:
                yield Version(*match.span(), numbers, bool(match["v"]))


def _is_grouped(numbers: tuple[str, ...]) -> bool:
    """Say whether the points only group thousands: every part behind one has three figures."""
    return len(numbers[0]) <= 3 and all(len(number) == 3 for number in numbers[1:]) and numbers[0][0] != "0"
