"""A speed divides what is spoken, and not the silence around it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pace import durations

SPEEDS = st.floats(0.5, 2.0)
LENGTHS = st.lists(st.floats(1.0, 50.0, width=32), min_size=3, max_size=60).map(
    lambda lengths: np.array(lengths, np.float32)
)


@given(LENGTHS)
def test_at_speed_1_each_token_lasts_as_long_as_the_model_says(lengths: np.ndarray) -> None:
    np.testing.assert_array_equal(durations(lengths, 1.0), np.maximum(1, np.rint(lengths)))


@given(LENGTHS, SPEEDS)
def test_the_pads_last_as_long_at_every_speed(lengths: np.ndarray, speed: float) -> None:
    np.testing.assert_array_equal(durations(lengths, speed)[[0, -1]], durations(lengths, 1.0)[[0, -1]])


@given(LENGTHS, SPEEDS)
def test_what_is_spoken_is_divided_and_every_token_is_seen(lengths: np.ndarray, speed: float) -> None:
    made = durations(lengths, speed)[1:-1]
    expected = np.maximum(lengths[1:-1] / np.float32(speed), 1)
    assert made.dtype == np.int64
    assert np.abs(made - expected).max() <= 0.5


@given(LENGTHS, SPEEDS, SPEEDS)
def test_nothing_lasts_longer_at_a_higher_speed(lengths: np.ndarray, one: float, other: float) -> None:
    slow, fast = sorted((one, other))
    assert (durations(lengths, fast) <= durations(lengths, slow)).all()


@pytest.mark.parametrize(("speed", "expected"), [(2.0, [14, 1, 2, 6, 1]), (0.5, [14, 4, 6, 26, 1])])
def test_a_word_between_its_pads_at_the_highest_and_the_lowest_speed(
    speed: float, expected: list[int]
) -> None:
    lengths = np.array([14.1, 2.1, 3.1, 12.8, 1.0], np.float32)
    assert durations(lengths, speed).tolist() == expected


def test_the_lengths_are_left_as_they_are() -> None:
    lengths = np.array([14.1, 2.1, 1.0], np.float32)
    durations(lengths, 2.0)
    np.testing.assert_array_equal(lengths, np.array([14.1, 2.1, 1.0], np.float32))
