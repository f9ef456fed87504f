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
        n_repaired: Words of the text, come upon in this step, that a first reading had lost.
        n_left_out: Words, or parts of words, come upon in this step, that are not spoken for want of a sound.
    """

    samples: Any
    words: tuple[WordTime, ...] = ()
    n_repaired: int = 0
    n_left_out: int = 0
