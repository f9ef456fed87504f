"""One form for each character, whatever it was written with."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.characters import plain_text

LETTERS = "aeinou ñçüéêãĦКй कख़ज़ड़ ガパ각 𝐁ﬁ①Ⓐ５％ª²½№'’"
TEXTS = st.text(max_size=40) | st.text(alphabet=LETTERS + "\u0301\u0327\u0303\u0308\u093c\u3099", max_size=30)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("\u2212\u2011\u2013", "--—"),
        ("\uff21\uff11", "A1"),
        ("a\u200bb\u00ad", "a\u200bb\u00ad"),
        ("\x07\u00a0\u2028\ud800\ue000\x7f", "  \n   "),
        ("é你", "é你"),
        ("e\u0301te\u0301", "été"),
        ("𝐁𝐨𝐧𝐣𝐨𝐮𝐫 ﬁne 𝟛", "Bonjour fine 3"),
        ("① Ⓑ 🄲 🅐🅱", "1 B C AB"),
        ("20℃ ㎏ Ⅳ", "20°C kg IV"),
        ("x² ½ № ™", "x² ½ № ™"),
        ("१२३ ٣", "123 3"),
        ("ﾊﾞｽ", "バス"),
        ("It’s I can′t rock ’n’ roll d´or l`ami", "It's I can't rock 'n' roll d'or l'ami"),
        ("`code` ‘so’", "`code` 'so'"),
        ("don`t", "don't"),
        ("✕ ➗ ≦ ″", '× ÷ ≤ "'),
        ("&lt;5 &amp; \\times", "<5 & ×"),
        ("\\left(x", "\u2060(x"),
    ],
)
def test_a_character_gets_the_form_that_the_rules_know(written: str, plain: str) -> None:
    assert plain_text(written).text == plain


@given(text=TEXTS)
def test_each_character_knows_where_it_comes_from(text: str) -> None:
    plain = plain_text(text)
    assert len(plain.origin) == len(plain.text) + 1
    assert plain.origin[-1] == len(text)
    assert all(a <= b for a, b in pairwise(plain.origin))
    assert not text or plain.origin[0] == 0


@given(text=st.text(alphabet=LETTERS, max_size=40))
def test_composed_and_separate_accents_are_one(text: str) -> None:
    composed = plain_text(unicodedata.normalize("NFC", text)).text
    assert plain_text(unicodedata.normalize("NFD", text)).text == composed


@given(text=st.text(alphabet="ab '5", max_size=20))
def test_straight_and_curly_apostrophes_are_one(text: str) -> None:
    assert plain_text(text.replace("'", "’")).text == plain_text(text).text


@given(text=TEXTS)
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    plain = plain_text(text).text
    assert plain_text(plain).text == plain or set(plain) & set("&\\$")


def test_a_heap_of_marks_costs_no_more_than_its_length() -> None:
    text = "a" + "\u0301\u0327" * 2000
    assert len(plain_text(text).text) >= 3999


def test_a_comma_of_full_width_groups_figures_of_full_width_alone() -> None:
    assert plain_text("１２，３４５").text == "12,345"
    assert plain_text("9:30，14:00").text == "9:30，14:00"
    assert plain_text("一，二").text == "一,二"
