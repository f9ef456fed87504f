"""Hindi's own rules for times, days, months and years.

Pure. Hindi writes the hour with a word behind it, and has words for its halves and quarters; it says a year
by its hundreds.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.hi_numbers import BELOW_HUNDRED, figures, year
from tts_server.text.normalize.languages.hi_words import MONTHS, SHORT_MONTHS, SPELLED_MONTHS, WEEKDAYS
from tts_server.text.normalize.recognize.common import LETTERS, any_of
from tts_server.text.normalize.speech import Pieces

HALVES = {1: "डेढ़", 2: "ढाई"}
"""One and a half, two and a half."""

_NOT_WORD = rf"(?![{LETTERS}\d])"
_BEGIN = rf"(?<![{LETTERS}\d.,:/-])"
# What a time stands before without a word for "at".
_NO_AT = "पर|से|तक|का|की|के|को|और|या|तथा|हुए|हुआ|हो|है|हैं|था|थे|बज"
_TIME = r"(?P<hour{n}>[01]?\d|2[0-4])(?:[:.](?P<minute{n}>[0-5]\d))?"
_HOURS = re.compile(
    rf"{_BEGIN}(?:{_TIME.replace('{n}', '1')}(?P<between> ?[-—] ?| से | या | और ))?"
    rf"{_TIME.replace('{n}', '2')} ?(?P<word>बजे){_NOT_WORD}(?P<next> (?!(?:{_NO_AT}){_NOT_WORD})[{LETTERS}])?"
)
_LENGTH = re.compile(rf"{_BEGIN}(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d) ?(?P<word>घंटे|घंटा|घंटों|घण्टे){_NOT_WORD}")
_DAY = "|".join(WEEKDAYS)
_WEEKDAYS = re.compile(
    rf"{_BEGIN}(?P<low>{_DAY})(?:वार|[.॰])?(?P<dash> ?[-—] ?)(?P<high>{_DAY})(?:वार|[.॰])?{_NOT_WORD}"
)
# A name that many other things have: a teacher, a planet.
_WEEKDAY = re.compile(
    rf"{_BEGIN}(?P<day>{_DAY})[.॰](?=,| (?:और|व|या|को|से|तक|सुबह|शाम|दोपहर|रात)(?![{LETTERS}])| \d)"
)
_MONTH = any_of([*SPELLED_MONTHS, *(f"{name}{stop}" for name in SHORT_MONTHS for stop in ".॰")])
_DAY_OF_MONTH = re.compile(
    rf"{_BEGIN}(?P<day>0?[1-9]|[12]\d|3[01]) (?P<month>{_MONTH})"
    rf"(?:,? (?P<year>[12]\d{{3}})(?![{LETTERS}\d]|[.,:/-]\d))?"
)
_OF_YEARS = (
    "दशक|बाद|दौरान|आसपास|क्रांति|विद्रोह|गदर|ग़दर|युद्ध|लड़ाई|जंग|संग्राम|आंदोलन|विभाजन|बँटवारे|चुनाव|अकाल|"
    "आपातकाल|दंगे|दंगों|आज़ादी|ओलंपिक|विश्व कप|बजट|संविधान|अधिनियम|समझौते|भूकंप|बाढ़"
)
_YEAR = re.compile(
    rf"{_BEGIN}(?:(?:सन्?|साल|वर्ष|{_MONTH}),? )(?P<year>1[1-9]\d\d)(?![{LETTERS}\d%]|[.,:/-]\d)"
    rf"|{_BEGIN}(?P<alone>1[1-9]\d\d)(?= (?:में|ई[.॰]|ईस्वी|ईसवी"
    rf"|(?:के|की|का) (?:{_OF_YEARS})))"
)
_YEARS = re.compile(
    rf"{_BEGIN}(?P<low>1[1-9]\d\d)(?P<dash> ?[-—] ?| से )(?P<high>[12]\d\d\d)"
    r"(?= (?:के बीच|के दौरान|तक))|(?<=\()(?P<born>1[1-9]\d\d)(?P<to> ?[-—] ?)(?P<died>[12]\d\d\d)(?=\))"
)
_TWO_YEARS = re.compile(
    rf"{_BEGIN}(?P<year>1[5-9]\d\d|20\d\d)(?P<dash>[-—])(?P<next>\d\d)(?![{LETTERS}\d]|[.,:/-]\d)"
)
_SHORT_MONTH = re.compile(rf"{_BEGIN}(?P<month>{any_of(SHORT_MONTHS)})[.॰](?=,? \d)")


def say_hours(draft: Draft) -> None:
    """Say the times that stand before ``बजे``, the word for the hour."""
    for match in _HOURS.finditer(draft.text):
        pieces: Pieces = []
        if match["hour1"]:
            start, end = match.start("hour1"), match.start("between")
            pieces.append((start, end, _hour(match, "1") or _minutes(match, "1")))
            if match["between"].strip() in {"-", "—"}:
                pieces.append((*match.span("between"), " से "))
        end = match.end("minute2") if match["minute2"] else match.end("hour2")
        said = _hour(match, "2")
        pieces.append((match.start("hour2"), end, said or f"{int(match['hour2'])} बजकर"))
        if said is None:
            at = " पर" if match["next"] else ""
            pieces.append((*match.span("word"), f" {_count(int(match['minute2']))} मिनट{at}"))
        draft.put(pieces)
    for match in _LENGTH.finditer(draft.text):
        hour, minute = int(match["hour"]), int(match["minute"])
        if minute == 30 and hour:
            said = HALVES.get(hour, f"साढ़े {_count(hour)}")
            draft.put([(match.start(), match.end("minute"), said)])
        elif not minute:
            draft.put([(match.start(), match.end("minute"), _count(hour))])
        else:
            whole = f"{_count(hour)} {'घंटा' if hour == 1 else 'घंटे'} " if hour else ""
            draft.put([(*match.span(), f"{whole}{_count(minute)} मिनट")])


def _hour(match: re.Match[str], n: str) -> str | None:
    """Return a time before the word for the hour; None where that word has to stand inside it."""
    hour, minute = int(match[f"hour{n}"]), int(match[f"minute{n}"] or 0)
    if not minute:
        return str(hour)
    if not 1 <= hour <= 12:
        return None
    if minute == 30:
        return HALVES.get(hour, f"साढ़े {hour}")
    if minute == 15:
        return f"सवा {hour}"
    return f"पौने {hour % 12 + 1}" if minute == 45 else None


def _count(value: int) -> str:
    return figures(str(value))


def _minutes(match: re.Match[str], n: str) -> str:
    return f"{int(match[f'hour{n}'])} बजकर {_count(int(match[f'minute{n}']))} मिनट"


def say_weekdays(draft: Draft) -> None:
    """Say shortened weekdays, and ranges of weekdays."""
    for match in _WEEKDAYS.finditer(draft.text):
        low, high = WEEKDAYS[match["low"]], WEEKDAYS[match["high"]]
        dash = match.span("dash")
        draft.put([(match.start(), dash[0], low), (*dash, " से "), (dash[1], match.end(), high)])
    draft.apply(_WEEKDAY, lambda match: WEEKDAYS[match["day"]])


def say_dates(draft: Draft) -> None:
    """Say shortened months, and the years of 1100 to 1999 beside a month or the word for a year."""
    for match in _DAY_OF_MONTH.finditer(draft.text):
        name, of_year = match["month"], int(match["year"] or 0)
        month = SPELLED_MONTHS.get(name) or SHORT_MONTHS[name.rstrip(".॰")]
        pieces: Pieces = []
        if 1100 <= of_year <= 1999:
            pieces.append((*match.span("day"), BELOW_HUNDRED[int(match["day"])]))
            pieces.append((*match.span("year"), year(of_year)))
        if name[-1] in ".॰":
            pieces.append((*match.span("month"), MONTHS[month - 1]))
        draft.put(sorted(pieces))
    draft.apply(_SHORT_MONTH, lambda match: MONTHS[SHORT_MONTHS[match["month"]] - 1])
    for match in _YEAR.finditer(draft.text):
        name = "year" if match["year"] else "alone"
        draft.put([(*match.span(name), year(int(match[name])))])
    for match in _TWO_YEARS.finditer(draft.text):
        first = int(match["year"])
        # ``2023-24``, a year that begins in April; any other is a range.
        if (first + 1) % 100 == int(match["next"]):
            is_old = first < 2000
            low = year(first) if is_old else str(first)
            high = BELOW_HUNDRED[(first + 1) % 100] if is_old else _count((first + 1) % 100)
            middle = match.start("dash")
            draft.put([(match.start(), middle, low), (middle, match.end(), f" {high}")])
    for match in _YEARS.finditer(draft.text):
        low, dash, high = ("low", "dash", "high") if match["low"] else ("born", "to", "died")
        draft.put(
            [
                (*match.span(low), year(int(match[low]))),
                *([(*match.span(dash), " से ")] if match[dash] != " से " else []),
                (*match.span(high), year(int(match[high]))),
            ]
        )
