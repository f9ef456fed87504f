"""From what is written to what is said: every rule of a language, in order.

Pure. A rule finds forms in the text (``recognize``) and has the language say them (``speech``); what it has
replaced no later rule touches. So the order is from what is certain to what is doubtful: addresses before
dates, dates before telephone numbers, formulas before ranges, and last the signs that nothing has claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol

from tts_server.text.normalize import signs
from tts_server.text.normalize.addresses import normalize_addresses
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.forms import Form, Range
from tts_server.text.normalize.language import Language, Rule
from tts_server.text.normalize.languages import make_language
from tts_server.text.normalize.markup import normalize_emphasis, normalize_markup, normalize_tags
from tts_server.text.normalize.recognize.calendar import CalendarNames
from tts_server.text.normalize.recognize.common import LETTERS, any_of, ends_sentence
from tts_server.text.normalize.recognize.dates import Dates, DaysOfMonths
from tts_server.text.normalize.recognize.digits import (
    Chains,
    Codes,
    LongFigures,
    Standards,
    Telephones,
    Versions,
)
from tts_server.text.normalize.recognize.formulas import Formulas, Powers, Scientific, Scores
from tts_server.text.normalize.recognize.numbers import Cents, Numbers
from tts_server.text.normalize.recognize.parts import Fractions, Ordinals, Ratios
from tts_server.text.normalize.recognize.times import Clocks, Durations
from tts_server.text.normalize.speech import Speech
from tts_server.text.normalize.spoken import SpokenText
from tts_server.text.normalize.verses import verses
from tts_server.text.normalize.words import Notation, Words

_TIMES = frozenset({"minute", "hour", "day", "night", "week", "month", "year"})
_BRACKETS = str.maketrans({"[": "(", "{": "(", "]": ")", "}": ")"})
_AND = re.compile(r"&")
_BRACKET = re.compile(r"[\[\]{}]")
_LEFT_OVER = re.compile(r"[#~<>=*_|\\^`]")
_WITHOUT_SPACES = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_QUOTE = re.compile(r'"')
_OPENS = re.compile(r"(?:^|[\s(\[{—“-])$")


class Recognizer(Protocol):
    """Finds forms of one family in a text."""

    def find(self, text: str) -> Iterable[Form]:
        """Yield forms; of two that overlap the first is said."""
        ...


class Reader:
    """Reads texts of one dialect. May be used by any thread.

    Args:
        language: Its tables and rules.
    """

    def __init__(self, language: Language) -> None:
        notation, speech = language.notation, language.speech
        forms: list[tuple[str, Recognizer]] = [
            ("dates", Dates(notation)),
            ("telephones", Telephones(notation)),
            ("versions", Versions()),
            ("standards", Standards()),
            ("durations", Durations(notation)),
            ("clock times", Clocks(notation)),
            ("days of months", DaysOfMonths(notation)),
            ("names of days and months", CalendarNames(notation)),
            ("scores", Scores(notation)),
            ("scientific notation", Scientific()),
            ("formulas", Formulas(notation)),
            ("fractions", Fractions()),
            ("ratios", Ratios(notation)),
            ("ordinals", Ordinals(notation)),
            ("codes", Codes(notation)),
            ("chains", Chains()),
            ("cents", Cents()),
            ("numbers", Numbers(notation)),
            ("long figures", LongFigures()),
            ("powers", Powers()),
        ]
        self._words_are_apart = language.words_are_apart
        self._rules: list[tuple[str, Rule]] = [
            ("tags", normalize_tags),
            ("addresses", _addresses(speech.words, words_are_apart=language.words_are_apart)),
            ("markup", normalize_markup),
            ("chapter and verse", verses(notation.books, speech.words.to)),
            *language.rules,
            *([("units alone", _units_alone(notation, speech))] if language.words_are_apart else []),
            ("decimals alone", _decimals_alone(notation, speech.words)),
            *((name, _saying(recognizer, speech)) for name, recognizer in forms),
            ("counts", _counts_per_time(notation, speech)),
            ("abbreviations", _abbreviations(speech.words)),
            *language.late_rules,
            ("emphasis", normalize_emphasis),
            ("other signs", _other_signs(speech.words)),
        ]

    def read(self, text: str) -> SpokenText:
        """Return ``text`` as it is to be said."""
        draft = Draft(text)
        for _, rule in self._rules:
            rule(draft)
        return draft.finish(words_are_apart=self._words_are_apart)

    def steps(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield what ``text`` has become after each rule that changed it: the rule's name, and the text."""
        draft = Draft(text)
        last = draft.finish().text
        yield "characters", last
        for name, rule in self._rules:
            rule(draft)
            said = draft.finish().text
            if said != last:
                yield name, said
            last = said


