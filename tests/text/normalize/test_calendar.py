"""Names of days and months, abbreviated and in ranges."""

from __future__ import annotations

import pytest

from tts_server.text.normalize.forms import CalendarName, Range
from tts_server.text.normalize.recognize.calendar import CalendarNames
from tts_server.text.normalize.words import Notation

NOTATION = Notation(
    decimal=",",
    date_order="dmy",
    currencies={},
    units={},
    months={"janvier": 1, "janv": 1, "mars": 3, "mar": 3},
    short_months=frozenset({"janv", "mar"}),
    weekdays={"lun": "lundi", "mar": "mardi", "ven": "vendredi"},
    doubtful_names=frozenset({"mar"}),
    calendar_words=frozenset({"chaque"}),
)


def found(text: str) -> list[str]:
    names = []
    for form in CalendarNames(NOTATION).find(text):
        if isinstance(form, CalendarName):
            names.append(form.name)
        elif isinstance(form, Range):
            assert isinstance(form.low, CalendarName)
            assert isinstance(form.high, CalendarName)
            names.append(f"{form.low.name} to {form.high.name}")
    return names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lun. et ven", ["lundi", "vendredi"]),
        ("Lun, ven.", ["lundi", "vendredi"]),
        ("en janv. 2024", ["1"]),
        ("lundi", []),
        ("janvier", []),
        ("lun-ven", ["lundi to vendredi"]),
        ("lundi – vendredi".replace("–", "—"), ["lundi to vendredi"]),
        ("janvier-mars", ["1 to 3"]),
        ("lunette, calendrier, l'ven, ven-tail", []),
    ],
)
def test_abbreviations_and_ranges_of_names_are_found(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("mar 5", True),
        ("lun, mar", True),
        ("lun et mar", True),
        ("chaque mar", True),
        ("mar. matin", True),
        ("le mar est bas", False),
        ("mar.", False),
        ("mar", False),
    ],
)
def test_a_name_that_is_a_word_too_is_one_beside_its_like(text: str, is_day: bool) -> None:
    assert ("mardi" in found(text)) is is_day


def test_a_day_and_a_month_make_no_range() -> None:
    assert not [name for name in found("lundi-janvier") if " to " in name]


def test_capitals_tell_where_names_are_written_with_one() -> None:
    english = Notation(".", "mdy", {}, {}, weekdays={"Mon": "Monday", "Fri": "Friday"})
    assert [form.start for form in CalendarNames(english).find("mon fri MON Fri")] == [8, 12]
