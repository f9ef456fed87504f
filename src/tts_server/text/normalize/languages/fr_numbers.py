"""French numbers in words, as espeak-ng reads them right. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize import number_words
from tts_server.text.normalize.languages.fr_nouns import NOUNS

IN_TIME: Final = {
    1: "une",
    21: "vingt et une",
    31: "trente et une",
    41: "quarante et une",
    51: "cinquante et une",
}
_VOWEL: Final = re.compile(r"[aeiouâàéèêëîïôöûùœh]", re.IGNORECASE)


def is_feminine(noun: str) -> bool:
    """Say whether a noun, in singular or plural, is surely feminine."""
    return NOUNS.known_gender(noun.lower()) == "f"


def feminine(figures: str) -> str:
    """Return a number that ends in *une*, in words; "" if it does not."""
    number = int(figures) if figures else 0
    if number % 10 != 1 or number % 100 in {11, 71, 91} or number > number_words.LARGEST:
        return ""
    return as_it_sounds(number_words.cardinal(number, "fr")) + "e"


def ordinal(value: int) -> str:
    """Return an ordinal, from the second on."""
    return as_it_sounds(number_words.ordinal(value, "fr"))


def as_it_sounds(words: str) -> str:
    """Return words with the letters that espeak-ng reads wrong, written by their sound."""
    words = (
        words.replace("tsième", "tième")
        .replace("centième", "centtième")
        .replace("quatre-vingt-", "quatre-vin-")
    )
    return words.replace("dix-neuvième", "dizneuvième")


def of_time(count: int, unit: str) -> str:
    """Return hours, minutes or seconds with their number."""
    return f"{IN_TIME.get(count, count)} {unit}{'s' if count > 1 else ''}"


def of(noun: str) -> str:
    """Return *de* and a noun, a space before them."""
    return f" d'{noun}" if _VOWEL.match(noun) else f" de {noun}"
