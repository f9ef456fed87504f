"""The espeak-ng library, as far as turning text into IPA needs it.

espeak-ng keeps its state, the chosen voice among it, in global variables of the process. Several threads
use it, each with its own dialect, so one lock for the process, ``PROCESS_LOCK``, is held from choosing the
voice to the last sound of a call. The library comes from ``espeakng-loader``.

Three of its habits are kept away from callers. A very long word overruns its fixed buffers and ends the
process (found by fuzzing 1.52: dotted letters, 600 characters without a space), so words, calls and runs of
combining marks are cut to what it takes with a wide margin. Its path buffer holds 160 bytes, so a data folder
with a longer path is reached through a link. And unless told otherwise it calls ``exit`` when it cannot
start.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from functools import lru_cache
from pathlib import Path
from typing import Final

from tts_server.backends.kokoro.pronounce.scripts import as_said
from tts_server.errors import MissingDependencyError, SynthesisError
from tts_server.files.owned import TemporaryFolder, make_link

VOICES = {
    "en-us": "gmw/en-US",
    "en-gb": "gmw/en",
    "es": "roa/es",
    "fr-fr": "roa/fr",
    "hi": "inc/hi",
    "it": "roa/it",
    "pt-br": "roa/pt-BR",
}
"""espeak-ng's voice for each dialect."""

PROCESS_LOCK: Final = threading.RLock()
"""Held by whoever is inside a library that pronounces: espeak-ng, and misaki with what it stands on (spaCy,
num2words, pyopenjtalk), whose caches and settings are the process's too."""

TIE = "\u0361"
"""Stands between the letters of one phoneme (``t͡ʃ``) in what ``EspeakNG.ipa`` returns."""

_OUTPUT_SYNCHRONOUS = 0x02
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_IPA_WITH_TIES = 0x02 | 0x80 | ord(TIE) << 8
_MAX_DATA_PATH_BYTES = 130
_MAX_CALL_CHARS = 240
_MAX_WORD_CHARS = 60

# What English words in a French text let expect of the next, such as the past of ``read``, outlasts the call
# that they are in, so that it would hang on what was spoken before. Articles let expect nothing.
_NOTHING_EXPECTED = "the the"

_selected: dict[int, str] = {}
"""The voice that each loaded library, by its handle, was last given; under ``PROCESS_LOCK``."""


class EspeakNG:
    """espeak-ng, on any thread: calls wait for each other. Get it with ``espeak_ng``."""

    def __init__(self, library: str, data: str) -> None:
        try:
            lib = ctypes.CDLL(library)
        except OSError as error:
            raise MissingDependencyError(f"espeak-ng cannot be loaded ({error})", extra="kokoro") from error
        lib.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        lib.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        lib.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._lib = lib
        path = self._short_path(data)
        with PROCESS_LOCK:
            _selected.pop(lib._handle, None)
            if lib.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, str(path).encode(), _DONT_EXIT) <= 0:
                raise MissingDependencyError("espeak-ng found no data of its own", extra="kokoro")

    def _short_path(self, data: str) -> Path:
        path = Path(data)
        if len(str(path).encode()) <= _MAX_DATA_PATH_BYTES:
            return path
        folder = TemporaryFolder("espeak-")
        weakref.finalize(self, folder.remove)
        link = folder.path / "espeak-ng-data"
        make_link(link, path.resolve())
        return link

    def ipa(self, text: str, dialect: str) -> list[str]:
        """Return the IPA of ``text``, one string for each word that espeak-ng speaks.

        May be called on any thread; waits while another is in ``PROCESS_LOCK``. About 0.1 ms for a sentence.
        Characters that cannot be spoken are passed over.

        Args:
            text: Any text.
            dialect: A key of ``VOICES``.

        Returns:
            Words in order, with stress marks and with ``TIE`` inside a phoneme of several letters; marks of a
            change of language are taken out. A number is several words; words that run together are one.

        Raises:
            SynthesisError: The library does not have the dialect's voice.
        """
        words: list[str] = []
        with PROCESS_LOCK:
            self._select(dialect)
            for piece in speakable_pieces(text, dialect):
                words += self._call(piece)
        return words

    def _select(self, dialect: str) -> None:
        voice = VOICES[dialect]
        if voice == _selected.get(self._lib._handle):
            return
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise SynthesisError(f"espeak-ng has no voice {voice!r}")
        _selected[self._lib._handle] = voice

    def _call(self, text: str) -> list[str]:
        # The library moves the pointer on, clause by clause, and sets it to NULL at the end.
        position = ctypes.pointer(ctypes.c_char_p(text.encode()))
        clauses = []
        while position.contents.value is not None:
            ipa = self._lib.espeak_TextToPhonemes(position, _CHARS_UTF8, _IPA_WITH_TIES)
            if ipa:
                clauses.append(ipa.decode("utf-8", errors="ignore"))
        spoken = " ".join(clauses)
        if "(" in spoken and text != _NOTHING_EXPECTED:
            self._call(_NOTHING_EXPECTED)
        return [word for word in _without_flags(spoken).split() if word.strip("_-")]


def _without_flags(ipa: str) -> str:
    """Take out marks like ``(en)``, set where the language changes; ties run through their letters."""
    kept = []
    inside = False
    for char in ipa:
        if char == "(":
            inside = True
        elif char == ")" and inside:
            inside = False
        elif not inside and char not in "_\n":
            kept.append(char)
        elif char == "\n":
            kept.append(" ")
    return "".join(kept)


def speakable_pieces(text: str, dialect: str) -> list[str]:
    """Cut ``text`` into pieces that espeak-ng takes without harm, without what it cannot speak.

    What is kept is said in ``scripts``. A piece has at most 240 characters and no word of more than 60;
    ordinary clauses pass unchanged, in one piece.
    """
    words: list[str] = []
    for word in as_said(text, dialect).split():
        words += [word[i : i + _MAX_WORD_CHARS] for i in range(0, len(word), _MAX_WORD_CHARS)]
    pieces: list[str] = []
    size = _MAX_CALL_CHARS
    for word in words:
        if size + len(word) >= _MAX_CALL_CHARS:
            pieces.append(word)
            size = len(word)
        else:
            pieces[-1] += " " + word
            size += 1 + len(word)
    return pieces


def espeak_ng() -> EspeakNG:
    """Return the process's espeak-ng, started on the first call (5 ms). May be called on any thread.

    Raises:
        MissingDependencyError: ``espeakng-loader`` is not installed, or its library does not start.
    """
    with PROCESS_LOCK:
        return _start_espeak()


@lru_cache(maxsize=1)
def _start_espeak() -> EspeakNG:
    try:
        import espeakng_loader  # noqa: PLC0415 - only a Kokoro backend needs it
    except ImportError as error:
        raise MissingDependencyError(
            "Kokoro needs espeakng-loader for pronunciation", extra="kokoro"
        ) from error
    return EspeakNG(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
