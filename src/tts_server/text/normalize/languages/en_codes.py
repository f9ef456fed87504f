"""Figures and letters that an English speaker says one by one: codes, emergency numbers, postcodes.

Pure. A word tells that figures are a code (``PIN``, ``dial``); letters and figures that alternate are one by
themselves (``A1B2C3``).
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft

_OF_A_CODE = (
    r"code|pin|otp|passcode|password|zip|postcode|serial|tracking|confirmation|verification|reference|account|routing|"
    r"ssn|isbn|imei|vin|extension|pnr|voucher|security|access|booking|invoice|order|ticket|case|member|license|licence|passport"
)
_NAMED = re.compile(
    rf"\b(?i:{_OF_A_CODE})(?i:\s(?:code|number|no\.?|id|pin))?"
    r"(?:\s?[:#=]\s?#?|\s(?:is|was|are|will be)(?:\snow)?:?\s|\s#?)\"?"
    r"(?P<code>\d{2,}(?:[ -]\d{2,}){1,6}|\d(?:-\d){2,12}"
    r"|(?=[A-Z-]{0,12}\d)[A-Z\d]{3,20}(?:-[A-Z\d]{1,12}){0,6})"
    r"(?![\w%]|[.,:]\d|-\w)"
)
_ALWAYS_A_CODE = re.compile(
    r"(?i:code|pin|otp|passcode|password|zip|ssn|isbn|verification|confirmation|security)\b"
)
_ENDING = re.compile(r"\b[Ee]nding (?:in|with) (?P<code>\d{3,4})\b")
_DIALLED = re.compile(
    r"\b(?:[Dd]ial(?:l?ed|l?ing|s)?|[Cc]all(?:ed|ing|s)?|[Pp]hone|[Rr]ing|[Tt]ext(?: \w+ to)?)\s"
    r"(?P<code>\d{3}|\d{5,6})(?: (?:or|and) (?P<other>\d{3}))?"
    r"(?![\w%]|[.,:-]\d| \d| (?!(?:or|now|if|for|and|immediately|right|in an)\b)[a-z])"
)
_VANITY = re.compile(
    r"(?<![\w.-])(?:\+?1[ .-])?(?P<area>8\d\d)[ .-](?P<word>[A-Z]{3,10}|[A-Z]{2,5}-[A-Z]{3,8})(?![\w-])"
)
_EMERGENCY = re.compile(r"(?<![\w.,$/-])(?P<code>911|999|112)(?= (?:call|operator|dispatcher|emergency))")
_MIXED = re.compile(
    r"(?<![\w.@#/-])(?=[A-Z]*\d+[A-Z]+\d|[A-Z]+\d+[A-Z]+(?!\w)|\d+[A-Z]+\d+[A-Z])(?![A-Z]\d\d[A-Z]\b)[A-Z\d]{4,16}(?![\w@]|-\w)"
)
_POSTCODE = re.compile(r"(?<![\w-])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\w-])")
_DIGIT_BY_DIGIT = re.compile(r"(?<![\w.,/-])\d(?:-\d){3,}(?![\w-]|[.,]\d)")
_STATE_AND_ZIP = re.compile(r"\b[A-Z]{2} (?P<code>\d{5}(?:-\d{4})?)(?![\w-]|[.,]\d)")
_COLOUR = re.compile(r"#(?=[\da-fA-F]*[a-fA-F])(?=[\da-fA-F]*\d)(?P<code>[\da-fA-F]{6})\b")
_HEXADECIMAL = re.compile(r"(?<![\w.])0x(?P<code>[\dA-Fa-f]{1,16})(?!\w)")
_EXTENSION = re.compile(r"(?<=[- .]\d{4}) ?x ?(?=\d{1,6}(?!\w))")
_BOOK: Final = re.compile(
    r"\bISBN(?:-1[03])?:? (?P<code>\d(?:[ -]?\d){8,11}[ -]?[\dX])(?!\w)"
    r"|\bISSN:? (?P<serial>\d{4}-\d{3}[\dX])(?!\w)"
)
_ACCOUNT: Final = re.compile(
    r"(?<![\w.-])(?P<code>[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){3,7}(?: [A-Z\d]{1,3})?)(?![\w-])"
    r"|(?<![\w.,-])(?P<card>3[47]\d\d[ -]\d{6}[ -]\d{5})(?![\w-]|[.,]\d)"
)
_KEY: Final = re.compile(
    r"\b(?:[Pp]ress|[Pp]ush|[Hh]it|[Dd]ial|[Ee]nter|[Tt]ap)(?:es|s|ing|ed)?(?: the| then)? "
    r"(?P<sign>[*#]{1,2})(?P<code>\d{1,4}[*#]?)?(?: or (?:the )?(?P<other>[*#]))?(?!\w|[*#])"
    r"|(?P<key>[*#])(?= (?:key|sign|button|symbol)\b)"
)
_KEYS: Final = {"*": "star", "#": "pound"}
_RUN: Final = re.compile(r"[A-Z]+|\d")
_LEAST_FIGURES: Final = 3


def say_codes(draft: Draft) -> None:
    """Say codes figure by figure and letter by letter."""
    for match in _NAMED.finditer(draft.text):
        if _is_code(match):
            _spell(draft, *match.span("code"))
    for pattern in (_ENDING, _DIALLED, _EMERGENCY, _STATE_AND_ZIP):
        for match in pattern.finditer(draft.text):
            _spell(draft, *match.span("code"))
            if match.groupdict().get("other"):
                _spell(draft, *match.span("other"))
    for pattern in (_DIGIT_BY_DIGIT, _POSTCODE, _MIXED):
        for match in pattern.finditer(draft.text):
            _spell(draft, *match.span())
    for match in (*_BOOK.finditer(draft.text), *_ACCOUNT.finditer(draft.text)):
        name = next(name for name, found in match.groupdict().items() if found)
        _spell(draft, *match.span(name))
    for match in _KEY.finditer(draft.text):
        _say_key(draft, match)
    draft.apply(_VANITY, _say_vanity)
    draft.apply(_HEXADECIMAL, lambda match: f"0 x {_spelled(match['code'].upper())}")
    draft.apply(_EXTENSION, lambda _: " extension ")
    draft.apply(_COLOUR, lambda match: _spelled(match["code"].upper()))


def _say_key(draft: Draft, match: re.Match[str]) -> None:
    """Say the keys of a telephone: ``press #``, ``dial *67``."""
    start, end = match.span("key" if match["key"] else "sign")
    draft.replace(start, end, " ".join(_KEYS[char] for char in draft.text[start:end]) + " ")
    if match["other"]:
        draft.replace(*match.span("other"), _KEYS[match["other"]])
    if match["code"]:
        said = " ".join(_KEYS.get(char, char) for char in match["code"])
        draft.replace(*match.span("code"), said)


