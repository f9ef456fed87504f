"""What the service holds: a task for each response, and a lane for each engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tts_server.service.listener import Listener

if TYPE_CHECKING:
    import asyncio

    from tts_server.service.worker import EngineWorker
    from tts_server.speech.request import SpeechRequest


@dataclass(slots=True)
class Task:
    """A response that was admitted and not released."""

    job_id: str
    listener: Listener
    response_id: str
    request: SpeechRequest
    lane: Lane | None = None
    n_empty_steps: int = 0
    cancelled_at: float | None = None
    """When it was cancelled during a step: its listener waits for the release."""
    is_over: bool = False
    """Its listener was told of its end, or wants to hear no more; the engine may still hold it."""


@dataclass(slots=True)
class Lane:
    """An engine and the step that it is at."""

    index: int
    worker: EngineWorker
    batch: list[Task] = field(default_factory=list)
    step_began: float = 0.0
    is_stuck: bool = False
    watchdog: asyncio.TimerHandle | None = None
    alarm: asyncio.TimerHandle | None = None

    def set_off(self) -> None:
        """Set no more of its timers off."""
        for timer in (self.watchdog, self.alarm):
            if timer is not None:
                timer.cancel()
