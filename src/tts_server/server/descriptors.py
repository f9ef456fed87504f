"""The process's limit of open files, and how many sockets it leaves room for."""

from __future__ import annotations

import contextlib
import os
import resource
from dataclasses import replace
from typing import Final

from tts_server.limits import Limits

RESERVE: Final = 64
"""Descriptors that are kept for everything that is no client: the model's files, libraries, the log."""

MIN_HANDSHAKES: Final = 8
"""Sockets for clients that come and are refused, or ask for a page, however few there are in all."""


def wanted_descriptors(limits: Limits) -> int:
    """Descriptors with which no limit needs to be lowered, beside those that are open."""
    return limits.max_connections + limits.max_handshakes + RESERVE


def raise_limit(limits: Limits) -> None:
    """Raise this process's limit of open files to what a server with such limits wants, as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = wanted_descriptors(limits) + _n_open()
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    new = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    # Some systems refuse what their own hard limit promises; then the limits are lowered instead.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (new, hard))


def within_descriptors(limits: Limits) -> tuple[Limits, str]:
    """Lower the limits to what this process may have open.

    Returns:
        The limits, and a warning, empty where nothing was lowered.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits, ""
    return fitted(limits, soft, _n_open())


def fitted(limits: Limits, n_allowed: int, n_open: int) -> tuple[Limits, str]:
    """Lower the limits to so many descriptors; pure."""
    room = max(n_allowed - n_open - min(RESERVE, n_allowed // 4), 2)
    if limits.max_connections + limits.max_handshakes <= room:
        return limits, ""
    n_connections = max(min(limits.max_connections, room - min(MIN_HANDSHAKES, room // 2)), 1)
    n_handshakes = max(min(limits.max_handshakes, room - n_connections), 1)
    lowered = replace(limits, max_connections=n_connections, max_handshakes=n_handshakes)
    if n_connections == limits.max_connections and n_handshakes >= n_connections:
        return lowered, ""
    return lowered, (
        f"{n_allowed} files may be open, which leaves room for {n_connections} connections and "
        f"{n_handshakes} that have not said what they want (wanted: {limits.max_connections} and "
        f"{limits.max_handshakes}); raise the limit, as with ulimit -n"
    )


def _n_open() -> int:
    """Descriptors that are open; a guess where the system does not show them."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        with contextlib.suppress(OSError):
            return len(os.listdir(folder))  # noqa: PTH208 - names alone, of a folder that changes
    return 16
