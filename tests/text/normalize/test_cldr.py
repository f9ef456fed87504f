"""What languages call months, weekdays, currencies and units, as taken from CLDR."""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from tools import generate_cldr

from tts_server.text.normalize.cldr import CLDR, CLDR_VERSION
from tts_server.text.normalize.cldr.names import Names

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = sorted(CLDR)
SPACELESS = {"ja", "zh"}
# Of some 200 names in each language, those that the next version of CLDR calls otherwise: 6 at most.
MAX_CHANGED = 12

each_language = pytest.mark.parametrize("language", LANGUAGES)


def texts(value: Any) -> Iterator[str]:
    """Yield every name of a language, patterns included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from texts(one)
    else:
        yield from texts(astuple(value))


@each_language
def test_a_year_has_twelve_months_and_a_week_seven_days_of_different_names(language: str) -> None:
    names = CLDR[language]
    for months in (names.months, names.months_alone, names.months_short, names.months_short_alone):
        assert len(months) == len(set(months)) == 12
    for weekdays in (names.weekdays, names.weekdays_short):
        assert len(weekdays) == len(set(weekdays)) == 7


@each_language
def test_every_language_names_the_same_currencies_and_units(language: str) -> None:
    assert CLDR[language].currencies.keys() == CLDR["en"].currencies.keys() == set(generate_cldr.CURRENCIES)
    assert CLDR[language].units.keys() == CLDR["en"].units.keys()


@each_language
def test_every_unit_has_one_place_for_its_number(language: str) -> None:
    for key, unit in CLDR[language].units.items():
        assert unit.one.count("{0}") == unit.other.count("{0}") == 1, key
        assert unit.per.count("{0}") == (1 if unit.per else 0), key


@each_language
def test_patterns_have_a_place_for_each_unit(language: str) -> None:
    names = CLDR[language]
    assert sorted(part[0] for part in names.per.split("{")[1:]) == ["0", "1"]
    assert names.square.count("{0}") == names.cubic.count("{0}") == 1


@each_language
def test_names_hold_plain_spaces_composed_letters_and_nothing_else_at_their_ends(language: str) -> None:
    for name in texts(CLDR[language]):
        assert name == " ".join(name.split())
        assert unicodedata.is_normalized("NFC", name) or language == "hi"
        odd = {char for char in name if unicodedata.category(char) in {"Cc", "Cf"}}
        assert odd <= ({"\u200d"} if language == "hi" else set()), name


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - SPACELESS))
def test_units_stand_behind_their_number_where_words_are_written_apart(language: str) -> None:
    assert [key for key, unit in CLDR[language].units.items() if not unit.other.startswith("{0}")] == []


@pytest.mark.parametrize("language", ["es", "fr", "it", "pt", "hi"])
def test_a_language_with_genders_knows_those_of_common_units(language: str) -> None:
    units = CLDR[language].units
    for key in ("kilometer", "kilogram", "liter", "hour", "minute", "degree"):
        assert units[key].gender in {"masculine", "feminine"}, key


def test_some_names_are_those_that_people_say() -> None:
    assert CLDR["fr"].months[7] == "août"
    assert CLDR["hi"].weekdays[0] == "सोमवार"
    assert CLDR["en"].currencies["RUB"].narrow == "₽"
    assert CLDR["pt"].currencies["BRL"].other == "Reais brasileiros"
    assert CLDR["en_gb"].units["meter"].other == "{0} metres"
    assert CLDR["en"].units["meter"].other == "{0} meters"
    assert CLDR["ja"].units["kilometer-per-hour"].other == "時速 {0} キロメートル"
    assert CLDR["it"].units["hour"].per == "{0} all’ora"


def test_the_licence_lies_beside_the_data_and_its_version_in_the_list() -> None:
    folder = ROOT / "src" / "tts_server" / "text" / "normalize" / "cldr"
    assert "UNICODE LICENSE V3" in (folder / "UNICODE-3.0.txt").read_text(encoding="utf-8")
    assert f"CLDR {CLDR_VERSION}" in (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")


# --- beside Babel, whose names come from the same source in another way ------------------------------------


@each_language
def test_babel_gives_the_same_names_but_for_those_that_its_version_changed(language: str) -> None:
    pytest.importorskip("babel", reason="Babel is not installed")
    locale = importlib.import_module("babel").Locale.parse(generate_cldr.LANGUAGES[language], sep="-")
    pairs = list(beside(CLDR[language], locale))
    differing = [(ours, theirs) for ours, theirs in pairs if ours != theirs]
    assert len(pairs) > 300
    assert len(differing) <= MAX_CHANGED, differing


def beside(names: Names, locale: Any) -> Iterator[tuple[str, str]]:
    """Pair names with Babel's."""
    for field, (form, width) in generate_cldr.MONTHS.items():
        yield from zip(getattr(names, field), locale.months[form][width].values(), strict=True)
    for field, width in generate_cldr.WEEKDAYS.items():
        days = locale.days["format"][width]
        yield from zip(getattr(names, field), (days[day] for day in range(7)), strict=True)
    for code, currency in names.currencies.items():
        yield currency.sign, generate_cldr.plain(locale.currency_symbols.get(code, code))
        plurals = locale._data["currency_names_plural"].get(code, {})
        other = plurals.get("other", locale.currencies[code])
        yield currency.other, generate_cldr.plain(other)
        yield currency.one, generate_cldr.plain(plurals.get("one", other))
    units = {key.partition("-")[2]: value for key, value in locale._data["unit_patterns"].items()}
    for key, unit in names.units.items():
        other = units[key]["long"]["other"]
        yield unit.other, generate_cldr.plain(other)
        yield unit.one, generate_cldr.plain(units[key]["long"].get("one", other))
