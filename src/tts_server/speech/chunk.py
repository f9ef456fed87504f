"""What one step of an engine makes of one utterance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tts_server.speech.words import WordTime


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """What one step made.

    Args:
        samples: A contiguous one-dimensional buffer, float32 in [-1, 1] (format ``f``) or int16 (format
            ``h``), mono at the backend's rate. May be empty. The caller owns it.
        words: Words that begin in these samples or were first known with them, in order.
    """

    samples: Any
    words: tuple[WordTime, ...] = ()
