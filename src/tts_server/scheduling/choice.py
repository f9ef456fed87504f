"""Which responses a lane works on together.

Theory of operation. The first of a batch is the one whose listener runs dry first, and where its step has
room for more, others ride along in the same order. A rider makes the step longer, though by less than a step
of its own would take, so that it pays for everybody to ride who may: those in time as many as there is room
for, unless the listener who runs dry first would run dry *because* of them. Then the batch is the largest
that ends before that, or, where even a step alone comes too late, holds those who would be late as well if
they waited for the next. One who has just begun, with a tenth of a second in hand, thus gets a short step
beside seven who have plenty, and rides with them from the next on. Whoever waits for a first word, and is the
most urgent, is spared riders in the same way, but for others who do: the rest can wait, and a listener in
silence should not.

Whoever is *behind* (see ``reader``) goes first in a batch while every listener in time has ``in_hand_s`` in
hand, and for a small share of the work in any case. In the first case those in time ride along, and others
that are behind in the room that is left; in the second no other of them does. So one that is behind costs
those in time a rider's work, and nothing that they need.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence

from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import Entry
from tts_server.scheduling.policy import SchedulingPolicy


class Choice:
    """Chooses batches, and remembers on each lane what those who are behind are owed.

    Args:
        policy: In what order, and what is owed.
        estimate: What a step costs; the scheduler tells it of each.
    """

    def __init__(self, policy: SchedulingPolicy, estimate: SpeedEstimate) -> None:
        self.policy = policy
        self.estimate = estimate
        self._passing: set[int] = set()
        self._owed_s: dict[int, float] = {}

    def batch(self, ready: Sequence[Entry], lane: int, now: float, room: int) -> list[Entry]:
        """Choose up to ``room`` of ``ready``, of which there is one at least; the most urgent comes first."""
        if self.policy.order == "fifo":
            return heapq.nsmallest(room, ready, key=self.urgency)
        behind = [one for one in ready if one.is_behind]
        in_time = [one for one in ready if not one.is_behind] if behind else ready
        in_time = heapq.nsmallest(room, in_time, key=self.urgency)
        behind = heapq.nsmallest(room, behind, key=self.urgency) if behind else behind
        if not in_time:
            return behind
        due_s = in_time[0].playout_end_s
        if not behind:
            return self._fitting(in_time, 1, in_time[0], now)
        is_at_ease = due_s - now > self.policy.in_hand_s
        if is_at_ease or self._owed_s.get(lane, 0.0) >= self.estimate.part_s(room):
            self._owed_s[lane] = 0.0
            chosen = [behind[0], *in_time, *(behind[1:] if is_at_ease else ())]
            return self._fitting(chosen[:room], 2, in_time[0], now)
        self._passing.add(lane)
        return self._fitting(in_time, 1, in_time[0], now)

    def _fitting(self, chosen: list[Entry], n_sure: int, urgent: Entry, now: float) -> list[Entry]:
        """Leave out whose ride would make ``urgent`` run dry, or wait for a first word without need.

        The first ``n_sure`` ride in any case: it, and whose turn it is before.
        """
        n_most = len(chosen)
        if n_most <= n_sure:
            return chosen
        for n in () if self._is_silent(urgent, now) else range(n_most, n_sure - 1, -1):
            if now + self.estimate.batch_s(n) <= urgent.playout_end_s:
                return chosen[:n]
        next_s = now + self.estimate.batch_s(n_sure) + self.estimate.batch_s(n_most)

        def cannot_wait(one: Entry) -> bool:
            return not one.is_behind and (one.playout_end_s <= next_s or self._is_silent(one, now))

        return chosen[:n_sure] + list(itertools.takewhile(cannot_wait, chosen[n_sure:]))

    def _is_silent(self, entry: Entry, now: float) -> bool:
        """Tell whether its listener waits for a first word, and not until another text was heard."""
        return not entry.begun and entry.playout_end_s - now <= self.policy.first_audio_s

    def urgency(self, entry: Entry) -> tuple[int, ...]:
        """Give what orders the responses: the least is the most urgent."""
        if self.policy.order == "fifo":
            return (entry.index,)
        interval = math.floor(entry.playout_end_s / self.policy.tie_s)
        return (interval, entry.load.served_at, entry.index)

    def worked(self, lane: int, work_s: float) -> None:
        """Take note that a lane's step is done, in which those who are behind may have been passed over."""
        if lane in self._passing:
            self._passing.remove(lane)
            self._owed_s[lane] = self._owed_s.get(lane, 0.0) + self.policy.behind_share * work_s
