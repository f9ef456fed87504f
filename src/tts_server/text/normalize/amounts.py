"""Forms of amounts: numbers, quantities, sums of money. Pure."""

from __future__ import annotations

from dataclasses import dataclass


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
        letter: The scale as it is written, where that is one letter right behind the figures.
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
    letter: str = ""

    @property
    def value(self) -> float:
        """What its figures are worth, without its sign and its scale."""
        return float(f"{self.whole or 0}.{self.decimals or 0}")

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
