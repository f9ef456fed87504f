"""The tables of Hindi. Pure data; the names of units are CLDR's where nobody says a shorter one."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.cldr.hi import HI
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = HI.months
SPELLED_MONTHS = {name: number for number, name in enumerate(MONTHS, start=1)} | {
    "फरवरी": 2,
    "अक्तूबर": 10,
    "सितम्बर": 9,
    "नवम्बर": 11,
    "दिसम्बर": 12,
}
SHORT_MONTHS = {
    "जन": 1,
    "फ़र": 2,
    "फर": 2,
    "अप्रै": 4,
    "जुल": 7,
    "जुला": 7,
    "अग": 8,
    "सित": 9,
    "अक्टू": 10,
    "अक्तू": 10,
    "नव": 11,
    "दिस": 12,
}
"""With a stop behind them; without one they are words: people, new."""
WEEKDAYS = {name.removesuffix("वार"): name for name in HI.weekdays} | {"बृहस्पति": "बृहस्पतिवार"}


def _same(name: str) -> Noun:
    return Noun(name, name)


def _unit(key: str) -> Noun:
    name = HI.units[key]
    one, many = (pattern.removeprefix("{0} ") for pattern in (name.one, name.other))
    return Noun(one, many, "f" if name.gender == "feminine" else "m")


UNITS = {key: _unit(key) for key in {*signs.UNITS.values()} & HI.units.keys()} | {
    **{key: _unit(key) for key in ("day", "week", "month", "hour", "minute", "second", "mile", "ounce")},
    **{key: _unit(key) for key in ("gallon", "mile-per-hour", "acre", "megapixel", "inch", "square-inch")},
    "year": _same("साल"),
    "foot": Noun("फ़ुट", "फ़ीट"),
    "square-foot": _same("वर्ग फ़ुट"),
    "square-millimeter": _same("वर्ग मिलीमीटर"),
    "pound": _same("पाउंड"),
    "tonne": _same("टन"),
    "quintal": _same("क्विंटल"),
    "kilo": _same("किलो"),
    "degree": _same("डिग्री"),
    "celsius": _same("डिग्री"),
    "fahrenheit": _same("डिग्री फ़ारेनहाइट"),
    "kilobyte": _same("केबी"),
    "megabyte": _same("एमबी"),
    "gigabyte": _same("जीबी"),
    "terabyte": _same("टीबी"),
    "kilobit-per-second": _same("केबीपीएस"),
    "megabit-per-second": _same("एमबीपीएस"),
    "gigabit-per-second": _same("जीबीपीएस"),
    "byte-per-second": _same("बाइट प्रति सेकंड"),
    "megabyte-per-second": _same("एमबी प्रति सेकंड"),
    "gigabyte-per-second": _same("जीबी प्रति सेकंड"),
    "watt-hour": _same("वॉट घंटे"),
    "megawatt-hour": _same("मेगावॉट घंटे"),
    "milliampere-hour": _same("एमएएच"),
    "milliampere": _same("मिली एम्पीयर"),
    "kilovolt": _same("किलोवोल्ट"),
    "kiloohm": _same("किलो ओम"),
    "decibel": _same("डेसिबल"),
    "kilocalorie": _same("किलो कैलोरी"),
    "square-yard": _same("वर्ग गज"),
}

_CENT = _same("सेंट")


def _dollars(country: str) -> Currency:
    return Currency(_same(f"{country} डॉलर"), _CENT)


CURRENCIES = {
    "INR": Currency(Noun("रुपया", "रुपये"), Noun("पैसा", "पैसे")),
    "USD": Currency(_same("डॉलर"), _CENT),
    "EUR": Currency(_same("यूरो"), _CENT),
    "GBP": Currency(_same("पाउंड"), Noun("पेनी", "पेंस")),
    "JPY": Currency(_same("येन")),
    "CNY": Currency(_same("युआन")),
    "KRW": Currency(_same("वॉन")),
    "RUB": Currency(_same("रूबल"), _same("कोपेक")),
    "TRY": Currency(_same("लीरा")),
    "VND": Currency(_same("डोंग")),
    "BRL": Currency(_same("ब्राज़ीली रियाल")),
    "MXN": Currency(_same("मैक्सिकन पेसो")),
    "ARS": Currency(_same("अर्जेंटीनी पेसो")),
    "CLP": Currency(_same("चिली पेसो")),
    "COP": Currency(_same("कोलंबियाई पेसो")),
    "CAD": _dollars("कनाडाई"),
    "AUD": _dollars("ऑस्ट्रेलियाई"),
    "NZD": _dollars("न्यूज़ीलैंड"),
    "HKD": _dollars("हाँगकाँग"),
    "SGD": _dollars("सिंगापुर"),
    "CHF": Currency(_same("स्विस फ़्रैंक")),
    "SEK": Currency(_same("स्वीडिश क्रोना")),
    "NOK": Currency(_same("नॉर्वेजियन क्रोन")),
    "DKK": Currency(_same("डैनिश क्रोन")),
    "PLN": Currency(_same("ज़्लॉटी")),
    "CZK": Currency(_same("चेक कोरुना")),
    "HUF": Currency(_same("फ़ोरिंट")),
    "ILS": Currency(_same("शेकेल")),
    "THB": Currency(_same("बात")),
    "PHP": Currency(_same("फ़िलिपीनी पेसो")),
    "UAH": Currency(_same("रिव्निया")),
    "ZAR": Currency(_same("रैंड")),
    "AED": Currency(_same("दिरहम")),
    "SAR": Currency(_same("रियाल")),
    "NPR": Currency(_same("नेपाली रुपये"), _same("पैसे")),
    "PKR": Currency(_same("पाकिस्तानी रुपये"), _same("पैसे")),
    "BDT": Currency(_same("टका")),
    "BTC": Currency(_same("बिटकॉइन")),
}
_CURRENCY_SIGNS = (
    *("रु.", "रु॰", "रु", "रू.", "रू॰", "रू", "Rs.", "Rs", "RS.", "RS"),
    *("Re.", "Re"),
)
UNIT_SIGNS = {sign: key for sign, key in signs.UNITS.items() if key in UNITS} | {
    "kg": "kilo",
    "Kg": "kilo",
    "KG": "kilo",
    "Km": "kilometer",
    "KM": "kilometer",
    "kmph": "kilometer-per-hour",
    "km/hr": "kilometer-per-hour",
    "gm": "gram",
    "ltr": "liter",
    "ft": "foot",
    "sq ft": "square-foot",
    "sqft": "square-foot",
    "ft²": "square-foot",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "mph": "mile-per-hour",
    "MP": "megapixel",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "mins": "minute",
    "sec": "second",
    "secs": "second",
    "yr": "year",
    "yrs": "year",
    "°से": "celsius",
    "° से": "celsius",
    "°से.": "celsius",
    "°से॰": "celsius",
    "डिग्री से.": "celsius",
}


def _spelled(names: dict[str, str]) -> dict[str, str]:
    """Return short units with each stop that is written behind their parts, and with none."""
    spelled = {}
    for name, key in names.items():
        for stop in (".", "॰"):
            spelled[name.replace("·", stop) + stop] = key
            spelled[name.replace("·", stop)] = key
        spelled[name.replace("·", "")] = key
        spelled[name.replace("·", "") + "."] = key
    return spelled


_LONG_SHORT = {
    "कि·मी": "kilometer",
    "से·मी": "centimeter",
    "मि·मी": "millimeter",
    "मी": "meter",
    "कि·ग्रा": "kilogram",
    "मि·ग्रा": "milligram",
    "ग्रा": "gram",
    "मि·ली": "milliliter",
    "वर्ग मी": "square-meter",
    "व·मी": "square-meter",
    "वर्ग कि·मी": "square-kilometer",
    "वर्ग फु": "square-foot",
    "घन मी": "cubic-meter",
    "घन से·मी": "cubic-centimeter",
    "कि·मी/घंटा": "kilometer-per-hour",
    "कि·मी/घं": "kilometer-per-hour",
    "मी/से": "meter-per-second",
}
# Words of their own without a stop: "took", "from", "mixed".
_WITH_STOP = {"ली": "liter", "घं": "hour", "मि": "minute", "से": "second", "क्विं": "quintal"}
UNIT_SIGNS |= _spelled(_LONG_SHORT) | {
    f"{name}{stop}": key for name, key in _WITH_STOP.items() for stop in ".॰"
}

COMPARED_NOUNS = (
    *"किलोमीटर मीटर सेंटीमीटर किलोग्राम किलो ग्राम लीटर मिलीलीटर प्रतिशत फ़ीसदी फीसदी डिग्री".split(),
    *"मिनट घंटे घंटा घंटों सेकंड दिन दिनों हफ़्ते हफ्ते सप्ताह महीने महीनों साल वर्ष रुपये रुपए डॉलर".split(),
    *"फ़ीट फीट फ़ुट फुट इंच एकड़ लाख करोड़ हज़ार हजार".split(),
)
"""What may stand between a number and "less than", which is said behind it."""

SIGNS = {
    "+": "प्लस",
    "-": "माइनस",
    "=": "बराबर",
    "×": "गुणा",
    "÷": "भाग",
    "<": "लेस दैन",
    ">": "ग्रेटर दैन",
    "≤": "लेस दैन या बराबर",
    "≥": "ग्रेटर दैन या बराबर",
    "≈": "लगभग",
    "±": "प्लस माइनस",
    "≠": "बराबर नहीं",
}
PREFIXES = {
    "-": "माइनस",
    "+": "प्लस",
    "±": "प्लस माइनस",
    "<": "से कम",
    ">": "से ज़्यादा",
    "≤": "ज़्यादा से ज़्यादा",
    "≥": "कम से कम",
    "≈": "लगभग",
    "√": "वर्गमूल",
}
PER = {
    "घंटा": "hour",
    "घंटे": "hour",
    "घं": "hour",
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "मिनट": "minute",
    "min": "minute",
    "दिन": "day",
    "day": "day",
    "हफ़्ता": "week",
    "हफ्ता": "week",
    "week": "week",
    "माह": "month",
    "महीना": "month",
    "महीने": "month",
    "month": "month",
    "mo": "month",
    "साल": "year",
    "वर्ष": "year",
    "year": "year",
    "yr": "year",
    "किलो": "kilo",
    "kg": "kilo",
    "किग्रा": "kilogram",
    "किलोग्राम": "kilogram",
    "क्विंटल": "quintal",
    "लीटर": "liter",
    "l": "liter",
    "L": "liter",
    "किमी": "kilometer",
    "km": "kilometer",
    "वर्ग फ़ुट": "square-foot",
    "वर्ग फुट": "square-foot",
    "sq ft": "square-foot",
    "एकड़": "acre",
}
ABBREVIATIONS = {
    f"{short}{stop}": said
    for stop in (".", "॰")
    for short, said in {
        "डॉ": "डॉक्टर",
        "डा": "डॉक्टर",
        "श्री": "श्री",
        "सुश्री": "सुश्री",
        "कु": "कुमारी",
        "पं": "पंडित",
        "प्रो": "प्रोफ़ेसर",
        "स्व": "स्वर्गीय",
        "ले": "लेफ़्टिनेंट",
        "कै": "कैप्टन",
        "इं": "इंजीनियर",
        "मो": "मोहम्मद",
        "क्र": "क्रमांक",
        "क्र.सं": "क्रम संख्या",
        "सं": "संख्या",
        "नं": "नंबर",
        "पृ": "पृष्ठ",
        "अनु": "अनुच्छेद",
        "वि.सं": "विक्रम संवत",
        "उ.प्र": "उत्तर प्रदेश",
        "म.प्र": "मध्य प्रदेश",
        "आं.प्र": "आंध्र प्रदेश",
        "हि.प्र": "हिमाचल प्रदेश",
        "ई.पू": "ईसा पूर्व",
        "कृ.पृ.उ": "कृपया पृष्ठ उलटें",
        "रु": "रुपये",
        "रू": "रुपये",
    }.items()
} | {"डॉ": "डॉक्टर", "w/": "के साथ"}

SCALE_WORDS = {
    **{word: word for word in "सौ हज़ार हजार लाख करोड़ अरब खरब मिलियन बिलियन ट्रिलियन".split()},
    **{word: word for word in ("लाख करोड़", "हज़ार करोड़", "हजार करोड़")},
    **dict.fromkeys(("lakh", "lakhs", "Lakh", "lac"), "लाख"),
    **dict.fromkeys(("crore", "crores", "Crore", "Cr", "cr", "Cr.", "cr."), "करोड़"),
    "thousand": "हज़ार",
    "million": "मिलियन",
    "billion": "बिलियन",
    "trillion": "ट्रिलियन",
}
"""Words of scale behind a sum, to what is said."""
ORDINAL_ENDINGS = (
    *"ला ली ले रा री रे था थी थे ठा ठी ठे".split(),
    *"वाँ वां वा वीं वी वें वे".split(),
)
ROMAN_BEFORE = frozenset(
    (
        "अध्याय भाग खंड खण्ड टाइप प्रकार चरण फेज़ फेज कक्षा अंक पार्ट वर्ग श्रेणी स्तर लेवल अनुसूची युद्ध विश्वयुद्ध "
        "क्लास वॉर वार चैप्टर वॉल्यूम सेक्शन ग्रेड ग्रुप सेमेस्टर "
        "Class Type War Part Chapter Phase Level Grade Group Stage Section Volume Schedule Semester Unit"
    ).split()
)
ROMAN_AFTER = frozenset("सदी शताब्दी".split())
TELEPHONES = (
    r"\+91[ -]?[6-9]\d{9}",
    r"0?91-[6-9]\d{4}-\d{5}",
    r"[6-9]\d{4}[ -]\d{5}",
    r"[6-9]\d{9}",
    r"0[6-9]\d{4}[ -]\d{5}",
    r"\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}",
    r"1[89][06]0[ -]\d{2,4}[ -]\d{3,6}",
)

NOTATION = Notation(
    decimal=".",
    needs_zero=True,
    books=tuple(
        "उत्पत्ति निर्गमन भजन भजनसंहिता नीतिवचन यशायाह यिर्मयाह मत्ती मरकुस लूका यूहन्ना रोमियों "
        "कुरिन्थियों गलातियों इफिसियों फिलिप्पियों इब्रानियों याकूब पतरस प्रकाशितवाक्य गीता".split()
    ),
    date_order="dmy",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES}
    | dict.fromkeys(_CURRENCY_SIGNS, "INR")
    | {"NPR": "NPR", "PKR": "PKR", "BDT": "BDT", "৳": "BDT"},
    units=UNIT_SIGNS,
    scales={
        "K": "हज़ार",
        "k": "हज़ार",
        "M": "मिलियन",
        "B": "बिलियन",
        "bn": "बिलियन",
        "Cr": "करोड़",
        "cr": "करोड़",
    },
    money_scales={"L": "लाख", "m": "मिलियन", "T": "ट्रिलियन"},
    scale_words=tuple(SCALE_WORDS),
    months=SPELLED_MONTHS,
    has_halves=True,
    durations={
        **dict.fromkeys(("h", "hr", "hrs", "घं.", "घं॰", "घंटे", "घंटा"), "hour"),
        **dict.fromkeys(("m", "min", "mins", "मि.", "मि॰", "मिनट"), "minute"),
        **dict.fromkeys(("s", "sec", "secs", "से.", "से॰", "सेकंड"), "second"),
        "d": "day",
    },
    per=PER,
    telephones=TELEPHONES,
    code_words=frozenset("otp pin pincode code आधार पिन कोड पिनकोड ओटीपी पासवर्ड".split()),
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    point="पॉइंट",
    to="से",
    per="प्रति",
    of="",
    cents=" ",
    squared="का वर्ग",
    cubed="का घन",
    to_the_power="की घात",
    plus="प्लस",
    zero="शून्य",
    number_sign="नंबर",
    section_sign="धारा",
    address=AddressWords(*("डॉट", "ऐट", "स्लैश", "डैश", "अंडरस्कोर", "कोलन", "प्लस", "बैकस्लैश", "टिल्ड", "हैशटैग")),
    abbreviations=ABBREVIATIONS,
    and_sign="और",
    names_cents=True,
    score="",
)
