"""Abbreviated names of days and months, and ranges of names: ``Mon``, ``lun.``, ``Mon–Fri``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tts_server.text.normalize.forms import CalendarName, Form, Range
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.words import Notation

_LOOK = 24
_JOINED = r"(?:,|/| ?&| ?[-—]| [^\W\d_]{1,7})"
"""What stands between two names: a mark, or a short word (``and``, ``to``, ``bis``)."""


class CalendarNames:
    """Finds names of days and months.

    A name in full is left alone but in a range. An abbreviation that is a word too
    (``Notation.doubtful_names``) is a day or a month beside another one, a number or a word that such names
    follow.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        self._days = {**notation.weekdays, **{name: name for name in notation.weekdays.values()}}
        self._is_capital = any(name[:1].isupper() for name in self._days)
        written = {form for name in {*self._days, *notation.months} for form in self._forms(name)}
        name = rf"(?:{any_of(written)})"
        start = rf"(?<![{LETTERS}\d'.-])"
        end = rf"(?![{LETTERS}\d'])"
        self._one = re.compile(rf"{start}(?P<name>{name}){end}(?P<stop>\.?)(?!-[{LETTERS}]|\.[{LETTERS}])")
        self._range = re.compile(
            rf"{start}(?P<a>{name})\.?(?P<dash> ?[-—] ?)(?P<b>{name}){end}\.?(?!-[{LETTERS}])"
        )
        words = any_of(form for word in notation.calendar_words for form in (word, word.capitalize()))
        self._before = re.compile(rf"(?:\b(?:{words})|\b{name}\.?{_JOINED}|\d(?:st|nd|rd|th)?,?) ?$")
        told = any_of(notation.words_behind_days)
        self._behind = re.compile(
            rf"(?:{_JOINED})? ?(?:{name}(?![{LETTERS}])|'?\d)|:? (?:{told})(?![{LETTERS}])"
        )

    def _forms(self, name: str) -> tuple[str, ...]:
        if not self._is_capital:
            return name, name.capitalize()
        return name.capitalize(), name.upper()

    def find(self, text: str) -> Iterator[Form]:
        """Yield ranges, then what stands alone and is abbreviated."""
        for match in self._range.finditer(text):
            low, high = self._named(match["a"], *match.span("a")), self._named(match["b"], *match.span("b"))
            if low.is_day != high.is_day:
                low, high = self._as_month(match["a"], low), self._as_month(match["b"], high)
            if low.is_day == high.is_day:
                # The full stop of the first belongs to the dash, that of the second to its name.
                yield Range(low, replace(high, end=match.end()), match.end("a"), match.start("b"))
        for match in self._one.finditer(text):
            named = self._named(match["name"], *match.span())
            is_unit = (
                match["name"] in self._notation.units
                and text[max(0, match.start() - 2) : match.start()].strip()[-1:].isdigit()
            )
            if not is_unit and named.is_short and self._is_certain(match, text):
                yield named

    def _named(self, written: str, start: int, end: int) -> CalendarName:
        key = next(
            (form for form in (written, written.capitalize(), written.lower()) if form in self._days), ""
        )
        if key:
            return CalendarName(start, end, self._days[key], True, self._days[key] != key)
        month = written.lower()
        index = self._notation.months[month]
        return CalendarName(start, end, str(index), False, month in self._notation.short_months)

    def _as_month(self, written: str, named: CalendarName) -> CalendarName:
        """Return a month for what may be a day too, ``mar`` for example."""
        index = self._notation.months.get(written.lower())
        return named if index is None else replace(named, name=str(index), is_day=False)

    def _is_certain(self, match: re.Match[str], text: str) -> bool:
        name = match["name"].lower()
        if name not in self._notation.doubtful_names:
            return True
        before, behind = (
            text[max(0, match.start() - _LOOK) : match.start()],
            text[match.end() : match.end() + _LOOK],
        )
        if self._before.search(before) or self._behind.match(behind):
            return True
        return bool(match["stop"]) and bool(re.match(r",| [^\W\d_A-Z]", behind))
