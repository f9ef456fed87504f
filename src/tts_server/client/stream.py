"""What a listener and the task that makes speech for it share, and whose turn it is on one client.

Theory of operation. The task knows the ``Stream`` and not the listener's ``Speech``. So a ``Speech`` is gone
as soon as nobody holds it, its finalizer ends the stream, and neither needs the garbage collector.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tts_server.errors import LocalProtocolError

UNREAD_S = 3.0
"""A stream that nobody has asked for audio for so long makes room for another that waits."""

LOOK_EVERY_S = 0.25


@dataclass(slots=True)
class SpeechStats:
    """What a stream measured so far.

    Args:
        first_audio_s: From the first commit to the first audio; None before it came.
        work_s: From each commit to the last audio of its response, summed over responses.
        n_samples: Samples that came.
        n_responses: Responses that were begun.
    """

    first_audio_s: float | None = None
    work_s: float = 0.0
    n_samples: int = 0
    n_responses: int = 0


class Stream:
    """A queue of audio, filled by a task of its own.

    Everything but ``abandon`` belongs to the event loop's thread.
    """

    def __init__(self) -> None:
        self.stats = SpeechStats()
        self._queue: deque[bytes] = deque()
        self._n_queued_samples = 0
        self._changed = asyncio.Event()
        self._producer: asyncio.Task[None] | None = None
        self._error: BaseException | None = None
        self._is_over = False
        self._n_asking = 0
        self._asked_s = 0.0
        self._reader: weakref.ref[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    # --- the task's side ------------------------------------------------------------------------------------

    def put(self, pcm: bytes) -> None:
        """Add audio; dropped where nobody listens any more."""
        if not self._is_over:
            self.stats.n_samples += len(pcm) // 2
            self._queue.append(pcm)
            self._n_queued_samples += len(pcm) // 2
            self._changed.set()

    async def room(self, max_samples: int) -> None:
        """Wait until at most so many samples wait for the listener."""
        while self._n_queued_samples > max_samples:
            self._changed.clear()
            await self._changed.wait()

    # --- the listener's side --------------------------------------------------------------------------------

    @property
    def is_begun(self) -> bool:
        """Whether audio was asked for, or the stream was closed before."""
        return self._producer is not None or self._is_over

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the task that fills the stream."""
        self._loop, self._pid = asyncio.get_running_loop(), os.getpid()
        self._producer = asyncio.create_task(work, name="tts-client-speech")
        self._producer.add_done_callback(self._finished)

    async def take(self, reader: object | None) -> bytes:
        """Wait for audio. Cancelling ends the stream.

        Args:
            reader: Who asks; one reader reads one stream at a time.

        Raises:
            StopAsyncIteration: There is no more.
            TTSServerError: Why there is no more.
        """
        self._reader = None if reader is None else weakref.ref(reader)
        self._n_asking += 1
        try:
            while not self._queue:
                if self._is_over:
                    error, self._error = self._error, None
                    raise StopAsyncIteration if error is None else error
                self._changed.clear()
                await self._changed.wait()
        except asyncio.CancelledError:
            self.leave()
            raise
        finally:
            self._n_asking -= 1
            self._asked_s = asyncio.get_running_loop().time()
        pcm = self._queue.popleft()
        self._n_queued_samples -= len(pcm) // 2
        self._changed.set()
        return pcm

    def leave(self) -> None:
        """End the stream and what is in progress; audio that waits is dropped."""
        self._end(None)

    def make_room(self) -> None:
        """End the stream for another one; its reader is told."""
        self._end(
            LocalProtocolError("nobody read this stream, and another one of the same client took its place")
        )

    def fail(self, error: Exception) -> None:
        """End the stream; audio that waits can still be taken, and the error comes after it."""
        self._over(error)
        if self._producer is not None:
            self._producer.cancel()

    async def aclose(self) -> None:
        """End the stream, and wait until the server was told."""
        self.leave()
        if self._producer is not None:
            await asyncio.wait([self._producer])

    def abandon(self) -> None:
        """End the stream soon, from any thread; does nothing in another process."""
        loop = self._loop
        if loop is None or self._is_over or os.getpid() != self._pid:
            return
        # Refused by a loop that is closed: with it ended everything that was to be ended.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self.leave)

    def is_left(self, newcomer: Stream, now: float) -> bool:
        """Whether nobody reads this stream, as far as ``newcomer`` can tell.

        Whoever reads ``newcomer`` is not reading this one.
        """
        if self._n_asking:
            return False
        if self._reader is not None and newcomer._reader is not None:
            reader = self._reader()
            if reader is not None and reader is newcomer._reader():
                return True
        return now - self._asked_s > UNREAD_S

    # --- ends -----------------------------------------------------------------------------------------------

    def _end(self, error: Exception | None) -> None:
        self._queue.clear()
        self._n_queued_samples = 0
        if error is None:
            self._error = None
        self._over(error)
        if self._producer is not None:
            self._producer.cancel()

    def _over(self, error: BaseException | None) -> None:
        if not self._is_over:
            self._is_over, self._error = True, error
        self._changed.set()

    def _finished(self, task: asyncio.Task[None]) -> None:
        # Its error holds its frames, and they hold this stream and the text.
        self._producer = None
        if task.cancelled():
            self._over(LocalProtocolError("the task that makes this stream's speech was cancelled"))
        else:
            self._over(task.exception())


class Floor:
    """Whose turn it is to speak: streams of one client follow one another, in the order in which they began.

    A stream that nobody reads does not keep the next one waiting for long: it is ended, at once where the
    next one has the same reader, else after ``UNREAD_S``.

    Args:
        changed: Called with whether a stream speaks, whenever that changes.
    """

    def __init__(self, changed: Callable[[bool], None]) -> None:
        self._changed = changed
        self._lock = asyncio.Lock()
        self._holder: Stream | None = None

    @property
    def is_held(self) -> bool:
        """Whether a stream speaks, or is about to."""
        return self._holder is not None

    def close(self) -> None:
        """End the stream that speaks, whatever it waits for: the client was closed."""
        if self._holder is not None:
            self._holder.fail(LocalProtocolError("the client was closed"))

    @contextlib.asynccontextmanager
    async def held_by(self, stream: Stream) -> AsyncGenerator[None, None]:
        """Wait for the turn, and have it."""
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle | None = None

        def look() -> None:
            nonlocal timer
            timer = loop.call_later(LOOK_EVERY_S, look)
            if self._holder is not None and self._holder.is_left(stream, loop.time()):
                self._holder.make_room()

        try:
            if self._lock.locked():
                look()
            await self._lock.acquire()
        finally:
            if timer is not None:
                timer.cancel()
        self._holder = stream
        self._changed(True)
        try:
            yield
        finally:
            self._holder = None
            self._changed(False)
            self._lock.release()
