"""A backend that hums: each word is a hum as long as the word, and a step hums for four listeners at once."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from types import MappingProxyType

from tts_server import (
    AudioChunk,
    BackendOptions,
    Capabilities,
    ConfigError,
    Engine,
    ExtraSpec,
    Model,
    ProgressCallback,
    SpeechRequest,
    StepResult,
    Utterance,
    Voice,
    WordTime,
)

RATE_HZ = 16000
PITCH_HZ = {"low": 110.0, "middle": 165.0, "high": 220.0}
SPEED = ExtraSpec("number", minimum=0.5, maximum=2.0, help="How fast to hum: 1 is the normal speed.")
LETTER_S = 0.07
PAUSE_S = 0.06
EDGE_S = 0.01


class HumModel(Model):
    """The backend; there is nothing to load but its voices' names."""

    name = "hum"
    model_name = "hum-1"
    max_engines = None
    sample_rate_hz = RATE_HZ

    def __init__(self, options: BackendOptions) -> None:
        voices = tuple(Voice(name, language="en") for name in PITCH_HZ)
        default = options.voice or "middle"
        if default not in PITCH_HZ:
            raise ConfigError(f"the hum backend has no voice {default!r}; it has {', '.join(PITCH_HZ)}")
        self._capabilities = Capabilities(
            streaming=True,
            languages=("en",),
            default_language="en",
            voice_count=len(voices),
            voices=voices,
            default_voice=default,
            extras=MappingProxyType({"speed": SPEED}),
        )

    @property
    def capabilities(self) -> Capabilities:
        """Three voices, one language, and how fast to hum."""
        return self._capabilities

    def list_voices(self) -> tuple[Voice, ...] | None:
        """All of them."""
        return self._capabilities.voices

    def load(self, progress: ProgressCallback) -> None:
        """Load nothing; a real model tells its progress often, so that a load can be called off."""
        progress("tuning", 0.0)
        progress("tuning", 1.0)

    def engine(self) -> Engine:
        """Make one more engine."""
        return HumEngine(self._capabilities.default_voice or "middle")

    def estimate_s(self, request: SpeechRequest) -> float:
        """Add up the words and the pauses between them."""
        words = spoken_words(request.text)
        letters = sum(len(word[0]) for word in words)
        return (letters * LETTER_S + len(words) * PAUSE_S) / speed_of(request)


class HumUtterance(Utterance):
    """What is left to hum of one request, and where it has come to."""

    def __init__(self, request: SpeechRequest, default_voice: str) -> None:
        self.words = spoken_words(request.text)[::-1]
        self.pitch_hz = PITCH_HZ[request.voice or default_voice]
        self.speed = speed_of(request)
        self.n_samples = 0


class HumEngine(Engine):
    """Hums the next word of up to four utterances in one step."""

    max_batch = 4

    def __init__(self, default_voice: str) -> None:
        self._default_voice = default_voice

    def start(self, request: SpeechRequest) -> HumUtterance:
        """Begin an utterance."""
        return HumUtterance(request, self._default_voice)

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        """Hum one word of each; None for those that have none left."""
        utterances = [utterance for utterance in batch if isinstance(utterance, HumUtterance)]
        going_on = [utterance for utterance in utterances if utterance.words]
        words = [utterance.words.pop() for utterance in going_on]
        lengths_s = [len(w[0]) * LETTER_S / u.speed for u, w in zip(going_on, words, strict=True)]
        hums = hum_together([utterance.pitch_hz for utterance in going_on], lengths_s)
        made: dict[HumUtterance, AudioChunk] = {}
        for utterance, word, hum in zip(going_on, words, hums, strict=True):
            begin_s = utterance.n_samples / RATE_HZ
            time = WordTime(word[0], begin_s, begin_s + len(hum) / RATE_HZ, *word.span())
            hum.extend([0.0] * round(PAUSE_S / utterance.speed * RATE_HZ))
            utterance.n_samples += len(hum)
            made[utterance] = AudioChunk(hum, (time,))
        return [made.get(utterance) for utterance in utterances]


def hum_together(pitches_hz: Sequence[float], lengths_s: Sequence[float]) -> list[array[float]]:
    """Make hums side by side; the loop inside runs over the batch, as a model's own would.

    Returns:
        float32 samples at ``RATE_HZ`` of each, with soft edges.
    """
    counts = [round(length_s * RATE_HZ) for length_s in lengths_s]
    hums = [array("f") for _ in counts]
    for i in range(max(counts, default=0)):
        for hum, n_samples, pitch_hz in zip(hums, counts, pitches_hz, strict=True):
            if i < n_samples:
                edge = min(1.0, i / (EDGE_S * RATE_HZ), (n_samples - i) / (EDGE_S * RATE_HZ))
                hum.append(0.2 * edge * math.sin(2 * math.pi * pitch_hz * i / RATE_HZ))
    return hums


def spoken_words(text: str) -> list[re.Match[str]]:
    """Find the words of a text that have a letter or a digit."""
    return [word for word in re.finditer(r"\S+", text) if any(map(str.isalnum, word[0]))]


def speed_of(request: SpeechRequest) -> float:
    """Read the extra that ``SPEED`` describes."""
    return float((request.extras or {}).get("speed", 1.0))
