"""Signs that French and Italian share: inches, blood groups, standards, notes and numbers with a hyphen.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.recognize.common import any_of
from tts_server.text.normalize.words import Noun

_INCHES: Final = re.compile(r"(?<![\w.,/'-])(?P<size>\d{1,3}(?:[.,]\d{1,2})?) ?(?P<mark>\"|''|”)(?![\w\"'])")
_SPLIT_SECONDS: Final = re.compile(
    r"(?<![\w.,/'-])(?P<seconds>\d{1,2})(?:''|\"|”)(?P<rest>\d{1,3})(?![\w'\"]|[.,]\d)"
)
_HOURS_TO_SECONDS: Final = re.compile(
    r"(?<![\w.,/'-])(?P<hours>\d{1,2}) ?h ?(?P<minutes>[0-5]?\d)' ?(?P<seconds>[0-5]?\d)(?:''|\"|”)(?!\w)"
)
_STANDARD: Final = re.compile(
    r"(?<![\w-])(?:ISO|IEC|CEI|DIN|EN|NF|UNI|IEEE|ANSI)(?:[ /-](?:EN|ISO|IEC|CEI)){0,2}"
    r"[ -]?\d{3,6}(?:-\d{1,3})?(?P<colon>:)(?=(?:19|20)\d\d(?!\w))"
)
_AIRCRAFT: Final = re.compile(
    r"(?<!\w)(?:Boeing|Airbus|Embraer|ATR|Bombardier) A?\d{2,3}(?P<dash>-)(?=\d{1,4}(?!\w))"
)
_NOTE: Final = re.compile(r"(?<![\w#.-])[A-G](?P<sign>#)(?![\w#])")
_CENTS: Final = re.compile(r"(?<=\d) ?¢(?!\w)")


@dataclass(frozen=True, slots=True)
class SignWords:
    """What a language says for these signs.

    Args:
        inch: The unit.
        hour: Its name.
        minute: Its name.
        second: Its name.
        cents: Hundredths of a currency that is not named.
        count: Says so many of a noun.
        sharp: Behind a note or the name of a programming language.
        positive: The plus of a blood group.
        negative: The minus of one.
        groups: Words before a blood group.
        out_of: Between a page, a part or a mark and how many there are.
        parts: Words before what is one of so many.
        of_area: What is counted to the square kilometre, as written and as said.
    """

    inch: Noun
    hour: Noun
    minute: Noun
    second: Noun
    cents: Noun
    count: Callable[[int, Noun], str]
    sharp: str
    positive: str
    negative: str
    groups: str
    out_of: str
    parts: str
    of_area: tuple[str, str]


def signs_of(words: SignWords) -> Rule:
    """Make a rule for all of them."""
    blood = re.compile(
        rf"(?<!\w)(?:{any_of(words.groups.split())})(?: sangui[a-z]{{1,4}})?"
        r" (?:AB?|B|O|0)(?P<sign>[+-])(?![\w+-])"
    )
    part = re.compile(
        rf"(?<![\w'-])(?:{any_of(words.parts.split())}) (?P<part>\d{{1,3}})(?P<stroke> ?/ ?)"
        r"(?P<parts>\d{1,3})(?![\w/]|[.,-]\d)"
    )
    area = re.compile(rf"(?<=\d )(?:{words.of_area[0]})")

    def rule(draft: Draft) -> None:
        draft.apply(_HOURS_TO_SECONDS, lambda match: _hours_to_seconds(match, words))
        _say_inches(draft, words.inch)
        draft.apply(
            _SPLIT_SECONDS,
            lambda match: f"{words.count(int(match['seconds']), words.second)} {match['rest']}",
        )
        for pattern, group, said in (
            (_STANDARD, "colon", " "),
            (_AIRCRAFT, "dash", ", "),
            (_NOTE, "sign", f" {words.sharp}"),
        ):
            for match in pattern.finditer(draft.text):
                draft.replace(*match.span(group), said)
        for match in part.finditer(draft.text):
            if int(match["part"]) <= int(match["parts"]):
                draft.replace(*match.span("stroke"), f" {words.out_of} ")
        for match in blood.finditer(draft.text):
            is_positive = match["sign"] == "+"
            draft.replace(*match.span("sign"), f" {words.positive if is_positive else words.negative}")
        draft.apply(_CENTS, lambda match: f" {_cents(match, words.cents)}")
        draft.apply(area, lambda _: words.of_area[1])

    return rule


def _hours_to_seconds(match: re.Match[str], words: SignWords) -> str:
    parts = (("hours", words.hour), ("minutes", words.minute), ("seconds", words.second))
    return " ".join(words.count(int(match[name]), noun) for name, noun in parts)


def _cents(match: re.Match[str], cents: Noun) -> str:
    before = match.string[max(0, match.start() - 2) : match.start()]
    return cents.one if before.lstrip() == "1" else cents.many


def _say_inches(draft: Draft, inch: Noun) -> None:
    """Say the mark behind a number as inches, unless it closes a quotation."""
    position, is_open = 0, False
    first_curly = draft.text.find("“") % (len(draft.text) + 1)
    for match in _INCHES.finditer(draft.text):
        mark = match.start("mark")
        is_open ^= draft.text.count('"', position, mark) % 2 == 1
        position = mark
        closes = is_open if match["mark"] == '"' else match["mark"] == "”" and first_curly < mark
        if not closes:
            draft.replace(mark, match.end(), f" {inch.one if match['size'] == '1' else inch.many}")
            position = match.end()
