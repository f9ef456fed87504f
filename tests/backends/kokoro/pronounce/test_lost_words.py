"""No word of letters or digits is lost, whatever the tagger takes it for; what nothing can say is named."""

from __future__ import annotations

import logging

import pytest
from tests.backends.kokoro.pronounce.kept_readings import sound_of

from tts_server.backends.kokoro.pronounce.espeak import VOICES
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import symbols_of
from tts_server.text.normalize.spoken import SpokenText

ENGLISH = ["en-us", "en-gb"]
CONTRACTIONS = (
    "wasn isn aren weren don doesn didn won wouldn can couldn shouldn haven hasn hadn mustn needn ain shan"
).split()


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(VOICES)
    return g2p


def sound(g2p: G2P, text: str, dialect: str) -> str:
    return sound_of(symbols_of(g2p.phonemize(text, dialect)))


@pytest.mark.parametrize("dialect", ENGLISH)
@pytest.mark.parametrize(
    ("frame", "ending"),
    [
        ("The answer is {}", "."),
        ("Temperature: {}", ""),
        ("It makes it {}", "!"),
        ("Is it {}", "?"),
        ("({})", ""),
        ("“{}”", ""),
        ("Well, {}", ", she said."),
        ("{}", ""),
    ],
)
def test_negative_numbers_are_said_wherever_they_stand(
    g2p: G2P, dialect: str, frame: str, ending: str
) -> None:
    for number, read in (("-3", "minus three"), ("-20", "minus twenty"), ("-0.5", "minus zero point five")):
        written = sound(g2p, frame.format(number) + ending, dialect)
        assert written.endswith(sound(g2p, frame.format(read) + ending, dialect)[-8:]), (number, written)
        assert "mInəs" in written


@pytest.mark.parametrize("dialect", ENGLISH)
@pytest.mark.parametrize("word", CONTRACTIONS)
def test_not_is_said_with_a_curly_apostrophe_as_with_a_straight_one(
    g2p: G2P, dialect: str, word: str
) -> None:
    for frame in ("No, it {}.", "You {}", "They {}!", "I {} go", "“It {},” he said", "{} it?", "so they {}…"):
        curly, straight = (frame.format(f"{word}{mark}t") for mark in "’'")
        assert sound(g2p, curly, dialect) == sound(g2p, straight, dialect)


@pytest.mark.parametrize("dialect", ENGLISH)
def test_is_is_said_with_a_curly_apostrophe_at_the_end(g2p: G2P, dialect: str) -> None:
    for word in ("there", "what", "who", "where", "how", "John"):
        for frame in ("I think {}.", "{}", "so {}!"):
            curly, straight = (frame.format(f"{word}{mark}s") for mark in "’'")
            assert sound(g2p, curly, dialect) == sound(g2p, straight, dialect)


@pytest.mark.parametrize("dialect", ENGLISH)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("GPT-4.1", "GPT four point one"),
        ("claude-3.5", "Claude three point five"),
        ("Su-35", "Su thirty five"),
        ("MiG-29", "MiG twenty nine"),
        ("phase-2", "phase two"),
        ("top-5", "top five"),
        ("tclsh8.6", "tclsh eight point six"),
        ("i18n", "i eighteen n"),
    ],
)
def test_a_number_at_the_end_of_a_word_is_said(g2p: G2P, dialect: str, written: str, read: str) -> None:
    for frame in ("Is it {}?", "My favourite is {}", "{} is here.", "{}", "({})", "It was {}!"):
        assert sound(g2p, frame.format(written), dialect) == sound(g2p, frame.format(read), dialect)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It is 3.10 now", "It is three point one zero now"),
        ("a 4.0 GPA", "a four point zero GPA"),
        ("about 1,234.50 of them", "about one thousand two hundred thirty four point five zero of them"),
        ("about 2024.5 of them", "about two thousand twenty four point five of them"),
        ("only .5 of it", "only point five of it"),
        ("only -.5 of it", "only minus point five of it"),
    ],
)
@pytest.mark.parametrize("dialect", ENGLISH)
def test_a_decimal_is_said_with_its_point_and_every_digit(
    g2p: G2P, dialect: str, written: str, read: str
) -> None:
    assert sound(g2p, written, dialect) == sound(g2p, read, dialect)


