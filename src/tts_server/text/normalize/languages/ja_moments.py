"""Japanese rules for moments, scores and ranges with dashes. Pure."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.ja_counters import COUNTERS
from tts_server.text.normalize.languages.ja_numbers import cardinal, counted, decimal
from tts_server.text.normalize.recognize.common import any_of

_HALF_FIRST = re.compile(
    r"(?<![A-Za-z])(?P<half>[AaPp]\.?[Mm]\.?) ?(?P<hour>1[0-2]|0?\d)"
    r"(?::(?P<minute>[0-5]\d)|(?P<word>時半?))(?![\d:間])"
)
_ERA = re.compile(
    r"(?<![A-Za-z\d])(?P<era>[RHS])(?P<year>[1-9]\d?)[./](?P<month>1[0-2]|0?[1-9])[./]"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?![\d./])"
)
_ERAS = {"R": "令和", "H": "平成", "S": "昭和"}
_DAYS_OF_MONTH = re.compile(
    r"(?<=月)(?P<low>[12]\d|3[01]|[1-9])(?P<dash> ?[-—~〜] ?)(?P<high>[12]\d|3[01]|[1-9])日(?!間)"
)
_COUNTED = any_of(name for name in COUNTERS if name[0] not in "万億兆ヶ")
_BETWEEN = re.compile(
    rf"(?<![\d.,-])(?P<low>\d{{1,6}})(?P<counter1>{_COUNTED})(?P<dash> ?[-—] ?)"
    rf"(?P<high>\d{{1,6}})(?P<counter2>{_COUNTED})"
)
_SCORE = re.compile(
    r"(?<![\d.,-])(?P<low>\d{1,2})[-—](?P<high>\d{1,2})"
    r"(?=[でのと]?(?:[快辛大圧完]?勝|[惜大完]?敗|負|引き分け|リード|同点|下し))"
    r"|(?:(?<=スコアは)|(?<=スコア))(?P<a>\d{1,2})[-—](?P<b>\d{1,2})(?![\d-])"
)
_POLICE = re.compile(r"(?<![\d.,])110番(?![地号線目])")
_SHORT_TIME = re.compile(
    r"(?<![A-Za-z\d.,:/-])(?<![A-Za-z] )(?P<whole>\d{1,4})(?:\.(?P<decimals>\d{1,3}))? ?(?P<unit>[hs])"
    r"(?![A-Za-z\d'/.-]| ?\d)"
)
_TIMES = {"h": "時間", "s": "秒"}
_MINUTES_OF_ARC = re.compile(
    r"(?<![\d.])(?P<degrees>\d{1,3})°(?P<minutes>[0-5]?\d)['′](?:(?P<seconds>[0-5]?\d)[\"″])?"
)

_PARTS_OF_TEN = re.compile(r"(?<=割)(?P<parts>[1-9])分(?!間)")
_CLASS = re.compile(r"(?<=年)(?P<number>\d{1,2})組")
_BELOW = re.compile(r"(?<![A-Za-z\d])B(?P<number>\d)(?:階|F(?![A-Za-z\d]))")
_PRESSURE = re.compile(
    r"(?:(?<=血圧)|(?<=血圧[はが： :]))(?P<high>\d{2,3})/(?P<low>\d{2,3})(?: ?mmHg)?(?![\d/A-Za-z])"
    r"|(?<![\d/.A-Za-z])(?P<high2>\d{2,3})/(?P<low2>\d{2,3}) ?mmHg(?![A-Za-z])"
)
_MORE = re.compile(r"(?<=[\d万億千百])\+(?![\d+=A-Za-z( ])")


def say_moments(draft: Draft) -> None:
    """Say halves of the day before the hour, eras in letters, days of one month, and short times."""
    draft.apply(_HALF_FIRST, _half_first)
    draft.apply(_ERA, _era)
    draft.apply(
        _DAYS_OF_MONTH, lambda match: f" {counted(match['low'], '日')} から {counted(match['high'], '日')} "
    )
    draft.apply(_POLICE, lambda _: " ヒャクトーバン ")
    draft.apply(_SHORT_TIME, _short_time)
    draft.apply(_MINUTES_OF_ARC, _minutes_of_arc)


def say_scores(draft: Draft) -> None:
    """Say scores, what a number is by its neighbours, and dashes between two that are counted."""
    draft.apply(_SCORE, _score)
    draft.apply(_PARTS_OF_TEN, lambda match: f" {cardinal(match['parts'])} ブ ")
    draft.apply(_CLASS, lambda match: f" {cardinal(match['number'])} クミ ")
    draft.apply(_BELOW, lambda match: f" 地下 {counted(match['number'], '階')} ")
    draft.apply(_PRESSURE, _pressure)
    draft.apply(_MORE, lambda _: " プラス ")
    for match in _BETWEEN.finditer(draft.text):
        draft.put(
            [
                (match.start(), match.start("dash"), f" {counted(match['low'], match['counter1'])} "),
                (*match.span("dash"), "から"),
                (match.start("high"), match.end(), f" {counted(match['high'], match['counter2'])} "),
            ]
        )


def _half_first(match: re.Match[str]) -> str:
    half = "午前" if match["half"][0] in "Aa" else "午後"
    if match["word"]:
        return f" {half} {counted(match['hour'], match['word'])} "
    minute = f" {counted(match['minute'], '分')}" if int(match["minute"]) else ""
    return f" {half} {counted(match['hour'], '時')}{minute} "


def _era(match: re.Match[str]) -> str:
    day = " ".join(counted(str(int(match[part])), name) for part, name in (("month", "月"), ("day", "日")))
    return f" {_ERAS[match['era']]} {counted(match['year'], '年')} {day} "


def _short_time(match: re.Match[str]) -> str:
    name = _TIMES[match["unit"]]
    if match["decimals"]:
        return f" {decimal(match['whole'], match['decimals'])} {COUNTERS[name].sound} "
    return f" {counted(match['whole'], name)} "


def _minutes_of_arc(match: re.Match[str]) -> str:
    seconds = f" {counted(match['seconds'], '秒')}" if match["seconds"] else ""
    return f" {counted(match['degrees'], '度')} {counted(match['minutes'], '分')}{seconds} "


def _score(match: re.Match[str]) -> str:
    low, high = (match["low"], match["high"]) if match["low"] else (match["a"], match["b"])
    return f" {cardinal(low)} タイ {cardinal(high)} "


def _pressure(match: re.Match[str]) -> str:
    high, low = match["high"] or match["high2"], match["low"] or match["low2"]
    unit = " ミリメートルエイチジー" if match[0].endswith("mmHg") else ""
    return f" {cardinal(high)}、{cardinal(low)}{unit} "
