"""What a service is given in place of an event loop and of an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tts_server.backends.tone import ToneModel
from tts_server.speech.request import SpeechRequest


@dataclass
class Timer:
    """What ``call_at`` returns."""

    at: float
    callback: Callable[..., object]
    arguments: tuple[object, ...]
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True


class CountedLoop:
    """An event loop whose clock goes only when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, at: float, callback: Callable[..., object], *arguments: object) -> Timer:
        self.timers.append(Timer(at, callback, arguments))
        return self.timers[-1]

    def call_soon(self, callback: Callable[..., object]) -> Timer:
        return self.call_at(self.now, callback)

    def turn(self) -> None:
        """Run what was to be run soon."""
        self.run_to(self.now)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and run what falls due in it."""
        self.run_to(self.now + seconds)

    def run_to(self, until: float) -> None:
        """Let it become a certain time, and run what falls due before."""
        while due := [timer for timer in self.timers if timer.at <= until and not timer.is_cancelled]:
            timer = min(due, key=lambda timer: timer.at)
            self.timers.remove(timer)
            self.now = max(self.now, timer.at)
            timer.callback(*timer.arguments)
        self.now = until


class FakeWorker:
    """Notes its orders, one by one and by kind; the test says what became of them."""

    def __init__(self, max_batch: int = 1) -> None:
        self.model = ToneModel()
        self.max_batch = max_batch
        self.orders: list[str] = []
        self.batches: list[list[str]] = []
        self.dropped: list[str] = []

    def estimate_s(self, request: SpeechRequest) -> float:
        return self.model.estimate_s(request)

    def step(self, batch: Sequence[tuple[str, SpeechRequest]]) -> None:
        self.batches.append([job_id for job_id, _ in batch])
        self.orders += [f"step {job_id}" for job_id, _ in batch]

    def drop(self, job_id: str) -> None:
        self.dropped.append(job_id)
        self.orders.append(f"drop {job_id}")
