"""How a form is said: what is common to languages. A language overrides what it says differently.

Pure. Figures are left as figures wherever the pronouncing engine reads them right, so that one thing decides
how a number sounds. A form is said in pieces that keep the places of its parts where the order of words
allows it; where it does not, the whole form is one piece.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import assert_never

from tts_server.text.normalize.draft import Piece
from tts_server.text.normalize.figures import is_name, say_chain, say_digits, say_page
from tts_server.text.normalize.forms import (
    CalendarName,
    Chain,
    Clock,
    Date,
    DayOfMonth,
    Digits,
    Duration,
    Form,
    Fraction,
    Measured,
    Moment,
    Money,
    Number,
    Ordinal,
    Power,
    Quantity,
    Range,
    Ratio,
    Sign,
    Version,
)
from tts_server.text.normalize.nouns import Nouns
from tts_server.text.normalize.pieces import word_by_word
from tts_server.text.normalize.recognize.common import stop_behind
from tts_server.text.normalize.words import Gender, Noun, Words

Pieces = list[Piece]
# Words of scale are masculine wherever a number in front of them agrees.
_MASCULINE = Noun("", "")


def as_written(_form: Form) -> Pieces:
    """Leave a form as it is written."""
    return []


class Speech(ABC):
    """What a language says for each form.

    Methods return the pieces that replace the form; none leaves it as it is written.

    Args:
        words: The language's words.

    Attributes:
        group: The mark between thousands that the engine reads right.
        nouns: What tells the nouns that numbers agree with; None where they agree with none.
    """

    group = ""
    nouns: Nouns | None = None

    def __init__(self, words: Words) -> None:
        self.words = words

    def say(self, form: Form, text: str) -> Pieces:
        """Say any form of ``text``."""
        match form:
            case Number() | Quantity() | Money() | Clock() | DayOfMonth() | CalendarName():
                return self.measured(form, text)
            case Date() | Moment():
                return self.date(form) if isinstance(form, Date) else self.moment(form)
            case Duration():
                return self.duration(form, text)
            case Digits() | Chain():
                return self.digits(form, text) if isinstance(form, Digits) else self.chain(form, text)
            case Version():
                return self.version(form)
            case Fraction():
                return say_page(form, self.words.out_of) or self.fraction(form)
            case Ordinal():
                return self.ordinal(form)
            case Ratio():
                return self.ratio(form) + self._unit_of(form)
            case Sign() | Power():
                return self.sign(form)
            case Range():
                return self.range(form, text)
            case _:
                assert_never(form)

    def measured(self, form: Measured, text: str) -> Pieces:
        """Say what may stand at an end of a range."""
        match form:
            case Number():
                return self.number(form)
            case Quantity():
                return self.quantity(form, text)
            case Money():
                return word_by_word(form, self.money(form), text)
            case Clock():
                return self.clock(form)
            case DayOfMonth():
                return self.day_of_month(form)
            case CalendarName():
                return self.calendar_name(form, text)
            case _:
                assert_never(form)

    # Numbers.

    def figures(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number without its sign, as the engine reads it right.

        Args:
            number: The number; its scale is said too.
            noun: What it counts, for agreement; None if it is not known.
        """
        gender = noun.gender if noun is not None else self.gender_behind(number)
        said = self.whole(number, None if number.decimals else gender)
        if number.decimals:
            said += self.decimals(number)
        return self.with_scale(number, said) if number.scale else said

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return the figures before the decimal mark, or words where they have to agree with a noun.

        Args:
            number: The number.
            gender: Of the noun that it counts; None where it counts none, or has decimals.
        """
        if gender is not None and number.is_one and gender in self.words.ones:
            return self.words.ones[gender]
        if number.is_grouped and self.group and set(number.written) <= set("0123456789" + self.group):
            return number.written
        return number.whole

    def gender_behind(self, number: Number) -> Gender | None:
        """Return the gender of the noun that a number stands before; None where it counts none."""
        if self.nouns is None or not self.nouns.is_counted(number.before, number.after, is_one=number.is_one):
            return None
        return self.nouns.gender(number.after, is_one=number.is_one)

    def with_scale(self, number: Number, said: str) -> str:
        """Return a number that is said as ``said``, with its scale."""
        return f"{said} {number.scale}"

    def decimals(self, number: Number) -> str:
        """Return the decimal mark and what stands behind it."""
        mark = number.written[-len(number.decimals) - 1]
        return mark + number.decimals

    def signed(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number with its sign."""
        prefix = f"{self.words.prefixes[number.sign]} " if number.sign else ""
        return prefix + self.figures(number, noun)

    def number(self, number: Number) -> Pieces:
        """Say a number that counts or is nothing that is known; one that stays as it is stays free."""
        if self.nouns is not None and is_name(number, self.nouns, self.words.of.strip()):
            return []
        said = self.signed(number)
        return [] if said == number.written else [(number.start, number.end, said)]

    # Quantities and money.

    def unit(self, key: str, number: Number) -> str:
        """Return the name of a unit behind ``number``."""
        noun = self.words.units[key]
        return noun.one if number.is_one else noun.many

    def quantity(self, quantity: Quantity, text: str) -> Pieces:
        """Say a number with its unit."""
        number = quantity.number
        noun = self.words.units[quantity.unit]
        said = self.unit(quantity.unit, number)
        if quantity.per:
            said += self.per(quantity.per)
        gap = "" if text[quantity.unit_start - 1].isspace() else " "
        stop, end = stop_behind(text, quantity.unit_end)
        return [
            (number.start, number.end, self.signed(number, noun)),
            (quantity.unit_start, end, gap + said + stop),
        ]

    def per(self, key: str) -> str:
        """Return what is said for a division by a unit, its space before it."""
        return f" {self.words.per} {self.words.units[key].one}"

    def money(self, money: Money) -> Pieces:
        """Say a sum of money."""
        behind = f"{self.per(money.per)}" if money.per else ""
        if money.scale_word:
            currency = self.words.currencies[money.currency].unit.many
            return [
                (money.start, money.scale_start, f"{self.signed(money.number, _MASCULINE)} "),
                (money.scale_start, money.end, f"{money.scale_word}{self.of(currency)}{behind}"),
            ]
        return [(money.start, money.end, self.amount(money.number, money.currency) + behind)]

    def of(self, noun: str) -> str:
        """Return what stands between a word of scale and what it counts, and that, a space before it."""
        return f"{self.words.of} {noun}"

    def scaled_sum(self, number: Number, noun: str) -> str:
        """Return a sum whose number has a scale: ``5 million dollars``."""
        return self.signed(number) + self.of(noun)

    def amount(self, number: Number, currency: str) -> str:
        """Return a sum in units and hundredths of a currency."""
        names = self.words.currencies[currency]
        if number.scale:
            return self.scaled_sum(number, names.unit.many)
        if number.whole.endswith("000000"):
            return self.signed(number) + self.of(names.unit.many)
        cents = number.decimals
        if names.cent is None or len(cents) != 2:
            noun = names.unit
            return f"{self.signed(number, noun)} {noun.one if number.is_one else noun.many}"
        whole = Number(number.start, number.end, number.whole, "", number.whole, number.sign, "", True)
        rest = Number(number.start, number.end, str(int(cents)), "", str(int(cents)))
        unit = f"{self.signed(whole, names.unit)} {names.unit.one if whole.is_one else names.unit.many}"
        if not int(cents):
            return unit
        small = f"{self.figures(rest, names.cent)} {names.cent.one if rest.is_one else names.cent.many}"
        if int(whole.whole or "0"):
            return f"{unit}{self.words.cents}{small if self.words.names_cents else rest.whole}"
        return f"{self.words.prefixes[number.sign]} {small}" if number.sign else small

    # Time.

    def clock(self, clock: Clock) -> Pieces:
        """Say a time of day."""
        pieces: Pieces = [(clock.start, clock.time_end, self.hour_and_minute(clock))]
        if clock.half is not None:
            pieces.append((clock.half_start, clock.end, f" {self.half(clock)}"))
        return pieces

    @abstractmethod
    def hour_and_minute(self, clock: Clock) -> str:
        """Return the time without the half of the day."""

    def half(self, clock: Clock) -> str:
        """Return the half of the day."""
        return "AM" if clock.half == "am" else "PM"

    def calendar_name(self, form: CalendarName, text: str) -> Pieces:
        """Say the name of a day or a month in full; at a sentence's end a full stop ends that too."""
        said = form.name if form.is_day else self.words.months[int(form.name) - 1]
        stop, end = stop_behind(text, form.end)
        return [(form.start, end, said + stop)]

    def duration(self, duration: Duration, text: str) -> Pieces:
        """Say hours, minutes and seconds behind each other."""
        pieces: Pieces = []
        for part in duration.parts:
            (start, end, said), *others = self.quantity(part, text)
            gap = " " if pieces and text[start - 1].isalpha() else ""
            pieces += [(start, end, gap + said), *others]
        return pieces

    @abstractmethod
    def date(self, date: Date) -> Pieces:
        """Say a date in figures."""

    def moment(self, moment: Moment) -> Pieces:
        """Say a day, the time of day behind it, and how far it is from universal time."""
        day = " ".join(said for _, _, said in self.date(moment.date))
        time = " ".join(said for _, _, said in self.clock(moment.clock))
        zone = f" {self.words.universal_time}" if moment.zone and self.words.universal_time else ""
        if zone and moment.zone != "Z":
            hours, minutes = int(moment.zone[1:3]), moment.zone[3:].strip(":")
            offset = f"{hours}" + (f" {minutes}" if minutes.strip("0") else "")
            zone += f" {self.words.prefixes[moment.zone[0]]} {offset}"
        return [(moment.start, moment.end, f"{day}, {time}{zone}")]

    def day_of_month(self, day: DayOfMonth) -> Pieces:
        """Say a day beside the name of its month: as it stands, with the month's full name."""
        pieces: Pieces = [(day.day_start, day.day_end, self.day(day))]
        if day.is_short:
            pieces.append((day.month_start, day.month_end, self.words.months[day.month - 1]))
        return pieces

    def day(self, day: DayOfMonth) -> str:
        """Return the day of a month."""
        return str(day.day)

    # Figures that are no amounts.

    def digits(self, digits: Digits, text: str) -> Pieces:
        """Say figures one by one, a pause between groups."""
        return say_digits(digits, text, self.digit, self.words.plus)

    def digit(self, char: str) -> str:
        """Return one figure."""
        return char

    def chain(self, chain: Chain, text: str) -> Pieces:
        """Say numbers behind each other, with pauses."""
        return say_chain(chain, text, self.digit)

    def version(self, version: Version) -> Pieces:
        """Say numbers with points between them."""
        said = f" {self.words.point} ".join(version.numbers)
        return [(version.start, version.end, f"version {said}" if version.has_v else said)]

    @abstractmethod
    def fraction(self, fraction: Fraction) -> Pieces:
        """Say a fraction."""

    def ordinal(self, ordinal: Ordinal) -> Pieces:
        """Say a place in an order."""
        return as_written(ordinal)

    def ratio(self, ratio: Ratio) -> Pieces:
        """Say two or three numbers that are compared."""
        between = self.words.to if ratio.sign == ":" else self.words.signs["×"]
        return [(ratio.start, ratio.end, f" {between} ".join(ratio.numbers))]

    def _unit_of(self, ratio: Ratio) -> Pieces:
        return [(ratio.end, ratio.unit_end, f" {self.words.units[ratio.unit].many}")] if ratio.unit else []

    def sign(self, form: Sign | Power) -> Pieces:
        """Say a sign of a formula, or an exponent."""
        if isinstance(form, Sign):
            said = self.words.signs.get(form.sign) or self.words.prefixes[form.sign]
        else:
            times = f"{self.words.signs['×']} {form.base} " if form.base else ""
            said = times + self.exponent(form.exponent)
        return [(form.start, form.end, f" {said} ")]

    def exponent(self, exponent: str) -> str:
        """Return what is said for an exponent behind its base."""
        if exponent == "2":
            return self.words.squared
        if exponent == "3":
            return self.words.cubed
        said = exponent.replace("-", f"{self.words.prefixes['-']} ")
        return f"{self.words.to_the_power} {said}"

    # Ranges.

    def range(self, form: Range, text: str) -> Pieces:
        """Say a range: both ends, with the unit behind the second where it is the same."""
        low, high = form.low, form.high
        pieces = self._low_end(low, high, text)
        between = self.words.to if self.words.score is None or not form.is_score else self.words.score
        pieces.append((form.dash_start, form.dash_end, f" {between} "))
        return pieces + self.say(high, text)

    def _low_end(self, low: Measured, high: Measured, text: str) -> Pieces:
        match low, high:
            case (Money(), Money()) if _is_of_same_kind(low, high):
                number = low.number
                if number.decimals.strip("0"):
                    return self.say(low, text)
                number = replace(number, decimals="", is_grouped=True) if number.decimals else number
                return [(low.start, low.end, self.signed(number, self.words.currencies[low.currency].unit))]
            case (Quantity(), Quantity()) if low.unit == high.unit:
                return [(low.start, low.end, self.signed(low.number, self.words.units[low.unit]))]
            case (Number(), Money()):
                return [(low.start, low.end, self.signed(low, self.words.currencies[high.currency].unit))]
            case (Number(), Quantity()):
                return [(low.start, low.end, self.signed(low, self.words.units[high.unit]))]
            case _:
                return self.say(low, text)


def _is_of_same_kind(low: Money, high: Money) -> bool:
    """Say whether two sums are counted in the same: ``$2 million-$3 million``, not ``$500-$1 million``."""
    has_same_scale = low.scale_word in {"", high.scale_word} and not low.number.scale
    return low.currency == high.currency and has_same_scale
