"""What only Italian writes: titles, days, weights and accents that can be told by the words beside them.

Pure.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.it_nouns import NOUNS, article
from tts_server.text.normalize.recognize.common import LETTERS, word_before

_MARCH: Final = re.compile(r"(?<![\w.'-])(?P<capital>[Mm])ar\.? (?=(?:19|20)\d\d(?!\w|[.,]\d))")
_TUESDAY: Final = re.compile(r"(?<![\w.'-])(?<!\d )[Mm]ar\.? (?=(?:[12]?\d|3[01])(?![\w:]|[.,]\d))")
_SEPTEMBER: Final = re.compile(r"(?<![\w.'-])[Ss]et\.? (?=(?:19|20)\d\d(?!\w|[.,]\d))|(?<=\d )set\.(?=\W|$)")
_WEEKS: Final = re.compile(r"(?<![\w.,/'-])(?P<count>\d{1,3}) sett\.?(?!\w)(?! ?'?\d)")
_GENERAL: Final = re.compile(r"(?<![\w.'-])[Gg]en\. (?=[A-ZÀ-Ý][a-zà-ÿ])")
_NUMBER: Final = re.compile(r"(?<![\w.'-])N\. ?(?=\d|[a-z]{3})|(?<=[a-z] )No\. ?(?=\d)|^No\. ?(?=\d{1,5}$)")
_NORTH: Final = re.compile(r"(?<![\w.'-])N\. ?(?=Est\b|Ovest\b)")
_ANSWER: Final = re.compile(r"(?:(?<=[?!] )|(?<=[?!]\n))R\. (?=\w)")
_OF_YEAR: Final = re.compile(
    r"(?<![\w.])(?:[nN]\. ?[°º]?|[nN][°º]|[nN]umero|[pP]rot\.|[fF]attura|[dD]elibera"
    r"|[oO]rdine|[pP]ratica|[sS]entenza) ?"
    r"\d{1,6}(?P<stroke>/)(?=(?:19|20)\d\d(?![\w/]|[.,-]\d))"
)
_HALVES: Final = re.compile(rf"(?<![{LETTERS}\d.,/])1 ?(?:1/2|½) (?P<noun>[a-zà-ÿ]{{3,20}})(?![{LETTERS}'])")
_HAS: Final = re.compile(
    r"(?<=\d )ha(?= (?:non |già |poi |sempre |anche |mai |solo |quasi |più )?"
    r"(?:[a-zàèéìòù]{1,18}(?:ato|uto|ito|sto|tto|rto|lto|nto|rso|eso|iso|uso|sso)(?![\w'])"
    r"|(?:non|già|poi|sempre|anche|mai|solo|più|un|uno|una|il|lo|la|i|gli|le|fatto|bisogno|senso|ragione|torto"
    r"|luogo|inizio|\d+)(?![\w])|(?:l|un)'))"
)


def _weeks(match: re.Match[str]) -> str | None:
    before = word_before(match.string, match.start()).lower()
    if before in {"il", "l'", "dal", "al", "del", "nel"} and match["count"] != "1":
        return None
    return f"{'una settimana' if match['count'] == '1' else match['count'] + ' settimane'}"


def _halves(match: re.Match[str]) -> str:
    """Return ``una tazza e mezza`` for *1 1/2 tazze*."""
    noun = match["noun"]
    if noun.endswith("i"):
        stem = noun[:-1]
        noun = stem + ("e" if stem + "e" in NOUNS.exceptions else "io" if stem.endswith("a") else "o")
    elif noun.endswith("e") and noun not in NOUNS.exceptions:
        noun = f"{noun[:-1]}a"
    gender = NOUNS.known_gender(noun) or "m"
    counted = article(noun, gender)
    return f"{counted}{'' if counted.endswith(chr(39)) else ' '}{noun} e mezz{'a' if gender == 'f' else 'o'}"


def told_by_neighbours(draft: Draft) -> None:
    """Say abbreviations whose meaning the words beside them tell."""
    draft.apply(_MARCH, lambda _: "marzo ")
    draft.apply(_TUESDAY, lambda _: "martedì ")
    draft.apply(_SEPTEMBER, lambda _: "settembre ")
    draft.apply(_WEEKS, _weeks)
    draft.apply(_GENERAL, lambda _: "generale ")
    draft.apply(_NORTH, lambda _: "nord ")
    draft.apply(_NUMBER, lambda _: "numero ")
    draft.apply(_ANSWER, lambda _: "risposta ")
    for match in _OF_YEAR.finditer(draft.text):
        draft.replace(*match.span("stroke"), " del ")
    draft.apply(_HALVES, _halves)
    draft.apply(_HAS, lambda match: match[0])
