"""How a command ends where something of it does not: an engine whose native call never returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tts_server.server.signals import end_process

if TYPE_CHECKING:
    from collections.abc import Callable

_still_running: Final[list[Callable[[], bool]]] = []


def do_not_wait_for(is_running: Callable[[], bool]) -> None:
    """Have the program end even while this says true, which would otherwise keep the interpreter."""
    _still_running.append(is_running)


def leave(status: int) -> int:
    """Return the exit status; does not return where something runs that is not waited for."""
    if any(is_running() for is_running in _still_running):
        end_process(status)
    return status
