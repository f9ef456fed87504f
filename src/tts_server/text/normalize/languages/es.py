"""Spanish: what it says, and the rules that are its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Clock, Fraction, Number, Ordinal
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages import es_numbers
from tts_server.text.normalize.languages.es_nouns import NOUNS, ORDERING
from tts_server.text.normalize.languages.es_words import NOTATION, WORDS
from tts_server.text.normalize.languages.iberian import Iberian
from tts_server.text.normalize.languages.iberian_calendar import (
    as_they_stand,
    days_in_figures,
    ranges_of_days,
)
from tts_server.text.normalize.languages.iberian_numbers import (
    agreement,
    around_figures,
    ordinals_with_degrees,
    scaled_currencies,
)
from tts_server.text.normalize.languages.iberian_rules import (
    accounts,
    before_names,
    named_dates,
    names_with_years,
    parts_of_units,
    roman_ranges,
    scores,
    strokes,
    thousands,
    weather,
)
from tts_server.text.normalize.languages.romance import compounds, first_to_last, number_signs, pauses, times
from tts_server.text.normalize.speech import Pieces
from tts_server.text.normalize.verses import verses
from tts_server.text.normalize.words import Gender

_CENTURY = re.compile(r"(?<![\w.])[Ss]{1,2}\.(?= ?[IVX]+\b)")
_IDENTITY = re.compile(r"(?<![\w-])(?:\d{8}-?[A-Z]|[A-Z]-?\d{7}-?[A-Z0-9]|\d{2}-\d{8}-\d)(?![\w-])")
# The letter is a word too, *and*: the unknown of a formula has a sign of one beside it.
_LETTER_Y = re.compile(r"(?<![\w'])[yY](?=[²³^]| ?[=≤≥×÷])|(?<=[=≤≥×÷+] )y(?![\w'])|(?<=[=≤≥×÷+])y(?![\w'])")
_BEFORE_LETTERS = frozenset("el la los las del al su mi en de".split())
# *March* before a year, *Tuesday* before a day and its month, and the sea before what is counted.
_MARCH = re.compile(r"(?<![\w.—-])[Mm]ar\.?(?= (?:del? )?(?:19|20)\d\d(?![\w/-]))")
_TUESDAY = re.compile(
    rf"(?<![\w.-])[Mm]ar\.?(?=,? (?:3[01]|[12]\d|0?[1-9])(?: de (?:{'|'.join(WORDS.months)})\b|/\d))"
)
_SEA = re.compile(r"(?<=\b(?:[Ee]l|[Aa]l) )mar(?= \d[\d.,]{0,12}(?! de\b|[\d/:]))|(?<=\bdel )mar(?= \d)")
_PAGED = (
    "página pág. pag. hoja lámina diapositiva foto figura parte lote tomo episodio etapa paso vuelta "
    "jornada nivel"
).split()
_NEUTRAL = (
    "gran grandes mejor mejores peor peores posibles enormes principales diferentes tristes breves".split()
)
_HOUR = re.compile(
    r"\b(?:[Aa]|[Ee]s|[Ee]ra|[Ss]obre|[Hh]asta|[Dd]esde|[Dd]e|[Pp]ara|[Hh]acia) la (?P<one>1)"
    r"(?=[,;!?)]|\.(?!\d)|$| (?:de la|del|en punto|y|menos|en|hasta|a)\b)",
    re.MULTILINE,
)
_MILLIONS = re.compile(
    r"(?<![\w$€£.,:/-])(?<![\d$€£][ .,])(?P<number>\d{1,3}(?:\.\d{3})?)(?= (?:m|b|tr)ill(?:ón|ones)\b"
    r"(?! (?:de )?(?:[€$£¥]|US\$|U\$S)))"
)
_ORDINAL_STOP = re.compile(
    r"(?<![\w.,/-])(?P<value>\d{1,2})(?P<ending>er|ro|do|to|mo|vo|no|ra|da|ta|ma|va|na|o)\.(?= [a-zà-ÿ]{2})"
)
_ORDERED = (
    "piso lugar puesto grado año día aniversario capítulo bimestre semestre trimestre curso ciclo congreso "
    "premio mes período distrito tiempo turno"
).split()
_WEEKDAY_NAMES = sorted({*NOTATION.weekdays, *NOTATION.weekdays.values()})
_CHAPTER = re.compile(r"(?<!\w)Cap\.(?= ?(?:\d|[IVXL]+\b))")
_WEEK = dict(zip("LMXJVSD", "lunes martes miércoles jueves viernes sábado domingo".split(), strict=True))
_WEEKDAYS = re.compile(r"(?<![\w.-])(?P<low>[LMXJV])[-—](?P<high>[JVSD])(?=:? \d|: |$)")
_PRICE = re.compile(r"(?<![\w.,'])(?P<euros>\d{1,4})'(?P<cents>\d\d) ?(?:€|euros\b)")
_MINUTE = re.compile(r"\b(?:[Ee]n el|[Aa]l|[Dd]el) (?P<place>(?P<minute>\d{1,3})')(?![\w'\"])")
_KILOMETER = re.compile(r"(?<![\w.,])(?<!\d )(?:(?<=\blos )(?P<many>km)|km)(?= \d)")
_PAGE = re.compile(r"(?<![\w.])(?<!C\. )[Pp]\. ?(?=\d)")
_DAY = re.compile(
    r"\b(?:el|del|al|día|lunes|martes|miércoles|jueves|viernes|sábado|domingo) "
    r"(?P<place>(?P<day>3[01]|[12]\d|0?[1-9])/(?P<month>1[0-2]|0?[1-9]))"
    r"(?=[.,;:!?)]|$| (?:a las?|al?|y|en|por|de \d{1,2}[:.h])\b)"
)
_WEATHER = "hace hizo hará alcanza alcanzará máxima máximas mínima mínimas hasta".split() + [
    f"{word} de" for word in "máxima máximas mínima mínimas temperatura temperaturas".split()
]
_BOOKS = (
    "Génesis Éxodo Levítico Números Deuteronomio Josué Jueces Rut Samuel Reyes Crónicas Esdras Nehemías "
    "Ester Job Salmos Salmo Proverbios Eclesiastés Isaías Jeremías Ezequiel Daniel Oseas Joel Amós "
    "Miqueas Zacarías Malaquías Mateo Marcos Lucas Juan Hechos Romanos Corintios Gálatas Efesios "
    "Filipenses Colosenses Tesalonicenses Timoteo Tito Hebreos Santiago Pedro Judas Apocalipsis Gn Ex Sal "
    "Is Mt Mc Lc Jn Hch Rom Cor"
).split()
_MAX_PART = 10
_MAX_SIGNED_ORDINAL = 99
_NUMBER_SIGN = re.compile(
    r"(?<![\w.])(?:No\. ?|(?<!\bque )(?<!\bdij[eo] )(?<!\bdi[gc][oe] )(?<!\b[oy] )(?<![:,] )no\. ?)(?=\d)"
)


class Spanish(Iberian):
    """What Spanish says for each form."""

    group = "."
    nouns = NOUNS
    million: ClassVar[Mapping[str, str]] = {"millones": "millón"}
    has_singular_below_two = False
    before_years = frozenset("en de desde hasta año del hacia".split())
    first_day = "1"
    utc = "u te ce"
    version_word = "versión"
    halves: ClassVar[Mapping[Gender, str]] = {"m": "medio", "f": "media"}
    conjunction = "y"
    rated = frozenset("un nota puntuación calificación valoración".split())
    points = frozenset("estrellas puntos".split())
    out_of = "sobre"
    ordering = ORDERING

    def cardinal(self, value: int, gender: Gender | None) -> str:
        """Return ``value`` in words."""
        return es_numbers.cardinal(value, gender)

    def place(self, value: int, gender: Gender, *, is_short: bool = False, is_plural: bool = False) -> str:
        """Return an ordinal in words."""
        return es_numbers.ordinal(value, gender, is_short=is_short, is_plural=is_plural)

    def part(self, value: int) -> str:
        """Return the name of one of ``value`` equal parts."""
        return es_numbers.part(value)

    def fraction(self, fraction: Fraction) -> Pieces:
        """Say a fraction; of parts with ordinals: ``tres cuartas partes``."""
        top, bottom = fraction.top, fraction.bottom
        is_of_parts = fraction.whole is None and fraction.after in {"parte", "partes"}
        if is_of_parts and 0 < top < bottom and 2 < bottom <= _MAX_PART:
            place = es_numbers.ordinal(bottom, "f", is_plural=top > 1)
            return [(fraction.start, fraction.end, f"{self.cardinal(top, 'f')} {place}")]
        return super().fraction(fraction)

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return figures; words where the number agrees with its noun or espeak-ng counts wrong."""
        value = int(number.whole or 0)
        if es_numbers.is_said_right(value, gender) or number.whole.startswith("0"):
            return super().whole(number, gender)
        return es_numbers.cardinal(value, gender)

    def hour_and_minute(self, clock: Clock) -> str:
        """Return ``15 y 30``, ``una y 30``, ``15 horas``."""
        hour = {1: "una", 21: "veintiuna"}.get(clock.hour, str(clock.hour))
        if clock.second is not None:
            return f"{hour} y {clock.minute} y {clock.second} segundos"
        if clock.minute:
            return f"{hour} y {clock.minute}"
        if clock.mark == "h" or (clock.hour in {0, 24} and not clock.half):
            return f"{hour} {'hora' if clock.hour == 1 else 'horas'}"
        return hour

    def with_ending(self, ordinal: Ordinal) -> str:
        """Return ``primer``, ``segunda``; "" for letters that are no ending, and for ``1º``.

        espeak-ng says ``1º`` to ``99º`` right; with a full stop it does not see the sign, and the feminine it
        stresses on the last syllable.
        """
        ending = ordinal.ending.replace("ᵉʳ", "er").replace("°", "º")
        gender: Gender = "f" if ending[:1] == "ª" or ending.endswith(("a", "as")) else "m"
        said = self.place(ordinal.value, gender, is_short=ending == "er", is_plural=ending.endswith("s"))
        n_others = ordinal.end - ordinal.start - len(str(ordinal.value)) - len(ordinal.ending)
        is_before_noun = self._is_noun(ordinal.after) and self.nouns.known_gender(ordinal.after) == "m"
        if ending == "º" and is_before_noun and said.endswith(("primero", "tercero")):
            return said[:-1]
        if ending == "º" and not n_others and ordinal.value <= _MAX_SIGNED_ORDINAL:
            return ""
        if ending in {"º", "ª"}:
            return said
        if ending in {"o", "a"} and not (
            n_others <= 1 and ordinal.before.lower() in _BEFORE_LETTERS and ordinal.after
        ):
            return ""
        is_joined = n_others <= 1
        return said if is_joined and said.endswith(ending) else ""


