"""How many frames each token of an utterance lasts at a speed. Pure.

Theory of operation. The model tells how long each token lasts at speed 1, in fractions of a frame. Its own
way to another speed is to divide all of that, the pad before the first phoneme too, which is 0.35 s of
silence. But that silence is no part of the speech: the model is silent for its first 0.28 s at every speed.
Where the pad is shorter the first word falls into that silence and is swallowed; where it is much longer, the
model fills the rest of it with a syllable that nobody wrote. So the pads last as long at every speed, and
only what is between them is divided.
"""

from __future__ import annotations

import numpy as np

from tts_server.backends.kokoro.acoustic import Float32, Int64


def durations(lengths: Float32, speed: float) -> Int64:
    """Return the frames of each token at a speed.

    Args:
        lengths: float32 (n_tokens,): frames at speed 1, in fractions, of the pad, each phoneme, and the pad.
        speed: 0.5 to 2; at 1 the durations are the model's own.

    Returns:
        int64 (n_tokens,), at least 1 each, as the model must see every token. They are rounded one by one: a
        token of less than 1.5 frames lasts as long at every higher speed.
    """
    divided = np.asarray(lengths, np.float32).copy()
    divided[1:-1] /= np.float32(speed)
    return np.maximum(np.rint(divided), 1).astype(np.int64)
