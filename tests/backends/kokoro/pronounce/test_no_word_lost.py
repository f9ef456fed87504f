"""Whatever the text: each character has its place, and each word sounds, or it is said why not.

A word here is a stretch without white space in which a letter or digit stands. Where it makes no sound of
its own, it ran together with a neighbour, is left out and named, or is for the eye alone (a tag, a query).
"""

from __future__ import annotations

import operator
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.scripts import has_word
from tts_server.backends.kokoro.pronounce.word import PUNCTUATION, Pronounced, Word, symbols_of
from tts_server.backends.kokoro.vocabulary import VOCABULARY
from tts_server.text.normalize.characters import plain_text
from tts_server.text.normalize.reader import normalize
from tts_server.text.normalize.spoken import SpokenText, Unit

DATA = Path(__file__).parents[3] / "data"
CORPORA = {"en-us": "en", "en-gb": "en", "es": "es", "fr-fr": "fr", "hi": "hi", "it": "it", "pt-br": "pt"}
DIALECTS = [*CORPORA, *(code for code in ("ja", "zh") if not missing_packages(code))]
LINES = [
    line
    for path in sorted(DATA.glob("corpus_*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line
]

WORDS = (
    "the read wasn’t don't l'été qu'il y a de Москва Привет 北京 नमस्ते שלום Αθήνα π Δx Nguyễn straße ﬁne ñandú"
    " Erdoğan Hawaiʻi 𝐁𝐨𝐥𝐝 today今日 한국 อะ naïve İ ß"
).split()
NUMBERS = (
    "-3 −3 3.10 1,000 1.000,5 10 000 3:45 15h30 12/25/2024 2024-05-06 $3.50 -$5 3,50€ ₹1,00,000 50% 82M x² "
    "10^6 ½ ¾ ①② Ⅳ ٣٤ ५ ２ 007 1st 2e 3º 20°C 20℃ +1-555-123-4567 192.168.1.1 GPT-4.1 Su-35 i18n tclsh8.6"
    " v1.5 9am-5pm 5*4 1e5"
).split()
SIGNS = (
    "- – — … ... , . ; : ! ? ¿ ¡ ( ) [ ] { } “ ” « » ‘ ’ ' \" ` ´ ʼ * ** _ __ # > < = + ± × ÷ √"
    " ∞ ≤ ≥ ≠ / \\ | & @ % ° § № ~ ^ € $ ₹ 、 。 「 」 ・ ！ ？"
).split()
ODD = [
    "\n",
    "\n\n",
    "\t",
    "\u00a0",
    "\u2009",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\x00",
    "😀",
    "👍🏽",
    "❤️",
    "\u0301",
    "\u0308\u0301",
]
MARKUP = [
    "**bold**",
    "*it*",
    "`code`",
    "# Title\n",
    "- item\n",
    "1. item\n",
    "> quote\n",
    "[text](http://a.b/c?d=e)",
    "https://example.com/a_b?c=d#e",
    "jane+x@example.co",
    "<b>bold</b>",
    "a<br>b",
    "&amp;",
    "&#39;",
    "x < 5",
    "```\ncode\n```\n",
    "| a | b |\n|---|---|\n",
    "snake_case",
    "main.py",
]

pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(NUMBERS),
    st.sampled_from(SIGNS),
    st.sampled_from(ODD),
    st.sampled_from(MARKUP),
)
joined = st.lists(st.tuples(pieces, st.sampled_from([" ", " ", ""])), max_size=20).map(
    lambda parts: "".join(piece + space for piece, space in parts)
)
running = st.lists(st.sampled_from(LINES), min_size=1, max_size=3).map(" ".join)
anything = st.text(max_size=60)
texts = st.one_of(
    joined,
    running,
    anything,
    st.tuples(running, joined).map("".join),
    running.map(lambda text: unicodedata.normalize("NFD", text)),
    running.map(lambda text: text.replace("'", "’").replace('"', "“")),
).map(lambda text: text[:480])


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(DIALECTS)
    return g2p


def is_space(text: str) -> bool:
    """Say whether there is nothing but white space and control characters."""
    return all(char.isspace() or unicodedata.category(char) == "Cc" for char in plain_text(text).text)


def check_places(text: str, result: Pronounced) -> None:
    """Every character is in a word or between two, where white space and control characters are."""
    position = 0
    for word in result.words:
        assert position <= word.char_start < word.char_end <= len(text)
        assert text[word.char_start : word.char_end] == word.text
        assert is_space(text[position : word.char_start])
        assert word.phonemes
        assert word.phonemes[0] not in PUNCTUATION
        assert word.phonemes[-1] not in PUNCTUATION
        assert set(word.symbols) <= set(VOCABULARY)
        position = word.char_end
    assert not result.words or is_space(text[position:])
    position = 0
    for one in result.left_out:
        assert position <= one.char_start < one.char_end <= len(text)
        assert text[one.char_start : one.char_end] == one.text
        assert has_word(one.text)
        position = one.char_start


def check_words(g2p: G2P, text: str, dialect: str, result: Pronounced) -> None:
    """Every word of letters or digits sounds, or ran together with a neighbour, or is left out and named."""
    engine = g2p._engine(dialect)
    units = engine.units(normalize(text, dialect)).units
    named = [
        any(unit.char_start <= one.char_start < unit.char_end for one in result.left_out) for unit in units
    ]
    wordy = [has_word(unit.spoken) for unit in units]
    assert result.words or all(map(operator.le, wordy, named))
    for word in result.words:
        inside = [
            index
            for index, unit in enumerate(units)
            if word.char_start <= unit.char_start < word.char_end and wordy[index] and not named[index]
        ]
        # The first of them is heard; one behind it must be heard in its neighbours.
        for index in inside[1:]:
            around = [units[i] for i in (index - 1, index + 1) if 0 <= i < len(units)]
            without = "".join(engine.symbols(SpokenText.of(around)))
            nearby = [one for one in result.words if overlaps(one, around)]
            assert n_sounds(symbols_of(nearby)) > n_sounds(without), units[index]


def overlaps(word: Word, units: list[Unit]) -> bool:
    return any(word.char_start < unit.char_end and unit.char_start < word.char_end for unit in units)


def n_sounds(symbols: str) -> int:
    return sum(char not in PUNCTUATION and char not in "ˈˌː" for char in symbols)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(text="The answer is -3. No, it wasn’t. Is it tclsh8.6?")
@example(text="Di Привет a Ana, il y a 3 шт. (北京) �")
@example(text="e\u0301te\u0301 franc\u0327ais")
@example(text="\u0301a <b>x</b>")
@given(text=texts)
@pytest.mark.filterwarnings("ignore")  # Of what the Japanese and Chinese analysers' own code does.
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_character_has_a_place_and_every_word_a_sound_or_a_name(
    g2p: G2P, dialect: str, text: str
) -> None:
    result = g2p.pronounced(text, dialect)
    check_places(text, result)
    check_words(g2p, text, dialect, result)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(st.sampled_from(WORDS + NUMBERS), min_size=1, max_size=12))
