"""English, American and British: what it says, and the rules that are its own."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tts_server.text.normalize.forms import (
    Clock,
    Date,
    DayOfMonth,
    Form,
    Fraction,
    Measured,
    Money,
    Number,
    Ordinal,
    Quantity,
    Range,
    Ratio,
)
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.en_codes import say_codes
from tts_server.text.normalize.languages.en_figures import (
    fraction_name,
    fraction_words,
    grouped,
    ordinal,
    say_decimals,
)
from tts_server.text.normalize.languages.en_formulas import say_formulas
from tts_server.text.normalize.languages.en_measures import (
    describes,
    is_listed,
    say_measures,
    say_odd_numbers,
)
from tts_server.text.normalize.languages.en_names import say_letters, say_names
from tts_server.text.normalize.languages.en_parts import say_parts
from tts_server.text.normalize.languages.en_places import say_places
from tts_server.text.normalize.languages.en_plurals import say_seconds
from tts_server.text.normalize.languages.en_roman import say_roman
from tts_server.text.normalize.languages.en_signs import (
    say_dashes,
    say_hyphened_dates,
    say_pauses,
    say_signs,
    say_verses,
)
from tts_server.text.normalize.languages.en_sums import say_sums
from tts_server.text.normalize.languages.en_words import MONTHS, SHORT_SCALES, WORDS, notation
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.speech import Pieces, Speech
from tts_server.text.normalize.words import Noun

_NOT_FRACTIONS: Final = frozenset({(9, 11), (24, 7), (50, 50), (20, 20), (7, 11), (1, 6), (4, 20)})
_TO_BEHIND: Final = re.compile(r" ?[-—]| to\b")
_PARTS: Final = frozenset({*range(2, 13), 15, 16, 20, 32, 64, 100, 1000})
_RATED: Final = frozenset("rated scored score rating grade got rate".split())
_MEASURED: Final = frozenset("of mile miles mi inch inches in second seconds".split())
_COUNTED: Final = frozenset("page slide step part question item day round game chapter level tweet".split())
_MANY: Final = frozenset("people men women children of in and or to by on for per".split())
_NAMED_SCALES: Final = frozenset({"4", "5", "8", "10"})


class English(Speech):
    """What English says for each form."""

    def say(self, form: Form, text: str) -> Pieces:
        """Say any form; whether Roman letters are a number, the text around them tells."""
        if isinstance(form, Ordinal):
            said = say_roman(form, text) if form.is_roman else None
            return [] if said is None else [(form.start, form.end, said)]
        if isinstance(form, Fraction):
            return [
                (start, end, _apart(said, text, start, end)) for start, end, said in super().say(form, text)
            ]
        return super().say(form, text)

    def measured(self, form: Measured, text: str) -> Pieces:
        """Say what may stand in a range; what describes a noun behind it is in the singular."""
        if isinstance(form, Clock) and form.half == "am" and _TO_BEHIND.match(text, form.end):
            # misaki takes "AM to" for the verb.
            return [
                (start, end, said.replace("AM", "A.M")) for start, end, said in super().measured(form, text)
            ]
        if isinstance(form, Money) and form.scale_word in SHORT_SCALES:
            form = replace(form, scale_word=SHORT_SCALES[form.scale_word])
        if isinstance(form, Money) and not form.per and describes(form.number, text, form.end):
            return super().measured(replace(form, is_before_noun=True), text)
        return super().measured(form, text)

    # Numbers.

    def figures(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number; four figures that count something have a comma, or they would be a year."""
        whole = number.whole
        if number.is_grouped or noun is not None or number.scale:
            whole = grouped(whole)
        said = whole + (self.decimals(number) if number.decimals else "")
        return f"{said} {number.scale}" if number.scale else said

    def decimals(self, number: Number) -> str:
        """Return decimals as figures, but where a zero ends them, which misaki would leave out."""
        return say_decimals(number.decimals) if number.decimals.endswith("0") else "." + number.decimals

    def number(self, number: Number) -> Pieces:
        """Say a number, unless its letter of scale is a name's (``4K``) or its comma nobody's."""
        if number.letter == "K" and len(number.whole) == 4 and not (number.is_grouped or number.decimals):
            return [(number.start, number.end, f"{self.signed(replace(number, scale=''))} kelvin")]
        if number.letter == "K" and number.written == "10" and _is_race(number):
            return [(number.start, number.end, "10 K")]
        if number.scale and not number.decimals and not _is_scale(number):
            return []
        if number.decimals and not number.is_grouped and "," in number.written and is_listed(number):
            return []
        return super().number(number)

    # Quantities and money.

    def quantity(self, quantity: Quantity, text: str) -> Pieces:
        """Say a number with its unit; ``a 5 km run`` has it in the singular."""
        pieces = super().quantity(quantity, text)
        noun = self.words.units[quantity.unit]
        if not quantity.per and describes(quantity.number, text, quantity.end):
            start, end, said = pieces[-1]
            pieces[-1] = (start, end, said.replace(noun.many, noun.one))
        return pieces

    def money(self, money: Money) -> Pieces:
        """Say a sum; before the noun that it describes, in the singular."""
        if not money.is_before_noun:
            return super().money(money)
        unit, number = self.words.currencies[money.currency].unit, money.number
        if money.scale_word:
            said = f"{self.signed(number)} {money.scale_word} {unit.one}"
        elif len(number.decimals) == 2 and not number.scale:
            whole = replace(number, decimals="", is_grouped=True)
            cents = int(number.decimals)
            said = f"{self.signed(whole, unit)} {unit.one}" + (f" {cents}" if cents else "")
        else:
            said = f"{self.signed(number, unit)} {unit.one}"
        return [(money.start, money.end, said)]

    # Time.

    def hour_and_minute(self, clock: Clock) -> str:
        """Return ``3 45``, ``10 oh 5``, ``12 o'clock``, ``15 hundred``."""
        hour = "zero" if clock.hour == 0 else str(clock.hour)
        if clock.second is not None and clock.hour == 0:
            minutes = "1 minute" if clock.minute == 1 else f"{clock.minute} minutes"
            return f"{minutes} and {clock.second} seconds"
        if clock.second is not None:
            return f"{clock.hour} {_minute(clock.minute or 0)} and {clock.second} seconds"
        if clock.minute:
            return f"{hour} {_minute(clock.minute)}"
        if clock.half is not None or clock.minute is None:
            return str(clock.hour)
        return f"{clock.hour} o'clock" if 1 <= clock.hour <= 12 else f"{hour} hundred"

    def range(self, form: Range, text: str) -> Pieces:
        """Say a range; ``5:00-7:00 PM`` has the one half of the day for both, and no ``o'clock``."""
        low, high = form.low, form.high
        if isinstance(low, Money) and isinstance(high, Money) and _shares_scale(low, high):
            form = replace(form, low=replace(low.number, start=low.start))
        if (
            isinstance(low, Clock)
            and isinstance(high, Clock)
            and high.half
            and not low.half
            and not low.minute
        ):
            form = replace(form, low=replace(low, minute=None))
        return super().range(form, text)

    def date(self, date: Date) -> Pieces:
        """Return ``January 2nd 2023``; two figures of a year are of this century or the last."""
        year = full_year(date.year)
        return [(date.start, date.end, f"{MONTHS[date.month - 1]} {ordinal(date.day)} {year}".rstrip())]

    def day(self, day: DayOfMonth) -> str:
        """Return ``5th`` behind the month, ``5`` before it."""
        return ordinal(day.day) if day.day_start > day.month_start else str(day.day)

    def exponent(self, exponent: str) -> str:
        """Return ``squared``, ``to the power of minus 3``."""
        said = super().exponent(exponent.removeprefix("-"))
        return f"{self.words.to_the_power} minus {exponent[1:]}" if exponent.startswith("-") else said

    # Parts and ratios.

    def fraction(self, fraction: Fraction) -> Pieces:
        """Return ``three quarters``, ``1 and a half``, ``4 out of 5``; leaves ``24/7`` and ``60/40``."""
        top, bottom = fraction.top, fraction.bottom
        if (top, bottom) in _NOT_FRACTIONS or top == 0 or (top + bottom == 100 and not fraction.whole):
            return []
        said = self._as_score(fraction)
        if fraction.after in {"time", "meter"} and bottom in {4, 8, 16}:
            said = f"{top} {bottom}"
        name = fraction_name(bottom) if bottom in _PARTS or fraction.after == "of" else None
        if said is None and top < bottom and name is not None:
            said = fraction_words(fraction.whole, top, name)
        elif said is None and fraction.whole is None and top > bottom > 1:
            said = f"{top} over {bottom}"
        return [] if said is None else [(fraction.start, fraction.end, said)]

    def _as_score(self, fraction: Fraction) -> str | None:
        before, after = fraction.before.lower().rstrip(":"), fraction.after.lower()
        is_beside = fraction.bottom == 100 or (fraction.bottom == 10 and (before or after))
        if is_beside and fraction.whole is None and fraction.top > 1 and after not in _MEASURED:
            return f"{fraction.top} out of {fraction.bottom}"
        if before in _COUNTED:
            return f"{fraction.top} of {fraction.bottom}"
        if before in _RATED or after in {"stars", "rating", "points", "correct"}:
            return f"{fraction.top} out of {fraction.bottom}"
        return None

    def ratio(self, ratio: Ratio) -> Pieces:
        """Return ``16 to 9``, ``10 by 10``."""
        if ratio.sign == ":" and _is_length(ratio):
            minutes, seconds = ratio.numbers
            said = f"{minutes} minutes" if seconds == "00" else f"{minutes} {_minute(int(seconds))}"
            return [(ratio.start, ratio.end, said)]
        between = "to" if ratio.sign == ":" else "by"
        return [(ratio.start, ratio.end, f" {between} ".join(ratio.numbers))]


