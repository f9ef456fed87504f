"""An event loop in a thread of its own, for callers who have none."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from tts_server.client.upkeep import FORKED
from tts_server.errors import LocalProtocolError

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for other threads, which wait for them. Ends with ``stop``, whoever still waits.

    In a forked process there is no such thread, and what it held belongs to the other process: every call
    says so, and ``stop`` touches nothing.
    """

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._is_stopped = False
        self._loop = asyncio.new_event_loop()
        # A daemon, so that a program that forgets to close still ends.
        self._thread = threading.Thread(target=_serve, args=(self._loop,), name="tts-client", daemon=True)
        self._thread.start()

    @property
    def is_ours(self) -> bool:
        """Whether this is the process that it was made in."""
        return os.getpid() == self._pid

    @property
    def is_stopped(self) -> bool:
        """Whether nothing can be run any more."""
        return self._is_stopped or self._loop.is_closed()

    def check_caller(self) -> None:
        """Refuse who cannot wait for this thread.

        Raises:
            LocalProtocolError: This is another process, or the thread itself.
        """
        if not self.is_ours:
            raise LocalProtocolError(FORKED.format(pid=self._pid))
        if threading.current_thread() is self._thread:
            raise LocalProtocolError(
                "this client was called from one of its own callbacks, and would wait for itself"
            )

    def run(self, make_work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine and wait; an interrupt of the waiting thread cancels it.

        Raises:
            LocalProtocolError: The thread has ended, this is another process, or the thread would wait for
                itself.
        """
        self.check_caller()
        future = self._submit(make_work)
        try:
            return future.result()
        except CancelledError:
            raise LocalProtocolError("the client was closed") from None
        except BaseException:
            future.cancel()
            raise
        finally:
            # An error holds this frame, and the frame would hold the error.
            del future

    def stop(self, *, wait: bool = True) -> None:
        """End the thread; whoever waits for a coroutine gets ``LocalProtocolError``. May be repeated.

        Args:
            wait: Whether to wait for its end. A finalizer does not: it may run on any thread.
        """
        if not self.is_ours:
            return
        with self._lock:
            if not self._is_stopped:
                self._is_stopped = True
                # Refused where an interrupt has ended the loop before.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._loop.stop)
        if wait and threading.current_thread() is not self._thread:
            self._thread.join()

    def _submit(self, make_work: Callable[[], Coroutine[Any, Any, T]]) -> Future[T]:
        # Under the lock, so that whatever is submitted comes before the stop, and is run or cancelled by it.
        with self._lock:
            if self.is_stopped:
                raise LocalProtocolError("the client is closed")
            work = make_work()
            try:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
            except RuntimeError:
                # An interrupt has ended the loop in between.
                work.close()
                raise LocalProtocolError("the client is closed") from None


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        try:
            # What was submitted last becomes a task in one more turn.
            loop.run_until_complete(asyncio.sleep(0))
            tasks = asyncio.all_tasks(loop)
            for task in tasks:
                task.cancel()
            if tasks:
                loop.run_until_complete(asyncio.wait(tasks))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()
