"""When each word sounds, from the durations that the model predicts and from where its sound begins and ends.

The model gives every symbol a whole number of frames of 25 ms, so a time between two words is exact to half a
frame. The nominal times of the first and the last symbol are not when sound begins and ends; see `edges`.
Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_TEXT_FRAME
from tts_server.backends.kokoro.split import ModelInput
from tts_server.speech.words import WordTime

DURATION_FRAME_S = SAMPLES_PER_TEXT_FRAME / SAMPLE_RATE_HZ
"""Length of one unit of the model's durations, 25 ms."""


def word_times(
    spoken: ModelInput, durations: Sequence[int], start_s: float, sound_s: tuple[float, float]
) -> tuple[WordTime, ...]:
    """Return the times of the words of one model input.

    Args:
        spoken: What the model was given.
        durations: Frames of each symbol, with those of the pad before the first and of the pad behind the
            last: ``len(spoken.symbols) + 2`` numbers.
        start_s: When the first frame sounds, counted from the utterance's first sample; less than zero where
            the beginning was trimmed.
        sound_s: When the input's sound begins and ends, counted likewise: the first word begins and the last
            one ends there.

    Returns:
        A time for each word, in order and without overlap, none outside of ``sound_s``.
    """
    begin_s, end_s = sound_s
    edges = [0, *accumulate(durations)]
    spans = spoken.sound_spans()
    last = len(spans) - 1

    def moment(symbol: int) -> float:
        return min(max(start_s + edges[symbol + 1] * DURATION_FRAME_S, begin_s), end_s)

    return tuple(
        WordTime(
            word.text,
            begin_s if i == 0 else moment(start),
            end_s if i == last else moment(end),
            word.char_start,
            word.char_end,
        )
        for i, (word, (start, end)) in enumerate(zip(spoken.words, spans, strict=True))
    )
