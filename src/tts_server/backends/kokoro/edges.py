"""Where the sound of an utterance begins and ends, and how the silence around it is left out.

Theory of operation. The model begins with 0.2 to 0.4 s of silence and ends with about half a second. The
durations do not tell where sound begins: their first one is the nominal time of the first phoneme, and sound
comes up to 0.2 s before it. The energy that the text stage predicts for each frame does: it is about -9 in
silence, rises steeply with the first sound, voiced or not, and crosses `SOUND_ENERGY` within a few frames of
it. So what lies before is not made at all.

A prediction may fail, so it is looked at: an utterance whose made part does not begin with silence is made
again from further back (`is_silent`). What is left of the silence is cut from
the samples themselves (`Trim`), and nothing that could be heard is cut or faded. At the end pieces are made
until the last phoneme is over and silence has come.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from tts_server.backends.kokoro.acoustic import Float32, TextFeatures
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_FRAME, SAMPLES_PER_TEXT_FRAME

SOUND_ENERGY: Final = -4.0
"""Predicted energy of a frame, a logarithm, above which something sounds in it or a few frames away."""
LEAD_FRAMES: Final = 3
"""How long before its energy rises an utterance begins: sound comes up to 1 frame earlier than energy."""
MIN_SILENCE_LEVEL: Final = 5e-4
"""Samples below -66 dB of full scale are silence before a sound: -43 dB of the quietest voice's peak."""
SILENCE_OF_PEAK: Final = 0.005
"""And so is what lies 46 dB below the loudest sample that has been made."""
SILENCE_LEVEL: Final = 1e-3
"""Samples below -60 dB of full scale are silence after the last sound."""
N_SILENT_BEFORE: Final = SAMPLE_RATE_HZ // 100
N_SILENT_AFTER: Final = SAMPLE_RATE_HZ * 9 // 100
"""Samples of the silence that are left: nobody waits for the end."""
N_FADED: Final = SAMPLE_RATE_HZ // 500
"""Samples of that silence over which its noise rises from nothing."""
STEP_BACK_FRAMES: Final = 8
"""How much earlier an utterance is begun again whose begin was loud."""
N_FIRST_AT_LEAST: Final = SAMPLE_RATE_HZ // 20
"""The first audio is no shorter, since a listener plays it while the next step is done."""
TAIL_FRAMES: Final = 28
"""How long before the last phoneme's nominal end (350 ms) its sound may be over."""


def first_frame(features: TextFeatures) -> int:
    """Return the vocoder's frame, 80 a second, with which an utterance should begin.

    Args:
        features: What the text stage told, at any speed.
    """
    sounding = np.flatnonzero(features.energy.ravel() > SOUND_ENERGY)
    return max(0, int(sounding[0]) - LEAD_FRAMES) if len(sounding) else 0


def sound_span(features: TextFeatures) -> tuple[int, int]:
    """Return the samples, counted from the model's begin, at which sound begins and ends.

    Measured at -40 dB of the peak it begins 13 ms later and ends 30 ms earlier, in the median. The nominal
    times of the first and the last phoneme are up to 0.2 s and 1 s off, the latter at speed 0.5.
    """
    sounding = np.flatnonzero(features.energy.ravel() > SOUND_ENERGY)
    if not len(sounding):
        return 0, features.n_frames * SAMPLES_PER_TEXT_FRAME
    return int(sounding[0]) * SAMPLES_PER_FRAME, (int(sounding[-1]) + 1) * SAMPLES_PER_FRAME


def measured_span(samples: Float32) -> tuple[int, int]:
    """Return the samples at which sound begins and ends, of an input that is made whole."""
    begin = first_loud(samples)
    return begin, max(begin, len(samples) - first_loud(samples[::-1]))


def is_silent(samples: Float32) -> bool:
    """Tell whether a piece begins with as much silence as is to be left before a sound."""
    return first_loud(samples) >= min(N_SILENT_BEFORE, len(samples))


def first_loud(samples: Float32) -> int:
    """Return how many samples of silence a piece begins with: all of them if it is silent."""
    levels = np.abs(samples)
    silence = max(MIN_SILENCE_LEVEL, SILENCE_OF_PEAK * float(levels.max(initial=0.0)))
    loud = np.flatnonzero(levels > silence)
    return int(loud[0]) if len(loud) else len(samples)


class Trim:
    """Leaves out the silence around the sound of one utterance, as its pieces come.

    Args:
        n_trimmed: Samples before the first piece that were not made.
        n_speech: Samples until the last phoneme is nominally over.
        n_kept: Samples until which nothing is left out at the end, all three counted from the model's begin.
    """

    def __init__(self, n_trimmed: int, n_speech: int, n_kept: int) -> None:
        self.n_trimmed = n_trimmed
        """Samples left out at the begin; final at the first audio."""
        self._n_speech = n_speech
        self._n_kept = n_kept

    def trim(self, audio: Iterator[Float32]) -> Iterator[Float32]:
        """Yield what is left of each piece, nothing where that is not yet known."""
        return self._end_in_silence(self._begin_with_sound(audio))

    def _begin_with_sound(self, audio: Iterator[Float32]) -> Iterator[Float32]:
        """Leave out silence before the first sound; yield nothing until enough has followed it."""
        made = np.zeros(0, np.float32)
        for samples in audio:
            made = np.concatenate([made, samples])
            n_silent = first_loud(made)
            is_sounding = n_silent < len(made)
            n_left_out = max(0, n_silent - N_SILENT_BEFORE)
            self.n_trimmed += n_left_out
            made = made[n_left_out:]
            if is_sounding and len(made) >= N_FIRST_AT_LEAST:
                break
            yield np.zeros(0, np.float32)
        if len(made):
            yield _fade_in(made)
        yield from audio

    def _end_in_silence(self, audio: Iterator[Float32]) -> Iterator[Float32]:
        """Stop when the last phoneme is over and silence has come."""
        n_made = n_silent = 0
        for samples in audio:
            n_made += len(samples)
            end = self.n_trimmed + n_made
            n_tail = min(len(samples), max(0, end - self._n_speech + TAIL_FRAMES * SAMPLES_PER_FRAME))
            loud = np.flatnonzero(np.abs(samples[len(samples) - n_tail :]) > SILENCE_LEVEL)
            n_silent = n_tail - int(loud[-1]) - 1 if len(loud) else n_silent + n_tail
            n_left_out = min(n_silent - N_SILENT_AFTER, end - self._n_kept)
            if n_left_out >= 0:
                yield samples[: len(samples) - n_left_out]
                return
            yield samples


def _fade_in(samples: Float32) -> Float32:
    """Let the noise before the first sound rise from nothing; a voice may have one at -60 dB of its peak."""
    n_faded = min(N_FADED, first_loud(samples))
    rise = (np.arange(n_faded, dtype=np.float32) + np.float32(0.5)) / np.float32(max(1, n_faded))
    return np.concatenate([samples[:n_faded] * rise, samples[n_faded:]])
