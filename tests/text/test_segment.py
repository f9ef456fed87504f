from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.segment import Segmenter, segments

LANGUAGES = ["en", "es", "fr", "hi", "it", "pt", "ja", "xx"]

# Fragments that the rules look at; random text would almost never hit them.
fragments = st.sampled_from(
    [
        ".",
        "!",
        "?",
        "…",
        "...",
        '"',
        "”",
        "»",
        " ",
        "  ",
        "\n",
        "\n\n",
        "。",
        "」",
        "।",
        "(",
        ")",
        "*",
        "'",
        "-",
        "a",
        "B",
        "I",
        "it",
        "the",
        "The",
        "don",
        "t",
        "Dr",
        "e.g",
        "U.S",
        "No",
        "sun",
        "p.m",
        "etc",
        "5",
        "1",
        "3.5",
    ]
)
texts = st.lists(fragments, max_size=60).map("".join) | st.text(max_size=60)


@given(
    text=texts, language=st.sampled_from(LANGUAGES), min_words=st.integers(0, 8), max_chars=st.integers(1, 80)
)
def test_segments_joined_are_the_text(text: str, language: str, min_words: int, max_chars: int) -> None:
    cut = segments(text, language, min_words=min_words, max_chars=max_chars)
    assert "".join(cut) == text
    assert all(cut)
    assert all(len(segment) <= max_chars for segment in cut)


@given(
    text=texts,
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=20),
    language=st.sampled_from(LANGUAGES),
    min_words=st.sampled_from([0, 3]),
    max_chars=st.sampled_from([3, 25, 2000]),
)
def test_segments_do_not_depend_on_how_the_text_was_cut(
    text: str, sizes: list[int], language: str, min_words: int, max_chars: int
) -> None:
    segmenter = Segmenter(language, min_words=min_words, max_chars=max_chars)
    arrived: list[str] = []
    position = 0
    turn = 0
    while position < len(text):
        size = sizes[turn % len(sizes)]
        arrived += segmenter.push(text[position : position + size])
        position += size
        turn += 1
    arrived += segmenter.finish()
    assert arrived == segments(text, language, min_words=min_words, max_chars=max_chars)
    assert segmenter.finish() == []


def segments_of(pieces: Iterable[str], language: str = "en") -> list[str]:
    """Push pieces as they come, and end the text."""
    segmenter = Segmenter(language)
    return [segment for piece in pieces for segment in segmenter.push(piece)] + segmenter.finish()


SENTENCES = [
    ("en", "Hello there. How are you? Fine!", ["Hello there. ", "How are you? ", "Fine!"]),
    ("en", "Dr. Smith met Mr. T. S. Eliot. He left.", ["Dr. Smith met Mr. T. S. Eliot. ", "He left."]),
    ("en", "It costs $3.50. Or 1.5 million.", ["It costs $3.50. ", "Or 1.5 million."]),
    ("en", "Bring fruit, e.g. apples, i.e. food. Go.", ["Bring fruit, e.g. apples, i.e. food. ", "Go."]),
    ("en", "We love the U.S. The food is good.", ["We love the U.S. ", "The food is good."]),
    ("en", "The U.S. Army is here.", ["The U.S. Army is here."]),
    ("en", "It was in the U.S. Don't go.", ["It was in the U.S. ", "Don't go."]),
    ("en", "Come at 5 p.m. Then we eat.", ["Come at 5 p.m. ", "Then we eat."]),
    ("en", "Come at 5 p.m. on Monday.", ["Come at 5 p.m. on Monday."]),
    ("en", "See No. 5. No. I will not.", ["See No. 5. ", "No. ", "I will not."]),
    ("en", "We sat. The sun. It was hot.", ["We sat. ", "The sun. ", "It was hot."]),
    ("en", "Well... maybe. Wait... What?", ["Well... maybe. ", "Wait... ", "What?"]),
    ("en", "“Really?” she asked. “Yes!” He went.", ["“Really?” she asked. ", "“Yes!” ", "He went."]),
    ("en", "Go to example.com. It is free.", ["Go to example.com. ", "It is free."]),
    ("en", "all lower case. also here. ok", ["all lower case. ", "also here. ", "ok"]),
    ("en", "1. Milk\n2. Eggs\n\nThat is all.", ["1. Milk\n", "2. Eggs\n\n", "That is all."]),
    ("en", "a hard\nwrapped line. Next", ["a hard\nwrapped line. ", "Next"]),
    ("en", "He asked Dr.\nSmith came.", ["He asked Dr.\n", "Smith came."]),
    ("en", "He asked Dr.\nsmith.", ["He asked Dr.\nsmith."]),
    ("en", "He asked Dr.\n \nsmith.", ["He asked Dr.\n \n", "smith."]),
    ("en", "Version 2.0.1 is out.Really.", ["Version 2.0.1 is out.Really."]),
    (
        "es",
        "¿Qué tal? El Sr. Pérez está en EE. UU. Hoy no.",
        ["¿Qué tal? ", "El Sr. Pérez está en EE. UU. Hoy no."],
    ),
    (
        "fr",
        "Bonjour M. Dupont ! Ça va ? « Oui. » Bien.",
        ["Bonjour M. Dupont ! ", "Ça va ? ", "« Oui. » ", "Bien."],
    ),
    ("fr", "Le jeu. 4 juil. 2024, au bd. Foch. Fin.", ["Le jeu. 4 juil. 2024, au bd. Foch. ", "Fin."]),
    ("fr", "J'aime la mer. Marie aussi.", ["J'aime la mer. ", "Marie aussi."]),
    ("fr", "En sept. et en déc. Nous partons.", ["En sept. et en déc. ", "Nous partons."]),
    ("it", "Il 12 dic. e il sec. XX, all'egr. Sig. Re.", ["Il 12 dic. e il sec. XX, all'egr. Sig. Re."]),
    ("it", "Ven. 3 ott. Non viene.", ["Ven. 3 ott. ", "Non viene."]),
    ("it", "Il Sig. Rossi c'è. Arriva alle 3.", ["Il Sig. Rossi c'è. ", "Arriva alle 3."]),
    ("pt", "A Sra. Lima saiu. Volta já.", ["A Sra. Lima saiu. ", "Volta já."]),
    ("hi", "नमस्ते। डॉ. राव आए। ठीक है?", ["नमस्ते। ", "डॉ. राव आए। ", "ठीक है?"]),
    ("ja", "こんにちは。「元気？」はい！", ["こんにちは。", "「元気？」", "はい！"]),
    ("zh", "你好。他说：“好。”再见！", ["你好。", "他说：“好。”", "再见！"]),
]


