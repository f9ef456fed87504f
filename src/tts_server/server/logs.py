"""The log: one line for each record, on standard error, and nobody who works waits for its reader."""

from __future__ import annotations

import logging
import queue
import sys
import threading
from typing import TYPE_CHECKING, Final

from tts_server.wording import printable

if TYPE_CHECKING:
    from types import TracebackType

LOG_FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

MAX_WAITING_LINES: Final = 10_000
"""Lines that may wait for whoever reads the log; later ones are counted and lost."""

FLUSH_S: Final = 1.0


def configure_logging(level: str) -> None:
    """Send the log to standard error; idempotent, and leaves handlers of an embedding program alone."""
    if not logging.getLogger().handlers:
        handler = PatientHandler()
        handler.setFormatter(PrintableFormatter(LOG_FORMAT))
        logging.basicConfig(handlers=[handler])
    logging.getLogger("tts_server").setLevel(level.upper())


class PrintableFormatter(logging.Formatter):
    """Escapes what a message quotes from a client, so that it neither forges lines nor rules a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Format the line without its traceback."""
        record.message = printable(record.message)
        return super().formatMessage(record)

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Format a traceback, indented: an exception's words may have lines of their own."""
        return "\n".join(f"    {printable(line)}" for line in super().formatException(ei).split("\n"))


class PatientHandler(logging.Handler):
    """Writes on a thread of its own to what ``sys.stderr`` is then.

    A pipe that nobody reads, or a terminal that was stopped, holds up the thread and nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: queue.Queue[str] = queue.Queue(MAX_WAITING_LINES)
        self._n_lost = 0
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the record's line. The lock of the handler is held."""
        try:
            line = self.format(record)
            if self._thread is None:
                thread = threading.Thread(target=self._write, name="log", daemon=True)
                thread.start()
                self._thread = thread
        except Exception:  # noqa: BLE001 - what logging promises: a faulty record ends no caller
            self.handleError(record)
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._n_lost += 1

    def flush(self) -> None:
        """Wait for ``FLUSH_S`` at most until everything has been written."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, FLUSH_S)

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            try:
                sys.stderr.write(f"{line}\n")
                if self._n_lost and self._lines.empty():
                    n_lost, self._n_lost = self._n_lost, 0
                    sys.stderr.write(f"{n_lost} lines of the log are lost: nobody took them\n")
                sys.stderr.flush()
            except (OSError, ValueError):
                # Whoever read the log has gone; the work goes on without it.
                continue
            finally:
                self._lines.task_done()
