"""The tables of Chinese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.cldr.zh import ZH
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

# Units that CLDR calls otherwise than people do; letters are said as they are written.
_UNITS = {
    "generic": "度",
    "second": "秒",
    "day": "天",
    "tonne": "吨",
    "kilogram": "公斤",
    "kilometer-per-hour": "公里每小时",
    "mile-per-hour": "英里每小时",
    "meter-per-second": "米每秒",
    "meter-per-square-second": "米每二次方秒",
    "cubic-kilometer": "立方公里",
    "watt": "瓦",
    "volt": "伏",
    "pascal": "帕",
    "hectopascal": "百帕",
    "kilopascal": "千帕",
    "kilovolt": "千伏",
    "megawatt-hour": "兆瓦时",
    "watt-hour": "瓦时",
    "milliampere-hour": "毫安时",
    "kiloohm": "千欧",
    "decibel": "分贝",
    "square-millimeter": "平方毫米",
}
_LETTERS = {
    "kilobyte": "KB",
    "megabyte": "MB",
    "gigabyte": "GB",
    "terabyte": "TB",
    "petabyte": "PB",
    "kibibyte": "KiB",
    "mebibyte": "MiB",
    "gibibyte": "GiB",
    "gigahertz": "GHz",
    "kilobit-per-second": "kbps",
    "megabit-per-second": "Mbps",
    "gigabit-per-second": "Gbps",
    "megabyte-per-second": "MB每秒",
    "gigabyte-per-second": "GB每秒",
    "byte-per-second": "字节每秒",
}
_SAID = {key: name.other.replace("{0}", "") for key, name in ZH.units.items() if name.other.startswith("{0}")}
UNITS = {key: Noun(said, said) for key, said in {**_SAID, **_UNITS, **_LETTERS}.items()}
UNIT_SIGNS = {sign: key for sign, key in signs.UNITS.items() if key in UNITS} | {
    "KG": "kilogram",
    "Kg": "kilogram",
    "KM": "kilometer",
    "CM": "centimeter",
    "MM": "millimeter",
    "ML": "milliliter",
    "Km/h": "kilometer-per-hour",
    "KM/H": "kilometer-per-hour",
    "KWh": "kilowatt-hour",
    "mph": "mile-per-hour",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "ft": "foot",
}

_CURRENCIES = {
    "CNY": "元",
    "INR": "卢比",
    "RUB": "卢布",
    "TRY": "里拉",
    "BRL": "雷亚尔",
    "MXN": "墨西哥比索",
    "CAD": "加元",
    "AUD": "澳元",
    "NZD": "新西兰元",
    "SGD": "新加坡元",
    "ILS": "谢克尔",
    "UAH": "格里夫纳",
    "BTC": "比特币",
}
_NAMES = {code: currency.other for code, currency in ZH.currencies.items()} | _CURRENCIES
CURRENCIES = {code: Currency(Noun(name, name)) for code, name in _NAMES.items()}
CURRENCY_SIGNS = {sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES} | {
    "¥": "CNY",
    "JP¥": "JPY",
    "NT$": "TWD",
    "TWD": "TWD",
}

SIGNS = {
    "+": "加",
    "-": "减",
    "=": "等于",
    "×": "乘",
    "÷": "除以",
    "<": "小于",
    ">": "大于",
    "≤": "小于等于",
    "≥": "大于等于",
    "≈": "约等于",
    "±": "正负",
    "≠": "不等于",
}
PREFIXES = {
    "-": "负",
    "+": "正",
    "±": "正负",
    "<": "小于",
    ">": "大于",
    "≤": "小于等于",
    "≥": "大于等于",
    "≈": "约",
    "√": "根号",
}

NOTATION = Notation(
    decimal=".",
    date_order="ymd",
    currencies=CURRENCY_SIGNS,
    units=UNIT_SIGNS,
    scales={
        "万": "万",
        "亿": "亿",
        "千": "千",
        "百万": "百万",
        "千万": "千万",
        "百亿": "百亿",
        "千亿": "千亿",
        "万亿": "万亿",
    },
    money_scales={"K": "千", "k": "千", "M": "百万", "B": "十亿", "T": "万亿"},
    has_halves=True,
    durations={
        "h": "hour",
        "hr": "hour",
        "m": "minute",
        "min": "minute",
        "s": "second",
        "sec": "second",
        "d": "day",
    },
    telephones=(
        r"\(0\d{2,3}\) ?\d{3,4}[ -]?\d{4}",
        r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}",
        r"\(?0\d{2,3}\)?[ -]\d{3,4}[ -]?\d{4}",
        r"[48]00[ -]?\d{3}[ -]?\d{4}",
    ),
    range_marks="-—~〜",
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=ZH.months,
    point="点",
    to="到",
    per="每",
    of="",
    cents="",
    squared="的平方",
    cubed="的立方",
    to_the_power="次方",
    plus="加",
    zero="零",
    number_sign="第",
    section_sign="第",
    address=AddressWords("点", "艾特", "斜杠", "杠", "下划线", "冒号", "加", "反斜杠", "波浪号"),
    and_sign="和",
)

COUNTED_WITH_LIANG = frozenset(
    "个只条张本件位名人天周年小分秒次遍回倍种台辆家间座把支瓶杯碗块元角毛美欧英岁公千厘毫米升吨斤层段句篇页首幅套双对副份项门类样款场部"
    "集万亿里尺头匹棵朵片颗粒根串束盒包袋箱桶罐壶盘餐顿枚栋幢处所步点刻季代组批轮圈勺滴盏束艘架户口群克平立磅码笔夜晚室厅卧卫封席位"
)
"""What stands behind a number where two of it are 两; elsewhere, and in an order, two is 二."""

_GREEK = """
α=阿尔法 β=贝塔 γ=伽马 δ=德尔塔 ε=艾普西隆 ζ=泽塔 η=伊塔 θ=西塔 λ=兰姆达 μ=缪 ξ=克西 π=派 ρ=柔 σ=西格马 τ=陶
φ=斐 χ=希 ψ=普西 ω=欧米伽 Γ=伽马 Δ=德尔塔 Θ=西塔 Λ=兰姆达 Π=派 Σ=西格马 Φ=斐 Ψ=普西 Ω=欧米伽
"""
GREEK = dict(entry.split("=") for entry in _GREEK.split())
"""Greek letters and what they are called."""
