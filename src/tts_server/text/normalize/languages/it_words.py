"""The tables of Italian. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = tuple(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
)
UNITS = {
    "kilogram": Noun("chili", "chili"),
    "kilometer": Noun("chilometri", "chilometri"),
    "centimeter": Noun("centimetri", "centimetri"),
    "millimeter": Noun("millimetri", "millimetri"),
    "meter": Noun("metri", "metri"),
    "gram": Noun("grammi", "grammi"),
    "kilometer-per-hour": Noun("chilometri orari", "chilometri orari"),
    "celsius": Noun("gradi", "gradi"),
    "degree": Noun("gradi", "gradi"),
    "gigabyte": Noun("giga", "giga"),
    "megabyte": Noun("mega", "mega"),
    "liter": Noun("litri", "litri"),
    "minute": Noun("minuti", "minuti"),
    "percent": Noun("per cento", "per cento"),
}
CURRENCIES = {
    "USD": Currency(Noun("dollaro", "dollari"), Noun("centesimo", "centesimi")),
    "EUR": Currency(Noun("euro", "euro"), Noun("centesimo", "centesimi")),
    "GBP": Currency(Noun("sterlina", "sterline", "f"), Noun("penny", "pence")),
    "JPY": Currency(Noun("yen", "yen")),
}
SIGNS = {
    "+": "più",
    "-": "meno",
    "=": "uguale",
    "×": "per",
    "÷": "diviso",
    "<": "minore di",
    ">": "maggiore di",
    "≤": "minore o uguale a",
    "≥": "maggiore o uguale a",
    "≈": "circa",
    "±": "più o meno",
    "≠": "diverso da",
}
PREFIXES = {
    "-": "meno",
    "+": "più",
    "±": "più o meno",
    "<": "meno di",
    ">": "più di",
    "≤": "al massimo",
    "≥": "almeno",
    "≈": "circa",
    "√": "radice quadrata di",
}
ABBREVIATIONS = {
    "Sig.": "signor",
    "Sig.ra": "signora",
    "Sig.na": "signorina",
    "Dott.": "dottor",
    "Dott.ssa": "dottoressa",
    "Dr.": "dottor",
    "Prof.": "professor",
    "Prof.ssa": "professoressa",
    "Ing.": "ingegner",
    "Avv.": "avvocato",
    "ecc.": "eccetera",
    "p. es.": "per esempio",
    "ad es.": "ad esempio",
    "pag.": "pagina",
    "n.": "numero",
    "ca.": "circa",
}

NOTATION = Notation(
    decimal=",",
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
    point="punto",
    to="a",
    per="per",
    of=" di",
    cents=" e ",
    squared="al quadrato",
    cubed="al cubo",
    to_the_power="alla",
    plus="più",
    zero="zero",
    number_sign="numero",
    section_sign="sezione",
    address=AddressWords("punto", "chiocciola", "barra", "trattino", "trattino basso", "", "più"),
    abbreviations=ABBREVIATIONS,
    and_sign="e",
    ones={"m": "un", "f": "una"},
)
