"""Hindi: what it says. Pure.

It says "less than" and "greater than" behind what is compared, and halves with words of their own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tts_server.text.normalize.forms import (
    Clock,
    Date,
    Fraction,
    Money,
    Number,
    Ordinal,
    Quantity,
    Ratio,
    Version,
)
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.hi_days import say_days
from tts_server.text.normalize.languages.hi_names import PLACES_OF_SOVEREIGNS, SOVEREIGNS, say_names
from tts_server.text.normalize.languages.hi_numbers import BELOW_HUNDRED, figures, ordinal, year
from tts_server.text.normalize.languages.hi_signs import (
    say_comparisons,
    say_dashes,
    say_ordinals,
    say_small_signs,
)
from tts_server.text.normalize.languages.hi_times import HALVES, say_dates, say_hours, say_weekdays
from tts_server.text.normalize.languages.hi_words import (
    COMPARED_NOUNS,
    MONTHS,
    NOTATION,
    ROMAN_AFTER,
    ROMAN_BEFORE,
    SCALE_WORDS,
    WORDS,
)
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.speech import Pieces, Speech
from tts_server.text.normalize.words import Noun

_PARTS = {(1, 3): "एक तिहाई", (2, 3): "दो तिहाई", (1, 4): "एक चौथाई", (3, 4): "तीन चौथाई"}
_BEHIND = {"<": "से कम", ">": "से ज़्यादा"}
_NO_FRACTIONS = {(24, 7), (9, 11), (50, 50), (20, 20)}
_MASCULINE = frozenset("पानी घी दही मोती हाथी आदमी पक्षी".split())
_NAMED_K = frozenset({"4", "8"})
_MAX_ROMAN = 39
# A score in cricket: ``245/6``.
_MIN_RUNS, _MAX_WICKETS = 20, 10


class Hindi(Speech):
    """What Hindi says for each form."""

    def figures(self, number: Number, _noun: Noun | None = None) -> str:
        """Return figures where espeak-ng reads them right, else words."""
        said = _decimal(f"{number.whole}.{number.decimals}") if number.decimals else figures(number.whole)
        return f"{said} {number.scale}" if number.scale else said

    def signed(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number with its sign, but for what is said behind its unit."""
        bare = replace(number, sign="") if number.sign in _BEHIND else number
        return super().signed(bare, noun)

    def number(self, number: Number) -> Pieces:
        """Say a number; a comparison stands behind the unit that follows as a word."""
        if number.scale and number.whole in _NAMED_K and not number.decimals:
            return []
        if number.sign not in _BEHIND:
            return super().number(number)
        end = number.end + 1 + len(number.after) if number.after in COMPARED_NOUNS else number.end
        return [
            (number.start, number.end, self.signed(number)),
            (end, end, f" {_BEHIND[number.sign]}"),
        ]

    def quantity(self, quantity: Quantity, text: str) -> Pieces:
        """Say a quantity, and behind it what it is compared with."""
        pieces = super().quantity(quantity, text)
        if quantity.number.sign in _BEHIND:
            start, end, said = pieces[-1]
            pieces[-1] = (start, end, f"{said} {_BEHIND[quantity.number.sign]}")
        return pieces

    def money(self, money: Money) -> Pieces:
        """Say a sum, and behind it what it is compared with."""
        scale_word = SCALE_WORDS.get(money.scale_word, money.scale_word)
        pieces = super().money(replace(money, scale_word=scale_word))
        if money.number.sign in _BEHIND:
            start, end, said = pieces[-1]
            pieces[-1] = (start, end, f"{said} {_BEHIND[money.number.sign]}")
        return pieces

    def hour_and_minute(self, clock: Clock) -> str:
        """Return the hour and the minute; with AM or PM behind them they are two numbers."""
        if clock.second is not None:
            return f"{clock.hour} बजकर {_count(clock.minute or 0)} मिनट {_count(clock.second)} सेकंड"
        if clock.half is not None or clock.minute is None:
            return f"{clock.hour} {_count(clock.minute)}" if clock.minute else str(clock.hour)
        return f"{clock.hour} बजकर {_count(clock.minute)} मिनट" if clock.minute else f"{clock.hour} बजे"

    def date(self, date: Date) -> Pieces:
        """Return day, month and year; two figures of a year are of this century or the last."""
        return [(date.start, date.end, _said_date(date.day, date.month, int(full_year(date.year))))]

    def fraction(self, fraction: Fraction) -> Pieces:
        """Return ``आधा``, ``डेढ़``, ``तीन चौथाई``, ``सात बटा दस``."""
        top, bottom, whole = fraction.top, fraction.bottom, fraction.whole
        if whole is None and (top, bottom) in _NO_FRACTIONS:
            return []
        if whole:
            said = _mixed(whole, top, bottom)
        elif (top, bottom) == (1, 2):
            is_feminine = fraction.after.endswith("ी") and fraction.after not in _MASCULINE
            said = "आधी" if is_feminine else "आधा"
        elif bottom <= _MAX_WICKETS and top >= _MIN_RUNS:
            said = f"{_count(top)} पर {_count(bottom)}"
        else:
            said = _PARTS.get((top, bottom), f"{_count(top)} बटा {_count(bottom)}")
        return [(fraction.start, fraction.end, said)]

    def ordinal(self, ordinal: Ordinal) -> Pieces:
        """Say a Roman numeral where a word beside it makes it one; figures are this language's own rule."""
        if not ordinal.is_roman or ordinal.value > _MAX_ROMAN:
            return []
        is_century = ordinal.after in ROMAN_AFTER
        is_long = ordinal.end - ordinal.start > 1
        is_name = is_long and re.match("[\u0900-\u097f]", ordinal.before) is not None
        if ordinal.before in SOVEREIGNS and ordinal.value <= len(PLACES_OF_SOVEREIGNS):
            return [(ordinal.start, ordinal.end, PLACES_OF_SOVEREIGNS[ordinal.value - 1])]
        if is_century:
            return [(ordinal.start, ordinal.end, _ordinal(ordinal.value, "वीं"))]
        if ordinal.before in {"War", "वॉर", "वार"} and ordinal.value == 2:
            return [(ordinal.start, ordinal.end, "टू")]
        if ordinal.before in ROMAN_BEFORE or is_name:
            return [(ordinal.start, ordinal.end, _count(ordinal.value))]
        return []

    def ratio(self, ratio: Ratio) -> Pieces:
        """Return two numbers that are compared, or the sides of something."""
        between = " अनुपात " if ratio.sign == ":" else f" {self.words.signs['×']} "
        return [(ratio.start, ratio.end, between.join(map(_decimal, ratio.numbers)))]

    def version(self, version: Version) -> Pieces:
        """Return the numbers with the point said, behind the word where a ``v`` is written."""
        point = "." if len(version.numbers) == 2 else f" {self.words.point} "
        said = point.join(map(figures, version.numbers))
        return [(version.start, version.end, f"वर्शन {said}" if version.has_v else said)]

    def exponent(self, exponent: str) -> str:
        """Return what is said behind a base."""
        said = super().exponent(exponent)
        return said.replace("-", "माइनस ")


