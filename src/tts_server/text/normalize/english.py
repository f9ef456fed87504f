"""Rewrite what misaki and espeak-ng read wrong in English.

Money, times, dates, units, telephone numbers, abbreviations. Pure. Digits are left as digits wherever the
engine reads them right, so that one thing decides how a number sounds.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.markup import (
    AddressWords,
    normalize_addresses,
    normalize_emphasis,
    normalize_markup,
)
from tts_server.text.normalize.spoken import Draft, SpokenText

_WORDS = AddressWords(dot="dot", at="at", slash="slash", dash="dash", underscore="underscore")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_SHORT = {name[:3]: name for name in _MONTHS} | {"Sept": "September"}
_MONTH = "|".join(_MONTHS)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CURRENCIES = {
    "US$": ("dollar", "dollars", "cents"),
    "$": ("dollar", "dollars", "cents"),
    "£": ("pound", "pounds", "pence"),
    "€": ("euro", "euros", "cents"),
    "¥": ("yen", "yen", ""),
    "₹": ("rupee", "rupees", "paise"),
}
_SCALES = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "bn": "billion",
    "B": "billion",
    "T": "trillion",
}
_SCALE_WORDS = "hundred|thousand|million|billion|trillion"
_MONEY = re.compile(
    rf"(?P<minus>-)?(?P<sign>US\$|[$£€¥₹])\s?(?P<number>{_NUMBER})(?P<scale>bn|[kKmMBT])?(?!\w|[.,]\d)"
    rf"(?:(?P<gap>[ -])(?P<word>{_SCALE_WORDS})\b)?"
)
_MONEY_AFTER = re.compile(rf"(?<![\d.,])(?P<number>{_NUMBER})\s?(?P<sign>[€£¢])")
_UNITS = {
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "mph": ("mile per hour", "miles per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "ms": ("millisecond", "milliseconds"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "kW": ("kilowatt", "kilowatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "W": ("watt", "watts"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "L": ("liter", "liters"),
    "dB": ("decibel", "decibels"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "sq ft": ("square foot", "square feet"),
}
_UNIT = re.compile(
    rf"(?<![\w.,/$])(?P<minus>-)?(?P<number>{_NUMBER})(?P<gap>\s?)"
    rf"(?P<unit>{'|'.join(sorted(map(re.escape, _UNITS), key=len, reverse=True))})(?![\w/]|°)"
)
_TIME = re.compile(
    r"(?<![\d:.])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:]|\.\d)"
)
_MERIDIEM = re.compile(r"(?<=\d)(?P<half>[ap])\.?m\b\.?(?!\w)", re.IGNORECASE)
_MERIDIEM_BEHIND = re.compile(r"\s?[ap]\.?m\b", re.IGNORECASE)
_SLASH_DATE = re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<year>\d{4})(?![\d/-])")
_ISO_DATE = re.compile(
    r"(?<![\d/.-])(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![\d-])"
)
_MONTH_ABBREVIATION = re.compile(
    r"\b(?P<month>Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)(?P<dot>\.?)(?=\s\d{1,4}\b)"
    r"|(?<=\d\s)(?P<after>Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?"
)
_MONTH_DAY = re.compile(
    rf"\b(?:{_MONTH}|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)\s"
    r"(?P<day>[1-9]|[12]\d|3[01])(?![\w:%/]|[.,-]\d)"
)
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:(?P<country>\+\d{1,3})[ .-])?(?P<area>\(\d{3}\)|\d{3})[ .-]"
    r"(?P<first>\d{3})[.-](?P<last>\d{4})(?![\w-])"
    r"|(?<![\w.,/-])(?P<local>\d{3}-\d{4})(?![\w-])|(?<![\w.,/-])(?P<plus>\+\d{7,15})(?!\w)"
)
_LONG_DIGITS = re.compile(r"(?<![\w.,])(?:\d{10,}|0\d+)(?![\w]|[.,]\d)")
_DOTTED = re.compile(r"(?<![\w.])v?\d+(?:\.\d+){2,}(?!\w)")
_FRACTIONS = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "1/5": "one fifth",
    "1/8": "one eighth",
    "3/8": "three eighths",
    "5/8": "five eighths",
    "7/8": "seven eighths",
    "1/10": "one tenth",
}
_FRACTION = re.compile(r"(?<![\w/.,])(?:(?P<whole>\d+) )?(?P<fraction>\d{1,2}/\d{1,2})(?![\w/]|\.\d)")
_VULGAR = {
    "½": "1/2",
    "⅓": "1/3",
    "⅔": "2/3",
    "¼": "1/4",
    "¾": "3/4",
    "⅕": "1/5",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_VULGAR_SIGN = re.compile(rf"(?P<whole>\d+)?\s?(?P<sign>[{''.join(_VULGAR)}])")
_RANGE = re.compile(rf"(?<![\w.,/-])(?P<a>{_NUMBER})(?P<dash>\s?[-—]\s?)(?P<b>{_NUMBER})(?![\w/-]|[.,]\d)")
_FEET_INCHES = re.compile(r"(?<![\w.])(?P<feet>\d{1,2})['’](?P<inches>\d{1,2})(?:[\"”]|'')?(?![\w])")
_INCHES = re.compile(r"(?<![\w.\"“])(?P<inches>\d+(?:\.\d+)?)[\"”](?=\s\w)")
_NUMBER_SIGN = re.compile(r"#(?=\d)")
_MATH = {
    "+": "plus",
    "=": "equals",
    "×": "times",
    "*": "times",
    "÷": "divided by",
    "<": "less than",
    ">": "greater than",
}
_MATH |= {"-": "minus", "≤": "at most", "≥": "at least", "≈": "about", "±": "plus or minus", "≠": "is not"}
_OPERATOR = re.compile(r"(?<=[\w)]\s)(?P<sign>[-+=×*÷<>≤≥≈±≠])(?=\s[\w(])")
_TIGHT = re.compile(r"(?<=\d)(?P<sign>[×÷=+≈±])(?=\d)")
_ABBREVIATIONS = {
    "approx.": "approximately",
    "Ave.": "Avenue",
    "Blvd.": "Boulevard",
    "Capt.": "Captain",
    "Col.": "Colonel",
    "Dept.": "Department",
    "dept.": "department",
    "Gen.": "General",
    "Gov.": "Governor",
    "Inc.": "Incorporated",
    "Jr.": "Junior",
    "Lt.": "Lieutenant",
    "Ltd.": "Limited",
    "Mt.": "Mount",
    "Prof.": "Professor",
    "Rep.": "Representative",
    "Rev.": "Reverend",
    "Sen.": "Senator",
    "Sgt.": "Sergeant",
    "Sr.": "Senior",
    "vs.": "versus",
    "vs": "versus",
    "w/": "with",
    "w/o": "without",
    "etc.": "et cetera",
    "Fig.": "Figure",
    "fig.": "figure",
    "Vol.": "Volume",
    "vol.": "volume",
    "pp.": "pages",
    "C#": "C sharp",
    "F#": "F sharp",
    "&": "and",
}
_ABBREVIATION = re.compile(
    r"(?<![\w.&#@/-])(?:"
    + "|".join(sorted(map(re.escape, _ABBREVIATIONS), key=len, reverse=True))
    + r")(?![\w&#])"
)
_SAINT = re.compile(r"(?P<before>\b[A-Z]\w*\s)?\bSt\.(?=\s[A-Z])|\bSt\.(?!\w)")


def normalize_english(text: str, dialect: str) -> SpokenText:
    """Return ``text`` as it is to be said in English.

    Args:
        text: Any text.
        dialect: ``en-us`` or ``en-gb``; decides which of ``3/4/2024`` is the month.
    """
    draft = Draft(text)
    normalize_addresses(draft, _WORDS)
    normalize_markup(draft)
    draft.apply(_SLASH_DATE, lambda match: _say_slash_date(match, dialect))
    draft.apply(_ISO_DATE, lambda m: f"{_MONTHS[int(m['month']) - 1]} {_ordinal(int(m['day']))} {m['year']}")
    _apply_money(draft)
    _apply_phone(draft)
    draft.apply(_TIME, lambda match: _say_time(match, draft.text))
    draft.apply(_MERIDIEM, lambda match: " AM" if match["half"] in "aA" else " PM")
    draft.apply(_DOTTED, lambda match: match[0].replace("v", "version ").replace(".", " point "))
    _apply_months(draft)
    _apply_units(draft)
    draft.apply(_FEET_INCHES, lambda m: f"{m['feet']} foot {m['inches']}")
    draft.apply(_INCHES, lambda m: f"{m['inches']} inches")
    draft.apply(_FRACTION, _say_fraction)
    draft.apply(_VULGAR_SIGN, _say_vulgar)
    _apply_ranges(draft)
    draft.apply(_LONG_DIGITS, lambda match: " ".join(match[0]))
    draft.apply(_NUMBER_SIGN, lambda _: "number ")
    draft.apply(_ABBREVIATION, lambda match: _ABBREVIATIONS[match[0]] + _kept_stop(match, draft.text))
    _apply_saints(draft)
    draft.apply(_OPERATOR, lambda match: f" {_MATH[match['sign']]} ")
    draft.apply(_TIGHT, lambda match: f" {_MATH[match['sign']]} ")
    draft.apply(re.compile(r"[~≈](?=\d)"), lambda _: "about ")
    normalize_emphasis(draft)
    draft.apply(re.compile(r"[\[{]"), lambda _: "(")
    draft.apply(re.compile(r"[\]}]"), lambda _: ")")
    draft.apply(re.compile(r"[#~<>=*_]"), lambda _: " ")
    return draft.finish()


def _kept_stop(match: re.Match[str], text: str) -> str:
    """Return the full stop that ends the sentence too, where an abbreviation stands at its end."""
    return "." if match[0].endswith(".") and not text[match.end() :].strip() else ""


def _ordinal(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _say_slash_date(match: re.Match[str], dialect: str) -> str | None:
    a, b = int(match["a"]), int(match["b"])
    month, day = (a, b) if dialect == "en-us" else (b, a)
    if not 1 <= month <= 12:
        month, day = day, month
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{_MONTHS[month - 1]} {_ordinal(day)} {match['year']}"


def _grouped(number: str) -> str:
    """Put commas into four digits, which would be read as a year otherwise."""
    whole, point, rest = number.partition(".")
    if "," not in whole and len(whole) > 3:
        whole = f"{int(whole):,}" if len(whole) <= 15 else " ".join(whole)
    return whole + point + rest


def _apply_money(draft: Draft) -> None:
    for match in _MONEY.finditer(draft.text):
        one, many, hundredths = _CURRENCIES[match["sign"]]
        number = match["number"]
        minus = "minus " if match["minus"] else ""
        if match["word"] and draft.is_free(match.start("word"), match.end("word")):
            draft.replace(
                match.start(), match.end("scale") if match["scale"] else match.end("number"), minus + number
            )
            draft.replace(match.start("gap"), match.end("gap"), " ")
            draft.replace(match.end("word"), match.end("word"), f" {many}")
        elif match["scale"]:
            draft.replace(
                match.start(), match.end("scale"), f"{minus}{number} {_SCALES[match['scale']]} {many}"
            )
        else:
            draft.replace(
                match.start(), match.end("number"), minus + _say_amount(number, one, many, hundredths)
            )
    for match in _MONEY_AFTER.finditer(draft.text):
        if match["sign"] == "¢":
            draft.replace(*match.span(), f"{match['number']} {'cent' if match['number'] == '1' else 'cents'}")
        else:
            draft.replace(*match.span(), _say_amount(match["number"], *_CURRENCIES[match["sign"]]))


def _say_amount(number: str, one: str, many: str, hundredths: str) -> str:
    whole, _, cents = number.partition(".")
    if not hundredths or len(cents) not in {0, 2}:
        return f"{_grouped(number)} {many}"
    said = f"{_grouped(whole)} {one if whole == '1' else many}"
    if not cents.strip("0"):
        return said
    unit = hundredths.removesuffix("s") if int(cents) == 1 and hundredths == "cents" else hundredths
    small = f"{int(cents)} {unit}"
    return small if not whole.strip("0,") else f"{said} and {small}"


def _apply_phone(draft: Draft) -> None:
    for match in _PHONE.finditer(draft.text):
        if not draft.is_free(*match.span()):
            continue
        for name in ("country", "area", "first", "last", "local", "plus"):
            if match[name]:
                digits = [" ".join(group) for group in re.findall(r"\d+", match[name])]
                plus = "plus " if match[name].startswith("+") else ""
                end = match.end(name)
                comma = "" if end == match.end() or name == "country" else ","
                draft.replace(match.start(name), end, plus + ", ".join(digits) + comma)
                if end < match.end() and draft.text[end] in ".-":
                    draft.replace(end, end + 1, " ")


def _say_time(match: re.Match[str], text: str) -> str:
    hour, minute = int(match["hour"]), match["minute"]
    has_half = bool(_MERIDIEM_BEHIND.match(text, match.end()))
    if match["second"]:
        return f"{hour} {_say_minute(minute)} and {int(match['second'])} seconds"
    if minute != "00":
        return f"{'zero' if hour == 0 else hour} {_say_minute(minute)}"
    if has_half:
        return str(hour)
    return f"{hour} o'clock" if 1 <= hour <= 12 else f"{'zero' if hour == 0 else hour} hundred"


def _say_minute(minute: str) -> str:
    return f"oh {minute[1]}" if minute[0] == "0" else minute


def _apply_months(draft: Draft) -> None:
    for match in _MONTH_DAY.finditer(draft.text):
        draft.replace(match.start("day"), match.end("day"), _ordinal(int(match["day"])))
    draft.apply(_MONTH_ABBREVIATION, lambda match: _MONTH_SHORT[match["month"] or match["after"]])


def _apply_units(draft: Draft) -> None:
    for match in _UNIT.finditer(draft.text):
        if not draft.is_free(*match.span()):
            continue
        number = match["number"]
        minus = "minus " if match["minus"] else ""
        draft.replace(match.start(), match.end("number"), minus + _grouped(number))
        unit = _UNITS[match["unit"]][0 if number == "1" else 1]
        draft.replace(match.start("unit"), match.end("unit"), unit if match["gap"] else f" {unit}")


def _say_fraction(match: re.Match[str]) -> str | None:
    said = _FRACTIONS.get(match["fraction"])
    if said is None:
        return None
    return f"{match['whole']} and {said.replace('one', 'a', 1)}" if match["whole"] else said


def _say_vulgar(match: re.Match[str]) -> str:
    said = _FRACTIONS[_VULGAR[match["sign"]]]
    return f"{match['whole']} and {said.replace('one', 'a', 1)}" if match["whole"] else f" {said}"


def _apply_ranges(draft: Draft) -> None:
    for match in _RANGE.finditer(draft.text):
        start, end = match.span("dash")
        tight = match["dash"].strip() == match["dash"]
        is_code = max(len(match["a"]), len(match["b"])) > 4
        if tight and not is_code and draft.is_free(*match.span()):
            draft.replace(start, end, " to ")


def _apply_saints(draft: Draft) -> None:
    for match in _SAINT.finditer(draft.text):
        start = match.end() - 3
        is_street = bool(match["before"]) or not re.match(r"\s[A-Z]", draft.text[match.end() :])
        draft.replace(
            start, match.end(), ("Street" + _kept_stop(match, draft.text)) if is_street else "Saint"
        )
