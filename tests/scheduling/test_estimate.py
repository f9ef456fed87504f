"""Averages that forget."""

from __future__ import annotations

import pytest

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
    assert estimate.careful_rtf == pytest.approx(0.25)
    for _ in range(100):
        estimate.step_done(0.2, 0.4)
    assert estimate.careful_rtf == estimate.rtf > 0.45
    for _ in range(300):
        estimate.step_done(0.1, 0.4)
    assert estimate.rtf < 0.26
    assert estimate.careful_rtf > 0.27


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
