"""How Portuguese says numbers in words, where espeak-ng's masculine will not do. Pure."""

from __future__ import annotations

from tts_server.text.normalize.words import Gender

_SMALL = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis "
    "dezessete dezoito dezenove"
).split()
_TENS = "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa".split()
_HUNDREDS = (
    "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
).split()
_ORDINALS = "primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono".split()
_ORDINAL_TENS = (
    "décimo vigésimo trigésimo quadragésimo quinquagésimo sexagésimo septuagésimo octogésimo nonagésimo"
).split()
_ORDINAL_HUNDREDS = (
    "centésimo ducentésimo trecentésimo quadringentésimo quingentésimo sexcentésimo septingentésimo "
    "octingentésimo noningentésimo"
).split()
_PARTS = "meio terço quarto quinto sexto sétimo oitavo nono décimo".split()
_MAX_VALUE = 10**6
_MAX_ORDINAL = 1999


def cardinal(value: int, gender: Gender = "m") -> str:
    """Return ``value`` in words; figures from a million on, which agree with nothing."""
    if value >= _MAX_VALUE:
        return str(value)
    thousands, units = divmod(value, 1000)
    said = []
    if thousands:
        said += [*([_below_thousand(thousands, gender)] if thousands > 1 else []), "mil"]
    if units or not thousands:
        if thousands and (units < 100 or units % 100 == 0):
            said.append("e")
        said.append(_below_thousand(units, gender))
    return " ".join(said)


def _below_thousand(value: int, gender: Gender) -> str:
    if value == 100:
        return "cem"
    hundreds, rest = divmod(value, 100)
    said = []
    if hundreds:
        name = _HUNDREDS[hundreds - 1]
        said.append(name[:-2] + "as" if gender == "f" and hundreds > 1 else name)
    if rest >= len(_SMALL):
        said.append(_TENS[rest // 10 - 2])
        rest %= 10
    if rest or not said:
        name = _SMALL[rest]
        said.append({"um": "uma", "dois": "duas"}.get(name, name) if gender == "f" else name)
    return " e ".join(said)


def is_said_right(value: int, gender: Gender) -> bool:
    """Say whether espeak-ng says the figures of ``value`` right in front of a noun of ``gender``."""
    return gender == "m" or value >= _MAX_VALUE or cardinal(value, "f") == cardinal(value, "m")


def ordinal(value: int, gender: Gender = "m", *, is_plural: bool = False) -> str:
    """Return the place ``value`` in words; the figures beyond 1999."""
    if not 1 <= value <= _MAX_ORDINAL:
        return str(value)
    said = ["milésimo"] if value >= 1000 else []
    value %= 1000
    for size, names in ((100, _ORDINAL_HUNDREDS), (10, _ORDINAL_TENS), (1, _ORDINALS)):
        if value >= size:
            said.append(names[value // size - 1])
            value %= size
    if gender == "f":
        said = [word[:-1] + "a" for word in said]
    return " ".join(word + "s" * is_plural for word in said)


def part(value: int) -> str:
    """Return the name of one of ``value`` equal parts: *terço*, *doze avos*."""
    if value - 2 < len(_PARTS):
        return _PARTS[value - 2]
    return ordinal(value) if value in {100, 1000} else f"{cardinal(value)} avos"
