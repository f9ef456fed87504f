"""What an utterance needs of the model that makes its sound, whatever runs that model. Types only.

Theory of operation. A *synthesizer* is the loaded model of one engine. It is given one model input at a time,
phonemes with a style and a speed, and makes its audio in steps. One that works piece by piece has many
(`onnx.stream`); one that makes an input whole has a single one (`onnx.synthesizer`). With the first audio
either tells when the phonemes sound, from which an utterance knows when its words do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Timing:
    """When one model input sounds. Samples are counted from the model's begin, before anything is trimmed.

    Args:
        durations: Text frames, 25 ms each, of the pad, each phoneme, and the pad: two more than phonemes.
        sound_begin: The sample at which sound begins.
        sound_end: The sample at which it is over.
        n_trimmed: Samples at the begin that were left out.
    """

    durations: tuple[int, ...]
    sound_begin: int
    sound_end: int
    n_trimmed: int


class Synthesis(Protocol):
    """One model input being made. Whoever needs no more of it lets go of it, which ends it."""

    def step(self) -> Float32 | None:
        """Do the next piece of work.

        Runs on the engine's thread, and takes about 100 ms where the synthesizer works piece by piece.

        Returns:
            float32, shape (n_samples,), mostly in [-1, 1], at the synthesizer's rate, owned by the caller;
            empty where the step made no audio. None at the end.

        Raises:
            SynthesisError: The model failed; the synthesizer stays usable.
        """

    @property
    def timing(self) -> Timing | None:
        """When the input sounds: final from the first audio on; None where nothing is known yet."""


class Statistics(Protocol):
    """Mean and standard deviation of what the norms of one utterance see."""

    def mean(self, name: str, /) -> Float32:
        """The means of a norm, named as in ``generator/resblocks.0/adain1.0``; as many as channels."""

    def std(self, name: str, /) -> Float32:
        """The root of variance + 1e-5, likewise."""


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """What the text stage knows of an utterance.

    Args:
        durations: int64 (n_tokens + 2,): text frames of 25 ms for the pad, each phoneme, and the pad.
        text: float32 (1, 512, n_frames).
        pitch: float32 (1, 1, 2 n_frames), in hertz.
        energy: float32 (1, 1, 2 n_frames).
    """

    durations: Int64
    text: Float32
    pitch: Float32
    energy: Float32

    @property
    def n_frames(self) -> int:
        """Text frames."""
        return int(self.text.shape[2])


PredictStatistics = Callable[[TextFeatures], Statistics]


class Synthesizer(Protocol):
    """The loaded model of one engine, used on its thread alone."""

    @property
    def sample_rate_hz(self) -> int:
        """Rate of all audio."""

    def begin(
        self,
        phoneme_ids: Sequence[int],
        style: Float32,
        speed: float,
        statistics: PredictStatistics,
        *,
        trim: bool = True,
    ) -> Synthesis:
        """Begin a model input; the work is done by its steps.

        Args:
            phoneme_ids: 1 to 510 numbers of `vocabulary`, without pads.
            style: float32 (1, 256), of the voice for this number of phonemes.
            speed: 0.5 to 2; 2 is twice as fast.
            statistics: Called at most once, in a step, by one that makes audio before it has seen the whole.
            trim: Leave out the silence at both ends, but for 10 ms before and 90 ms after.

        Raises:
            SynthesisError: It refuses an argument; one that does not look at them now fails in a step.
        """
