"""Dates in figures, and days beside the names of months. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tts_server.text.normalize.forms import Clock, Date, DayOfMonth, Form, Moment, Range
from tts_server.text.normalize.recognize.common import LETTERS, word_before
from tts_server.text.normalize.words import Notation

_START = rf"(?<![{LETTERS}\d/.:+-])"
_END = rf"(?![{LETTERS}\d/:+-]|[.,]\d)"
_YEAR_FIRST = re.compile(
    rf"{_START}(?P<year>[12]\d{{3}})([-—/.])(?P<month>0?[1-9]|1[0-2])\2(?P<day>3[01]|[12]\d|0?[1-9])(?:(?=T\d\d:)|{_END})"
)
_YEAR_LAST = re.compile(
    rf"{_START}(?P<a>\d{{1,2}})(?P<mark>[/.—-])(?P<b>\d{{1,2}})(?P=mark)(?P<year>[12]\d{{3}}|\d{{2}}){_END}"
)
_COMPACT = re.compile(
    r"(?<![\w.,/:#$+-])(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>3[01]|[12]\d|0[1-9])(?![\w/:%-]|[.,]\d)"
)
_TIME = re.compile(
    r"T(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?"
    r"(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?(?![\w:])"
)
_NO_YEAR = re.compile(rf"{_START}(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?!\d| \d){_END}")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Dates:
    """Finds days, months and years in figures.

    Args:
        notation: How the language writes; its order of day and month decides where both are possible.
    """

    def __init__(self, notation: Notation) -> None:
        self._is_month_first = notation.date_order == "mdy"
        self._words = notation.date_words

    def find(self, text: str) -> Iterator[Form]:
        """Yield the dates that there can be."""
        for match in _YEAR_FIRST.finditer(text):
            month, day = int(match["month"]), int(match["day"])
            if _is_day(month, day):
                date = Date(*match.span(), match["year"], month, day, word_before(text, match.start()))
                time = _TIME.match(text, match.end())
                yield date if time is None else _moment(date, time)
        for match in _COMPACT.finditer(text):
            if _is_day(int(match["month"]), int(match["day"])):
                yield Date(*match.span(), match["year"], int(match["month"]), int(match["day"]))
        for match in _YEAR_LAST.finditer(text):
            month, day = self._in_order(match)
            if not _is_day(month, day):
                month, day = day, month
            before = word_before(text, match.start())
            is_certain = len(match["year"]) == 4 or match["mark"] == "/" or before.lower() in self._words
            if _is_day(month, day) and is_certain:
                yield Date(*match.span(), match["year"], month, day, before)
        for match in _NO_YEAR.finditer(text):
            before = word_before(text, match.start())
            month, day = self._in_order(match)
            if before.lower() in self._words and _is_day(month, day):
                yield Date(*match.span(), "", month, day, before)

    def _in_order(self, match: re.Match[str]) -> tuple[int, int]:
        """Return what is the month and what the day by the language's order."""
        a, b = int(match["a"]), int(match["b"])
        return (a, b) if self._is_month_first else (b, a)


def _moment(date: Date, time: re.Match[str]) -> Moment:
    second = int(time["second"] or 0)
    clock = Clock(
        time.start("hour"),
        time.end(),
        int(time["hour"]),
        int(time["minute"]),
        second or None,
        None,
        ":",
        time.end(),
        time.end(),
    )
    return Moment(date, clock, time["zone"] or "")


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


_DASH = r"(?P<dash> ?[-—] ?)"
_DAY_END = rf"(?![{LETTERS}\d%/:°]|[.,-]\d)"
_NAME_START = rf"(?<![{LETTERS}\d])"
_DAY_START = rf"(?<![{LETTERS}\d.,/:-])"


def _day(n: str = "") -> str:
    return rf"(?P<day{n}>3[01]|[12]\d|0?[1-9])"


def _name(n: str = "") -> str:
    return rf"(?P<month{n}>[{LETTERS}]{{2,12}}\.?)"


def _name_first(n: str = "") -> str:
    return f"{_NAME_START}{_name(n)} {_day(n)}{_DAY_END}"


def _day_first(n: str = "") -> str:
    return f"{_DAY_START}{_day(n)} {_name(n)}"


_ONE = (re.compile(_name_first()), re.compile(_day_first()))
_TWO = tuple(re.compile(one("1") + _DASH + one("2")) for one in (_name_first, _day_first))
# ``June 3-5``, ``3-5 June``: one month for both days.
_OF_ONE_MONTH = (
    re.compile(f"{_NAME_START}{_name()} {_day('1')}{_DASH}{_day('2')}{_DAY_END}(?!-)"),
    re.compile(f"{_DAY_START}{_day('1')}{_DASH}{_day('2')} {_name()}"),
)
_NEXT_NAME = re.compile(rf" (?P<month>[{LETTERS}]{{2,12}})")


class DaysOfMonths:
    """Finds days beside names of months, and ranges of them.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._notation = notation

    def find(self, text: str) -> Iterator[Form]:
        """Yield ranges, then what stands alone."""
        if not self._notation.months:
            return
        for pattern in _TWO:
            for match in pattern.finditer(text):
                if self._is_month(match["month1"]) and self._is_month(match["month2"]):
                    yield Range(self._day_of(match, "1"), self._day_of(match, "2"), *match.span("dash"))
        for pattern in _OF_ONE_MONTH:
            for match in pattern.finditer(text):
                if self._is_month(match["month"]) and int(match["day1"]) < int(match["day2"]):
                    yield self._range_in_month(match)
        for pattern in _ONE:
            for match in pattern.finditer(text):
                # ``April 5 May``: the day is of the month behind it.
                behind = _NEXT_NAME.match(text, match.end()) if match.end() == match.end("day") else None
                if self._is_month(match["month"]) and not (behind and self._is_month(behind["month"])):
                    yield self._day_of(match, "")

    def _is_month(self, written: str) -> bool:
        return written.rstrip(".").lower() in self._notation.months

    def _range_in_month(self, match: re.Match[str]) -> Range:
        """Return both days, of which the one that stands beside the month has it."""
        name = match["month"].rstrip(".").lower()
        month, place = self._notation.months[name], match.span("month")
        is_short = name in self._notation.short_months
        low, high = (
            DayOfMonth(
                *match.span(day),
                int(match[day]),
                *match.span(day),
                month,
                *place,
                False,
                word_before(match.string, match.start(day)),
            )
            for day in ("day1", "day2")
        )
        if place[0] < low.start:
            low = replace(low, start=place[0], is_short=is_short)
        else:
            high = replace(high, end=place[1], is_short=is_short)
        return Range(low, high, *match.span("dash"))

    def _day_of(self, match: re.Match[str], n: str) -> DayOfMonth:
        name = match[f"month{n}"].rstrip(".").lower()
        spans = (match.span(f"day{n}"), match.span(f"month{n}"))
        return DayOfMonth(
            min(spans)[0],
            max(spans)[1],
            int(match[f"day{n}"]),
            *spans[0],
            self._notation.months[name],
            *spans[1],
            name in self._notation.short_months,
            word_before(match.string, spans[0][0]),
        )
