"""What an operator may want to read of a session."""

from __future__ import annotations

from tts_server.session.effects import Note
from tts_server.wording import show

_SHOWN_EXTRAS = 10
"""Dropped extras that a note names."""


def dropped_extras(dropped: tuple[str, ...]) -> list[Note]:
    """Tell of all in one line: a message can hold tens of thousands."""
    if len(dropped) < 2:
        return [
            Note("debug", f"the extra {show(key)} is not one of this backend's and was dropped")
            for key in dropped
        ]
    shown = ", ".join(map(show, dropped[:_SHOWN_EXTRAS]))
    more = f" and {len(dropped) - _SHOWN_EXTRAS} more" if len(dropped) > _SHOWN_EXTRAS else ""
    return [Note("debug", f"the extras {shown}{more} are not this backend's and were dropped")]
