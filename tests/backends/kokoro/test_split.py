from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.word import Word, make_words, symbols_of
from tts_server.backends.kokoro.split import ModelInput, split_text

LIMIT = 40


def phonemize(text: str) -> tuple[Word, ...]:
    """Spell every word by its own letters, three symbols for each, so that sounds can be counted."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    symbols = [re.sub(r"[^\W_]", "abc", text[a:b]) + " " for a, b in spans]
    return make_words(text, spans, ["".join(c for c in mine if c in "abc.,;:!?—( )") for mine in symbols])


def split(text: str, limit: int = LIMIT) -> list[ModelInput]:
    return list(split_text(text, phonemize, max_symbols=limit))


def sounds(words: Sequence[Word]) -> str:
    return re.sub(r"[^abc]", "", symbols_of(words))


words = st.sampled_from(
    [
        "a",
        "to",
        "word",
        "letters",
        "extraordinary",
        "x" * 30,
        "(" + "x" * 30,
        "end.",
        "so,",
        "well;",
        "hi!!!!!!!!!",
        "—",
        "(",
    ]
)
texts = st.lists(words, max_size=40).map(" ".join)


@given(text=texts, limit=st.sampled_from([16, 40, 510]))
def test_every_input_fits_and_no_sound_is_lost(text: str, limit: int) -> None:
    inputs = split(text, limit)
    assert all(1 <= len(item.symbols) <= limit for item in inputs)
    assert "".join(sounds(item.words) for item in inputs) == sounds(phonemize(text))


@given(text=texts)
def test_words_are_in_order_and_know_their_place_in_the_text(text: str) -> None:
    position = 0
    for item in split(text):
        assert item.char_start == item.words[0].char_start
        assert item.char_end == item.words[-1].char_end
        for word in item.words:
            assert position <= word.char_start <= word.char_end
            assert text[word.char_start : word.char_end] == word.text
            position = word.char_end


@given(text=texts)
def test_sound_spans_point_at_the_sounds(text: str) -> None:
    for item in split(text):
        for word, (start, end) in zip(item.words, item.sound_spans(), strict=True):
            assert item.symbols[start:end] == word.phonemes
            assert end > start


def test_each_sentence_is_an_input_of_its_own() -> None:
    inputs = split("One two. Three four? Five.", 510)
    assert [" ".join(word.text for word in item.words) for item in inputs] == [
        "One two.",
        "Three four?",
        "Five.",
    ]
    assert all(item.ends_sentence for item in inputs)


def test_a_sentence_is_pronounced_only_when_it_is_asked_for() -> None:
    pronounced: list[str] = []

    def record(text: str) -> tuple[Word, ...]:
        pronounced.append(text)
        return phonemize(text)

    inputs = split_text("First one. Second one. Third one.", record)
    next(inputs)
    assert pronounced == ["First one. "]


def test_a_long_sentence_is_cut_behind_a_clause() -> None:
    inputs = split("aaa bb, cc dd ee ff")
    assert [item.words[-1].text for item in inputs] == ["bb,", "ff"]
    assert [item.ends_sentence for item in inputs] == [False, True]


def test_a_long_clause_is_cut_behind_a_word_into_even_parts() -> None:
    assert [item.words[-1].text for item in split("aaa bbb ccc ddd eee fff")] == ["ccc", "fff"]


def test_a_word_longer_than_an_input_is_cut_inside() -> None:
    inputs = split("x" * 30)
    assert "".join(item.symbols for item in inputs) == "abc" * 30
    assert "".join(word.text for item in inputs for word in item.words) == "x" * 30


def test_a_spoken_number_longer_than_an_input_is_cut_between_its_words() -> None:
    number = Word("12345", 0, 5, "", "onehundred twentythree thousand fortyfive", ".")
    inputs = list(split_text("12345", lambda _: [number], max_symbols=30))
    assert [item.symbols for item in inputs] == ["onehundred twentythree", "thousand fortyfive."]


def test_text_with_nothing_to_speak_gives_no_input() -> None:
    assert split("") == []
    assert split(" \n — … ") == []


def test_more_marks_than_fit_are_left_out_but_no_sound_is() -> None:
    (only,) = split("hi" + "!" * 200)
    assert only.symbols == "abcabc!!!!!"


def test_what_is_pronounced_at_once_is_bounded() -> None:
    longest = 0

    def record(text: str) -> tuple[Word, ...]:
        nonlocal longest
        longest = max(longest, len(text))
        return phonemize(text)

    inputs = list(split_text("word, " * 300 + "end.", record))
    assert longest <= 480
    assert [item.ends_sentence for item in inputs] == [False] * (len(inputs) - 1) + [True]
