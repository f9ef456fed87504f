"""What is written alike in several languages, and read wrong by all of them together."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.reader import normalize


def spoken(text: str, dialect: str) -> str:
    return normalize(text, dialect).text


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("fr-fr", "Apollo 11 s'est posée"),
        ("fr-fr", "En 2020 l'année fut dure"),
        ("fr-fr", "Les 2 m'ont vu."),
        ("fr-fr", "Le 12 j'y serai"),
        ("fr-fr", "J'ai 1 e-mail et 3 e-mails."),
        ("it", "Nel 2020 l'azienda"),
        ("it", "Alle 5 l'altro"),
        ("it", "Apollo 11 s'è posato"),
        ("en-us", "5 o'clock"),
        ("en-us", "5 t-shirts and 2 g-strings"),
        ("pt-br", "2 e-mails"),
    ],
)
def test_a_letter_before_an_apostrophe_or_a_hyphen_is_no_unit(dialect: str, written: str) -> None:
    assert spoken(written, dialect) == written


@given(st.sampled_from(["km", "m", "l", "h", "s"]), st.sampled_from(["es", "fr-fr", "it", "pt-br"]))
def test_a_unit_before_a_mark_is_one(unit: str, dialect: str) -> None:
    assert unit not in re.findall(r"\w+", spoken(f"(5 {unit}), 5 {unit}.", dialect))


def test_a_length_before_a_word_that_it_belongs_to_is_one() -> None:
    assert spoken("a 5 m-long rope", "en-us") == "a 5 meters-long rope"


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("es", "En 2020 ha llovido."),
        ("es", "El iPhone 15 ha salido."),
        ("es", "La ley de 1978 ha, por fin, cambiado."),
        ("it", "Nel 2020 ha piovuto."),
        ("it", "Il numero 10 ha segnato."),
    ],
)
def test_a_verb_behind_a_number_is_no_unit(dialect: str, written: str) -> None:
    assert spoken(written, dialect) == written


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "10 ha.", "10 hectáreas."),
        ("es", "una finca de 12 ha de olivos", "una finca de 12 hectáreas de olivos"),
        ("it", "10ha", "10 ettari"),
        ("it", "5 ha di vigna", "5 ettari di vigna"),
    ],
)
def test_a_unit_that_is_a_word_too_is_one_where_the_clause_ends(
    dialect: str, written: str, said: str
) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("pt-br", "sala 3B"),
        ("pt-br", "Portão 5B, assento 12A"),
        ("pt-br", "Lote 2B, quadra 5"),
        ("pt-br", "A 3M fabrica fitas."),
        ("es", "La empresa 3M factura mucho."),
        ("fr-fr", "la société 3M"),
        ("it", "L'azienda 3M"),
        ("hi", "कमरा 2B में"),
        ("en-us", "Room 12B is"),
        ("en-gb", "gate 50B"),
    ],
)
def test_a_letter_behind_the_number_of_a_room_or_in_a_name_is_no_million(dialect: str, written: str) -> None:
    assert spoken(written, dialect) == written


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "3M de usuarios", "3 millones de usuarios"),
        ("pt-br", "3M usuários", "3 milhões de usuários"),
        ("pt-br", "100M", "100 milhões"),
        ("fr-fr", "3M de vues", "3 millions de vues"),
        ("en-us", "3M users", "3 million users"),
    ],
)
def test_a_letter_behind_a_number_that_counts_is_a_million(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said
