"""What lets people in: an address, and what is spoken there.

A door is opened before the model is loaded, so that who comes early waits instead of being turned away, and
so that a second server is told at once that it is one too many. What a door needs of the house it gets in a
`Readiness`, once the house is ready.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from tts_server.errors import TTSServerError
from tts_server.limits import Limits
from tts_server.service.service import SpeechService
from tts_server.speech.service import ServiceInfo


@dataclass(frozen=True, slots=True)
class Ready:
    """What there is once the model is loaded.

    Args:
        service: What speaks.
        info: What it speaks with.
        limits: What one client may ask for.
        started_at: When it became ready, on the event loop's clock.
    """

    service: SpeechService
    info: ServiceInfo
    limits: Limits
    started_at: float


class NotReadyError(TTSServerError):
    """The server stops, or its model could not be loaded.

    Args:
        message: Which of them it is, in a line for whoever waits.
        is_stopping: Whether it stops, so that another may be started in its place.
    """

    def __init__(self, message: str, *, is_stopping: bool) -> None:
        super().__init__(message)
        self.is_stopping = is_stopping


class Readiness:
    """Whether the model is loaded, for doors that are open before. On the event loop's thread."""

    def __init__(self) -> None:
        self.is_stopping = False
        """Whether the server stops: nobody more is to be let in."""
        self._future: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        # What fails with nobody waiting leaves nobody to retrieve the error.
        self._future.add_done_callback(lambda done: done.cancelled() or done.exception())

    @property
    def ready(self) -> Ready | None:
        """What there is; None before and where it failed."""
        is_there = self._future.done() and not self._future.cancelled() and self._future.exception() is None
        return self._future.result() if is_there else None

    def succeed(self, ready: Ready) -> None:
        """The model is loaded."""
        self._future.set_result(ready)

    def stop(self) -> None:
        """The server stops, whether the model is loaded or not."""
        self.is_stopping = True
        self.fail("the server stops")

    def fail(self, why: str) -> None:
        """It never will be, as is told to whoever waits. Does nothing once it is, or has failed."""
        if not self._future.done():
            self._future.set_exception(NotReadyError(why, is_stopping=self.is_stopping))

    async def wait(self) -> Ready:
        """Wait for the model. Cancelling it cancels nothing for others.

        Raises:
            NotReadyError: The server stops, or the model could not be loaded.
        """
        return await asyncio.shield(self._future)


class Door(Protocol):
    """One way in. Everything runs on the event loop's thread.

    What comes in through it becomes a ``service.listener.Listener``, one for each response or connection.
    """

    async def open(self, readiness: Readiness) -> None:
        """Let people in from now on; those who come before the model is loaded wait.

        Raises:
            EndpointError: The address cannot be listened on.
        """

    def stop_accepting(self) -> None:
        """Let nobody in any more; who is in stays. Also where it was never opened, and again."""

    async def drain(self, timeout_s: float) -> None:
        """Let what is being spoken end, for so long at most, and close; drop what has not ended then.

        After ``stop_accepting``. When it returns nothing runs any more.
        """
