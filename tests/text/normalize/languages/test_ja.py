"""Japanese as it is written, and as it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.reader import normalize


def said(text: str) -> str:
    return normalize(text, "ja").text


SAID = [
    # What stands behind a number, and before it.
    ("≥18歳", "ジュー ハッサイ 以上"),
    ("-5~5℃", "マイナス ゴ から ゴ 度"),
    ("40°C–60°C", "ヨンジュー から ロクジュー 度"),
    ("$10-15", "ジュー から ジュー ゴ ドル"),
    ("$0.50", "ゴジュー セント"),
    ("$5.00", "ゴ ドル"),
    ("¥-500", "マイナス ゴヒャク エン"),
    # Numbers with words of scale.
    ("1億2000万円", "イチ オク ニセン マン エン"),
    ("1.5億", "イッテン ゴ オク"),
    ("1.5億2000万", "イッテン ゴ オク ニセン マン"),
    ("十百分の一", "十百分の一"),
    ("-3万円", "マイナス サンマン エン"),
    ("一点五億円", "イッテン ゴ オク エン"),
    ("零点五", "レー テン ゴ"),
    # Days, places and codes.
    ("5/6(月)", "ゴ ガツ ムイカ 、ゲツヨー、"),
    ("1-2-3", "イチ の ニ の サン"),
    ("2024-5-6", "ニセン ニジュー ヨ ネン ゴ ガツ ムイカ"),
    ("1日に3回", "イチニチ に サン カイ"),
    ("9月1日に", "ク ガツ ツイタチ に"),
    # Names with figures.
    ("5GとMP3", "ファイブジーとエムピースリー"),
    ("iPhone15", "iPhone ジュー ゴ"),
    ("RTX4090", "RTX ヨン ゼロ キュー ゼロ"),
    # Powers.
    ("10^-3", "ジュー の マイナス サン ジョー"),
    ("x^n", "xの n ジョー"),
    # Signs.
    ("東京〜大阪", "東京から大阪"),
    ("Ω", "オメガ"),
    ("2.5h", "ニ テン ゴ ジカン"),
    ("12345678901", "イチ ニ サン ヨン ゴ ロク ナナ ハチ キュー ゼロ イチ"),
]


@pytest.mark.parametrize(("written", "aloud"), SAID)
def test_forms_are_said_as_a_japanese_speaker_says_them(written: str, aloud: str) -> None:
    assert said(written) == aloud


@pytest.mark.parametrize("text", ["十分です", "一緒に", "五輪の年", "三位一体", "百々さん"])
def test_words_that_are_written_with_a_number_stay(text: str) -> None:
    assert said(text) == text


def test_what_is_no_fraction_of_anything_is_two_numbers() -> None:
    assert said("24/7") == "ニジュー ヨン / ナナ"


@given(st.text("0123456789一二三十百千万億点分の円人本日月年時.,:-~¥%℃ ", max_size=40))
def test_no_figure_is_left(text: str) -> None:
    assert not any(char.isdigit() and char.isascii() for char in said(text))
