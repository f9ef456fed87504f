"""Which letters and digits espeak-ng says, and what stands for those that it would only name.

espeak-ng says words of the Latin alphabet, Greek and Devanagari. Of other letters it says the name
(``Cyrillic P``) or the number in Unicode (``letter one E C five``), one by one, and digits of other scripts
not at all. Nobody would read a word so. A letter that differs from a known one by its marks or its form is
given as that one therefore (Vietnamese ``ễ`` as ``e``, ``③`` as ``3``), and others are left out. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

SIGNS: Final = frozenset("'’-.,:%€$£¥₹+&@#°/ºª²³½¼¾")
"""What espeak-ng says or minds besides letters and digits."""

_MAX_MARKS: Final = 2
_TONOS: Final = frozenset("\u0300\u0301\u0342")
# espeak-ng knows these by their numbers alone, and Unicode takes them apart no further.
_LIKE: Final = str.maketrans(
    {
        "ı": "i",
        "ŉ": "n",
        "ſ": "s",
        "ƒ": "f",
        "Ƒ": "F",
        "ɑ": "a",
        "ɡ": "g",
        "ƀ": "b",
        "Ɓ": "B",
        "Ɗ": "D",
        "Ɖ": "D",
        "Ɛ": "E",
        "Ǝ": "E",
        "Ɔ": "O",
        "Ƙ": "K",
        "ƙ": "k",
        "Ɣ": "G",
        "ƴ": "y",
        "Ƴ": "Y",
        "ẞ": "SS",
        "ȷ": "j",
        "ⁿ": "n",
        "⁄": "/",
        "\u0972": "ऐ",
    }
)
# Of several powers in a row espeak-ng says none, and in two languages it has no word for three quarters.
_POWERS: Final = re.compile("[²³]{2,}")
_POWER_DIGITS: Final = str.maketrans("²³", "23")
_WITHOUT_THREE_QUARTERS: Final = frozenset({"es", "hi"})
_NAMED_GREEK: Final = re.compile(r"[Ͱ-Ͽἀ-῿]+")
_MAX_NAMED_GREEK: Final = 3
_FORMATS: Final = frozenset("\u200b\u200c\u200d\u2060\u00ad")


def as_said(text: str, dialect: str) -> str:
    """Return ``text`` as espeak-ng is given it: without what it cannot say, for which there is a space.

    Args:
        text: Any text.
        dialect: A key of ``espeak.VOICES``.
    """
    parts: list[str] = []
    n_marks = 0
    hidden = _greek_words(text) if dialect.startswith("en") else frozenset()
    for position, char in enumerate(text):
        is_mark = unicodedata.category(char)[0] == "M"
        n_marks = n_marks + 1 if is_mark else 0
        if position in hidden:
            parts.append(" ")
        elif not is_mark or n_marks <= _MAX_MARKS:
            parts.append(_as_said(char, dialect == "hi"))
    said = _POWERS.sub(lambda match: match[0].translate(_POWER_DIGITS), "".join(parts))
    return said.replace("¾", " 3/4") if dialect in _WITHOUT_THREE_QUARTERS else said


def left_out(text: str, dialect: str) -> Iterator[tuple[int, int]]:
    """Yield where the stretches of letters and digits begin and end that ``as_said`` leaves out."""
    hidden = _greek_words(text) if dialect.startswith("en") else frozenset()
    start: int | None = None
    for position, char in enumerate(text):
        category = unicodedata.category(char)
        is_out = start is not None and (category[0] == "M" or char in _FORMATS)
        if category[0] in "LN" and category != "Lm":
            is_out = position in hidden or not _is_word(_as_said(char, dialect == "hi"))
        if is_out and start is None:
            start = position
        elif not is_out and start is not None:
            yield start, position
            start = None
    if start is not None:
        yield start, len(text)


def is_spoken(char: str) -> bool:
    """Say whether a character is a letter or digit: whether it makes a word that is to be heard.

    Signs that modify a letter, such as the Hawaiian ``ʻ``, are none.
    """
    category = unicodedata.category(char)
    return category[0] in "LN" and category != "Lm"


def has_word(text: str) -> bool:
    """Say whether there is a letter or digit in ``text``."""
    return any(map(is_spoken, text))


def plain(text: str) -> str:
    """Return ``text`` with letters and digits in their usual form: ``²³`` is ``23``, ``٣`` is ``3``."""
    return "".join(map(_plain_digit, unicodedata.normalize("NFKC", text))).translate(_LIKE)


def script_of(text: str) -> str:
    """Return the script of the first letter or digit in ``text``, as Unicode names it: ``CYRILLIC``."""
    char = next(filter(is_spoken, text), "")
    return unicodedata.name(char, "UNKNOWN").partition(" ")[0] if char else "NONE"


def _is_word(said: str) -> bool:
    return any(char.isalnum() for char in said)


@lru_cache(maxsize=4096)
def _as_said(char: str, in_hindi: bool) -> str:
    """Return what stands for one character; " " where nothing does, "" for what has no place of its own."""
    category = unicodedata.category(char)
    if char in SIGNS or _is_known(char, category, in_hindi):
        return char
    nothing = "" if char in _FORMATS or category[0] == "M" or category in {"Lm", "Sk"} else " "
    if category[0] not in "LN":
        return nothing
    parts = unicodedata.normalize("NFKD", char.translate(_LIKE)).translate(_LIKE)
    if "ἀ" <= char <= "῿":
        return _with_tonos(parts)
    letters = [_plain_digit(part) for part in parts if unicodedata.category(part)[0] in "LNP"]
    is_said = any(map(is_spoken, letters)) and all(
        letter in "/.,()" or _is_known(letter, unicodedata.category(letter), in_hindi) for letter in letters
    )
    return "".join(letter for letter in letters if letter not in "()") if is_said else nothing


def _is_known(char: str, category: str, in_hindi: bool) -> bool:
    """Say whether espeak-ng says a letter, mark or digit by itself."""
    code = ord(char)
    is_devanagari = 0x900 <= code < 0x971
    if category[0] == "M":
        return 0x300 <= code < 0x370 or is_devanagari
    if category == "Nd":
        return code < 0x80 or (is_devanagari and in_hindi)
    if category[0] != "L":
        return False
    is_latin = code < 0x180 and char not in "ıŉſ"
    is_ipa = 0x250 <= code < 0x2B0 and char not in "ɑɞɡɩɷɸʊʗʘʚʩʪʫʬʭʮʯ"
    is_greek = code in {0x386, 0x388, 0x389, 0x38A, 0x38C} or 0x38E <= code < 0x3CF
    return is_latin or is_ipa or is_greek or (is_devanagari and code != 0x904)


def _with_tonos(parts: str) -> str:
    """Write an ancient Greek letter, taken apart, with the one accent that is written today."""
    letter = next((part for part in parts if "Ͱ" <= part <= "Ͽ" and part.isalpha()), "")
    return unicodedata.normalize("NFC", letter + "\u0301") if letter and _TONOS & set(parts) else letter


def _plain_digit(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    return char if decimal is None else str(decimal)


def _greek_words(text: str) -> frozenset[int]:
    """Return the places of Greek words in an English text, where espeak-ng names each of their letters.

    Up to three letters without an accent are names of quantities (``Δ``, ``μν``), and are said.
    """
    if text.isascii():
        return frozenset()
    places: set[int] = set()
    for match in _NAMED_GREEK.finditer(text):
        is_name = len(match[0]) <= _MAX_NAMED_GREEK and match[0] == _without_accents(match[0])
        if not is_name:
            places.update(range(*match.span()))
    return frozenset(places)


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
