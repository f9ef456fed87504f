"""What can be recognised in a text: forms, each with its value and its place.

Pure. A form says *what* was written, never how it is said: that is a language's (`speech`). Places are
indices in ``Draft.text``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts_server.text.normalize.amounts import Money, Number, Quantity
from tts_server.text.normalize.moments import CalendarName, Clock, Date, DayOfMonth, Duration, Half, Moment

__all__ = [
    "CalendarName",
    "Chain",
    "Clock",
    "Date",
    "DayOfMonth",
    "Digits",
    "Duration",
    "Form",
    "Fraction",
    "Half",
    "Measured",
    "Moment",
    "Money",
    "Number",
    "Ordinal",
    "Power",
    "Quantity",
    "Range",
    "Ratio",
    "Sign",
    "Version",
]


@dataclass(frozen=True, slots=True)
class Digits:
    """Figures that are said one by one, in groups: telephone numbers, codes, cards.

    Args:
        start: Where they begin, a plus or a bracket included.
        end: Where they end.
        groups: Start and end of each group of figures.
        has_plus: Whether a plus stands before them.
    """

    start: int
    end: int
    groups: tuple[tuple[int, int], ...]
    has_plus: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """Numbers with marks between them that name something: ``4-4-2``, ``ISO 9001:2015``, ``737-800``.

    Args:
        start: Where the first begins.
        end: Where the last ends.
        numbers: Start and end of each of them.
    """

    start: int
    end: int
    numbers: tuple[tuple[int, int], ...]


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
        base: What is raised, where it is not written: 10 for the ``e`` of ``1.5e-3``.
    """

    start: int
    end: int
    exponent: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """From one to another: ``10-15``, ``$10–$15``, ``9am-5pm``.

    Args:
        low: The one before the dash.
        high: The one behind it.
        dash_start: Where the dash, with the spaces around it, stands.
        dash_end: Where it ends.
        is_score: Whether they are the goals of two sides.
    """

    low: Measured
    high: Measured
    dash_start: int
    dash_end: int
    is_score: bool = False

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
    | Chain
    | Version
    | Fraction
    | Ordinal
    | Ratio
    | Sign
    | Power
    | Range
)
"""Anything that `speech` can say."""
