"""What Spanish and Portuguese say alike. Pure."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from tts_server.text.normalize.forms import (
    Clock,
    Date,
    Fraction,
    Moment,
    Money,
    Number,
    Ordinal,
    Quantity,
    Ratio,
    Version,
)
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.nouns import Nouns
from tts_server.text.normalize.speech import Pieces, Speech
from tts_server.text.normalize.words import Gender, Noun

_YEARS = range(1000, 2100)
_NO_FRACTIONS = frozenset({(9, 11), (24, 7), (7, 24), (50, 50)})
_MAX_PARTS = 100
_SCORES = frozenset({5, 10, 20, 100})
_MAX_REGNAL_ORDINAL = 10
_LETTER_ORDINALS = frozenset({1, 5, 10})
_MASCULINE = Noun("", "")


@dataclass(frozen=True, slots=True)
class Ordering:
    """What tells whether a Roman numeral is an ordinal.

    Args:
        names: Names of kings and popes.
        queens: Those of women that do not end in *-a*.
        numbered: Words before numerals that are said as numbers, lower case.
        articles: Articles before numerals, to the gender and whether it is the plural.
        events: Words in lower case behind numerals that are ordinals: ``la XV edición``.
    """

    names: frozenset[str]
    queens: frozenset[str]
    numbered: frozenset[str]
    articles: Mapping[str, tuple[Gender, bool]]
    events: frozenset[str]


class Iberian(Speech):
    """What Spanish and Portuguese say for each form.

    Attributes:
        million: Words of scale to their singulars.
        has_singular_below_two: Whether 1,5 million is in the singular.
        short_scales: Words of scale behind a sum that are short for others.
        before_years: Words before the figures of a year, lower case.
        first_day: Said for the first day of a month.
        utc: Universal time, in letters.
        version_word: Said for the ``v`` of a version.
        ordering: What tells Roman numerals.
        halves: The adjective *half*, by gender.
        conjunction: *And*.
        rated: Words before a score, lower case.
        points: Words behind one.
        out_of: Between a score and the best one.
    """

    nouns: Nouns
    million: ClassVar[Mapping[str, str]]
    has_singular_below_two: bool
    short_scales: ClassVar[Mapping[str, str]] = {}
    before_years: frozenset[str]
    first_day: str
    utc: str
    version_word: str
    ordering: Ordering
    halves: ClassVar[Mapping[Gender, str]]
    conjunction: str
    rated: frozenset[str]
    points: frozenset[str]
    out_of: str

    @abstractmethod
    def cardinal(self, value: int, gender: Gender | None) -> str:
        """Return ``value`` in words."""

    @abstractmethod
    def place(self, value: int, gender: Gender, *, is_short: bool = False, is_plural: bool = False) -> str:
        """Return an ordinal in words."""

    @abstractmethod
    def part(self, value: int) -> str:
        """Return the name of one of ``value`` equal parts."""

    def gender_behind(self, number: Number) -> Gender | None:
        """Return the gender of the noun behind a number, unless the number is a year."""
        is_year = not number.is_grouped and number.whole.isdigit() and int(number.whole) in _YEARS
        if is_year and number.before.lower() in self.before_years:
            return None
        return super().gender_behind(number)

    def with_scale(self, number: Number, said: str) -> str:
        """Return ``82 millones``, ``un millón``, ``2 millones de`` before a noun, ``10 mil``."""
        if number.scale not in self.million:
            return f"{said} {number.scale}"
        plain = Number(number.start, number.end, number.whole, number.decimals, number.written)
        scale = self.million[number.scale] if self._is_one(number) else number.scale
        of = self.words.of if self._is_noun(number.after) else ""
        return f"{self.figures(plain, _MASCULINE)} {scale}{of}"

    def _is_one(self, number: Number) -> bool:
        """Say whether a word of scale behind a number is in the singular."""
        is_small = number.whole in {"0", "1"} and self.has_singular_below_two
        return is_small or (number.whole == "1" and not number.decimals)

    def number(self, number: Number) -> Pieces:
        """Say a number; ``4K`` is a name unless something is counted."""
        if number.scale and number.scale not in self.million and not number.decimals:
            after = number.after
            if after != "de" and not (after.endswith("s") and self.nouns.is_counted("", after, is_one=False)):
                return []
        return super().number(number)

    def quantity(self, quantity: Quantity, text: str) -> Pieces:
        """Say a quantity; a percentage agrees with nothing, and espeak-ng says its sign right."""
        number = quantity.number
        if quantity.unit == "percent" and not quantity.per:
            return [(number.start, number.end, self.signed(number))]
        return super().quantity(quantity, text)

    def money(self, money: Money) -> Pieces:
        """Say a sum; ``mil`` needs no *de* before the currency."""
        if money.scale_word in self.short_scales:
            scale = self.short_scales[money.scale_word]
            money = replace(money, scale_word=self.million[scale] if self._is_one(money.number) else scale)
        pieces = super().money(money)
        if money.scale_word == "mil":
            start, end, said = pieces[-1]
            pieces[-1] = (start, end, said.replace(f"mil{self.words.of}", "mil", 1))
        return pieces

    def scaled_sum(self, number: Number, noun: str) -> str:
        """Return ``5 millones de dólares``, ``5 mil dólares``."""
        return f"{self.signed(number)} {noun}" if number.scale == "mil" else super().scaled_sum(number, noun)

    def half(self, clock: Clock) -> str:
        """Return the letters: ``a m``."""
        return "a m" if clock.half == "am" else "p m"

    def version(self, version: Version) -> Pieces:
        """Return ``versión 1 punto 5``."""
        said = f" {self.words.point} ".join(version.numbers)
        return [(version.start, version.end, f"{self.version_word} {said}" if version.has_v else said)]

    def ratio(self, ratio: Ratio) -> Pieces:
        """Return ``3 a 1``, ``10 por 10``."""
        between = self.words.to if ratio.sign == ":" else "por"
        return [(ratio.start, ratio.end, f" {between} ".join(ratio.numbers)), *self._unit_of(ratio)]

    def moment(self, moment: Moment) -> Pieces:
        """Say a day and a time; espeak-ng takes ``UTC`` for a word."""
        return [(start, end, said.replace("UTC", self.utc)) for start, end, said in super().moment(moment)]

    def date(self, date: Date) -> Pieces:
        """Return ``6 de mayo de 2024``."""
        day = self.first_day if date.day == 1 else date.day
        said = f"{day} de {self.words.months[date.month - 1]}"
        if date.year:
            said += f" de {full_year(date.year)}"
        return [(date.start, date.end, said)]

    def fraction(self, fraction: Fraction) -> Pieces:
        """Return ``media`` before what is halved, ``tres cuartos``, ``una y media``."""
        top, bottom = fraction.top, fraction.bottom
        if (top, bottom) in _NO_FRACTIONS or not 0 < top < bottom <= _MAX_PARTS:
            return []
        if fraction.after in self.points or (self._is_rated(fraction) and bottom in _SCORES):
            return [(fraction.start, fraction.end, f"{top} {self.out_of} {bottom}")]
        is_before_noun = self._is_noun(fraction.after)
        gender = self.nouns.gender(fraction.after, is_one=True) if is_before_noun else None
        whole = (
            "" if fraction.whole is None else f"{self.cardinal(fraction.whole, gender)} {self.conjunction} "
        )
        if bottom > 2:
            name = self.part(bottom)
            many = "s" if top > 1 and not name.endswith("s") else ""
            has_article = top == 1 and not whole and fraction.before.lower() == self.words.ones["m"]
            said = name if has_article else f"{whole}{self.cardinal(top, 'm')} {name}{many}"
        else:
            half = self.halves[gender or "m"]
            said = f"{whole}{half}" if whole or is_before_noun else f"{self.cardinal(1, 'm')} {half}"
        return [(fraction.start, fraction.end, f" {said}" + " " * bool(fraction.after))]

    def _is_rated(self, fraction: Fraction) -> bool:
        """Say whether the word before tells a score; ``un 1/5`` is a fifth."""
        before = fraction.before.lower()
        return before in self.rated and not (fraction.top == 1 and before == self.words.ones["m"])

    def _is_noun(self, word: str) -> bool:
        return word.islower() and len(word) > 1 and word not in self.nouns.not_nouns

    def ordinal(self, ordinal: Ordinal) -> Pieces:
        """Say an ordinal in words, and a king's or a war's Roman numeral as one."""
        said = self.roman(ordinal) if ordinal.is_roman else self.with_ending(ordinal)
        return [(ordinal.start, ordinal.end, said)] if said else []

    @abstractmethod
    def with_ending(self, ordinal: Ordinal) -> str:
        """Return an ordinal written with figures; "" where the letters are no ending of it."""

    def roman(self, ordinal: Ordinal) -> str:
        """Return a Roman numeral as it is said; "" for one that espeak-ng reads right, and for letters."""
        before, after, value = ordinal.before, ordinal.after, ordinal.value
        if before in self.ordering.names:
            if value > _MAX_REGNAL_ORDINAL:
                return str(value)
            return self.place(value, "f" if before.endswith("a") or before in self.ordering.queens else "m")
        article = before.lower()
        if article in self.ordering.numbered:
            return str(value)
        is_letter = ordinal.end - ordinal.start == 1 and value not in _LETTER_ORDINALS
        is_named = after[:1].isupper() or after in self.ordering.events
        if article in self.ordering.articles and is_named and not is_letter:
            gender, is_plural = self.ordering.articles[article]
            return self.place(value, gender, is_short=True, is_plural=is_plural)
        if not before and after.lower() in self.ordering.events:
            return self.place(value, self.nouns.gender(after, is_one=True), is_short=True)
        return ""
