"""Signs and dashes that English says by a word of its own, or not at all.

Pure. A dash between two of a kind is ``to``, between a word and what explains it a pause; a hyphen with
spaces is a minus between operands alone, which the formulas have claimed before.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft

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
_DECADES: Final = re.compile(r"(?<=\d0s)(?P<dash> ?[-—] ?)(?='?(?:1[5-9]|20)?\d0s\b)")
_LETTERS: Final = re.compile(r"(?<![\w'.-])(?:[A-Y](?P<dash> ?[-—] ?)[B-Z]|a(?P<gap>[-—])z)(?![\w'-]|\.\w)")
_HYPHEN: Final = re.compile(r"(?<=\S) (?P<dash>-) (?=\S)")
_PATH: Final = re.compile(r"(?<=[^\W\d] )[>*](?= [^\W\d])|(?<=[\w)] )>(?= [A-Z][a-z])")
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
    for pattern in (_TO_NOON, _DECADES, _LETTERS):
        for match in pattern.finditer(draft.text):
            name = "dash" if match["dash"] else "gap"
            draft.replace(*match.span(name), " to ")
            if match[0].startswith("A"):
                draft.replace(match.start(), match.start() + 1, "eh")


def say_verses(draft: Draft) -> None:
    """Say chapter and verse: ``John 3:16``."""
    for match in _VERSE.finditer(draft.text):
        said = f"{match['chapter']} {match['first']}" + (f" to {match['last']}" if match["last"] else "")
        draft.replace(*match.span("verse"), said)


def say_pauses(draft: Draft) -> None:
    """Make pauses of the hyphens and arrows between words that no formula has claimed."""
    for match in _HYPHEN.finditer(draft.text):
        draft.replace(*match.span("dash"), "—")
    draft.apply(_PATH, lambda _: ",")


def say_signs(draft: Draft) -> None:
    """Say the signs of mathematics by name, and a heart of two characters."""
    draft.apply(_HEART, lambda _: "love")
    draft.apply(_SIGN, lambda match: f" {_NAMES[match[0]]} ")
