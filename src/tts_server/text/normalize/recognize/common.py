"""What recognisers share: what a letter is, and the words around a form. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

LETTERS = "A-Za-zªº\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u0963\u0966-\u096f\u0971-\u1fff"
"""Letters of scripts that write words apart, for a character class, with the vowel signs of Hindi. Beside any
other letter, as beside a mark, a number begins and ends."""

NUMBER = (
    r"(?:[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
    r"|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"
    r"|[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?(?![ ]?\d)"
    r"|[1-9]\d{0,2}(?:_\d{3})+"
    r"|[1-9]\d{0,2}(?:'\d{3})+(?:[.,]\d+)?"
    r"|[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?"
    r"|\d+(?:[.,]\d+)?)"
)
"""A number in figures, grouped or not, in anybody's notation."""

NUMBER_START = rf"(?<![{LETTERS}\d_^-])(?<!\d[.,/:'])"
NUMBER_END = rf"(?![{LETTERS}\d_]|[.,:/']\d)"

SIGN_END = rf"(?![{LETTERS}]|'[{LETTERS}]|(?<= [A-Za-z])-[{LETTERS}](?!ong\b|ide\b|igh\b|eep\b|all\b))"
"""Where a sign of letters ends: not at an apostrophe (*l'eau*), and one letter not at a hyphen (*e-mail*)."""

_BEFORE = re.compile(rf"([{LETTERS}'-]+\.?) ?$")
_AFTER = re.compile(rf" ?([{LETTERS}']+)")
_NOTHING_MORE = re.compile(r"[\s\"”)']*$")
# English names of days, months and zones begin no sentence, nor do letters that are said by name.
_NAMED = (
    r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?s?|Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?"
    r"|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
    r"|Eastern|Central|Mountain|Pacific|Atlantic|Greenwich|London|[A-Z]{2,5})(?![a-z'])"
)
_ENDS_SENTENCE = re.compile(
    rf"[\"”)\]']{{0,3}}(?:\s{{0,4}}$|\s{{1,4}}[\"“¿¡(]{{0,2}}(?!{_NAMED})[A-ZÀ-ÖØ-Þ])"
)
# An abbreviation's full stop in the middle of a sentence: what goes on in small letters like this.
_GOES_ON = re.compile(
    r" (?:d'|(?:d[ie]|d[aeo]l?|d[uo]s?|des|al?|à|ai?|aux?|y|et?|o|ou|e[mn]|in|con|com|avec|p[eo]r|pour|para"
    r"|d?aqu[ií]|hasta|até)"
    r"(?![^\W\d_]))|,"
)
_MAX_WORD_CHARS = 32


def word_before(text: str, position: int) -> str:
    """Return the word that ends at ``position`` or a space before it; "" if a mark stands between."""
    found = _BEFORE.search(text[max(0, position - _MAX_WORD_CHARS) : position])
    return found[1] if found else ""


def word_after(text: str, position: int) -> str:
    """Return the word that begins at ``position`` or a space behind it; "" if a mark stands between."""
    found = _AFTER.match(text, position, position + _MAX_WORD_CHARS)
    return found[1] if found else ""


def ends_text(text: str, position: int) -> bool:
    """Say whether nothing but quotation marks and brackets stands behind ``position``."""
    return _NOTHING_MORE.match(text, position) is not None


def ends_sentence(text: str, position: int, *, by_capital: bool = True) -> bool:
    """Say whether a sentence ends at ``position``: at the end of the text, or before a capital letter.

    Args:
        text: The text.
        position: Behind what may be a full stop.
        by_capital: Whether a capital tells; not behind an abbreviation that names follow.
    """
    found = _ENDS_SENTENCE.match(text, position)
    return found is not None and (by_capital or not found[0].strip("\"”)]'“¿¡( \n\t"))


def stop_behind(text: str, end: int) -> tuple[str, int]:
    """Return the full stop that stays of an abbreviation's, and where the abbreviation ends with its own.

    Args:
        text: The text.
        end: Behind the abbreviation, which may have its full stop in it or behind it.
    """
    if text[end - 1] == ".":
        return "." if ends_sentence(text, end) else "", end
    if text[end : end + 1] == "." and text[end - 1].isalpha() and _GOES_ON.match(text, end + 1):
        return "", end + 1
    return "", end


def any_of(written: Iterable[str]) -> str:
    """Return a pattern for any of some texts, the longest first; one that never matches for none."""
    names = sorted(map(re.escape, written), key=len, reverse=True)
    return "|".join(names) if names else r"(?!)"
