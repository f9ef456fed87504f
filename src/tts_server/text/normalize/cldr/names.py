"""What one language calls months, weekdays, currencies and units, in the shape of Unicode's CLDR.

Pure. The other modules of this package are data that ``tools/generate_cldr.py`` writes from CLDR.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency's names.

    Args:
        sign: How the language's own texts write it beside others: ``CA$``, or its code where there is none.
        narrow: The sign alone, which several currencies may share: ``$``.
        one: Its name behind one.
        other: Its name behind any other number.
    """

    sign: str
    narrow: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class UnitName:
    """One unit of measurement.

    Args:
        one: With ``{0}`` for the number, for one of it: ``{0} kilometer``.
        other: The same for any other number; the number may stand inside (``時速 {0} キロメートル``).
        per: With ``{0}`` for what is counted in each of it; empty where ``Names.per`` says it.
        gender: ``masculine``, ``feminine`` or ``inanimate``; empty where the language or CLDR knows none.
    """

    one: str
    other: str
    per: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """One language's names.

    Args:
        months: January first, as they stand in a date.
        months_alone: The same without a day.
        months_short: Shortened, with the full stop that the language writes, in a date.
        months_short_alone: The same without a day.
        weekdays: Monday first.
        weekdays_short: Shortened.
        per: With ``{0}`` and ``{1}``: one unit for each of another.
        square: With ``{0}`` for a unit in the plural: that unit squared.
        cubic: The same to the third power.
        currencies: By ISO 4217 code.
        units: By CLDR's name: ``kilometer-per-hour``.
    """

    months: tuple[str, ...]
    months_alone: tuple[str, ...]
    months_short: tuple[str, ...]
    months_short_alone: tuple[str, ...]
    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    per: str
    square: str
    cubic: str
    currencies: dict[str, Currency]
    units: dict[str, UnitName]
