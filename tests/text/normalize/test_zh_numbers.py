"""Numbers in Chinese characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.zh_numbers import DIGITS, MAX_FIGURES, cardinal, decimal, one_by_one

VALUES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def value(said: str) -> int:
    """Read a number in characters: what stands before the largest of its powers is multiplied by it."""
    for sign in "亿万千百十":
        if sign in said:
            before, _, behind = said.rpartition(sign) if sign == "亿" else said.partition(sign)
            return (value(before) or 1) * VALUES[sign] + value(behind)
    return DIGITS.index(said.strip("零").replace("两", "二") or "零")


@given(st.integers(0, 10**MAX_FIGURES - 1))
def test_a_number_in_characters_has_its_value(number: int) -> None:
    assert value(cardinal(str(number))) == number


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ("0", "零"),
        ("007", "七"),
        ("2", "二"),
        ("10", "十"),
        ("12", "十二"),
        ("110", "一百一十"),
        ("200", "二百"),
        ("2000", "两千"),
        ("1001", "一千零一"),
        ("1010", "一千零一十"),
        ("20000", "两万"),
        ("22000", "两万二千"),
        ("100010", "十万零一十"),
        ("600007738", "六亿零七千七百三十八"),
        ("1000000000000", "一万亿"),
        ("12345678901234567", "一二三四五六七八九零一二三四五六七"),
    ],
)
def test_some_numbers_are_said_as_people_say_them(figures: str, said: str) -> None:
    assert cardinal(figures) == said


def test_decimals_and_codes_are_said_figure_by_figure() -> None:
    assert decimal("3", "10") == "三点一零"
    assert decimal("", "5") == "零点五"
    assert decimal("12", "") == "十二"
    assert one_by_one("2024") == "二零二四"
