"""What holds for everything that the corpus of readings writes, whatever is said for it."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.text.normalize.test_spoken_units import check_units

from tts_server.text.normalize.languages import DIALECTS
from tts_server.text.normalize.reader import normalize, reader_of

DATA = Path(__file__).parents[2] / "data"
CURLY = str.maketrans({"'": "’"})


@cache
def written_in(dialect: str) -> tuple[str, ...]:
    """Return what the corpus writes in a dialect."""
    language = dialect.partition("-")[0]
    lines = (DATA / f"readings_{language}.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split("¦") for line in lines if line.strip() and line[0] not in "#!"]
    forms = {field[2] for field in fields if field[1] == dialect or language == "en"}
    return tuple(
        sorted(form.encode("latin-1", "backslashreplace").decode("unicode-escape") for form in forms)
    )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_character_of_every_form_stands_in_a_unit(dialect: str) -> None:
    for written in written_in(dialect):
        check_units(written, normalize(written, dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_form_is_said_alike_with_accents_apart_and_with_curly_apostrophes(dialect: str) -> None:
    for written in written_in(dialect):
        composed = unicodedata.normalize("NFC", written)
        said = normalize(composed, dialect).text
        assert normalize(unicodedata.normalize("NFD", composed), dialect).text == said
        assert normalize(composed.translate(CURLY), dialect).text == said


@pytest.mark.parametrize("dialect", DIALECTS)
@given(data=st.data())
def test_forms_in_any_company_keep_their_characters(dialect: str, data: st.DataObject) -> None:
    forms = st.sampled_from(written_in(dialect))
    between = st.sampled_from([" ", ". ", ", ", "\n", " - ", "–", "(", ") ", "", '"', "\n- ", "’ "])
    text = "".join(form + mark for form, mark in data.draw(st.lists(st.tuples(forms, between), max_size=5)))
    check_units(text, normalize(text, dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_steps_lead_to_what_is_said(dialect: str) -> None:
    for written in written_in(dialect)[::7]:
        *_, (_, last) = reader_of(dialect).steps(written)
        assert last == normalize(written, dialect).text
