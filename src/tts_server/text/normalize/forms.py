"""What can be recognised in a text: forms, each with its value and its place.

Pure. A form says *what* was written, never how it is said: that is a language's (`speech`). Places are
indices in ``Draft.text``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Half = Literal["am", "pm"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number in figures.

    Args:
        start: Where its sign or first figure stands.
        end: Behind its last figure, or behind its scale.
        whole: The figures before the decimal mark, without what groups them.
        decimals: The figures behind it; "" for none.
        written: As it stands, without its sign.
        sign: A sign before it, one of ``- + ± < > ≤ ≥ ≈ √``; "" for none.
        scale: Letters of scale behind it (``K``, ``bn``); "" for none.
        is_grouped: Whether its thousands are written apart, so that it is no year and no code.
        before: The word before it, "" where there is none in the same clause.
        after: The word behind it, likewise.
    """

    start: int
    end: int
    whole: str
    decimals: str
    written: str
    sign: str = ""
    scale: str = ""
    is_grouped: bool = False
    before: str = ""
    after: str = ""

    @property
    def is_one(self) -> bool:
        """Whether what it counts is in the singular everywhere: one, without decimals."""
        return self.whole.lstrip("0") == "1" and not self.decimals and not self.scale


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit of measure.

    Args:
        number: How many.
        unit: The unit's key in ``Words.units``; ``percent`` is one.
        unit_start: Where the unit stands.
        unit_end: Where it ends.
        per: The key of a second unit that it is divided by; "" for none.
    """

    number: Number
    unit: str
    unit_start: int
    unit_end: int
    per: str = ""

    @property
    def start(self) -> int:
        """Where the number begins."""
        return self.number.start

    @property
    def end(self) -> int:
        """Where the unit ends."""
        return self.unit_end


@dataclass(frozen=True, slots=True)
class Money:
    """A sum of money.

    Args:
        start: Where the sign, the currency or the number begins, whichever stands first.
        end: Behind the last of them.
        number: How much.
        currency: The currency's key in ``Words.currencies``, an ISO 4217 code.
        scale_word: A word of scale behind the sum (``million``), as written; "" for none.
        scale_start: Where that word stands.
        per: The key of the unit of time or measure that it is paid for; "" for none.
        is_before_noun: Whether a noun that it describes follows (``a $5 bill``).
    """

    start: int
    end: int
    number: Number
    currency: str
    scale_word: str = ""
    scale_start: int = 0
    per: str = ""
    is_before_noun: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day.

    Args:
        start: Where it begins.
        end: Where it ends, its half of the day included.
        hour: 0 to 24.
        minute: 0 to 59, None where only the hour is written.
        second: 0 to 59, None where none is written.
        half: Which half of the day is named.
        mark: What stands between hour and minute: ``:``, ``.``; ``h`` if a sign of the hour stands anywhere.
        time_end: Where its figures end.
        half_start: Where the half of the day stands; ``end`` where none does.
        before: The word before it.
        after: The word behind it.
    """

    start: int
    end: int
    hour: int
    minute: int | None
    second: int | None
    half: Half | None
    mark: str
    time_end: int
    half_start: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Date:
    """A day in figures: ``2024-05-06``, ``3/4/2024``.

    Args:
        start: Where it begins.
        end: Where it ends.
        year: As it was written, two or four figures; "" for none.
        month: 1 to 12.
        day: 1 to 31.
        before: The word before it.
    """

    start: int
    end: int
    year: str
    month: int
    day: int
    before: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time of day, as machines write them: ``2024-05-06T14:30:00Z``.

    Args:
        date: The day.
        clock: The time.
        zone: ``Z`` or the offset from universal time; "" for none.
    """

    date: Date
    clock: Clock
    zone: str

    @property
    def start(self) -> int:
        """Where the day begins."""
        return self.date.start

    @property
    def end(self) -> int:
        """Where the time, and its zone, ends."""
        return self.clock.end


@dataclass(frozen=True, slots=True)
class DayOfMonth:
    """The figure of a day beside the name of its month: ``Jan. 5``, ``5 Dec``.

    Args:
        start: Where the earlier of the two begins.
        end: Where the later of them ends.
        day: 1 to 31.
        day_start: Where the day stands.
        day_end: Where it ends.
        month: 1 to 12.
        month_start: Where the month stands.
        month_end: Where it ends, its full stop included.
        is_short: Whether the month is abbreviated.
        before: The word before the day.
    """

    start: int
    end: int
    day: int
    day_start: int
    day_end: int
    month: int
    month_start: int
    month_end: int
    is_short: bool
    before: str = ""


@dataclass(frozen=True, slots=True)
class CalendarName:
    """The name of a day or a month.

    Args:
        start: Where it begins.
        end: Where it ends, the full stop of an abbreviation included.
        name: The day's name in full, or the month's number.
        is_day: Whether it is a day.
        is_short: Whether it is abbreviated.
    """

    start: int
    end: int
    name: str
    is_day: bool
    is_short: bool


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours, minutes and seconds with short units: ``2h 30m``, ``90s``.

    Args:
        parts: Each a quantity whose unit is ``day``, ``hour``, ``minute`` or ``second``.
    """

    parts: tuple[Quantity, ...]

    @property
    def start(self) -> int:
        """Where the first part begins."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        """Where the last part ends."""
        return self.parts[-1].end


@dataclass(frozen=True, slots=True)
class Digits:
    """Figures that are said one by one, in groups: telephone numbers, codes, cards.

    Args:
        start: Where they begin, a plus or a bracket included.
        end: Where they end.
        groups: Start and end of each group of figures.
        has_plus: Whether a plus stands before them.
        kind: What they are.
    """

    start: int
    end: int
    groups: tuple[tuple[int, int], ...]
    has_plus: bool = False
    kind: Literal["telephone", "code"] = "code"


@dataclass(frozen=True, slots=True)
class Version:
    """Numbers with points between them that are no decimals: ``2.0.1``, ``192.168.1.1``.

    Args:
        start: Where it begins, a ``v`` included.
        end: Where it ends.
        numbers: The figures between the points.
        has_v: Whether a ``v`` stands before it.
    """

    start: int
    end: int
    numbers: tuple[str, ...]
    has_v: bool = False


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction in figures: ``3/4``, ``1 1/2``, ``½``.

    Args:
        start: Where it begins.
        end: Where it ends.
        whole: The whole number before it; None for none.
        top: The numerator.
        bottom: The denominator, at least 2.
        after: The word behind it.
        before: The word before it.
    """

    start: int
    end: int
    whole: int | None
    top: int
    bottom: int
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A place in an order: ``75e``, ``1.º``, ``XXIe``, ``Louis XIV``.

    Args:
        start: Where it begins.
        end: Where it ends.
        value: Which.
        ending: What is written behind the figures, in lower case without full stop; "" for none.
        is_roman: Whether it is written in Roman numerals.
        before: The word before it.
        after: The word behind it.
    """

    start: int
    end: int
    value: int
    ending: str = ""
    is_roman: bool = False
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two numbers with a colon or a cross between them: ``16:9``, ``10x10``.

    Args:
        start: Where it begins.
        end: Where its figures end.
        numbers: The figures.
        sign: ``:`` or ``×``.
        unit: The key of a unit behind them; "" for none.
        unit_end: Where that ends.
    """

    start: int
    end: int
    numbers: tuple[str, ...]
    sign: Literal[":", "×"]
    unit: str = ""
    unit_end: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a formula between two operands or before one.

    Args:
        start: Where it stands.
        end: Where it ends.
        sign: Which, a key of ``Words.signs``.
    """

    start: int
    end: int
    sign: str


@dataclass(frozen=True, slots=True)
class Power:
    """An exponent.

    Args:
        start: Where it stands (the caret, or the raised figure).
        end: Where it ends.
        exponent: Its value, or a letter.
    """

    start: int
    end: int
    exponent: str


@dataclass(frozen=True, slots=True)
class Range:
    """From one to another: ``10-15``, ``$10–$15``, ``9am-5pm``.

    Args:
        low: The one before the dash.
        high: The one behind it.
        dash_start: Where the dash, with the spaces around it, stands.
        dash_end: Where it ends.
    """

    low: Measured
    high: Measured
    dash_start: int
    dash_end: int

    @property
    def start(self) -> int:
        """Where the first begins."""
        return self.low.start

    @property
    def end(self) -> int:
        """Where the second ends."""
        return self.high.end


Measured = Number | Quantity | Money | Clock | DayOfMonth | CalendarName
"""What may stand at the ends of a range."""

Form = (
    Number
    | Quantity
    | Money
    | Clock
    | Date
    | Moment
    | DayOfMonth
    | CalendarName
    | Duration
    | Digits
    | Version
    | Fraction
    | Ordinal
    | Ratio
    | Sign
    | Power
    | Range
)
"""Anything that `speech` can say."""
