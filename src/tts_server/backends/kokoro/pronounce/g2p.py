"""Grapheme-to-phoneme conversion: from the client's text to the model's symbols, word by word.

Theory of operation. The text is cut into units (stretches without white space) and normalised inside them, so
that each unit keeps its place in the client's text whatever is said for it (``text.normalize``). The
dialect's engine pronounces the units together, in context, and says which symbols belong to which
(``g2p_english``, ``g2p_espeak``, ``g2p_cjk``). Units that make no sound join a neighbour, and what is left
are the client's words (``word``); one that should make a sound and makes none is said by itself, or named as
left out (``lost``). What would take an engine long is pronounced piece by piece (``pieces``).

Any thread may ask, several at once too: engines of speech may share one `G2P`, and there may be several. A
piece is pronounced under ``espeak.PROCESS_LOCK``, since what pronounces keeps its state in the process.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable
from functools import partial
from typing import Protocol

from tts_server.backends.kokoro.pronounce.espeak import PROCESS_LOCK, VOICES, espeak_ng
from tts_server.backends.kokoro.pronounce.g2p_cjk import ChineseG2P, JapaneseG2P
from tts_server.backends.kokoro.pronounce.g2p_english import EnglishG2P
from tts_server.backends.kokoro.pronounce.g2p_espeak import EspeakG2P
from tts_server.backends.kokoro.pronounce.lost import Unsaid, name_left_out, say_lost
from tts_server.backends.kokoro.pronounce.pieces import MAX_WORK, cut_into_pieces
from tts_server.backends.kokoro.pronounce.scripts import left_out, script_of
from tts_server.backends.kokoro.pronounce.word import Pronounced, Word, make_words
from tts_server.backends.kokoro.vocabulary import VOCABULARY
from tts_server.errors import MissingDependencyError, SynthesisError
from tts_server.text.normalize.reader import normalize
from tts_server.text.normalize.spoken import SpokenText

_WARM_UP = "Hello, it is 3:45."
_log = logging.getLogger(__name__)


class G2PEngine(Protocol):
    """What pronounces one dialect. Its methods are called under ``espeak.PROCESS_LOCK``, but for ``work``."""

    def units(self, spoken: SpokenText) -> SpokenText:
        """Return ``spoken`` with its units cut into words, where a language writes none apart."""
        ...

    def work(self, text: str) -> int:
        """Estimate how long ``symbols`` takes for ``text``, in tenths of a millisecond, rather too long."""
        ...

    def symbols(self, spoken: SpokenText) -> list[str]:
        """Return the symbols of each unit; see ``EspeakG2P.symbols``."""
        ...


class G2P:
    """Turn text into words with the model's symbols, in every dialect of ``languages``.

    Engines are made when they are first used; ``load`` makes them beforehand. May be called on any thread; a
    piece of work waits for the one before it, in whichever `G2P` of the process that is.
    """

    def __init__(self) -> None:
        self._engines: dict[str, G2PEngine] = {}

    def load(self, dialects: Iterable[str]) -> None:
        """Make the engines of ``dialects``, so that the first text is as fast as the tenth.

        Takes 1 to 2 s for the first English dialect, 0.4 s for the second, 5 ms for others.

        Raises:
            MissingDependencyError: A package of a dialect is not installed.
            SynthesisError: A dialect is not known.
        """
        for dialect in dialects:
            self.phonemize(_WARM_UP, dialect)

    def phonemize(self, text: str, dialect: str) -> tuple[Word, ...]:
        """Return the words of ``text`` with their symbols, all at once; see ``pronounce``."""
        return self.pronounced(text, dialect).words

    def pronounced(self, text: str, dialect: str) -> Pronounced:
        """Return what ``pronounce`` makes of ``text``, all at once."""
        pronouncing = self.pronounce(text, dialect)
        while True:
            try:
                next(pronouncing)
            except StopIteration as end:
                pronounced: Pronounced = end.value
                return pronounced

    def pronounce(self, text: str, dialect: str) -> Generator[None, None, Pronounced]:
        """Pronounce ``text`` piece by piece; the generator's value is its words with their symbols.

        Takes 3 to 8 ms for an English sentence, 1 ms for others. Deterministic.

        Args:
            text: Any text, best one sentence: it is pronounced as one context. 480 characters are normalised
                in 6 ms at most, before the first piece.
            dialect: As ``languages.resolve_dialect`` returns it.

        Yields:
            Between two pieces of about 20 ms at most; not at all for an ordinary sentence, which is one. The
            generator may be closed there.

        Returns:
            Words in order of the text. Their symbols are all in the model's vocabulary. None if nothing in
            the text can be spoken: white space, lone punctuation, pictures, words of foreign scripts. Each
            letter and digit is in a word that sounds, or run together with one, or made silent by the rules
            of reading, or in what is left out.

        Raises:
            MissingDependencyError: A package of the dialect is not installed.
            SynthesisError: The dialect is not known, or its engine failed.
        """
        with PROCESS_LOCK:
            engine = self._engine(dialect)
            spoken = engine.units(normalize(text, dialect))
        if not spoken.text:
            return Pronounced()
        saying = _Saying(engine)
        unsaid = _unsaid(dialect)
        shares = yield from saying.say(spoken)
        n_said, silent = yield from say_lost(spoken, shares, saying.say, unsaid)
        missing = name_left_out(text, spoken, silent, unsaid)
        spans = [(unit.char_start, unit.char_end) for unit in spoken.units]
        words = make_words(text, spans, _tidy(shares))
        return _told(Pronounced(words, missing, saying.n_repaired + n_said), dialect)

    def _engine(self, dialect: str) -> G2PEngine:
        engine = self._engines.get(dialect)
        if engine is None:
            engine = self._engines[dialect] = self._make(dialect)
        return engine

    def _make(self, dialect: str) -> G2PEngine:
        if dialect == "ja":
            return JapaneseG2P(EspeakG2P(espeak_ng(), "en-us").word)
        if dialect == "zh":
            return ChineseG2P(EspeakG2P(espeak_ng(), "en-us").word)
        if dialect not in VOICES:
            raise SynthesisError(f"no pronunciation for {dialect!r}")
        espeak = espeak_ng()
        if not dialect.startswith("en"):
            return EspeakG2P(espeak, dialect)
        try:
            return EnglishG2P(dialect, espeak)
        except MissingDependencyError as error:
            _log.warning("English is pronounced by espeak-ng, less well: %s", error)
            return EspeakG2P(espeak, dialect)


class _Saying:
    """Pronounces parts of one text by one engine, and counts what that takes."""

    def __init__(self, engine: G2PEngine) -> None:
        self._engine = engine
        self._spent = 0
        self.n_repaired = 0

    def say(self, spoken: SpokenText) -> Generator[None, None, list[str]]:
        """Return the symbols of each unit, those of the vocabulary; yields where it has been long at work."""
        shares = [""] * len(spoken.units)
        if not spoken.text:
            return shares
        for piece in cut_into_pieces(spoken, self._engine.work):
            work = self._engine.work(piece.spoken.text)
            if self._spent and self._spent + work > MAX_WORK:
                yield
                self._spent = 0
            self._spent += work
            for owner, mine in zip(piece.owners, self._symbols(piece.spoken), strict=True):
                shares[owner] += "".join(char for char in mine if char in VOCABULARY)
            if piece.spaced:
                shares[piece.owners[-1]] += " "
        return shares

    def _symbols(self, spoken: SpokenText) -> list[str]:
        with PROCESS_LOCK:
            if not isinstance(self._engine, EnglishG2P):
                return self._engine.symbols(spoken)
            n_before = self._engine.n_repaired
            symbols = self._engine.symbols(spoken)
            self.n_repaired += self._engine.n_repaired - n_before
            return symbols


def _told(pronounced: Pronounced, dialect: str) -> Pronounced:
    """Say in the log what was lost: how much, and in which scripts, but nothing of the client's text."""
    if pronounced.n_repaired or pronounced.left_out:
        scripts = sorted({script_of(stretch.text) for stretch in pronounced.left_out})
        _log.debug(
            "%s: %d words were nearly lost, %d stretches of letters are left out (%s)",
            *(dialect, pronounced.n_repaired, len(pronounced.left_out), ", ".join(scripts) or "none"),
        )
    return pronounced


def _unsaid(dialect: str) -> Unsaid:
    """Return what tells the letters that a dialect leaves out; for others than espeak-ng's, ears tell."""
    if dialect in VOICES:
        return partial(left_out, dialect=dialect)
    return lambda _: ()


def _tidy(symbols: list[str]) -> list[str]:
    """Leave one of several spaces in a row, which is what dropped symbols leave behind."""
    tidied = []
    last = " "
    for mine in symbols:
        kept = []
        for char in mine:
            if char != " " or last != " ":
                kept.append(char)
            last = char
        tidied.append("".join(kept))
    return tidied