def normalize(text: str, dialect: str) -> SpokenText:
    """Return ``text`` as it is to be said in ``dialect``.

    Linear in the text's length. May be called on any thread.

    Args:
        text: Any text.
        dialect: ``en-us``, ``en-gb``, ``es``, ``fr-fr``, ``hi``, ``it``, ``ja``, ``pt-br`` or ``zh``.

    Raises:
        KeyError: The dialect is none of these.
    """
    return reader_of(dialect).read(text)


@lru_cache
def reader_of(dialect: str) -> Reader:
    """Return the reader of a dialect, made on the first call (some tens of milliseconds)."""
    return Reader(make_language(dialect))


def _saying(recognizer: Recognizer, speech: Speech) -> Rule:
    def rule(draft: Draft) -> None:
        for form in recognizer.find(draft.text):
            if draft.is_free(form.start, form.end):
                draft.put(speech.say(form, draft.text))
            elif isinstance(form, Range) and not draft.is_free(form.dash_start, form.dash_end):
                # The dash is a formula's sign: two amounts, and no range of them.
                for amount in (form.low, form.high):
                    if draft.is_free(amount.start, amount.end):
                        draft.put(speech.say(amount, draft.text))

    return rule


def _addresses(words: Words, *, words_are_apart: bool) -> Rule:
    def rule(draft: Draft) -> None:
        normalize_addresses(draft, words.address, words.abbreviations)

    def rule_beside_other_letters(draft: Draft) -> None:
        # An address begins and ends where a letter of a script without spaces stands beside it.
        text, draft.text = draft.text, _WITHOUT_SPACES.sub(" ", draft.text)
        rule(draft)
        draft.text = text

    return rule if words_are_apart else rule_beside_other_letters


def _units_alone(notation: Notation, speech: Speech) -> Rule:
    """Say units that no number stands before, ``kg/m³``, and what is counted to one, ``hab./km²``."""
    whole = any_of(sign for sign in notation.units if re.fullmatch(r"[^\W\d_]+/[^\W\d_]+[²³]?", sign))
    units = any_of(sign for sign in signs.DIVISORS | {"km"} if sign in notation.units)
    areas = any_of(sign for sign in signs.DIVISORS if sign[-1] in "²³23" and sign in notation.units)
    alone = re.compile(
        rf"(?<![{LETTERS}\d/.-])(?<!\d )(?:(?P<whole>{whole})|(?P<unit>{units})/(?P<per>{units}))"
        rf"(?![{LETTERS}\d/²³-])"
    )
    counted = re.compile(
        rf"(?<![{LETTERS}\d/])(?P<word>[{LETTERS}]{{2,20}})\.?(?P<per>/(?:{areas}))(?![\w/])"
    )

    def say(match: re.Match[str]) -> str:
        names = speech.words.units
        if match["whole"]:
            return names[notation.units[match["whole"]]].many
        return names[notation.units[match["unit"]]].many + speech.per(notation.units[match["per"]])

    def rule(draft: Draft) -> None:
        draft.apply(alone, say)
        for match in counted.finditer(draft.text):
            if match["word"] not in notation.units:
                draft.replace(*match.span("per"), speech.per(notation.units[match["per"][1:]]))

    return rule