def _days(draft: Draft) -> None:
    """Say ``el 15/5``, a day and a month, where a clause ends behind it."""
    for match in _DAY.finditer(draft.text):
        day, month = int(match["day"]), int(match["month"])
        draft.replace(*match.span("place"), f"{day} de {WORDS.months[month - 1]}")


def _hours(draft: Draft) -> None:
    """Say ``a la 1``, in the feminine."""
    for match in _HOUR.finditer(draft.text):
        draft.replace(*match.span("one"), "una")


def _millions(draft: Draft) -> None:
    """Say ``1 millón`` and ``21 millones``, which lose their *-o*, and ``1er.`` with its full stop."""
    for match in _MILLIONS.finditer(draft.text):
        value = int(match["number"].replace(".", ""))
        if value % 10 == 1 and value % 100 != 11:
            draft.replace(*match.span(), es_numbers.cardinal(value, "m"))
    for match in _ORDINAL_STOP.finditer(draft.text):
        gender: Gender = "f" if match["ending"].endswith("a") else "m"
        said = es_numbers.ordinal(int(match["value"]), gender, is_short=match["ending"] == "er")
        if int(match["value"]) and said.endswith(match["ending"]):
            draft.replace(*match.span(), said)


def _numbering(draft: Draft) -> None:
    """Say ``s. XXI``, ``No. 5``, and the figures of an identity one by one."""
    draft.apply(_MARCH, lambda _: "marzo")
    draft.apply(_TUESDAY, lambda _: "martes")
    draft.apply(_CENTURY, lambda match: "siglo" if match[0].lower() == "s." else "siglos")
    draft.apply(_NUMBER_SIGN, lambda _: "número ")
    draft.apply(
        _PRICE,
        lambda match: (
            f"{'un euro' if match['euros'] == '1' else match['euros'] + ' euros'} con {match['cents']}"
        ),
    )
    draft.apply(_CHAPTER, lambda _: "capítulo")
    draft.apply(_WEEKDAYS, lambda match: f"{_WEEK[match['low']]} a {_WEEK[match['high']]}")
    draft.apply(_PAGE, lambda _: "página ")
    if draft.text.count("'") == 1:
        for match in _MINUTE.finditer(draft.text):
            draft.replace(*match.span("place"), f"minuto {match['minute']}")
    draft.apply(_KILOMETER, lambda match: "kilómetros" if match["many"] else "kilómetro")
    draft.apply(_IDENTITY, lambda match: " ".join(match[0].replace("-", "")))
    draft.apply(_LETTER_Y, lambda _: "i griega")


