"""Hindi's own rules for days and months in figures without a year, and for months in English.

Pure. A stroke between two numbers is a fraction too: what stands beside them tells which.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.hi_numbers import BELOW_HUNDRED, figures, year
from tts_server.text.normalize.languages.hi_words import MONTHS, SPELLED_MONTHS
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.speech import Pieces

ENGLISH_MONTHS = {
    name: number
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
} | {"Sept": 9}

_NOT_WORD = rf"(?![{LETTERS}\d])"
_BEGIN = rf"(?<![{LETTERS}\d.,:/-])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_PLAIN_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])/(?P<month>0?[1-9]|1[0-2])"
_DAY_AND_MONTH = r"(?P<day{n}>0?[1-9]|[12]\d|3[01])/(?P<month{n}>0?[1-9]|1[0-2])"
_FROM_TO = re.compile(
    rf"{_BEGIN}{_DAY_AND_MONTH.replace('{n}', '1')}(?P<to> से | ?[-—] ?)"
    rf"{_DAY_AND_MONTH.replace('{n}', '2')}(?= (?:तक|के बीच){_NOT_WORD})"
)
_NAMED = re.compile(rf"{_BEGIN}(?:तारीख|तारीख़|दिनांक|तिथि|दि[.॰]|ता[.॰]):? ?{_PLAIN_DAY}(?![/\d]|[.,-]\d)")
# Behind such a word it is a part of something.
_OF_WHAT = re.compile(rf"(?<![{LETTERS}])(?:के|का|की|भिन्न|हिस्सा|हिस्से|बटा) $")
_BEFORE_WORD = re.compile(rf"{_BEGIN}{_PLAIN_DAY}(?= (?P<behind>को|तक){_NOT_WORD})")
_USUAL_PARTS = {(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)}
_MONTH_OF_YEAR = re.compile(
    rf"{_BEGIN}(?P<month>0?[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d)(?![{LETTERS}\d/]|[.,:-]\d)"
)
# What has a number of its own in every year: cases, orders, laws.
_FILE = re.compile(r"(?:नं|सं|क्र|नंबर|नम्बर|संख्या|क्रमांक|याचिका|केस|अपील|आदेश|अधिनियम|पत्र|No|no|NO)[.॰]?:? ?$")
_MAX_FILE_CHARS = 12
_ENGLISH = any_of(ENGLISH_MONTHS)
_ENGLISH_DAY = re.compile(
    rf"(?<![{LETTERS}\d.,:/])(?P<day>{_DAY})(?P<gap>[ -])(?P<month>{_ENGLISH})(?![{LETTERS}\d])\.?"
    rf"(?:(?P<mark>,? |-)(?P<year>[12]\d{{3}})(?![{LETTERS}\d]|[.,:/-]\d))?"
)
_ENGLISH_FIRST = re.compile(
    rf"{_BEGIN}(?P<month>{_ENGLISH})\.? (?:(?P<day>{_DAY})(?![{LETTERS}\d%:/]|[.-]\d)(?P<mark>,? )?)?"
    rf"(?P<year>[12]\d{{3}})?(?![{LETTERS}\d]|[.,:/-]\d)"
)
_MONTH = any_of(SPELLED_MONTHS)
_DAYS = re.compile(
    rf"{_BEGIN}{_DAY} (?:{_MONTH}|{_ENGLISH})(?P<dash> ?[-—] ?)(?={_DAY} (?:{_MONTH}|{_ENGLISH}){_NOT_WORD})"
)


def say_days(draft: Draft) -> None:
    """Say days and months without a year, months and years, and months in English."""
    for match in _FROM_TO.finditer(draft.text):
        parts = [(int(match[f"day{n}"]), int(match[f"month{n}"])) for n in "12"]
        if not _USUAL_PARTS.issuperset(parts):
            first = (match.start(), match.end("month1"), _day(*parts[0]))
            draft.put(
                [first, (*match.span("to"), " से "), (match.start("day2"), match.end(), _day(*parts[1]))]
            )
    for match in _NAMED.finditer(draft.text):
        draft.put([(match.start("day"), match.end(), _day(int(match["day"]), int(match["month"])))])
    draft.apply(_BEFORE_WORD, lambda match: _before_word(match, draft.text))
    draft.apply(_MONTH_OF_YEAR, lambda match: _month_of_year(match, draft.text))
    for match in _ENGLISH_DAY.finditer(draft.text):
        _say_english(draft, match)
    for match in _ENGLISH_FIRST.finditer(draft.text):
        if match["day"] or match["year"]:
            _say_english(draft, match)
    for match in _DAYS.finditer(draft.text):
        draft.put([(*match.span("dash"), " से ")])


def _day(day: int, month: int) -> str:
    return f"{figures(str(day))} {MONTHS[month - 1]}"


def _before_word(match: re.Match[str], text: str) -> str | None:
    """Return a day and a month; None where they are a part of something."""
    day, month = int(match["day"]), int(match["month"])
    if _OF_WHAT.search(text, max(0, match.start() - _MAX_FILE_CHARS), match.start()):
        return None
    if match["behind"] == "तक" and (day, month) in _USUAL_PARTS:
        return None
    return _day(day, month)


def _month_of_year(match: re.Match[str], text: str) -> str | None:
    if _FILE.search(text[max(0, match.start() - _MAX_FILE_CHARS) : match.start()]):
        return None
    return f"{MONTHS[int(match['month']) - 1]} {_year(match['year'])}"


def _year(written: str) -> str:
    return year(int(written)) if written[0] == "1" else figures(written)


def _say_english(draft: Draft, match: re.Match[str]) -> None:
    pieces: Pieces = [(*match.span("month"), MONTHS[ENGLISH_MONTHS[match["month"]] - 1])]
    if "gap" in match.re.groupindex and match["gap"] == "-":
        pieces.append((*match.span("gap"), " "))
    if match["year"]:
        if match["mark"] == "-":
            pieces.append((*match.span("mark"), " "))
        is_old = 1100 <= int(match["year"]) <= 1999
        pieces.append((*match.span("year"), _year(match["year"])))
        if is_old and match["day"]:
            pieces.append((*match.span("day"), BELOW_HUNDRED[int(match["day"])]))
    behind = match.end("month")
    if draft.text[behind : behind + 1] == "." and behind < match.end():
        pieces.append((behind, behind + 1, ""))
    draft.put(sorted(pieces))
