"""What the Romance languages share: Roman numerals, and a few rules with the language's own words.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Ordinal
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.words import Notation, Noun, Words

_VULGAR: Final = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}
_MONTH_AND_YEAR: Final = re.compile(
    r"(?<![\w/.,-])(?P<month>0[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?![\w/]|[.,-]\d)"
)
_MINUTES: Final = re.compile(r"(?<![\w.,'])(?P<minutes>\d{1,3})'(?P<seconds>[0-5]\d)(?:''|[\"”])(?!\w)")
_RATE: Final = re.compile(rf"(?<=[€$£])/(?=[{LETTERS}]{{3}})")
_ACCOUNT: Final = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: [A-Z\d]{4}){2,7}(?: [A-Z\d]{1,3})?(?!\w)")
_OUT_OF: Final = re.compile(r"(?<=\d[.,]\d)/(?=(?:5|10|20|100)(?![\w/]|[.,]\d))")
_DELAY: Final = re.compile(r"(?<![\w.,/])(?P<low>\d\d)/(?P<high>\d\d) ?h(?![\w/'])")
_NAME: Final = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ']+(?:-[A-ZÀ-Ý][a-zà-ÿ']+)?$")
_ONE_LETTER: Final = frozenset({1, 5, 10})
_LETTERS_OF_THE_ALPHABET: Final = frozenset({50, 100})
_LARGEST_NUMERAL: Final = 399
_LARGEST_OF_A_NAME: Final = 39

_NUMBER_SIGN: Final = re.compile(
    rf"(?<![{LETTERS}\d.])(?:[Nn]\.? ?[°º]|[Nn]\.(?=\d)|№)(?P<many>s?)\.?(?= ?\d| [A-Z]\d?)"
    rf"|(?<![{LETTERS}\d.°º] )(?<![{LETTERS}\d.°º])[Nn][°º](?= [a-zà-ÿ]{{2}}| ?:)"
)
_TIMES: Final = re.compile(
    rf"(?<![{LETTERS}\d.,/-])(?P<times>\d{{1,6}}(?:[.,]\d{{1,2}})?) ?[xX×]"
    rf"(?= (?:[aà] )?[{LETTERS}]{{2}}|[.!?]?$)"
)
_FIRST_TO_LAST: Final = re.compile(r"(?<![\w-])A ?[-—] ?Z(?![\w-])")
_HYPHEN: Final = re.compile(r"(?<=\S) (?P<dash>-) (?=\S)")
_PATH: Final = re.compile(r"(?<=[^\W\d_] )[*>](?= [^\W\d_])")
_NO_NUMERAL: Final = re.compile(
    r"(?<![\w.'-])(?:X{1,3}L|CV|DC|CDI|DVI|MC|MD|CM|CCC|MV|DIV|VIH|MDMA)(?![\w'-]|\.\w)"
    r"|(?<![\w.'-])CM(?=[12](?!\w))"
)
"""Sizes and abbreviations of letters that are Roman numerals too, which an engine may take for numbers."""

_NUMBERED: Final = re.compile(
    r"(?:siglos?|séculos?|siècles?|secol[oi]|cap[ií]tulos?|capitol[oi]|chapitres?|tom[oe]s?|volum[ei]n?|t[ií]tulos?"
    r"|titol[oi]|titres?|libr[oi]s?|livr[oe]s?|art[ií]culos?|artigos?|articles?|articol[oi]|parti?e|salmos?|Salmos?"
    r"|psaumes?|año|anno|ano|Bowl)\.? $",
    re.IGNORECASE,
)
_LONGEST_LABEL: Final = 12
_LOWERED: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_COMPOUND: Final = re.compile(
    rf"(?<![{LETTERS}\d])(?:CO2|(?=[A-Za-z]{{1,12}}[₀-₉])[A-Z][A-Za-z₀-₉]{{1,20}})(?![{LETTERS}\d₀-₉])"
)
_LOWERED_DIGITS: Final = re.compile(r"[₀-₉]+")


def is_numeral(ordinal: Ordinal, *, labels: frozenset[str], names: frozenset[str]) -> bool:
    """Say whether letters that may be a Roman numeral are one, by the word before them.

    Args:
        ordinal: With its words around.
        labels: Words that are numbered (chapter, volume), lower case.
        names: Names that are numbered (of kings and popes), which make a single letter a numeral.
    """
    if ordinal.value > _LARGEST_NUMERAL or ordinal.value in _LETTERS_OF_THE_ALPHABET:
        return False
    before = ordinal.before.rstrip(".")
    if before.lower() in labels or before.capitalize() in names:
        return True
    if ordinal.value in _ONE_LETTER or ordinal.value > _LARGEST_OF_A_NAME:
        return False
    return bool(_NAME.match(before))


def number_signs(one: str, many: str) -> Rule:
    """Make a rule that says ``n°`` and its variants."""

    def rule(draft: Draft) -> None:
        draft.apply(_NUMBER_SIGN, lambda match: f"{many if match['many'] else one} ")

    return rule


def times(said: str) -> Rule:
    """Make a rule for ``3x``."""
    return lambda draft: draft.apply(_TIMES, lambda match: f"{match['times']} {said}")


def first_to_last(said: str) -> Rule:
    """Make a rule for ``A-Z``."""
    return lambda draft: draft.apply(_FIRST_TO_LAST, lambda _: said)


def compounds(draft: Draft) -> None:
    """Spell ``CO₂`` and other formulas of chemistry."""
    draft.apply(_COMPOUND, lambda match: " ".join(match[0].translate(_LOWERED).upper()))
    draft.apply(_LOWERED_DIGITS, lambda match: " " + match[0].translate(_LOWERED))


def parts_of_units(notation: Notation, words: Words, say: Callable[[int, int, Noun], str]) -> Rule:
    """Make a rule for ``1/2 l`` and ``¾ h``.

    Args:
        notation: With the signs of units.
        words: With the names of units.
        say: Says so many of so many equal parts of a unit.
    """
    units = any_of(sign for sign in notation.units if sign[-1].isalpha() or sign[-1] == ".")
    pattern = re.compile(
        rf"(?<![{LETTERS}\d/.,-])(?<!\d )(?:(?P<top>\d)/(?P<bottom>\d{{1,2}})|(?P<sign>[{''.join(_VULGAR)}]))"
        rf" ?(?P<unit>{units})(?![{LETTERS}\d/²³'])"
    )

    def say_part(match: re.Match[str]) -> str | None:
        top, bottom = _VULGAR[match["sign"]] if match["sign"] else (int(match["top"]), int(match["bottom"]))
        return say(top, bottom, words.units[notation.units[match["unit"]]]) if 0 < top < bottom else None

    return lambda draft: draft.apply(pattern, say_part)


def months_and_years(months: tuple[str, ...]) -> Rule:
    """Make a rule for ``05/2024``."""
    return lambda draft: draft.apply(
        _MONTH_AND_YEAR, lambda match: f"{months[int(match['month']) - 1]} {match['year']}"
    )


def rates(said: str) -> Rule:
    """Make a rule for ``100 $/baril``, what is paid for being no unit that has a name."""
    return lambda draft: draft.apply(_RATE, lambda _: f" {said} ")


def out_of(said: str) -> Rule:
    """Make a rule for ``4,5/5``, a mark with a decimal."""
    return lambda draft: draft.apply(_OUT_OF, lambda _: f" {said} ")


def hours_to_hours(to: str, hours: str) -> Rule:
    """Make a rule for ``24/48 h``, a delay."""

    def say(match: re.Match[str]) -> str | None:
        low, high = int(match["low"]), int(match["high"])
        return f"{low} {to} {high} {hours}" if low < high else None

    return lambda draft: draft.apply(_DELAY, say)


def minutes_and_seconds(minute: Noun, second: Noun) -> Rule:
    """Make a rule for ``5'30"``."""

    def say(match: re.Match[str]) -> str:
        minutes, seconds = int(match["minutes"]), int(match["seconds"])
        return f"{minutes} {minute.many} {seconds} {second.many}"

    return lambda draft: draft.apply(_MINUTES, say)


def accounts(draft: Draft) -> None:
    """Spell the numbers of bank accounts (IBAN), a pause between their groups."""
    draft.apply(_ACCOUNT, lambda match: ", ".join(" ".join(group) for group in match[0].split()))


def _spell(match: re.Match[str]) -> str | None:
    before = match.string[max(0, match.start() - _LONGEST_LABEL) : match.start()]
    if _NUMBERED.search(before):
        return None
    behind = " " if match.string[match.end() : match.end() + 1].isdigit() else ""
    return " ".join(match[0]) + behind


def pauses(draft: Draft) -> None:
    """Make pauses of hyphens, asterisks and angle brackets between words, which no formula has claimed.

    Letters that no rule has taken for a Roman numeral, and that are a size or an abbreviation, are spelled.
    """
    draft.apply(_NO_NUMERAL, _spell)
    for match in _HYPHEN.finditer(draft.text):
        draft.replace(*match.span("dash"), "—")
    draft.apply(_PATH, lambda _: ",")
