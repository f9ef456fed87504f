"""Abbreviations of English that mean one thing in an address and another elsewhere: ``Dr.``, ``St.``, ``N.``.

Pure. A street's abbreviation stands behind the street's name; in front of a name the same letters are a title
or a saint. Compass points are such only in an address.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.recognize.common import ends_text

_STREETS: Final = {
    "Aly": "Alley",
    "Ave": "Avenue",
    "Av": "Avenue",
    "Blvd": "Boulevard",
    "Cir": "Circle",
    "Cl": "Close",
    "Cres": "Crescent",
    "Ct": "Court",
    "Dr": "Drive",
    "Expy": "Expressway",
    "Fwy": "Freeway",
    "Gdns": "Gardens",
    "Hwy": "Highway",
    "Ln": "Lane",
    "Pkwy": "Parkway",
    "Pl": "Place",
    "Plz": "Plaza",
    "Rd": "Road",
    "Sq": "Square",
    "St": "Street",
    "Ter": "Terrace",
    "Terr": "Terrace",
    "Tpke": "Turnpike",
}
_POINTS: Final = {
    "N": "North",
    "S": "South",
    "E": "East",
    "W": "West",
    "NE": "Northeast",
    "NW": "Northwest",
    "SE": "Southeast",
    "SW": "Southwest",
}
_ALWAYS: Final = frozenset("Blvd Expy Fwy Gdns Hwy Pkwy Plz Tpke Ave Rd Ln".split())
"""Abbreviations that are nothing but a street."""

_KIND = rf"(?:{'|'.join(sorted(_STREETS, key=len, reverse=True))})"
_NAME = r"(?:[A-Z][\w'-]+|\d+(?:st|nd|rd|th))"
_STREET = re.compile(
    rf"(?<![\w'-])(?P<name>{_NAME}|[A-Z])(?P<gap>\s)(?P<kind>{_KIND})(?P<stop>\.?)(?![\w'-])"
)
_ALONE = re.compile(
    rf"(?<![\w.&@/'-])(?P<kind>{'|'.join(sorted(_ALWAYS, key=len, reverse=True))})(?P<stop>\.?)(?![\w'&-])"
)
_POINT = re.compile(
    rf"(?P<before>\d |[a-z] |^|, )(?P<point>[NSEW]|[NS][EW])(?P<stop>\.?)(?= (?:{_NAME} ){{1,3}}"
    rf"(?:{_KIND}\b|Street|Road|Avenue|Drive|Lane|Boulevard|Court|Place|Way))"
)
_HAIL = re.compile(
    r"(?<![\w'-])Ave(?=,? (?:Maria|Regina|Verum|verum|atque|Caesar|Imperator|Satani|Christus)\b)"
    r"|(?<=\bHail, )Ave\b"
)
_SUITE = re.compile(r"(?<![\w.&@/'-])Ste\.?(?=\s#?\d|\s[A-Z](?![\w'.]))")
_FEMALE_SAINT = re.compile(r"(?<![\w.&@/'-])Ste(?:\.?(?=\s[A-Z][a-z])|-(?=[A-Z][a-z]))")
_SAINT = re.compile(r"(?<![\w.&@/'-])St\.?(?=\s[A-Z][a-z])")
_FORT = re.compile(r"(?<![\w.&@/'-])(?P<short>Ft|Pt|Mt|Mts)\.?(?=\s[A-Z][a-z])")
_FEATURES: Final = {"Ft": "Fort", "Pt": "Point", "Mt": "Mount", "Mts": "Mounts"}
_BEFORE_NUMBER: Final = re.compile(r"(?<![\w.])(?<!\d )(?P<short>[Pp]|[Mm]in|[Pp]ar)\.(?= ?\d)")
_COUNTED: Final = {
    "p": "page",
    "P": "Page",
    "min": "minimum",
    "Min": "Minimum",
    "par": "paragraph",
    "Par": "Paragraph",
}
_ROUTE: Final = re.compile(r"(?<![\w.])R(?:te|t)\.?(?= \d{1,4}(?!\d))")
_FLOOR: Final = re.compile(r"(?<=\d(?:st|nd|rd|th) )Fl\.?(?![\w'])")
_FOUNDED: Final = re.compile(r"(?<![\w.])[Ee]st\.(?= [12]\d{3}(?!\w))")
_NOT_A_NAME: Final = frozenset(
    """
    A An And As At But By Call Contact Dear For From Hello Hey Hi If In Is It Meet My Near No Not Of On
    Or Our Please Saw See Thank Thanks Thanked The Then This To Visit When With You Your
    """.split()
)
_SENTENCE: Final = frozenset("It He She They We I The This That There You And".split())
_NUMBER_BEFORE: Final = re.compile(r"\d+ (?:[A-Z][\w'.]* ){0,4}$")
_WINDOW: Final = 40


def say_places(draft: Draft) -> None:
    """Say streets, saints, compass points and forts, and what stands before a number alone: ``p. 5``."""
    text = draft.text
    draft.apply(_HAIL, lambda _: "Ahvay")
    draft.apply(_SUITE, lambda _: "Suite")
    draft.apply(_FEMALE_SAINT, lambda match: "Saint " if match[0].endswith("-") else "Saint")
    for match in _STREET.finditer(text):
        if _is_street(match, text):
            _put(draft, match, _STREETS[match["kind"]])
    draft.apply(_BEFORE_NUMBER, lambda match: _COUNTED[match["short"]] + " ")
    draft.apply(_FOUNDED, lambda _: "established")
    draft.apply(_ROUTE, lambda _: "Route")
    draft.apply(_FLOOR, lambda _: "Floor")
    draft.apply(_SAINT, lambda _: "Saint")
    draft.apply(_FORT, lambda match: _FEATURES[match["short"]])
    for match in _ALONE.finditer(text):
        _put(draft, match, _STREETS[match["kind"]])
    for match in _POINT.finditer(text):
        start = match.start("point")
        draft.replace(start, match.end("stop"), _POINTS[match["point"]])


_NEXT_CAPITAL: Final = re.compile(r" ([A-Z]\w*)")
_NEXT_NAME: Final = re.compile(r"\s[A-Z][a-z]")
_NEXT_NAME_OR_INITIAL: Final = re.compile(r"\s([A-Z][a-z]+|[A-Z]\.)")
_MARK_OR_END: Final = re.compile(r"\s*(?:[,.]|$)")


def _put(draft: Draft, match: re.Match[str], said: str) -> None:
    start, end = match.start("kind"), match.end("stop")
    following = _NEXT_CAPITAL.match(draft.text, end)
    begins = following is not None and following[1] in _SENTENCE
    keeps_stop = bool(match["stop"]) and (begins or ends_text(draft.text, end))
    draft.replace(start, end, said + ("." if keeps_stop else ""))


def _is_street(match: re.Match[str], text: str) -> bool:
    """Say whether an abbreviation is a street's: a name before it and no name behind it."""
    kind, end = match["kind"], match.end()
    if match["name"] in _NOT_A_NAME:
        return False
    has_number = bool(_NUMBER_BEFORE.search(text[max(0, match.start() - _WINDOW) : match.start("kind")]))
    if len(match["name"]) == 1:
        is_letter_street = kind == "St" and not _NEXT_NAME.match(text, end)
        return has_number or kind in _ALWAYS or is_letter_street
    following = _NEXT_NAME_OR_INITIAL.match(text, end)
    if kind in {"St", "Dr"} and following:
        # ``Main St. It is``, ``5 Oak St Boston`` against ``Mr. St. John``: a house number tells.
        return following[1] in _SENTENCE or has_number
    if kind in _ALWAYS or kind == "St":
        return True
    return has_number or bool(match["stop"]) or bool(_MARK_OR_END.match(text, end))