@pytest.mark.parametrize("dialect", DIALECTS)
def test_words_and_numbers_are_never_made_silent_by_the_rules(dialect: str, words: list[str]) -> None:
    text = " ".join(words)
    for unit in normalize(text, dialect).units:
        if has_word(text[unit.char_start : unit.char_end]):
            assert has_word(unit.spoken), (text, unit)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=2))
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.filterwarnings("ignore")
def test_separate_accents_are_read_like_composed_ones(g2p: G2P, dialect: str, lines: list[str]) -> None:
    composed, separate = (unicodedata.normalize(form, " ".join(lines)) for form in ("NFC", "NFD"))
    first, second = g2p.pronounced(composed, dialect), g2p.pronounced(separate, dialect)
    assert symbols_of(first.words) == symbols_of(second.words)
    if dialect in CORPORA:
        texts = [unicodedata.normalize("NFC", word.text) for word in second.words]
        assert texts == [word.text for word in first.words]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=st.lists(
        st.sampled_from(
            "wasn't don't can't there's John's o'clock I'm you're we've it'd she'll l'été qu'il".split()
        )
        | st.sampled_from("no it is and the so well then".split()),
        min_size=1,
        max_size=6,
    ),
    end=st.sampled_from(["", ".", "!", "?", ","]),
)
@pytest.mark.parametrize("mark", list("’ʼ′´＇"))
@pytest.mark.parametrize("dialect", CORPORA)
def test_any_apostrophe_is_read_like_a_straight_one(
    g2p: G2P, dialect: str, mark: str, words: list[str], end: str
) -> None:
    text = " ".join(words) + end
    straight, other = (g2p.pronounced(text.replace("'", sign), dialect) for sign in ("'", mark))
    assert symbols_of(straight.words) == symbols_of(other.words)