@pytest.mark.parametrize("dialect", VOICES)
@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("Ana Привет a Ana", ["Привет"]),
        ("Привет, Ana", ["Привет"]),
        ("Ana «Привет».", ["Привет"]),
        ("Ana северо-запад si", ["северо-запад"]),
        ("Ana 北京 שלום 5", ["北京", "שלום"]),
        ("Anaмир 5", ["мир"]),
        ("Ana\n\nмир", ["мир"]),
        ("п", ["п"]),
    ],
)
def test_words_of_other_scripts_are_left_out_and_named(
    g2p: G2P, dialect: str, text: str, left_out: list[str]
) -> None:
    result = g2p.pronounced(text, dialect)
    assert [stretch.text for stretch in result.left_out] == left_out
    assert all(text[one.char_start : one.char_end] == one.text for one in result.left_out)
    kept = text
    for word in left_out:
        kept = kept.replace(word, " ")
    assert sound_of(symbols_of(result.words)) == sound(g2p, kept, dialect)


@pytest.mark.parametrize("dialect", VOICES)
def test_words_of_the_dialect_are_neither_left_out_nor_repaired(g2p: G2P, dialect: str) -> None:
    text = "नमस्ते राम" if dialect == "hi" else "La casa, 25 pi α Ω."
    result = g2p.pronounced(text, dialect)
    assert (result.left_out, result.n_repaired) == ((), 0)


def test_what_is_rewritten_as_silent_is_not_left_out(g2p: G2P) -> None:
    assert g2p.pronounced("See [it](http://example.com/Привет) 😀 now", "en-us").left_out == ()


class LosingEngine:
    """Says letters; of several units it says only the first."""

    def units(self, spoken: SpokenText) -> SpokenText:
        return spoken

    def work(self, text: str) -> int:
        return len(text)

    def symbols(self, spoken: SpokenText) -> list[str]:
        shares = [f"{unit.spoken.strip('!')}{' ' * unit.spaced}" for unit in spoken.units]
        return [shares[0], *("" for _ in shares[1:])]


def test_any_engine_is_guarded_and_what_it_lost_is_counted() -> None:
    g2p = G2P()
    g2p._engines["ja"] = LosingEngine()
    result = g2p.pronounced("one two three !", "ja")
    assert [(word.text, word.phonemes) for word in result.words] == [
        ("one", "one"),
        ("two", "two"),
        ("three !", "three"),
    ]
    assert (result.n_repaired, result.left_out) == (2, ())


def test_what_another_engine_has_no_symbols_for_is_left_out() -> None:
    g2p = G2P()
    g2p._engines["ja"] = LosingEngine()
    result = g2p.pronounced("one (㊙ж), two", "ja")
    assert [(stretch.text, stretch.char_start) for stretch in result.left_out] == [("ж", 6)]
    assert result.n_repaired == 1


def test_the_log_says_how_much_was_lost_and_nothing_of_the_text(caplog: pytest.LogCaptureFixture) -> None:
    g2p = G2P()
    g2p._engines["ja"] = LosingEngine()
    with caplog.at_level(logging.DEBUG, logger="tts_server"):
        g2p.pronounced("Secret Привет", "es")
        g2p.pronounced("secret words here", "ja")
        g2p.pronounced("Nothing odd here.", "en-us")
    assert [record.getMessage() for record in caplog.records] == [
        "es: 0 words were nearly lost, 1 stretches of letters are left out (CYRILLIC)",
        "ja: 2 words were nearly lost, 0 stretches of letters are left out (none)",
    ]
