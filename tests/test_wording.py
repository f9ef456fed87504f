"""How values and choices stand in messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.wording import show, show_choices, show_text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ("amy", "'amy'"),
        ("a\nb\x1b[1m\u202e\ud800", r"'a\nb\x1b[1m\u202e\ud800'"),
        ("x" * 40, "'" + "x" * 40 + "'"),
        ("x" * 41, "'" + "x" * 40 + "'… (41 characters)"),
        (7, "7"),
        (-1.5, "-1.5"),
        (10**39, "1" + "0" * 39),
        (10**40, "1" + "0" * 39 + "… (41 characters)"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
    ],
)
def test_a_value_is_shown(value: object, shown: str) -> None:
    assert show(value) == shown


@given(st.text())
def test_words_of_somebody_elses_stand_on_one_bounded_printable_line(text: str) -> None:
    shown = show_text(text * 50)
    assert shown.isprintable()
    assert len(shown) < 5_100
    if text.isprintable() and len(text) <= 500:
        assert show_text(text) == text


def test_words_of_somebody_elses_are_escaped_and_cut() -> None:
    assert show_text("\x1b]0;pwned\x07 café\r\n\u202e") == r"\x1b]0;pwned\x07 café\r\n\u202e"
    assert show_text("x" * 501) == "x" * 500 + "… (501 characters)"


@given(st.text())
def test_shown_text_is_one_short_printable_line(text: str) -> None:
    assert show(text).isprintable()
    assert len(show(text)) < 500


@pytest.mark.parametrize(
    ("choices", "shown"),
    [
        ([], "none"),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        ([str(n) for n in range(60)], ", ".join(str(n) for n in range(60))),
        ([str(n) for n in range(61)], ", ".join(str(n) for n in range(60)) + " and 1 more"),
    ],
)
def test_choices_are_listed_up_to_sixty(choices: list[str], shown: str) -> None:
    assert show_choices(choices) == shown
