"""Which noun a number counts, and of which gender it is, as far as letters tell. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tts_server.text.normalize.words import Gender

_LONGEST_ENDING = 6


@dataclass(frozen=True, slots=True)
class Nouns:
    """What tells the nouns of a language.

    Args:
        endings: Endings of the singular to a gender; the longest that a noun has decides.
        exceptions: Nouns in the singular to theirs.
        not_nouns: Words behind a number that it does not count, all in lower case.
        labels: Words before a number that it names one of (``page 1``), or that make it a time or a day.
        singulars: What the singular of a plural may be, likeliest first; nothing for what is no plural.
        invariable: Nouns that are the same in singular and plural.
        masculine_before: Feminine nouns that have the masculine one before them (``un arma``).
    """

    endings: Mapping[str, Gender]
    exceptions: Mapping[str, Gender]
    not_nouns: frozenset[str]
    labels: frozenset[str]
    singulars: Callable[[str], tuple[str, ...]]
    invariable: frozenset[str] = frozenset()
    masculine_before: frozenset[str] = frozenset()

    def gender(self, noun: str, *, is_one: bool) -> Gender:
        """Return the gender of a number in front of ``noun``: masculine where nothing tells it."""
        word = unicodedata.normalize("NFC", noun.lower())
        if is_one and word in self.masculine_before:
            return "m"
        return self.known_gender(word) or "m"

    def known_gender(self, noun: str) -> Gender | None:
        """Return the gender of ``noun``, in small letters; None where nothing tells it."""
        candidates = (*self.singulars(noun), noun)
        for singular in candidates:
            if singular in self.exceptions:
                return self.exceptions[singular]
        for singular in candidates:
            for size in range(min(_LONGEST_ENDING, len(singular) - 1), 0, -1):
                if singular[-size:] in self.endings:
                    return self.endings[singular[-size:]]
        return None

    def is_counted(self, before: str, after: str, *, is_one: bool) -> bool:
        """Say whether a number counts the word behind it.

        Args:
            before: The word before the number; "" for none.
            after: The word behind it; "" for none.
            is_one: Whether the number is one: then the noun is in the singular, else in the plural.
        """
        if before.lower().rstrip(".") in self.labels or not after.isalpha() or not after.islower():
            return False
        if after in self.not_nouns or len(after) == 1:
            return False
        if after in self.invariable:
            return True
        return is_one != bool(self.singulars(after))


def genders(masculine: Iterable[str], feminine: Iterable[str]) -> dict[str, Gender]:
    """Return a table of nouns or endings, for ``Nouns``."""
    pairs: tuple[tuple[Iterable[str], Gender], ...] = ((masculine, "m"), (feminine, "f"))
    return {word: gender for words, gender in pairs for word in words}