def _say_vanity(match: re.Match[str]) -> str:
    """Say a number that is a word: ``1-800-FLOWERS``."""
    area = match["area"] if match["area"].endswith("00") else " ".join(match["area"])
    word = match["word"].lower().replace("-", " ")
    return f"{'1, ' if match[0].lstrip('+').startswith('1') else ''}{area}, {word}"


def _is_code(match: re.Match[str]) -> bool:
    figures = sum(char.isdigit() for char in match["code"])
    least = _LEAST_FIGURES if _ALWAYS_A_CODE.search(match[0]) else _LEAST_FIGURES + 1
    return figures >= least or not match["code"].replace("-", "").replace(" ", "").isdigit()


def _spell(draft: Draft, start: int, end: int) -> None:
    if not draft.is_free(start, end):
        return
    text, position = draft.text, start
    groups = [(m.start() + start, m.end() + start) for m in re.finditer(r"[A-Z\d]+", text[start:end])]
    digit_by_digit = all(b - a == 1 for a, b in groups)
    for number, (group_start, group_end) in enumerate(groups):
        is_last = number == len(groups) - 1
        comma = "" if is_last or digit_by_digit else ","
        said = _spelled(text[group_start:group_end]) + comma
        between = text[position:group_start]
        draft.replace(
            group_start if between == " " else position, group_end, (" " if between == "-" else "") + said
        )
        position = group_end


def _spelled(code: str) -> str:
    """Return a code's letters by name and its figures one by one, apart."""
    # Written with full stops letters are said by name everywhere; one alone is an article otherwise.
    return " ".join(
        run if run.isdigit() else "".join(f"{char}." for char in run) for run in _RUN.findall(code)
    )
