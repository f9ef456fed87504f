"""Numbers in katakana, and what they count."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.languages.ja_counters import COUNTERS
from tts_server.text.normalize.languages.ja_numbers import (
    MAX_FIGURES,
    cardinal,
    counted,
    decimal,
    kanji_value,
    one_by_one,
    said_words,
)
from tts_server.text.normalize.languages.zh_numbers import cardinal as chinese
from tts_server.text.normalize.reader import normalize

WORDS = said_words()


def said(text: str) -> str:
    return normalize(text, "ja").text


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("0", "ゼロ"),
        ("1" * 21, " ".join(["イチ"] * 21)),
        ("10", "ジュー"),
        ("300", "サンビャク"),
        ("600", "ロッピャク"),
        ("800", "ハッピャク"),
        ("1980", "セン キューヒャク ハチジュー"),
        ("3000", "サンゼン"),
        ("8000", "ハッセン"),
        ("10000", "イチ マン"),
        ("30000", "サンマン"),
        ("10000000", "イッセンマン"),
        ("1000000000000", "イッチョー"),
        ("60000000000000000", "ロッケー"),
        ("1234567", "ヒャク ニジュー サンマン ヨンセン ゴヒャク ロクジュー ナナ"),
    ],
)
def test_some_numbers_are_said_as_people_say_them(figures: str, words: str) -> None:
    assert cardinal(figures) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "1本 2本 3本 6本 8本 10本 100本",
            "イッポン ニ ホン サン ボン ロッポン ハッポン ジュッポン ヒャッポン",
        ),
        ("1分 3分 4分 10分 30分", "イップン サン プン ヨン プン ジュップン サン ジュップン"),
        ("1冊 6冊 8冊 10冊", "イッサツ ロク サツ ハッサツ ジュッサツ"),
        ("6個 3階 3軒", "ロッコ サン ガイ サン ゲン"),
        ("4時 7時 9時 14時 0時", "ヨ ジ シチ ジ ク ジ ジュー ヨ ジ レージ"),
        ("4月 7月 9月", "シ ガツ シチ ガツ ク ガツ"),
        ("1人 2人 3人 4人 14人", "ヒトリ フタリ サン ニン ヨ ニン ジュー ヨ ニン"),
        (
            "1日 2日 11日 14日 20日 24日",
            "ツイタチ フツカ ジュー イチ ニチ ジュー ヨッカ ハツカ ニジュー ヨッカ",
        ),
        ("1日間 1日中 1日3回", "イチニチカン イチニチジュー イチニチ サン カイ"),
        ("1つ 3つ 9つ 20歳", "ヒトツ ミッツ ココノツ ハタチ"),
        ("3回目 1人目", "サン カイメ ヒトリメ"),
    ],
)
def test_a_number_and_what_it_counts_change_each_other(written: str, words: str) -> None:
    assert said(written) == words


@given(st.integers(0, 10**MAX_FIGURES - 1))
def test_a_number_in_kanji_is_said_as_the_same_in_figures(number: int) -> None:
    kanji = chinese(str(number)).replace("两", "二").replace("亿", "億")
    if number < 10**12 and "零" not in kanji:
        assert kanji_value(kanji) == str(number)


@given(st.integers(0, 10**6), st.sampled_from(sorted(COUNTERS)))
def test_every_word_of_a_number_is_one_that_is_known_to_be_said(number: int, counter: str) -> None:
    words = counted(str(number), counter).split()
    assert all(re.fullmatch("[ァ-ヶー]+", word) for word in words)
    assert set(words) <= WORDS


def test_decimals_and_codes() -> None:
    assert decimal("3", "14") == "サン テン イチ ヨン"
    assert decimal("0", "5") == "レー テン ゴ"
    assert decimal("10", "5") == "ジュッテン ゴ"
    assert one_by_one("007") == "ゼロ ゼロ ナナ"


@pytest.mark.parametrize("written", ["十百", "万千", "一二百", "億万"])
def test_signs_in_another_order_are_no_number(written: str) -> None:
    assert kanji_value(written) == ""


@pytest.mark.parametrize(
    ("kanji", "figures"),
    [
        ("千九百八十円です。", "1,980円です。"),
        ("百二十三万四千五百六十七人", "1,234,567人"),
        ("十五時三十分", "15:30"),
        ("五月一日", "5月1日"),
        ("二〇二四年", "2024年"),
        ("三点五倍", "3.5倍"),
        ("四分の三", "3/4"),
        ("一億二千万円", "1億2000万円"),
        ("第三章", "第III章"),
    ],
)
def test_kanji_and_figures_are_said_alike(kanji: str, figures: str) -> None:
    assert said(kanji).split() == said(figures).split()


@pytest.mark.parametrize(
    "word",
    [
        "一緒に",
        "千葉県",
        "十分です",
        "五十嵐さん",
        "八百屋",
        "四国",
        "一番",
        "三重県",
        "七五三",
        "万一",
        "何本",
    ],
)
def test_words_that_are_written_with_a_number_stay(word: str) -> None:
    assert said(word) == word
