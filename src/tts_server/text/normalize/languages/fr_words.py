"""The tables of French. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split())
UNITS = {
    "kilogram": Noun("kilos", "kilos"),
    "kilometer": Noun("kilomètres", "kilomètres"),
    "centimeter": Noun("centimètres", "centimètres"),
    "millimeter": Noun("millimètres", "millimètres"),
    "meter": Noun("mètres", "mètres"),
    "gram": Noun("grammes", "grammes"),
    "kilometer-per-hour": Noun("kilomètres heure", "kilomètres heure"),
    "celsius": Noun("degrés", "degrés"),
    "degree": Noun("degrés", "degrés"),
    "gigabyte": Noun("gigaoctets", "gigaoctets"),
    "megabyte": Noun("mégaoctets", "mégaoctets"),
    "liter": Noun("litres", "litres"),
    "minute": Noun("minutes", "minutes"),
    "percent": Noun("pour cent", "pour cent"),
}
CURRENCIES = {
    "USD": Currency(Noun("dollar", "dollars"), Noun("cent", "cents")),
    "EUR": Currency(Noun("euro", "euros"), Noun("centime", "centimes")),
    "GBP": Currency(Noun("livre", "livres", "f"), Noun("penny", "pence")),
    "JPY": Currency(Noun("yen", "yens")),
}
SIGNS = {
    "+": "plus",
    "-": "moins",
    "=": "égale",
    "×": "fois",
    "÷": "divisé par",
    "<": "inférieur à",
    ">": "supérieur à",
    "≤": "inférieur ou égal à",
    "≥": "supérieur ou égal à",
    "≈": "environ",
    "±": "plus ou moins",
    "≠": "différent de",
}
PREFIXES = {
    "-": "moins",
    "+": "plus",
    "±": "plus ou moins",
    "<": "moins de",
    ">": "plus de",
    "≤": "au plus",
    "≥": "au moins",
    "≈": "environ",
    "√": "racine carrée de",
}
ABBREVIATIONS = {
    "M.": "monsieur",
    "MM.": "messieurs",
    "Mme": "madame",
    "Mmes": "mesdames",
    "Mlle": "mademoiselle",
    "Dr": "docteur",
    "Dr.": "docteur",
    "Pr.": "professeur",
    "St.": "saint",
    "etc.": "et cetera",
    "p. ex.": "par exemple",
    "c.-à-d.": "c'est à dire",
    "env.": "environ",
    "n°": "numéro",
}

NOTATION = Notation(
    decimal=",",
    date_order="dmy",
    currencies={sign: code for sign, code in signs.CURRENCIES.items() if code in CURRENCIES},
    units={sign: key for sign, key in signs.UNITS.items() if key in UNITS},
    clock_marks="h",
    telephones=(r"(?![1-9]\d{0,2}(?: \d{3})+(?![ \d]))\d{2,4}(?:[ -]\d{2,4}){2,5}",),
    months={name: number for number, name in enumerate(MONTHS, start=1)},
)
WORDS = Words(
    units=UNITS,
    currencies=CURRENCIES,
    signs=SIGNS,
    prefixes=PREFIXES,
    months=MONTHS,
    point="point",
    to="à",
    per="par",
    of=" de",
    cents=" ",
    squared="au carré",
    cubed="au cube",
    to_the_power="puissance",
    plus="plus",
    zero="zéro",
    number_sign="numéro",
    section_sign="section",
    address=AddressWords("point", "arobase", "slash", "tiret", "tiret bas", "", "plus"),
    abbreviations=ABBREVIATIONS,
    and_sign="et",
    ones={"m": "un", "f": "une"},
)
