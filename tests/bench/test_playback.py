"""The playback clock of the benchmarks counts what a listener would hear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.bench.playback import Playback
from tts_server.bench.report import percentile, table

RATE_HZ = 1000


def test_audio_that_is_there_in_time_leaves_no_gap() -> None:
    playback = Playback(RATE_HZ)
    playback.take(100, now_s=5.0)
    playback.take(100, now_s=5.1)
    assert playback.gaps_s == []
    assert playback.runs_dry_at_s() == pytest.approx(5.2)


def test_audio_that_is_late_makes_a_gap_of_its_lateness() -> None:
    playback = Playback(RATE_HZ)
    playback.take(100, now_s=5.0)
    playback.take(100, now_s=5.3)
    assert playback.gaps_s == [pytest.approx(0.2)]
    assert playback.n_late_frames == 1
    assert playback.runs_dry_at_s() == pytest.approx(5.4)


def test_rest_between_turns_is_no_gap() -> None:
    playback = Playback(RATE_HZ)
    playback.take(100, now_s=5.0)
    playback.rest()
    playback.take(100, now_s=9.0)
    assert playback.gaps_s == []


@given(st.lists(st.tuples(st.floats(0, 2), st.integers(1, 500)), min_size=1, max_size=30))
def test_time_is_audio_and_gaps_and_nothing_else(arrivals: list[tuple[float, int]]) -> None:
    playback = Playback(RATE_HZ)
    now_s = 0.0
    for wait_s, n_samples in arrivals:
        now_s += wait_s
        playback.take(n_samples, now_s)
        assert playback.lead_s(now_s) >= n_samples / RATE_HZ - 1e-9
    dry_at_s = playback.runs_dry_at_s()
    assert dry_at_s is not None
    played_s = sum(n for _, n in arrivals) / RATE_HZ
    assert dry_at_s == pytest.approx(arrivals[0][0] + played_s + sum(playback.gaps_s))


def test_percentile_interpolates_between_neighbours() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([1.0, 2.0], 1.0) == 2.0


def test_table_aligns_its_columns() -> None:
    assert table(["a", "bb"], [["x", "1"], ["yyy", "22"]]).splitlines()[2:] == ["x     1", "yyy  22"]
