"""Times of day, ranges of them, and durations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tts_server.text.normalize.forms import Clock, Duration, Form, Half, Number, Quantity, Range
from tts_server.text.normalize.recognize.common import (
    LETTERS,
    SIGN_END,
    any_of,
    ends_sentence,
    word_after,
    word_before,
)
from tts_server.text.normalize.words import Notation

_START = rf"(?<![{LETTERS}\d])(?<!\d[.,/:-])(?<![./-])"
_END = rf"(?![{LETTERS}\d]|:\d|/\w|[.,]\d)"
_HALF = r"(?: ?(?P<written{n}>(?P<half{n}>[AaPp])\.? ?[Mm]\b\.?)(?!\w))?"


class Clocks:
    """Finds times of day and ranges of them.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        half = _HALF if notation.has_halves else "(?P<written{n}>(?P<half{n}>(?!)))?"
        marks = "".join(map(re.escape, ":" + notation.clock_marks))
        hours = any_of(sign for sign, key in notation.durations.items() if key == "hour")
        one = (
            rf"(?P<hour{{n}}>[01]?\d|2[0-4])"
            rf"(?: ?(?P<mark{{n}}>[{marks}])(?: ?(?P<minute{{n}}>[0-5]\d)(?!\d)(?::(?P<second{{n}}>[0-5]\d))?"
            rf"(?: ?(?P<hours{{n}}>{hours})(?![{LETTERS}\d]))?)?(?!\d))?" + half
        )
        first, second, alone = (one.replace("{n}", n) for n in ("1", "2", ""))
        self._clock = re.compile(_START + alone + _END)
        self._range = re.compile(_START + first + rf"(?P<dash> ?[{notation.range_marks}] ?)" + second + _END)

    def find(self, text: str) -> Iterator[Form]:
        """Yield ranges, then what stands alone."""
        for match in self._range.finditer(text):
            low, high = self._clock_of(match, "1", text), self._clock_of(match, "2", text)
            if low is None or high is None or len(match["dash"]) == 2:
                continue
            named = [self._is_named(clock) or self._is_pointed(low, high) for clock in (low, high)]
            is_hours = named[1] and not low.mark and high.mark not in {"", ":", "."}
            if all(named) or is_hours or (any(named) and (low.half or high.half)):
                yield Range(low, high, *match.span("dash"))
        for match in self._clock.finditer(text):
            clock = self._clock_of(match, "", text)
            if clock is not None and self._is_named(clock):
                yield clock

    def _is_pointed(self, low: Clock, high: Clock) -> bool:
        """Say whether both have a full stop, where that is no decimal mark: ``8.30-13.00``."""
        return low.mark == high.mark == "." and self._notation.decimal == ","

    def _is_named(self, clock: Clock) -> bool:
        """Say whether a time is one by its own form, or by the word before it."""
        if clock.after in self._notation.durations:
            return False
        if clock.mark == ":":
            return clock.minute is not None
        if clock.mark == ".":
            is_told = clock.half is not None or clock.before.lower() in self._notation.clock_words
            return clock.minute is not None and is_told
        return bool(clock.mark) or clock.half is not None

    def _clock_of(self, match: re.Match[str], n: str, text: str) -> Clock | None:
        mark = match[f"mark{n}"] or ""
        minute, second = match[f"minute{n}"], match[f"second{n}"]
        half: Half | None = None
        if match[f"half{n}"]:
            half = "am" if match[f"half{n}"] in "aA" else "pm"
        if mark in {":", "."} and minute is None:
            return None
        parts = ("hours", "second", "minute", "mark", "hour")
        name = next(name for name in parts if match[f"{name}{n}"] is not None)
        time_end = match.end(f"{name}{n}")
        half_start = time_end if half is None else match.start(f"half{n}")
        end = time_end if half is None else match.end(f"written{n}")
        # The full stop that ends the sentence too stays.
        if half and text[end - 1] == "." and ends_sentence(text, end):
            end -= 1
        return Clock(
            match.start(f"hour{n}"),
            end,
            int(match[f"hour{n}"]),
            None if minute is None else int(minute),
            None if second is None else int(second),
            half,
            "h" if match[f"hours{n}"] else mark,
            time_end,
            half_start,
            word_before(text, match.start(f"hour{n}")),
            word_after(text, end),
        )


_LONGER = {"day": 4, "hour": 3, "minute": 2, "second": 1}


class Durations:
    """Finds hours, minutes and seconds behind each other: ``2h 30m``.

    Args:
        notation: How the language writes.
    """

    def __init__(self, notation: Notation) -> None:
        self._notation = notation
        part = rf"\d+(?:[.,]\d+)? ?(?:{any_of(notation.durations)})"
        self._several = re.compile(rf"{_START}{part}(?:,? ?{part})+(?!\d){SIGN_END}")
        self._part = re.compile(rf"(?P<number>\d+(?:[.,]\d+)?) ?(?P<unit>{any_of(notation.durations)})")

    def find(self, text: str) -> Iterator[Form]:
        """Yield those of at least two parts, each shorter than the one before."""
        for match in self._several.finditer(text):
            parts = tuple(
                Quantity(_count(part), self._notation.durations[part["unit"]], *part.span("unit"))
                for part in self._part.finditer(text, *match.span())
            )
            if all(_LONGER[a.unit] > _LONGER[b.unit] for a, b in pairwise(parts)):
                yield Duration(parts)


def _count(part: re.Match[str]) -> Number:
    whole, _, decimals = part["number"].replace(",", ".").partition(".")
    return Number(*part.span("number"), whole.lstrip("0") or "0", decimals, part["number"])