@pytest.mark.parametrize(("language", "text", "expected"), SENTENCES)
def test_sentences_end_where_a_reader_would_end_them(language: str, text: str, expected: list[str]) -> None:
    assert segments(text, language) == expected


@pytest.mark.parametrize(("language", "text", "expected"), SENTENCES)
def test_sentences_are_the_same_wherever_the_text_is_cut_in_two(
    language: str, text: str, expected: list[str]
) -> None:
    for cut in range(len(text)):
        assert segments_of([text[:cut], text[cut:]], language) == expected
    assert segments_of(text, language) == expected


def test_a_sentence_is_given_out_as_soon_as_the_next_one_begins() -> None:
    segmenter = Segmenter()
    assert segmenter.push("It works. ") == []
    assert segmenter.push("Now ") == ["It works. "]
    assert segmenter.finish() == ["Now "]


def test_an_abbreviation_cut_in_two_is_not_an_end() -> None:
    assert segments_of(["I saw D", "r", ". Smi", "th. He w", "aved."]) == [
        "I saw Dr. Smith. ",
        "He waved.",
    ]


def test_segments_of_a_least_size_are_rounded_up_to_the_end_of_a_sentence() -> None:
    text = "One two three. Four five. Six seven eight nine. Ten."
    assert segments(text, min_words=4) == ["One two three. Four five. ", "Six seven eight nine. ", "Ten."]


def test_text_without_an_end_is_cut_behind_a_clause_then_a_word_then_anywhere() -> None:
    assert segments("aaaa bbb, cccc dddd eeee", max_chars=16) == ["aaaa bbb, ", "cccc dddd eeee"]
    assert segments("aaaa bbbb cccc dddd", max_chars=12) == ["aaaa bbbb ", "cccc dddd"]
    assert segments("x" * 25, max_chars=10) == ["x" * 10, "x" * 10, "x" * 5]


def test_finish_leaves_a_segmenter_as_new() -> None:
    segmenter = Segmenter()
    segmenter.push("Left over")
    assert segmenter.finish() == ["Left over"]
    assert segmenter.finish() == []
    assert segmenter.push("It is. We go on") == ["It is. "]


def test_clear_drops_what_is_pending() -> None:
    segmenter = Segmenter()
    segmenter.push("Never said")
    segmenter.clear()
    assert segmenter.finish() == []


@pytest.mark.parametrize("piece", [".", "(.", ". ", "\n", "a.", "A. ", '"', ". ("])
def test_a_long_run_of_marks_is_linear_work(piece: str) -> None:
    # Quadratic work on this much text would run into the test's timeout.
    text = piece * 100_000
    assert "".join(segments(text)) == text


def test_words_are_counted_in_scripts_with_and_without_spaces() -> None:
    assert segments("One, two — three! Four. Five.", min_words=4) == ["One, two — three! Four. ", "Five."]
    assert segments("One, two — three! Four. Five.", min_words=3) == ["One, two — three! ", "Four. Five."]
    assert segments("今日は良い天気。はい。", "ja", min_words=4) == ["今日は良い天気。", "はい。"]
    assert segments("今日は良い天気。はい。", "ja", min_words=5) == ["今日は良い天気。はい。"]
    assert segments(" … ! One. Two.", min_words=1) == [" … ! One. ", "Two."]
