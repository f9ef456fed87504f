"""The tables of Portuguese. Pure data."""

from __future__ import annotations

from tts_server.text.normalize import signs
from tts_server.text.normalize.words import AddressWords, Currency, Notation, Noun, Words

MONTHS = tuple(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()
)
UNITS = {
    "kilogram": Noun("quilos", "quilos"),
    "kilometer": Noun("quilômetros", "quilômetros"),
    "centimeter": Noun("centímetros", "centímetros"),
    "millimeter": Noun("milímetros", "milímetros"),
    "meter": Noun("metros", "metros"),
    "gram": Noun("gramas", "gramas"),
    "kilometer-per-hour": Noun("quilômetros por hora", "quilômetros por hora"),
    "celsius": Noun("graus", "graus"),
    "degree": Noun("graus", "graus"),
    "gigabyte": Noun("giga", "giga"),
    "megabyte": Noun("mega", "mega"),
    "liter": Noun("litros", "litros"),
    "minute": Noun("minutos", "minutos"),
    "percent": Noun("por cento", "por cento"),
}
CURRENCIES = {
    "BRL": Currency(Noun("real", "reais"), Noun("centavo", "centavos")),
    "USD": Currency(Noun("dólar", "dólares"), Noun("centavo", "centavos")),
    "EUR": Currency(Noun("euro", "euros"), Noun("centavo", "centavos")),
    "GBP": Currency(Noun("libra", "libras", "f"), Noun("pêni", "pence")),
    "JPY": Currency(Noun("iene", "ienes")),
}
SIGNS = {
    "+": "mais",
    "-": "menos",
    "=": "igual a",
    "×": "vezes",
    "÷": "dividido por",
    "<": "menor que",
    ">": "maior que",
    "≤": "menor ou igual a",
    "≥": "maior ou igual a",
    "≈": "aproximadamente",
    "±": "mais ou menos",
    "≠": "diferente de",
}
PREFIXES = {
    "-": "menos",
    "+": "mais",
    "±": "mais ou menos",
    "<": "menos de",
    ">": "mais de",
    "≤": "no máximo",
    "≥": "pelo menos",
    "≈": "aproximadamente",
    "√": "raiz quadrada de",
}
ABBREVIATIONS = {
    "Sr.": "senhor",
    "Sra.": "senhora",
    "Srta.": "senhorita",
    "Dr.": "doutor",
    "Dra.": "doutora",
    "Prof.": "professor",
    "Profa.": "professora",
    "Av.": "avenida",
    "etc.": "etcétera",
    "p. ex.": "por exemplo",
    "pág.": "página",
    "nº": "número",
    "aprox.": "aproximadamente",
    "EUA": "Estados Unidos",
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
    point="ponto",
    to="a",
    per="por",
    of=" de",
    cents=" e ",
    squared="ao quadrado",
    cubed="ao cubo",
    to_the_power="elevado a",
    plus="mais",
    zero="zero",
    number_sign="número",
    section_sign="seção",
    address=AddressWords("ponto", "arroba", "barra", "traço", "sublinhado", "", "mais"),
    abbreviations=ABBREVIATIONS,
    and_sign="e",
    ones={"m": "um", "f": "uma"},
)
