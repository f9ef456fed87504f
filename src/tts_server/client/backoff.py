"""How long to wait before trying again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to try again, and how long to wait before each try.

    The wait doubles from ``first_delay_s`` up to ``max_delay_s``; each is then made up to a quarter longer by
    chance, so that clients that were refused together do not come back together.

    Args:
        max_tries: Tries after the first; 0 never tries again.
        first_delay_s: Wait before the first of them.
        max_delay_s: Longest wait by our own choice; a server that names a longer one is obeyed.
        max_server_delay_s: Longest wait that a server may ask for. Beyond it, its refusal is raised at once,
            with ``retry_after_ms``, rather than waited out without a word.
    """

    max_tries: int = 8
    first_delay_s: float = 0.1
    max_delay_s: float = 5.0
    max_server_delay_s: float = 60.0


BUSY_RETRY = RetryPolicy()
"""For a server that is ``busy``."""

CONNECT_RETRY = RetryPolicy(max_tries=6, first_delay_s=0.25, max_delay_s=8.0)
"""For a connection that was lost: about half a minute in all."""

NO_RETRY = RetryPolicy(max_tries=0)


@dataclass(slots=True)
class Backoff:
    """The waits of one request.

    Args:
        policy: How often and how long.
        source: Where chance comes from; given by tests.
    """

    policy: RetryPolicy
    source: random.Random = field(default_factory=random.Random)
    n_tries: int = 0

    def is_too_long(self, retry_after_ms: int | None) -> bool:
        """Whether the server asks for a longer wait than it may."""
        return retry_after_ms is not None and retry_after_ms > 1000 * self.policy.max_server_delay_s

    def next_delay_s(self, retry_after_ms: int | None = None) -> float | None:
        """The wait before the next try, or None when there is none left.

        Args:
            retry_after_ms: When the server said to come back; never earlier than that.
        """
        if self.n_tries >= self.policy.max_tries:
            return None
        # Doubled 100 times, any wait is past the longest; 2.0**1024 is past the largest float.
        own_s = min(self.policy.max_delay_s, self.policy.first_delay_s * 2.0 ** min(self.n_tries, 100))
        self.n_tries += 1
        return max(own_s, (retry_after_ms or 0) / 1000) * (1.0 + 0.25 * self.source.random())
