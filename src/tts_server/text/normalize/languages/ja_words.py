"""The tables of Japanese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.cldr.ja import JA
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

# Units that CLDR calls otherwise than people do, or not at all.
_UNITS = {
    "percent": "パーセント",
    "permille": "パーミル",
    "celsius": "度",
    "celsius-degree": "度",
    "fahrenheit": "度",
    "degree": "度",
    "cubic-kilometer": "立方キロメートル",
    "kilovolt": "キロボルト",
    "megawatt-hour": "メガワットアワー",
    "kilowatt-hour": "キロワットアワー",
    "watt-hour": "ワットアワー",
    "milliampere-hour": "ミリアンペアアワー",
    "kiloohm": "キロオーム",
    "decibel": "デシベル",
    "square-millimeter": "平方ミリメートル",
    "kibibyte": "キビバイト",
    "mebibyte": "メビバイト",
    "gibibyte": "ギビバイト",
    "byte-per-second": "バイト毎秒",
    "kilobit-per-second": "キロビーピーエス",
    "megabit-per-second": "メガビーピーエス",
    "gigabit-per-second": "ギガビーピーエス",
    "megabyte-per-second": "メガバイト毎秒",
    "gigabyte-per-second": "ギガバイト毎秒",
}
_SAID = {
    key: name.other.removeprefix("{0}").strip()
    for key, name in JA.units.items()
    if name.other.startswith("{0}")
}
UNITS = {key: Noun(said, said) for key, said in (_SAID | _UNITS).items()}
AROUND = {
    key: tuple(part.strip() for part in JA.units[key].other.split("{0}"))
    for key in ("kilometer-per-hour", "meter-per-second", "mile-per-hour")
} | {"fahrenheit": ("華氏", "度")}
"""Units with a word before the number too: 時速60キロメートル."""

UNITS |= {key: Noun(behind, behind) for key, (_, behind) in AROUND.items()}
UNIT_SIGNS = {sign: key for sign, key in signs.UNITS.items() if key in UNITS} | {
    "KG": "kilogram",
    "Kg": "kilogram",
    "KM": "kilometer",
    "CM": "centimeter",
    "MM": "millimeter",
    "ML": "milliliter",
    "cc": "cubic-centimeter",
    "mph": "mile-per-hour",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "ft": "foot",
}

_CURRENCIES = {
    "JPY": "円",
    "USD": "ドル",
    "GBP": "ポンド",
    "CNY": "人民元",
    "KRW": "ウォン",
    "INR": "ルピー",
    "RUB": "ルーブル",
    "TRY": "リラ",
    "VND": "ドン",
    "BRL": "レアル",
    "MXN": "メキシコペソ",
    "THB": "バーツ",
    "PHP": "ペソ",
    "CHF": "スイスフラン",
    "CAD": "カナダドル",
    "AUD": "オーストラリアドル",
    "ILS": "シェケル",
    "UAH": "フリヴニャ",
    "BTC": "ビットコイン",
}
_CENTS = {"USD": "セント", "EUR": "セント", "CAD": "セント", "AUD": "セント", "GBP": "ペンス"}
_NAMES = {code: currency.other for code, currency in JA.currencies.items()} | _CURRENCIES
CURRENCIES = {
    code: Currency(Noun(name, name), Noun(_CENTS[code], _CENTS[code]) if code in _CENTS else None)
    for code, name in _NAMES.items()
}
CURRENCY_SIGNS = {sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES} | {
    "JP¥": "JPY",
    "NT$": "TWD",
    "TWD": "TWD",
}

SIGNS = {
    "+": "プラス",
    "-": "マイナス",
    "=": "イコール",
    "×": "かける",
    "÷": "わる",
    "<": "ショーナリ",
    ">": "ダイナリ",
    "≤": "ショーナリ イコール",
    "≥": "ダイナリ イコール",
    "≈": "ニアリーイコール",
    "±": "プラスマイナス",
    "≠": "ノットイコール",
}
PREFIXES = {
    "-": "マイナス",
    "+": "プラス",
    "±": "プラスマイナス",
    "<": "",
    ">": "",
    "≤": "",
    "≥": "",
    "≈": "約",
    "√": "ルート",
}
COMPARED = {"<": "未満", ">": "超", "≤": "以下", "≥": "以上"}
"""Signs before a number that are said behind it, and behind what it counts."""

NOTATION = Notation(
    decimal=".",
    date_order="ymd",
    currencies=CURRENCY_SIGNS,
    units=UNIT_SIGNS,
    money_scales={"K": "千", "k": "千", "M": "百万", "B": "十億", "T": "兆"},
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
        r"0[5789]0[ -]?\d{4}[ -]?\d{4}",
        r"\(?0\d{1,4}\)?[ -]?\d{1,4}-\d{3,4}",
        r"0\d{1,4}\(\d{1,4}\)\d{4}",
        r"0120[ -]\d{3}[ -]\d{3}",
    ),
    range_marks="-—~〜",
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=JA.months,
    point="テン",
    to="から",
    per="毎",
    of="",
    cents="",
    squared="の ニジョー",
    cubed="の サンジョー",
    to_the_power="ジョー",
    plus="プラス",
    zero="ゼロ",
    number_sign="ナンバー",
    section_sign="セクション",
    address=AddressWords(
        *"ドット アットマーク スラッシュ ハイフン アンダーバー コロン プラス バックスラッシュ チルダ".split()
    ),
    and_sign="アンド",
    names_cents=True,
)

PER = {
    "時間": "イチ ジカン",
    "時": "イチ ジカン",
    "h": "イチ ジカン",
    "hour": "イチ ジカン",
    "日": "イチニチ",
    "泊": "イッパク",
    "月": "イッカゲツ",
    "年": "イチ ネン",
    "週": "イッシューカン",
    "回": "イッカイ",
    "分": "イップン",
    "秒": "イチ ビョー",
    "食": "イッショク",
    "名": "イチ メー",
    "箱": "ヒトハコ",
    "冊": "イッサツ",
    "組": "ヒトクミ",
    "km": "イチ キロメートル",
    "m": "イチ メートル",
    "人": "ヒトリ",
    "個": "イッコ",
    "本": "イッポン",
    "枚": "イチ マイ",
    "kg": "イチ キログラム",
}
"""What money is divided by, to one of it."""

_IN_NAMES = """
2D=ツーディー 3D=スリーディー 4D=フォーディー 2G=ツージー 3G=スリージー 4G=フォージー 5G=ファイブジー
6G=シックスジー 2K=ニケー 4K=ヨンケー 8K=ハチケー MP3=エムピースリー MP4=エムピーフォー Web3=ウェブスリー
PS4=ピーエスフォー PS5=ピーエスファイブ H2O=エイチツーオー CO2=シーオーツー B2B=ビートゥービー
B2C=ビートゥーシー C2C=シートゥーシー O2O=オーツーオー P2P=ピーツーピー F1=エフワン J1=ジェーワン
No.1=ナンバーワン S3=エススリー EC2=イーシーツー C++=シープラスプラス C#=シーシャープ F#=エフシャープ
CO₂=シーオーツー H₂O=エイチツーオー GPT-4o=ジーピーティーフォーオー
50/50=フィフティーフィフティー Wi-Fi6=ワイファイシックス GPT-3=ジーピーティースリー
GPT-4=ジーピーティーフォー GPT-5=ジーピーティーファイブ
"""
NAMES = dict(entry.split("=") for entry in _IN_NAMES.split())
"""Names whose figure has its English name."""

_GREEK = """
α=アルファ β=ベータ γ=ガンマ δ=デルタ ε=イプシロン ζ=ゼータ η=イータ θ=シータ ι=イオタ κ=カッパ λ=ラムダ
μ=ミュー ν=ニュー ξ=クサイ π=パイ ρ=ロー σ=シグマ τ=タウ φ=ファイ χ=カイ ψ=プサイ ω=オメガ Γ=ガンマ
Δ=デルタ Θ=シータ Λ=ラムダ Π=パイ Σ=シグマ Φ=ファイ Ψ=プサイ Ω=オメガ
"""
GREEK = dict(entry.split("=") for entry in _GREEK.split())
"""Greek letters and what they are called."""

WEEKDAYS = dict(
    zip("月火水木金土日", "ゲツヨー カヨー スイヨー モクヨー キンヨー ドヨー ニチヨー".split(), strict=True)
)

DAYS = dict(zip("月火水木金土日", "ゲツ カ スイ モク キン ド ニチ".split(), strict=True))
"""Days of the week in short."""

MISREAD = {
    "さんびゃく": "サンビャク",
    "ろっぴゃく": "ロッピャク",
    "はっぴゃく": "ハッピャク",
    "はっせん": "ハッセン",
}
"""Words in hiragana that the analyser takes apart wrongly."""
