"""Whether one more response fits, and when it will.

The arithmetic is that of earliest-deadline-first: a set of streams can be served in time when, for every
moment t, the work that must be done by t fits between now and t. A stream's demand grows from its deadline on
with the engine's work per second of audio, until all of its audio is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """The work that one response still needs.

    Args:
        due_s: When its next audio is due, seconds from now; may be negative.
        first_work_s: Work to be done by then.
        work_s: All of its remaining work.
        audio_s: All of its remaining audio.
        begun: Whether its listener hears it already. Of one who does not, the first audio may come late; it
            is what follows that must keep up.
    """

    due_s: float
    first_work_s: float
    work_s: float
    audio_s: float
    begun: bool = True

    @property
    def end_s(self) -> float:
        """When its last audio is due, seconds from now."""
        return self.due_s + self.audio_s

    def by(self, t_s: float) -> float:
        """Work that must be done by ``t_s`` seconds from now."""
        if t_s < self.due_s:
            return 0.0
        if t_s >= self.end_s:
            return self.work_s
        grown = self.work_s * (t_s - self.due_s) / self.audio_s
        return min(max(self.first_work_s, grown), self.work_s)


def clearly_fits(demands: Sequence[Demand], newcomer: Demand, n_lanes: int) -> bool:
    """Tell, in linear time, that ``overload_s`` would be 0 or less; False means only that it may not be.

    Bounds each demand by a line from the newcomer's deadline on: where the lines fit at that moment and rise
    no faster than the lanes work, they fit ever after.
    """
    everyone = [*demands, newcomer]
    rate = sum(demand.work_s / demand.audio_s for demand in everyone)
    by_then_s = sum(
        demand.first_work_s + demand.work_s / demand.audio_s * max(newcomer.due_s - demand.due_s, 0.0)
        for demand in everyone
    )
    return rate <= n_lanes and by_then_s <= n_lanes * newcomer.due_s


def overload_s(demands: Sequence[Demand], newcomer: Demand, n_lanes: int) -> float:
    """Tell how late the worst deadline would be if ``newcomer`` were admitted.

    Deadlines before the newcomer's are left out: earliest-deadline-first serves them first, as if it were not
    there.

    Returns:
        Seconds; 0 or less when every deadline can be met.
    """
    everyone = [*demands, newcomer]
    moments = {demand.end_s for demand in everyone} | {demand.due_s for demand in demands if demand.begun}
    return max(sum(demand.by(t) for demand in everyone) / n_lanes - t for t in moments if t >= newcomer.due_s)


def shared_finish_s(works_s: Sequence[float], alone_s: Sequence[float], n_lanes: int) -> list[float]:
    """Estimate when each of several responses is done if all advance at the same pace.

    Args:
        works_s: Work of each beside the others.
        alone_s: Work of each without them; no less.
        n_lanes: Engines that share the work.

    Returns:
        Seconds from now, in the order of ``works_s``.
    """
    return [
        max(sum(min(other_s, work_s) for other_s in works_s) / n_lanes, lone_s)
        for work_s, lone_s in zip(works_s, alone_s, strict=True)
    ]
