"""Rewrite what espeak-ng reads wrong in Spanish, French, Hindi, Italian and Portuguese.

Pure. espeak-ng reads digits, decimals and clock times well by itself in these languages; what is left is
money, units, titles and addresses.
"""

from __future__ import annotations

import re

from tts_server.text.normalize.markup import normalize_addresses, normalize_emphasis, normalize_markup
from tts_server.text.normalize.spoken import Draft, SpokenText
from tts_server.text.normalize.wordings import WORDINGS, Wording

_NUMBER = r"\d{1,3}(?:[.,\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_TIME = re.compile(
    r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-3])\s?(?P<sign>[:h])\s?(?P<minute>[0-5]\d)(?![\d:]|[.,]\d)"
)
_SPACED_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?: \d{3})+(?![\w-]|[ .]\d)")
_RANGE = re.compile(r"(?<![\w.,/-])(?P<a>\d{1,4})(?P<dash>[-—])(?P<b>\d{1,4})(?![\w/-]|[.,]\d)")
_NEGATIVE = re.compile(r"(?<![\w.,/-])-(?=\d)")
_LONG_DIGITS = re.compile(r"(?<![\w.,])(?:\d{10,}|0\d+)(?![\w]|[.,:]\d)")
_PHONE = re.compile(r"(?<![\w.,/-])\+?\d{2,4}(?:[ -]\d{2,4}){2,5}(?![\w-]|[.,]\d)")
_LEFT_OVER = re.compile(r"[#~<>=*_]")


def normalize_other(text: str, dialect: str) -> SpokenText:
    """Return ``text`` as it is to be said.

    Args:
        text: Any text.
        dialect: ``es``, ``fr-fr``, ``hi``, ``it`` or ``pt-br``.
    """
    wording = WORDINGS[dialect]
    draft = Draft(text)
    normalize_addresses(draft, wording.address)
    normalize_markup(draft)
    _apply_money(draft, wording)
    draft.apply(_TIME, lambda match: _say_time(match, wording))
    _apply_units(draft, wording)
    draft.apply(_RANGE, lambda match: match["a"] + wording.to + match["b"])
    draft.apply(_NEGATIVE, lambda _: wording.minus)
    draft.apply(_SPACED_NUMBER, lambda match: match[0].replace(" ", ""))
    _apply_phone(draft)
    draft.apply(_LONG_DIGITS, lambda match: " ".join(match[0]))
    _apply_abbreviations(draft, wording)
    normalize_emphasis(draft)
    draft.apply(_LEFT_OVER, lambda _: " ")
    return draft.finish()


def _apply_money(draft: Draft, wording: Wording) -> None:
    signs = "|".join(sorted(map(re.escape, wording.currencies), key=len, reverse=True))
    before = re.compile(rf"(?P<sign>{signs})(?P<gap>\s?)(?P<number>{_NUMBER})(?![\w]|[.,]\d)")
    behind = re.compile(rf"(?<![\w.,])(?P<number>{_NUMBER})(?P<gap>\s?)(?P<sign>{signs})(?!\w)")
    for match in before.finditer(draft.text):
        if draft.is_free(*match.span()):
            draft.glue(*match.span())
            draft.replace(match.start("sign"), match.end("sign"), "")
            draft.replace(*match.span("number"), _say_amount(match["number"], match["sign"], wording))
    for match in behind.finditer(draft.text):
        if not draft.is_free(*match.span()):
            continue
        if match["gap"] and not _has_cents(match["number"]):
            draft.replace(*match.span("sign"), _currency(match["number"], match["sign"], wording))
        else:
            draft.glue(*match.span())
            draft.replace(*match.span("number"), _say_amount(match["number"], match["sign"], wording))
            draft.replace(*match.span("sign"), "")


def _currency(number: str, sign: str, wording: Wording) -> str:
    return wording.currencies[sign][0 if number == "1" else 1]


def _has_cents(number: str) -> bool:
    return bool(re.search(r"[.,]\d\d$", number))


def _say_amount(number: str, sign: str, wording: Wording) -> str:
    number = number.replace(" ", "")
    if not _has_cents(number):
        return f"{number} {_currency(number, sign, wording)}"
    whole, cents = number[:-3], number[-2:]
    said = f"{whole} {_currency(whole, sign, wording)}"
    return said if cents == "00" else f"{said}{wording.cents}{int(cents)}"


def _say_time(match: re.Match[str], wording: Wording) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    if match["sign"] == "h" and "heures" not in wording.hour:
        return None
    if minute:
        return f"{hour}{wording.hour}{minute}"
    if "heures" in wording.hour:
        return f"{hour} heures" if hour != 1 else "1 heure"
    return str(hour)


def _apply_units(draft: Draft, wording: Wording) -> None:
    names = "|".join(sorted(map(re.escape, wording.units), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.,/])(?:{_NUMBER})(?P<gap>\s?)(?P<unit>{names})(?![\w/°])")
    for match in pattern.finditer(draft.text):
        said = wording.units[match["unit"]]
        draft.replace(*match.span("unit"), said if match["gap"] else f" {said}")


def _apply_phone(draft: Draft) -> None:
    for match in _PHONE.finditer(draft.text):
        for group in re.finditer(r"\d+", match[0]):
            start, end = match.start() + group.start(), match.start() + group.end()
            comma = "" if end == match.end() else ","
            draft.replace(start, end, " ".join(group[0]) + comma)


def _apply_abbreviations(draft: Draft, wording: Wording) -> None:
    names = "|".join(sorted(map(re.escape, wording.abbreviations), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.&@/-])(?:{names})(?![\w&])")
    for match in pattern.finditer(draft.text):
        stop = "." if match[0].endswith(".") and not draft.text[match.end() :].strip() else ""
        words = wording.abbreviations[match[0]].split()
        spans = [(m.start() + match.start(), m.end() + match.start()) for m in re.finditer(r"\S+", match[0])]
        for index, (start, end) in enumerate(spans):
            is_last = index == len(spans) - 1
            mine = words[index:] if is_last else words[index : index + 1]
            draft.replace(start, end, " ".join(mine) + (stop if is_last else ""))
