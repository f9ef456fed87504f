"""Units behind parts, and commas, minus signs and letters of algebra, as English writes them. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.en_words import UNIT_SIGNS, UNITS
from tts_server.text.normalize.recognize.common import any_of, ends_text

_BEHIND_PARTS: Final = (
    "tsp tsp. tbsp tbsp. lb lb. lbs lbs. oz oz. hr hr. hrs hrs. gal mi pt qt yd yds ft ft. km kg mg ml mL g"
    " in."
).split()
_UNIT = rf"(?P<gap> ?)(?P<unit>{any_of(_BEHIND_PARTS)})(?![\w'/²³-])"
_MEASURED_PART: Final = re.compile(
    rf"(?<![\w.,/])(?:(?:(?P<whole>\d{{1,3}})[ -])?\d{{1,2}}/\d{{1,2}}"
    rf"|(?P<before>\d{{1,3}})? ?[½⅓⅔¼¾⅛⅜⅝⅞]){_UNIT}"
)
_MEASURED_POINT: Final = re.compile(rf"(?<![\w.,])\.\d{{1,6}}{_UNIT}")
_PAIR: Final = re.compile(r"[(\[]-?\d{1,6}(?P<rest>(?:,-?\d{1,6}){1,5})[)\]]")
_GROUPED: Final = re.compile(r"[(\[]-?\d{1,3}(?:,\d{3})+[)\]]")
_LOCANTS: Final = re.compile(r"(?<![\w.,])\d{1,2}(?:,\d{1,2}){1,4}(?=-[A-Za-z])")
_DIFFERENCE: Final = re.compile(
    r"(?<![\w.,$/-])(?:\d{0,4}[xyzn]|[b-hj-z])[²³]?(?P<a> - )"
    r"(?=\d{1,6}(?:ac|[yzn]|x(?! ?[a-z]))?(?![\w.,-])|[b-hj-z](?![\w'.]))"
    r"|(?<![\w.,$/-])\d{1,6}(?P<b> - )(?=\d{1,4}[xy](?![\w'.-]| [a-z]))"
    r"|(?<![\w.,$/-])-?\d{1,6}(?P<c> - )(?=\d{1,6} (?:is|equals|makes|gives|leaves)\b|\(-\d)"
    r"|\([a-z](?P<d> - )(?=[a-z]\))|(?:[a-z]\^\d|[²³])(?P<e>-)(?=\d{1,4}[a-z]?(?![\w.,-]))"
)
_UNKNOWN: Final = re.compile(
    r"(?<![\w.,])\d{1,4}(?P<x>x)(?= (?:is|equals|plus|minus|times) (?:\d|[a-z](?!\w))"
    r"| ?[-+=] ?\d{1,4}[a-z]?(?:\W|$)|[-+]\d)"
    r"|(?:\b(?:integral|derivative) of |(?<=[a-z)²³] - )|(?<=[a-z)²³]-)|(?<=[\w)²³] [+=] )|(?<=[\w)²³][+=]))"
    r"\d{1,4}(?P<last>x)(?!\w)"
)
_PRODUCT: Final = re.compile(
    r"(?<=[-+=*] )\d{1,3}(?P<letters>ac|ab|bc|xy|mn)(?![\w'])|(?<=[-+=*])\d{1,3}(?P<tight>ac)\b"
)


def say_parts(draft: Draft) -> None:
    """Say ``1/2 tsp``, ``.5 mg``, ``(3,4)``, ``5x - 3``."""
    text = draft.text
    for match in _MEASURED_PART.finditer(text):
        is_many = bool(match["whole"] or match["before"])
        _say_unit(draft, match, is_many=is_many)
    for match in _MEASURED_POINT.finditer(text):
        _say_unit(draft, match, is_many=True)
    for match in _PAIR.finditer(text):
        if not _GROUPED.fullmatch(match[0]):
            _part(draft, *match.span())
    for match in _LOCANTS.finditer(text):
        _part(draft, *match.span())
    for match in _DIFFERENCE.finditer(text):
        name = next(name for name, found in match.groupdict().items() if found)
        draft.replace(*match.span(name), " minus ")
    for match in _UNKNOWN.finditer(text):
        draft.replace(*match.span("x" if match["x"] else "last"), "x")
    for match in _PRODUCT.finditer(text):
        name = "letters" if match["letters"] else "tight"
        draft.replace(
            *match.span(name), "".join(f" {char.upper()}." for char in match[name]).removesuffix(".")
        )


_NEXT_CAPITAL: Final = re.compile(r" [A-Z]")


def _say_unit(draft: Draft, match: re.Match[str], *, is_many: bool) -> None:
    noun = UNITS[UNIT_SIGNS[match["unit"]]]
    begins = _NEXT_CAPITAL.match(draft.text, match.end())
    stop = "." if match["unit"].endswith(".") and (begins or ends_text(draft.text, match.end())) else ""
    draft.replace(match.start("gap"), match.end("unit"), f" {noun.many if is_many else noun.one}{stop}")


def _part(draft: Draft, start: int, end: int) -> None:
    """Part the numbers of a list, whose commas are no decimal points."""
    for mark in re.finditer("[,-]", draft.text[start:end]):
        draft.replace(start + mark.start(), start + mark.end(), ", " if mark[0] == "," else "minus ")
