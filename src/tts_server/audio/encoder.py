"""From an engine's samples to the bytes that a listener takes, one encoder for each utterance."""

from __future__ import annotations

from typing import Any, Final, Protocol, assert_never

from tts_server.audio.pcm import to_pcm16
from tts_server.speech.request import OutputFormat


class Encoder(Protocol):
    """Encodes the samples of one utterance, chunk by chunk, on the engine's thread.

    It may hold samples back, as a resampler does, until a later chunk or the flush. One that is not flushed,
    because its utterance was cancelled or failed, is forgotten.
    """

    @property
    def rate_hz(self) -> int:
        """Rate of what comes out."""

    @property
    def bytes_per_sample(self) -> int:
        """Length of a sample of what comes out."""

    @property
    def n_bad(self) -> int:
        """Samples so far that were NaN or infinite and were made silent."""

    def encode(self, samples: Any) -> bytes:
        """Take the next samples, and give what can be given.

        Args:
            samples: As in ``AudioChunk``; only read.

        Raises:
            TypeError: They are no samples.
        """

    def flush(self) -> bytes:
        """Give what was held back. Called once, when the utterance is complete; nothing follows."""


class Pcm16Encoder:
    """Signed 16-bit little-endian PCM at the model's own rate, as in ``to_pcm16``; holds nothing back.

    Args:
        rate_hz: The model's rate.
    """

    bytes_per_sample: Final = 2

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz: Final = rate_hz
        self.n_bad = 0

    def encode(self, samples: Any) -> bytes:
        """Convert the samples."""
        pcm, n_bad = to_pcm16(samples)
        self.n_bad += n_bad
        return pcm

    def flush(self) -> bytes:
        """Give nothing."""
        return b""


def make_encoder(output: OutputFormat, rate_hz: int) -> Encoder:
    """Make the encoder of one utterance.

    Args:
        output: What its listener takes.
        rate_hz: The model's rate.
    """
    match output.encoding:
        case "pcm16":
            return Pcm16Encoder(rate_hz)
        case _:
            assert_never(output.encoding)
