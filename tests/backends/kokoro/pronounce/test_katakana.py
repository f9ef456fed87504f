"""What a Japanese speaker says for a word in Latin letters."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.espeak import espeak_ng
from tts_server.backends.kokoro.pronounce.g2p_espeak import EspeakG2P
from tts_server.backends.kokoro.pronounce.katakana import from_romaji, spell, to_katakana
from tts_server.backends.kokoro.pronounce.loanwords import JAPANESE_WORDS, LETTER_NAMES, LOANWORDS

KATAKANA = re.compile(r"[ァ-ヶー]+( [ァ-ヶー]+)*")


def silent(word: str) -> str:
    raise AssertionError(f"{word} was asked for its English sound")


def english(word: str) -> str:
    return EspeakG2P(espeak_ng(), "en-us").word(word)


@pytest.mark.parametrize(
    ("word", "kana"),
    [
        ("TTS", "ティーティーエス"),
        ("AI", "エーアイ"),
        ("pdf", "ピーディーエフ"),
        ("HTTPS", "エイチティーティーピーエス"),
        ("x", "エックス"),
        ("Kokoro", "ココロ"),
        ("Shinjuku", "シンジュク"),
        ("Sapporo", "サッポロ"),
        ("Matcha", "マッチャ"),
        ("tempura", "テンプラ"),
        ("Kenichi", "ケニチ"),
        ("Ken'ichi", "ケンイチ"),
        ("karaoke", "カラオケ"),
        ("NARA", "ナラ"),
        ("Python", "パイソン"),
        ("iPhone", "アイフォーン"),
        ("Wi-Fi", "ワイファイ"),
        ("NASA", "ナサ"),
        ("OK", "オーケー"),
        ("YouTube", "ユーチューブ"),
        ("iOS", "アイオーエス"),
        ("MacBook Pro", "マックブック プロ"),
    ],
)
def test_known_words_abbreviations_and_japanese_words_need_no_english_sound(word: str, kana: str) -> None:
    assert to_katakana(word, silent) == kana


@pytest.mark.parametrize(
    ("word", "kana"),
    [
        ("hello", "ヘロー"),
        ("HELLO", "ヘロー"),
        ("book", "ブック"),
        ("bridge", "ブリッジ"),
        ("cat", "キャット"),
        ("happy", "ハッピー"),
        ("bottle", "ボットル"),
        ("letter", "レター"),
        ("friend", "フレンド"),
        ("finger", "フィンガー"),
        ("singer", "シンガー"),
        ("quick", "クイック"),
        ("new", "ニュー"),
        ("cute", "キュート"),
        ("attention", "アテンション"),
        ("connection", "コネクション"),
        ("story", "ストーリー"),
        ("fire", "ファイアー"),
        ("weather", "ウェザー"),
        ("GitLab", "ギットラブ"),
        ("naïve", "ナイイーブ"),
    ],
)
def test_an_english_word_is_fitted_to_the_sounds_of_japanese(word: str, kana: str) -> None:
    assert to_katakana(word, english) == kana


@given(st.text(string.ascii_letters, min_size=1, max_size=30))
def test_every_word_has_a_sound_and_all_of_it_is_katakana(word: str) -> None:
    assert KATAKANA.fullmatch(to_katakana(word, english))
    assert KATAKANA.fullmatch(spell(word))


@given(st.lists(st.sampled_from("ka shi tsu n ryo chi fu ja mu re sho kyu ha wa yo".split()), min_size=1))
def test_syllables_of_japanese_are_read_one_by_one(syllables: list[str]) -> None:
    separate = [from_romaji(syllable) for syllable in syllables]
    joined = "".join(syllables)
    n_vowels = len(re.findall("[aiueo]", joined))
    read = from_romaji(joined)
    assert KATAKANA.fullmatch(read)
    assert (
        len(re.sub("[ァィゥェォャュョン]", "", read))
        == n_vowels
        == sum(len(re.sub("[ァィゥェォャュョン]", "", kana)) for kana in separate)
    )


@pytest.mark.parametrize("word", ["hello", "attention", "cat", "sit", "lamp", "qi", "th", ""])
def test_what_is_no_japanese_word_in_latin_letters_is_not_read_as_one(word: str) -> None:
    assert from_romaji(word) == ""


def test_the_tables_hold_katakana_under_lower_case() -> None:
    assert sorted(LETTER_NAMES) == list(string.ascii_uppercase)
    for kana in [*LETTER_NAMES.values(), *LOANWORDS.values()]:
        assert KATAKANA.fullmatch(kana), kana
    assert all(word == word.lower() for word in [*LOANWORDS, *JAPANESE_WORDS])
    assert all(from_romaji(word) for word in JAPANESE_WORDS)
