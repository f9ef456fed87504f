"""English, American and British: what it says, and the rules that are its own."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Clock, Date, DayOfMonth, Fraction, Money, Number
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.en_words import MONTHS, WORDS, notation
from tts_server.text.normalize.recognize.common import LETTERS
from tts_server.text.normalize.speech import Pieces, Speech
from tts_server.text.normalize.words import Noun

_MAX_SAID_FIGURES = 15
_ORDINALS = "half third quarter fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TENTHS = {16: "sixteenth", 20: "twentieth", 32: "thirty second", 64: "sixty fourth", 100: "hundredth"}
_NOT_FRACTIONS = frozenset({(9, 11), (24, 7), (50, 50), (20, 20), (7, 11), (1, 6)})


class English(Speech):
    """What English says for each form."""

    def figures(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number; four figures that count something have a comma, or they would be a year."""
        whole = number.whole
        if number.is_grouped or noun is not None or number.scale:
            whole = _grouped(whole)
        said = whole + (self.decimals(number) if number.decimals else "")
        return f"{said} {number.scale}" if number.scale else said

    def decimals(self, number: Number) -> str:
        """Return decimals as figures, but where a zero ends them, which misaki would leave out."""
        if number.decimals.endswith("0"):
            return " point " + " ".join("zero" if char == "0" else char for char in number.decimals)
        return "." + number.decimals

    def number(self, number: Number) -> Pieces:
        """Say a number, unless its letter of scale is a name's (``4K``) or its comma nobody's."""
        if number.scale and not (number.decimals or number.after.endswith("s") or number.whole[-1] == "0"):
            is_scale = number.after and number.written not in {"4", "5", "8", "10"}
            if not is_scale:
                return []
        if number.decimals and not number.is_grouped and "," in number.written:
            return []
        return super().number(number)

    def money(self, money: Money) -> Pieces:
        """Say a sum; before the noun that it describes, in the singular."""
        if money.is_before_noun:
            unit = self.words.currencies[money.currency].unit
            return [(money.start, money.end, f"{self.signed(money.number, unit)} {unit.one}")]
        return super().money(money)

    def hour_and_minute(self, clock: Clock) -> str | None:
        """Return ``3 45``, ``10 oh 5``, ``12 o'clock``, ``15 hundred``."""
        hour = "zero" if clock.hour == 0 else str(clock.hour)
        if clock.second is not None:
            return f"{clock.hour} {_minute(clock.minute or 0)} and {clock.second} seconds"
        if clock.minute:
            return f"{hour} {_minute(clock.minute)}"
        if clock.half is not None or clock.minute is None:
            return str(clock.hour)
        return f"{clock.hour} o'clock" if 1 <= clock.hour <= 12 else f"{hour} hundred"

    def date(self, date: Date) -> Pieces:
        """Return ``January 2nd 2023``; two figures of a year are of this century or the last."""
        year = date.year
        if len(year) == 2:
            year = f"{'20' if int(year) < 70 else '19'}{year}"
        return [(date.start, date.end, f"{MONTHS[date.month - 1]} {ordinal(date.day)} {year}")]

    def day(self, day: DayOfMonth) -> str:
        """Return ``5th`` behind the month, ``5`` before it."""
        return ordinal(day.day) if day.day_start > day.month_start else str(day.day)

    def fraction(self, fraction: Fraction) -> Pieces:
        """Return ``three quarters``, ``1 and a half``; leaves ``24/7`` and what is larger than one."""
        top, bottom = fraction.top, fraction.bottom
        if (top, bottom) in _NOT_FRACTIONS or not 0 < top < bottom:
            return []
        if bottom <= 12:
            name = _ORDINALS[bottom - 2]
        elif bottom in _TENTHS:
            name = _TENTHS[bottom]
        elif bottom < 20:
            name = f"{bottom}th"
        else:
            return []
        count = _SMALL[top] if top <= 12 else str(top)
        said = f"{count} {name}" + ("s" if top > 1 else "")
        said = said.replace("halfs", "halves")
        if fraction.whole is not None:
            one = "an" if name.startswith("e") else "a"
            said = f"{fraction.whole} and {one + ' ' + name if top == 1 else said}"
        return [(fraction.start, fraction.end, f" {said} ")]


def _grouped(whole: str) -> str:
    if len(whole) <= 3:
        return whole
    return f"{int(whole):,}" if len(whole) <= _MAX_SAID_FIGURES else " ".join(whole)


def _minute(minute: int) -> str:
    return f"oh {minute}" if minute < 10 else str(minute)


def ordinal(number: int) -> str:
    """Return ``1st``, ``12th``, ``23rd``."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


_FEET_INCHES = re.compile(r"(?<![\w.])(?P<feet>\d{1,2})'(?P<inches>\d{1,2})(?:[\"”]|'')?(?![\w])")
_INCHES = re.compile(r"(?<![\w.\"“])(?P<inches>\d+(?:\.\d+)?)[\"”](?=\s\w)")
_SAINT = re.compile(r"(?P<before>\b[A-Z]\w*\s)?\bSt\.(?=\s[A-Z])|\bSt\.(?!\w)")
_NAMED_NUMBER = re.compile(
    rf"(?<![{LETTERS}\d-])(?P<name>[{LETTERS}]+)(?P<dash>-)(?P<whole>\d+)(?:\.(?P<decimals>\d+))?(?![\w-]|\.\d)"
)
_SPACED_DASH = re.compile(r"(?<=\S)(?P<dash> - )(?=\S)")
_BETWEEN_WORDS = re.compile(r"(?<=[\w)] )[*>](?= [\w(])")


def _feet(draft: Draft) -> None:
    draft.apply(_FEET_INCHES, lambda match: f"{match['feet']} foot {match['inches']}")
    draft.apply(_INCHES, lambda match: f"{match['inches']} inches")


def _names(draft: Draft) -> None:
    """Say a number that ends a name apart from it: ``GPT-4.1``."""
    for match in _NAMED_NUMBER.finditer(draft.text):
        said = " " + match["whole"]
        if match["decimals"]:
            said += " point " + " ".join("zero" if char == "0" else char for char in match["decimals"])
        start = match.start("dash")
        if draft.is_free(start, match.end()):
            draft.replace(start, match.end(), said)


def _dashes(draft: Draft) -> None:
    for match in _SPACED_DASH.finditer(draft.text):
        start, end = match.span("dash")
        draft.replace(start + 1, end - 1, "—")
    draft.apply(_BETWEEN_WORDS, lambda _: ",")


def _saints(draft: Draft) -> None:
    for match in _SAINT.finditer(draft.text):
        start = match.end() - 3
        is_street = bool(match["before"]) or not re.match(r"\s[A-Z]", draft.text[match.end() :])
        stop = "." if not draft.text[match.end() :].strip() else ""
        draft.replace(start, match.end(), "Street" + stop if is_street else "Saint")


def make(dialect: str) -> Language:
    """Make American or British English."""
    return Language(
        dialect,
        notation(dialect),
        English(WORDS),
        rules=(("feet and inches", _feet), ("numbers in names", _names)),
        late_rules=(("saints", _saints), ("dashes", _dashes)),
    )
