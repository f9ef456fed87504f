"""Forms of time: times of day, dates, names of days and months, durations. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tts_server.text.normalize.amounts import Quantity

Half = Literal["am", "pm"]


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


def full_year(year: str) -> str:
    """Return a year of two figures with its century; the years to come are of this one."""
    if len(year) != 2:
        return year
    return f"{'20' if int(year) < 70 else '19'}{year}"
