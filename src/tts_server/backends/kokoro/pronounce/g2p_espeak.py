"""Grapheme-to-phoneme conversion by espeak-ng.

It speaks all of Spanish, French, Hindi, Italian and Portuguese, and unknown words in English.
The symbols are those that the model was trained on for these languages: espeak-ng's IPA with the letters of
diphthongs and affricates joined (``t͡ʃ`` is ``ʧ``), each stretch between punctuation marks pronounced by
itself and the marks kept. The mapping is that of misaki 0.9.4, and a test compares the two. May be used on
any thread, several at once too: see ``espeak``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

from tts_server.backends.kokoro.pronounce.alignment import share_out
from tts_server.backends.kokoro.pronounce.espeak import TIE, EspeakNG
from tts_server.text.normalize.spoken import SpokenText

_MARKS = ';:,.!?¡¿—…"«»“”(){}[]।॥،؛؟。！？'
# Full stops, commas and colons inside a number are part of it; any other mark separates.
_ALWAYS = re.escape(';!?¡¿—…"«»“”(){}[]')
_ANY = re.escape(_MARKS)
_MARK_RUN = re.compile(
    rf"\s*(?:(?<!\d)[{_ANY}]|[{_ANY}](?!\d)|[{_ALWAYS}])(?:[{_ANY}\s](?!\d)|[{_ALWAYS}\s])*"
)
_MARK_SYMBOLS = str.maketrans(
    {"«": "“", "»": "”", "।": ".", "॥": ".", "،": ",", "؛": ";", "؟": "?", "。": "."}
)

_CHARS_PER_WORK = 8
_WORK_OF_A_SWITCH = 20
# espeak-ng says foreign letters in a language of theirs, and loads that when it changes: 2 ms in Italian.
_FOREIGN_SCRIPT = re.compile(r"([Ͱ-Ͽἀ-῿])|([Ѐ-ԯ])|([ऀ-ॿ])")

_JOINED = {
    "a͡ɪ": "I",
    "a͡ʊ": "W",
    "d͡z": "ʣ",
    "d͡ʒ": "ʤ",
    "e͡ɪ": "A",
    "o͡ʊ": "O",
    "s͡s": "S",
    "t͡s": "ʦ",
    "t͡ʃ": "ʧ",
    "ɔ͡ɪ": "Y",
    "ə͡ʊ": "Q",
}

# Longest first, as one replacement may be part of another.
_ENGLISH = (
    ("ʔˌn\u0329", "ʔn"),
    ("ʔn\u0329", "ʔn"),
    ("a͡ɪ", "I"),
    ("a͡ʊ", "W"),
    ("d͡ʒ", "ʤ"),
    ("e͡ɪ", "A"),
    ("t͡ʃ", "ʧ"),
    ("ɔ͡ɪ", "Y"),
    ("ə͡l", "ᵊl"),
    ("ʲo", "jo"),
    ("ʲə", "jə"),
    ("e", "A"),
    ("ʲ", ""),
    ("ɚ", "əɹ"),
    ("r", "ɹ"),
    ("x", "k"),
    ("ç", "k"),
    ("ɐ", "ə"),
    ("ɬ", "l"),
    ("\u0303", ""),
)
_AMERICAN = (("o͡ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""))
_BRITISH = (("e͡ə", "ɛː"), ("iə", "ɪə"), ("ə͡ʊ", "Q"))
_SYLLABIC = re.compile(r"(\S)\u0329")


def to_symbols(ipa: str) -> str:
    """Turn espeak-ng's IPA into the model's symbols, for languages other than English."""
    for old, new in _JOINED.items():
        ipa = ipa.replace(old, new)
    return ipa.replace(TIE, "").replace("-", "")


def to_english_symbols(ipa: str, dialect: str) -> str:
    """Turn espeak-ng's English IPA into the model's symbols for ``en-us`` or ``en-gb``."""
    for old, new in _ENGLISH:
        ipa = ipa.replace(old, new)
    ipa = _SYLLABIC.sub(r"ᵊ\1", ipa).replace("\u0329", "")
    for old, new in _BRITISH if dialect == "en-gb" else _AMERICAN:
        ipa = ipa.replace(old, new)
    return ipa.replace("o", "ɔ").replace("ɾ", "T").replace("ʔ", "t").replace(TIE, "").replace("-", "")


class EspeakG2P:
    """Pronounce a text in one dialect.

    Args:
        espeak: The process's espeak-ng.
        dialect: A key of ``espeak.VOICES``. English is for where misaki is not to be had: ``EnglishG2P`` is
            better.
    """

    def __init__(self, espeak: EspeakNG, dialect: str) -> None:
        self._espeak = espeak
        self._dialect = dialect
        is_english = dialect.startswith("en")
        self._convert: Callable[[str], str] = (
            (lambda ipa: to_english_symbols(ipa, dialect)) if is_english else to_symbols
        )
        # An agent says the same words again and again, and each is pronounced alone as well as in its clause.
        self._alone = lru_cache(maxsize=4096)(self._pronounce)

    def units(self, spoken: SpokenText) -> SpokenText:
        """Return ``spoken`` as it is: its words are written apart."""
        return spoken

    def work(self, text: str) -> int:
        """Estimate the time of ``symbols`` in tenths of a millisecond: by length and changes of script."""
        scripts = [match.lastindex for match in _FOREIGN_SCRIPT.finditer(text)]
        n_switches = sum(a != b for a, b in pairwise(scripts))
        return len(text) // _CHARS_PER_WORK + _WORK_OF_A_SWITCH * n_switches

    def symbols(self, spoken: SpokenText) -> list[str]:
        """Return the symbols of each unit of ``spoken``, punctuation and spaces included.

        Joined, they are what the whole text sounds like. About 0.5 ms for a sentence.

        Raises:
            SynthesisError: espeak-ng does not have the voice.
        """
        shares = [""] * len(spoken.units)
        for start, end, is_mark in _stretches(spoken.text):
            stretch = spoken.text[start:end]
            if is_mark:
                if shares:
                    self._give_marks(spoken, start, stretch, shares)
                continue
            words = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S+", stretch)]
            pieces = [piece for a, b in words for piece in _cut_at_units(spoken, a, b)]
            texts = [spoken.text[a:b] for a, b in pieces]
            for (a, _), share in zip(pieces, self._share(stretch, texts), strict=True):
                shares[spoken.unit_at(a)] += share
        return shares

    def word(self, text: str) -> str:
        """Return the symbols of one word, with the punctuation in it kept; "" if nothing sounds."""
        parts = []
        for start, end, is_mark in _stretches(text):
            stretch = text[start:end]
            parts.append(stretch.translate(_MARK_SYMBOLS) if is_mark else " ".join(self._alone(stretch)))
        joined = "".join(parts).strip()
        return joined if any(char.isalpha() for char in joined) else ""

    def _pronounce(self, text: str) -> tuple[str, ...]:
        words = (self._convert(word) for word in self._espeak.ipa(text, self._dialect))
        return tuple(word for word in words if word)

    def _share(self, stretch: str, texts: list[str]) -> list[str]:
        spoken = self._pronounce(stretch)
        if len(texts) == 1:
            return [" ".join(spoken)]
        return share_out(spoken, [self._alone(text) for text in texts])

    def _give_marks(self, spoken: SpokenText, start: int, marks: str, shares: list[str]) -> None:
        for offset, char in enumerate(marks.translate(_MARK_SYMBOLS)):
            position = start + offset
            # A space is no unit's own: it belongs to the unit before it.
            unit = spoken.unit_at(position - 1 if char == " " and position else position)
            shares[unit] += char


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Cut a text into what lies between punctuation marks and the marks with the spaces around them.

    A mark between two digits is part of the number.
    """
    position = 0
    for match in _MARK_RUN.finditer(text):
        if match.start() > position:
            yield position, match.start(), False
        yield match.start(), match.end(), True
        position = match.end()
    if position < len(text):
        yield position, len(text), False


def _cut_at_units(spoken: SpokenText, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        unit = spoken.unit_at(start)
        next_start = spoken.starts[unit + 1] if unit + 1 < len(spoken.starts) else end
        stop = min(end, next_start) if next_start > start else end
        yield start, stop
        start = stop
