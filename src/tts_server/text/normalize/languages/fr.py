"""French: what it says, and the rules that are its own."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize import number_words
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Clock, Date, DayOfMonth, Fraction, Number, Ordinal, Ratio
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.fr_nouns import LABELS, NOUNS
from tts_server.text.normalize.languages.fr_words import MONTHS, NOTATION, WORDS
from tts_server.text.normalize.languages.romance import (
    compounds,
    first_to_last,
    is_numeral,
    number_signs,
    times,
)
from tts_server.text.normalize.recognize.common import LETTERS
from tts_server.text.normalize.speech import Pieces, Speech, as_written
from tts_server.text.normalize.words import Gender

_KINGS: Final = frozenset(
    "Louis Charles Henri François Philippe Napoléon Pie Jean Paul Georges Édouard".split()
)
_QUEENS: Final = frozenset("Élisabeth Elisabeth Catherine Marie Victoria Anne Isabelle Christine".split())
_OF: Final = frozenset("de d du des".split())
_PARTS: Final = {2: "demi", 3: "tiers", 4: "quart"}
_WHOLES: Final = frozenset({5, 10, 20, 100})
_SCREENS: Final = {
    ("16", "9"): "neuvièmes",
    ("16", "10"): "dixièmes",
    ("21", "9"): "neuvièmes",
    ("4", "3"): "tiers",
}
_IN_TIME: Final = {
    1: "une",
    21: "vingt et une",
    31: "trente et une",
    41: "quarante et une",
    51: "cinquante et une",
}
_VOWEL: Final = re.compile(r"[aeiouâàéèêëîïôöûùœh]", re.IGNORECASE)


class French(Speech):
    """What French says for each form."""

    nouns = NOUNS

    def of(self, noun: str) -> str:
        """Return what stands between a word of scale and what it counts, and that."""
        return f" d'{noun}" if _VOWEL.match(noun) else f" de {noun}"

    def scaled_sum(self, number: Number, noun: str) -> str:
        """Return a sum in thousands or millions."""
        said = self.signed(number)
        return f"{said} {noun}" if said.endswith("mille") else said + self.of(noun)

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return the figures before the decimal mark; words where a feminine noun wants *une*."""
        said = _feminine(number.whole) if gender == "f" else ""
        return said or super().whole(number, gender)

    def hour_and_minute(self, clock: Clock) -> str | None:
        """Return the hour and the minute."""
        said = _of_time(clock.hour, "heure")
        if clock.second is not None:
            return f"{said} {_of_time(clock.minute or 0, 'minute')} {_of_time(clock.second, 'seconde')}"
        return f"{said} {_IN_TIME.get(clock.minute, clock.minute)}" if clock.minute else said

    def date(self, date: Date) -> Pieces:
        """Return day, month and year."""
        year = date.year
        if len(year) == 2:
            year = f"{'20' if int(year) < 70 else '19'}{year}"
        return [(date.start, date.end, f"{_day(date.day)} {MONTHS[date.month - 1]} {year}".strip())]

    def day(self, day: DayOfMonth) -> str:
        """Return the day of a month."""
        return _day(day.day)

    def ordinal(self, ordinal: Ordinal) -> Pieces:
        """Say ``2e`` and ``XXIe`` as ordinals, and the numbers of kings and chapters."""
        if ordinal.ending or (ordinal.is_roman and ordinal.after == "siècle"):
            said = _ordinal(ordinal)
        elif is_numeral(ordinal, labels=frozenset(LABELS), names=_KINGS | _QUEENS):
            said = str(ordinal.value)
            if ordinal.value == 1 and ordinal.before.lower() not in LABELS:
                said = "première" if ordinal.before in _QUEENS else "premier"
        else:
            said = ""
        return [(ordinal.start, ordinal.end, said)] if said else as_written(ordinal)

    def fraction(self, fraction: Fraction) -> Pieces:
        """Say halves, thirds and other parts; a mark out of a whole where nothing is parted."""
        said = _fraction(fraction)
        if not said:
            return as_written(fraction)
        if fraction.whole:
            whole = "un" if fraction.whole == 1 else str(fraction.whole)
            said = f"{whole} et {said.removeprefix('un ') if fraction.bottom == 2 else said}"
        return [(fraction.start, fraction.end, said)]

    def ratio(self, ratio: Ratio) -> Pieces:
        """Say the shapes of screens, and what is compared or measured."""
        if ratio.numbers in _SCREENS:
            said = f"{ratio.numbers[0]} {_SCREENS[ratio.numbers]}"
        else:
            is_size = not ratio.unit or ratio.unit.endswith("meter")
            said = (" pour " if ratio.sign == ":" else " par " if is_size else " fois ").join(ratio.numbers)
        return [(ratio.start, ratio.end, said)]


