"""A server as a process: signals, the log, and an end in bounded time.

SIGINT, SIGTERM, SIGQUIT, and SIGHUP unless it was ignored from the start, stop the server in order at any
moment, the load of the model included: no new connections, what is being spoken may end for
``limits.drain_s``, the socket is removed, exit status 0. A second signal, or an engine whose native call does
not return, ends the process at once, with the socket removed, with status 128 plus the signal's number (130
and 143 for the first two).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tts_server.doors.stream.driver import CLOSE_TIMEOUT_S
from tts_server.quiet_log import QuietLog
from tts_server.server.app import Server
from tts_server.server.descriptors import raise_limit
from tts_server.server.logs import configure_logging
from tts_server.server.signals import StopSignals, end_process
from tts_server.service.engines import ENGINE_STOP_S

if TYPE_CHECKING:
    import signal

    from tts_server.backends.base import ProgressCallback
    from tts_server.config.server import ServerConfig

__all__ = ["SWITCH_INTERVAL_S", "configure_logging", "run_server"]

logger = logging.getLogger(__name__)

SWITCH_INTERVAL_S: Final = 0.0005
"""How long an engine that works in Python may keep the interpreter from the event loop. With Python's own
5 ms an answer took 6 ms beside such an engine, with this 1.1 ms (medians of 300, two cores)."""

STOP_S: Final = 2 * CLOSE_TIMEOUT_S + 2 * ENGINE_STOP_S
"""Longest time that a stop in order takes besides ``limits.drain_s``, with a margin."""


def run_server(config: ServerConfig, progress: ProgressCallback | None = None) -> int:
    """Serve until a signal comes.

    Args:
        config: Everything that the server needs to know.
        progress: Called with the progress of the load, on the engine's thread.

    Returns:
        0 after a stop in order; does not return after one that had to be forced.

    Raises:
        ConfigError: The backend, an option or the address is not accepted.
        ModelError: The model cannot be loaded.
    """
    configure_logging(config.log_level)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    raise_limit(config.limits)
    try:
        return asyncio.run(_Process(config, progress).run())
    except KeyboardInterrupt:
        # Came before the handlers were there or after they were gone: nothing runs.
        return 0


class _Process:
    def __init__(self, config: ServerConfig, progress: ProgressCallback | None) -> None:
        self._config = config
        self._progress = progress
        self._server: Server | None = None
        self._asked_to_stop = asyncio.Event()
        self._quiet = QuietLog(logger)
        self._signals = StopSignals(self._on_signal, self._end, patience_s=config.limits.drain_s + STOP_S)

    async def run(self) -> int:
        asyncio.get_running_loop().set_exception_handler(self._on_loop_error)
        with self._signals:
            try:
                await self._serve()
            finally:
                if self._server is not None and self._server.is_engine_running:
                    number = self._signals.received
                    self._exit_now(1 if number is None else 128 + number)
        return 0

    async def _serve(self) -> None:
        self._server = Server(self._config, progress=self._progress)
        serving = asyncio.create_task(self._serve_until_asked(self._server))
        asked = asyncio.create_task(self._asked_to_stop.wait())
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _serve_until_asked(self, server: Server) -> None:
        async with server:
            # What the load made stays for good; the collector need not walk through it while people speak.
            gc.collect()
            gc.freeze()
            await asyncio.Event().wait()

    def _on_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Say in one line now and then what asyncio would say in a hundred tracebacks a second."""
        error = context.get("exception")
        if isinstance(error, OSError) and "socket" in context:
            self._quiet.say(logging.WARNING, "accept", "no connection can be accepted: %s", error.strerror)
            return
        loop.default_exception_handler(context)

    def _on_signal(self, number: signal.Signals) -> None:
        logger.info("%s: stopping", number.name)
        self._asked_to_stop.set()

    def _end(self, number: signal.Signals) -> NoReturn:
        """Runs on any thread: at a second signal, or when the stop takes longer than it may."""
        logger.warning("%s: ending at once", number.name)
        self._exit_now(128 + number)

    def _exit_now(self, status: int) -> NoReturn:
        """End the process although a thread of it does not."""
        end_process(status, None if self._server is None else self._server.abandon)
