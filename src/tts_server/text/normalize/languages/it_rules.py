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
_GENERAL: Final = re.compile(
    r"(?<![\w.'-])[Gg]en\. (?!(?:Feb|Mar|Apr|Mag|Giu|Lug|Ago|Set|Ott|Nov|Dic)\b)(?=[A-ZÀ-Ý][a-zà-ÿ])"
)
_NUMBER: Final = re.compile(r"(?<![\w.'-])N\. ?(?=\d|[a-z]{3})|(?<=[a-z] )No\. ?(?=\d)|^No\. ?(?=\d{1,5}$)")
_NORTH: Final = re.compile(r"(?<![\w.'-])N\. ?(?=Est\b|Ovest\b)")
_ANSWER: Final = re.compile(r"(?:(?<=[?!] )|(?<=[?!]\n))R\. (?=\w)")
_OF_YEAR: Final = re.compile(
    r"(?<![\w.])(?:[nN]\. ?[°º]?|[nN][°º]|[nN]umero|[pP]rot\.|[fF]attura|[dD]elibera"
    r"|[oO]rdine|[pP]ratica|[sS]entenza) ?"
    r"\d{1,6}(?P<stroke>/)(?=(?:19|20)\d\d(?![\w/]|[.,-]\d))"
)
_LAW: Final = re.compile(r"(?<![\w.'-])L\. ?(?=\d{1,4}/(?:(?:19|20)\d\d|\d\d)(?![\w/]))")
_LAW_OF: Final = re.compile(
    r"(?<!\w)(?:[Ll]egge|L\.|D\.L\.|D\.Lgs\.) ?\d{1,4}(?P<stroke>/)(?=\d\d(?![\w/]|[.,-]\d))"
)
_BIS: Final = re.compile(r"(?<=\d)-(?=(?:bis|ter|quater|quinquies|sexies)(?!\w))")
_ATTENTION: Final = re.compile(r"(?<![\w.])c\. ?a\. (?=(?:Sig|Dott|Prof|Avv|Ing|Geom|Rag|Arch)\b)")
_VICTOR: Final = re.compile(r"(?<![\w.])V\. ?(?=Emanuele\b|Veneto\b|Alfieri\b)")
_HALVES: Final = re.compile(rf"(?<![{LETTERS}\d.,/])1 ?(?:1/2|½) (?P<noun>[a-zà-ÿ]{{3,20}})(?![{LETTERS}'])")
_HAS: Final = re.compile(
    r"(?<=\d )ha(?= (?:non |già |poi |sempre |anche |mai |solo |quasi |più )?"
    r"(?:[a-zàèéìòù]{1,18}(?:ato|uto|ito|sto|tto|rto|lto|nto|rso|eso|iso|uso|sso)(?![\w'])"
    r"|(?:non|già|poi|sempre|anche|mai|solo|più|un|uno|una|il|lo|la|i|gli|le|fatto|bisogno|senso|ragione|torto"
    r"|luogo|inizio|\d+)(?![\w])|(?:l|un)'))"
)


_ONE_SUCH: Final = re.compile(
    r"(?<![\w.,/'-])(?<!\d )1(?= (?P<such>grande|semplice|breve|doppia|enorme|nuova|piccola|bella"
    r"|buona|altra|sola|veloce|dolce) (?P<noun>[a-zà-ÿ]{3,20})\b)"
)
_THOUSANDS: Final = re.compile(r"(?<![\w.,])(?:€ ?(?P<a>\d{1,3}) ?mila(?!\w)|(?P<b>\d{1,3}) ?mila ?€)")
_LOWEST: Final = re.compile(r"(?<!\w)[Tt]emp\. (?P<which>min|max)\.?(?!\w)")
_KNOWN_SAINT: Final = re.compile(
    r"(?<![\w.])S\. ?(?=(?P<name>Andrea|Agata|Agostino|Ambrogio|Angelo|Anna|Babila|Antonio|Barbara|Bartolomeo"
    r"|Benedetto|Bernardo|Biagio|Carlo|Caterina|Cecilia|Chiara|Croce|Domenico|Elena|Eustorgio|Fermo|Francesco|Gennaro"
    r"|Giacomo|Giorgio|Giovanni|Giuliano|Giuseppe|Lorenzo|Luca|Lucia|Marco|Margherita|Maria|Marino|Martino"
    r"|Matteo|Maurizio|Michele|Monica|Nicola|Paolo|Pietro|Remo|Rita|Rocco|Rosa|Sebastiano|Silvestro|Siro|Sofia|Stefano"
    r"|Teresa|Tommaso|Vincenzo|Vito|Zeno)\b)"
)
_SAINT: Final = re.compile(r"(?<=[a-zA-Z.] )S\. ?(?=(?P<name>[A-Z][a-zà-ÿ]{2,20})\b)")
_PLACES: Final = frozenset(
    "chiesa basilica porta ospedale monastero parrocchia santuario festa convento cappella abbazia".split()
)
_MEN: Final = frozenset("Andrea Luca Nicola Babila Elia Mattia Tobia Barnaba".split())


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


def _saint(match: re.Match[str]) -> str:
    name = match["name"]
    if name[0] in "AEIOU":
        return "Sant'"
    if name.endswith(("a", "Croce")) and name not in _MEN:
        return "Santa "
    return "Santo " if name.startswith(("St", "Sp")) else "San "


def _saint_of_a_place(match: re.Match[str]) -> str | None:
    before = word_before(match.string, match.start())
    if before in {"di", "a", "da"}:
        before = word_before(match.string, match.start() - len(before) - 1)
    return _saint(match) if before.lower() in _PLACES else None


def _one_such(match: re.Match[str]) -> str | None:
    is_woman = NOUNS.known_gender(match["noun"]) == "f"
    one = article(match["such"], "f" if is_woman else "m")
    return None if one.endswith("'") else one


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
    draft.apply(_ONE_SUCH, _one_such)
    draft.apply(_THOUSANDS, lambda match: f"{match['a'] or match['b']} mila euro")
    draft.apply(_LOWEST, lambda match: f"temperatura {'minima' if match['which'] == 'min' else 'massima'}")
    draft.apply(_KNOWN_SAINT, _saint)
    draft.apply(_SAINT, _saint_of_a_place)
    draft.apply(_LAW, lambda _: "legge ")
    for match in _LAW_OF.finditer(draft.text):
        draft.replace(*match.span("stroke"), " del ")
    draft.apply(_BIS, lambda _: " ")
    draft.apply(_ATTENTION, lambda _: "cortese attenzione ")
    draft.apply(_VICTOR, lambda _: "Vittorio ")
    draft.apply(_HALVES, _halves)
    draft.apply(_HAS, lambda match: match[0])
