"""Samples to PCM, from every kind of buffer."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
from array import array
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.audio.pcm import to_pcm16

FLOATS = st.lists(st.floats(width=32) | st.floats(-1.5, 1.5, width=32), max_size=50)


def ints(pcm: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(pcm) // 2}h", pcm))


@pytest.mark.parametrize("make", [lambda xs: array("f", xs), lambda xs: np.array(xs, np.float32)])
@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (0.0, 0),
        (1.0, 32767),
        (-1.0, -32768),
        (0.5, 16384),
        (-0.5, -16384),
        (2.0, 32767),
        (-2.0, -32768),
        (1.5 / 32768, 1),
        (-1.5 / 32768, -2),
        (-2.5 / 32768, -2),
        (-0.5 / 32768, 0),
    ],
)
def test_a_sample_is_scaled_clipped_and_rounded(make: Any, sample: float, expected: int) -> None:
    assert ints(to_pcm16(make([sample]))[0]) == [expected]


@pytest.mark.parametrize("make", [lambda xs: array("f", xs), lambda xs: np.array(xs, np.float32)])
def test_what_is_not_finite_becomes_silence_and_is_counted(make: Any) -> None:
    pcm, n_bad = to_pcm16(make([0.5, math.nan, math.inf, -math.inf, -0.5]))
    assert ints(pcm) == [16384, 0, 0, 0, -16384]
    assert n_bad == 3


@given(FLOATS)
def test_an_array_and_a_plain_buffer_become_the_same_pcm(samples: list[float]) -> None:
    plain = to_pcm16(array("d", samples))
    assert to_pcm16(np.array(samples, np.float64)) == plain
    assert to_pcm16(memoryview(array("d", samples))) == plain
    assert len(plain[0]) == 2 * len(samples)
    assert plain[1] == sum(not math.isfinite(sample) for sample in samples)


@given(st.lists(st.integers(-32768, 32767), max_size=50))
def test_int16_passes_through(samples: list[int]) -> None:
    expected = (struct.pack(f"<{len(samples)}h", *samples), 0)
    assert to_pcm16(array("h", samples)) == expected
    assert to_pcm16(np.array(samples, np.int16)) == expected
    assert to_pcm16(memoryview(array("h", samples))) == expected


def test_the_samples_are_left_as_they_are() -> None:
    samples = np.array([math.nan, 2.0], np.float32)
    to_pcm16(samples)
    assert samples[1] == 2.0
    assert math.isnan(samples[0])


@pytest.mark.parametrize("samples", [np.zeros((2, 2), np.float32), np.zeros(2, np.int32), b"ab"])
def test_another_shape_or_format_is_a_type_error(samples: Any) -> None:
    with pytest.raises(TypeError, match="one dimension of int16 or float samples expected"):
        to_pcm16(samples)


def test_nothing_becomes_nothing() -> None:
    assert to_pcm16(array("f")) == (b"", 0)
    assert to_pcm16(np.zeros(0, np.float32)) == (b"", 0)


def test_an_array_is_converted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("tts_server.audio.pcm._from_floats")
    assert ints(to_pcm16(np.array([0.5, -1.0], np.float32))[0]) == [16384, -32768]


def test_numpy_is_not_imported() -> None:
    script = (
        "import sys, array, tts_server.audio.pcm as pcm\n"
        "assert pcm.to_pcm16(array.array('f', [1.0])) == (b'\\xff\\x7f', 0)\n"
        "assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
