"""Hindi's own rules for places in an order, comparisons, signs and short words. Pure."""

from __future__ import annotations

import re

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.hi_numbers import figures, ordinal
from tts_server.text.normalize.languages.hi_words import ABBREVIATIONS, CURRENCIES, ORDINAL_ENDINGS, PER
from tts_server.text.normalize.recognize.common import LETTERS, NUMBER, any_of
from tts_server.text.normalize.speech import Pieces

_NOT_WORD = rf"(?![{LETTERS}\d])"
_BEGIN = rf"(?<![{LETTERS}\d.,:/-])"
_LETTER = "[\u0900-\u0963]"
_ORDINAL = re.compile(
    rf"{_BEGIN}(?P<value>\d{{1,4}})(?:-?(?P<ending>{any_of(ORDINAL_ENDINGS)})| (?P<apart>वाँ|वां|वीं|वें))"
    rf"(?![{LETTERS}\d])"
)
_TWO_ORDINALS = re.compile(
    rf"{_BEGIN}(?P<value1>\d{{1,3}})(?P<ending1>{any_of(ORDINAL_ENDINGS)})(?P<dash>[-—/])"
    rf"(?P<value2>\d{{1,3}})(?P<ending2>{any_of(ORDINAL_ENDINGS)})(?![{LETTERS}\d])"
)
_BETWEEN = re.compile(
    rf"(?<![{LETTERS}\d.,<>=≤≥])(?<![<>=≤≥] )(?P<left>[A-Za-z]|{NUMBER})(?P<sign> ?(?:[<>]=?|[≤≥]) ?)"
    rf"(?P<right>[A-Za-z]|-?{NUMBER})"
    rf"(?![{LETTERS}\d<>=≤≥]|[.,]\d| ?[<>=≤≥+*/×÷])"
)
_BIGGER = {
    "<": "छोटा",
    ">": "बड़ा",
    "≤": "छोटा या बराबर",
    "≥": "बड़ा या बराबर",
    "<=": "छोटा या बराबर",
    ">=": "बड़ा या बराबर",
}
_ENGLISH_PLACES = (
    *"first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
    *"thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
)
_ENGLISH = re.compile(rf"{_BEGIN}(?P<value>[12]?\d|3[01])(?:st|nd|rd|th){_NOT_WORD}")
_DASH = re.compile(r"(?<=\S )-(?= \S)")
_ONLY = re.compile(r"(?<=\d)/-(?![\d/-])")
_ONLY_RUPEES = re.compile(rf"(?<=\d)/- ?(?:रु|रू|[Rr]s)(?:[.॰]|{_NOT_WORD})")
_FOLD = re.compile(rf"(?<=\d) ?[xX×](?![{LETTERS}\d]| ?[-+=^*/(\d²³⁴√₹$€£])")
_HEIGHT = re.compile(
    rf"{_BEGIN}(?P<feet>[1-9])(?:'| ?ft\.?) ?(?P<inches>\d|1[01])(?:\"|''| ?in(?:{_NOT_WORD}|\.))"
)
_MORE = re.compile(rf"(?<=\d)\+(?= [{LETTERS}])")
_PLUS = re.compile(r"(?<=\d)\+(?=[\s.,;)।]|$)")
_SCORE = re.compile(
    rf"{_BEGIN}(?P<a>\d{{1,3}})(?P<dash>-)(?P<b>\d{{1,3}})(?= से (?:जीत|हार|हरा|मात|पराज|आगे|पीछे|बराबर))"
    rf"|(?<=स्कोर )(?P<c>\d{{1,3}})(?P<mark>-)(?P<d>\d{{1,3}}){_NOT_WORD}"
)
_ALWAYS = re.compile(r"(?<!\d)24 ?[xX×*] ?7(?!\d)")
_OR = re.compile(rf"(?<={_LETTER})/(?P<word>{_LETTER}{{1,30}})")
_INITIALS = re.compile(
    rf"(?<![{LETTERS}.])(?:{_LETTER}{{1,4}}[.॰]){{2,8}}(?:{_LETTER}{{1,4}}(?![{LETTERS}]))?"
)
_NUMBERED = re.compile(rf"{_BEGIN}(?P<short>दि|ता)[.॰](?= ?\d)")
_LETTERS_FROM = re.compile(rf"(?<![{LETTERS}\d-])[A-Z](?P<dash> ?[-—] ?)[A-Z](?![{LETTERS}\d-])")
_MOBILE = re.compile(rf"{_BEGIN}मो[.॰](?P<number> ?नं[.॰])?(?=:? ?[+\d])")
_TITLE = re.compile(rf"{_BEGIN}(?:(?:डॉ|डा|प्रो|पं|कु|स्व|श्री)[.॰](?=[{LETTERS}])|(?:नं|सं|क्र|पृ)[.॰](?=\d))")


