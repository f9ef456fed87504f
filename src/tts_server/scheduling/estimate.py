"""How fast the engine is and how long its speech will be, learnt from what was measured.

How long the speech of a request should be the engine says itself; learnt is by what factor each voice
differs from that.

All averages forget: what lies ``HALF_LIFE_S`` of work back counts half, so that they follow the machine's
load. Until something was measured the priors hold. A promise that lasts needs more care than an average: a
machine that was slow a minute ago may be so again, so the speed to promise by is the lower of two averages'.

Where a step makes the next audio of several streams, its work is measured over all of that audio, so that the
real-time factor falls as batches form. For as many streams as were together when it was measured that is
true. Fewer share a step with fewer, and each costs more. How much more is not known, but a step of fewer is
no longer than one of more, so that ``n`` streams need no more of the machine *in all* than those did that
were measured: a stream's part of that, ``1 / n`` of the whole, is what ``rtf_of`` and its like promise. A
stream that is alone is therefore never promised a speed that only batches have. Of more than were together
so far it is known how a step's work rises with its size (``StepCost``); beyond the sizes that were seen half
of what that promises is believed, and the rest when it was seen.
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

MIN_SPREAD = 1e-3
"""Variance of the sizes of steps below which they say nothing of how a step's work grows."""


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


class StepCost:
    """What a step costs by the number of jobs in it: a line through what was measured, which forgets.

    The line rises, and no more steeply than in proportion. While steps of one size alone are known it is the
    steepest: a larger one is not begun in a hurry before it was tried at leisure.
    """

    __slots__ = ("_audio", "_jobs", "_jobs_jobs", "_jobs_work", "_weight", "_work")

    def __init__(self) -> None:
        self._weight = 0.0
        self._jobs = 0.0
        self._work = 0.0
        self._audio = 0.0
        self._jobs_jobs = 0.0
        self._jobs_work = 0.0

    def add(self, n_jobs: int, work_s: float, audio_s: float, keep: float) -> None:
        """Add a step; those before count ``keep`` times as much as they did."""
        self._weight = self._weight * keep + 1.0
        self._jobs = self._jobs * keep + n_jobs
        self._work = self._work * keep + work_s
        self._audio = self._audio * keep + audio_s
        self._jobs_jobs = self._jobs_jobs * keep + n_jobs * n_jobs
        self._jobs_work = self._jobs_work * keep + n_jobs * work_s

    def work_s(self, n_jobs: int) -> float:
        """Tell what a step of ``n_jobs`` should cost, as likely too little as too much."""
        if not self._weight:
            return PRIOR_STEP_S * n_jobs
        return self._work / self._weight + self._slope * (n_jobs - self._jobs / self._weight)

    def careful_rtf(self, n_jobs: int) -> float:
        """Tell what a second of audio costs where steps are of ``n_jobs``, rather too much than too little.

        Smaller steps than the mean cost as much as that. Larger ones rise as the line does as far as sizes
        were seen, two standard deviations of them, and beyond half as that and half as in proportion.
        """
        if not self._audio:
            return PRIOR_RTF
        slope, mean_jobs = self._slope, self._jobs / self._weight
        known = max(min(n_jobs - mean_jobs, 2 * math.sqrt(self._spread)), 0.0)
        beyond = max(n_jobs - mean_jobs - known, 0.0)
        known_s = self._work / self._weight + known * slope
        step_s = known_s + beyond * (slope + known_s / (mean_jobs + known)) / 2
        return step_s / (n_jobs * self._audio / self._jobs)

    @property
    def _spread(self) -> float:
        """Variance of the sizes."""
        mean_jobs = self._jobs / self._weight
        return max(self._jobs_jobs / self._weight - mean_jobs * mean_jobs, 0.0)

    @property
    def _slope(self) -> float:
        """What one more job adds to a step."""
        steepest, spread = self._work / self._jobs, self._spread
        if spread <= MIN_SPREAD:
            return steepest
        slope = (self._jobs_work - self._jobs / self._weight * self._work) / self._weight / spread
        return min(max(slope, 0.0), steepest)


