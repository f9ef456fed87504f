"""Italian: what it says, and the rules that are its own."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize import number_words
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Clock, Date, DayOfMonth, Fraction, Number, Ordinal, Ratio, Version
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.it_accents import accents
from tts_server.text.normalize.languages.it_nouns import DETERMINERS, LABELS, NOUNS, article, is_sure
from tts_server.text.normalize.languages.it_rules import told_by_neighbours
from tts_server.text.normalize.languages.it_words import MONTHS, NOTATION, PER, WORDS
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
from tts_server.text.normalize.recognize.common import LETTERS
from tts_server.text.normalize.recognize.parts import roman_value
from tts_server.text.normalize.speech import Pieces, Speech, as_written
from tts_server.text.normalize.words import Gender, Noun

_FEMININE_LABELS: Final = frozenset("scena parte sezione fase stagione versione figura tabella".split())
_FEMININE_DETERMINERS: Final = frozenset(
    "la alla della dalla nella sulla una sua mia tua nostra vostra questa quella stessa".split()
)
_KINGS: Final = frozenset(
    """
    Luigi Carlo Vittorio Emanuele Enrico Francesco Giovanni Paolo Pio Napoleone Umberto Federico Filippo Leone
    Benedetto Giulio Clemente Gregorio Urbano Innocenzo Alessandro Cosimo Giorgio Giacomo Guglielmo
    """.split()
)
_QUEENS: Final = frozenset("Elisabetta Caterina Maria Margherita Giovanna Isabella Cristina".split())
_NUMBERED: Final = {
    **dict.fromkeys(
        "secolo sec piano posto giorno anno capitolo congresso municipio concilio reggimento".split(), "m"
    ),
    **dict.fromkeys(
        "guerra edizione olimpiade giornata legislatura repubblica dinastia armata crociata".split(), "f"
    ),
    **dict.fromkeys(MONTHS, "m"),
}
_FEMININE_ENDINGS: Final = frozenset("ª a ma esima".split())
_DOUBTFUL_ENDINGS: Final = frozenset("° ^ a o".split())
_PLACES: Final = {
    "a": frozenset(
        "volta edizione parte classe elementare media superiore posizione fila tappa giornata puntata"
        " stagione lezione fase serie sezione categoria scelta guerra persona".split()
    ),
    "o": frozenset(
        "posto piano anno premio grado giorno classificato capitolo livello turno tempo quadrimestre semestre"
        " trimestre mese compleanno anniversario secolo".split()
    ),
}
_OF: Final = frozenset("di del dello della dei degli delle d dell dell'".split())
_SCREENS: Final = {("16", "9"): "noni", ("16", "10"): "decimi", ("21", "9"): "noni", ("4", "3"): "terzi"}
_SCALES: Final = {"mila": "mille", "milioni": "un milione", "miliardi": "un miliardo"}
_SMALLEST_ZEROS: Final = "00"
_YEARS: Final = range(1900, 2100)
_WHOLES: Final = frozenset({10, 30, 100, 110})
_TENTH: Final = 10
_MARKED: Final = frozenset("preso presa voto valutazione punteggio giudizio media".split())


class Italian(Speech):
    """What Italian says for each form."""

    group = "."
    nouns = NOUNS

    def figures(self, number: Number, noun: Noun | None = None) -> str:
        """Return a number without its sign; one unit is counted by the unit's article."""
        if noun is not None and number.is_one and not _is_elided(number.before):
            return article(noun.one, noun.gender)
        return super().figures(number, noun)

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return the figures before the decimal mark; words behind an apostrophe, *1* as an article."""
        if _is_elided(number.before):
            return _in_words(number.whole)
        if gender is not None and number.is_one:
            return article(number.after, gender)
        return super().whole(number, gender)

    def gender_behind(self, number: Number) -> Gender | None:
        """Return the gender of the noun behind a number, where it is sure."""
        return super().gender_behind(number) if is_sure(number.after) else None

    def with_scale(self, number: Number, said: str) -> str:
        """Return ``5 milioni``, ``un milione``, ``5 mila``."""
        return _SCALES[number.scale] if said == "1" and number.scale in _SCALES else f"{said} {number.scale}"

    def decimals(self, number: Number) -> str:
        """Return the decimal mark and what stands behind it; espeak-ng reads ``,005`` as thousandths."""
        if number.decimals.startswith(_SMALLEST_ZEROS):
            return f" virgola {' '.join(number.decimals)}"
        if _is_elided(number.before):
            # Behind a word espeak-ng takes the comma for a pause.
            return f" virgola {'zero ' if number.decimals[0] == '0' else ''}{number.decimals.lstrip('0')}"
        return super().decimals(number)

    def scaled_sum(self, number: Number, noun: str) -> str:
        """Return a sum in thousands or millions."""
        said = self.signed(number)
        return f"{said} {noun}" if said.endswith("mila") else said + self.of(noun)

    def per(self, key: str) -> str:
        """Return what is said for a division by a unit."""
        return f" {PER[key]}" if key in PER else super().per(key)

    def hour_and_minute(self, clock: Clock) -> str:
        """Return the hour and the minute; hours that are counted where only a letter says so."""
        is_time = clock.before.lower() in NOTATION.clock_words
        if clock.minute is None and clock.mark == "h" and not is_time:
            return "un'ora" if clock.hour == 1 else f"{clock.hour} ore"
        hour = "una" if clock.hour == 1 else str(clock.hour)
        said = f"{hour} e {clock.minute}" if clock.minute else hour
        return f"{said} e {clock.second} secondi" if clock.second else said

    def date(self, date: Date) -> Pieces:
        """Return day, month and year."""
        year = full_year(date.year)
        said = f"{_day(date.day, date.before)} {MONTHS[date.month - 1]} {year}".strip()
        return [(date.start, date.end, said)]

    def day(self, day: DayOfMonth) -> str:
        """Return the day of a month."""
        return _day(day.day, day.before)

    def ordinal(self, ordinal: Ordinal) -> Pieces:
        """Say ``2°`` and ``3ª`` where they are ordinals, and Roman numerals with the gender they have."""
        is_ordinal = _is_roman_ordinal(ordinal) if ordinal.is_roman else _is_ordinal(ordinal)
        if not is_ordinal or not 0 < ordinal.value <= number_words.LARGEST:
            return as_written(ordinal)
        if ordinal.is_roman and ordinal.value > 1 and ordinal.after.lower() in MONTHS:
            return [(ordinal.start, ordinal.end, str(ordinal.value))]
        return [(ordinal.start, ordinal.end, _ordinal(ordinal.value, is_woman=_is_feminine(ordinal)))]

    def version(self, version: Version) -> Pieces:
        """Say numbers with points between them."""
        said = f" {self.words.point} ".join(version.numbers)
        return [(version.start, version.end, f"versione {said}" if version.has_v else said)]

    def fraction(self, fraction: Fraction) -> Pieces:
        """Say halves, thirds and other parts; a mark out of a whole where nothing is parted."""
        said = _fraction(fraction)
        if not said:
            return as_written(fraction)
        if fraction.whole:
            whole = "uno" if fraction.whole == 1 else str(fraction.whole)
            said = f"{whole} e {'mezzo' if fraction.bottom == 2 else said}"
        return [(fraction.start, fraction.end, said)]

    def ratio(self, ratio: Ratio) -> Pieces:
        """Say the shapes of screens, and what is compared or measured."""
        if ratio.numbers in _SCREENS:
            return [(ratio.start, ratio.end, f"{ratio.numbers[0]} {_SCREENS[ratio.numbers]}")]
        return super().ratio(ratio)

    def exponent(self, exponent: str) -> str:
        """Return what is said for an exponent behind its base."""
        if not exponent.isdigit() or int(exponent) in {2, 3} or not 0 < int(exponent) <= number_words.LARGEST:
            return super().exponent(exponent)
        said = _ordinal(int(exponent), is_woman=True)
        return f"all'{said}" if said[0] in "ou" else f"alla {said}"


def _is_elided(before: str) -> bool:
    return len(before) > 1 and before.endswith("'")


def _in_words(figures: str) -> str:
    number = int(figures or "0")
    return number_words.cardinal(number, "it") if number <= number_words.LARGEST else figures


def _day(day: int, before: str) -> str:
    if _is_elided(before):
        return _in_words(str(day))
    return "primo" if day == 1 else str(day)


def _ordinal(value: int, *, is_woman: bool = False) -> str:
    said = number_words.ordinal(value, "it")
    return said[:-1] + "a" if is_woman else said


def _is_ordinal(ordinal: Ordinal) -> bool:
    is_apart = ordinal.end - ordinal.start > len(f"{ordinal.value:,}") + len(ordinal.ending)
    if ordinal.after in {"C", "F"} or (is_apart and ordinal.ending not in {"º", "ª"}):
        return False
    if ordinal.ending not in _DOUBTFUL_ENDINGS or ordinal.before.lower() in DETERMINERS:
        return True
    after = ordinal.after.lower()
    is_noun = NOUNS.known_gender(after) == "m" and after not in NOUNS.not_nouns
    if ordinal.ending == "^":
        return NOUNS.known_gender(after) is not None and after not in NOUNS.not_nouns
    if ordinal.ending in {"a", "o"}:
        return after in _PLACES[ordinal.ending] and not is_apart
    return ordinal.ending == "°" and (after in _NUMBERED or is_noun)


def _is_roman_ordinal(ordinal: Ordinal) -> bool:
    if ordinal.after.lower() in _NUMBERED and ordinal.value < 100 and ordinal.value != 50:
        return True
    return is_numeral(ordinal, labels=frozenset(LABELS), names=_KINGS | _QUEENS)


def _is_feminine(ordinal: Ordinal) -> bool:
    before = ordinal.before.rstrip(".").lower()
    if ordinal.is_roman:
        return (
            _NUMBERED.get(ordinal.after.lower()) == "f"
            or before in _FEMININE_LABELS
            or before.capitalize() in _QUEENS
        )
    if ordinal.ending == "^" and before not in DETERMINERS:
        return NOUNS.known_gender(ordinal.after.lower()) == "f"
    return ordinal.ending in _FEMININE_ENDINGS or before in _FEMININE_DETERMINERS


def _fraction(fraction: Fraction) -> str:
    top, bottom = fraction.top, fraction.bottom
    after = fraction.after.lower()
    is_parted = after in _OF or after.startswith(("d'", "dell'"))
    if bottom == _TENTH and top <= bottom and fraction.before.lower() in _MARKED and not is_parted:
        return f"{top} su {bottom}"
    if bottom in _WHOLES and not is_parted and (top == 0 or bottom > _TENTH) and top <= bottom:
        return f"{top} su {bottom}"
    if not top:
        return f"0 su {bottom}"
    if top >= bottom and not is_parted:
        return f"{top} su {bottom}" if top == bottom == _TENTH else ""
    if bottom == 2 and top == 1 and after == "ora":
        return "mezz'"
    if bottom == 2 and top == 1:
        return (
            "un mezzo"
            if not after or is_parted
            else f"mezz{'a' if NOUNS.known_gender(after) == 'f' else 'o'}"
        )
    if bottom in _YEARS and not is_parted:
        return f"{top} del {bottom}"
    if top > 1 and bottom > _TENTH and not is_parted:
        return f"{top} su {bottom}"
    part = "mezzo" if bottom == 2 else _ordinal(bottom)
    return f"un {part}" if top == 1 else f"{top} {part[:-1]}i"


_ONE_O_CLOCK: Final = re.compile(
    r"(?<![\w'])(?P<word>[Aa]lle|[Dd]alle|[Ll]e) 1[:.](?P<minute>[0-5]\d)(?![\w:.,]\d|\w)"
)
_HOURS: Final = re.compile(r"(?<![\w'])[hH]\.? ?(?=(?:[01]?\d|2[0-4])[:.][0-5]\d(?!\d))")
_SEPTEMBER: Final = re.compile(r"(?<=\d )set\.?(?= (?:19|20)\d\d\b)")
_HALVES: Final = re.compile(
    rf"(?<![{LETTERS}\d.,/])(?P<whole>\d{{1,3}}) ?(?:1/2|½) (?P<noun>[{LETTERS}]{{3,20}})(?![{LETTERS}'])"
)
_TAX_SHARE: Final = re.compile(r"(?<![\w.,])(?P<share>[258]) ?[xX×] ?(?:1000|mille)(?![\w.,]\d|\w)")
_TAX_SHARES: Final = {"2": "due", "5": "cinque", "8": "otto"}
_CHAIN: Final = re.compile(
    r"(?<![\w.,°/-])\d{1,3}°(?:(?:, | e |[-—/])\d{1,3}°){1,5}(?= (?P<noun>[a-z]{4,20}))"
)
_AGED: Final = re.compile(r"(?<![\w.,])(?P<years>\d{1,3})enn(?P<ending>[ei])(?!\w)")
_ELIDED_ROMAN: Final = re.compile(r"(?<=[lL]')(?P<roman>[IVX]{1,5})(?= [a-z])")


def _one_o_clock(match: re.Match[str]) -> str:
    minute = int(match["minute"])
    return f"{match['word'][:-1]}'una{f' e {minute}' if minute else ''}"


def _halves(match: re.Match[str]) -> str:
    return f"{match['whole']} {match['noun']} e mezz{'a' if match['noun'].endswith(('e', 'a')) else 'o'}"


def _elided_roman(match: re.Match[str]) -> str | None:
    value = roman_value(match["roman"])
    return _ordinal(value) if number_words.ordinal(value, "it")[0] in "aeiou" else None


def _chain(match: re.Match[str]) -> str | None:
    """Return the ordinals of ``1°, 2° e 3° posto``."""
    if NOUNS.known_gender(match["noun"]) != "m" or match["noun"] in NOUNS.not_nouns:
        return None
    said = re.sub(r"(\d+)°", lambda one: _ordinal(int(one[1])) if int(one[1]) else one[0], match[0])
    return re.sub(r"[-—/]", " ", said)


def _aged(match: re.Match[str]) -> str:
    """Return ``diciottenne`` for ``18enne``."""
    stem = number_words.cardinal(int(match["years"]), "it").replace("é", "e")
    return (stem if stem.endswith("tre") and len(stem) > 3 else stem[:-1]) + f"enn{match['ending']}"


def _own_forms(draft: Draft) -> None:
    draft.apply(_ONE_O_CLOCK, _one_o_clock)
    draft.apply(_HOURS, lambda _: "ore ")
    draft.apply(_SEPTEMBER, lambda _: "settembre")
    draft.apply(_HALVES, _halves)
    draft.apply(_ELIDED_ROMAN, _elided_roman)
    draft.apply(_CHAIN, _chain)
    draft.apply(_AGED, _aged)
    draft.apply(_TAX_SHARE, lambda match: f"{_TAX_SHARES[match['share']]} per mille")


def _part(top: int, bottom: int, noun: Noun) -> str:
    if bottom == 2:
        return "mezz'ora" if noun.one == "ora" else f"mezz{'a' if noun.gender == 'f' else 'o'} {noun.one}"
    part = f"un {_ordinal(bottom)}" if top == 1 else f"{top} {_ordinal(bottom)[:-1]}i"
    return f"{part} {_di(noun.one)}"


def _count(count: int, noun: Noun) -> str:
    if count != 1:
        return f"{count} {noun.many}"
    one = article(noun.one, noun.gender)
    return f"{one}{'' if one.endswith(chr(39)) else ' '}{noun.one}"


def _di(noun: str) -> str:
    return f"d'{noun}" if noun == "ora" else f"di {noun}"


_SIGN_WORDS: Final = SignWords(
    inch=WORDS.units["inch"],
    hour=WORDS.units["hour"],
    minute=WORDS.units["minute"],
    second=WORDS.units["second"],
    cents=Noun("centesimo", "centesimi"),
    count=_count,
    sharp="sharp",
    positive="positivo",
    negative="negativo",
    groups="gruppo Gruppo sangue Sangue donatore donatrice",
    out_of="di",
    parts="pagina Pagina pag. Pag. diapositiva slide Slide parte Parte episodio Episodio",
    of_area=(r"ab\.?/km[²2q]|ab\.?/kmq", "abitanti per chilometro quadrato"),
)


def make(dialect: str) -> Language:
    """Make Italian."""
    return Language(
        dialect,
        NOTATION,
        Italian(WORDS),
        rules=(
            ("number signs", number_signs("numero", "numeri")),
            ("accounts", accounts),
            ("compounds", compounds),
            ("shared signs", signs_of(_SIGN_WORDS)),
            ("told by neighbours", told_by_neighbours),
            ("accents", accents),
            ("forms of Italian alone", _own_forms),
            ("first to last", first_to_last("A a Z")),
            ("times", times("volte")),
            ("out of", out_of("su")),
            ("hours to hours", hours_to_hours("a", "ore")),
            ("parts of units", parts_of_units(NOTATION, WORDS, _part)),
            ("months and years", months_and_years(MONTHS)),
            ("minutes and seconds", minutes_and_seconds(*(WORDS.units[key] for key in ("minute", "second")))),
        ),
        late_rules=(("pauses", pauses), ("rates", rates("per"))),
    )
