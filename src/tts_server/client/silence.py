"""Notices a server that falls silent in the middle of a response.

A server that is asked then and does not answer is taken for dead; one that answers gets more time where the
silence may have a reason. Asking also gives the reading side time for what came while this process itself was
stopped.
"""

from __future__ import annotations

from tts_server.client.responses import Responses
from tts_server.protocol import events as ev

PROBE_S = 5.0
"""Longest wait for a sign of life from a server that has been silent for too long."""

SHORTEST_PROBE_S = 0.1


class SilenceRule:
    """Says when a server's silence has lasted too long, and what its sign of life is worth.

    Args:
        responses: The responses in progress.
        silence_s: Longest silence; None allows any.
    """

    def __init__(self, responses: Responses, silence_s: float | None) -> None:
        self._responses = responses
        self._silence_s = silence_s
        self._is_reading = True
        self._is_asking = False

    @property
    def ask_s(self) -> float:
        """How long a server that is asked for life may take."""
        return PROBE_S if self._silence_s is None else min(PROBE_S, max(self._silence_s, SHORTEST_PROBE_S))

    def pause(self) -> None:
        """Nothing is read: what follows is not the server's silence."""
        self._is_reading = False

    def resume(self, now: float) -> None:
        """Reading goes on: silence counts from here."""
        self._is_reading = True
        self._responses.restart_clocks(now)

    def is_to_ask(self, now: float) -> bool:
        """Look at the responses; True where the server is to be asked how it is."""
        if not self._is_reading:
            self._responses.restart_clocks(now)
        if self._silence_s is None or self._is_asking or not self._responses.silent(self._silence_s, now):
            return False
        self._is_asking = True
        return True

    def heard(self, answer: ev.ServerEvent | None, now: float) -> float | None:
        """Judge what the server answered, or that it did not: give more time, or up.

        Returns:
            The seconds of silence after which it is given up; None where it has more time.
        """
        self._is_asking = False
        if self._silence_s is None:
            return None
        is_alive = isinstance(answer, ev.ServerStatus) and answer.queue_depth > 0
        for response in self._responses.silent(self._silence_s, now):
            if not (is_alive and response.may_be_silent(now)):
                return self._silence_s
            response.n_extensions += 1
        return None

    def next_look_s(self) -> float | None:
        """When to look again, unless something comes."""
        if self._silence_s is None or self._is_asking:
            return None
        return self._responses.next_silence_s(self._silence_s)
