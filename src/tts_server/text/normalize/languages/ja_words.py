"""The tables of Japanese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

UNITS = {
    "percent": Noun("パーセント", "パーセント"),
    "kilogram": Noun("キログラム", "キログラム"),
    "kilometer": Noun("キロメートル", "キロメートル"),
    "celsius": Noun("度", "度"),
}
CURRENCIES = {
    "JPY": Currency(Noun("円", "円")),
    "USD": Currency(Noun("ドル", "ドル")),
    "EUR": Currency(Noun("ユーロ", "ユーロ")),
}
SIGNS = {
    "+": "プラス",
    "-": "マイナス",
    "=": "イコール",
    "×": "かける",
    "÷": "わる",
    "<": "小なり",
    ">": "大なり",
}
SIGNS |= {"≤": "以下", "≥": "以上", "≈": "約", "±": "プラスマイナス", "≠": "ノットイコール"}
PREFIXES = {
    "-": "マイナス",
    "+": "プラス",
    "±": "プラスマイナス",
    "<": "未満",
    ">": "超",
    "≤": "以下",
    "≥": "以上",
    "≈": "約",
    "√": "ルート",
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
    to="から",
    per="每",
    of="",
    cents="",
    squared="の二乗",
    cubed="の三乗",
    to_the_power="の累乗",
    plus="プラス",
    zero="ゼロ",
    number_sign="番号",
    section_sign="第",
    address=AddressWords("点", "アット", "スラッシュ", "ハイフン", "アンダーバー"),
    and_sign="アンド",
)
