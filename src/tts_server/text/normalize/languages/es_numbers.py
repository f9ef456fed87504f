"""How Spanish says numbers in words, where espeak-ng's counting form will not do. Pure.

espeak-ng says ``21`` as *veintiuno* before any noun, and ``21.000`` as *veintiuno mil*; a number in front of
a noun loses its *-o* or takes the noun's gender.
"""

from __future__ import annotations

from tts_server.text.normalize.words import Gender

_SMALL = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
).split()
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
).split()
_ORDINALS = (
    "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo "
    "decimotercero decimocuarto decimoquinto decimosexto decimoséptimo decimoctavo decimonoveno"
).split()
_ORDINAL_TENS = (
    "vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo nonagésimo"
).split()
_ORDINAL_HUNDREDS = (
    "centésimo ducentésimo tricentésimo cuadringentésimo quingentésimo sexcentésimo septingentésimo "
    "octingentésimo noningentésimo"
).split()
_PARTS = "medio tercio cuarto quinto sexto séptimo octavo noveno décimo".split()
_UNACCENTED = str.maketrans("áéóú", "aeou")
_MAX_VALUE = 10**12
_MAX_ORDINAL = 1999


def cardinal(value: int, gender: Gender | None = None) -> str:
    """Return ``value`` in words.

    Args:
        value: 0 to a billion of thousands; figures are returned for more.
        gender: Of the noun behind it; None for a number that counts nothing.
    """
    if value >= _MAX_VALUE:
        return str(value)
    millions, rest = divmod(value, 10**6)
    thousands, units = divmod(rest, 1000)
    said = []
    if millions:
        said += [cardinal(millions, "m"), "millón" if millions == 1 else "millones"]
    if thousands:
        said += [*([_below_thousand(thousands, gender, is_last=False)] if thousands > 1 else []), "mil"]
    if units or not said:
        said.append(_below_thousand(units, gender, is_last=True))
    return " ".join(said)


def _below_thousand(value: int, gender: Gender | None, *, is_last: bool) -> str:
    if value == 100:
        return "cien"
    hundreds, rest = divmod(value, 100)
    said = []
    if hundreds:
        name = _HUNDREDS[hundreds - 1]
        said.append(name[:-2] + "as" if gender == "f" and hundreds > 1 else name)
    if rest or not hundreds:
        said.append(_below_hundred(rest, gender if is_last else "m"))
    return " ".join(said)


def _below_hundred(value: int, gender: Gender | None) -> str:
    if value < len(_SMALL):
        name = _SMALL[value]
        if value == 21:
            return {"m": "veintiún", "f": "veintiuna"}.get(gender or "", name)
        return {"m": "un", "f": "una"}.get(gender or "", name) if value == 1 else name
    tens, units = divmod(value, 10)
    name = _TENS[tens - 3]
    return f"{name} y {_below_hundred(units, gender)}" if units else name


def is_said_right(value: int, gender: Gender | None) -> bool:
    """Say whether espeak-ng says the figures of ``value`` right in front of a noun of ``gender``."""
    millions, rest = divmod(value, 10**6)
    thousands, units = divmod(rest, 1000)
    if millions >= 1000 or (_ends_in_one(millions) and millions > 1):
        return False
    if thousands > 1 and _ends_in_one(thousands):
        return False
    if gender is None:
        return True
    if _ends_in_one(units):
        return False
    return gender == "m" or not (_agrees(thousands) or _agrees(units))


def _ends_in_one(value: int) -> bool:
    return value % 10 == 1 and value % 100 != 11


def _agrees(value: int) -> bool:
    return value >= 200


def ordinal(value: int, gender: Gender = "m", *, is_short: bool = False, is_plural: bool = False) -> str:
    """Return the place ``value`` in words; the cardinal beyond 1999.

    Args:
        value: At least 1.
        gender: Of the noun.
        is_short: Whether a masculine noun follows: *primer*, *tercer*.
        is_plural: Whether the noun is in the plural.
    """
    if not 1 <= value <= _MAX_ORDINAL:
        return cardinal(value)
    said = ["milésimo"] if value >= 1000 else []
    value %= 1000
    if value >= 100:
        said.append(_ORDINAL_HUNDREDS[value // 100 - 1])
        value %= 100
    if value > len(_ORDINALS):
        said.append(_ORDINAL_TENS[value // 10 - 2])
        value %= 10
    if value:
        said.append(_ORDINALS[value - 1])
    if gender == "f":
        said = [word[:-1] + "a" for word in said]
    elif is_short and not is_plural and said[-1].endswith(("primero", "tercero")):
        said[-1] = said[-1][:-1]
    return " ".join(word + "s" * is_plural for word in said)


def part(value: int) -> str:
    """Return the name of one of ``value`` equal parts, in the singular: *tercio*, *doceavo*."""
    if value - 2 < len(_PARTS):
        return _PARTS[value - 2]
    if value in {100, 1000}:
        return ordinal(value)
    whole = cardinal(value, "m").replace(" y ", "i").replace(" ", "").translate(_UNACCENTED)
    return f"{whole.removesuffix('a')}avo"
