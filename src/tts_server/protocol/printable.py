"""Text from outside as it may stand on a terminal or in a log: on its line, with nothing that is obeyed."""

from __future__ import annotations

import re
from typing import Final

_OBEYED: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters of ASCII and of Latin-1, line feed and tabulator included
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of writing
    "\u2028\u2029"  # separators of lines and paragraphs
    "\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"  # what is not seen at all
    "\ud800-\udfff"  # halves of pairs, which no encoding has
    "]"
)


def printable(text: str) -> str:
    r"""Escape what a terminal obeys, or a reader of lines, and what nobody sees.

    An escape is Python's own: ``\x1b``, ``\n``, ``\u202e``. All else, letters of every script and the joiners
    within words and pictures included, stays as it is. Idempotent.
    """
    return _OBEYED.sub(lambda match: repr(match[0])[1:-1], text)
