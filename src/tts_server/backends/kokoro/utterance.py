"""One request, spoken by Kokoro a model input at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tts_server.backends.base import AudioChunk, Utterance
from tts_server.backends.kokoro.languages import resolve_dialect
from tts_server.backends.kokoro.split import split_text
from tts_server.backends.kokoro.synthesizer import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.timing import word_times
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.errors import ConfigError, SynthesisError

if TYPE_CHECKING:
    from tts_server.backends.kokoro.g2p import G2P
    from tts_server.backends.kokoro.synthesizer import KokoroModel
    from tts_server.backends.kokoro.voices import VoiceTable
    from tts_server.session.effects import SpeechRequest


class WholeUtterance(Utterance):
    """Speaks one model input, a sentence or a part of one, in each step.

    Args:
        request: What to say.
        model: The loaded model.
        g2p: Pronounces the text.
        voices: The voices' styles.
        default_voice: Speaks when the request names no voice.
    """

    def __init__(
        self, request: SpeechRequest, model: KokoroModel, g2p: G2P, voices: VoiceTable, default_voice: str
    ) -> None:
        self._model = model
        self._voices = voices
        self._voice = request.voice or default_voice
        self._speed = float((request.extras or {}).get("speed", 1.0))
        self._n_samples = 0
        try:
            dialect = resolve_dialect(request.language, self._voice)
        except ConfigError as error:
            raise SynthesisError(str(error)) from error
        phonemize = partial(g2p.phonemize, dialect=dialect)
        self._inputs = split_text(request.text, phonemize, language=dialect)

    def step(self) -> AudioChunk | None:
        """Pronounce and synthesize the next model input whole.

        Returns:
            float32 samples, shape (n_samples,), at 24000 Hz, with the times of the words in them; None at the
            end.

        Raises:
            SynthesisError: The text cannot be pronounced, or the model failed.
        """
        spoken = next(self._inputs, None)
        if spoken is None:
            return None
        ids = encode(spoken.symbols)
        samples, durations = self._model.synthesize(
            ids, self._voices.style(self._voice, len(ids)), self._speed
        )
        start_s = self._n_samples / SAMPLE_RATE_HZ
        self._n_samples += len(samples)
        words = word_times(spoken, durations.tolist(), start_s, self._n_samples / SAMPLE_RATE_HZ)
        return AudioChunk(samples, words)
