from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.espeak import VOICES, espeak_ng
from tts_server.backends.kokoro.pronounce.scripts import (
    as_said,
    has_word,
    is_spoken,
    left_out,
    plain,
    script_of,
)

OTHER_SCRIPTS = [
    "Привет",
    "שלום",
    "مرحبا",
    "გამარჯობა",
    "Հայաստան",
    "你好",
    "こんにちは",
    "안녕",
    "สวัสดี",
    "አማርኛ",
    "தமிழ்",
]


def stretches(text: str, dialect: str) -> list[str]:
    return [text[start:end] for start, end in left_out(text, dialect)]


@pytest.mark.parametrize("dialect", VOICES)
@pytest.mark.parametrize("word", OTHER_SCRIPTS)
def test_words_of_scripts_that_would_be_spelled_by_name_are_left_out(dialect: str, word: str) -> None:
    assert stretches(f"a {word}, b", dialect) == [word]
    assert as_said(word, dialect).strip() == ""


@pytest.mark.parametrize("dialect", VOICES)
def test_single_greek_letters_and_devanagari_are_said(dialect: str) -> None:
    for word in ("α", "π", "Ω", "Δx", "μν", "नमस्ते", "Ωmega"):
        assert stretches(word, dialect) == []
        assert espeak_ng().ipa(word, dialect)


def test_greek_words_are_said_but_in_english_where_each_letter_would_be_named() -> None:
    for word in ("Αθήνα", "λόγος", "και τη"):
        assert stretches(word, "es") == []
    assert stretches("the word λόγος and Δ", "en-us") == ["λόγος"]


@pytest.mark.parametrize("dialect", ["es", "fr-fr", "hi", "it", "pt-br"])
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Nguyễn", "Nguyen"),
        ("Việt", "Viet"),
        ("ﬁn", "fin"),
        ("𝐇𝐨𝐥𝐚", "Hola"),
        ("③", "3"),
        ("٣٤", "34"),
        ("H₂O", "H2O"),
        ("Țepeș", "Tepes"),
        ("Ἀθῆναι", "Αθήναι"),
        ("ırmak", "irmak"),
    ],
)
def test_a_letter_or_digit_in_another_form_is_said_as_the_usual_one(
    dialect: str, written: str, read: str
) -> None:
    espeak = espeak_ng()
    assert espeak.ipa(written, dialect) == espeak.ipa(read, dialect)


@pytest.mark.parametrize("dialect", VOICES)
def test_several_powers_in_a_row_and_three_quarters_are_said(dialect: str) -> None:
    assert espeak_ng().ipa("²³", dialect)
    assert espeak_ng().ipa("¾", dialect)


@given(text=st.text(max_size=60), dialect=st.sampled_from(list(VOICES)))
def test_letters_and_digits_are_said_or_named_as_left_out(text: str, dialect: str) -> None:
    out: set[int] = set()
    last = 0
    for start, end in left_out(text, dialect):
        assert last <= start < end
        assert is_spoken(text[start])
        out.update(range(start, end))
        last = end
    for position, char in enumerate(text):
        if is_spoken(char) and position not in out:
            said = as_said(text[: position + 1], dialect)[len(as_said(text[:position], dialect)) :]
            # A power beside a power is written anew, with the one before it.
            assert has_word(said) or char in "²³"


@given(text=st.text(max_size=60))
def test_what_is_given_to_espeak_is_only_what_it_says_well(text: str) -> None:
    for char in as_said(text, "fr-fr"):
        assert ord(char) < 0x400 or 0x900 <= ord(char) < 0x971 or char in "€₹"


@given(text=st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_ascii_words_are_given_as_they_are(text: str) -> None:
    assert list(left_out(text, "en-us")) == []
    assert [c for c in as_said(text, "en-us") if c.isalnum()] == [c for c in text if c.isalnum()]


def test_usual_characters_stand_for_others() -> None:
    assert plain("²³ ٣ Ⅳ ａ") == "23 3 IV a"
    assert script_of("!Привет") == "CYRILLIC"
    assert script_of("!") == "NONE"
    assert not has_word("ʻ—!")
