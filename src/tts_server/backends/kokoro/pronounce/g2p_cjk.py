"""Grapheme-to-phoneme conversion for Japanese and Chinese by misaki, where its packages are installed.

Neither has spaces between words: a word here is what the language's own analyser takes for one. The analysers
are used by one thread at a time, any: the caller holds ``espeak.PROCESS_LOCK``.
"""

from __future__ import annotations

import importlib
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

from tts_server.backends.kokoro.languages import LANGUAGES
from tts_server.backends.kokoro.pronounce.alignment import share_out
from tts_server.backends.kokoro.pronounce.katakana import kana_symbols, to_katakana
from tts_server.errors import MissingDependencyError
from tts_server.text.normalize.languages.ja_numbers import said_words
from tts_server.text.normalize.spoken import SpokenText, Unit

_SENTENCE_MARKS = '。、，．！？：；「」『』（）《》【】〈〉・…—,.!?:;()“”"'
# A point, comma or colon between two digits is no border.
_MARK = re.compile(rf"(?:(?!(?<=\d)[.,:]\d)[{re.escape(_SENTENCE_MARKS)}\s])+")
_MARK_SYMBOLS = str.maketrans(
    {
        "。": ".",
        "、": ",",
        "，": ",",
        "．": ".",
        "！": "!",
        "？": "?",
        "：": ":",
        "；": ";",
        "「": "“",
        "」": "”",
        "『": "“",
    }
    | {
        "』": "”",
        "（": "(",
        "）": ")",
        "《": "“",
        "》": "”",
        "【": "“",
        "】": "”",
        "〈": "“",
        "〉": "”",
        "・": " ",
    }
)
_SPACE_BEFORE_MARK = re.compile(r"\s+(?=[.,!?:;”)…])")
_LETTERS = r"[A-Za-zÀ-ÖØ-öø-ɏ]+"
_LATIN = re.compile(rf"({_LETTERS}(?:['’ -]{_LETTERS})*)")
_ABBREVIATION = re.compile(r"(?!OK)[A-Z]{2,3}")
_DIGIT = re.compile(r"[0-9]")
_JAPANESE_DIGITS = "ゼロ イチ ニ サン ヨン ゴ ロク ナナ ハチ キュー".split()
# Of an address the figures are left as they are.
_CHINESE_DIGITS = str.maketrans("0123456789〇", "零一二三四五六七八九零")
# What misaki would give to the model as it is, or read by a dictionary of other scripts.
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# misaki leaves it out of its symbols too.
_NON_SYLLABIC = "\u032f"
_NOT_JAPANESE = re.compile(
    r"[^\u3005-\u3007\u3031-\u3035\u303b\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff]+"
)
_MAX_CACHED_CHARS = 12
_MAX_LOANWORD_CHARS = 40
_MISAKI_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


