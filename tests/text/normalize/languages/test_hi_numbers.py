"""Numbers in Hindi words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.hi_numbers import (
    BELOW_HUNDRED,
    cardinal,
    figures,
    ordinal,
    year,
)

SCALES = {"सौ": 100, "हज़ार": 10**3, "लाख": 10**5, "करोड़": 10**7, "अरब": 10**9, "खरब": 10**11}
VALUES = {word: value for value, word in enumerate(BELOW_HUNDRED)}


def value_of(words: list[str]) -> int:
    """Read a number in words, of which each scale is smaller than the one before."""
    total, count, last = 0, 0, 10**13
    for word in words:
        if word in SCALES:
            assert SCALES[word] < last
            last = SCALES[word]
            total += count * last
            count = 0
        else:
            assert not count
            count = VALUES[word]
    return total + count


def test_the_hundred_words_differ_and_none_has_a_space() -> None:
    assert len(set(BELOW_HUNDRED)) == 100
    assert not any(" " in word for word in BELOW_HUNDRED)


@given(st.integers(0, 10**13 - 1))
def test_words_say_the_number(value: int) -> None:
    assert value_of(cardinal(value).split()) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "शून्य"),
        (42, "बयालीस"),
        (100, "एक सौ"),
        (1_947, "एक हज़ार नौ सौ सैंतालीस"),
        (12_00_000, "बारह लाख"),
        (1_40_00_00_000, "एक अरब चालीस करोड़"),
        (5 * 10**13, "पचास लाख करोड़"),
        (5 * 10**13 + 7, "पचास लाख करोड़ सात"),
    ],
)
def test_a_number_is_said_in_indian_scales(value: int, words: str) -> None:
    assert cardinal(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1099, "एक हज़ार निन्यानवे"),
        (1100, "ग्यारह सौ"),
        (1857, "अठारह सौ सत्तावन"),
        (1947, "उन्नीस सौ सैंतालीस"),
        (1999, "उन्नीस सौ निन्यानवे"),
        (2000, "दो हज़ार"),
        (2024, "दो हज़ार चौबीस"),
    ],
)
def test_hundreds_are_counted_in_the_years_of_1100_to_1999(value: int, words: str) -> None:
    assert year(value) == words


@pytest.mark.parametrize(
    ("value", "ending", "said"),
    [
        (1, "ला", "पहला"),
        (1, "ली", "पहली"),
        (2, "रे", "दूसरे"),
        (3, "री", "तीसरी"),
        (4, "था", "चौथा"),
        (5, "वाँ", "पाँचवाँ"),
        (6, "ठा", "छठा"),
        (6, "वीं", "छठी"),
        (7, "वें", "सातवें"),
        (21, "वीं", "इक्कीसवीं"),
        (100, "वां", "सौवाँ"),
        (101, "वें", "एक सौ एकवें"),
    ],
)
def test_a_place_in_an_order_takes_gender_and_case_of_its_ending(value: int, ending: str, said: str) -> None:
    assert ordinal(value, ending) == said


@pytest.mark.parametrize("whole", ["0", "7", "007", "44", "143857", "999999999", "1234567890123456", ""])
def test_figures_that_the_engine_reads_right_stay_figures(whole: str) -> None:
    assert figures(whole) == whole


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        ("42", "बयालीस"),
        ("1945", "एक हज़ार नौ सौ पैंतालीस"),
        ("94000", "चौरानवे हज़ार"),
        ("4200000", "बयालीस लाख"),
        ("450000000", "पैंतालीस करोड़"),
        ("1000000000", "एक अरब"),
    ],
)
def test_figures_that_the_engine_reads_wrong_become_words(whole: str, words: str) -> None:
    assert figures(whole) == words


@given(st.integers(0, 10**9 - 1))
def test_figures_are_words_only_for_the_three_that_are_misread(value: int) -> None:
    parts = [value // 10**7, value // 10**5 % 100, value // 1000 % 100, value % 100]
    assert (figures(str(value)) == str(value)) is not bool({42, 45, 94}.intersection(parts))
