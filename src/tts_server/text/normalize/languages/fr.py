"""French: what it says, and the rules that are its own."""

from __future__ import annotations

from typing import Final

from tts_server.text.normalize import number_words
from tts_server.text.normalize.forms import Clock, Date, DayOfMonth, Fraction, Number, Ordinal, Ratio
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.fr_nouns import LABELS, NOUNS
from tts_server.text.normalize.languages.fr_numbers import IN_TIME, feminine, is_feminine, of, of_time
from tts_server.text.normalize.languages.fr_numbers import ordinal as ordinal_words
from tts_server.text.normalize.languages.fr_rules import own_forms
from tts_server.text.normalize.languages.fr_words import MONTHS, NOTATION, WORDS
from tts_server.text.normalize.languages.romance import (
    accounts,
    compounds,
    first_to_last,
    hours_to_hours,
    is_numeral,
    minutes_and_seconds,
    months_and_years,
    number_signs,
    out_of,
    parts_of_units,
    pauses,
    rates,
    times,
)
from tts_server.text.normalize.languages.romance_signs import SignWords, signs_of
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.speech import Pieces, Speech, as_written
from tts_server.text.normalize.words import Gender, Noun

_KINGS: Final = frozenset(
    "Louis Charles Henri François Philippe Napoléon Pie Jean Paul Georges Édouard".split()
)
_QUEENS: Final = frozenset("Élisabeth Elisabeth Catherine Marie Victoria Anne Isabelle Christine".split())
_OF: Final = frozenset("de d du des".split())
_PARTS: Final = {2: "demi", 3: "tiers", 4: "quart"}
_PLURALS: Final = frozenset({"les", "des", "aux"})
_WHOLES: Final = frozenset({5, 10, 20, 100})
_BARE: Final = range(2, 40)
_LARGEST_PART: Final = 16
_SCREENS: Final = {
    ("16", "9"): "neuvièmes",
    ("16", "10"): "dixièmes",
    ("21", "9"): "neuvièmes",
    ("4", "3"): "tiers",
}


class French(Speech):
    """What French says for each form."""

    nouns = NOUNS

    def of(self, noun: str) -> str:
        """Return what stands between a word of scale and what it counts, and that."""
        return of(noun)

    def scaled_sum(self, number: Number, noun: str) -> str:
        """Return a sum in thousands or millions."""
        said = self.signed(number)
        return f"{said} {noun}" if said.endswith("mille") else said + self.of(noun)

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return the figures before the decimal mark; words where a feminine noun wants *une*."""
        said = feminine(number.whole) if gender == "f" else ""
        return said or super().whole(number, gender)

    def hour_and_minute(self, clock: Clock) -> str:
        """Return the hour and the minute."""
        said = of_time(clock.hour, "heure")
        if clock.second is not None:
            return f"{said} {of_time(clock.minute or 0, 'minute')} {of_time(clock.second, 'seconde')}"
        return f"{said} {IN_TIME.get(clock.minute, clock.minute)}" if clock.minute else said

    def date(self, date: Date) -> Pieces:
        """Return day, month and year."""
        year = full_year(date.year)
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
        elif ordinal.is_roman and ordinal.value in _BARE and ordinal.end - ordinal.start > 1:
            # Where nothing says what it numbers espeak-ng says that it is Roman.
            said = str(ordinal.value)
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


def _day(day: int) -> str:
    return "1er" if day == 1 else str(day)


def _ordinal(ordinal: Ordinal) -> str:
    value, ending = ordinal.value, ordinal.ending.translate(str.maketrans("ᵉʳˢᵈⁿ", "ersdn"))
    is_of_first = ending in {"er", "ier", "ers", "re", "res", "ère", "ières", "ière", "ères", "ere"}
    if (
        not 0 < value <= number_words.LARGEST
        or (value != 1 and is_of_first)
        or (ordinal.is_roman and value in {50, 100, 500, 1000})
    ):
        return ""
    many = "s" if ending.endswith("s") else ""
    if ending[:2] in {"nd", "de"}:
        return f"second{'e' if 'e' in ending else ''}{many}" if value == 2 else ""
    if value == 1:
        is_woman = ending[:1] == "r" or ending in {"ère", "ière", "ères", "ere"} or is_feminine(ordinal.after)
        return ("première" if is_woman and ending != "er" else "premier") + many
    return ordinal_words(value) + many


def _fraction(fraction: Fraction) -> str:
    top, bottom = fraction.top, fraction.bottom
    after = fraction.after.lower()
    is_parted = after in _OF or after.startswith("d'")
    if bottom in _WHOLES and not is_parted and (top == 0 or 1 < top <= bottom):
        return f"{top} sur {bottom}"
    if not top or (top >= bottom and not is_parted) or bottom > number_words.LARGEST:
        return ""
    if top == 1 and fraction.before.lower() in _PLURALS:
        return f"{_PARTS.get(bottom) or ordinal_words(bottom)}s".replace("tierss", "tiers")
    if bottom == 2 and top == 1:
        return "une demi" if is_feminine(after) and not fraction.whole else "un demi"
    if top == 1 or bottom in _PARTS or is_parted:
        part = _PARTS.get(bottom) or ordinal_words(bottom)
        return f"{'un' if top == 1 else top} {part}{'s' if top > 1 and not part.endswith('s') else ''}"
    is_choice = bottom == top + 1 and after
    return "" if is_choice or bottom > _LARGEST_PART else f"{top} {ordinal_words(bottom)}s"


def _part(top: int, bottom: int, noun: Noun) -> str:
    if bottom == 2:
        return f"{'une' if noun.gender == 'f' else 'un'} demi {noun.one}"
    part = _PARTS.get(bottom) or ordinal_words(bottom)
    return f"{'un' if top == 1 else top} {part}{'s' if top > 1 and bottom != 3 else ''}{of(noun.one)}"


_SIGN_WORDS: Final = SignWords(
    inch=WORDS.units["inch"],
    hour=WORDS.units["hour"],
    minute=WORDS.units["minute"],
    second=WORDS.units["second"],
    cents=Noun("cent", "cents"),
    count=lambda count, noun: of_time(count, noun.one),
    sharp="dièse",
    positive="positif",
    negative="négatif",
    groups="groupe Groupe groupes sang Sang donneur donneuse",
    out_of="sur",
    parts="page Page pages p. diapo Diapo diapositive étape Étape partie Partie épisode Épisode score note",
    of_area=(r"hab\.?/km[²2]", "habitants par kilomètre carré"),
)


def make(dialect: str) -> Language:
    """Make French."""
    return Language(
        dialect,
        NOTATION,
        French(WORDS),
        rules=(
            ("number signs", number_signs("numéro", "numéros")),
            ("accounts", accounts),
            ("compounds", compounds),
            ("shared signs", signs_of(_SIGN_WORDS)),
            ("forms of French alone", own_forms),
            ("first to last", first_to_last("A à Z")),
            ("times", times("fois")),
            ("out of", out_of("sur")),
            ("hours to hours", hours_to_hours("à", "heures")),
            ("parts of units", parts_of_units(NOTATION, WORDS, _part)),
            ("months and years", months_and_years(MONTHS)),
            ("minutes and seconds", minutes_and_seconds(*(WORDS.units[key] for key in ("minute", "second")))),
        ),
        late_rules=(("pauses", pauses), ("rates", rates("par"))),
    )
