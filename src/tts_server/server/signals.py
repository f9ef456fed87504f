"""The signals that stop a program of ours, and an end of the process that waits for nobody.

Theory of operation. The handlers are Python's own rather than the event loop's, so that a signal is also
taken while the loop's thread waits for somebody who reads our output slowly. They only pass the signal on: to
the loop, which stops in order, and to a thread, which ends the process at a second signal, or when the order
takes too long.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import queue
import signal
import threading
from typing import TYPE_CHECKING, Final, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, TracebackType

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

TIDY_UP_S: Final = 2.0
"""Longest time for removing files before the process ends at once."""


def heeded_signals() -> tuple[signal.Signals, ...]:
    """The stop signals, without the hang-up where it is ignored: ``nohup`` asks for that."""
    return tuple(
        number
        for number in STOP_SIGNALS
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
    )


class StopSignals:
    """Takes the stop signals while it is entered, on the main thread and within a running event loop.

    Once one has come, the process has to end: the second signal and the patience count on after it was left.

    Args:
        stop: Called on the event loop with the first signal.
        end: Called on a thread with the signal that ends the process at once; does not return.
        patience_s: Time from the first signal on after which a process that is still there is ended.
    """

    def __init__(
        self,
        stop: Callable[[signal.Signals], object],
        end: Callable[[signal.Signals], NoReturn],
        *,
        patience_s: float,
    ) -> None:
        self._stop = stop
        self._end = end
        self._patience_s = patience_s
        # The one queue into which a signal handler may put something at any moment.
        self._seen: queue.SimpleQueue[signal.Signals | None] = queue.SimpleQueue()
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], object] | int] = {}
        self.received: signal.Signals | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._watch, name="stop-signals", daemon=True).start()
        for number in heeded_signals():
            before = signal.signal(number, self._take)
            self._before[number] = signal.SIG_DFL if before is None else before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.received is None:
            self._seen.put(None)
            for number, before in self._before.items():
                signal.signal(number, before)

    def _take(self, number: int, _: FrameType | None) -> None:
        """The handler; runs on the main thread, between any two of its instructions."""
        received = signal.Signals(number)
        self._seen.put(received)
        if self.received is None:
            self.received = received
            self._loop.call_soon_threadsafe(self._stop, received)

    def _watch(self) -> None:
        first = self._seen.get()
        if first is None:
            return
        try:
            second = self._seen.get(timeout=self._patience_s)
        except queue.Empty:
            second = None
        self._end(second or first)


def end_process(status: int, tidy_up: Callable[[], object] | None = None) -> NoReturn:
    """End the process although threads of it do not, some of them perhaps within a call that never returns.

    Args:
        status: The exit status.
        tidy_up: Called first. What ``atexit`` holds is called as well, all for ``TIDY_UP_S`` at most.
    """

    def tidy() -> None:
        try:
            if tidy_up is not None:
                tidy_up()
        finally:
            atexit._run_exitfuncs()

    try:
        tidying = threading.Thread(target=tidy, name="tidying", daemon=True)
        tidying.start()
        tidying.join(TIDY_UP_S)
    finally:
        # Also where the interpreter is ending already and starts no thread any more.
        os._exit(status)
