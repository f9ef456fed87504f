"""Numbers in katakana, alone and with what they count. Pure.

A long vowel is written ``ー``, and words that are said apart have a space between: so they sound the same
whatever the analyser of Japanese makes of their neighbours. ``三本`` and ``3本`` are both サン ボン.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.languages.ja_counters import COUNTERS, Counter

DIGITS: Final = tuple("ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュー".split())
_ONES = ("", *DIGITS[1:])
_TENS = (
    "",
    "ジュー",
    "ニジュー",
    "サン ジュー",
    "ヨンジュー",
    "ゴジュー",
    "ロクジュー",
    "ナナジュー",
    "ハチジュー",
    "キュージュー",
)
_HUNDREDS = (
    "",
    "ヒャク",
    "ニヒャク",
    "サンビャク",
    "ヨンヒャク",
    "ゴヒャク",
    "ロッピャク",
    "ナナヒャク",
    "ハッピャク",
    "キューヒャク",
)
_THOUSANDS = (
    "",
    "セン",
    "ニセン",
    "サンゼン",
    "ヨンセン",
    "ゴセン",
    "ロクセン",
    "ナナセン",
    "ハッセン",
    "キューセン",
)
_MYRIADS = ("", "マン", "オク", "チョー", "ケー")
MAX_FIGURES: Final = 20
"""More figures than these are said one by one."""

# How the end of a number changes before some sounds.
_STOPPED = {
    "イチ": "イッ",
    "ロク": "ロッ",
    "ハチ": "ハッ",
    "ジュー": "ジュッ",
    "ヒャク": "ヒャッ",
    "ビャク": "ビャッ",
    "ピャク": "ピャッ",
}
_KANJI_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0}
_KANJI_POWERS = {"十": 10, "百": 100, "千": 1000}
_KANJI_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}


def one_by_one(figures: str) -> str:
    """Return figures one by one."""
    return " ".join(DIGITS[int(figure)] for figure in figures)


def cardinal(figures: str) -> str:
    """Return a whole number: ``1980`` is セン キューヒャク ハチジュー.

    Args:
        figures: ASCII digits, with zeros in front or without.
    """
    figures = figures.lstrip("0")
    if not figures:
        return DIGITS[0]
    if len(figures) > MAX_FIGURES:
        return one_by_one(figures)
    said: list[str] = []
    groups = [figures[max(0, end - 4) : end] for end in range(len(figures), 0, -4)]
    for power in range(len(groups) - 1, -1, -1):
        group = int(groups[power])
        words = _group(group)
        if power and group:
            if group == 1000:
                words = ["イッセン"]
            if _MYRIADS[power] in {"チョー", "ケー"}:
                words[-1] = _stopped(words[-1], "六" if power == 4 else "")
            is_one_word = words[-1].endswith("ッ") or (words[-1], power) in {("サン", 1), ("イッセン", 1)}
            words[-1] += ("" if is_one_word else " ") + _MYRIADS[power]
        said += words
    return " ".join(said)


def _group(number: int) -> list[str]:
    places = (
        _THOUSANDS[number // 1000],
        _HUNDREDS[number // 100 % 10],
        _TENS[number // 10 % 10],
        _ONES[number % 10],
    )
    return [word for word in places if word]


def _stopped(word: str, six: str) -> str:
    for end, stopped in _STOPPED.items():
        if word.endswith(end) and (six or end not in {"ロク", "ヒャク", "ビャク", "ピャク"}):
            return word.removesuffix(end) + stopped
    return word


def decimal(whole: str, decimals: str) -> str:
    """Return a number with what stands behind its point: ``3.14`` is サン テン イチ ヨン."""
    if not decimals:
        return cardinal(whole)
    before = "レー" if not whole.strip("0") else _stopped(cardinal(whole), "")
    joint = "" if before.endswith("ッ") else " "
    return f"{before}{joint}テン {one_by_one(decimals)}"


def counted(figures: str, counter: str) -> str:
    """Return a number and what it counts: ``3`` and ``本`` are サン ボン.

    Args:
        figures: ASCII digits.
        counter: A key of ``COUNTERS``.
    """
    how = COUNTERS[counter]
    number = int(figures)
    if number in how.whole:
        return how.whole[number]
    said = _with_last_digit(cardinal(figures), number, how)
    tail = how.sound
    if _takes_third(said, how):
        return f"{said} {how.third}"
    if how.stops:
        stopped = _stopped(said, "六" if how.stops in {"h", "k"} else "")
        if stopped != said:
            return stopped + (how.second or tail)
    return f"{said}{'' if how.joins(number) else ' '}{tail}"


def _takes_third(said: str, how: Counter) -> bool:
    last = said.rsplit(" ", 1)[-1]
    return bool(how.third) and (
        last in {"サン", "セン", "マン", "サンゼン"}
        or (how.stops == "h" and how.third == how.second and last == "ヨン")
    )


def _with_last_digit(said: str, number: int, how: Counter) -> str:
    """Say the last figure as the counter wants it: 4時 is ヨジ."""
    wanted = how.digits.get(number % 10)
    usual = DIGITS[number % 10]
    return said.removesuffix(usual) + wanted if wanted and said.endswith(usual) else said


_KANJI_GROUP = re.compile(
    r"(?:[一二三四五六七八九]?千)?(?:[一二三四五六七八九]?百)?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?"
)


def kanji_value(written: str) -> str:
    """Return the figures of a number in kanji, by powers (``千九百八十``) or by figures (``二〇二四``).

    "" where it is neither.
    """
    if all(char in _KANJI_DIGITS for char in written):
        return "".join(str(_KANJI_DIGITS[char]) for char in written)
    total = 0
    last = 10**20
    for part in re.findall(r"[^万億兆京]*[万億兆京]|[^万億兆京]+$", written):
        power = _KANJI_MYRIADS.get(part[-1], 1)
        group = part[:-1] if power > 1 else part
        if power >= last or not _KANJI_GROUP.fullmatch(group) or (power > 1 and not group):
            return ""
        last = power
        total += (_group_value(group) or 1) * power
    return str(total)


def _group_value(group: str) -> int:
    total = 0
    digit = 0
    for char in group:
        if char in _KANJI_POWERS:
            total += (digit or 1) * _KANJI_POWERS[char]
            digit = 0
        else:
            digit = _KANJI_DIGITS[char]
    return total + digit


def said_words() -> frozenset[str]:
    """Return every word that a number, alone or with what it counts, is said with."""
    numerals = [
        *DIGITS,
        *_TENS,
        *_HUNDREDS,
        *_THOUSANDS,
        *_MYRIADS,
        "イッセン",
        "サンマン",
        "センマン",
        "レー",
        "テン",
    ]
    words = {word for numeral in numerals for word in numeral.split()} | {
        "ブン",
        "タイ",
        "ヨ",
        "シチ",
        "ク",
        "シ",
    }
    stopped = {_stopped(word, "六") for word in words} - words
    for how in COUNTERS.values():
        words |= {how.sound, how.second or how.sound, how.third or how.sound}
        words |= {start + (how.second or how.sound) for start in stopped if how.stops}
        words |= {DIGITS[digit] + how.sound for digit in how.joined}
        words |= {word for whole in how.whole.values() for word in whole.split()}
    return frozenset(words | {start + "テン" for start in stopped} | {start + "チョー" for start in stopped})
