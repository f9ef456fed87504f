"""Grapheme-to-phoneme conversion for Japanese and Chinese by misaki, where its packages are installed.

Neither has spaces between words: a word here is what the language's own analyser takes for one. The analysers
are used by one thread at a time, any: the caller holds ``espeak.PROCESS_LOCK``.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from tts_server.backends.kokoro.languages import LANGUAGES
from tts_server.backends.kokoro.pronounce.alignment import share_out
from tts_server.errors import MissingDependencyError
from tts_server.text.normalize.spoken import SpokenText, Unit

_SENTENCE_MARKS = '。、，．！？：；「」『』（）《》【】〈〉・…—,.!?:;()“”"'
_MARK = re.compile(rf"[{re.escape(_SENTENCE_MARKS)}\s]+")
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
_LATIN = re.compile(r"([A-Za-z]+(?:['’ -][A-Za-z]+)*)")
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
        whole = self._safe(spoken.text[start:end]).split()
        alone = [self._safe(text).split() for text in texts] if len(texts) > 1 else [whole]
        for index, share in enumerate(share_out(whole, alone)):
            shares[first + index] += share

    def _safe(self, text: str) -> str:
        try:
            return self._pronounce(text)
        except _MISAKI_ERRORS:
            # What misaki cannot read is left unspoken, as it leaves unknown characters.
            return ""


def _mark_symbols(marks: str) -> str:
    symbols = marks.translate(_MARK_SYMBOLS)
    return symbols if symbols.endswith((" ", "“", "(")) else symbols + " "


def _pieces(text: str, cut: Callable[[str], Sequence[str]]) -> list[str]:
    pieces: list[str] = []
    position = 0
    for mark in [*_MARK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if end > position:
            part = text[position:end]
            words = list(cut(part))
            pieces += words if "".join(words) == part else [part]
        if mark:
            pieces.append(mark[0])
            position = mark.end()
    return pieces


class JapaneseG2P(_CJKG2P):
    """Pronounce Japanese.

    Raises:
        MissingDependencyError: Its packages are not installed.
    """

    def __init__(self) -> None:
        misaki: Any = _import("ja", "misaki.ja")
        g2p = misaki.JAG2P()
        tagger = g2p.cutlet.tagger
        super().__init__(
            lambda text: str(g2p(text)[0]),
            lambda text: [node.surface for node in tagger(text)],
            # Cubic: 160 characters take 35 ms at worst, 480 take 0.8 s (pyopenjtalk 0.4.1).
            lambda n_chars: n_chars / 4 + (n_chars / 24) ** 3,
        )


class ChineseG2P(_CJKG2P):
    """Pronounce Chinese.

    Args:
        english: Returns the symbols of an English word, for those that stand in a Chinese text.

    Raises:
        MissingDependencyError: Its packages are not installed.
    """

    def __init__(self, english: Callable[[str], str]) -> None:
        jieba: Any = _import("zh", "jieba")
        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
        misaki: Any = _import("zh", "misaki.zh")
        g2p = misaki.ZHG2P()

        def pronounce(text: str) -> str:
            parts = (part for part in _LATIN.split(text) if part.strip())
            said = (english(part) if _LATIN.fullmatch(part) else str(g2p(part)[0]) for part in parts)
            return " ".join(said)

        super().__init__(pronounce, lambda text: list(jieba.cut(text)), lambda n_chars: 1.2 * n_chars)


def _import(code: str, name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        packages = " ".join(LANGUAGES[code].install)
        message = f"language {code!r} needs its G2P packages ({packages})"
        raise MissingDependencyError(message, extra="kokoro") from error
