"""How many frames each token of an utterance lasts at a speed. Pure.

Theory of operation. The model tells how long each token lasts at speed 1, in fractions of a frame. Its own
way to another speed is to divide all of that, the pad before the first phoneme too, which is 0.35 s of
silence. But that silence is no part of the speech: the model is silent for its first 0.28 s at every speed.
Where the pad is shorter the first word falls into that silence and is swallowed; where it is much longer, the
model fills the rest of it with a syllable that nobody wrote. So the pads last as long at every speed, and
only what is between them is divided.

Durations are whole frames, at least one each, and most tokens last one to three. Up to `MAX_EXACT_SPEED`
what rounding takes from a token or gives to it is made up for by the next ones, so that each moment of the
speech comes when it should. Above, so many tokens last their one frame that making up for them would take
from the others what makes them understood: each is rounded by itself, and speech is slower than was asked
for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tts_server.backends.kokoro.acoustic import Float32, Int64

MAX_EXACT_SPEED: Final = 1.5
"""Up to here speech is as fast as was asked for; at 2 it is some 1.7 times as fast as at 1."""


def durations(lengths: Float32, speed: float) -> Int64:
    """Return the frames of each token at a speed.

    Args:
        lengths: float32 (n_tokens,): frames at speed 1, in fractions, of the pad, each phoneme, and the pad.
        speed: 0.5 to 2; at 1 the durations are the model's own, the lengths rounded.

    Returns:
        int64 (n_tokens,), at least 1 each, as the model must see every token.
    """
    result = np.maximum(np.rint(lengths), 1).astype(np.int64)
    if speed > MAX_EXACT_SPEED:
        result[1:-1] = np.maximum(np.rint(lengths[1:-1] / np.float32(speed)), 1)
    else:
        result[1:-1] = _whole(result[1:-1] / speed)
    return result


def _whole(lengths: NDArray[np.float64]) -> Int64:
    """Round lengths so that their running sums stay as near as can be to what they were, none below 1."""
    result = np.ones(len(lengths), np.int64)
    n_before = 0
    for position, end in enumerate(np.rint(np.cumsum(lengths)).astype(int).tolist()):
        result[position] = max(1, end - n_before)
        n_before += int(result[position])
    return result
