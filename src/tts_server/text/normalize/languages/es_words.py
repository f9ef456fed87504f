"""The tables of Spanish. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = tuple(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
)
UNITS = {
    "kilogram": Noun("kilos", "kilos"),
    "kilometer": Noun("kilómetros", "kilómetros"),
    "centimeter": Noun("centímetros", "centímetros"),
    "millimeter": Noun("milímetros", "milímetros"),
    "meter": Noun("metros", "metros"),
    "gram": Noun("gramos", "gramos"),
    "kilometer-per-hour": Noun("kilómetros por hora", "kilómetros por hora"),
    "celsius": Noun("grados", "grados"),
    "degree": Noun("grados", "grados"),
    "gigabyte": Noun("gigas", "gigas"),
    "megabyte": Noun("megas", "megas"),
    "liter": Noun("litros", "litros"),
    "hour": Noun("horas", "horas"),
    "minute": Noun("minutos", "minutos"),
    "percent": Noun("por ciento", "por ciento"),
}
CURRENCIES = {
    "USD": Currency(Noun("dólar", "dólares"), Noun("centavo", "centavos")),
    "EUR": Currency(Noun("euro", "euros"), Noun("céntimo", "céntimos")),
    "GBP": Currency(Noun("libra", "libras", "f"), Noun("penique", "peniques")),
    "JPY": Currency(Noun("yen", "yenes")),
}
SIGNS = {
    "+": "más",
    "-": "menos",
    "=": "igual a",
    "×": "por",
    "÷": "entre",
    "<": "menor que",
    ">": "mayor que",
    "≤": "menor o igual que",
    "≥": "mayor o igual que",
    "≈": "aproximadamente",
    "±": "más menos",
    "≠": "distinto de",
}
PREFIXES = {
    "-": "menos",
    "+": "más",
    "±": "más menos",
    "<": "menos de",
    ">": "más de",
    "≤": "como máximo",
    "≥": "al menos",
    "≈": "aproximadamente",
    "√": "raíz cuadrada de",
}
ABBREVIATIONS = {
    "Sr.": "señor",
    "Sra.": "señora",
    "Srta.": "señorita",
    "Dr.": "doctor",
    "Dra.": "doctora",
    "D.": "don",
    "Ud.": "usted",
    "Uds.": "ustedes",
    "EE. UU.": "Estados Unidos",
    "EE.UU.": "Estados Unidos",
    "p. ej.": "por ejemplo",
    "etc.": "etcétera",
    "pág.": "página",
    "núm.": "número",
    "n.º": "número",
    "Avda.": "avenida",
    "aprox.": "aproximadamente",
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
    per="por",
    of=" de",
    cents=" con ",
    squared="al cuadrado",
    cubed="al cubo",
    to_the_power="elevado a",
    plus="más",
    zero="cero",
    number_sign="número",
    section_sign="sección",
    address=AddressWords("punto", "arroba", "barra", "guion", "guion bajo", "", "más"),
    abbreviations=ABBREVIATIONS,
    and_sign="y",
    ones={"m": "un", "f": "una"},
)
