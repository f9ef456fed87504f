"""The tables of Hindi. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = tuple("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर".split())
UNITS = {
    "kilogram": Noun("किलो", "किलो"),
    "kilometer": Noun("किलोमीटर", "किलोमीटर"),
    "centimeter": Noun("सेंटीमीटर", "सेंटीमीटर"),
    "meter": Noun("मीटर", "मीटर"),
    "gram": Noun("ग्राम", "ग्राम"),
    "kilometer-per-hour": Noun("किलोमीटर प्रति घंटा", "किलोमीटर प्रति घंटा"),
    "celsius": Noun("डिग्री", "डिग्री"),
    "degree": Noun("डिग्री", "डिग्री"),
    "gigabyte": Noun("जीबी", "जीबी"),
    "megabyte": Noun("एमबी", "एमबी"),
    "percent": Noun("प्रतिशत", "प्रतिशत"),
}
CURRENCIES = {
    "INR": Currency(Noun("रुपया", "रुपये"), Noun("पैसा", "पैसे")),
    "USD": Currency(Noun("डॉलर", "डॉलर"), Noun("सेंट", "सेंट")),
    "EUR": Currency(Noun("यूरो", "यूरो")),
    "GBP": Currency(Noun("पाउंड", "पाउंड")),
}
SIGNS = {
    "+": "प्लस",
    "-": "माइनस",
    "=": "बराबर",
    "×": "गुणा",
    "÷": "भागा",
    "<": "से कम",
    ">": "से ज़्यादा",
    "≤": "से कम या बराबर",
    "≥": "से ज़्यादा या बराबर",
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
    "≤": "अधिक से अधिक",
    "≥": "कम से कम",
    "≈": "लगभग",
    "√": "वर्गमूल",
}
ABBREVIATIONS = {"डॉ.": "डॉक्टर", "श्री.": "श्री", "प्रो.": "प्रोफ़ेसर", "रु.": "रुपये"}

NOTATION = Notation(
    decimal=".",
    date_order="dmy",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES},
    units={sign: key for sign, key in signs.UNITS.items() if key in UNITS},
    telephones=(r"(?![1-9]\d{0,2}(?: \d{3})+(?![ \d]))\d{2,4}(?:[ -]\d{2,4}){2,5}",),
    months={name: number for number, name in enumerate(MONTHS, start=1)},
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    point="दशमलव",
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
    address=AddressWords("डॉट", "ऐट", "स्लैश", "डैश", "अंडरस्कोर", "", "प्लस"),
    abbreviations=ABBREVIATIONS,
    and_sign="और",
)
