"""The ids of a session's events and responses: numbered, so that a run can be repeated exactly."""

from __future__ import annotations


class Ids:
    """Counters of one session.

    Args:
        session_id: Eight characters of it, past ``sess_``, stand in the ids of its responses.
    """

    __slots__ = ("_n_events", "_n_responses", "_prefix")

    def __init__(self, session_id: str) -> None:
        self._prefix = f"resp_{session_id.removeprefix('sess_')[:8]}_"
        self._n_responses = 0
        self._n_events = 0

    def response(self) -> str:
        """Name the next response."""
        self._n_responses += 1
        return f"{self._prefix}{self._n_responses}"

    def event(self) -> str:
        """Name the next event."""
        self._n_events += 1
        return f"evt_{self._n_events}"
