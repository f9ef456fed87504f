"""How values and texts from outside stand in a message, on a terminal and in a log.

On one line, with nothing that is obeyed; values in messages are also short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_SHOWN_CHARS = 40
_SHOWN_CHOICES = 60
_SHOWN_TEXT_CHARS = 500

_OBEYED: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters of ASCII and of Latin-1, line feed and tabulator included
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\u2028\u2029"  # separators of lines and paragraphs
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"  # what is not seen at all
    "\ud800-\udfff"  # halves of pairs, which no encoding has
    "]"
)


def show(value: object) -> str:
    """Show a JSON value in a message, shortened to 40 characters, with control characters escaped."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # repr escapes everything that is not printable, lone surrogates and direction marks included.
        return (
            repr(value)
            if len(value) <= _SHOWN_CHARS
            else f"{value[:_SHOWN_CHARS]!r}… ({len(value)} characters)"
        )
    if isinstance(value, (int, float)):
        text = str(value)
        return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}… ({len(text)} characters)"
    return "a list" if isinstance(value, list) else "an object"


def show_text(text: str) -> str:
    """Show somebody else's words in a message: without quotes, up to 500 characters.

    What is not printable is escaped as ``show`` does, line ends too.
    """
    shown = text[:_SHOWN_TEXT_CHARS]
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown)
    return shown if len(text) <= _SHOWN_TEXT_CHARS else f"{shown}… ({len(text)} characters)"


def show_choices(choices: Iterable[str]) -> str:
    """List what would be accepted, cut after 60 entries."""
    names = list(choices)
    if not names:
        return "none"
    shown = ", ".join(names[:_SHOWN_CHOICES])
    return shown if len(names) <= _SHOWN_CHOICES else f"{shown} and {len(names) - _SHOWN_CHOICES} more"


def printable(text: str) -> str:
    r"""Escape what a terminal obeys, or a reader of lines, and what nobody sees.

    An escape is Python's own: ``\x1b``, ``\n``, ``\u202e``. All else, letters of every script and the joiners
    within words and pictures included, stays as it is. Idempotent.
    """
    return _OBEYED.sub(lambda match: repr(match[0])[1:-1], text)
