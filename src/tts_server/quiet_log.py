"""Lines that clients can cause: of one kind at most one a minute, so that nobody fills a disk with them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

INTERVAL_S: Final = 60.0
"""Between two lines of one kind."""


@dataclass(slots=True)
class _Kind:
    said_at_s: float
    n_passed_over: int = 0


class QuietLog:
    """Writes to a logger, and counts what it leaves out. One for each server.

    Args:
        logger: Where the lines go.
        now: A clock that does not go back, in seconds.
    """

    def __init__(self, logger: logging.Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._now = now
        self._kinds: dict[str, _Kind] = {}

    def say(self, level: int, kind: str, message: str, *args: object) -> None:
        """Write a line unless one of its kind was written in the last minute; the next one tells how many.

        Args:
            level: A level of ``logging``; lines of DEBUG are all written.
            kind: One of a few names; a client's own words would make it as many as the client likes.
            message: As for a logger.
            args: As for a logger.
        """
        if level <= logging.DEBUG:
            self._logger.log(level, message, *args)
            return
        now = self._now()
        known = self._kinds.get(kind)
        if known is not None and now - known.said_at_s < INTERVAL_S:
            known.n_passed_over += 1
            return
        if known is not None and known.n_passed_over:
            message, args = message + " (and %d more like it since)", (*args, known.n_passed_over)
        self._kinds[kind] = _Kind(now)
        self._logger.log(level, message, *args)