class _CJKG2P:
    """What the two languages share: cut at marks, pronounce what lies between, and share it out."""

    def __init__(
        self,
        pronounce: Callable[[str], str],
        cut: Callable[[str], Sequence[str]],
        stretch_work: Callable[[int], float],
    ) -> None:
        self._pronounce = pronounce
        # An agent says the same words again and again, and each is pronounced alone as well as in its clause.
        self._word = lru_cache(maxsize=8192)(pronounce)
        self._cut = cut
        self._stretch_work = stretch_work

    def units(self, spoken: SpokenText) -> SpokenText:
        """Return ``spoken`` with its units cut into words."""
        units = []
        for unit in spoken.units:
            units += self._words(unit)
        return SpokenText.of(units)

    def _words(self, unit: Unit) -> list[Unit]:
        if len(unit.spoken) != unit.char_end - unit.char_start:
            return [unit]
        words: list[Unit] = []
        position = 0
        for piece in _pieces(unit.spoken, self._cut):
            start = unit.char_start + position
            position += len(piece)
            if _MARK.fullmatch(piece) and words:
                last = words.pop()
                words.append(Unit(last.char_start, start + len(piece), last.spoken + piece, False))
            else:
                words.append(Unit(start, start + len(piece), piece, False))
        if words:
            words[-1] = Unit(words[-1].char_start, words[-1].char_end, words[-1].spoken, unit.spaced)
        return words or [unit]

    def work(self, text: str) -> int:
        """Estimate how long ``symbols`` takes, in tenths of a millisecond: by stretches between marks."""
        return round(sum(self._stretch_work(len(stretch)) for stretch in _MARK.split(text)))

    def symbols(self, spoken: SpokenText) -> list[str]:
        """Return the symbols of each unit: what it sounds like, punctuation and spaces included.

        The caller holds ``espeak.PROCESS_LOCK``; some milliseconds for a sentence.
        """
        shares = [""] * len(spoken.units)
        position = 0
        for mark in [*_MARK.finditer(spoken.text), None]:
            end = mark.start() if mark else len(spoken.text)
            if end > position:
                self._share(spoken, position, end, shares)
            if mark:
                for offset, char in enumerate(_mark_symbols(mark[0])):
                    unit = spoken.unit_at(min(mark.start() + offset, mark.end() - 1))
                    shares[unit] += char
                position = mark.end()
        if shares and not shares[-1].endswith((" ", "“", "(")):
            # A piece of a longer text may end here, and between two words is a space though none is written.
            shares[-1] += " "
        return shares

    def _share(self, spoken: SpokenText, start: int, end: int, shares: list[str]) -> None:
        first, last = spoken.unit_at(start), spoken.unit_at(end - 1)
        bounds = [max(start, spoken.starts[i]) for i in range(first, last + 1)] + [end]
        texts = [spoken.text[a:b] for a, b in pairwise(bounds)]
        said = self._safe(spoken.text[start:end])
        # A word that misaki cannot read is left unspoken, as it leaves unknown characters.
        alone = [(self._safe(text) or "").split() for text in texts] if len(texts) > 1 or not said else []
        whole = said.split() if said is not None else [word for words in alone for word in words]
        for index, share in enumerate(share_out(whole, alone or [whole])):
            shares[first + index] += share

    def _safe(self, text: str) -> str | None:
        try:
            return self._word(text) if len(text) <= _MAX_CACHED_CHARS else self._pronounce(text)
        except _MISAKI_ERRORS:
            return None

    def _check(self, word: str) -> None:
        """Refuse an analyser that has nothing to say for a word that everybody knows."""
        if not self._pronounce(word).strip():
            raise ValueError(f"it has no pronunciation for {word!r}")


def _mark_symbols(marks: str) -> str:
    symbols = _SPACE_BEFORE_MARK.sub("", marks.translate(_MARK_SYMBOLS))
    return symbols if symbols.endswith((" ", "“", "(")) else symbols + " "


