"""Averages that forget."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.scheduling.estimate import (
    HALF_LIFE_S,
    MAX_LENGTH_RATIO,
    MIN_LENGTH_RATIO,
    MIN_RTF,
    PRIOR_RTF,
    PRIOR_STEP_S,
    DecayingRatio,
    SpeedEstimate,
)


def test_a_ratio_is_its_prior_until_something_is_added() -> None:
    ratio = DecayingRatio(0.3)
    assert (ratio.value, ratio.measured) == (0.3, False)
    ratio.add(1.0, 0.0, 1.0)
    assert (ratio.value, ratio.measured) == (0.3, False)
    ratio.add(1.0, 4.0, 1.0)
    assert (ratio.value, ratio.measured) == (0.5, True)


def test_a_ratio_forgets() -> None:
    ratio = DecayingRatio(0.0)
    ratio.add(10.0, 10.0, 1.0)
    ratio.add(0.0, 5.0, 0.5)
    assert ratio.value == 0.5


def test_the_priors_hold_until_something_was_measured() -> None:
    estimate = SpeedEstimate()
    assert not estimate.measured
    assert (estimate.rtf, estimate.step_s, estimate.start_s()) == (PRIOR_RTF, PRIOR_STEP_S, 0.0)
    assert estimate.audio_s(10.0, "amy") == 10.0
    assert estimate.rtf_of(4) == estimate.careful_rtf_of(4) == PRIOR_RTF


def test_speed_is_work_over_audio() -> None:
    estimate = SpeedEstimate()
    estimate.step_done(0.1, 0.0)
    assert not estimate.measured
    estimate.step_done(0.1, 0.4)
    assert estimate.measured
    assert estimate.rtf == pytest.approx(0.5, rel=0.01)
    assert estimate.step_s == pytest.approx(0.1)


def test_what_lies_a_half_life_of_work_back_counts_half() -> None:
    estimate = SpeedEstimate()
    estimate.step_done(HALF_LIFE_S, 10.0)
    estimate.step_done(HALF_LIFE_S, 20.0)
    assert estimate.rtf == pytest.approx((HALF_LIFE_S / 2 + HALF_LIFE_S) / (5.0 + 20.0))
    assert estimate.step_s == pytest.approx(HALF_LIFE_S)


def test_speed_follows_the_load_of_the_machine() -> None:
    estimate = SpeedEstimate()
    for _ in range(200):
        estimate.step_done(0.1, 0.4)
    for _ in range(200):
        estimate.step_done(0.2, 0.4)
    assert estimate.rtf == pytest.approx(0.5, rel=0.05)


def test_careful_speed_falls_at_once_and_rises_after_long() -> None:
    estimate = SpeedEstimate()
    for _ in range(2000):
        estimate.step_done(0.1, 0.4)
    assert estimate.careful_rtf_of(1) == pytest.approx(0.25)
    for _ in range(100):
        estimate.step_done(0.2, 0.4)
    assert estimate.careful_rtf_of(1) == estimate.rtf > 0.45
    for _ in range(300):
        estimate.step_done(0.1, 0.4)
    assert estimate.rtf < 0.26
    assert estimate.careful_rtf_of(1) > 0.27


def test_an_engine_that_costs_nothing_has_a_speed() -> None:
    estimate = SpeedEstimate()
    estimate.step_done(0.0, 1.0)
    assert estimate.rtf == MIN_RTF


def test_the_start_costs_what_the_first_audio_does_not_explain() -> None:
    estimate = SpeedEstimate()
    estimate.step_done(0.1, 0.2)
    estimate.begun(0.5, 0.2)
    assert estimate.start_s() == pytest.approx(0.4)
    estimate.begun(0.0, 5.0)
    assert estimate.start_s() == pytest.approx(0.2, rel=0.05)


def test_the_start_forgets_with_the_work() -> None:
    estimate = SpeedEstimate()
    estimate.begun(1.0, 0.0)
    estimate.begun(HALF_LIFE_S, 0.0)
    assert estimate.start_s() == pytest.approx((0.5 * 1.0 + HALF_LIFE_S) / 1.5)


def test_each_voice_has_its_own_pace_and_a_new_one_that_of_all() -> None:
    estimate = SpeedEstimate()
    estimate.spoken(10.0, "amy", 8.0)
    estimate.spoken(10.0, "bob", 16.0)
    assert estimate.audio_s(1.0, "amy") == pytest.approx(0.8)
    assert estimate.audio_s(1.0, "bob") == pytest.approx(1.6)
    assert estimate.audio_s(1.0, "new") == pytest.approx((0.9 * 8 + 16) / (0.9 + 1) / 10)


def test_the_pace_of_a_voice_forgets_a_tenth_with_each_text() -> None:
    estimate = SpeedEstimate()
    estimate.spoken(10.0, "amy", 10.0)
    estimate.spoken(10.0, "amy", 20.0)
    assert estimate.audio_s(10.0, "amy") == pytest.approx((0.9 * 10 + 20) / 1.9)


def test_a_text_that_nobody_can_speak_says_nothing_of_others() -> None:
    estimate = SpeedEstimate()
    estimate.spoken(10.0, "amy", 10.0)
    for _ in range(50):
        estimate.spoken(0.0, "amy", 0.0)
    assert estimate.audio_s(10.0, "amy") == pytest.approx(10.0)


def test_texts_that_are_not_what_they_seem_spoil_the_estimate_within_bounds() -> None:
    estimate = SpeedEstimate()
    for _ in range(50):
        estimate.spoken(100.0, "amy", 0.0)
        estimate.spoken(0.01, "bob", 100.0)
    assert estimate.audio_s(10.0, "amy") == 10.0 * MIN_LENGTH_RATIO
    assert estimate.audio_s(10.0, "bob") == 10.0 * MAX_LENGTH_RATIO


# --- batches ----------------------------------------------------------------------------------------------

engines = st.tuples(st.floats(0.001, 0.2), st.floats(0.0, 0.1), st.floats(0.05, 1.0))
sizes = st.lists(st.integers(1, 16), min_size=1, max_size=40)


def work_in_batches(estimate: SpeedEstimate, engine: tuple[float, float, float], sizes: list[int]) -> None:
    """Have steps done, each of which makes as much audio for each of its jobs."""
    step_s, rider_s, audio_s = engine
    for n_jobs in sizes:
        estimate.step_done(step_s + rider_s * n_jobs, audio_s * n_jobs, n_jobs)


@given(engines, sizes, st.integers(1, 16))
def test_fewer_than_were_measured_are_never_promised_more_speed_than_they_have(
    engine: tuple[float, float, float], sizes: list[int], n_streams: int
) -> None:
    step_s, rider_s, audio_s = engine
    estimate = SpeedEstimate()
    work_in_batches(estimate, engine, sizes)
    if n_streams <= min(sizes):
        assert estimate.rtf_of(n_streams) * audio_s * n_streams >= (step_s + rider_s * n_streams) * (1 - 1e-9)
        assert estimate.part_s(n_streams) * n_streams >= (step_s + rider_s * n_streams) * (1 - 1e-9)
    assert estimate.rtf_of(1) * audio_s >= (step_s + rider_s) * (1 - 1e-9), "one that is alone"
    assert estimate.part_s(1) >= (step_s + rider_s) * (1 - 1e-9)


@given(engines, sizes)
def test_fewer_streams_need_no_more_in_all_than_more(
    engine: tuple[float, float, float], sizes: list[int]
) -> None:
    estimate = SpeedEstimate()
    work_in_batches(estimate, engine, sizes)
    in_all = [n * estimate.rtf_of(n) for n in range(1, 20)]
    assert all(fewer <= more * (1 + 1e-9) for fewer, more in itertools.pairwise(in_all))
    each = [estimate.rtf_of(n) for n in range(1, 20)]
    assert all(more <= fewer * (1 + 1e-9) for fewer, more in itertools.pairwise(each))


pieces = st.lists(st.tuples(st.integers(1, 16), st.floats(0.05, 1.0)), min_size=1, max_size=30)


@given(st.floats(0.01, 1.0), st.floats(0.0, 0.5), pieces, st.integers(1, 16))
def test_pieces_of_any_length_promise_no_more_speed_than_there_is(
    step_rtf: float, rider_rtf: float, pieces: list[tuple[int, float]], n_streams: int
) -> None:
    estimate = SpeedEstimate()
    for n_jobs, audio_s in pieces:
        estimate.step_done((step_rtf + rider_rtf * n_jobs) * audio_s, audio_s * n_jobs, n_jobs)
    if n_streams <= min(n_jobs for n_jobs, _ in pieces):
        assert estimate.rtf_of(n_streams) * n_streams >= (step_rtf + rider_rtf * n_streams) * (1 - 1e-9)


def test_beyond_the_sizes_that_were_seen_half_of_the_gain_is_believed() -> None:
    estimate = SpeedEstimate()
    for _ in range(300):
        for n_jobs in (1, 2):
            estimate.step_done(0.1, 0.4 * n_jobs, n_jobs)
    # Sizes of 1.5 in the mean and 0.5 apart from it are known up to 2.5.
    assert estimate.rtf_of(2) == pytest.approx(0.1 / 0.8, rel=0.01)
    assert estimate.rtf_of(8) == pytest.approx((0.1 + 5.5 * 0.1 / 2.5 / 2) / 3.2, rel=0.02)


def test_speed_of_batches_is_their_work_over_all_of_their_audio() -> None:
    estimate = SpeedEstimate()
    for _ in range(100):
        estimate.step_done(0.3, 8 * 0.4, 8)
    assert estimate.rtf == pytest.approx(0.3 / 3.2)
    assert estimate.step_s == pytest.approx(0.3)
    assert estimate.part_s(8) == estimate.part_s(20) == pytest.approx(0.3 / 8)
    assert estimate.rtf_of(1) == pytest.approx(0.3 / 0.4)


def test_the_start_of_one_that_is_alone_is_that_of_whole_steps() -> None:
    estimate = SpeedEstimate()
    estimate.step_done(0.2, 4 * 0.4, 4)
    estimate.begun(0.3, 0.4, 1.2)
    assert estimate.start_s(1) == pytest.approx(1.2 - 0.2)
    assert estimate.start_s(4) == pytest.approx(0.3 - 0.05)
    assert estimate.start_s(2) == pytest.approx(0.5)


def test_a_step_of_unknown_cost_costs_in_proportion() -> None:
    assert SpeedEstimate().batch_s(3) == pytest.approx(3 * PRIOR_STEP_S)
    estimate = SpeedEstimate()
    estimate.step_done(0.2, 0.4)
    assert estimate.batch_s(4) == pytest.approx(0.8)


@given(engines, st.lists(st.integers(1, 8), min_size=2, max_size=40).filter(lambda sizes: len({*sizes}) > 1))
def test_what_steps_of_two_sizes_cost_tells_that_of_all(
    engine: tuple[float, float, float], sizes: list[int]
) -> None:
    estimate = SpeedEstimate()
    work_in_batches(estimate, engine, sizes)
    for n_jobs in (1, 3, 8):
        assert estimate.batch_s(n_jobs) == pytest.approx(engine[0] + engine[1] * n_jobs, rel=1e-3)


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(1, 16)), min_size=1, max_size=30))
def test_a_larger_step_costs_no_less_and_no_more_than_in_proportion(steps: list[tuple[float, int]]) -> None:
    estimate = SpeedEstimate()
    for work_s, n_jobs in steps:
        estimate.step_done(work_s, 0.4 * n_jobs, n_jobs)
    costs_s = [estimate.batch_s(n) for n in range(1, 20)]
    assert costs_s[0] >= -1e-9
    for n, (smaller_s, larger_s) in enumerate(itertools.pairwise(costs_s), 1):
        assert smaller_s - 1e-9 <= larger_s <= smaller_s * (n + 1) / n + 1e-9
