"""The least that an engine needs in order to speak for several listeners in one step."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from tts_server import (
    AudioChunk,
    Capabilities,
    Engine,
    Model,
    ProgressCallback,
    SpeechRequest,
    StepResult,
    Utterance,
)

RATE_HZ, SAMPLES_PER_LETTER = 8000, 640


class Clicks(Utterance):
    """The letters that are left to click."""

    def __init__(self, text: str) -> None:
        self.letters = [letter for letter in text if letter.isalnum()]


class ClickEngine(Engine):
    max_batch = 8

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def start(self, request: SpeechRequest) -> Clicks:
        return Clicks(request.text)

    def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
        self.sizes.append(len(batch))
        return [self.click(utterance) for utterance in batch if isinstance(utterance, Clicks)]

    def click(self, utterance: Clicks) -> AudioChunk | None:
        if not utterance.letters:
            return None
        loudness = ord(utterance.letters.pop(0)) % 100 * 200 + 1000
        return AudioChunk(array("h", [loudness] + [0] * (SAMPLES_PER_LETTER - 1)))


class ClickModel(Model):
    name, model_name, sample_rate_hz = "click", "click-1", RATE_HZ
    capabilities = Capabilities(streaming=True, languages=(), voice_count=0)

    def __init__(self) -> None:
        self.made = ClickEngine()

    def load(self, progress: ProgressCallback) -> None:
        progress("winding up", 1.0)

    def engine(self) -> ClickEngine:
        return self.made
