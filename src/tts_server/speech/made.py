"""What one step has made of one request, as its listener gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tts_server.speech.words import WordTime


@dataclass(frozen=True, slots=True)
class Made:
    """Sound that can be sent as it is, and the words that became known with it.

    Args:
        pcm: In the format that was asked for; without sound it is empty.
        n_samples: Samples that it holds, at the rate of that format.
        audio_s: How long they sound.
        words: Words that begin in these samples or were first known with them, in order; their times count
            from the first sample of the request.
        n_bad: Samples that were not numbers and were made silent.
        n_repaired: As in ``AudioChunk``.
        n_left_out: As in ``AudioChunk``.
    """

    pcm: bytes = b""
    n_samples: int = 0
    audio_s: float = 0.0
    words: tuple[WordTime, ...] = ()
    n_bad: int = 0
    n_repaired: int = 0
    n_left_out: int = 0


NOTHING: Final = Made()