def say_ordinals(draft: Draft) -> None:
    """Say figures with the ending of a place in an order."""
    for match in _TWO_ORDINALS.finditer(draft.text):
        low, high = (ordinal(int(match[f"value{n}"]), match[f"ending{n}"]) for n in "12")
        pieces: Pieces = [(match.start(), match.end("ending1"), low), (*match.span("dash"), " ")]
        draft.put([*pieces, (match.start("value2"), match.end(), high)])
    draft.apply(_ORDINAL, lambda match: ordinal(int(match["value"]), match["ending"] or match["apart"]))


def say_comparisons(draft: Draft) -> None:
    """Say the comparison of two numbers or letters behind the second."""
    for match in _BETWEEN.finditer(draft.text):
        right = match["right"]
        said = figures(right) if right.isdigit() else right
        sign = match["sign"].strip()
        draft.put([(*match.span("sign"), " "), (*match.span("right"), f"{said} से {_BIGGER[sign]}")])


def _english_ordinal(value: int) -> str | None:
    """Return an English place in an order, as Hindi speakers say it too."""
    if not value:
        return None
    if value <= len(_ENGLISH_PLACES):
        return _ENGLISH_PLACES[value - 1]
    tens = ("twenty", "thirty")[value // 10 - 2]
    return f"{tens} {_ENGLISH_PLACES[value % 10 - 1]}" if value % 10 else f"{tens[:-1]}ieth"


def say_dashes(draft: Draft) -> None:
    """Make a pause of a hyphen that stands alone, and say what else no form has claimed between letters."""
    draft.apply(_DASH, lambda _: "—")
    for match in _OR.finditer(draft.text):
        if match["word"] not in PER:
            said = " " if match["word"] == "या" else " या "
            draft.replace(match.start(), match.start("word"), said)
    draft.apply(_INITIALS, lambda match: re.sub("[.॰]", " ", match[0]).strip())


def say_small_signs(draft: Draft) -> None:
    """Say short words before a number, what stands behind one, scores, and letters with a dash."""
    draft.apply(_ONLY_RUPEES, lambda _: " " + CURRENCIES["INR"].unit.many)
    draft.apply(_ONLY, lambda _: "")
    draft.apply(_MOBILE, lambda match: "मोबाइल नंबर" if match["number"] else "मोबाइल")
    draft.apply(_TITLE, lambda match: f"{ABBREVIATIONS[match[0]]} ")
    draft.apply(_NUMBERED, lambda match: {"दि": "दिनांक", "ता": "तारीख"}[match["short"]])
    draft.apply(_ALWAYS, lambda _: "24 7")
    draft.apply(_FOLD, lambda _: " गुना")
    draft.apply(_MORE, lambda _: " से ज़्यादा")
    draft.apply(_PLUS, lambda _: " प्लस")
    for match in _SCORE.finditer(draft.text):
        draft.put([(*match.span("dash" if match["a"] else "mark"), " ")])
    draft.apply(_HEIGHT, lambda match: f"{match['feet']} फ़ीट {match['inches']} इंच")
    draft.apply(_ENGLISH, lambda match: _english_ordinal(int(match["value"])))
    for match in _LETTERS_FROM.finditer(draft.text):
        draft.put([(*match.span("dash"), " से ")])
