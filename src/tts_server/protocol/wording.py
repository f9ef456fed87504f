"""How an offending value stands in a message: short, on one line, with nothing that a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN_CHARS = 40
_SHOWN_CHOICES = 60
_SHOWN_TEXT_CHARS = 500


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
