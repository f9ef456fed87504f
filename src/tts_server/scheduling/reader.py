"""Whether a reader takes speech as fast as it is spoken.

Theory of operation. A reader has an account of seconds. What it takes of the audio that was made for it is
put in, and while something waits for it the time that passes is drawn, a little slower than it passes, so
that a stall of a second is made good within half a minute. Who listens in real time has always taken what was
played, and never overdraws; what is taken ahead counts for a few seconds and no more. A reader that overdraws
is *behind*, and stays so until it has kept up for a while and there is a place for it in real time. While
nothing waits, the engine is the slower of the two, and nothing is drawn; but one that is behind has to take a
second a second to show that it keeps up.
"""

from __future__ import annotations

import math
from typing import Final

from tts_server.scheduling.estimate import DecayingRatio, kept_after

GRACE_S: Final = 2.0
"""What an account begins with, also after it was overdrawn: a reader may start so late."""

MAX_CREDIT_S: Final = 4.0
"""Most that an account holds: a player may read in pieces so long, and what it has taken ahead beyond that
says nothing of how it will go on."""

PACE: Final = 0.95
"""Seconds drawn for each second in which something waits."""

HOLD_S: Final = 16.0
"""A reader that overdrew so recently is still behind. With ``GRACE_S``, one that takes less than 0.82 times
real time overdraws again before that."""

RATE_HALF_LIFE_S: Final = 5.0
"""Seconds, waited or taken, after which what was seen before counts half in the rate."""

FRAME_S: Final = 0.02
"""Less than a frame is nothing that a reader could take."""

STORING_RATE: Final = 20.0
"""A reader that takes so many seconds of audio a second stores them; players fill their buffers at less."""

RATE_CARE: Final = 0.95
"""What a measured rate is multiplied by, since it scatters."""


class Reader:
    """What one connection's reader takes of what is made for it.

    ``waiting_s`` is the audio that it could take and has not, ``is_behind`` whether it takes less than real
    time. Every method takes the time, in seconds on a clock that does not go back.
    """

    __slots__ = (
        "_balance_s",
        "_looked_at_s",
        "_overdrawn_at_s",
        "_rate",
        "_taken_s",
        "is_behind",
        "waiting_s",
    )

    def __init__(self) -> None:
        self.waiting_s = 0.0
        self.is_behind = False
        self._balance_s = GRACE_S
        self._taken_s = 0.0
        self._looked_at_s = math.inf
        self._overdrawn_at_s = -math.inf
        self._rate = DecayingRatio(math.inf)

    @property
    def sure_rate(self) -> float:
        """Seconds of audio that it will take in a second; infinite for one that stores what it gets.

        One that is faster than real time may be filling a player's buffer, and then goes on as that plays.
        """
        rate = self._rate.value
        return math.inf if rate > STORING_RATE else RATE_CARE * min(rate, 1.0)

    def waits(self, made_s: float, waiting_s: float, now: float, *, is_served: bool = True) -> None:
        """Take note of what waits.

        Args:
            made_s: All audio that was ever made for it.
            waiting_s: What of it has neither been taken nor dropped.
            now: The time.
            is_served: Whether more is to be made for it.
        """
        # What is dropped on a cancel counts as taken. An estimate that was too high corrects itself.
        taken_s = max(made_s - waiting_s - self._taken_s, 0.0)
        self._taken_s += taken_s
        self._pass(now, taken_s, is_served=is_served)
        self.waiting_s = waiting_s

    def elapse(self, now: float, *, is_served: bool = True) -> None:
        """Draw for the time that has passed, in which it has taken nothing."""
        self._pass(now, 0.0, is_served=is_served)

    def may_return(self, now: float) -> bool:
        """Tell whether one that is behind has kept up for long enough."""
        return self.is_behind and now - self._overdrawn_at_s >= HOLD_S

    def _pass(self, now: float, taken_s: float, *, is_served: bool) -> None:
        passed_s = max(now - self._looked_at_s, 0.0)
        waited_s = passed_s if self.waiting_s > FRAME_S else 0.0
        drawn_s = PACE * (passed_s if self.is_behind and is_served else waited_s)
        self._looked_at_s = now if math.isinf(self._looked_at_s) else max(now, self._looked_at_s)
        self._rate.add(taken_s, waited_s, kept_after(taken_s + waited_s, RATE_HALF_LIFE_S))
        self._balance_s = min(self._balance_s + taken_s - drawn_s, MAX_CREDIT_S)
        if self._balance_s < 0:
            self.is_behind = True
            self._overdrawn_at_s = now
            self._balance_s = GRACE_S