def _is_feminine(noun: str) -> bool:
    return NOUNS.known_gender(noun.lower()) == "f"


def _feminine(figures: str) -> str:
    """Return a number that ends in *une*, in words; "" if it does not."""
    number = int(figures) if figures else 0
    if number % 10 != 1 or number % 100 in {11, 71, 91} or number > number_words.LARGEST:
        return ""
    return _as_it_sounds(number_words.cardinal(number, "fr")) + "e"


def _as_it_sounds(words: str) -> str:
    """Return words with the letters that espeak-ng reads wrong, written by their sound."""
    words = words.replace("vingtsième", "vingtième").replace("quatre-vingt-", "quatre-vin-")
    return words.replace("dix-neuvième", "dizneuvième")


def _of_time(count: int, unit: str) -> str:
    return f"{_IN_TIME.get(count, count)} {unit}{'s' if count > 1 else ''}"


def _day(day: int) -> str:
    return "1er" if day == 1 else str(day)


def _ordinal(ordinal: Ordinal) -> str:
    value, ending = ordinal.value, ordinal.ending.translate(str.maketrans("ᵉʳˢᵈⁿ", "ersdn"))
    is_of_first = ending in {"er", "ers", "re", "res", "ère", "ères", "ere"}
    if not value or (value != 1 and is_of_first) or (ordinal.is_roman and value in {50, 100, 500, 1000}):
        return ""
    many = "s" if ending.endswith("s") else ""
    if ending[:2] in {"nd", "de"}:
        return f"second{'e' if 'e' in ending else ''}{many}" if value == 2 else ""
    if value == 1:
        is_woman = ending[:1] == "r" or ending in {"ère", "ères", "ere"} or _is_feminine(ordinal.after)
        return ("première" if is_woman and ending != "er" else "premier") + many
    return _as_it_sounds(number_words.ordinal(value, "fr")) + many


def _fraction(fraction: Fraction) -> str:
    top, bottom = fraction.top, fraction.bottom
    after = fraction.after.lower()
    is_parted = after in _OF or after.startswith("d'")
    if not top or (top >= bottom and not is_parted) or bottom > number_words.LARGEST:
        return ""
    if bottom == 2 and top == 1:
        return "une demi" if _is_feminine(after) and not fraction.whole else "un demi"
    if top == 1 or bottom in _PARTS or is_parted:
        part = _PARTS.get(bottom) or _as_it_sounds(number_words.ordinal(bottom, "fr"))
        return f"{'un' if top == 1 else top} {part}{'s' if top > 1 and not part.endswith('s') else ''}"
    return f"{top} sur {bottom}" if bottom in _WHOLES else ""