def make(dialect: str) -> Language:
    """Make Spanish."""
    speech = Spanish(WORDS)
    return Language(
        dialect,
        NOTATION,
        speech,
        rules=(
            ("dates with names", named_dates(NOTATION, WORDS.months, speech.first_day)),
            ("months and years", names_with_years(NOTATION, WORDS.months)),
            ("number signs", number_signs("número", "números")),
            ("around figures", around_figures(speech, "negativo", "positivo", "equis")),
            ("hours", _hours),
            ("millions", _millions),
            ("scaled currencies", scaled_currencies(speech, NOTATION)),
            ("agreement", agreement(speech, _NEUTRAL, ("las", "unas"), ("a", "o", "u"))),
            ("scores", scores(speech.rated - {"foi"}, _PAGED, speech.out_of, "de")),
            (
                "days in figures",
                days_in_figures(WORDS.months, speech.first_day, speech.rated, _WEEKDAY_NAMES),
            ),
            ("ranges of days", ranges_of_days(NOTATION.months, "a")),
            (
                "ordinals with degrees",
                ordinals_with_degrees(speech, [*_ORDERED, *(f"de {month}" for month in WORDS.months)]),
            ),
            ("the sea", as_they_stand(_SEA)),
            ("accounts", accounts),
            ("titles", before_names({"D": lambda _: "don"})),
            ("numbering", _numbering),
            ("chapter and verse", verses(_BOOKS, "a")),
            ("weather", weather("menos", "grados", _WEATHER)),
            ("days and months", _days),
            ("thousands", thousands(speech)),
            ("parts of units", parts_of_units(speech, NOTATION)),
            ("compounds", compounds),
            ("times", times("veces")),
            ("first to last", first_to_last("A a la Z")),
        ),
        late_rules=(
            ("Roman ranges", roman_ranges("a")),
            ("strokes", strokes(speech, NOTATION)),
            ("pauses", pauses),
        ),
    )
