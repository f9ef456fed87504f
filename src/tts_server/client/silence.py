"""Notices a server that falls silent in the middle of a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tts_server.client.responses import Responses
from tts_server.protocol import events as ev

PROBE_S = 5.0
"""Longest wait for a sign of life from a server that has been silent for too long."""


class SilenceWatch:
    """Looks at the responses in progress when the first of them has been silent for too long.

    A server that is asked then and does not answer is taken for dead; one that answers gets more time where
    the silence may have a reason. Asking also gives the reading task time for what came while this process
    itself was stopped.

    Args:
        responses: The responses in progress.
        silence_s: Longest silence; None allows any.
        ask: Asks the server how it is, for so many seconds; None stands for no answer.
        give_up: Called with the seconds when a response has been silent for too long.
    """

    def __init__(
        self,
        responses: Responses,
        silence_s: float | None,
        ask: Callable[[float], Awaitable[ev.ServerStatus | None]],
        give_up: Callable[[float], None],
    ) -> None:
        self._responses = responses
        self._silence_s = silence_s
        self._ask = ask
        self._give_up = give_up
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._is_reading = True
        self._is_over = False

    def arm(self) -> None:
        """See to it that the next silence that lasts too long is noticed; called when a response begins."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._silence_s is None or self._is_over:
            return
        silent_at_s = self._responses.next_silence(self._silence_s)
        if silent_at_s is not None:
            self._timer = self._loop.call_at(silent_at_s, self._look)

    def pause(self) -> None:
        """Nothing is read: what follows is not the server's silence."""
        self._is_reading = False

    def resume(self) -> None:
        """Reading goes on: silence counts from here."""
        self._is_reading = True
        self._responses.restart_clocks(self._loop.time())

    def end(self) -> None:
        """Watch no more."""
        self._is_over = True
        self.arm()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._timer = None
        if not self._is_reading:
            self._responses.restart_clocks(self._loop.time())
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_closely(), name="tts-client-silence")
            self._looking.add_done_callback(self._looked)

    async def _look_closely(self) -> None:
        silence_s = self._silence_s
        if silence_s is None or not self._responses.silent(silence_s, self._loop.time()):
            return
        status = await self._ask(min(PROBE_S, max(silence_s, 0.1)))
        now = self._loop.time()
        # What began to be silent meanwhile is looked at in its turn.
        for response in self._responses.silent(silence_s, now):
            is_alive = status is not None and status.queue_depth > 0
            if not (is_alive and response.may_be_silent(now)):
                # It ends this very task's connection, and the task with it.
                self._looking = None
                self._give_up(silence_s)
                return
            response.n_extensions += 1

    def _looked(self, task: asyncio.Task[None]) -> None:
        if self._looking is task:
            self._looking = None
        if not task.cancelled():
            task.result()
        self.arm()
