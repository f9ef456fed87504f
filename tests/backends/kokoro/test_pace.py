"""A speed divides what is spoken, and not the silence around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pace import MAX_EXACT_SPEED, durations

SPEEDS = st.floats(0.5, 2.0)
LENGTHS = st.lists(st.floats(1.0, 50.0, width=32), min_size=3, max_size=60).map(
    lambda lengths: np.array(lengths, np.float32)
)


@given(LENGTHS)
def test_at_speed_1_each_token_lasts_as_long_as_the_model_says(lengths: np.ndarray) -> None:
    np.testing.assert_array_equal(durations(lengths, 1.0), np.maximum(1, np.rint(lengths)))


@given(LENGTHS, SPEEDS)
def test_the_pads_last_as_long_at_every_speed(lengths: np.ndarray, speed: float) -> None:
    made = durations(lengths, speed)
    np.testing.assert_array_equal(made[[0, -1]], durations(lengths, 1.0)[[0, -1]])
    assert made.dtype == np.int64
    assert made.min() >= 1


@given(LENGTHS, st.floats(0.5, 1.0))
def test_slow_speech_lasts_as_long_as_was_asked_for_at_each_token(lengths: np.ndarray, speed: float) -> None:
    made, normal = (durations(lengths, s)[1:-1] for s in (speed, 1.0))
    assert np.abs(np.cumsum(made) - np.cumsum(normal) / speed).max() <= 0.5 + 1e-6


@given(LENGTHS, st.floats(1.0, MAX_EXACT_SPEED))
def test_fast_speech_is_late_only_where_tokens_have_no_frame_to_give(
    lengths: np.ndarray, speed: float
) -> None:
    made, normal = (durations(lengths, s)[1:-1] for s in (speed, 1.0))
    ahead = np.cumsum(made) - np.cumsum(normal) / speed
    assert ahead.min() >= -0.5 - 1e-6
    late = np.flatnonzero(ahead > 0.5 + 1e-6)
    assert (made[late] == 1).all()


@given(LENGTHS, st.floats(MAX_EXACT_SPEED, 2.0, exclude_min=True))
def test_the_fastest_speech_takes_no_more_from_a_token_than_its_share(
    lengths: np.ndarray, speed: float
) -> None:
    expected = np.maximum(lengths[1:-1] / np.float32(speed), 1)
    assert np.abs(durations(lengths, speed)[1:-1] - expected).max() <= 0.5


@pytest.mark.parametrize(
    ("speed", "expected"),
    [(2.0, [14, 1, 2, 2, 6, 1]), (1.25, [14, 2, 2, 2, 11, 1]), (0.5, [14, 4, 6, 6, 26, 1])],
)
def test_a_word_between_its_pads_at_three_speeds(speed: float, expected: list[int]) -> None:
    lengths = np.array([14.1, 2.1, 3.1, 3.1, 12.8, 1.0], np.float32)
    assert durations(lengths, speed).tolist() == expected


def test_the_lengths_are_left_as_they_are() -> None:
    lengths = np.array([14.1, 2.1, 1.0], np.float32)
    durations(lengths, 2.0)
    np.testing.assert_array_equal(lengths, np.array([14.1, 2.1, 1.0], np.float32))
