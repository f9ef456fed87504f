"""Days and months of Spanish and Portuguese, and the words that only look like their abbreviations. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.recognize.common import LETTERS, any_of

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_START = rf"(?<![{LETTERS}\d/.:+-])(?<!\d[ ,])"
_END = rf"(?![{LETTERS}\d/:%+-]|[.,]\d)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])/(?:1[0-2]|0?[1-9])"
_PAIR = re.compile(
    rf"(?:\b(?P<label>[Dd]ias|[Dd]ías|[Dd]e|[Dd]el|[Dd]o|[Ee]ntre|[Dd]esde) )?{_START}(?P<low>{_DAY}) "
    rf"(?:a|al|ao|até|hasta|e|y|o|ou) (?:el |o )?(?P<high>{_DAY}){_END}"
)
_PADDED = re.compile(
    rf"(?:\b(?P<before>[{LETTERS}]{{2,20}}):? )?{_START}"
    rf"(?P<low>0[1-9]/(?:0[1-9]|1[0-2])|(?:3[01]|[12]\d)/0[1-9]){_END}"
)
_MONTH_AND_YEAR = re.compile(
    r"(?:(?:^|[(:;] ?)|\b(?:em|en|de|desde|até|hasta|para|a|y|e|vence|vencimento|vencimiento|caduca|validade|"
    r"caducidad|competência|venc\.|val\.|cad\.) )(?P<place>(?P<month>0[1-9]|1[0-2])/(?P<year>(?:19|20)\d\d))"
    rf"(?![{LETTERS}\d/]|[.,-]\d)",
    re.IGNORECASE | re.MULTILINE,
)
_DAY_LABELS = frozenset({"dias", "días"})


def days_in_figures(
    months: tuple[str, ...], first_day: str, rated: frozenset[str], weekdays: Iterable[str]
) -> Rule:
    """Return a rule for days without a year that are no fractions: ``de 07/09 a 15/11``, ``07/09``.

    Args:
        months: Names of the months.
        first_day: Said for the first day of a month.
        rated: Words before a score, lower case: ``Nota: 08/10``.
        weekdays: Their names and abbreviations.
    """
    behind_weekday = re.compile(
        rf"(?<![{LETTERS}.-])(?i:{any_of(weekdays)})(?:-feira)?\.?,? (?!(?:1/[234]|3/4) [{LETTERS}]{{4}})"
        rf"(?P<low>{_DAY}){_END}"
    )

    def say(written: str) -> str:
        day, month = map(int, written.split("/"))
        return f"{first_day if day == 1 else day} de {months[month - 1]}"

    def rule(draft: Draft) -> None:
        for match in _PAIR.finditer(draft.text):
            pair = match["low"], match["high"]
            label = (match["label"] or "").lower()
            is_certain = label in _DAY_LABELS or any(map(_is_padded, pair))
            is_certain = is_certain or (bool(label) and not all(map(_is_part, pair)))
            if is_certain and all(map(_is_day, pair)):
                for group in ("low", "high"):
                    draft.replace(*match.span(group), say(match[group]))
        for match in behind_weekday.finditer(draft.text):
            if _is_day(match["low"]):
                draft.replace(*match.span("low"), say(match["low"]))
        for match in _PADDED.finditer(draft.text):
            if (match["before"] or "").lower() not in rated and _is_day(match["low"]):
                draft.replace(*match.span("low"), say(match["low"]))
        for match in _MONTH_AND_YEAR.finditer(draft.text):
            draft.replace(*match.span("place"), f"{months[int(match['month']) - 1]} de {match['year']}")

    return rule


def ranges_of_days(months: Iterable[str], to: str) -> Rule:
    """Return a rule for a spaced dash between two days: ``5 ene - 10 ene``, ``5/6/24 - 7/8/24``."""
    named = rf"(?i:(?:de )?(?:{any_of(months)}))(?![{LETTERS}])"
    pattern = re.compile(
        rf"(?<![\d.,/])\d\d?(?: {named}\.?(?: (?:de )?\d{{4}})?|/\d\d?/\d{{2,4}}) (?P<dash>[-—]) "
        rf"(?=\d\d?(?: {named}|/\d\d?/\d))"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            draft.replace(*match.span("dash"), to)

    return rule


def _is_padded(written: str) -> bool:
    return written.startswith("0") or "/0" in written


def _is_day(written: str) -> bool:
    day, month = map(int, written.split("/"))
    return day <= _DAYS[month - 1]


def _is_part(written: str) -> bool:
    top, bottom = map(int, written.split("/"))
    return top < bottom


def as_they_stand(*patterns: re.Pattern[str]) -> Rule:
    """Return a rule for words that are no abbreviations: ``ter 2 filhos``, ``o set de 5 jogos``.

    What is claimed is said as it is written, and no later rule sees it.
    """

    def rule(draft: Draft) -> None:
        for pattern in patterns:
            draft.apply(pattern, lambda match: match[0])

    return rule
