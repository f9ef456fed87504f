"""When each word sounds, from the durations that the model predicts.

The model gives every symbol a whole number of frames of 25 ms, so a word's times are exact to half a frame.
Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from tts_server.backends.base import WordTime
from tts_server.backends.kokoro.split import ModelInput

DURATION_FRAME_S = 0.025
"""Length of one unit of the model's durations: 600 samples at 24 kHz."""


def word_times(
    spoken: ModelInput, durations: Sequence[int], start_s: float, end_s: float = float("inf")
) -> tuple[WordTime, ...]:
    """Return the times of the words of one model input.

    Args:
        spoken: What the model was given.
        durations: Frames of each symbol, with that of the pad before the first and of the one behind the
            last:
            ``len(spoken.symbols) + 2`` numbers.
        start_s: When the first frame sounds, counted from the utterance's first sample; less than zero where
            the
            beginning was trimmed.
        end_s: When the input's audio ends; no word sounds longer.

    Returns:
        A time for each word, in order and without overlap.
    """
    edges = [0, *accumulate(durations)]

    def moment(symbol: int) -> float:
        return min(max(start_s + edges[symbol + 1] * DURATION_FRAME_S, 0.0), end_s)

    return tuple(
        WordTime(word.text, moment(start), moment(end), word.char_start, word.char_end)
        for word, (start, end) in zip(spoken.words, spoken.sound_spans(), strict=True)
    )
