"""Signs and dashes that English says by a word of its own, or not at all.

Pure. A dash between two of a kind is ``to``, between a word and what explains it a pause; a hyphen with
spaces is a minus between operands alone, which the formulas have claimed before.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.en_figures import fraction_name, fraction_words, ordinal
from tts_server.text.normalize.languages.en_words import MONTHS
from tts_server.text.normalize.moments import full_year

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
_PARTS: Final = re.compile(
    r"(?<![\w./,-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?P<dash> ?[-—] ?)"
    r"(?:(?:(?P<whole>\d{1,2}) )?(?P<c>\d{1,2})/(?P<d>\d{1,2})(?![\w/])|(?=\d{1,2} [a-z]))"
)
_SMALL_PARTS: Final = re.compile(r"(?<=[¼½¾⅓⅔])(?P<dash> ?[-—] ?)(?=\d{1,2} |[¼½¾⅓⅔])")
_USUAL_PARTS: Final = frozenset({2, 3, 4, 8, 16, 32})
_MIXED: Final = re.compile(
    r"(?<![\w.,/:-])(?P<whole>\d{1,2})-(?P<top>\d{1,2})/(?P<bottom>2|3|4|5|6|8|16|32)(?![\w/-]|[.,]\d)"
)
_OPEN_HOURS: Final = re.compile(
    r"(?<![\w.,:/-])(?:1[0-2]|0?[1-9]):[0-5]\d(?P<dash> ?[-—] ?)"
    r"(?=(?:1[0-2]|[1-9])(?![\w%:/-]|[.,]\d| ?[ap]\.?m))"
)
_WORKDAYS: Final = re.compile(r"(?<![\w'.-])M[-—]F(?![\w'-])")
_ORDINALS: Final = re.compile(r"(?<=\d(?:st|nd|rd|th))(?P<dash> ?[-—] ?)(?=\d{1,3}(?:st|nd|rd|th)(?!\w))")
_HYPHENED: Final = re.compile(
    r"(?<![\w-])(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*(?P<gap>-)(?P<day>\d{1,2})"
    r"(?:(?P<second>-)(?=\d{4}\b)|(?![\w-]|[.,]\d))"
)
_DAY_FIRST: Final = re.compile(
    r"(?<![\w.,/-])(?P<day>3[01]|[12]\d|0?[1-9])-"
    rf"(?P<month>{'|'.join(name[:3] for name in MONTHS)})[a-z]{{0,6}}"
    r"-(?P<year>(?:[12]\d)?\d\d)(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
_MONTHS: Final = {name[:3].lower(): name for name in MONTHS}
_DECADES: Final = re.compile(r"(?<=\d0s)(?P<dash> ?[-—] ?)(?='?(?:1[5-9]|20)?\d0s\b)")
_LETTERS: Final = re.compile(
    r"(?<![\w'.-])(?!V-[EJ]|E-Z|X-Y|S-T|A-V|P-E|I-V|D-I|[A-F]- |[A-F] -[B-F])"
    r"(?:[A-Y](?P<dash> ?[-—] ?)[B-Z]|a(?P<gap>[-—])z)(?![\w'-]|\.\w)"
)
_LISTED: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{1,3}){1,12}(?![\w,]|\.\d)")
_RATIO: Final = re.compile(
    r"(?:\b(?i:dilut(?:e[ds]?|ing)(?: (?:it|to|at))?|ratio(?: of| is)?|(?:scale|odds)(?: of)?|mix(?:ed)?) "
    r"\d{1,2}(?P<told>:)\d{1,4}|(?<![\w.,:/-])\d{1,2}(?P<tells>:)\d{1,4}"
    r"(?= (?:scale|ratio|dilution|aspect|display|monitor|screen|mixture|odds|solution|model|split)\b))"
    r"(?![\w:%]|[.,]\d)"
)
_SEMICOLON: Final = re.compile(r"(?<=\d);(?=\d)")
_GROUPED: Final = re.compile(r"\d{1,3}(?:,\d\d){0,4}(?:,\d{3})+")
_HYPHEN: Final = re.compile(r"(?<=\S) (?P<dash>-) (?=\S)")
_PATH: Final = re.compile(r"(?<=[^\W\d] )[>*](?= [^\W\d])|(?<=[\w)] )>(?= [A-Z][a-z])")
_BOTH: Final = re.compile("&&")
_EQUALS: Final = re.compile(r"(?<=[\w)!'\"\]]) ?(?<!=)=(?!=) ?(?=[-\w('\"$])")
_HEART: Final = re.compile(r"<3(?!\d)(?=\s|$|[.,!?])")
_VERSE: Final = re.compile(
    r"\b(?:Gen(?:esis)?|Exod(?:us)?|Lev(?:iticus)?|Num(?:bers)?|Deut(?:eronomy)?|Joshua|Judges|Ruth|Samuel|Kings|Chronicles|Ezra"
    r"|Nehemiah|Esther|Job|Psalms?|Proverbs|Ecclesiastes|Isaiah|Jeremiah|Lamentations|Ezekiel|Daniel|Hosea|Joel|Amos|Jonah"
    r"|Micah|Zechariah|Malachi|Matt(?:hew)?|Mark|Luke|John|Acts|Romans|Rom|Corinthians|Cor|Galatians|Ephesians|Philippians"
    r"|Colossians|Thessalonians|Timothy|Titus|Philemon|Hebrews|James|Peter|Jude|Revelation|Surah?|Quran)\.? "
    r"(?P<verse>(?P<chapter>\d{1,3}):(?P<first>\d{1,3})(?:[-—](?P<last>\d{1,3}))?)(?![\w:]|[.,]\d)"
)


def say_dashes(draft: Draft) -> None:
    """Say what a dash between times, decades, parts and letters means, and the colon of a ratio."""
    draft.apply(_WORKDAYS, lambda _: "Monday to Friday")
    for match in _RATIO.finditer(draft.text):
        draft.replace(*match.span("told" if match["told"] else "tells"), " to ")
    draft.apply(_MIXED, _say_mixed)
    for match in _PARTS.finditer(draft.text):
        _say_parts(draft, match)
    for pattern in (_TO_NOON, _DECADES, _SMALL_PARTS, _OPEN_HOURS, _ORDINALS, _LETTERS):
        for match in pattern.finditer(draft.text):
            name = "dash" if match["dash"] else "gap"
            draft.replace(*match.span(name), " to ")
            if match[0].startswith("A"):
                draft.replace(match.start(), match.start() + 1, "eh")


def _say_mixed(match: re.Match[str]) -> str | None:
    """Say ``1-1/2``, which is one number."""
    top, bottom = int(match["top"]), int(match["bottom"])
    name = fraction_name(bottom)
    return fraction_words(int(match["whole"]), top, name) if 0 < top < bottom and name else None


def _say_parts(draft: Draft, match: re.Match[str]) -> None:
    """Say ``1/2-3/4`` and ``1/2-1 cup``."""
    draft.replace(*match.span("dash"), " to ")
    bottoms = [int(match[n]) for n in "bd" if match[n]]
    # ``10/12-10/14`` are days.
    if not all(bottom in _USUAL_PARTS for bottom in bottoms):
        return
    first = fraction_words(None, int(match["a"]), fraction_name(bottoms[0]) or "")
    draft.replace(match.start("a"), match.end("b"), first)
    if match["c"]:
        whole = int(match["whole"]) if match["whole"] else None
        second = fraction_words(whole, int(match["c"]), fraction_name(bottoms[1]) or "")
        draft.replace(match.start("whole" if match["whole"] else "c"), match.end("d"), second)


def say_hyphened_dates(draft: Draft) -> None:
    """Say ``Jan-15``, ``Jan-15-2020`` and ``15-Jan-2020``."""
    draft.apply(_DAY_FIRST, _say_day_first)
    for match in _HYPHENED.finditer(draft.text):
        draft.replace(match.start("gap"), match.end("day"), " " + ordinal(int(match["day"])))
        if match["second"]:
            draft.replace(*match.span("second"), ", ")


def _say_day_first(match: re.Match[str]) -> str:
    year = full_year(match["year"])
    return f"{_MONTHS[match['month'].lower()]} {ordinal(int(match['day']))} {year}"


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
    draft.apply(_EQUALS, lambda _: " equals ")
    draft.apply(_HEART, lambda _: "love")
    draft.apply(_SIGN, lambda match: f" {_NAMES[match[0]]} ")
