"""Chinese rules for numbers that what stands beside them makes something else. Pure."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.zh_numbers import cardinal, decimal, one_by_one
from tts_server.text.normalize.languages.zh_words import UNIT_SIGNS, UNITS
from tts_server.text.normalize.recognize.common import any_of

_HAN = r"\u4e00-\u9fff"
_SEASON = re.compile(r"(?<!\d)(?P<first>(?:19|20)\d\d)[/-](?P<next>\d\d)(?=赛季|学年|财年)")
_EXTENSION = re.compile(r"(?<=\d)转(?P<code>\d{2,5})(?!\d)")
_HEIGHT = re.compile(r"(?<=\d米)(?P<rest>\d\d)(?![\d.米厘秒分次个人时])")
_MORE = re.compile(r"(?<=[\d万亿千百%w])\+(?![\d+=A-Za-z(])")
_TEN_THOUSANDS = re.compile(
    r"(?<![A-Za-z\d.])(?P<whole>\d{1,4})(?:\.(?P<decimals>\d{1,2}))?w(?=\+|[人粉元块个次阅播点用])"
)
_PERCENT = re.compile(r"(?<![\d.,A-Za-z-])(?P<whole>\d{1,4})(?:\.(?P<decimals>\d{1,4}))?%(?=[A-Za-z])")
_UNIT = any_of(sign for sign in UNIT_SIGNS if sign not in "%‰")
_IN_UNITS = re.compile(
    rf"(?<![A-Za-z\d.,/-])(?P<whole>\d{{1,6}})(?:\.(?P<decimals>\d{{1,4}}))? ?"
    rf"(?P<unit>{_UNIT})(?P<slash>/)(?=(?P<next>[\d{_HAN}]))"
)
_PRESSURE = re.compile(
    r"(?:(?<=血压)|(?<=血压[为是：: ]))(?P<high>\d{2,3})/(?P<low>\d{2,3})(?: ?mmHg)?(?![\d/A-Za-z])"
    r"|(?<![\d/.A-Za-z])(?P<high2>\d{2,3})/(?P<low2>\d{2,3}) ?mmHg(?![A-Za-z])"
)
_PLATE = re.compile(
    r"(?<=[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])·(?P<code>[A-Z\d]{5,6})(?![A-Z\d])"
)
_TITLE = re.compile(r"(?<=《)(?P<year>[12]\d{3})(?=》)")
_GROUPED = re.compile(r"(?<![\d.,])(?P<number>\d{1,3}(?:,\d{3}){1,4})(?=[A-Za-z])")


def say_beside(draft: Draft) -> None:
    """Say what words and signs beside a number make of it."""
    draft.apply(_SEASON, lambda match: f"{one_by_one(match['first'])}到{one_by_one(match['next'])}")
    for match in _EXTENSION.finditer(draft.text):
        draft.put([(*match.span("code"), one_by_one(match["code"]))])
    draft.apply(_HEIGHT, lambda match: one_by_one(match["rest"]))
    draft.apply(_TEN_THOUSANDS, lambda match: f"{decimal(match['whole'], match['decimals'] or '')}万")
    draft.apply(_MORE, lambda _: "加")
    draft.apply(_PERCENT, lambda match: f"百分之{decimal(match['whole'], match['decimals'] or '')}")
    draft.apply(_PRESSURE, _pressure)
    draft.apply(_IN_UNITS, _in_units)
    draft.apply(_PLATE, lambda match: "".join(one_by_one(c) if c.isdigit() else c for c in match["code"]))
    draft.apply(_TITLE, lambda match: one_by_one(match["year"]))


def say_grouped(draft: Draft) -> None:
    """Say thousands before letters that are no sign of a unit."""
    draft.apply(_GROUPED, lambda match: cardinal(match["number"].replace(",", "")))


def _in_units(match: re.Match[str]) -> str:
    name = UNITS[UNIT_SIGNS[match["unit"]]].many
    behind = "，" if match["next"].isascii() else "每"
    return f"{decimal(match['whole'], match['decimals'] or '')}{name}{behind}"


def _pressure(match: re.Match[str]) -> str:
    high, low = match["high"] or match["high2"], match["low"] or match["low2"]
    unit = "毫米汞柱" if match[0].endswith("mmHg") else ""
    return f"{cardinal(high)}，{cardinal(low)}{unit}"