def _pieces(text: str, cut: Callable[[str], Sequence[str]]) -> list[str]:
    pieces: list[str] = []
    position = 0
    for mark in [*_MARK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if end > position:
            part = text[position:end]
            words = [
                word for run in _LATIN.split(part) for word in ([run] if _LATIN.fullmatch(run) else cut(run))
            ]
            pieces += [word for word in words if word] if "".join(words) == part else [part]
        if mark:
            pieces.append(mark[0])
            position = mark.end()
    return pieces


class JapaneseG2P(_CJKG2P):
    """Pronounce Japanese.

    Args:
        english: Returns the symbols of an English word; what a Japanese speaker makes of it is said.

    Raises:
        MissingDependencyError: Its packages are not installed, or cannot be loaded.
    """

    def __init__(self, english: Callable[[str], str]) -> None:
        with _loading("ja"):
            reader = _japanese_reader()
            read, tagger, table = _symbols_alone(reader), reader.tagger, reader.table
            # The analyser takes some words for others: ハツカ, the twentieth, for peppermint.
            known = said_words()
            reader.exceptions["ビー"] = "bʲiː"

            @lru_cache(maxsize=4096)
            def latin(word: str) -> str:
                return " ".join(
                    read(kana).replace(" ", "")
                    if len(kana) <= _MAX_LOANWORD_CHARS
                    else kana_symbols(kana, table)
                    for kana in to_katakana(word, english).split()
                )

            def japanese(text: str) -> str:
                if text in known:
                    return kana_symbols(text, table)
                digits = _DIGIT.sub(lambda digit: _JAPANESE_DIGITS[int(digit[0])], text)
                return read(_NOT_JAPANESE.sub(" ", digits))

            def pronounce(text: str) -> str:
                parts = (part for part in _LATIN.split(text) if part.strip())
                said = (latin(part) if _LATIN.fullmatch(part) else japanese(part) for part in parts)
                return " ".join(part for part in said if part)

            super().__init__(
                pronounce,
                lambda text: [node.surface for node in tagger(text)],
                # Cubic: 140 characters without a mark take 50 ms at worst, 480 take 0.8 s (misaki 0.9.4).
                lambda n_chars: 1 + n_chars / 4 + (n_chars / 8) ** 3,
            )
            self._check("日本")


class ChineseG2P(_CJKG2P):
    """Pronounce Chinese.

    Args:
        english: Returns the symbols of an English word, for those that stand in a Chinese text.

    Raises:
        MissingDependencyError: Its packages are not installed, or cannot be loaded.
    """

    def __init__(self, english: Callable[[str], str]) -> None:
        with _loading("zh"):
            jieba: Any = importlib.import_module("jieba")
            jieba.setLogLevel(logging.WARNING)
            jieba.initialize()
            to_symbols: Callable[[str], str] = importlib.import_module("misaki.zh").ZHG2P.py2ipa
            pinyin: Any = importlib.import_module("pypinyin")

            @lru_cache(maxsize=4096)
            def syllable(one: str) -> str:
                try:
                    return to_symbols(one).replace(_NON_SYLLABIC, "")
                except _MISAKI_ERRORS:
                    # A character without a reading comes back as it was; it is left unspoken.
                    return ""

            @lru_cache(maxsize=8192)
            def syllables(word: str) -> tuple[str, ...]:
                style = pinyin.Style.TONE3
                read = pinyin.lazy_pinyin(word, style=style, neutral_tone_with_five=True)
                return tuple(map(syllable, read))

            self._english = english
            self._syllables = syllables
            super().__init__(
                lambda text: "".join(syllables(text)),
                lambda text: list(jieba.cut(text)),
                lambda n_chars: 1 + 1.2 * n_chars,
            )
            self._check("中国")

    def _share(self, spoken: SpokenText, start: int, end: int, shares: list[str]) -> None:
        """Give each syllable to the unit of its character; between two words is a space."""
        words = list(self._words_said(spoken.text[start:end]))
        for index, word in enumerate(words):
            for offset, said in word:
                shares[spoken.unit_at(start + offset)] += said
            if index + 1 < len(words):
                shares[spoken.unit_at(start + word[-1][0])] += " "

    def _words_said(self, text: str) -> Iterator[list[tuple[int, str]]]:
        """Yield each word as its syllables, with the place of each."""
        position = 0
        for part in _LATIN.split(text.translate(_CHINESE_DIGITS)):
            if _LATIN.fullmatch(part):
                # Of so few capitals, espeak-ng takes some for a word: CO, IT.
                is_spelled = _ABBREVIATION.fullmatch(part)
                said = " ".join(map(self._english, part)) if is_spelled else self._english(part)
                if said:
                    yield [(position, said)]
            else:
                yield from self._chinese(part, position)
            position += len(part)

    def _chinese(self, text: str, position: int) -> Iterator[list[tuple[int, str]]]:
        for run in _CHINESE.finditer(text):
            offset = position + run.start()
            for word in self._cut(run[0]):
                said = self._syllables(word)
                if len(said) == len(word):
                    yield list(enumerate(said, start=offset))
                else:
                    yield [(offset, "".join(said))]
                offset += len(word)


def _japanese_reader() -> Any:
    """Return misaki's reader of Japanese: called, it reads; its ``tagger`` takes a text apart into words.

    misaki 0.9 has a module for it, beside a larger one that needs further packages; 0.7 has it in ``ja``.
    """
    name = "cutlet" if find_spec("misaki.cutlet") else "ja"
    module = importlib.import_module(f"misaki.{name}")
    return module.Cutlet() if name == "cutlet" else module.JAG2P()


def _symbols_alone(reader: Any) -> Callable[[str], str]:
    """Return what gives a reader's symbols alone: misaki 0.9 returns tokens beside them."""

    def read(text: str) -> str:
        said = reader(text)
        return said if isinstance(said, str) else str(said[0])

    return read


@contextmanager
def _loading(code: str) -> Iterator[None]:
    """Name whatever keeps a language from being loaded."""
    try:
        # What the analysers' own code is warned of is nothing that anybody here could act on.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImportError as error:
        missing = f"no module named {error.name!r}" if error.name else str(error)
        message = f"language {code!r} needs its G2P packages ({' '.join(LANGUAGES[code].install)}): {missing}"
        raise MissingDependencyError(message, extra=code) from error
    except (*_MISAKI_ERRORS, OSError, RuntimeError) as error:
        message = f"language {code!r} cannot be loaded: {type(error).__name__}: {error}"
        raise MissingDependencyError(message, extra=code) from error
