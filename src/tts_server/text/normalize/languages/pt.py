"""Brazilian Portuguese: what it says, and the rules that are its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Clock, Number, Ordinal, Range
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages import pt_numbers
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
from tts_server.text.normalize.languages.pt_nouns import NOUNS, ORDERING
from tts_server.text.normalize.languages.pt_words import NOTATION, WORDS
from tts_server.text.normalize.languages.romance import compounds, first_to_last, number_signs, pauses, times
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.speech import Pieces
from tts_server.text.normalize.verses import verses
from tts_server.text.normalize.words import Gender

_CENTURIES = frozenset({"século", "séculos"})
_BEFORE_HOURS = frozenset("das de as às desde entre aberto aberta horário funciona atendimento".split())
_FEMININE_HOURS = frozenset({1, 2, 21, 22})
_MAX_CENTURY_ORDINAL = 10


class Portuguese(Iberian):
    """What Brazilian Portuguese says for each form."""

    group = "."
    nouns = NOUNS
    million: ClassVar[Mapping[str, str]] = {"milhões": "milhão", "bilhões": "bilhão", "trilhões": "trilhão"}
    has_singular_below_two = True
    short_scales: ClassVar[Mapping[str, str]] = {"mi": "milhões", "bi": "bilhões", "tri": "trilhões"}
    before_years = frozenset("em de desde até ano do no".split())
    first_day = "primeiro"
    utc = "u tê cê"
    version_word = "versão"
    halves: ClassVar[Mapping[Gender, str]] = {"m": "meio", "f": "meia"}
    conjunction = "e"
    rated = frozenset("um nota foi pontuação avaliação".split())
    points = frozenset("estrelas pontos".split())
    out_of = "de"
    ordering = ORDERING

    def cardinal(self, value: int, gender: Gender | None) -> str:
        """Return ``value`` in words."""
        return pt_numbers.cardinal(value, gender or "m")

    def place(self, value: int, gender: Gender, *, is_short: bool = False, is_plural: bool = False) -> str:
        """Return an ordinal in words, the same with ``is_short``."""
        del is_short
        return pt_numbers.ordinal(value, gender, is_plural=is_plural)

    def part(self, value: int) -> str:
        """Return the name of one of ``value`` equal parts."""
        return pt_numbers.part(value)

    def whole(self, number: Number, gender: Gender | None) -> str:
        """Return figures; words where the number agrees with a feminine noun."""
        value = int(number.whole or 0)
        if pt_numbers.is_said_right(value, gender or "m") or number.whole.startswith("0"):
            return super().whole(number, gender)
        return pt_numbers.cardinal(value, gender or "m")

    def decimals(self, number: Number) -> str:
        """Return the decimals; the point is said, which espeak-ng leaves out."""
        said = super().decimals(number)
        if not said.startswith("."):
            return said
        figures = number.decimals
        return f" ponto {' '.join(figures) if figures.startswith('0') else figures}"

    def hour_and_minute(self, clock: Clock) -> str:
        """Return ``15 e 30``, ``uma e 30``, ``15 horas``."""
        hour = self.cardinal(clock.hour, "f") if clock.hour in _FEMININE_HOURS else str(clock.hour)
        if clock.second is not None:
            return f"{hour} e {clock.minute} e {clock.second} segundos"
        if clock.minute:
            return f"{hour} e {clock.minute}"
        if clock.mark in {"h", "H"} or (clock.hour in {0, 24} and not clock.half):
            return f"{hour} {'hora' if clock.hour in {0, 1} else 'horas'}"
        return hour

    def with_ending(self, ordinal: Ordinal) -> str:
        """Return ``primeiro``, ``segunda``; a plain letter is an ending only close to its figures."""
        is_letter = ordinal.ending in {"o", "a"}
        is_joined = ordinal.end - ordinal.start == len(str(ordinal.value)) + 1
        if is_letter and not (is_joined and ordinal.after):
            return ""
        return self.place(ordinal.value, "f" if ordinal.ending in {"ª", "a"} else "m")

    def roman(self, ordinal: Ordinal) -> str:
        """Return a Roman numeral as it is said; the first ten centuries are ordinals."""
        if ordinal.before.lower() in _CENTURIES and ordinal.value <= _MAX_CENTURY_ORDINAL:
            return self.place(ordinal.value, "m")
        return super().roman(ordinal)

    def range(self, form: Range, text: str) -> Pieces:
        """Say a range; between times of day with *às*."""
        pieces = super().range(form, text)
        if not (isinstance(form.low, Clock) and isinstance(form.high, Clock)):
            return pieces
        is_duration = not form.low.mark and form.high.mark == "h" and form.low.before.isalpha()
        if is_duration and form.low.before.lower() not in _BEFORE_HOURS:
            return pieces
        to = "à" if form.high.hour == 1 else "às"
        return [(start, end, f" {to} " if start == form.dash_start else said) for start, end, said in pieces]


# The infinitive *to have*, a set of a match, *out of*: a day or a month only where a date follows.
_MONTH_NAMES = "|".join({name[:3] for name in WORDS.months} | set(WORDS.months))
_HAVE = re.compile(
    r"(?<![\w.-])[Tt]er(?= (?:de |mais de |menos de |até |só |cerca de |uns |umas )?[<>~≥≤]?\d[\d.,]{0,12}%?"
    rf"(?! de (?:{_MONTH_NAMES})\b|[\d/:]| às\b| ?h\b(?! de\b)))|(?<=[a-zà-ÿ] )ter(?= \d\d?h\b)"
)
_ORDINARY = re.compile(
    r"(?<!\d )(?<!\d de )(?<![\w./-])(?:[Ss]et|[Oo]ut|[Jj]an|[Mm]ar|[Dd]ez|[Mm]ai)"
    r"(?=(?: |: | de )\d{1,2}(?![\d/])| (?:of|list|up|lag|van|de (?!\d)))"
)
_PAGED = (
    "página pág. pag. folha slide foto figura parte lote volume tomo episódio etapa passo volta rodada nível"
).split()
_NEUTRAL = (
    "grande grandes melhor melhores pior piores possíveis enormes principais diferentes simples".split()
)
_FEMININE_ARTICLES = "as nas das às pelas umas".split()
_HOUR = re.compile(
    r"\b(?:(?:[Àà]s|[Pp]elas|[Aa]té as|[Dd]esde as|[Dd]as|[Ss]ão) (?P<two>2|21|22)"
    r"|(?:[Àà]|[Pp]ela|[Dd]esde a|[Aa]té a) (?P<one>1))"
    r"(?=[,;!?)]|\.(?!\d)|$| (?:da|do|de|em ponto|em|e|a|às|até|para)\b)",
    re.MULTILINE,
)
_ORDERED = (
    "lugar andar piso ano dia aniversário capítulo bimestre semestre trimestre turno colocado período "
    "distrito congresso prêmio mês tempo grau batalhão round set domingo sábado"
).split()
_WEEKDAY_NAMES = sorted({*NOTATION.weekdays, *NOTATION.weekdays.values()})
_NO_MONTH = re.compile(
    r"(?<=\b[Ee]m )(?:dez|mar|ter|seg|sex|dom|qui|mai)(?! \d|[./]\d|\. |\.$|\w|[-/])"
    r"|(?<=\b[Dd]esde )(?:dez|ter)\b"
)
_CHAPTER = re.compile(r"(?<!\w)Cap\.(?= ?(?:\d|[IVXL]+\b))")
_WEEK = "segunda terça quarta quinta sexta".split()
_DAYS_OF_THE_WEEK = re.compile(r"(?<!\w)(?P<day>[2-6])\.?ªs(?=-feiras| [ae] [2-6]\.?ªs|[.,;!?)]|$)")
_TUESDAY = re.compile(r"(?<!\w)3\.?[ªa](?=[- ]feira|s?-feiras?| [ae] [2456]\.?ª)")
_FIRST = re.compile(
    r"(?<![\w/])0?1\.?º(?:/|\.(?=\d))(?P<month>1[0-2]|0?[1-9])(?:[/.](?P<year>(?:19|20)\d\d|\d\d))?(?![\w/])"
)
_WEATHER = "faz fez fará atinge atingirá".split() + [
    f"{word} de" for word in "máxima máximas mínima mínimas temperatura temperaturas".split()
]
_BOOKS = (
    "Gênesis Êxodo Levítico Números Deuteronômio Josué Juízes Rute Samuel Reis Crônicas Esdras Neemias "
    "Ester Jó Salmos Salmo Provérbios Eclesiastes Isaías Jeremias Ezequiel Daniel Oseias Joel Amós "
    "Miqueias Zacarias Malaquias Mateus Marcos Lucas João Atos Romanos Coríntios Gálatas Efésios "
    "Filipenses Colossenses Tessalonicenses Timóteo Tito Hebreus Tiago Pedro Judas Apocalipse Gn Ex Sl Is "
    "Mt Mc Lc Jo At Rm"
).split()
_NUMBER_SIGN = re.compile(r"(?<![\w.])(?:No\. ?(?=\d)|nos\. ?(?=\d))")
_SCORE = re.compile(
    r"(?:\b(?i:acabou|terminou|empatou|ganhou|perdeu|venceu|placar)(?: em| de| por)?:? "
    r"(?P<result>\d{1,2} ?x ?\d{1,2})"
    r"|(?<![\w.,/])(?P<nil>0 ?x ?\d|\d ?x ?0))(?![\w/]|[.,]\d)"
)
_KILOMETER = re.compile(r"(?<![\w.,])(?<!\d )(?:(?:(?<=\bos )|(?<=\bdos ))(?P<many>km)|km)(?= \d)")
_PAGE = re.compile(r"(?<![\w.])[Pp]\. ?(?=\d)")
_CENTURY = re.compile(r"(?<![\w.])[Ss][eé]cs?\.(?= ?[IVX]+\b)")
_IDENTITY = re.compile(
    r"(?<![\w.,/-])(?:\d{5}-\d{3}|\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}"
    r"|\d{1,2}\.\d{3}\.\d{3}-[\dXx])(?![\w-]|[.,/]\d)"
)
_NAME_WITH_POINT = re.compile(r"(?<=[A-Za-z]-)(?P<whole>\d{1,3})\.(?P<decimals>\d{1,3})(?![\w.]\d|\w)")
_MILLIONS = re.compile(
    r"(?<![\d.,$€£])(?<![$€£] )(?P<number>\d{1,4}(?:[.,]\d{1,3})?) (?P<scale>mi|bi|tri)"
    r"(?=\.? de\b|\.? (?:reais|dólares|euros|pessoas|anos)\b)"
)
_HEIGHT = re.compile(r"(?<![\w.,])(?P<meters>\d) ?m ?(?P<rest>\d\d)(?![\w.,]\d|\w)")
_PER = re.compile(r"(?<!\w)p/(?= ?(?:pessoa|dia|mês|hora|semana|ano|kg|quilo|unidade)\b)")
_NUMBERED = re.compile(r"(?<![\w.])[Nn]\. ?(?=\d)")
_SIZE = re.compile(r"(?<=\d\d\d) ?× ?(?=\d{3,5}(?![\d.,]| ?=))")
_INSTALMENTS = re.compile(r"(?<=\d) ?x(?= R\$ ?\d[\d.,]{0,14}(?![\d.,]| ?=))")
_PRODUCT = re.compile(r"(?<=\d) ?x ?(?=\d+(?:[.,]\d+)? ?=)")
_HEADQUARTERS = re.compile(
    r"\b[Ss]ede(?= (?:da|do|das|dos|social|administrativa|própria|central|nacional|regional|principal)\b)"
)
_SPOON = re.compile(
    r"(?<![\w-])(?P<before>uma|a|da|na|duas|minha|sua|cada|meia|de|\d+) colher(?P<many>es)?"
    r"(?= de (?:sopa|chá|sobremesa|café|pau|açúcar|sal|prata|mel|óleo|azeite|farinha|manteiga)\b|[.,;!?)]|$)"
)


def _days(draft: Draft) -> None:
    """Say ``3ª feira`` and ``1º/5``."""
    draft.apply(_TUESDAY, lambda _: "terça")
    draft.apply(_DAYS_OF_THE_WEEK, lambda match: f"{_WEEK[int(match['day']) - 2]}s")
    for match in _FIRST.finditer(draft.text):
        year = f" de {full_year(match['year'])}" if match["year"] else ""
        draft.replace(*match.span(), f"primeiro de {WORDS.months[int(match['month']) - 1]}{year}")


def _don(name: str) -> str:
    return "Dona" if name.endswith("a") else "Dom"


def _hours(draft: Draft) -> None:
    """Say ``às 2`` and ``à 1``, in the feminine."""
    for match in _HOUR.finditer(draft.text):
        group = "one" if match["one"] else "two"
        draft.replace(*match.span(group), pt_numbers.cardinal(int(match[group]), "f"))


def _numbering(draft: Draft) -> None:
    """Say ``séc. XXI`` and ``p. 5``."""
    draft.apply(_PAGE, lambda _: "página ")
    for match in _SCORE.finditer(draft.text):
        group = "result" if match["result"] else "nil"
        draft.replace(*match.span(group), " a ".join(re.findall(r"\d+", match[group])))
    draft.apply(_NUMBER_SIGN, lambda match: "número " if match[0][0] == "N" else "números ")
    draft.apply(_KILOMETER, lambda match: "quilômetros" if match["many"] else "quilômetro")
    draft.apply(_CHAPTER, lambda _: "capítulo")
    draft.apply(_CENTURY, lambda match: "séculos" if "s." in match[0] else "século")


def _identities(draft: Draft) -> None:
    """Say the figures of a postal code, of a taxpayer and of a company one by one, in groups."""
    for match in _IDENTITY.finditer(draft.text):
        groups = (" ".join(group) for group in re.findall(r"\d+|[Xx]", match[0]))
        draft.replace(*match.span(), ", ".join(groups))


def _names(draft: Draft) -> None:
    """Say ``GPT-4.1``, ``2 mi de reais``, ``1m80``, ``p/ pessoa`` and ``1920×1080``."""
    draft.apply(_NAME_WITH_POINT, lambda match: f"{match['whole']} ponto {' '.join(match['decimals'])}")
    scales = Portuguese.short_scales
    for match in _MILLIONS.finditer(draft.text):
        scale = scales[match["scale"]]
        is_one = re.match(r"[01](?!\d)", match["number"])
        draft.replace(*match.span("scale"), Portuguese.million[scale] if is_one else scale)
    for match in _HEIGHT.finditer(draft.text):
        meters = "um metro" if match["meters"] == "1" else f"{match['meters']} metros"
        draft.replace(*match.span(), f"{meters} e {match['rest']}")
    draft.apply(_PER, lambda _: "por ")
    draft.apply(_NUMBERED, lambda _: "número ")
    draft.apply(_SIZE, lambda _: " por ")
    draft.apply(_INSTALMENTS, lambda _: " vezes de")
    draft.apply(_PRODUCT, lambda _: " vezes ")


def _homographs(draft: Draft) -> None:
    """Give *sede* (seat) and *colher* (spoon) the accents that their sound needs."""
    draft.apply(_HEADQUARTERS, lambda match: match[0].replace("ede", "éde"))
    for match in _SPOON.finditer(draft.text):
        start = match.end("before") + 1
        draft.replace(start, match.end(), "colhéres" if match["many"] else "colhér")


def make(dialect: str) -> Language:
    """Make Brazilian Portuguese."""
    speech = Portuguese(WORDS)
    return Language(
        dialect,
        NOTATION,
        speech,
        rules=(
            ("dates with names", named_dates(NOTATION, WORDS.months, speech.first_day)),
            ("months and years", names_with_years(NOTATION, WORDS.months)),
            ("number signs", number_signs("número", "números")),
            ("around figures", around_figures(speech, "negativo", "positivo", "xis")),
            ("hours", _hours),
            ("scaled currencies", scaled_currencies(speech, NOTATION)),
            ("agreement", agreement(speech, _NEUTRAL, _FEMININE_ARTICLES, ("a", "ou"))),
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
            ("words like months", as_they_stand(_HAVE, _ORDINARY, _NO_MONTH)),
            ("titles", before_names({"D": _don, "R": lambda _: "rua"})),
            ("numbering", _numbering),
            ("days of the week", _days),
            ("chapter and verse", verses(_BOOKS, "a")),
            ("weather", weather("menos", "graus", _WEATHER)),
            ("thousands", thousands(speech)),
            ("accounts", accounts),
            ("identities", _identities),
            ("names with figures", _names),
            ("parts of units", parts_of_units(speech, NOTATION)),
            ("compounds", compounds),
            ("times", times("vezes")),
            ("first to last", first_to_last("A a Z")),
        ),
        late_rules=(
            ("words written alike", _homographs),
            ("Roman ranges", roman_ranges("a")),
            ("strokes", strokes(speech, NOTATION)),
            ("pauses", pauses),
        ),
    )
