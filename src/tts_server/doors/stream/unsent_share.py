"""How much speech may wait for one reader, so that what waits for all of them is bounded. Pure."""

from __future__ import annotations

from tts_server.limits import Limits


class UnsentShare:
    """Shares ``limits.max_unsent_total_bytes`` among the connections for which speech waits.

    Each gets ``limits.max_unsent_bytes`` as long as that is no more than its equal part.

    Args:
        limits: For each connection, and in all.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: set[str] = set()

    def allowed(self, connection_id: str, n_bytes: int) -> int:
        """Take note of what waits for a connection, and tell how much may."""
        if n_bytes:
            self._waiting.add(connection_id)
        else:
            self._waiting.discard(connection_id)
        equal = self._limits.max_unsent_total_bytes // max(len(self._waiting), 1)
        return min(self._limits.max_unsent_bytes, equal)

    def forget(self, connection_id: str) -> None:
        """A connection has ended."""
        self._waiting.discard(connection_id)
