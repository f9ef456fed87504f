"""What grapheme-to-phoneme conversion gives: the client's words, each with its symbols for the model.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PUNCTUATION = frozenset(';:,.!?—…"()“” ')
"""The model's symbols that are not sounds."""

_SILENT: Final = "".join(PUNCTUATION)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the client's, and how it is pronounced.

    The symbols of a text are ``lead + phonemes + trail`` of its words, one after the other. Each symbol is
    one token of the model. Times of a word are those of its ``phonemes``: what is in ``lead`` and ``trail``
    is silence around it.

    Args:
        text: ``source[char_start:char_end]`` with the punctuation that touches it. Punctuation or signs
            standing alone are part of the word before (at the beginning, of the word behind), so that between
            two words is only white space, or control characters, which count as such.
        char_start: Index of its first character in the text that was given.
        char_end: Index after its last character.
        lead: Symbols before the sound, such as an opening quote; usually empty.
        phonemes: The sound, never empty; has spaces where several words are spoken (``$3.50``).
        trail: Punctuation and space behind the sound.
    """

    text: str
    char_start: int
    char_end: int
    lead: str
    phonemes: str
    trail: str

    @property
    def symbols(self) -> str:
        """Everything that the model is given for this word."""
        return self.lead + self.phonemes + self.trail


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Letters or digits of the client's that nothing is said for: of scripts that the dialect cannot speak.

    Args:
        text: ``source[char_start:char_end]``. It is the letters themselves, a part of a word where only that
            cannot be said; the whole word where what is said for it was written differently.
        char_start: Index of its first character in the text that was given. It lies inside a ``Word``, as
            white space alone lies between two.
        char_end: Index after its last character.
    """

    text: str
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A text as the model is to say it.

    Letters and digits that the rules of reading make silent, such as those of an HTML tag, are not left out:
    nobody would read them.

    Args:
        words: In order of the text; empty if nothing in it can be spoken.
        left_out: What of it is not said, in order.
        n_repaired: Words that would have been lost and are said after all.
    """

    words: tuple[Word, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    n_repaired: int = 0


def symbols_of(words: Sequence[Word]) -> str:
    """Return the symbols of all words, as the model takes them."""
    return "".join(word.symbols for word in words)


def has_sound(symbols: str) -> bool:
    """Say whether there is more in ``symbols`` than punctuation and spaces."""
    return bool(symbols.strip(_SILENT))


def make_words(source: str, spans: Sequence[tuple[int, int]], symbols: Sequence[str]) -> tuple[Word, ...]:
    """Make words from stretches of text and the symbols of each.

    Args:
        source: The client's text.
        spans: In order, without overlap.
        symbols: For each span; may be empty or only punctuation, which goes to a neighbour.

    Returns:
        One word for each span with a sound; none if nothing sounds. Their symbols, joined, are those given,
        less space at both ends; where nothing sounds they are dropped.
    """
    words: list[Word] = []
    before = ""
    before_start: int | None = None
    for (start, end), mine in zip(spans, symbols, strict=True):
        sound = mine.strip(_SILENT)
        if not sound and words:
            last = words[-1]
            words[-1] = Word(
                source[last.char_start : end],
                last.char_start,
                end,
                last.lead,
                last.phonemes,
                last.trail + mine,
            )
        elif not sound:
            before += mine
            before_start = start if before_start is None else before_start
        else:
            lead, trail = mine.split(sound, 1)
            begin = start if before_start is None else before_start
            words.append(Word(source[begin:end], begin, end, before + lead, sound, trail))
            before, before_start = "", None
    if not words:
        return ()
    first = words[0]
    words[0] = Word(
        first.text, first.char_start, first.char_end, first.lead.lstrip(), first.phonemes, first.trail
    )
    last = words[-1]
    words[-1] = Word(last.text, last.char_start, last.char_end, last.lead, last.phonemes, last.trail.rstrip())
    return tuple(words)
