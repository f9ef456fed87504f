"""Each language has words for all that its notation writes."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages import DIALECTS, make_language

LANGUAGES = {dialect: make_language(dialect) for dialect in DIALECTS}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_sign_of_an_address_has_a_word(language: Language) -> None:
    address = language.speech.words.address
    assert all((address.dot, address.at, address.slash, address.dash, address.underscore))


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_currency_and_unit_that_is_written_has_a_name(language: Language) -> None:
    notation, words = language.notation, language.speech.words
    assert set(notation.currencies.values()) <= set(words.currencies)
    assert set(notation.units.values()) <= set(words.units)
    assert {*notation.durations.values(), *notation.per.values()} <= set(words.units)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_name_is_a_word(language: Language) -> None:
    words = language.speech.words
    nouns = [*words.units.values(), *(currency.unit for currency in words.currencies.values())]
    assert all(noun.one.strip() == noun.one and noun.one and noun.many for noun in nouns)
    assert len(words.months) == 12
    assert all(astuple(words.address)[:5])


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_every_sign_of_a_formula_and_before_a_number_has_a_word(language: Language) -> None:
    words = language.speech.words
    assert set(words.signs) == set("+-=×÷<>≤≥≈±≠")
    assert set(words.prefixes) == set("-+±<>≤≥≈√")


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_months_are_numbered_from_one_to_twelve(language: Language) -> None:
    notation = language.notation
    assert set(notation.months.values()) <= set(range(1, 13))
    assert notation.short_months <= set(notation.months)
    assert all(name == name.lower() for name in notation.months)
