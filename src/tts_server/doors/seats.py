"""Who has a seat among the connections, and who makes room when all seats are taken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol

from tts_server.limits import Limits

if TYPE_CHECKING:
    from tts_server.quiet_log import QuietLog


class Guest(Protocol):
    """A connection's driver, as seen from here."""

    connection_id: str
    n_messages: int

    def idle_s(self, now: float) -> float | None:
        """For how long the client has said nothing; None while anything of it is in progress."""

    def make_room(self) -> None:
        """Close the connection."""


class Seats:
    """Counts the connections of one server.

    A client that holds a seat and says nothing keeps others out only as long as there are free seats:
    after that, whoever has never said anything for ``limits.silent_s`` makes room, the longest silent first,
    and then whoever has been idle for ``limits.idle_s``.

    Args:
        limits: How many there are, and how long silence may be.
        guests: Those who are served now; a view that changes.
        now: The event loop's clock.
        quiet: Where a line about it goes.
    """

    def __init__(
        self, limits: Limits, guests: Collection[Guest], now: Callable[[], float], quiet: QuietLog
    ) -> None:
        self.limits = limits
        self._guests = guests
        self._now = now
        self._quiet = quiet
        self._leaving: set[Guest] = set()
        self.n_open = 0
        """Connections that are open, those that wait for the model included."""
        self.n_freed = 0
        """Connections that were closed to make room, since the start."""

    def has_room(self) -> bool:
        """Whether one more may be opened; where all seats are taken, one that is idle makes room."""
        self._leaving.intersection_update(self._guests)
        if self.n_open - len(self._leaving) < self.limits.max_connections:
            return True
        idle = [entry for guest in self._guests if (entry := self._idle(guest)) is not None]
        if not idle:
            return False
        _, idle_s, guest = max(idle, key=lambda entry: entry[:2])
        self._quiet.say(
            logging.WARNING,
            "seats",
            "all %d connections are in use; connection %s, silent for %.0f s, makes room",
            *(self.limits.max_connections, guest.connection_id, idle_s),
        )
        self._leaving.add(guest)
        self.n_freed += 1
        guest.make_room()
        return True

    def _idle(self, guest: Guest) -> tuple[bool, float, Guest] | None:
        """What decides who makes room first, or None for a guest that stays."""
        is_silent = guest.n_messages == 0
        idle_s = None if guest in self._leaving else guest.idle_s(self._now())
        if idle_s is None or idle_s < (self.limits.silent_s if is_silent else self.limits.idle_s):
            return None
        return is_silent, idle_s, guest
