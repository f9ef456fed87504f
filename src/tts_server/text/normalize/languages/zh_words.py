"""The tables of Chinese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

UNITS = {
    "percent": Noun("%", "%"),
    "kilogram": Noun("千克", "千克"),
    "kilometer": Noun("千米", "千米"),
    "celsius": Noun("摄氏度", "摄氏度"),
}
CURRENCIES = {
    "CNY": Currency(Noun("元", "元")),
    "JPY": Currency(Noun("元", "元")),
    "USD": Currency(Noun("美元", "美元")),
    "EUR": Currency(Noun("欧元", "欧元")),
}
SIGNS = {"+": "加", "-": "减", "=": "等于", "×": "乘", "÷": "除以", "<": "小于", ">": "大于"}
SIGNS |= {"≤": "小于等于", "≥": "大于等于", "≈": "约等于", "±": "正负", "≠": "不等于"}
PREFIXES = {
    "-": "负",
    "+": "正",
    "±": "正负",
    "<": "小于",
    ">": "大于",
    "≤": "不超过",
    "≥": "至少",
    "≈": "约",
    "√": "根号",
}

NOTATION = Notation(
    decimal=".",
    date_order="ymd",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES},
    units={sign: key for sign, key in signs.UNITS.items() if key in UNITS},
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=tuple(f"{month}月" for month in range(1, 13)),
    point="点",
    to="到",
    per="每",
    of="",
    cents="",
    squared="的平方",
    cubed="的立方",
    to_the_power="的次方",
    plus="加",
    zero="零",
    number_sign="号",
    section_sign="第",
    address=AddressWords("点", "艾特", "斜杠", "杠", "下划线"),
    and_sign="和",
)
