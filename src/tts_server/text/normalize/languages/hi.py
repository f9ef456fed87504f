"""Hindi: what it says, and the rules that are its own.

Pure. Hindi says "less than" and "greater than" behind what is compared, half past with a word of its own, and
a year by its hundreds; and it writes the hour with a word behind it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tts_server.text.normalize.draft import Draft
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
from tts_server.text.normalize.languages.hi_numbers import BELOW_HUNDRED, figures, ordinal, year
from tts_server.text.normalize.languages.hi_words import (
    ABBREVIATIONS,
    COMPARED_NOUNS,
    MONTHS,
    NOTATION,
    ORDINAL_ENDINGS,
    ROMAN_AFTER,
    ROMAN_BEFORE,
    SCALE_WORDS,
    SHORT_MONTHS,
    SPELLED_MONTHS,
    WEEKDAYS,
    WORDS,
)
from tts_server.text.normalize.recognize.common import LETTERS, NUMBER, any_of
from tts_server.text.normalize.speech import Pieces, Speech
from tts_server.text.normalize.words import Noun

_HALVES = {1: "डेढ़", 2: "ढाई"}
_PARTS = {(1, 3): "एक तिहाई", (2, 3): "दो तिहाई", (1, 4): "एक चौथाई", (3, 4): "तीन चौथाई"}
_BEHIND = {"<": "से कम", ">": "से ज़्यादा"}
_NO_FRACTIONS = {(24, 7), (9, 11), (50, 50), (20, 20)}
_MASCULINE = frozenset("पानी घी दही मोती हाथी आदमी पक्षी".split())
_NAMED_K = frozenset({"4", "8"})
_MAX_ROMAN = 39


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

    def hour_and_minute(self, clock: Clock) -> str | None:
        """Return the hour and the minute; with AM or PM behind them they are two numbers."""
        if clock.second is not None:
            return f"{clock.hour} बजकर {_count(clock.minute or 0)} मिनट {_count(clock.second)} सेकंड"
        if clock.half is not None or clock.minute is None:
            return f"{clock.hour} {_count(clock.minute)}" if clock.minute else str(clock.hour)
        return f"{clock.hour} बजकर {_count(clock.minute)} मिनट" if clock.minute else f"{clock.hour} बजे"

    def date(self, date: Date) -> Pieces:
        """Return day, month and year; two figures of a year are of this century or the last."""
        of_year = date.year
        if len(of_year) == 2:
            of_year = f"{'20' if int(of_year) < 70 else '19'}{of_year}"
        return [(date.start, date.end, _said_date(date.day, date.month, int(of_year)))]

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
        if is_century:
            return [(ordinal.start, ordinal.end, _ordinal(ordinal.value, "वीं"))]
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
        return _HALVES.get(whole, f"साढ़े {_count(whole)}")
    if (top, bottom) == (1, 4):
        return "सवा" if whole == 1 else f"सवा {_count(whole)}"
    if (top, bottom) == (3, 4):
        return f"पौने {_count(whole + 1)}"
    return f"{_count(whole)} सही {_count(top)} बटा {_count(bottom)}"


def _said_date(day: int, month: int, of_year: int) -> str:
    if 1100 <= of_year <= 1999:
        return f"{BELOW_HUNDRED[day]} {MONTHS[month - 1]} {year(of_year)}"
    return f"{day} {MONTHS[month - 1]} {_count(of_year)}"


# Rules of its own.

_NOT_WORD = rf"(?![{LETTERS}\d])"
_BEGIN = rf"(?<![{LETTERS}\d.,:/-])"
_TIME = r"(?P<hour{n}>[01]?\d|2[0-4])(?::(?P<minute{n}>[0-5]\d))?"
_HOURS = re.compile(
    rf"{_BEGIN}(?:{_TIME.replace('{n}', '1')}(?P<between> ?[-—] ?| से | या | और ))?"
    rf"{_TIME.replace('{n}', '2')} ?(?P<word>बजे){_NOT_WORD}"
)
_DAY = "|".join(WEEKDAYS)
_WEEKDAYS = re.compile(
    rf"{_BEGIN}(?P<low>{_DAY})(?:वार|[.॰])?(?P<dash> ?[-—] ?)(?P<high>{_DAY})(?:वार|[.॰])?{_NOT_WORD}"
)
# A name that many other things have: a teacher, a planet.
_WEEKDAY = re.compile(rf"{_BEGIN}(?P<day>{_DAY})[.॰](?=,| (?:और|व|या|को|से|तक)(?![{LETTERS}])| \d)")
_MONTH = any_of([*SPELLED_MONTHS, *(f"{name}{stop}" for name in SHORT_MONTHS for stop in ".॰")])
_DAY_OF_MONTH = re.compile(
    rf"{_BEGIN}(?P<day>0?[1-9]|[12]\d|3[01]) (?P<month>{_MONTH})"
    rf"(?:,? (?P<year>[12]\d{{3}})(?![{LETTERS}\d]|[.,:/-]\d))?"
)
_YEAR = re.compile(
    rf"{_BEGIN}(?:(?:सन्?|साल|वर्ष|{_MONTH}),? )(?P<year>1[1-9]\d\d)(?![{LETTERS}\d%]|[.,:/-]\d)"
    rf"|{_BEGIN}(?P<alone>1[1-9]\d\d)(?= (?:में|ई[.॰]|ईस्वी|ईसवी|के दशक))"
)
_YEARS = re.compile(
    rf"{_BEGIN}(?P<low>1[1-9]\d\d)(?P<dash> ?[-—] ?| से )(?P<high>[12]\d\d\d)"
    r"(?= (?:के बीच|के दौरान|तक))|(?<=\()(?P<born>1[1-9]\d\d)(?P<to> ?[-—] ?)(?P<died>[12]\d\d\d)(?=\))"
)
_SHORT_MONTH = re.compile(rf"{_BEGIN}(?P<month>{any_of(SHORT_MONTHS)})[.॰](?=,? \d)")
_ORDINAL = re.compile(
    rf"{_BEGIN}(?P<value>\d{{1,4}})(?:-?(?P<ending>{any_of(ORDINAL_ENDINGS)})| (?P<apart>वाँ|वां|वीं|वें))"
    rf"(?![{LETTERS}\d])"
)
_BETWEEN = re.compile(
    rf"(?<![{LETTERS}\d.,<>=≤≥])(?<![<>=≤≥] )(?P<left>[A-Za-z]|{NUMBER})(?P<sign> ?(?:[<>]=?|[≤≥]) ?)"
    rf"(?P<right>[A-Za-z]|-?{NUMBER})"
    rf"(?![{LETTERS}\d<>=≤≥]|[.,]\d| ?[<>=≤≥+*/×÷])"
)
_BIGGER = {
    "<": "छोटा",
    ">": "बड़ा",
    "≤": "छोटा या बराबर",
    "≥": "बड़ा या बराबर",
    "<=": "छोटा या बराबर",
    ">=": "बड़ा या बराबर",
}
_ENGLISH_PLACES = (
    *"first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
    *"thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
)
_ENGLISH = re.compile(rf"{_BEGIN}(?P<value>[12]?\d|3[01])(?:st|nd|rd|th){_NOT_WORD}")
_DASH = re.compile(r"(?<=\S )-(?= \S)")
_ONLY = re.compile(r"(?<=\d)/-(?![\d/-])")
_FOLD = re.compile(rf"(?<=\d) ?[xX×](?![{LETTERS}\d]| ?[-+=^*/(\d])")
_HEIGHT = re.compile(rf"{_BEGIN}(?P<feet>[1-9])' ?(?P<inches>\d|1[01])(?:\"|'')")
_LETTERS_FROM = re.compile(rf"(?<![{LETTERS}\d-])[A-Z](?P<dash> ?[-—] ?)[A-Z](?![{LETTERS}\d-])")
_MOBILE = re.compile(rf"{_BEGIN}मो[.॰](?P<number> ?नं[.॰])?(?=:? ?[+\d])")
_TITLE = re.compile(rf"{_BEGIN}(?:डॉ|डा|प्रो|पं|कु|स्व|श्री)[.॰](?=[{LETTERS}])")


def _hours(draft: Draft) -> None:
    """Say the times that stand before ``बजे``, the word for the hour."""
    for match in _HOURS.finditer(draft.text):
        pieces: Pieces = []
        if match["hour1"]:
            start, end = match.start("hour1"), match.start("between")
            pieces.append((start, end, _hour(match, "1") or _minutes(match, "1")))
            if match["between"].strip() in {"-", "—"}:
                pieces.append((*match.span("between"), " से "))
        end = match.end("minute2") if match["minute2"] else match.end("hour2")
        said = _hour(match, "2")
        pieces.append((match.start("hour2"), end, said or f"{int(match['hour2'])} बजकर"))
        if said is None:
            pieces.append((*match.span("word"), f" {_count(int(match['minute2']))} मिनट"))
        draft.put(pieces)


def _hour(match: re.Match[str], n: str) -> str | None:
    """Return a time before the word for the hour; None where that word has to stand inside it."""
    hour, minute = int(match[f"hour{n}"]), int(match[f"minute{n}"] or 0)
    if not minute:
        return str(hour)
    if not 1 <= hour <= 12:
        return None
    if minute == 30:
        return _HALVES.get(hour, f"साढ़े {hour}")
    if minute == 15:
        return f"सवा {hour}"
    return f"पौने {hour % 12 + 1}" if minute == 45 else None


def _minutes(match: re.Match[str], n: str) -> str:
    return f"{int(match[f'hour{n}'])} बजकर {_count(int(match[f'minute{n}']))} मिनट"


def _weekdays(draft: Draft) -> None:
    """Say shortened weekdays, and ranges of weekdays."""
    for match in _WEEKDAYS.finditer(draft.text):
        low, high = WEEKDAYS[match["low"]], WEEKDAYS[match["high"]]
        dash = match.span("dash")
        draft.put([(match.start(), dash[0], low), (*dash, " से "), (dash[1], match.end(), high)])
    draft.apply(_WEEKDAY, lambda match: WEEKDAYS[match["day"]])


def _dates(draft: Draft) -> None:
    """Say shortened months, and the years of 1100 to 1999 beside a month or the word for a year."""
    for match in _DAY_OF_MONTH.finditer(draft.text):
        name, of_year = match["month"], int(match["year"] or 0)
        month = SPELLED_MONTHS.get(name) or SHORT_MONTHS[name.rstrip(".॰")]
        pieces: Pieces = []
        if 1100 <= of_year <= 1999:
            pieces.append((*match.span("day"), BELOW_HUNDRED[int(match["day"])]))
            pieces.append((*match.span("year"), year(of_year)))
        if name[-1] in ".॰":
            pieces.append((*match.span("month"), MONTHS[month - 1]))
        draft.put(sorted(pieces))
    draft.apply(_SHORT_MONTH, lambda match: MONTHS[SHORT_MONTHS[match["month"]] - 1])
    for match in _YEAR.finditer(draft.text):
        name = "year" if match["year"] else "alone"
        draft.put([(*match.span(name), year(int(match[name])))])
    for match in _YEARS.finditer(draft.text):
        low, dash, high = ("low", "dash", "high") if match["low"] else ("born", "to", "died")
        draft.put(
            [
                (*match.span(low), year(int(match[low]))),
                *([(*match.span(dash), " से ")] if match[dash] != " से " else []),
                (*match.span(high), year(int(match[high]))),
            ]
        )


def _ordinals(draft: Draft) -> None:
    draft.apply(_ORDINAL, lambda match: ordinal(int(match["value"]), match["ending"] or match["apart"]))


def _comparisons(draft: Draft) -> None:
    """Say the comparison of two numbers or letters behind the second."""
    for match in _BETWEEN.finditer(draft.text):
        right = match["right"]
        said = figures(right) if right.isdigit() else right
        sign = match["sign"].strip()
        draft.put([(*match.span("sign"), " "), (*match.span("right"), f"{said} से {_BIGGER[sign]}")])


def _english_ordinal(value: int) -> str | None:
    """Return an English place in an order, as Hindi speakers say it too."""
    if not value:
        return None
    if value <= len(_ENGLISH_PLACES):
        return _ENGLISH_PLACES[value - 1]
    tens = ("twenty", "thirty")[value // 10 - 2]
    return f"{tens} {_ENGLISH_PLACES[value % 10 - 1]}" if value % 10 else f"{tens[:-1]}ieth"


def _dashes(draft: Draft) -> None:
    """Make a pause of a hyphen between words that stands alone; one between numbers has been said."""
    draft.apply(_DASH, lambda _: "—")


def _small_signs(draft: Draft) -> None:
    draft.apply(_ONLY, lambda _: "")
    draft.apply(_MOBILE, lambda match: "मोबाइल नंबर" if match["number"] else "मोबाइल")
    draft.apply(_TITLE, lambda match: f"{ABBREVIATIONS[match[0]]} ")
    draft.apply(_FOLD, lambda _: " गुना")
    draft.apply(_HEIGHT, lambda match: f"{match['feet']} फ़ीट {match['inches']} इंच")
    draft.apply(_ENGLISH, lambda match: _english_ordinal(int(match["value"])))
    for match in _LETTERS_FROM.finditer(draft.text):
        draft.put([(*match.span("dash"), " से ")])


def make(dialect: str) -> Language:
    """Make Hindi."""
    rules = (
        ("hours", _hours),
        ("weekdays", _weekdays),
        ("months and years", _dates),
        ("ordinals in figures", _ordinals),
        ("comparisons", _comparisons),
        ("small signs", _small_signs),
    )
    return Language(dialect, NOTATION, Hindi(WORDS), rules, (("dashes", _dashes),))