def _is_race(number: Number) -> bool:
    before, after = number.before.lower(), number.after.lower()
    if after in {"race", "races", "run", "runs", "runner", "runners", "walk", "course", "training"}:
        return True
    return before in {"a", "my", "first", "the", "another", "last"} and after in {
        "",
        "in",
        "on",
        "this",
        "last",
        "and",
    }


def _is_length(ratio: Ratio) -> bool:
    """Say whether minutes and seconds are meant: ``45:30``, not ``60:40``."""
    first, second = int(ratio.numbers[0]), ratio.numbers[-1]
    if len(ratio.numbers) != 2 or len(second) != 2 or int(second) > 59:
        return False
    return 23 < first < 200 and first + int(second) != 100 and first != int(second)


def _is_scale(number: Number) -> bool:
    """Say whether a letter behind a whole number is one of scale: not in ``221B Baker Street``."""
    after = number.after
    if after[:1].isupper():
        return False
    if after.endswith("s") or after in _MANY:
        return True
    return number.written not in _NAMED_SCALES and number.whole[-1] == "0"


def _shares_scale(low: Money, high: Money) -> bool:
    """Say whether the upper sum's word of scale is the lower one's too: ``$1.5-2M``."""
    has_own = low.number.scale or low.scale_word or low.currency != high.currency
    return not has_own and bool(high.number.scale or high.scale_word) and low.number.value < high.number.value


def _apart(said: str, text: str, start: int, end: int) -> str:
    """Part what is said from a letter that touches it."""
    before = " " if text[start - 1 : start].isalnum() else ""
    return before + said + (" " if text[end : end + 1].isalnum() else "")


def _minute(minute: int) -> str:
    return f"oh {minute}" if minute < 10 else str(minute)


def make(dialect: str) -> Language:
    """Make American or British English."""
    return Language(
        dialect,
        notation(dialect),
        English(WORDS),
        rules=(
            ("dashes", say_dashes),
            ("hyphened dates", say_hyphened_dates),
            ("codes", say_codes),
            ("written formulas", say_formulas),
            ("parts", say_parts),
            ("measures", say_measures),
            ("odd numbers", say_odd_numbers),
            ("names", say_names),
            ("chapter and verse", say_verses),
            ("sums", say_sums),
            ("streets", say_places),
        ),
        late_rules=(
            ("seconds", say_seconds),
            ("pauses", say_pauses),
            ("signs", say_signs),
            ("letters", say_letters),
        ),
    )
