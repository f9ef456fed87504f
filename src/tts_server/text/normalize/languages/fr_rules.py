"""Forms that are written so in French alone, as they are said. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.fr_nouns import NOUNS
from tts_server.text.normalize.languages.fr_numbers import feminine, is_feminine, of, of_time, ordinal
from tts_server.text.normalize.languages.fr_words import MONTHS, NOTATION, WORDS
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.recognize.parts import roman_value

_UNITS: Final = any_of(NOTATION.units.keys() | NOTATION.currencies.keys())
_NUMBERED: Final = re.compile(r"(?<=\b[LlDdx]es )nos(?= \d)|\bno(?= \d{1,5}\b)")
_ALWAYS: Final = re.compile(
    r"(?<![\w.,/])(?P<of>24 ?h|7 ?j)(?:ours?|eures?)? ?(?:/|sur) ?(?P<all>24|7)(?: ?[hj])?(?!\w)"
)
_EUROS: Final = re.compile(r"(?<![\w.,])(?P<euros>\d{1,6}) ?€ ?(?P<cents>\d\d)(?![\w.,]\d|\w)")
_HALVES: Final = re.compile(
    rf"(?<![{LETTERS}\d.,/])(?P<whole>\d{{1,3}}) ?(?:1/2|½) (?P<noun>[{LETTERS}]{{2,20}})(?![{LETTERS}'])"
)
_MILLIONS: Final = re.compile(r"(?<=\d) M(?= d['eu])")
_EAST: Final = re.compile(
    r"(?:(?<=\bà l')|(?<=\bde l')|(?<=\bvers l')|(?<=\bdans l')|(?<=\bsur l'))est\b", re.IGNORECASE
)
_AND_MORE: Final = re.compile(
    rf"(?<![{LETTERS}\d.,])(?P<whole>\d{{1,3}})(?:(?P<meters>m)(?=\d\d)|°(?=\d))(?P<rest>\d{{1,2}})(?![\w°']|[.,]\d)"
)
_HOURS_AND_PART: Final = re.compile(
    r"(?<![\w.,/])(?P<whole>\d{1,2}) ?h ?(?P<part>1/2|½|1/4|¼|3/4|¾)(?! ?h)(?![\w'/])"
)
_BEHIND_HOURS: Final = {"1/2": "et demie", "½": "et demie", "1/4": "et quart", "¼": "et quart"}
_CENTURY: Final = re.compile(r"(?<=[IVX][eᵉ] )s\.(?=\W|$)")
_TENTHS: Final = re.compile(r"(?<![\w.,/])(?P<top>\d{1,3})/(?P<bottom>[3-9]|[1-9]\d{1,3})(?:e|ème|ᵉ)s?(?!\w)")
_THOUSANDS: Final = re.compile(r"(?<![\w.,])(?P<number>\d{1,4}(?:[.,]\d)?)K(?= [a-zà-ÿ]{2,30}[sx]\b)")
_WAR: Final = re.compile(
    r"(?<![\w.,/-])(?:14-18|39-45)(?![\w/-]| [\w%€$]|[.,]\d)"
    r"|(?<=guerre de )(?:14-18|39-45)"
)
_ORDINALS: Final = re.compile(
    r"(?<![\w.,/-])(?P<low>\d{1,3}|[IVX]{1,6})(?:er|re|e|ème|ᵉ)[-—/](?P<high>\d{1,3}|[IVX]{1,6})(?:e|ème|ᵉ)s?(?![\w/-])"
)
# A letter of its own behind what is chosen, and behind another initial; a title before a name.
_MISTER: Final = re.compile(
    rf"(?<![{LETTERS}\d.&#@/'-])(?:(?P<before>[{LETTERS}]{{1,20}}\.?) )?(?P<title>M\.)"
    rf"(?! (?:Les?|La|Une?|Des|Ce|Cette|Il|Elle|On|Nous|Vous|Je|Ensuite|Puis|Mais|Et|Pour|Dans|Si) [a-zà-ÿ])"
    rf"(?= ?(?:[A-ZÀ-Ý](?![A-ZÀ-Ý]?\d)|(?:et|ou) (?:M|s[oae])|(?:le|de|du|d|l|la|van|von)\b))"
)
_LETTERED: Final = frozenset(
    """
    taille tailles option lettre groupe section point type classe série catégorie niveau initiale plan zone
    bloc choix variable force masse porte quai hall ligne le la un une au du ce cette les des en l
    """.split()
)
_ONE_OF: Final = re.compile(
    rf"(?<![\w'-])(?P<word>[Dd]e|[Qq]ue) (?=1(?:[hH]\d\d(?!\d)|/[234] [a-z]{{2}}"
    rf"| (?:millions?|milliards?)\b| ?(?:{_UNITS})(?![{LETTERS}\d])"
    rf"| (?P<noun>[a-zà-ÿ]{{2,20}})\b))"
)
_HUNDREDTH: Final = re.compile(r"\b[Cc]entièmes?\b")
_FIRSTLY: Final = re.compile(r"(?<![\w.,/-])(?P<count>[1-5])[°º]\)")
_PARTS: Final = {3: "tiers", 4: "quart"}
_LATIN: Final = ("primo", "secundo", "tertio", "quarto", "quinto")
_NUMERO: Final = re.compile(
    r"(?<![\w.'-])(?:No\.? ?(?=\d)"
    r"|(?P<many>[Nn]os )(?=\d{1,5}(?:, \d{1,5}){0,5} (?:et|à|ou) \d{1,5}(?!\w| ?[a-zà-ÿ%€])))"
)
_CENTURY_ENDING: Final = re.compile(
    r"(?<![\w'-])(?P<roman>[IVX]{1,6})(?: (?:[èe]me\b|e(?= si[èe]cle))|(?P<capitals>E|ÈME|EME)(?= SI[ÈE]CLE))"
)
_CHAPTER: Final = re.compile(r"(?<![\w.'-])(?<!\d )[Cc]h\. ?(?=\d|[IVX]{1,5}\b)")
_ONE_SUCH: Final = re.compile(
    r"(?<![\w.,/'-])(?<!\d )1"
    r"(?= (?:autre|jeune|simple|double|triple|même|rare|énorme|large|vaste|pauvre|brave|[a-z]{3,14}ième)"
    r" (?P<noun>[a-zà-ÿ]{2,20})\b)"
)
_SCALED: Final = re.compile(
    r"(?<=\d )(?:(?P<thousand>mille)|(?P<scale>millions?|milliards?)) ?(?P<sign>[€$£]|[A-Z]{3}(?!\w))"
)
_FIRST_OF: Final = re.compile(
    r"(?<![\w.,/-])1er/(?P<month>1[0-2]|0?[1-9])(?:/(?P<year>(?:19|20)\d\d))?(?![\w/])"
)
_THIRD_OF: Final = re.compile(r"(?<=\b[LlDd][eu] )1/(?P<bottom>[345])(?= (?:d[eu]s? |d')(?!\d))")
_QUEEN: Final = re.compile(r"(?<!\w)[ÉE]lisabeth(?!\w)")
_CODE: Final = re.compile(
    r"(?<!\w)(?:[Aa]rticle|[Aa]rt\.) ?(?:[LRDA]\.? ?)?"
    r"\d{2,4}(?P<dash>-)(?=\d{1,5}(?![\w/]|[.,-]\d))"
)
_CLASS: Final = re.compile(r"(?<!\w)CM(?=[12](?!\w|[.,]\d))")
_NO_NOUNS: Final = frozenset("de du des et ou à au aux en par pour sur dans sans avec".split())


def _say_halves(match: re.Match[str]) -> str | None:
    noun = match["noun"]
    if noun.lower() in _NO_NOUNS:
        return None
    one = feminine(match["whole"]) if is_feminine(noun) else ""
    return f"{one or match['whole']} {noun} et demi{'e' if is_feminine(noun) else ''}"


def _say_and_more(match: re.Match[str]) -> str:
    """Return ``1 mètre 80`` and ``38 degrés 5``."""
    unit = "mètre" if match["meters"] else "degré"
    whole = "un" if match["whole"] == "1" else match["whole"]
    return f"{whole} {unit}{'' if whole == 'un' else 's'} {match['rest']}"


def _say_hours_and_part(match: re.Match[str]) -> str:
    return f"{of_time(int(match['whole']), 'heure')} {_BEHIND_HOURS.get(match['part'], 'trois quarts')}"


def _say_ordinals(match: re.Match[str]) -> str:
    """Return the two ordinals of ``2e-3e`` and of ``XVIIIe-XIXe``."""
    said = []
    for written in (match["low"], match["high"]):
        value = int(written) if written.isdigit() else roman_value(written)
        said.append("premier" if value == 1 else ordinal(value))
    return " ".join(said)


def _say_tenths(match: re.Match[str]) -> str:
    top = int(match["top"])
    return f"{'un' if top == 1 else top} {ordinal(int(match['bottom']))}{'s' if top > 1 else ''}"


def _say_mister(match: re.Match[str]) -> bool:
    before = match["before"] or ""
    return before.lower() not in _LETTERED and not (len(before) == 2 and before[1] == ".")


def _elide(match: re.Match[str]) -> str | None:
    """Return *de* and *que* without their vowel before what begins with *un* and *une*."""
    noun = match["noun"]
    return None if noun in NOUNS.not_nouns else f"{match['word'][:-1]}'"


def _say_scaled(match: re.Match[str]) -> str | None:
    code = NOTATION.currencies.get(match["sign"])
    if code is None:
        return None
    many = WORDS.currencies[code].unit.many
    return f"mille {many}" if match["thousand"] else match["scale"] + of(many)


def _say_first_of(match: re.Match[str]) -> str:
    return f"premier {MONTHS[int(match['month']) - 1]} {match['year'] or ''}".strip()


def _say_what_numbers(draft: Draft) -> None:
    """Say numbers whose sign or ending tells what they number."""
    draft.apply(_FIRSTLY, lambda match: f"{_LATIN[int(match['count']) - 1]},")
    draft.apply(_NUMERO, lambda match: "numéros " if match["many"] else "numéro ")
    draft.apply(_CENTURY_ENDING, _century)
    draft.apply(_CHAPTER, lambda _: "chapitre ")
    draft.apply(_ONE_SUCH, lambda match: "une" if is_feminine(match["noun"]) else None)
    draft.apply(_SCALED, _say_scaled)
    draft.apply(_FIRST_OF, _say_first_of)
    draft.apply(_THIRD_OF, lambda match: _PARTS.get(int(match["bottom"])) or "cinquième")
    draft.apply(_CLASS, lambda _: "C M ")
    for match in _CODE.finditer(draft.text):
        draft.replace(*match.span("dash"), " tiret ")


def _century(match: re.Match[str]) -> str:
    """Return the ordinal of a century, in capital letters among such: espeak-ng spells them beside others."""
    value = roman_value(match["roman"])
    said = "premier" if value == 1 else ordinal(value)
    return said.upper() if match["capitals"] else said


def own_forms(draft: Draft) -> None:
    """Say what is written so in French alone."""
    draft.apply(_NUMBERED, lambda match: "numéros" if match[0] == "nos" else "numéro")
    draft.apply(
        _ALWAYS,
        lambda match: f"{match['all']} {'heures' if 'h' in match['of'] else 'jours'} sur {match['all']}",
    )
    draft.apply(
        _EUROS, lambda match: f"{match['euros']} euro{'s' if match['euros'] != '1' else ''} {match['cents']}"
    )
    draft.apply(_HALVES, _say_halves)
    draft.apply(_AND_MORE, _say_and_more)
    draft.apply(_HOURS_AND_PART, _say_hours_and_part)
    draft.apply(_ORDINALS, _say_ordinals)
    draft.apply(_TENTHS, _say_tenths)
    draft.apply(_THOUSANDS, lambda match: f"{match['number']} mille")
    draft.apply(_WAR, lambda match: match[0].replace("-", " "))
    draft.apply(_CENTURY, lambda _: "siècle")
    draft.apply(_MILLIONS, lambda _: " millions")
    for match in _MISTER.finditer(draft.text):
        if _say_mister(match):
            draft.replace(*match.span("title"), "monsieur ")
    draft.apply(_ONE_OF, _elide)
    _say_what_numbers(draft)
    draft.apply(_QUEEN, lambda _: "Élizabète")
    # espeak-ng says its first "t" as an "s".
    draft.apply(_HUNDREDTH, lambda match: f"{match[0][:4]}t{match[0][4:]}")
    draft.apply(_EAST, lambda _: "èste")
