"""Signs and dashes that English says by a word of its own, or not at all.

Pure. A dash between two of a kind is ``to``, between a word and what explains it a pause; a hyphen with
spaces is a minus between operands alone, which the formulas have claimed before.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.en_figures import ordinal

_NAMES: Final = {
    "∞": "infinity",
    "∑": "sum",
    "∏": "product",
    "∈": "in",
    "∉": "not in",
    "∴": "therefore",
    "∵": "because",
    "∠": "angle",
    "∛": "the cube root of",
    "√": "the square root of",
    "∀": "for all",
    "∃": "there exists",
    "∅": "the empty set",
    "∂": "partial",
    "∫": "the integral of",
    "∪": "union",
    "∩": "intersected with",
    "⊂": "is a subset of",
    "⊆": "is a subset of",
    "∝": "is proportional to",
    "≡": "is equivalent to",
    "≅": "is congruent to",
    "⊥": "is perpendicular to",
    "∥": "is parallel to",
    "¬": "not",
    "∧": "and",
    "∨": "or",
    "¶": "paragraph",
    "Δ": "delta",
    "∆": "delta",
}
_SIGN: Final = re.compile("|".join(_NAMES))
_OPEN_TIME = r"(?:noon|midnight|\d{1,2}(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?)"
_TO_NOON: Final = re.compile(
    rf"(?<![\w.,/:-])(?:{_OPEN_TIME}(?P<dash> ?[-—] ?)(?:noon|midnight)(?!-?\w)"
    r"|(?:noon|midnight)(?P<gap> ?[-—] ?)(?=\d))",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(r"(?<=\d/\d)(?P<dash> ?[-—] ?)(?=\d{1,2}/\d{1,2}(?![\w/]))")
_WORKDAYS: Final = re.compile(r"(?<![\w'.-])M[-—]F(?![\w'-])")
_ORDINALS: Final = re.compile(r"(?<=\d(?:st|nd|rd|th))(?P<dash> ?[-—] ?)(?=\d{1,3}(?:st|nd|rd|th)(?!\w))")
_HYPHENED: Final = re.compile(
    r"(?<![\w-])(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*(?P<gap>-)(?P<day>\d{1,2})"
    r"(?:(?P<second>-)(?=\d{4}\b)|(?![\w-]|[.,]\d))"
)
_DECADES: Final = re.compile(r"(?<=\d0s)(?P<dash> ?[-—] ?)(?='?(?:1[5-9]|20)?\d0s\b)")
_LETTERS: Final = re.compile(r"(?<![\w'.-])(?:[A-Y](?P<dash> ?[-—] ?)[B-Z]|a(?P<gap>[-—])z)(?![\w'-]|\.\w)")
_LISTED: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{1,3}){1,12}(?![\w,]|\.\d)")
_SEMICOLON: Final = re.compile(r"(?<=\d);(?=\d)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d\d){0,4}(?:,\d{3})+")
_HYPHEN: Final = re.compile(r"(?<=\S) (?P<dash>-) (?=\S)")
_PATH: Final = re.compile(r"(?<=[^\W\d] )[>*](?= [^\W\d])|(?<=[\w)] )>(?= [A-Z][a-z])")
_BOTH: Final = re.compile("&&")
_HEART: Final = re.compile(r"<3(?!\d)(?=\s|$|[.,!?])")
_VERSE: Final = re.compile(
    r"\b(?:Gen(?:esis)?|Exod(?:us)?|Lev(?:iticus)?|Num(?:bers)?|Deut(?:eronomy)?|Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra"
    r"|Nehemiah|Esther|Job|Psalms?|Proverbs|Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Daniel|Hosea|Joel|Amos|Jonah"
    r"|Micah|Zechariah|Malachi|Matt(?:hew)?|Mark|Luke|John|Acts|Romans|Rom|Corinthians|Cor|Galatians|Ephesians|Philippians"
    r"|Colossians|Thessalonians|Timothy|Titus|Philemon|Hebrews|James|Peter|Jude|Revelation|Surah?|Quran)\.? "
    r"(?P<verse>(?P<chapter>\d{1,3}):(?P<first>\d{1,3})(?:[-—](?P<last>\d{1,3}))?)(?![\w:]|[.,]\d)"
)


def say_dashes(draft: Draft) -> None:
    """Say what a dash between times, decades and letters means."""
    draft.apply(_WORKDAYS, lambda _: "Monday to Friday")
    for pattern in (_TO_NOON, _DECADES, _PARTS, _ORDINALS, _LETTERS):
        for match in pattern.finditer(draft.text):
            name = "dash" if match["dash"] else "gap"
            draft.replace(*match.span(name), " to ")
            if match[0].startswith("A"):
                draft.replace(match.start(), match.start() + 1, "eh")


def say_hyphened_dates(draft: Draft) -> None:
    """Say ``Jan-15`` and ``Jan-15-2020``."""
    for match in _HYPHENED.finditer(draft.text):
        draft.replace(match.start("gap"), match.end("day"), " " + ordinal(int(match["day"])))
        if match["second"]:
            draft.replace(*match.span("second"), ", ")


def say_verses(draft: Draft) -> None:
    """Say chapter and verse: ``John 3:16``."""
    for match in _VERSE.finditer(draft.text):
        said = f"{match['chapter']} {match['first']}" + (f" to {match['last']}" if match["last"] else "")
        draft.replace(*match.span("verse"), said)


def say_pauses(draft: Draft) -> None:
    """Make pauses of hyphens and arrows between words, and of commas between numbers, that are left."""
    for match in _HYPHEN.finditer(draft.text):
        draft.replace(*match.span("dash"), "—")
    draft.apply(_PATH, lambda _: ",")
    draft.apply(_SEMICOLON, lambda _: "; ")
    for match in _LISTED.finditer(draft.text):
        if not _GROUPED.fullmatch(match[0]):
            for comma in re.finditer(",", match[0]):
                draft.replace(match.start() + comma.start(), match.start() + comma.end(), ", ")


def say_signs(draft: Draft) -> None:
    """Say the signs of mathematics by name, and a heart of two characters."""
    draft.apply(_BOTH, lambda _: " and ")
    draft.apply(_HEART, lambda _: "love")
    draft.apply(_SIGN, lambda match: f" {_NAMES[match[0]]} ")
