"""Chinese as it is written, and as it is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.reader import normalize


def said(text: str) -> str:
    return normalize(text, "zh").text


SAID = [
    # Two, by what it counts.
    ("2个人在2楼", "两个人在二楼"),
    ("第2个", "第二个"),
    ("2年级2年", "二年级两年"),
    ("2万", "两万"),
    ("2.5个", "二点五个"),
    ("2kg", "两公斤"),
    # Years, rooms and codes go figure by figure.
    ("2024年", "二零二四年"),
    ("3000年前", "三千年前"),
    ("302室", "三零二室"),
    ("验证码：0071", "验证码:零零七一"),
    # Parts of a whole.
    ("-3.5%", "负百分之三点五"),
    ("20-30%", "百分之二十到百分之三十"),
    ("1 1/2", "一又二分之一"),
    # Money.
    ("$2.5M", "二百五十万美元"),
    ("$1.234567M", "一百二十三万四千五百六十七美元"),
    ("-¥3.50", "负三点五元"),
    ("¥5.00", "五元"),
    ("$10-15", "十到十五美元"),
    # Ranges.
    ("40°C–60°C", "四十到六十摄氏度"),
    ("3-2", "三到二"),
    ("比分3-2", "比分三比二"),
    # Powers.
    ("10^-3", "十的负三次方"),
    ("x^n", "x的n次方"),
    # Names with figures.
    ("B2B", "B to B"),
    ("GPT-4.1", "GPT四点一"),
    ("G1234次", "G一二三四次"),
    ("5G", "五G"),
    # Signs.
    ("周一~周五", "周一到周五"),
    ("C++和C#", "C加加和C sharp"),
    ("9·11事件", "九一一事件"),
    ("第IV章", "第四章"),
    ("9:30，14:00", "九点三十分，十四点"),
    ("１２，３４５", "一万二千三百四十五"),
]


@pytest.mark.parametrize(("written", "aloud"), SAID)
def test_forms_are_said_as_a_chinese_speaker_says_them(written: str, aloud: str) -> None:
    assert said(written) == aloud


@pytest.mark.parametrize("text", ["三百二十个", "一点也不", "你好。世界", "IV"])
def test_what_is_read_right_stays(text: str) -> None:
    assert said(text) == text


def test_what_is_no_fraction_of_anything_is_two_numbers() -> None:
    assert said("24/7") == "二十四/七"


@given(st.text("0123456789一二三十百千万亿点分之元人个日月年时.,:-~¥%℃ ", max_size=40))
def test_no_figure_is_left(text: str) -> None:
    assert not any(char.isdigit() and char.isascii() for char in said(text))