def _counts_per_time(notation: Notation, speech: Speech) -> Rule:
    """Say how often within a time: ``5/day``; a letter alone may be anything but an hour."""
    times = any_of(
        sign for sign, key in notation.per.items() if key in _TIMES and (len(sign) > 1 or sign == "h")
    )
    pattern = re.compile(
        rf"(?<![{LETTERS}\d/:])(?:\d{{1,9}}[.,])?\d{{1,9}}(?P<per>/(?P<sign>{times}))(?![\w/-])"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            draft.replace(*match.span("per"), speech.per(notation.per[match["sign"]]))

    return rule


def _decimals_alone(notation: Notation, words: Words) -> Rule:
    """Say a zero before the decimal mark that a number begins with: an engine takes the mark for a pause."""
    pattern = re.compile(r"(?<![^\s(\[“\"<>=≈~+-])[.,](?=\d{1,9}(?![\w/:]|[.,]\d))")

    def say(match: re.Match[str]) -> str:
        return f"0{match[0]}" if match[0] == notation.decimal else f"0 {words.point} "

    return lambda draft: draft.apply(pattern, say) if notation.needs_zero else None


_BEFORE_SENTENCES = frozenset({"etc.", "ecc.", "Ltda.", "S.r.l.", "S.p.A."})
"""Abbreviations behind which a capital begins another sentence."""

# Behind any other a capital may be a name's: *nel 44 a.C. Cesare*; these words are none.
_BEGINNING = re.compile(
    r"\s[\"“¿¡(]?(?:El|La|Los|Las|Le|Les|L'|Lo|Gli|Il|Os?|As?|Un[ae]?|Uma?|En|Em|In|No|Non|Não|Y|E|Et|Pero|Ma|Mas|Mais"
    r"|Así|Luego|Después|Entonces|Ahora|Hoy|Su|Se|Si|Es|Era|Fue|Poi|Dopo|Ora|Oggi|È|Depois|Agora|Hoje|É|Foi|Ensuite"
    r"|Puis|Alors|Aujourd'hui|Ce|Cette|Este|Esta|Questo|Questa)(?![^\W\d_])"
)


def _abbreviations(words: Words) -> Rule:
    pattern = re.compile(
        rf"(?<![{LETTERS}\w.&#@/'-])(?:{any_of(words.abbreviations)})(?![{LETTERS}\w&#]|'\w)"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            # The full stop that ends the sentence too, where an abbreviation stands at its end.
            is_last = ends_sentence(draft.text, match.end(), by_capital=match[0] in _BEFORE_SENTENCES)
            if match[0][-2:-1].isupper() and _BEGINNING.match(draft.text, match.end()):
                is_last = True
            stop = "." if match[0].endswith(".") and is_last else ""
            said = words.abbreviations[match[0]].split()
            spans = [
                (m.start() + match.start(), m.end() + match.start()) for m in re.finditer(r"\S+", match[0])
            ]
            for index, (start, end) in enumerate(spans):
                is_last = index == len(spans) - 1
                mine = said[index:] if is_last else said[index : index + 1]
                draft.replace(start, end, " ".join(mine) + (stop if is_last else ""))

    return rule


def _other_signs(words: Words) -> Rule:
    number_sign = re.compile(r"#(?=\d)|№ ?(?=\d)|№")
    section_sign = re.compile(r"§+ ?(?=\d)|§+")
    arrow = re.compile(r"[→⇒⟶]")
    about = re.compile(r"[~≈](?= ?\d)")
    before_number = re.compile(r"[<>≤≥±√+](?= ?\d)")

    def rule(draft: Draft) -> None:
        draft.apply(number_sign, lambda _: f" {words.number_sign} ")
        draft.apply(section_sign, lambda _: f" {words.section_sign} ")
        draft.apply(about, lambda _: f" {words.prefixes['≈']} ")
        draft.apply(before_number, lambda match: f" {words.prefixes[match[0]]} ")
        draft.apply(arrow, lambda _: f" {words.arrow} ")
        draft.apply(_AND, lambda _: f" {words.and_sign} ")
        draft.apply(_BRACKET, lambda match: match[0].translate(_BRACKETS))
        draft.apply(_LEFT_OVER, lambda _: " ")
        draft.apply(_QUOTE, lambda match: _quote(draft.text, match.start()))

    return rule


def _quote(text: str, position: int) -> str:
    return "“" if _OPENS.search(text, max(0, position - 1), position) or not position else "”"
