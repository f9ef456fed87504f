"""How fast the engine is and how long its speech will be, learnt from what was measured.

How long the speech of a request should be the engine says itself; learnt is by what factor each voice
differs from that.

All averages forget: what lies ``HALF_LIFE_S`` of work back counts half, so that they follow the machine's
load. Until something was measured the priors hold. A promise that lasts needs more care than an average: a
machine that was slow a minute ago may be so again, so the speed to promise by is the lower of two averages'.
"""

from __future__ import annotations

import math

HALF_LIFE_S = 5.0
"""Seconds of engine work after which a measurement counts half."""

LONG_HALF_LIFE_S = 60.0
"""The same for the long average of the real-time factor."""

PRIOR_RTF = 0.3
"""Seconds of work for a second of audio, before any was measured: Kokoro on two cores of a small machine."""

MIN_RTF = 1e-5
"""An engine that costs nothing would make divisions by zero."""

PRIOR_LENGTH_RATIO = 1.0
"""Length of speech over the engine's own estimate, before any was measured."""

MIN_LENGTH_RATIO, MAX_LENGTH_RATIO = 0.05, 20.0
"""Bounds on it, so that texts which are not what they seem do not spoil the estimate of all others."""

PRIOR_STEP_S = 0.1
"""Work of one step, the bound that backends aim at."""


def kept_after(spent_s: float, half_life_s: float) -> float:
    """Tell what part of a measurement counts after ``spent_s``, of work or of whatever it forgets by."""
    return math.pow(0.5, spent_s / half_life_s)


class DecayingRatio:
    """The ratio of two sums that forget.

    Args:
        prior: What it is before anything was added.
    """

    __slots__ = ("_numerator", "_prior", "_weight")

    def __init__(self, prior: float) -> None:
        self._prior = prior
        self._numerator = 0.0
        self._weight = 0.0

    @property
    def value(self) -> float:
        """The ratio now."""
        return self._numerator / self._weight if self._weight > 0 else self._prior

    @property
    def measured(self) -> bool:
        """Whether it is more than the prior."""
        return self._weight > 0

    def add(self, numerator: float, weight: float, keep: float) -> None:
        """Add a measurement; what was added before counts ``keep`` times as much as it did."""
        self._numerator = self._numerator * keep + numerator
        self._weight = self._weight * keep + weight


class SpeedEstimate:
    """Running averages of one server's engine lanes."""

    __slots__ = ("_any_voice", "_long_rtf", "_rtf", "_start_s", "_step_s", "_voices")

    def __init__(self) -> None:
        self._rtf = DecayingRatio(PRIOR_RTF)
        self._long_rtf = DecayingRatio(PRIOR_RTF)
        self._step_s = DecayingRatio(PRIOR_STEP_S)
        self._start_s = DecayingRatio(0.0)
        self._any_voice = DecayingRatio(PRIOR_LENGTH_RATIO)
        self._voices: dict[str | None, DecayingRatio] = {}

    @property
    def measured(self) -> bool:
        """Whether the engine has made any audio yet."""
        return self._rtf.measured

    @property
    def rtf(self) -> float:
        """Seconds of one lane's work for a second of audio."""
        return max(self._rtf.value, MIN_RTF)

    @property
    def careful_rtf(self) -> float:
        """The higher of a short average and a long one: rises at once with the machine's load."""
        return max(self.rtf, self._long_rtf.value)

    @property
    def step_s(self) -> float:
        """Seconds of work in one step."""
        return self._step_s.value

    @property
    def start_s(self) -> float:
        """Seconds of work before the first audio of a response, beyond what that audio itself costs."""
        return self._start_s.value

    def audio_s(self, estimated_s: float, voice: str | None) -> float:
        """Tell how long speech will be that the engine estimates at ``estimated_s``."""
        ratio = self._voices.get(voice, self._any_voice)
        return estimated_s * min(max(ratio.value, MIN_LENGTH_RATIO), MAX_LENGTH_RATIO)

    def step_done(self, work_s: float, audio_s: float) -> None:
        """Take note of what a step cost and made."""
        keep = kept_after(work_s, HALF_LIFE_S)
        self._step_s.add(work_s, 1.0, keep)
        self._rtf.add(work_s, audio_s, keep)
        self._long_rtf.add(work_s, audio_s, kept_after(work_s, LONG_HALF_LIFE_S))

    def begun(self, work_s: float, audio_s: float) -> None:
        """Take note of all work up to the first audio of a response, and of its length."""
        self._start_s.add(max(work_s - self.rtf * audio_s, 0.0), 1.0, kept_after(work_s, HALF_LIFE_S))

    def spoken(self, estimated_s: float, voice: str | None, audio_s: float) -> None:
        """Take note of how long speech became, all of it; a tenth is forgotten with each."""
        if estimated_s <= 0:
            return
        for ratio in (self._any_voice, self._voices.setdefault(voice, DecayingRatio(PRIOR_LENGTH_RATIO))):
            ratio.add(audio_s, estimated_s, 0.9)
