"""Measures that English writes in a way of its own: feet and inches, ``3x``, ``40° N``.

Pure.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Number
from tts_server.text.normalize.languages.en_figures import say_decimals

_SIDES_IN_FEET: Final = re.compile(
    r"(?<![\w.'-])(?P<a>\d{1,3})' ?(?:x|×|by) ?(?P<b>\d{1,3})'(?: ?(?:x|×|by) ?(?P<c>\d{1,3})')?(?![\w'])"
)
_FEET_RANGE: Final = re.compile(r"(?<![\w.'-])(?P<a>\d{1,2}) ?[-—] ?(?P<b>\d{1,2})'(?![\w'])")
_FOOT_AND_INCH: Final = re.compile(
    r"(?<![\w.,])(?:\d{1,2} ?(?:ft|feet|foot)\.?,? ?\d{1,2}(?:\.\d)?(?P<beside> ?in)(?![\w'-])"
    r"|(?P<count>\d{1,3}(?:\.\d{1,2})?)(?P<alone> ?in)"
    r"(?= (?:of (?:rain|snow|water|ice)|long|wide|tall|deep|high|thick)\b))"
)
_HEIGHT: Final = re.compile(r"(?<![\w.,])(?P<feet>[4-7])ft(?P<inches>1[01]|\d)(?!\w|[.,]\d)")
_SPACED_SECONDS: Final = re.compile(
    r"(?<![\w.,$-])(?P<count>\d{1,3}(?:\.\d{1,3})?)(?P<unit> s)(?![\w'&-]|\.\w)"
)
_TEASPOONS: Final = re.compile(
    r"(?<=\d)(?P<unit> ?t\.?)(?= (?:vanilla|salt|sugar|baking|cinnamon|pepper|nutmeg|yeast)\b)"
)
_HOUR_AND_MINUTE: Final = re.compile(r"(?<![\w.,:])(?P<hours>\d{1,2})hr(?P<minutes>[0-5]\d)(?!\w)")
_CARAT: Final = re.compile(
    r"(?<=\d)(?P<unit> ?ct)(?= (?:gold|diamonds?|ring|sapphire|ruby|emerald|white|yellow)\b)"
)
_FEET_INCHES: Final = re.compile(
    r"(?<![\w.'-])(?P<feet>\d{1,2})' ?(?P<inches>\d{1,2}(?:\.\d)?)(?:[\"”]|'')?(?!\w)"
)
_FEET: Final = re.compile(
    r"(?<![\w.'-])(?P<a>\d{1,3})'(?:(?P<dash> ?(?:[-—]|x|×) ?)(?P<b>\d{1,3})')?"
    r"(?=[\s]*(?:tall|high|long|wide|deep|by|ceilings?|x|×|ladder|drop|tree|wall|fence|boat|board)\b)"
)
_INCHES: Final = re.compile(
    r"(?<![\w.\"“'/])(?P<inches>\d+(?:\.\d+)?|(?:\d+ )?\d+/\d+)[\"”](?=\s\w|\s?[x×]\s?\d|$|[.,;)])"
)
_TIMES: Final = re.compile(
    r"(?<!=)(?<!= )(?<![\w.,/-])(?P<number>\d+(?:\.\d+)?)(?P<x> ?[x×])"
    r"(?![\w×]|\s?\d| ?[-+=*/^<>≤≥])(?=\s?[\w,.;:!?)]|\s|$)"
)
_TIMES_RANGE: Final = re.compile(r"(?<![\w.,/-])\d{1,4}(?P<dash>[-—]| [-—] )\d{1,4}(?P<x>x)(?![\w×]|\s?\d)")
_STONE: Final = re.compile(r"(?<![\w.,])(?:1[1-9]|[2-9][02-9]?|10)(?P<unit> st)(?![\w.]|\s[A-Z])")
_BARE_POINT: Final = re.compile(r"(?<![\w.,$€£%)-])(?P<sign>-)?\.(?P<decimals>\d{1,12})(?![\w.]|,\d| ?%)")
_BARE_SCALE: Final = re.compile(r"(?<![\w.,/)%°-])-(?P<number>\d{1,3}(?:\.\d)?)(?P<scale>[CF])(?![\w'-])")
_UNKNOWN_MINUS: Final = re.compile(
    r"(?<![\w.,-])(?:[nxyz](?P<sign>-)(?=\d{1,6}(?![\w.-]))|(?<![\w.,-])\d{1,6}(?P<behind>-)(?=[nxyz](?![\w'-])))"
)
_MINUS_PART: Final = re.compile(r"(?<![\w.,:/)%°-])(?P<sign>-)(?=\d{1,2}/\d{1,3}(?![\w/]))")
_HOURS: Final = re.compile(r"(?<![\w.,:/-])(?P<hours>\d{1,2})h(?P<minutes>[0-5]\d)(?![\w.:]|,\d)")
_DEGREES: Final = re.compile(r"(?<!\d)(?<!\d )°(?P<scale>[CF])(?!\w)")
_SCALES: Final = {"C": "Celsius", "F": "Fahrenheit"}
_COMPASS: Final = re.compile(
    r"(?<=\d)(?P<sign>°|º)(?:(?P<minutes>\d{1,2})'(?:(?P<seconds>\d{1,2})[\"”])?)? ?"
    r"(?P<point>[NSEW])(?![\w'])"
)
_NO_NOUN: Final = frozenset(
    """
    a about after ago also an and are as at away back be because before but by down each every extra for
    from he here i if in instead is it less minus more not now of off on only or out over per plus she
    so than that the then there they to today tomorrow too total under until up was we were when which
    while who will with without yesterday you
    """.split()
)
_DESCRIBED: Final = frozenset(
    """
    ad ads bag bet bill bills bonus budget card cards charge check cheque coin coins cost credit deal
    deposit discount donation fee fees fine fund gift grant house investment item limit loan mark menu
    minimum note notes offer order payment plan price prize prizes project question range rebate refund
    reward stamp subscription tax ticket tickets tip voucher vouchers
    """.split()
)
_PAPERS: Final = frozenset("bill bills gift coin coins note notes coupon coupons voucher vouchers".split())
"""What a sum before it says the worth of, whatever stands before the sum."""

_ONE_OF: Final = frozenset(
    "the this that my your his her our their its another every each one first new".split()
)
_HYPHENED_UNITS: Final = {
    "sec": "second",
    "min": "minute",
    "hr": "hour",
    "yr": "year",
    "mo": "month",
    "wk": "week",
    "ft": "foot",
    "lb": "pound",
    "oz": "ounce",
    "in": "inch",
    "km": "kilometer",
    "mi": "mile",
    "kg": "kilogram",
    "mm": "millimeter",
    "cm": "centimeter",
    "gal": "gallon",
}
_HYPHENED_UNIT: Final = re.compile(
    rf"(?<=\d)-(?P<unit>{'|'.join(_HYPHENED_UNITS)})(?![\w'])(?!-(?!old|long|wide|tall|high|deep))"
)
_LISTS: Final = frozenset(
    """
    apartments chapters figures gates items lines numbers options pages parts questions rooms rows seats
    sections steps verses
    """.split()
)
_WORD_BEHIND: Final = re.compile(r" (?P<word>[a-z]{2,})(?![\w'])")
_POINTS: Final = {"N": "north", "S": "south", "E": "east", "W": "west"}


def say_measures(draft: Draft) -> None:
    """Say feet and inches, how many times, and places on the globe."""
    text = draft.text
    _say_short_measures(draft)
    draft.apply(_FEET_INCHES, lambda match: f"{match['feet']} foot {match['inches']}")
    for match in _FEET.finditer(text):
        if match["b"]:
            between = " to " if match["dash"].strip() in "-—" else " by "
            draft.replace(match.start(), match.end(), f"{match['a']}{between}{match['b']} feet")
        else:
            draft.replace(match.start(), match.end(), f"{match['a']} feet")
    n_measures = 0
    for match in _INCHES.finditer(text):
        if _is_quote(match, text, n_measures):
            continue
        n_measures += match[0][-1] == '"'
        draft.replace(match.end() - 1, match.end(), f" {_inches(match, text)}")
    for match in _COMPASS.finditer(text):
        parts = [
            f" {name} {unit}"
            for name, unit in ((match["minutes"], "minutes"), (match["seconds"], "seconds"))
            if name
        ]
        draft.replace(*match.span(), f" degrees{''.join(parts)} {_POINTS[match['point']]}")
    for match in _STONE.finditer(text):
        draft.replace(*match.span("unit"), " stone")
    draft.apply(_HYPHENED_UNIT, lambda match: f" {_HYPHENED_UNITS[match['unit']]}")
    draft.apply(_HOURS, _say_hours)
    draft.apply(_DEGREES, lambda match: f"degrees {_SCALES[match['scale']]}")


def _say_short_measures(draft: Draft) -> None:
    """Say ``10' x 12'``, ``6 ft 2 in``, ``30 s``, ``14 ct gold``."""
    draft.apply(
        _SIDES_IN_FEET,
        lambda match: " by ".join(f"{side} feet" for side in match.group("a", "b", "c") if side),
    )
    draft.apply(_FEET_RANGE, lambda match: f"{match['a']} to {match['b']} feet")
    draft.apply(_HEIGHT, lambda match: f"{match['feet']} foot {match['inches']}")
    draft.apply(_HOUR_AND_MINUTE, _say_hours)
    for match in _FOOT_AND_INCH.finditer(draft.text):
        name = "beside" if match["beside"] else "alone"
        draft.replace(*match.span(name), " inch" if match["count"] == "1" else " inches")
    for match in _SPACED_SECONDS.finditer(draft.text):
        draft.replace(*match.span("unit"), " second" if match["count"] == "1" else " seconds")
    for match in _TEASPOONS.finditer(draft.text):
        draft.replace(
            *match.span("unit"), " teaspoon" if draft.text[match.start() - 1] == "1" else " teaspoons"
        )
    for match in _CARAT.finditer(draft.text):
        draft.replace(*match.span("unit"), " carat")


def say_odd_numbers(draft: Draft) -> None:
    """Say how many times, and numbers whose sign or point stands where none is looked for."""
    text = draft.text
    for match in _TIMES_RANGE.finditer(text):
        draft.replace(*match.span("dash"), " to ")
        draft.replace(*match.span("x"), " times")
    for match in _TIMES.finditer(text):
        draft.replace(*match.span("x"), " times")
        whole, _, decimals = match["number"].partition(".")
        if decimals.endswith("0"):
            draft.replace(*match.span("number"), whole + say_decimals(decimals))
    for match in _BARE_POINT.finditer(text):
        draft.replace(*match.span(), ("minus" if match["sign"] else "") + say_decimals(match["decimals"]))
    for match in _BARE_SCALE.finditer(text):
        said = f"minus {match['number']} degrees {_SCALES[match['scale']]}"
        draft.replace(*match.span(), said)
    for match in _UNKNOWN_MINUS.finditer(text):
        draft.replace(*match.span("sign" if match["sign"] else "behind"), " minus ")
    for match in _MINUS_PART.finditer(text):
        draft.replace(*match.span("sign"), "minus ")


def is_listed(number: Number) -> bool:
    """Say whether a comma stands between two numbers of a list, and not for a decimal point."""
    return (number.whole != "0" and number.after in {"and", "or"}) or number.before.lower() in _LISTS


def _say_hours(match: re.Match[str]) -> str:
    hours, minutes = int(match["hours"]), int(match["minutes"])
    return f"{hours} {'hour' if hours == 1 else 'hours'} {minutes or ''}"


def describes(number: Number, text: str, end: int) -> bool:
    """Say whether a measure up to ``end`` describes the noun behind it: ``a $5 bill``, ``a 5 km run``."""
    found = _WORD_BEHIND.match(text, end)
    if found is None:
        return False
    before = number.before.lower()
    if found["word"] in _PAPERS:
        return True
    if before in {"a", "an"}:
        return found["word"] not in _NO_NOUN
    return before in _ONE_OF and found["word"] in _DESCRIBED


def _inches(match: re.Match[str], text: str) -> str:
    before = re.search(
        r"\b(?:an?|the|this|that|my|your|his|her)\s$", text[max(0, match.start() - 6) : match.start()]
    )
    is_adjective = before and re.match(r"\s[a-z]", text[match.end() :])
    return "inch" if is_adjective or match["inches"] == "1" or "/" in match["inches"] else "inches"


def _is_quote(match: re.Match[str], text: str, n_measures: int) -> bool:
    """Say whether the mark closes a quotation that was opened before, ``n_measures`` marks being inches'."""
    if (text.count('"', 0, match.start()) - n_measures) % 2:
        return True
    return text.count("“", 0, match.start()) > text.count("”", 0, match.start())
