"""A worker and what it delivers, and a model that notes what is called."""

from __future__ import annotations

import queue
import threading
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.patience import PATIENCE_S

from tts_server.backends.base import Engine, Model, ProgressCallback, Utterance
from tts_server.service.worker import (
    BatchEnded,
    EngineEvent,
    EngineWorker,
    LoadEnded,
    LoadProgressed,
    StepEnded,
)
from tts_server.speech.capabilities import Capabilities
from tts_server.speech.chunk import AudioChunk
from tts_server.speech.request import SpeechRequest

REQUEST = SpeechRequest("hello world", "alto", "en", {})
WAIT_S = PATIENCE_S


class Running:
    """A worker and what it delivers."""

    def __init__(self, model: Model, **options: Any) -> None:
        self.events: queue.Queue[EngineEvent] = queue.Queue()
        self.worker = EngineWorker(model, self.events.put, **options)

    def next(self, kind: type[EngineEvent]) -> EngineEvent:
        """Wait for the next event of a kind; others before it are progress."""
        while True:
            event = self.events.get(timeout=WAIT_S)
            if isinstance(event, kind):
                return event
            assert isinstance(event, LoadProgressed), event

    def load(self) -> BaseException | None:
        self.worker.start()
        event = self.next(LoadEnded)
        assert isinstance(event, LoadEnded)
        return event.error

    def step(self, job_id: str = "a", request: SpeechRequest = REQUEST) -> StepEnded:
        (result,) = self.step_all({job_id: request})
        return result

    def step_all(self, batch: Mapping[str, SpeechRequest]) -> tuple[StepEnded, ...]:
        """Step jobs together, and return what came of each."""
        self.worker.step(list(batch.items()))
        event = self.next(BatchEnded)
        assert isinstance(event, BatchEnded)
        assert event.work_s >= 0
        assert [result.job_id for result in event.results] == list(batch)
        return event.results


@contextmanager
def running(model: Model, **options: Any) -> Iterator[Running]:
    engine = Running(model, **options)
    assert engine.load() is None
    try:
        yield engine
    finally:
        engine.worker.stop()
        assert engine.worker.join(WAIT_S)


class RecordingModel(Model):
    """Notes what is called, and on which thread."""

    name, model_name = "recording", "recording-1"

    def __init__(self, error: BaseException | None = None) -> None:
        self.calls: list[str] = []
        self.threads: set[int] = set()
        self.error = error

    @property
    def sample_rate_hz(self) -> int:
        return 24000

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(streaming=True, languages=(), voice_count=0)

    def note(self, call: str) -> None:
        self.calls.append(call)
        self.threads.add(threading.get_ident())

    def load(self, progress: ProgressCallback) -> None:
        self.note("load")
        progress("loading", 1.0)

    def engine(self) -> Engine:
        self.note("engine")
        return RecordingEngine(self)

    def begin(self, text: str) -> Utterance:
        return RecordingUtterance(self, text)

    def close(self) -> None:
        self.note("close")
        if self.error is not None:
            raise self.error


class RecordingEngine(Engine):
    max_batch = 8

    def __init__(self, model: RecordingModel) -> None:
        self.model = model

    def start(self, request: SpeechRequest) -> Utterance:
        self.model.note(f"start {request.text}")
        return self.model.begin(request.text)

    def close(self) -> None:
        self.model.note("close engine")
        if self.model.error is not None:
            raise self.model.error


class RecordingUtterance(Utterance):
    def __init__(self, model: RecordingModel, text: str) -> None:
        self.model, self.text = model, text

    def step(self) -> AudioChunk | None:
        self.model.note(f"step {self.text}")
        if self.model.error is not None:
            raise self.model.error
        return AudioChunk(array("h", [1, 2, 3]))

    def close(self) -> None:
        self.model.note(f"close {self.text}")
        if self.model.error is not None:
            raise self.model.error
