"""One request, spoken by Kokoro: pronounced sentence by sentence, synthesized piece by piece.

Theory of operation. The text is cut into model inputs, a sentence or a part of one each. An input takes one
step to be pronounced (more where that is much work), one for the model's text stage, which tells when each
word will sound, and one for each piece of its audio. Nothing of the next sentence is looked at before the
one before is made, so that the first sound of a long text comes as soon as that of its first sentence.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from tts_server.backends.base import Utterance
from tts_server.backends.kokoro.languages import resolve_dialect
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.split import ModelInput, split_in_steps
from tts_server.backends.kokoro.timing import word_times
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.errors import ConfigError, SynthesisError
from tts_server.speech.chunk import AudioChunk

if TYPE_CHECKING:
    from tts_server.backends.kokoro.acoustic import Synthesis, Synthesizer, TextFeatures
    from tts_server.backends.kokoro.pronounce.g2p import G2P
    from tts_server.backends.kokoro.pronounce.word import Word
    from tts_server.backends.kokoro.statistics import Statistics, StatisticsModel
    from tts_server.backends.kokoro.voices import VoiceTable
    from tts_server.speech.request import SpeechRequest
    from tts_server.speech.words import WordTime

MAX_SYMBOLS: Final = 180
"""The most that the text stage is given at once: about 12 s of speech, and 0.1 s of work on two cores."""

SENTENCE_PAUSE_S: Final = 0.25
"""Silence after a sentence, besides the 0.1 s that trimming leaves; at speed 1."""

CLAUSE_PAUSE_S: Final = 0.1
"""The same where a sentence was cut for its length."""

_NOTHING: Final = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class LoadedParts:
    """The loaded parts that the utterances of one engine use, on its thread.

    Engines side by side share all of them but the model, of which each has a shallow copy.
    """

    model: Synthesizer
    statistics: StatisticsModel
    g2p: G2P
    voices: VoiceTable


class StreamedUtterance(Utterance):
    """See the head of this file.

    Args:
        request: What to say; its extras may hold ``speed`` and ``keep_silence``.
        parts: What the load has made.
        default_voice: Speaks when the request names no voice.

    Raises:
        SynthesisError: The request cannot be spoken.
    """

    def __init__(self, request: SpeechRequest, parts: LoadedParts, default_voice: str) -> None:
        extras = request.extras or {}
        self._parts = parts
        self._voice = request.voice or default_voice
        self._speed = float(extras.get("speed", 1.0))
        self._trim = not extras.get("keep_silence", False)
        self._n_samples = 0
        try:
            dialect = resolve_dialect(request.language, self._voice)
        except ConfigError as error:
            raise SynthesisError(str(error)) from error
        self._pronounce = partial(parts.g2p.pronounce, dialect=dialect)
        self._n_repaired = 0
        self._n_left_out = 0
        self._inputs = split_in_steps(request.text, self._words, language=dialect, max_symbols=MAX_SYMBOLS)
        self._chunks = self._speak()

    def step(self) -> AudioChunk | None:
        """Do the next piece of work: pronounce, read a sentence, or make a piece of its audio.

        Returns:
            float32 samples, shape (n_samples,), at 24000 Hz, none where the step made no audio; the times
            of a sentence's words come with its first audio, and with the step that pronounced it how many
            of its words were nearly lost or are left out. None at the end.

        Raises:
            SynthesisError: The text cannot be pronounced, or the model failed.
        """
        chunk = next(self._chunks, None)
        if chunk is None:
            return None
        self._n_samples += len(chunk.samples)
        n_repaired, n_left_out = self._n_repaired, self._n_left_out
        self._n_repaired, self._n_left_out = 0, 0
        return replace(chunk, n_repaired=n_repaired, n_left_out=n_left_out)

    def close(self) -> None:
        """Let go of the model's state."""
        self._chunks.close()

    def _words(self, sentence: str) -> Generator[None, None, tuple[Word, ...]]:
        pronounced = yield from self._pronounce(sentence)
        self._n_repaired += pronounced.n_repaired
        self._n_left_out += len(pronounced.left_out)
        return pronounced.words

    def _speak(self) -> Generator[AudioChunk, None, None]:
        before: ModelInput | None = None
        for spoken in self._inputs:
            if spoken is None:
                yield AudioChunk(_NOTHING)
                continue
            if before is not None and self._trim:
                pause_s = SENTENCE_PAUSE_S if before.ends_sentence else CLAUSE_PAUSE_S
                yield AudioChunk(np.zeros(round(pause_s / self._speed * SAMPLE_RATE_HZ), np.float32))
            else:
                yield AudioChunk(_NOTHING)
            yield from self._speak_input(spoken)
            before = spoken

    def _speak_input(self, spoken: ModelInput) -> Iterator[AudioChunk]:
        ids = encode(spoken.symbols)
        style = self._parts.voices.style(self._voice, len(ids))
        predict = partial(self._predict, n_phonemes=len(ids))
        stream = self._parts.model.begin(ids, style, self._speed, predict, trim=self._trim)
        words = None
        while (samples := stream.step()) is not None:
            if words is None and len(samples):
                words = self._times(spoken, stream)
                yield AudioChunk(samples, words)
            else:
                yield AudioChunk(samples)

    def _times(self, spoken: ModelInput, synthesis: Synthesis) -> tuple[WordTime, ...]:
        timing = synthesis.timing
        if timing is None:
            raise SynthesisError("the model made audio and told no times")
        n_before = self._n_samples - timing.n_trimmed
        # What was spoken before is over: no word begins in it, wherever sound is expected.
        edges = (timing.sound_begin, timing.sound_end)
        begin, end = (max(n_before + edge, self._n_samples) for edge in edges)
        sound_s = begin / SAMPLE_RATE_HZ, end / SAMPLE_RATE_HZ
        return word_times(spoken, timing.durations, n_before / SAMPLE_RATE_HZ, sound_s)

    def _predict(self, features: TextFeatures, *, n_phonemes: int) -> Statistics:
        return self._parts.statistics.predict(
            features.text, features.pitch, features.energy, voice=self._voice, n_phonemes=n_phonemes
        )
