"""Each language has words for all that the rules ask of it."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from tts_server.text.normalize.other import normalize_other
from tts_server.text.normalize.wordings import WORDINGS

CASES = [(dialect, wording) for dialect, wording in WORDINGS.items()]


@pytest.mark.parametrize("dialect", WORDINGS)
def test_every_sign_of_an_address_has_a_word(dialect: str) -> None:
    assert all(astuple(WORDINGS[dialect].address))


@pytest.mark.parametrize(
    ("dialect", "sign"), [(dialect, sign) for dialect, wording in CASES for sign in wording.currencies]
)
def test_one_and_two_of_each_currency_are_said(dialect: str, sign: str) -> None:
    one, many = WORDINGS[dialect].currencies[sign]
    assert normalize_other(f"{sign}1", dialect).text == f"1 {one}"
    assert normalize_other(f"{sign}2", dialect).text == f"2 {many}"


@pytest.mark.parametrize(
    ("dialect", "unit"), [(dialect, unit) for dialect, wording in CASES for unit in wording.units]
)
def test_each_unit_is_said(dialect: str, unit: str) -> None:
    assert normalize_other(f"5 {unit}", dialect).text == f"5 {WORDINGS[dialect].units[unit]}"
    assert normalize_other(f"5{unit}", dialect).text == f"5 {WORDINGS[dialect].units[unit]}"


@pytest.mark.parametrize(
    ("dialect", "short"), [(dialect, short) for dialect, wording in CASES for short in wording.abbreviations]
)
def test_each_abbreviation_is_said(dialect: str, short: str) -> None:
    assert normalize_other(f"A {short} A", dialect).text == f"A {WORDINGS[dialect].abbreviations[short]} A"