_NUMBERED: Final = re.compile(r"(?<=\b[LlDdx]es )nos(?= \d)|\bno(?= \d{1,5}\b)")
_ALWAYS: Final = re.compile(
    r"(?<![\w.,/])(?P<of>24 ?h|7 ?j)(?:ours?|eures?)? ?(?:/|sur) ?(?P<all>24|7)(?: ?[hj])?(?!\w)"
)
_EUROS: Final = re.compile(r"(?<![\w.,])(?P<euros>\d{1,6}) ?€ ?(?P<cents>\d\d)(?![\w.,]\d|\w)")
_HALVES: Final = re.compile(
    rf"(?<![{LETTERS}\d.,/])(?P<whole>\d{{1,3}}) ?(?:1/2|½) (?P<noun>[{LETTERS}]{{2,20}})(?![{LETTERS}'])"
)
_MILLIONS: Final = re.compile(r"(?<=\d) M(?= d['eu])")
_EAST: Final = re.compile(
    r"(?:(?<=\bà l')|(?<=\bde l')|(?<=\bvers l')|(?<=\bdans l')|(?<=\bsur l'))est\b", re.IGNORECASE
)
_AND_MORE: Final = re.compile(
    rf"(?<![{LETTERS}\d.,])(?P<whole>\d{{1,3}})(?:(?P<meters>m)(?=\d\d)|°(?=\d))(?P<rest>\d{{1,2}})(?![\w.,°'])"
)
_PART_OF_HOUR: Final = re.compile(
    r"(?<![\w.,/])(?:(?P<whole>\d{1,2}) ?h ?)?(?P<part>1/2|½|1/4|¼|3/4|¾)(?P<h> ?h)?(?![\w'/])"
)
_PARTS_OF_HOUR: Final = {"1/2": "une demi-heure", "½": "une demi-heure", "1/4": "un quart d'heure"} | {
    "¼": "un quart d'heure",
    "3/4": "trois quarts d'heure",
    "¾": "trois quarts d'heure",
}
_BEHIND_HOURS: Final = {"1/2": "et demie", "½": "et demie", "1/4": "et quart", "¼": "et quart"}
_CENTURY: Final = re.compile(r"(?<=[IVX][eᵉ] )s\.(?=\W|$)")
_NO_NOUNS: Final = frozenset("de du des et ou à au aux en par pour sur dans sans avec".split())


def _say_halves(match: re.Match[str]) -> str | None:
    noun = match["noun"]
    if noun.lower() in _NO_NOUNS:
        return None
    one = _feminine(match["whole"]) if _is_feminine(noun) else ""
    return f"{one or match['whole']} {noun} et demi{'e' if _is_feminine(noun) else ''}"


def _say_and_more(match: re.Match[str]) -> str:
    """Return ``1 mètre 80`` and ``38 degrés 5``."""
    unit = "mètre" if match["meters"] else "degré"
    whole = "un" if match["whole"] == "1" else match["whole"]
    return f"{whole} {unit}{'' if whole == 'un' else 's'} {match['rest']}"


def _say_part_of_hour(match: re.Match[str]) -> str | None:
    whole, part = match["whole"], match["part"]
    if not whole:
        return _PARTS_OF_HOUR[part] if match["h"] else None
    behind = _BEHIND_HOURS.get(part, "trois quarts")
    return None if match["h"] else f"{_of_time(int(whole), 'heure')} {behind}"


def _own_forms(draft: Draft) -> None:
    draft.apply(_NUMBERED, lambda match: "numéros" if match[0] == "nos" else "numéro")
    draft.apply(
        _ALWAYS,
        lambda match: f"{match['all']} {'heures' if 'h' in match['of'] else 'jours'} sur {match['all']}",
    )
    draft.apply(
        _EUROS, lambda match: f"{match['euros']} euro{'s' if match['euros'] != '1' else ''} {match['cents']}"
    )
    draft.apply(_HALVES, _say_halves)
    draft.apply(_AND_MORE, _say_and_more)
    draft.apply(_PART_OF_HOUR, _say_part_of_hour)
    draft.apply(_CENTURY, lambda _: "siècle")
    draft.apply(_MILLIONS, lambda _: " millions")
    draft.apply(_EAST, lambda _: "èste")


def make(dialect: str) -> Language:
    """Make French."""
    return Language(
        dialect,
        NOTATION,
        French(WORDS),
        rules=(
            ("number signs", number_signs("numéro", "numéros")),
            ("compounds", compounds),
            ("forms of French alone", _own_forms),
            ("first to last", first_to_last("A à Z")),
            ("times", times("fois")),
        ),
    )
