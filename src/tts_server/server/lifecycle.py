"""A server as a process: signals, the log, and an end in bounded time.

SIGINT and SIGTERM stop the server in order at any moment, the load of the model included: no new
connections, what is being spoken may end for ``limits.drain_s``, the socket is removed, exit status 0. A
second signal, or an engine whose native call does not return, ends the process at once, with the socket
removed, with status 128 plus the signal's number (130, 143).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tts_server.server.app import Server
from tts_server.server.descriptors import raise_limit
from tts_server.server.quiet_log import QuietLog

if TYPE_CHECKING:
    from tts_server.backends.base import ProgressCallback
    from tts_server.config import ServerConfig

logger = logging.getLogger(__name__)

STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

SWITCH_INTERVAL_S: Final = 0.0005
"""How long an engine that works in Python may keep the interpreter from the event loop. With Python's own
5 ms an answer took 6 ms beside such an engine, with this 1.1 ms (medians of 300, two cores)."""

LOG_FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


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


def configure_logging(level: str) -> None:
    """Send the log to standard error; idempotent, and leaves handlers of an embedding program alone."""
    logging.basicConfig(format=LOG_FORMAT, stream=sys.stderr)
    logging.getLogger("tts_server").setLevel(level.upper())


class _Process:
    def __init__(self, config: ServerConfig, progress: ProgressCallback | None) -> None:
        self._config = config
        self._progress = progress
        self._server: Server | None = None
        self._signal: signal.Signals | None = None
        self._asked_to_stop = asyncio.Event()
        self._quiet = QuietLog(logger)

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._on_loop_error)
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            await self._serve()
        finally:
            if self._server is not None and self._server.is_engine_running:
                self._exit_now()
            for number in STOP_SIGNALS:
                loop.remove_signal_handler(number)
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
        if self._signal is not None:
            logger.warning("%s again: stopping at once", number.name)
            self._signal = number
            self._exit_now()
        logger.info("%s: stopping", number.name)
        self._signal = number
        self._asked_to_stop.set()

    def _exit_now(self) -> NoReturn:
        """End the process although a thread of it does not."""
        if self._server is not None:
            self._server.abandon()
        logging.shutdown()
        os._exit(1 if self._signal is None else 128 + self._signal)
