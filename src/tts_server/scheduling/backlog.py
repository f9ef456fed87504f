"""The work that is admitted, and whether one more response fits beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tts_server.errors import BusyError
from tts_server.protocol.capabilities import Limits
from tts_server.scheduling.admission import Demand, clearly_fits, overload_s, shared_finish_s
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import ConnectionLoad, Entry
from tts_server.scheduling.policy import SchedulingPolicy

MIN_RETRY_MS = 20
"""Sooner than a frame lasts nothing changes."""

MAX_RETRY_MS = 60_000
"""Beyond a minute an estimate says no more than: not soon."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """A view of the scheduler's state at one moment; it changes nothing."""

    entries: Iterable[Entry]
    connections: Mapping[str, ConnectionLoad]
    estimate: SpeedEstimate
    policy: SchedulingPolicy
    limits: Limits
    n_lanes: int
    now: float

    @property
    def live(self) -> list[Entry]:
        """Entries that are not cancelled, in the order of their admission."""
        return [entry for entry in self.entries if not entry.cancelled]

    @property
    def work_s(self) -> float:
        """Work of everything that is live and not made yet."""
        return sum(self._work_s(entry) for entry in self.live)

    def why_not(self, newcomer: Entry) -> BusyError | None:
        """Tell why ``newcomer`` cannot be admitted now, or None when it can."""
        live = self.live
        job = newcomer.job
        own = [entry for entry in live if entry.job.connection_id == job.connection_id]
        if len(own) >= self.limits.max_inflight:
            return self._busy(
                f"{len(own)} of this connection's responses are in progress; "
                f"accepted are {self.limits.max_inflight}",
                self._first_end_s(own),
            )
        n_admitted = sum(1 for _ in self.entries)
        if n_admitted >= self.limits.max_admitted:
            return self._busy(
                f"the server has {n_admitted} responses in progress; accepted are {self.limits.max_admitted}",
                # A cancelled one is let go of after the step in progress.
                self._first_end_s(live) if len(live) == n_admitted else self.estimate.step_s,
            )
        # A machine whose speed is unknown takes whatever comes: it would never learn it.
        if not (self.policy.admission and self.estimate.measured):
            return None
        return self._no_stream_left(newcomer) or self._no_time_left(newcomer)

    def _no_stream_left(self, newcomer: Entry) -> BusyError | None:
        """Keep the speed that connections in the middle of their speech will go on to need."""
        turn_gap_s = self.policy.turn_gap_s
        ends = {
            name: min(load.heard_until_s, load.made_at_s + self.policy.turn_s) + turn_gap_s
            for name, load in self.connections.items()
        }
        for entry in self.live:
            # The clock of a listener who ran dry stands still.
            end_s = max(entry.playout_end_s, self.now) + self._audio_s(entry) + turn_gap_s
            ends[entry.job.connection_id] = max(ends[entry.job.connection_id], end_s)
        speaking = {name: end_s for name, end_s in ends.items() if end_s > self.now}
        # The epsilon lets a quotient such as 0.85 / 0.17 be the 5 that it is.
        rtf = self.estimate.careful_rtf
        n_streams = max(1, math.floor(self.policy.utilisation * self.n_lanes / rtf + 1e-9))
        if len(speaking) < n_streams or newcomer.job.connection_id in speaking:
            return None
        return self._busy(
            f"{len(speaking)} others are speaking, as many as this machine keeps up with",
            min(self._at_the_earliest(speaking).values()) - self.now,
        )

    def _at_the_earliest(self, ends: Mapping[str, float]) -> dict[str, float]:
        """Put off when connections fall silent to when their work can be done: they may be late already."""
        result = dict(ends)
        live = self.live
        finish_s = shared_finish_s([self._work_s(entry) for entry in live], self.n_lanes)
        for entry, end_s in zip(live, finish_s, strict=True):
            name = entry.job.connection_id
            result[name] = max(result[name], self.now + end_s + self.policy.turn_gap_s)
        return result

    def _no_time_left(self, newcomer: Entry) -> BusyError | None:
        """Refuse what would make somebody's listener run dry."""
        demands: list[Demand] = []
        stream_end_s: dict[str, float] = {}
        for entry in [*self.live, newcomer]:
            due_s = max(entry.playout_end_s - self.now, stream_end_s.get(entry.stream, 0.0))
            work_s = self._work_s(entry)
            first_work_s = min(self._first_work_s(entry), work_s)
            demand = Demand(due_s, first_work_s, work_s, self._audio_s(entry), entry.begun)
            stream_end_s[entry.stream] = demand.end_s
            demands.append(demand)
        others, own = demands[:-1], demands[-1]
        if not others or clearly_fits(others, own, self.n_lanes):
            return None
        late_s = overload_s(others, own, self.n_lanes)
        if late_s <= 0:
            return None
        return self._busy("the machine would fall behind with those who are speaking already", late_s)

    def _audio_s(self, entry: Entry) -> float:
        """Audio that is left to make; a response that outgrew its estimate has one step's worth to go."""
        left_s = self.estimate.audio_s(entry.job.n_chars, entry.job.voice) - entry.made_s
        return left_s if left_s > 0 else self.estimate.step_s / self.estimate.rtf

    def _work_s(self, entry: Entry) -> float:
        start_s = 0.0 if entry.begun else max(self.estimate.start_s - entry.work_s, 0.0)
        return start_s + self._audio_s(entry) * self.estimate.rtf

    def _first_work_s(self, entry: Entry) -> float:
        return self.estimate.step_s if entry.begun else self.estimate.start_s + self.estimate.step_s

    def _first_end_s(self, entries: list[Entry]) -> float:
        """When the first of ``entries`` will be done, seconds from now, beside everything that is live."""
        live = self.live
        finish_s = shared_finish_s([self._work_s(entry) for entry in live], self.n_lanes)
        ends = [
            max(end_s, self._pace_s(entry))
            for entry, end_s in zip(live, finish_s, strict=True)
            if entry in entries
        ]
        return min(ends)

    def _pace_s(self, entry: Entry) -> float:
        """When a response with a bound on its lead can be done at the earliest, seconds from now."""
        if entry.job.max_lead_s is None:
            return 0.0
        return entry.playout_end_s + self._audio_s(entry) - entry.job.max_lead_s - self.now

    def _busy(self, message: str, retry_s: float) -> BusyError:
        retry_ms = min(max(math.ceil(retry_s * 1000), MIN_RETRY_MS), MAX_RETRY_MS)
        return BusyError(message, retry_after_ms=retry_ms)
