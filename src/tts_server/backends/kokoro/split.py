"""Cut text of any length into what the model takes in one call.

The model takes 510 symbols. Text goes to it sentence by sentence, which also lets the first one sound before
the second is pronounced; a sentence that is longer is cut behind a clause, else behind a word, and inside a
word where nothing else is left. No sound is dropped or truncated. Pure, but for the ``pronounce`` that is
handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.backends.kokoro.vocabulary import MAX_PHONEMES
from tts_server.text.segment import Segmenter

# About 500 symbols; what is pronounced as one context, and normalised at once (6 ms at most).
_MAX_SENTENCE_CHARS = 480
# So much is searched for the ends of sentences at once (7 ms at most).
_MAX_SEARCHED_CHARS = 2000
_ENDED = re.compile(r"[.!?…。！？।॥]\W*$|\n\s*$")
_SENTENCE_ENDS = frozenset(".!?…")
_CLAUSE_ENDS = frozenset(",;:—)”")


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What the model is given in one call.

    Args:
        char_start: Index of the first character of its first word in the text.
        char_end: Index after the last character of its last word.
        words: At least one; their indices count from the beginning of the text.
        ends_sentence: Whether a sentence ends here, rather than being cut for its length.
    """

    char_start: int
    char_end: int
    words: tuple[Word, ...]
    ends_sentence: bool

    @property
    def symbols(self) -> str:
        """The model's symbols, 1 to 510, one token each."""
        return symbols_of(self.words)

    def sound_spans(self) -> list[tuple[int, int]]:
        """Return for each word where its sound begins and ends in ``symbols``; never empty, in order."""
        spans = []
        position = 0
        for word in self.words:
            start = position + len(word.lead)
            spans.append((start, start + len(word.phonemes)))
            position += len(word.symbols)
        return spans


def split_text(
    text: str,
    phonemize: Callable[[str], Sequence[Word]],
    *,
    language: str = "en",
    max_symbols: int = MAX_PHONEMES,
) -> Iterator[ModelInput]:
    """Yield the model's inputs for ``text``, each sentence pronounced at once; see ``split_in_steps``.

    Args:
        text: Any text.
        phonemize: Pronounces one sentence; its words' indices count from the beginning of the sentence.
        language: Whose abbreviations and marks tell where sentences end.
        max_symbols: The most symbols in one input; at least 16.
    """

    def pronounce(sentence: str) -> Generator[None, None, Sequence[Word]]:
        yield from ()
        return phonemize(sentence)

    steps = split_in_steps(text, pronounce, language=language, max_symbols=max_symbols)
    return (item for item in steps if item is not None)


def split_in_steps(
    text: str,
    pronounce: Callable[[str], Generator[None, None, Sequence[Word]]],
    *,
    language: str = "en",
    max_symbols: int = MAX_PHONEMES,
) -> Iterator[ModelInput | None]:
    """Yield the model's inputs for ``text``, in order, each pronounced only when it is asked for.

    Between two items is one piece of pronouncing at most, about 20 ms of work, whatever the text.

    Args:
        text: Any text.
        pronounce: Pronounces one sentence, in pieces of work; the indices of the words that it returns count
            from the beginning of the sentence.
        language: Whose abbreviations and marks tell where sentences end.
        max_symbols: The most symbols in one input; at least 16.

    Yields:
        Inputs of at most ``max_symbols`` symbols; None where pronouncing goes on, and for a sentence with
        nothing to speak. Their symbols are those of the sentences, less the spaces between inputs and more
        than an eighth of an input of punctuation in a row.

    Raises:
        SynthesisError: ``pronounce`` failed.
    """
    offset = 0
    for sentence in _sentences(text, language):
        words = [_with_few_marks(word, max_symbols) for word in (yield from pronounce(sentence))]
        words = [
            replace(word, char_start=word.char_start + offset, char_end=word.char_end + offset)
            for word in words
        ]
        offset += len(sentence)
        if not words:
            yield None
        is_whole = offset == len(text) or len(sentence) <= _MAX_SENTENCE_CHARS // 2 or _ENDED.search(sentence)
        while words:
            fitting, words = _take(words, max_symbols)
            yield _make_input(fitting, ends_sentence=not words and bool(is_whole))


