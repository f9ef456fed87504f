"""Spanish, French, Hindi, Italian and Portuguese as they are written, and as they are said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages import DIALECTS
from tts_server.text.normalize.reader import normalize


def spoken(text: str, dialect: str) -> str:
    return normalize(text, dialect).text


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "El Sr. Paz pesa 80 kg.", "El señor Paz pesa 80 kilos."),
        ("es", "EE. UU. y México", "Estados Unidos y México"),
        ("es", "$5 o 1 €", "5 dólares o un euro"),
        ("es", "a las 9:00.", "a las 9."),
        ("es", "de 10-15 años", "de 10 a 15 años"),
        ("es", "juan@correo.es", "juan arroba correo punto ES"),
        ("fr-fr", "à 15h30 ou 8:00", "à 15 heures 30 ou 8 heures"),
        ("fr-fr", "M. Lu doit 1 234,50 €", "monsieur Lu doit 1234 euros 50"),
        ("fr-fr", "06 12 34 56 78", "0 6, 1 2, 3 4, 5 6, 7 8"),
        ("it", "Il Sig. Re, -5°C", "Il signor Re, meno 5 gradi"),
        ("pt-br", "R$ 20,50 e R$ 1", "20 reais e 50 e um real"),
        ("hi", "₹250 में", "250 रुपये में"),
        ("hi", "डॉ. राव", "डॉक्टर राव"),
    ],
)
def test_what_is_read_wrong_otherwise_is_said_as_a_person_would(
    dialect: str, written: str, said: str
) -> None:
    assert spoken(written, dialect) == said


@pytest.mark.parametrize(
    ("dialect", "written", "said"),
    [
        ("es", "a las 15h30", "a las 15 y 30"),
        ("es", "a las 15:30", "a las 15 y 30"),
        ("fr-fr", "à 1:00", "à une heure"),
        ("fr-fr", "1,00 € ou 2,05 €", "un euro ou 2 euros 5"),
        ("es", "www.correo.es/5€", "correo punto ES barra 5"),
        ("es", "de 3-4 km y 5km", "de 3 a 4 kilómetros y 5 kilómetros"),
        ("es", "007 y 12345678901", "0 0 7 y 1 2 3 4 5 6 7 8 9 0 1"),
        ("es", "Viven en EE. UU.", "Viven en Estados Unidos."),
        ("it", "il 12 345 678", "il 12345678"),
    ],
)
def test_odd_writing_is_said_as_a_person_would(dialect: str, written: str, said: str) -> None:
    assert spoken(written, dialect) == said


@given(st.text(alphabet="$€₹R0123456789.,-/:h+ aSrkgm°%#_*M", max_size=40), st.sampled_from(sorted(DIALECTS)))
def test_every_unit_stands_in_the_text_in_its_order(text: str, dialect: str) -> None:
    units = normalize(text, dialect).units
    assert all(0 <= unit.char_start < unit.char_end <= len(text) for unit in units)
    assert all(a.char_end <= b.char_start for a, b in pairwise(units))
