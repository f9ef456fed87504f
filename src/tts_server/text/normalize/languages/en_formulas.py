"""Formulas as English writes them by hand: ``y=mx+b``, ``f' = 0``, ``p < .05``, ``|y| = 3``. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft

_TERM = r"(?:\d{0,4}[a-z]{1,2}(?:\^\d|[²³])?|\d{1,4}(?:\.\d{1,4})?)"
_LINE: Final = re.compile(
    rf"(?<![\w.'$-])[a-zA-Z]'{{0,2}}(?:\([a-z]\))? ?= ?-?{_TERM}(?: ?[-+] ?{_TERM}){{1,4}}(?![\w'^(.=]|\.\d)"
)
_WORDS: Final = frozenset("am an as at be by do go he if in is it me my no of on or so to up us we".split())
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]|\^\d|[²³=+'()-]")
_SAID: Final = {
    "=": "equals",
    "+": "plus",
    "-": "minus",
    "'": "prime",
    "(": "of",
    ")": "",
    "²": "squared",
    "³": "cubed",
    "^2": "squared",
    "^3": "cubed",
    "a": "eh",
    "A": "eh",
}
_PRIME: Final = re.compile(
    r"(?<![\w'])[a-zA-Z](?P<primes>'{1,2})(?:(?P<equals> ?= ?)(?=[-\w])|(?=\([a-z\d]\)|[-+]\w))"
)
_OF: Final = re.compile(r"(?<=')\((?P<of>[a-z])\)(?P<equals> ?= ?)?")
_BARE: Final = re.compile(r"(?<=\w)(?P<sign> ?(?:<=|>=|[<>=≤≥]) ?)(?=\.\d)")
_COMPARED: Final = {
    "<": "less than",
    ">": "greater than",
    "=": "equals",
    "≤": "less than or equal to",
    "<=": "less than or equal to",
    "≥": "greater than or equal to",
    ">=": "greater than or equal to",
}
_ABSOLUTE: Final = re.compile(
    r"(?<![\w|])\|(?P<value>-?(?:[a-z]|\d{1,6}(?:\.\d{1,4})?))\|(?P<equals> ?(?:[<>]=|[<>=≤≥]) ?)(?=[-\w|])"
)


def say_formulas(draft: Draft) -> None:
    """Say lines, derivatives, absolute values, and what is compared with a number like ``.05``."""
    draft.apply(_LINE, _say_line)
    for match in _PRIME.finditer(draft.text):
        draft.replace(*match.span("primes"), " prime" if len(match["primes"]) == 1 else " double prime")
        if match["equals"]:
            draft.replace(*match.span("equals"), " equals ")
    for match in _OF.finditer(draft.text):
        draft.replace(match.start(), match.end("of") + 1, f" of {match['of']}")
    for match in _BARE.finditer(draft.text):
        draft.replace(*match.span("sign"), f" {_COMPARED[match['sign'].strip()]} ")
    for match in _ABSOLUTE.finditer(draft.text):
        draft.replace(
            match.start(), match.end("value") + 1, f"the absolute value of {_signed(match['value'])}"
        )
        draft.replace(*match.span("equals"), f" {_COMPARED[match['equals'].strip()]} ")


def _say_line(match: re.Match[str]) -> str | None:
    """Say a formula letter by letter, unless one of its operands is a word."""
    written = match[0]
    if _WORDS & set(re.findall(r"[a-z]{2}", written)):
        return None
    return " ".join(filter(None, (_SAID.get(token, token) for token in _TOKEN.findall(written))))


def _signed(value: str) -> str:
    return f"minus {value[1:]}" if value.startswith("-") else value
