"""The tables of a language: how it writes what can be recognised, and the words that it says it with.

Pure. `Notation` is for reading, `Words` for saying. A sign maps to a key (``km`` to ``kilometer``), a key to
words; so a language that writes another sign or says another word changes one line of one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tts_server.text.normalize.signs import DIVISORS

Gender = Literal["m", "f"]


@dataclass(frozen=True, slots=True)
class Noun:
    """Something that is counted.

    Args:
        one: The singular.
        many: The plural.
        gender: Its gender, where a number in front of it agrees.
    """

    one: str
    many: str
    gender: Gender = "m"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency.

    Args:
        unit: What is counted.
        cent: Its hundredth; None where none is in use.
    """

    unit: Noun
    cent: Noun | None = None


@dataclass(frozen=True, slots=True)
class AddressWords:
    """How the signs in an address or a path are said; a sign whose word is empty is not."""

    dot: str
    at: str
    slash: str
    dash: str
    underscore: str
    colon: str = ""
    plus: str = ""
    backslash: str = ""
    tilde: str = ""
    hashtag: str = ""


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes.

    Args:
        decimal: The decimal mark.
        date_order: In which order day, month and year stand between slashes.
        currencies: Signs and codes of currencies to their ISO 4217 codes, as they are written.
        units: Signs of units to keys of ``Words.units``.
        units_that_are_words: Those signs that are words too, which stand apart and end what is said.
        scales: Letters behind a number or a sum to a word: ``K`` to ``thousand``.
        money_scales: Letters that are such only behind a sum of money.
        scale_words: Words behind a sum that stand before the currency when it is said.
        date_words: Words before a day and a month in figures without a year, lower case.
        months: Names and abbreviations of months, lower case without full stop, to 1 … 12.
        short_months: Those of them that are abbreviations.
        doubtful_names: Abbreviations of days and months that are words or names too, lower case.
        calendar_words: Words before a day or a month that tell that it is one, lower case.
        words_behind_days: Words behind one that tell so.
        weekdays: Abbreviations of weekdays, as written without full stop, to the day.
        clock_marks: What may stand between hours and minutes, besides ``:``.
        clock_words: Words before a time, lower case, behind which a full stop may stand between its hours and
            minutes, and which make a time of an hour alone.
        has_halves: Whether the day is written in halves, with ``am`` and ``pm``.
        durations: Short signs of units of time, in ``2h 30m``, to their keys.
        per: Words or signs of what money or a quantity is divided by, to keys of units: ``hr``.
        ordinals: Endings of ordinals behind figures, as written.
        telephones: Patterns of the telephone numbers of its countries, without a country code.
        plain_currencies: Those whose sums have the language's own decimal mark and no other (``$19.999``).
        range_marks: Dashes between the ends of a range.
        code_words: Words behind which figures are said one by one, lower case.
        books: Names and abbreviations of books whose chapters and verses have a colon between them.
        score_marks: What may stand between the goals of two sides.
        needs_zero: Whether the engine needs a zero before a decimal mark that begins a number.
    """

    decimal: Literal[".", ","]
    date_order: Literal["mdy", "dmy", "ymd"]
    currencies: Mapping[str, str]
    units: Mapping[str, str]
    units_that_are_words: frozenset[str] = frozenset()
    scales: Mapping[str, str] = field(default_factory=dict)
    money_scales: Mapping[str, str] = field(default_factory=dict)
    scale_words: tuple[str, ...] = ()
    date_words: frozenset[str] = frozenset()
    months: Mapping[str, int] = field(default_factory=dict)
    short_months: frozenset[str] = frozenset()
    doubtful_names: frozenset[str] = frozenset()
    calendar_words: frozenset[str] = frozenset()
    words_behind_days: frozenset[str] = frozenset()
    weekdays: Mapping[str, str] = field(default_factory=dict)
    clock_marks: str = ""
    clock_words: frozenset[str] = frozenset()
    has_halves: bool = False
    durations: Mapping[str, str] = field(default_factory=dict)
    per: Mapping[str, str] = field(default_factory=dict)
    ordinals: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    plain_currencies: frozenset[str] = frozenset()
    range_marks: str = "-—"
    code_words: frozenset[str] = frozenset()
    books: tuple[str, ...] = ()
    score_marks: str = "-—"
    needs_zero: bool = False

    @property
    def divisors(self) -> Mapping[str, str]:
        """What money or a quantity may be divided by, as it is written, to keys of units."""
        return {sign: key for sign, key in self.units.items() if sign in DIVISORS} | dict(self.per)


@dataclass(frozen=True, slots=True)
class Words:
    """What a language says.

    Args:
        units: Keys of units to their names.
        currencies: ISO 4217 codes to their names.
        signs: Signs between operands: ``×`` to ``times``.
        prefixes: Signs before a number: ``<`` to ``less than``, ``-`` to ``minus``.
        months: The twelve names.
        point: The decimal mark, said.
        to: Between the ends of a range.
        out_of: Between a page and how many there are; "" where a language says it otherwise.
        score: Between the goals of two sides; None for what stands between the ends of a range.
        per: Between a sum or quantity and what it is divided by.
        of: Between a word of scale and a currency, its space before it: `` de``; "" for none.
        cents: Between units and hundredths of a currency.
        squared: Said for the exponent 2 behind a letter or number.
        cubed: For the exponent 3.
        to_the_power: For any other, before it.
        plus: The plus before a telephone number.
        zero: The figure 0.
        number_sign: What ``#`` and ``№`` before a number say.
        section_sign: What ``§`` says.
        address: Signs in addresses.
        abbreviations: Written to said.
        and_sign: What ``&`` says.
        universal_time: What the zone of a moment says; "" leaves it out.
        arrow: What an arrow from a word to another says.
        ones: The number one before something counted, by its gender; none where the engine's word is right.
        names_cents: Whether the hundredths of a sum above one are named (``5 euros and 20 cents``).
    """

    units: Mapping[str, Noun]
    currencies: Mapping[str, Currency]
    signs: Mapping[str, str]
    prefixes: Mapping[str, str]
    months: tuple[str, ...]
    point: str
    to: str
    per: str
    of: str
    cents: str
    squared: str
    cubed: str
    to_the_power: str
    plus: str
    zero: str
    number_sign: str
    section_sign: str
    address: AddressWords
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    and_sign: str = ""
    arrow: str = ""
    universal_time: str = ""
    ones: Mapping[Gender, str] = field(default_factory=dict)
    names_cents: bool = False
    score: str | None = None
    out_of: str = ""


def table(text: str) -> dict[str, str]:
    """Return a long table of short strings, written ``sign=word; sign=word``."""
    pairs = (pair.partition("=") for pair in text.split(";"))
    return {" ".join(sign.split()): " ".join(said.split()) for sign, _, said in pairs}
