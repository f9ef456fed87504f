"""How the client keeps up with what is sent: when to make no more audio for it, and when to give it up."""

from __future__ import annotations

from tts_server.limits import Limits
from tts_server.session.effects import Effect, PauseSynthesis, ResumeSynthesis, SetTimer, Timer


class Outflow:
    """Watches the bytes that wait to be sent on one connection.

    Synthesis pauses above ``limits.max_unsent_bytes`` and goes on at half of it, so that it does not change
    with every frame. The stall timer is set once and looks at the time of the last progress when it fires,
    since a reader that keeps up makes progress fifty times a second.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._unsent_bytes = 0
        self._progress_at_s = 0.0
        self._paused = False
        self._timer_set = False

    def update(
        self, unsent_bytes: int, progressed: bool, now: float, allowed_bytes: int | None = None
    ) -> list[Effect]:
        """Take note of what waits, and whether the client has accepted anything since the last call.

        Synthesis pauses above ``allowed_bytes``, or above the limit where that is None.
        """
        allowed_bytes = self._limits.max_unsent_bytes if allowed_bytes is None else allowed_bytes
        effects: list[Effect] = []
        if progressed or not self._unsent_bytes:
            self._progress_at_s = now
        self._unsent_bytes = unsent_bytes
        if unsent_bytes and not self._timer_set:
            self._timer_set = True
            effects.append(SetTimer(Timer.STALL, self._stalls_at_s))
        if not self._paused and unsent_bytes > allowed_bytes:
            self._paused = True
            effects.append(PauseSynthesis())
        elif self._paused and unsent_bytes <= allowed_bytes // 2:
            self._paused = False
            effects.append(ResumeSynthesis())
        return effects

    def stalled(self, now: float) -> bool:
        """Tell, when the stall timer has fired, whether the client has accepted nothing for too long."""
        self._timer_set = False
        return self._unsent_bytes > 0 and now >= self._stalls_at_s

    def rearm(self) -> list[Effect]:
        """Set the timer again after one that fired too early, where anything waits."""
        if not self._unsent_bytes:
            return []
        self._timer_set = True
        return [SetTimer(Timer.STALL, self._stalls_at_s)]

    @property
    def _stalls_at_s(self) -> float:
        return self._progress_at_s + self._limits.send_stall_s