_ordinal = ordinal


def _count(value: int) -> str:
    return figures(str(value))


def _decimal(written: str) -> str:
    whole, point, decimals = written.partition(".")
    said = figures(whole)
    if not point or said == whole:
        return said + point + decimals
    return f"{said} दशमलव {' '.join(BELOW_HUNDRED[int(char)] for char in decimals)}"


def _mixed(whole: int, top: int, bottom: int) -> str:
    if (top, bottom) == (1, 2):
        return HALVES.get(whole, f"साढ़े {_count(whole)}")
    if (top, bottom) == (1, 4):
        return "सवा" if whole == 1 else f"सवा {_count(whole)}"
    if (top, bottom) == (3, 4):
        return f"पौने {_count(whole + 1)}"
    return f"{_count(whole)} सही {_count(top)} बटा {_count(bottom)}"


def _said_date(day: int, month: int, of_year: int) -> str:
    if 1100 <= of_year <= 1999:
        return f"{BELOW_HUNDRED[day]} {MONTHS[month - 1]} {year(of_year)}"
    return f"{day} {MONTHS[month - 1]} {_count(of_year)}"


def make(dialect: str) -> Language:
    """Make Hindi."""
    rules = (
        ("hours", say_hours),
        ("weekdays", say_weekdays),
        ("days and months in figures", say_days),
        ("months and years", say_dates),
        ("ordinals in figures", say_ordinals),
        ("names with figures", say_names),
        ("comparisons", say_comparisons),
        ("small signs", say_small_signs),
    )
    return Language(dialect, NOTATION, Hindi(WORDS), rules, (("dashes", say_dashes),))