def _sentences(text: str, language: str) -> Iterator[str]:
    segmenter = Segmenter(language, max_chars=_MAX_SENTENCE_CHARS)
    for start in range(0, len(text), _MAX_SEARCHED_CHARS):
        yield from segmenter.push(text[start : start + _MAX_SEARCHED_CHARS])
    yield from segmenter.finish()


def _make_input(words: list[Word], *, ends_sentence: bool) -> ModelInput:
    words[0] = replace(words[0], lead=words[0].lead.lstrip())
    words[-1] = replace(words[-1], trail=words[-1].trail.rstrip())
    return ModelInput(words[0].char_start, words[-1].char_end, tuple(words), ends_sentence)


def _take(words: list[Word], max_symbols: int) -> tuple[list[Word], list[Word]]:
    """Return the words of the next input and those that are left."""
    n_fitting, n_symbols = 0, 0
    for word in words:
        n_symbols += len(word.symbols)
        # A space at the end is not given to the model.
        if n_symbols - (len(word.trail) - len(word.trail.rstrip())) > max_symbols:
            break
        n_fitting += 1
    if n_fitting == len(words):
        return list(words), []
    if n_fitting == 0:
        first, second = _cut_word(words[0], max_symbols)
        return [first], [second, *words[1:]]
    cut = _best_cut(words, n_fitting, sum(len(word.symbols) for word in words), max_symbols)
    return words[:cut], words[cut:]


def _best_cut(words: list[Word], n_fitting: int, n_symbols: int, max_symbols: int) -> int:
    """Return behind how many words to cut: at the strongest end that leaves no splinter."""
    n_pieces = -(-n_symbols // max_symbols)
    even = n_symbols // n_pieces
    position = 0
    word_end = 0
    ends: dict[frozenset[str], int] = {}
    for count, word in enumerate(words[:n_fitting], start=1):
        position += len(word.symbols)
        for marks in (_SENTENCE_ENDS, _CLAUSE_ENDS):
            if 2 * position >= even and marks & set(word.trail):
                ends[marks] = count
        if position >= even and not word_end:
            word_end = count
    return ends.get(_SENTENCE_ENDS) or ends.get(_CLAUSE_ENDS) or word_end or n_fitting


def _cut_word(word: Word, max_symbols: int) -> tuple[Word, Word]:
    """Cut a word that is too long for one input.

    It is cut between spoken words where it is several, else anywhere. The characters are shared out in
    proportion: nothing better is known of them.
    """
    room = min(max_symbols - len(word.lead), len(word.phonemes) - 1)
    space = word.phonemes.rfind(" ", max(1, room // 2), room + 1)
    cut = space + 1 if 0 < space < len(word.phonemes) - 1 else room
    first = word.phonemes[:cut].rstrip(" ")
    n_chars = round(len(word.text) * cut / len(word.phonemes))
    middle = word.char_start + n_chars
    return (
        Word(word.text[:n_chars], word.char_start, middle, word.lead, first, ""),
        Word(word.text[n_chars:], middle, word.char_end, "", word.phonemes[cut:], word.trail),
    )


def _with_few_marks(word: Word, max_symbols: int) -> Word:
    """Leave out what is too much of punctuation: a hundred exclamation marks sound like ten, and must fit."""
    most = max_symbols // 8
    if len(word.lead) <= most and len(word.trail) <= most:
        return word
    trail = word.trail[:most].rstrip() + (" " if word.trail.endswith(" ") else "")
    return replace(word, lead=word.lead[-most:], trail=trail)
