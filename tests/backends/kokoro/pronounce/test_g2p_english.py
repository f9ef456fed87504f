from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tts_server.backends.kokoro.pronounce import g2p_english
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.g2p_espeak import EspeakG2P
from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.errors import MissingDependencyError
from tts_server.text.normalize.reader import normalize

DATA = Path(__file__).parents[3] / "data"
RECORDED = Path(__file__).with_name("pipeline_symbols.json")
CORPUS = (DATA / "corpus_en.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(["en-us", "en-gb"])
    return g2p


def spoken(text: str, dialect: str = "en-us") -> str:
    return normalize(text, dialect).text


def by_text(words: tuple[Word, ...]) -> dict[str, str]:
    return {word.text: word.phonemes for word in words}


@pytest.mark.parametrize("dialect", ["en-us", "en-gb"])
def test_symbols_are_those_of_the_models_own_pipeline(g2p: G2P, dialect: str) -> None:
    recorded: dict[str, str] = json.loads(RECORDED.read_text(encoding="utf-8"))[dialect]
    unchanged = [text for text in CORPUS if spoken(text, dialect) == text]
    assert len(unchanged) >= 40
    different = []
    for text in unchanged:
        said = symbols_of(g2p.phonemize(text, dialect))
        if said != recorded[text]:
            different.append((text, said, recorded[text]))
    # The recording is of misaki 0.9; 0.7, for Python 3.13, has another vowel in two words of the corpus.
    is_old = sys.version_info >= (3, 13)
    assert len(different) <= (2 if is_old else 0), different


def test_every_word_of_the_corpus_has_a_sound_of_its_own(g2p: G2P) -> None:
    for text in CORPUS:
        words = g2p.phonemize(text, "en-us")
        written = [word for word in text.split() if any(char.isalnum() for char in word)]
        assert len(words) == len(written), text
        assert "".join(word.text for word in words).replace(" ", "") == text.replace(" ", "")


def test_numbers_and_abbreviations_are_one_word(g2p: G2P) -> None:
    words = by_text(g2p.phonemize("Dr. Lee paid $3.50 at 3:45 pm on 12/25/2024.", "en-us"))
    assert words["Dr."] == "dˈɑktəɹ"
    assert words["$3.50"] == "θɹˈi dˈɑləɹz ænd fˈɪfti sˈɛnts"
    assert words["3:45"] == "θɹˈi fˈɔɹTi fˈIv"
    assert words["pm"] == "pˌiˈɛm"
    assert words["12/25/2024."] == "disˈɛmbəɹ twˈɛnti fˈɪfθ twˈɛnti twˈɛnti fˈɔɹ"


def test_punctuation_around_a_word_is_not_part_of_its_sound(g2p: G2P) -> None:
    words = g2p.phonemize('He said, "Yes!" (Maybe.)', "en-us")
    assert [(word.text, word.lead, word.trail) for word in words] == [
        ("He", "", " "),
        ("said,", "", ", "),
        ('"Yes!"', "“", "!” "),
        ("(Maybe.)", "(", ".)"),
    ]


def test_words_joined_by_a_dash_are_two(g2p: G2P) -> None:
    words = g2p.phonemize("Wait—no... really", "en-us")
    assert [(word.text, word.trail) for word in words] == [("Wait—", "—"), ("no...", "... "), ("really", "")]


def test_signs_standing_alone_belong_to_the_word_before(g2p: G2P) -> None:
    words = g2p.phonemize("— Well 🎉 done 👍", "en-us")
    assert [word.text for word in words] == ["— Well 🎉", "done 👍"]


def test_british_and_american_differ(g2p: G2P) -> None:
    text = "The schedule can't be better."
    assert by_text(g2p.phonemize(text, "en-us"))["better."] == "bˈɛTəɹ"
    assert by_text(g2p.phonemize(text, "en-gb"))["better."] == "bˈɛtə"


def test_words_in_no_lexicon_are_pronounced_by_espeak(g2p: G2P) -> None:
    words = by_text(g2p.phonemize("Ask Xyzzyplugh about Müller and the naïve café.", "en-us"))
    assert words["Xyzzyplugh"] == "zˈIzɪplˌʌɡ"
    assert words["Müller"] == "mˈʌləɹ"
    assert words["café."] == "kæfˈA"


def test_a_full_stop_behind_a_number_still_ends_the_sentence(g2p: G2P) -> None:
    assert symbols_of(g2p.phonemize("It leaves at 15:30.", "en-us")).endswith("θˈɜɹTi.")


def test_words_are_cut_before_they_cost_seconds(g2p: G2P) -> None:
    # misaki's search is cubic in a word's parts: uncut, the last of these runs into the test's timeout.
    for text in ["'s" * 200, "aB" * 200, "x" * 400, "9" * 400, "$" * 400, "-a" * 200, "1a" * 400]:
        g2p.phonemize(text, "en-us")


def test_nothing_is_printed(g2p: G2P, capfd: pytest.CaptureFixture[str]) -> None:
    for text in [*CORPUS[:5], "$", "$.", "1.2.3", "-", "'", "٣ ½ ①", "北京 Москва"]:
        g2p.phonemize(text, "en-us")
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_text_on_which_misaki_fails_is_pronounced_by_espeak(
    g2p: G2P, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OverflowError

    monkeypatch.setattr(g2p._engines["en-us"], "_misaki", fail)
    words = g2p.phonemize("Hello there, 3 friends.", "en-us")
    assert [word.text for word in words] == ["Hello", "there,", "3", "friends."]
    assert words[2].phonemes == "θɹˈi"


def test_without_misaki_english_is_pronounced_by_espeak_and_a_warning_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "misaki.en", None)
    g2p = G2P()
    g2p.load(["en-us"])
    assert isinstance(g2p._engines["en-us"], EspeakG2P)
    assert "English is pronounced by espeak-ng" in caplog.text
    words = by_text(g2p.phonemize("It costs $3.50.", "en-us"))
    assert words["$3.50."] == "θɹˈi dˈɑləz ænd fˈɪfti sˈɛnts" or words["$3.50."].startswith("θɹˈi d")


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    g2p_english._load_pipeline.cache_clear()
    try:
        with pytest.raises(MissingDependencyError, match=r"pipecat-local-tts-server\[kokoro\]"):
            g2p_english._load_pipeline()
    finally:
        g2p_english._load_pipeline.cache_clear()
