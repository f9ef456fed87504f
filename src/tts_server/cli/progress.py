"""Showing how far long work is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from tts_server.wording import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

BAR_WIDTH: Final = 30
REDRAW_S: Final = 0.1
FIRST_LINE_S: Final = 1.0
"""A stage that is over sooner gets no plain line."""

LINE_S: Final = 5.0
"""Plain lines within one stage are at least so far apart."""


class Progress:
    """A ``ProgressCallback`` that shows what it is told. May be called from any thread.

    On a terminal the cursor rests at the beginning of the bar, so that a line of the log which comes in
    between overwrites it.

    Args:
        stream: Where to show it; standard error by default.
        clock: Seconds that only go forward.
    """

    def __init__(self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._is_terminal = self._stream.isatty()
        self._lock = threading.Lock()
        self._stage = ""
        self._due_at = 0.0
        self._is_drawn = False

    def __call__(self, stage: str, fraction: float) -> None:
        """Show that ``fraction`` of ``stage`` is done."""
        stage = printable(stage)
        with self._lock:
            now = self._clock()
            if stage != self._stage:
                self._stage = stage
                self._due_at = now if self._is_terminal else now + FIRST_LINE_S
            if now < self._due_at and not (self._is_terminal and fraction >= 1.0):
                return
            self._due_at = now + (REDRAW_S if self._is_terminal else LINE_S)
            if self._is_terminal:
                self._draw(stage, fraction)
            else:
                self._write(f"{stage}: {fraction:.0%}\n")

    def finish(self) -> None:
        """Wipe the bar away. Without effect elsewhere, and when repeated."""
        with self._lock:
            if self._is_drawn:
                self._write("\r\x1b[K")
                self._is_drawn = False

    def _draw(self, stage: str, fraction: float) -> None:
        n_done = round(max(0.0, min(1.0, fraction)) * BAR_WIDTH)
        line = f"{'#' * n_done}{'.' * (BAR_WIDTH - n_done)} {fraction:4.0%} {stage}"
        self._write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}\r")
        self._is_drawn = True

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            # Nobody reads it any more; the work goes on without being shown.
            self._is_drawn = False
