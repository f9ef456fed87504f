"""The one place where the commands print: results on standard output, everything else on standard error.

What is printed may come from a server, a file, the environment or an argument, so every line is escaped as a
whole: nothing in it is obeyed by a terminal, or begins a line of its own.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from tts_server.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def show(lines: str | Iterable[str]) -> None:
    """Print a line of a result, or several; they have left this process when this returns.

    Raises:
        OSError: Standard output cannot be written.
    """
    for line in [lines] if isinstance(lines, str) else lines:
        print(printable(line))
    sys.stdout.flush()


def show_json(value: Any) -> None:
    """Print a result as JSON, in ASCII.

    Raises:
        OSError: Standard output cannot be written.
    """
    # The one character of ASCII that a terminal obeys and JSON leaves as it is.
    print(json.dumps(value, indent=2).replace("\x7f", "\\u007f"))
    sys.stdout.flush()


def tell(message: object, *, program: str = "tts-server") -> None:
    """Print one line for the person at the keyboard; white space in it becomes single blanks."""
    say_aside(f"{program}: {' '.join(str(message).split())}")


def say_aside(lines: str | Iterable[str]) -> None:
    """Print lines on standard error as they are."""
    for line in [lines] if isinstance(lines, str) else lines:
        print(printable(line), file=sys.stderr, flush=True)


class OneLine(logging.Formatter):
    """What is logged beside a command, as its other messages: without a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the message alone."""
        message = printable(" ".join(record.getMessage().split()))
        return f"tts-server: {record.levelname.lower()}: {message}"


def columns(rows: Sequence[Sequence[str]], *, gap: str = "  ", indent: str = "") -> list[str]:
    """Lay out text in columns that are aligned left, one line for each row."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        indent + gap.join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