class SpeedEstimate:
    """Running averages of one server's engine lanes."""

    __slots__ = (
        "_any_voice",
        "_cost",
        "_lone_rtf",
        "_lone_start_s",
        "_long_cost",
        "_long_rtf",
        "_part_s",
        "_rtf",
        "_start_s",
        "_step_s",
        "_voices",
    )

    def __init__(self) -> None:
        self._rtf = DecayingRatio(PRIOR_RTF)
        self._long_rtf = DecayingRatio(PRIOR_RTF)
        self._lone_rtf = DecayingRatio(PRIOR_RTF)
        self._step_s = DecayingRatio(PRIOR_STEP_S)
        self._part_s = DecayingRatio(PRIOR_STEP_S)
        self._start_s = DecayingRatio(0.0)
        self._lone_start_s = DecayingRatio(0.0)
        self._cost = StepCost()
        self._long_cost = StepCost()
        self._any_voice = DecayingRatio(PRIOR_LENGTH_RATIO)
        self._voices: dict[str | None, DecayingRatio] = {}

    @property
    def measured(self) -> bool:
        """Whether the engine has made any audio yet."""
        return self._rtf.measured

    @property
    def rtf(self) -> float:
        """Seconds of one lane's work for a second of audio, at the batches that were."""
        return max(self._rtf.value, MIN_RTF)

    def rtf_of(self, n_streams: int) -> float:
        """Tell what a second of audio costs where so many streams are made side by side; see above."""
        if n_streams == 1:
            return max(self.rtf, self._lone_rtf.value)
        return max(self._cost.careful_rtf(n_streams), self._lone_rtf.value / n_streams, MIN_RTF)

    def careful_rtf_of(self, n_streams: int) -> float:
        """Tell the same by the higher of a short average and a long one."""
        if n_streams == 1:
            return max(self.rtf_of(1), self._long_rtf.value)
        return max(self.rtf_of(n_streams), self._long_cost.careful_rtf(n_streams))

    @property
    def step_s(self) -> float:
        """Seconds that a step takes, however many are in it."""
        return self._step_s.value

    def part_s(self, n_streams: int) -> float:
        """Tell what one job's part of a step costs at most where so many streams are made side by side."""
        return max(self._part_s.value, self._step_s.value / n_streams)

    def start_s(self, n_streams: int = 1) -> float:
        """Tell what is done before the first audio of a response, beyond what that audio itself costs.

        As ``rtf_of``, where so many streams are made side by side.
        """
        return max(self._start_s.value, self._lone_start_s.value / n_streams)

    def batch_s(self, n_jobs: int) -> float:
        """Tell what a step of so many jobs should cost; not careful as the others are."""
        return self._cost.work_s(n_jobs)

    def audio_s(self, estimated_s: float, voice: str | None) -> float:
        """Tell how long speech will be that the engine estimates at ``estimated_s``."""
        ratio = self._voices.get(voice, self._any_voice)
        return estimated_s * min(max(ratio.value, MIN_LENGTH_RATIO), MAX_LENGTH_RATIO)

    def step_done(self, work_s: float, audio_s: float, n_jobs: int = 1) -> None:
        """Take note of what a step cost and made for all of its jobs."""
        keep, long_keep = kept_after(work_s, HALF_LIFE_S), kept_after(work_s, LONG_HALF_LIFE_S)
        self._step_s.add(work_s, 1.0, keep)
        self._part_s.add(work_s, n_jobs, keep)
        self._cost.add(n_jobs, work_s, audio_s, keep)
        self._rtf.add(work_s, audio_s, keep)
        self._lone_rtf.add(work_s, audio_s / n_jobs, keep)
        self._long_rtf.add(work_s, audio_s, long_keep)
        self._long_cost.add(n_jobs, work_s, audio_s, long_keep)

    def begun(self, work_s: float, audio_s: float, steps_s: float | None = None) -> None:
        """Take note of all work up to the first audio of a response, and of its length.

        Args:
            work_s: Its part of the steps up to then.
            audio_s: The first audio.
            steps_s: The whole of those steps; None is the same, of one that was alone in them.
        """
        keep, steps_s = kept_after(work_s, HALF_LIFE_S), work_s if steps_s is None else steps_s
        self._start_s.add(max(work_s - self.rtf * audio_s, 0.0), 1.0, keep)
        self._lone_start_s.add(max(steps_s - self.rtf_of(1) * audio_s, 0.0), 1.0, keep)

    def spoken(self, estimated_s: float, voice: str | None, audio_s: float) -> None:
        """Take note of how long speech became, all of it; a tenth is forgotten with each."""
        if estimated_s <= 0:
            return
        for ratio in (self._any_voice, self._voices.setdefault(voice, DecayingRatio(PRIOR_LENGTH_RATIO))):
            ratio.add(audio_s, estimated_s, 0.9)
