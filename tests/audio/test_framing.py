"""Frames do not depend on how their stream was cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tts_server.audio.framing import Framer


@given(st.lists(st.integers(0, 40), max_size=20), st.integers(1, 12))
def test_frames_do_not_depend_on_the_cuts(sizes: list[int], frame_samples: int) -> None:
    pcm = bytes(n % 251 for n in range(2 * sum(sizes)))
    framer = Framer(frame_samples)
    frames: list[bytes] = []
    start = 0
    for size in sizes:
        frames += framer.push(pcm[start : start + 2 * size])
        start += 2 * size
        assert framer.n_samples == start // 2
        assert start - sum(map(len, frames)) < 2 * frame_samples
    last = framer.flush()
    assert all(len(frame) == 2 * frame_samples for frame in frames)
    if last is not None:
        assert 0 < len(last) < 2 * frame_samples
        frames.append(last)
    assert b"".join(frames) == pcm
    assert framer.n_samples == sum(sizes)


def test_nothing_flushes_to_nothing_twice() -> None:
    framer = Framer(2)
    assert framer.flush() is None
    assert framer.push(b"abcdef") == [b"abcd"]
    assert framer.flush() == b"ef"
    assert framer.flush() is None
    assert framer.n_samples == 3


def test_a_whole_frame_is_not_held_back() -> None:
    framer = Framer(2)
    assert framer.n_samples == 0
    assert framer.push(b"abcd") == [b"abcd"]
