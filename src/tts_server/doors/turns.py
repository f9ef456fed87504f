"""Whose turn it is to be listened to, so that one client that floods the server costs the others nothing.

Theory of operation. Everything that is done for a client on the event loop's thread is charged to its
*account* in seconds of processor time. An account is credited as time goes by: all accounts together get
a quarter of ``share`` of one core. While an account has credit, its client is served as its messages come.
One that is overdrawn stands in line at the *turnstile*: one turn at a time, first come first served, and
after each turn a rest that keeps what all of them get together at ``share``. So whoever asks for little is
never in line, and whoever floods waits for others who flood and for nobody else.

A turn is short because it is one read of a few thousand bytes or one message; what the line consists of is
the transport's affair. Pure but for the timer that it is given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

MAX_CREDIT_S: Final = 0.01
"""Work of ten ordinary messages or more; what a client that was silent may cost at once without standing in
line. It is also the most that an account is overdrawn: a flood is not held against a client for long."""


CREDIT_PART: Final = 0.25
"""Of the share, what accounts are credited with: a bot that passes tokens on takes a hundredth of a core."""


class Cancellable(Protocol):
    """A timer that was set."""

    def cancel(self) -> None:
        """Have it do nothing."""


class Account:
    """What one client has cost. Made by ``Turnstile.open``; closed when the client has gone."""

    __slots__ = ("_credit_s", "_credited_at_s", "_turnstile", "cpu_s", "is_open")

    def __init__(self, turnstile: Turnstile, now: float) -> None:
        self._turnstile = turnstile
        self._credit_s = MAX_CREDIT_S
        self._credited_at_s = now
        self.cpu_s = 0.0
        """Seconds of processor time in all."""
        self.is_open = True

    @property
    def is_overdrawn(self) -> bool:
        """Whether its client has to stand in line."""
        return self._credit() < 0

    def charge(self, cpu_s: float) -> None:
        """Take note of work that was done for the client."""
        self.cpu_s += cpu_s
        self._credit_s = max(self._credit() - cpu_s, -MAX_CREDIT_S)
        if self._credit_s < 0:
            self._turnstile.rest_after(cpu_s)

    def close(self) -> None:
        """The client has gone. Idempotent."""
        if self.is_open:
            self.is_open = False
            self._turnstile.n_accounts -= 1

    def _credit(self) -> float:
        now = self._turnstile.now()
        gained_s = (now - self._credited_at_s) * self._turnstile.rate
        self._credited_at_s = now
        self._credit_s = min(self._credit_s + gained_s, MAX_CREDIT_S)
        return self._credit_s


class Turnstile:
    """See the head of this file. Not thread-safe.

    Args:
        share: The part of one core that those who are overdrawn get together; above 0, at most 1.
        now: The clock, in seconds.
        call_at: Sets a timer on that clock.
    """

    def __init__(
        self,
        share: float,
        now: Callable[[], float],
        call_at: Callable[[float, Callable[[], None]], Cancellable],
    ) -> None:
        self.now = now
        self.n_accounts = 0
        self.n_turns = 0
        """Turns that were waited for, since the start."""
        self._share = share
        self._call_at = call_at
        self._line: deque[Callable[[], None]] = deque()
        self._timer: Cancellable | None = None
        self._rests_until_s = now()

    @property
    def rate(self) -> float:
        """Seconds of credit that each account gains in a second."""
        return CREDIT_PART * self._share / max(self.n_accounts, 1)

    def open(self) -> Account:
        """Open an account."""
        self.n_accounts += 1
        return Account(self, self.now())

    def stand_in_line(self, turn: Callable[[], None]) -> None:
        """Have ``turn`` called, never at once, when those before it had theirs and the rest is over."""
        self._line.append(turn)
        self._set_timer()

    def rest_after(self, cpu_s: float) -> None:
        """An account that is overdrawn has worked: put off the next turn."""
        now = self.now()
        self._rests_until_s = max(self._rests_until_s, now) + cpu_s * (1 / self._share - 1)

    def close(self) -> None:
        """Give no more turns."""
        self._line.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        if self._timer is None and self._line:
            self._timer = self._call_at(max(self._rests_until_s, self.now()), self._give_turn)

    def _give_turn(self) -> None:
        self._timer = None
        self.n_turns += 1
        turn = self._line.popleft()
        try:
            turn()
        finally:
            self._set_timer()
