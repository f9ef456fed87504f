"""Figures in the names of things, and letters that are said by name, in English.

Pure. misaki says a name with figures as one word and loses their point, or the figures altogether; apart, it
says both right: ``GPT-4.1`` is given as ``GPT 4 point 1``. A capital ``A`` beside other letters or figures is
the letter and no article.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.en_figures import ordinal, say_decimals

_NAME: Final = re.compile(
    r"(?<![\w.@/#$-])(?![vV]\d|[apAP][mM]-)(?=[A-Za-z]+(?:-[A-Za-z]+)*(?:-\d|\d+\.\d))[A-Za-z]+(?:-?(?:[A-Za-z]+|\d+(?:\.\d+)*))+(?![\w@/]|\.\w|-\w)"
)
_PART: Final = re.compile(r"(?P<dash>-?)(?P<number>\d+(?:\.\d+)*)(?P<letters>[A-Za-z]*)|-?[A-Za-z]+")
_OFFSET: Final = re.compile(
    r"\b(?P<zone>UTC|GMT)(?P<sign>[+-])(?P<hours>\d{1,2})(?::(?P<minutes>\d\d))?(?![\w:])"
)
_NUMERAL = "one|two|three|four|five|six|seven|eight|nine|zero|oh"
_ALONE = r"(?![\w'-]|\.\w)"
_BESIDE = rf"I|[→⇒] [A-Z]|(?:to|and|or|through) [B-Z]|\d+ [A-Z]|(?:(?:{_NUMERAL}) ){{1,4}}[A-Z]"
_LETTER_A: Final = re.compile(
    rf"(?<![\w'.-])A(?= (?:{_BESIDE}){_ALONE}|[,;:)]"
    rf"| [A-Z]{_ALONE}(?: (?:and )?[A-Z]{_ALONE}| \d|[.,!?;:]|$))"
)
_ORDINAL: Final = re.compile(r"(?<![\w.,-])(?P<number>\d{1,4})(?:ST|ND|RD|TH)(?![\w-])")
_RATE: Final = re.compile(
    r"(?<![\w-])APR(?=s?(?: (?:of|is|was|at|as low as|from))? \d{1,2}(?:\.\d{1,3})? ?%|s\b)"
)
_MONTHS: Final = {
    "Feb": "February",
    "Apr": "April",
    "Aug": "August",
    "Sep": "September",
    "Sept": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
}
_MONTH: Final = re.compile(rf"(?:^\s*|\bfor )(?P<month>{'|'.join(_MONTHS)})(?=\.?\s*$|, )")
_MODAL: Final = re.compile(r"\bmay(?= \d{1,2} (?:people|percent|(?!is\b|was\b|has\b)[a-z]{1,20}s)\b)")
_LETTER_AND_NUMBER: Final = re.compile(r"(?<![\w.'-])A(?=-\d{1,3}(?![\w-]))")
_STANDARD: Final = re.compile(r"(?<![\w.])802\.(?P<part>\d{1,2})(?P<letters>[a-z]{1,2})?(?!\w|\.\d)")
_SPELLED: Final = {
    "AT&T": "AT and T",
    "k8s": "K 8 S",
    "K8s": "K 8 S",
    "WWI": "World War 1",
    "WWII": "World War 2",
    "NaN": "not a number",
}
_KNOWN: Final = re.compile(rf"(?<![\w@./#-])(?:{'|'.join(map(re.escape, _SPELLED))})(?![\w@/#])")


def say_names(draft: Draft) -> None:
    """Say the figures of a name apart from its letters."""
    for match in _OFFSET.finditer(draft.text):
        sign = "plus" if match["sign"] == "+" else "minus"
        minutes = f" {match['minutes']}" if match["minutes"] and match["minutes"] != "00" else ""
        draft.replace(match.start("sign"), match.end(), f" {sign} {int(match['hours'])}{minutes}")
    draft.apply(_RATE, lambda match: match[0])
    draft.apply(_MODAL, lambda match: match[0])
    draft.apply(_LETTER_AND_NUMBER, lambda _: "eh")
    draft.apply(_STANDARD, _say_standard)
    for match in _MONTH.finditer(draft.text):
        draft.replace(*match.span("month"), _MONTHS[match["month"]])
    for match in _NAME.finditer(draft.text):
        for part in _PART.finditer(draft.text, *match.span()):
            _say_part(draft, part)
    draft.apply(_ORDINAL, lambda match: ordinal(int(match["number"])))
    draft.apply(_KNOWN, lambda match: _SPELLED[match[0]])


def _say_standard(match: re.Match[str]) -> str:
    """Say a standard of networks: ``802.11ac``."""
    letters = "".join(f" {char.upper()}." for char in match["letters"] or "")
    return f"8 oh 2 dot {match['part']}{letters.removesuffix('.')}"


def say_letters(draft: Draft) -> None:
    """Say a capital ``A`` that is the letter: ``A to Z``, ``A T and T``; by a word that sounds so."""
    draft.apply(_LETTER_A, lambda _: "eh")


def _say_part(draft: Draft, part: re.Match[str]) -> None:
    if part["number"] is None:
        if part[0].startswith("-") and draft.text[part.start() - 1].isdigit():
            draft.replace(part.start(), part.start() + 1, " ")
        return
    whole, *rest = part["number"].split(".")
    said = whole
    if len(rest) == 1:
        said += say_decimals(rest[0])
    elif rest:
        said += "".join(f" point {number}" for number in rest)
    has_point = bool(rest)
    gap = " " if part["dash"] or has_point else ""
    if gap or said != part["number"]:
        draft.replace(part.start(), part.end("number"), gap + said)
