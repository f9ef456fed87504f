"""Running asynchronous work so that Ctrl-C and SIGTERM end it cleanly at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def run_until_signal(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run ``work``; a stop signal cancels it, and it may clean up. A second signal ends the process at once.

    Where a thread of ours is still in a native call afterwards, the process ends without it.

    Args:
        work: Makes the coroutine; it returns an exit status.

    Returns:
        That status, or 128 plus the signal's number.
    """
    received: list[signal.Signals] = []
    status = asyncio.run(_guarded(work, received))
    if received and any(thread.name == "engine" for thread in threading.enumerate()):
        os._exit(status)
    return status


async def _guarded(work: Callable[[], Coroutine[Any, Any, int]], received: list[signal.Signals]) -> int:
    loop = asyncio.get_running_loop()
    task = loop.create_task(work())

    def on_signal(number: signal.Signals) -> None:
        if received:
            os._exit(128 + number)
        received.append(number)
        task.cancel()

    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not received:
            raise
        return 128 + received[0]
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)
