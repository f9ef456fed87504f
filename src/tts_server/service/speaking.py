"""One utterance under way on an engine's thread, and the encoder behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tts_server.speech.made import Made

if TYPE_CHECKING:
    from tts_server.audio.encoder import Encoder
    from tts_server.backends.base import Utterance
    from tts_server.speech.chunk import AudioChunk


@dataclass(frozen=True, slots=True)
class Speaking:
    """An utterance that has begun and not ended. Everything runs on the engine's thread."""

    utterance: Utterance
    encoder: Encoder

    def take(self, chunk: AudioChunk | None) -> Made:
        """Encode what a step made; None, its end, gives what the encoder held back.

        Raises:
            TypeError: The chunk holds no samples.
        """
        n_bad = self.encoder.n_bad
        pcm = self.encoder.flush() if chunk is None else self.encoder.encode(chunk.samples)
        n_samples = len(pcm) // self.encoder.bytes_per_sample
        return Made(
            pcm,
            n_samples,
            audio_s=n_samples / self.encoder.rate_hz,
            words=() if chunk is None else chunk.words,
            n_bad=self.encoder.n_bad - n_bad,
            n_repaired=0 if chunk is None else int(chunk.n_repaired),
            n_left_out=0 if chunk is None else int(chunk.n_left_out),
        )
