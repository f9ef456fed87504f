"""The work that is admitted, and whether one more response fits beside it.

A connection has a place in real time for each of its streams that is being made, and one while its listener
still hears what was made. Nothing is kept for readers that are behind (see ``reader``): they have what the
others leave, so they keep nobody out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tts_server.errors import BusyError
from tts_server.scheduling.admission import Demand, clearly_fits, overload_s, shared_finish_s
from tts_server.scheduling.estimate import SpeedEstimate
from tts_server.scheduling.job import ConnectionLoad, Entry, StreamKey
from tts_server.scheduling.policy import SchedulingPolicy

MIN_RETRY_MS = 20
"""Sooner than a frame lasts nothing changes."""

MAX_RETRY_MS = 60_000
"""Beyond a minute an estimate says no more than: not soon."""


MIN_RATE = 1e-3
"""A reader that takes nothing would make a division by zero."""


class Refusal(NamedTuple):
    """A reason not to admit, and in how many seconds it can be gone."""

    message: str
    retry_s: float


@dataclass(frozen=True, slots=True)
class Backlog:
    """A view of the scheduler's state at one moment; it changes nothing."""

    entries: Iterable[Entry]
    connections: Mapping[str, ConnectionLoad]
    estimate: SpeedEstimate
    policy: SchedulingPolicy
    max_admitted: int
    n_lanes: int
    room: int
    now: float

    @property
    def live(self) -> list[Entry]:
        """Entries that are not cancelled, in the order of their admission."""
        return [entry for entry in self.entries if not entry.cancelled]

    @property
    def kept(self) -> list[Entry]:
        """Live entries whose readers keep up."""
        return [entry for entry in self.live if not entry.is_behind]

    @property
    def n_places(self) -> int:
        """Streams in continuous speech that the lanes keep up with; an idle machine takes anything.

        Their speed is that of the largest steps that as many streams keep up with as are in them. It rests on
        what was measured (see ``estimate``), and fewer streams need no more in all than more, so that a place
        shown here is there whether or not the others have come yet.
        """
        lane_share = self.policy.utilisation
        sizes = range(self.room, 1, -1)
        size = next((n for n in sizes if n * self.estimate.careful_rtf_of(n) <= lane_share), 1)
        # The epsilon lets a quotient such as 0.85 / 0.17 be the 5 that it is.
        return max(1, math.floor(lane_share * self.n_lanes / self.estimate.careful_rtf_of(size) + 1e-9))

    @property
    def work_s(self) -> float:
        """Work of everything that is live and not made yet."""
        n_together = self._n_together(self.live)
        return sum(self._work_s(entry, n_together) for entry in self.live)

    def why_not(self, newcomer: Entry) -> BusyError | None:
        """Tell why ``newcomer`` cannot be admitted now, or None when it can."""
        refusals = [self._no_share_left(newcomer), self._no_room_left()]
        # A machine whose speed is unknown takes whatever comes: it would never learn it.
        if self.policy.admission and self.estimate.measured:
            refusals += [self._no_place_left(newcomer), self._no_time_left(newcomer)]
        why = [refusal for refusal in refusals if refusal is not None]
        if not why:
            return None
        # Each reason has to be gone before a retry succeeds.
        retry_s = max(refusal.retry_s for refusal in why)
        retry_ms = min(max(math.ceil(retry_s * 1000), MIN_RETRY_MS), MAX_RETRY_MS)
        return BusyError(why[0].message, retry_after_ms=retry_ms)

    def _no_share_left(self, newcomer: Entry) -> Refusal | None:
        """Bound what one connection has in progress."""
        own = [entry for entry in self.live if entry.load is newcomer.load]
        max_inflight = newcomer.limits.max_inflight
        if len(own) < max_inflight:
            return None
        return Refusal(
            f"{len(own)} of this connection's responses are in progress; accepted are {max_inflight}",
            self._first_end_s(own),
        )

    def _no_room_left(self) -> Refusal | None:
        """Bound what is in progress in all, but for readers that are behind: nobody else is to wait for them.

        Of those there are no more than connections have shares.
        """
        admitted = [entry for entry in self.entries if entry.cancelled or not entry.is_behind]
        if len(admitted) < self.max_admitted:
            return None
        kept = self.kept
        return Refusal(
            f"the server has {len(admitted)} responses in progress; accepted are {self.max_admitted}",
            # A cancelled one is let go of after the step in progress.
            self._first_end_s(kept) if len(kept) == len(admitted) else self.estimate.step_s,
        )

    def has_place_for(self, load: ConnectionLoad) -> bool:
        """Tell whether a connection whose reader was behind could be served in real time again."""
        if not (self.policy.admission and self.estimate.measured):
            return True
        streams = {entry.stream for entry in self.live if entry.load is load}
        n_taken = sum(len(ends) for ends in self._places().values())
        return n_taken + max(len(streams), 1) <= self.n_places

    def _no_place_left(self, newcomer: Entry) -> Refusal | None:
        """Keep the speed that connections in the middle of their speech will go on to need."""
        places = self._places()
        own = places.get(newcomer.job.connection_id, [])
        streams = {entry.stream for entry in self.kept if entry.load is newcomer.load}
        if len(streams | {newcomer.stream}) <= len(own):
            return None
        ends = sorted(end_s for ends in places.values() for end_s in ends)
        n_places = self.n_places
        if len(ends) < n_places:
            return None
        return Refusal(
            f"{len(ends)} others are speaking, as many as this machine keeps up with",
            ends[len(ends) - n_places] - self.now,
        )

    def _places(self) -> dict[str, list[float]]:
        """Tell for each connection that speaks when each of its places is free at the earliest."""
        gap_s = self.policy.turn_gap_s
        places: dict[str, list[float]] = {}
        for (name, _), end_s in self._stream_ends().items():
            places.setdefault(name, []).append(end_s + gap_s)
        for name, load in self.connections.items():
            heard_s = max(load.heard_until_s.values(), default=-math.inf)
            end_s = min(heard_s, load.made_at_s + self.policy.turn_s) + gap_s
            if load.reader.is_behind or end_s <= self.now:
                continue
            own = places.setdefault(name, [end_s])
            # Whoever has several streams keeps one place until all of them were heard.
            own[own.index(max(own))] = max(*own, end_s)
        return places

    def _stream_ends(self) -> dict[StreamKey, float]:
        """Tell for each stream that is being made when its listener will have heard all of it.

        The clock of a listener who ran dry stands still, and whoever is late hears no sooner than the work
        can be done.
        """
        kept = self.kept
        n_together = self._n_together(kept)
        finish_s = shared_finish_s(
            [self._work_s(entry, n_together) for entry in kept],
            [self._work_s(entry, 1) for entry in kept],
            self.n_lanes,
        )
        ends: dict[StreamKey, float] = {}
        for entry, made_s in zip(kept, finish_s, strict=True):
            heard_s = entry.load.heard_until_s.get(entry.stream, self.now)
            begins_s = max(ends.get(entry.stream, self.now), entry.playout_end_s, heard_s)
            ends[entry.stream] = max(begins_s + self._audio_s(entry), self.now + made_s)
        return ends

    def _no_time_left(self, newcomer: Entry) -> Refusal | None:
        """Refuse what would make somebody's listener run dry."""
        kept = self.kept
        *others, own = self._demands([*kept, newcomer])
        if not others or clearly_fits(others, own, self.n_lanes):
            return None
        late_s = overload_s(others, own, self.n_lanes)
        if late_s <= 0:
            return None
        # Once all that is admitted is made anything is taken.
        idle_s = max(self._made_s(entry) for entry in kept)
        return Refusal(
            "the machine would fall behind with those who are speaking already", min(late_s, idle_s)
        )

    def _demands(self, entries: Sequence[Entry]) -> list[Demand]:
        """Tell what each of ``entries`` needs and when; the jobs of a stream one after another."""
        demands: list[Demand] = []
        stream_end_s: dict[StreamKey, float] = {}
        n_together = self._n_together(entries)
        for entry in entries:
            due_s = max(entry.playout_end_s - self.now, stream_end_s.get(entry.stream, 0.0))
            work_s = self._work_s(entry, n_together)
            first_work_s = min(self._first_work_s(entry, n_together), work_s)
            demand = Demand(due_s, first_work_s, work_s, self._audio_s(entry), entry.begun)
            stream_end_s[entry.stream] = demand.end_s
            demands.append(demand)
        return demands

    def _audio_s(self, entry: Entry) -> float:
        """Audio that is left to make; a response that outgrew its estimate has one step's worth to go."""
        left_s = self.estimate.audio_s(entry.job.audio_s, entry.job.voice) - entry.made_s
        return left_s if left_s > 0 else self.estimate.part_s(1) / self.estimate.rtf_of(1)

    def _n_together(self, entries: Iterable[Entry]) -> int:
        """Tell how many streams share a lane's steps."""
        streams = {entry.stream for entry in entries if not entry.is_behind}
        return min(max(len(streams) // self.n_lanes, 1), self.room)

    def _work_s(self, entry: Entry, n_together: int) -> float:
        start_s = 0.0 if entry.begun else max(self.estimate.start_s(n_together) - entry.work_s, 0.0)
        return start_s + self._audio_s(entry) * self.estimate.rtf_of(n_together)

    def _first_work_s(self, entry: Entry, n_together: int) -> float:
        part_s = self.estimate.part_s(n_together)
        return part_s if entry.begun else self.estimate.start_s(n_together) + part_s

    def _first_end_s(self, entries: list[Entry]) -> float:
        """When the first of ``entries`` will be made, seconds from now."""
        return min(max(self._made_s(entry), self._pace_s(entry), self._reader_s(entry)) for entry in entries)

    def _made_s(self, entry: Entry) -> float:
        """When the engine has made a response at the latest, seconds from now.

        By deadline, what others need until its listener has heard all goes first. Readers that are behind go
        before it for as long as that listener has audio in hand. Otherwise all that is live may go first. In
        batches others ride along that are in no hurry, and keep pace with it; its own work is that of one
        that is alone, as it may be when they have ended.
        """
        before = [other for other in self.live if other.stream != entry.stream or other.index < entry.index]
        n_together, alone_s = self._n_together([*before, entry]), self._work_s(entry, 1)
        before_s = sum(self._work_s(other, n_together) for other in before)
        at_last_s = before_s / self.n_lanes + alone_s
        if entry.is_behind or self.policy.order == "fifo":
            return at_last_s
        kept = [other for other in before if not other.is_behind]
        *others, own = self._demands([*kept, entry])
        # A step in progress is never cut.
        rides_s = own.work_s if self.room > 1 else 0.0
        others_s = sum(max(other.by(own.end_s), min(other.work_s, rides_s)) for other in others)
        by_then_s = others_s / self.n_lanes + alone_s + self.estimate.step_s
        if len(kept) < len(before):
            by_then_s = max(by_then_s, own.end_s)
        return min(by_then_s, at_last_s)

    def _pace_s(self, entry: Entry) -> float:
        """When a response with a bound on its lead can be done at the earliest, seconds from now."""
        if entry.job.max_lead_s is None:
            return 0.0
        return entry.playout_end_s + self._audio_s(entry) - entry.job.max_lead_s - self.now

    def _reader_s(self, entry: Entry) -> float:
        """When a reader who goes on as lately lets the last of a response be made, seconds from now.

        Its connection is paused when more than ``max_waiting_s`` waits, and goes on at half of it.
        """
        reader, max_waiting_s = entry.load.reader, entry.limits.max_waiting_s
        to_take_s = reader.waiting_s + self._audio_s(entry) - max_waiting_s / 2
        if reader.waiting_s + self._audio_s(entry) <= max_waiting_s and not entry.load.paused:
            return 0.0
        return max(to_take_s, 0.0) / max(reader.sure_rate, MIN_RATE)
