"""Numbers that agree with more than the word behind them, and what else surrounds figures. Pure.

For Spanish and Brazilian Portuguese, each with its own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.languages.iberian import Iberian
from tts_server.text.normalize.recognize.common import LETTERS, any_of, word_before
from tts_server.text.normalize.words import Notation

_START = rf"(?<![{LETTERS}\d$€£])(?<![\d$€£][.,:/ ])(?<![-—:/])"
_WHOLE = r"(?:\d{1,3}(?:\.\d{3}){1,2}|\d{1,6})"
_NOUN = rf"[{LETTERS}]{{2,24}}"
_YEARS = range(1500, 2100)
_STANDARD = re.compile(
    r"\b(?:ISO|UNE|NBR|EN|IEC|ABNT|DIN)(?:[ /-][A-Z]{2,4}){0,3} \d{3,6}(?P<colon>:)(?=(?:19|20)\d\d)"
)
_PLUS_MINUS = re.compile(r"(?<![\w/+-])\+/- ?(?=\d)")
_BLOOD = re.compile(
    r"\b(?:[Ss]anguíneo|[Ss]angre|[Ss]angue|[Gg]rupo|[Tt]ipo|[Dd]onante|[Dd]oador)(?: es| é|:)? "
    r"(?P<group>(?:AB|A|B|O)(?P<sign>[+-]))(?![\w+-])"
)
_INCHES = re.compile(
    r"\"|(?<![\w.,'])(?P<place>(?P<number>\d{1,3}(?:[.,]\d)?) ?(?:''|\"))(?=$|[\s.,;:)!?])", re.MULTILINE
)
_HEX = re.compile(r"(?<!\w)0x(?=\d{0,15}[A-Fa-f]|\d{3})(?P<figures>[0-9A-Fa-f]{1,16})(?!\w)")


def agreement(
    speech: Iberian, neutral: Iterable[str], articles: Iterable[str], joints: Iterable[str]
) -> Rule:
    """Return a rule that makes numbers agree with a feminine noun that does not stand right behind.

    Args:
        speech: What the language says.
        neutral: Adjectives before a noun that are the same in both genders: ``500 grandes empresas``.
        articles: Feminine articles, which stand before times of day too: ``las 21 princesas``.
        joints: Words between two numbers of one noun: ``2 ou 3 pessoas``.
    """
    adjective = re.compile(rf"{_START}(?P<low>{_WHOLE}) (?:{any_of(neutral)}) (?P<noun>{_NOUN})")
    article = re.compile(rf"\b(?i:{any_of(articles)}) (?P<low>{_WHOLE}) (?P<noun>{_NOUN})")
    two = re.compile(
        rf"{_START}(?P<low>{_WHOLE})(?P<joint>[-—]| (?:{any_of(joints)}) )(?P<high>{_WHOLE}) "
        rf"(?P<noun>{_NOUN})"
    )

    def rule(draft: Draft) -> None:
        for pattern in (adjective, article):
            for match in pattern.finditer(draft.text):
                low = match["low"]
                before = "" if pattern is article else word_before(draft.text, match.start("low"))
                if _is_feminine(speech, before, match["noun"], is_one=low == "1"):
                    _replace(draft, match, "low", _feminine(speech, low))
        for match in two.finditer(draft.text):
            low, high = match["low"], match["high"]
            before = word_before(draft.text, match.start("low"))
            if _is_year(low) or not _is_feminine(speech, before, match["noun"], is_one=False):
                continue
            said = _feminine(speech, low), _feminine(speech, high)
            if match["joint"] not in "-—":
                for group, one in zip(("low", "high"), said, strict=True):
                    _replace(draft, match, group, one)
            elif said != (low, high) and _value(low) < _value(high):
                draft.replace(match.start("low"), match.end("high"), f" {speech.words.to} ".join(said))

    return rule


def _value(written: str) -> int:
    return int(written.replace(".", ""))


def _is_year(written: str) -> bool:
    return "." not in written and _value(written) in _YEARS


def _feminine(speech: Iberian, written: str) -> str:
    """Return a number before a feminine noun: as it is written where the engine says that right."""
    said = speech.cardinal(_value(written), "f")
    return written if said == speech.cardinal(_value(written), None) or written[0] == "0" else said


def _is_feminine(speech: Iberian, before: str, noun: str, *, is_one: bool) -> bool:
    is_counted = speech.nouns.is_counted(before, noun, is_one=is_one)
    return is_counted and speech.nouns.gender(noun, is_one=is_one) == "f"


def _replace(draft: Draft, match: re.Match[str], group: str, said: str) -> None:
    if said != match[group]:
        draft.replace(*match.span(group), said)


def scaled_currencies(speech: Iberian, notation: Notation) -> Rule:
    """Return a rule for a currency behind a word of scale: ``5 millones USD``, ``2 mil US$``."""
    codes = any_of(
        sign for sign in notation.currencies if sign[0].isalpha() and (sign.isupper() or not sign.isalpha())
    )
    scales = any_of(word for word in notation.scale_words if len(word) > 2 and word != "mdd")
    pattern = re.compile(rf"\d (?P<scale>{scales})(?P<place> (?:de )?(?P<code>{codes}))(?![{LETTERS}\d])")
    million = re.compile(
        rf"(?<![{LETTERS}\d.,])(?P<number>\d{{1,3}}(?:,\d{{1,2}})?) (?P<scale>M)(?= de [{LETTERS}]{{3}})"
    )
    one = next(iter(speech.million))

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            noun = speech.words.currencies[notation.currencies[match["code"]]].unit.many
            of = "" if match["scale"] == "mil" else f"{speech.words.of.strip()} "
            draft.replace(match.start("place") + 1, match.end("place"), f"{of}{noun}")
        for match in million.finditer(draft.text):
            draft.replace(*match.span("scale"), speech.million[one] if match["number"] == "1" else one)

    return rule


def around_figures(speech: Iberian, negative: str, positive: str, letter_x: str) -> Rule:
    """Return a rule for signs beside figures: ``ISO 9001:2015``, ``+/- 5``, ``O-``, ``55"``, ``0x1F``.

    Args:
        speech: What the language says.
        negative: Said for the minus of a group of blood.
        positive: Said for its plus.
        letter_x: The name of the letter.
    """
    inch = speech.words.units["inch"]

    def rule(draft: Draft) -> None:
        draft.apply(_PLUS_MINUS, lambda _: f"{speech.words.prefixes['±']} ")
        draft.apply(
            _HEX, lambda match: f"{speech.words.zero} {letter_x} {' '.join(match['figures'].upper())}"
        )
        for match in _STANDARD.finditer(draft.text):
            draft.replace(*match.span("colon"), ", ")
        for match in _BLOOD.finditer(draft.text):
            sign = negative if match["sign"] == "-" else positive
            draft.replace(*match.span("group"), f"{match['group'][:-1]} {sign}")
        is_open = False
        for match in _INCHES.finditer(draft.text):
            if match["place"] is None or (is_open and match[0].endswith('"')):
                is_open = not is_open
            else:
                number = match["number"]
                noun = inch.one if number == "1" else inch.many
                said = speech.cardinal(int(number), "f") if number.isdigit() else number
                is_same = said == speech.cardinal(int(number), None) if number.isdigit() else True
                draft.replace(*match.span("place"), f"{number if is_same else said} {noun}")

    return rule


def ordinals_with_degrees(speech: Iberian, nouns: Iterable[str]) -> Rule:
    """Return a rule for the sign of degrees that stands for that of an ordinal: ``3° andar``, ``art. 5°``.

    Args:
        speech: What the language says.
        nouns: Masculine nouns behind an ordinal.
    """
    pattern = re.compile(
        rf"(?<![{LETTERS}\d.,-])(?P<place>(?P<value>[1-9]\d?)°)(?= (?i:{any_of(nouns)})(?![{LETTERS}]))"
        r"|\b[Aa]rt(?:\.|igo|ículo) (?P<place2>(?P<value2>[1-9])°)(?![CF])"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            n = "" if match["place"] else "2"
            said = speech.place(int(match[f"value{n}"]), "m", is_short=not n)
            draft.replace(*match.span(f"place{n}"), said)

    return rule
