"""Running asynchronous work so that a stop signal ends it cleanly, at any moment and within seconds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tts_server.server.signals import StopSignals, end_process

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Coroutine

PATIENCE_S: Final = 10.0
"""Longest time from a signal to the end. An engine is waited for 5 s, a server process a little longer."""


def run_until_signal(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run ``work``; a stop signal cancels it, and it may clean up.

    A second signal, or ``PATIENCE_S`` after the first, ends the process at once; files and processes that are
    known to ``atexit`` are removed all the same.

    Args:
        work: Makes the coroutine; it returns an exit status.

    Returns:
        That status, or 128 plus the signal's number.
    """
    with asyncio.Runner() as runner:
        # Made before the coroutine, which nobody would await where descriptors have run out.
        runner.get_loop()
        return runner.run(_guarded(work))


async def _guarded(work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    task = asyncio.get_running_loop().create_task(work())
    with StopSignals(lambda _: task.cancel(), _end, patience_s=PATIENCE_S) as signals:
        try:
            return await task
        except asyncio.CancelledError:
            if signals.received is None:
                raise
        except Exception:
            # What fails while work is called off is no news: a terminal's Ctrl-C stops its servers as well.
            if signals.received is None:
                raise
        return 128 + signals.received


def _end(number: signal.Signals) -> NoReturn:
    end_process(128 + number)
