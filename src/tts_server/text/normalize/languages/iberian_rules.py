"""Rules that Spanish and Portuguese share, each with the language's own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from tts_server.text.normalize.draft import Draft, Piece
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.languages.iberian import Iberian
from tts_server.text.normalize.moments import full_year
from tts_server.text.normalize.recognize.common import LETTERS, any_of, ends_sentence
from tts_server.text.normalize.recognize.parts import roman_value
from tts_server.text.normalize.words import Notation

_MIN_WORD = 3
_ROMAN_RANGE = re.compile(r"(?<![\w-])(?P<low>[IVX]{1,7})[-—](?P<high>[IVX]{1,7})(?![\w-])")
_ACCOUNT = re.compile(
    r"(?<![\w-])[A-Z]{2}\d\d(?:(?: ?\d{4}){4,6}(?: ?\d{1,3})?|(?=[A-Z]{0,6}\d)[A-Z0-9]{11,30})(?![\w-])"
)
# An initial behind a name is none of these: Franklin D. Roosevelt, George R. R. Martin.
_NOT_BEHIND_NAME = r"(?:^|[,;:!?¡¿(\[“\"\n—-] ?|[^\W\d_]{2}\. |\b[a-zà-ÿ]+ )"
_BELOW_ZERO = re.compile(r"(?<![\w.,)º])-(?P<number>\d{1,3}(?:,\d{1,2})?) ?º(?!\w)")


def named_dates(notation: Notation, months: tuple[str, ...], first_day: str) -> Rule:
    """Return a rule that says ``5 feb 2024`` and ``15-ago-2024`` with the *de* that is left out."""
    pattern = re.compile(
        rf"(?i:(?<![{LETTERS}\d.,/:-])(?P<day>3[01]|[12]\d|0?[1-9])(?P<gap> de |[ /-])"
        rf"(?P<month>{any_of(notation.months)})(?![{LETTERS}])\.?"
        rf"(?:(?P<gap2> del? |,? |[/-])(?P<year>[12]\d{{3}}(?!\d)|(?<=[/-])\d\d(?!\d)))?)"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            if match["day"].startswith("0"):
                draft.replace(*match.span("day"), first_day if match["day"] == "01" else match["day"][1:])
            is_short = match["month"].lower() in notation.short_months
            has_stop = match[0].endswith(".") and (not is_short or ends_sentence(draft.text, match.end()))
            month = months[notation.months[match["month"].lower()] - 1]
            draft.put(_pieces(match, month + "." * has_stop))

    return rule


def _pieces(match: re.Match[str], month: str) -> list[Piece]:
    is_joined = match["gap"] in "/-"
    year, gap = match["year"], match["gap2"]
    of = "de " if len(match["gap"]) == 1 else ""
    start = match.start("gap") if is_joined else match.start("month")
    pieces = [(start, match.start("gap2") if year else match.end(), f"{' ' * is_joined}{of}{month}")]
    if year and gap in {"/", "-"}:
        pieces.append((match.start("gap2"), match.end(), f" de {full_year(year)}"))
    elif year and "d" not in gap.lower():
        if "," in gap:
            pieces.append((match.start("gap2"), match.start("gap2") + 1, ""))
        pieces.append((match.start("year"), match.end(), f"de {year}"))
    return pieces


_VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3)}


def parts_of_units(speech: Iberian, notation: Notation) -> Rule:
    """Return a rule that says ``1/2 kg``, ``¾ l`` and ``2 1/2 tazas``."""
    fraction = rf"(?:(?P<top>\d)/(?P<bottom>\d{{1,2}})|(?P<sign>[{''.join(_VULGAR)}]))"
    units = any_of(sign for sign in notation.units if sign[-1].isalpha())
    before, behind = rf"(?<![{LETTERS}\d/.,-])(?<!\d )", rf"(?![{LETTERS}\d/²³])"
    pattern = re.compile(rf"{before}{fraction} ?(?P<unit>{units}){behind}")
    counted = re.compile(
        rf"(?<![{LETTERS}\d/.,-])(?P<whole>\d{{1,3}}) ?(?:1/2|½) (?P<noun>[{LETTERS}]{{2,20}})"
        rf"(?![{LETTERS}'])"
    )

    def say_unit(match: re.Match[str]) -> str | None:
        top, bottom = _VULGAR[match["sign"]] if match["sign"] else (int(match["top"]), int(match["bottom"]))
        noun = speech.words.units[notation.units[match["unit"]]]
        if not 0 < top < bottom:
            return None
        if bottom == 2:
            return f"{speech.halves[noun.gender]} {noun.one}"
        name = speech.part(bottom)
        many = "s" if top > 1 and not name.endswith("s") else ""
        return f"{speech.cardinal(top, 'm')} {name}{many}{speech.words.of} {noun.one}"

    def say_counted(match: re.Match[str]) -> str | None:
        noun, value = match["noun"], int(match["whole"])
        if not speech.nouns.is_counted("", noun, is_one=value == 1):
            return None
        gender = speech.nouns.gender(noun, is_one=value == 1)
        return f"{speech.cardinal(value, gender)} {noun} {speech.conjunction} {speech.halves[gender]}"

    def rule(draft: Draft) -> None:
        draft.apply(pattern, say_unit)
        draft.apply(counted, say_counted)

    return rule


def names_with_years(notation: Notation, months: tuple[str, ...]) -> Rule:
    """Return a rule that says ``set/2024``, a month and a year."""
    pattern = re.compile(
        rf"(?i:(?<![{LETTERS}\d'/.-])(?P<month>{any_of(notation.months)}))\.?/(?P<year>(?:19|20)\d\d|\d\d)(?![\d/])"
    )

    def rule(draft: Draft) -> None:
        draft.apply(
            pattern,
            lambda match: (
                f"{months[notation.months[match['month'].lower()] - 1]} de {full_year(match['year'])}"
            ),
        )

    return rule


def thousands(speech: Iberian) -> Rule:
    """Return a rule that makes the figures before ``mil`` agree with what is counted: ``2 mil pessoas``."""
    pattern = re.compile(
        rf"(?<![{LETTERS}\d.,/:-])(?P<number>\d{{1,3}}) mil(?: (?P<noun>[{LETTERS}]{{2,20}}))?(?![{LETTERS}])"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            value, noun = int(match["number"]), match["noun"] or ""
            is_counted = speech.nouns.is_counted("", noun, is_one=False)
            gender = speech.nouns.gender(noun, is_one=False) if is_counted else "m"
            said = speech.cardinal(value * 1000, gender).removesuffix("mil").strip()
            if value > 1 and said != speech.cardinal(value, None):
                draft.replace(*match.span("number"), said)

    return rule


def strokes(speech: Iberian, notation: Notation) -> Rule:
    """Return a rule that says the stroke behind what is counted, ``7 días/semana``, not ``fecha/hora``."""
    words = any_of(word for word in notation.per if word.isalpha() and len(word) >= _MIN_WORD)
    pattern = re.compile(rf"\d [{LETTERS}]{{2,20}}(?P<stroke>/)(?:{words})(?![{LETTERS}/])")

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            draft.replace(*match.span("stroke"), f" {speech.words.per} ")

    return rule


def accounts(draft: Draft) -> None:
    """Say the letters and figures of a bank account one by one, four at a time."""
    for match in _ACCOUNT.finditer(draft.text):
        signs = match[0].replace(" ", "")
        groups = (signs[position : position + 4] for position in range(0, len(signs), 4))
        draft.replace(*match.span(), ", ".join(" ".join(group) for group in groups))


def scores(rated: Iterable[str], paged: Iterable[str], out_of: str, of: str) -> Rule:
    """Return a rule for two numbers with a stroke that are no fraction: ``Nota: 8/10``, ``página 1/5``.

    Args:
        rated: Words before a score.
        paged: Words before the one of so many.
        out_of: Between a score and the best one.
        of: Between the one and so many.
    """
    score, page = (
        re.compile(
            rf"(?<![{LETTERS}])(?i:{any_of(words)}):? (?!(?<=\bu[nm] )1/)(?P<place>"
            rf"(?P<low>\d{{1,3}}(?:,\d)?)/(?P<high>{behind}))"
            rf"(?![{LETTERS}\d/]|[.,]\d)"
        )
        for words, behind in ((rated, "(?:5|10|20|100)"), (paged, r"\d{1,4}"))
    )

    def rule(draft: Draft) -> None:
        for pattern, said in ((score, out_of), (page, of)):
            for match in pattern.finditer(draft.text):
                draft.replace(*match.span("place"), f"{match['low']} {said} {match['high']}")

    return rule


def roman_ranges(to: str) -> Rule:
    """Return a rule that says ``XV-XVI``."""

    def say(match: re.Match[str]) -> str | None:
        if len(match["low"] + match["high"]) == 2:
            return None
        return f"{roman_value(match['low'])} {to} {roman_value(match['high'])}"

    return lambda draft: draft.apply(_ROMAN_RANGE, say)


def weather(minus: str, degrees: str, words: Iterable[str]) -> Rule:
    """Return a rule for degrees that are written like an ordinal: ``-3º``, ``hace 28º``."""
    behind_word = re.compile(rf"\b(?:{any_of(words)}) (?P<place>(?P<number>\d{{1,2}}(?:,\d)?) ?º)(?!\w)")

    def rule(draft: Draft) -> None:
        draft.apply(_BELOW_ZERO, lambda match: f"{minus} {match['number']} {degrees}")
        for match in behind_word.finditer(draft.text):
            draft.replace(*match.span("place"), f"{match['number']} {degrees}")

    return rule


def before_names(said: Mapping[str, Callable[[str], str]]) -> Rule:
    """Return a rule for single letters before a name: ``D. Pedro``, ``R. Augusta``.

    Args:
        said: Letters to what they are said as before a name.
    """
    pattern = re.compile(
        rf"{_NOT_BEHIND_NAME}(?P<letter>[{''.join(said)}]\.) "
        r"(?P<name>(?:d[aeo]s? )?[A-ZÀ-Ý][a-zà-ÿ]{2,30})",
        re.MULTILINE,
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            draft.replace(*match.span("letter"), said[match["letter"][0]](match["name"]))

    return rule
