"""The buffer of text: what it holds, and how little it takes to hold it."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.errors import RemoteProtocolError
from tts_server.session.buffer import TextBuffer


@given(st.lists(st.text(max_size=20)))
def test_the_text_is_all_that_was_appended(pieces: list[str]) -> None:
    buffer = TextBuffer(10_000)
    for piece in pieces:
        buffer.append(piece)
    assert buffer.text == "".join(pieces)
    assert buffer.n_chars == len(buffer.text)


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_what_does_not_fit_is_refused_and_nothing_of_it_kept(text: str, more: str) -> None:
    buffer = TextBuffer(len(text) + len(more) - 1)
    buffer.append(text)
    with pytest.raises(RemoteProtocolError) as caught:
        buffer.append(more)
    assert caught.value.code == "payload_too_large"
    assert str(caught.value) == (
        f"{len(more)} characters more would make {len(text) + len(more)}; accepted in one commit are at most "
        f"{len(text) + len(more) - 1}, and {len(text)} are buffered"
    )
    assert (buffer.text, buffer.n_chars) == (text, len(text))


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_cleared_buffer_is_as_new(text: str, after: str) -> None:
    buffer = TextBuffer(20)
    buffer.append(text)
    buffer.clear()
    assert (buffer.text, buffer.n_chars) == ("", 0)
    buffer.append(after)
    assert (buffer.text, buffer.n_chars) == (after, len(after))


@given(st.lists(st.integers(0, 40), max_size=200))
def test_the_pieces_are_few_whatever_their_lengths_are(lengths: list[int]) -> None:
    buffer = TextBuffer(10_000)
    for length in lengths:
        buffer.append("x" * length)
    assert len(buffer._pieces) <= buffer.n_chars.bit_length()
    assert all(len(one) > 2 * len(other) for one, other in pairwise(buffer._pieces))


@pytest.mark.parametrize(("lengths", "kept"), [((5, 2), [5, 2]), ((4, 2), [6]), ((100, 1, 1), [100, 2])])
def test_a_piece_is_joined_to_the_one_before_from_half_its_length_on(
    lengths: tuple[int, ...], kept: list[int]
) -> None:
    buffer = TextBuffer(1000)
    for length in lengths:
        buffer.append("x" * length)
    assert [len(piece) for piece in buffer._pieces] == kept


@pytest.mark.parametrize(("piece", "bytes_per_char"), [("", 0), ("a", 1), ("音", 2), ("😀", 4)])
def test_text_takes_the_memory_of_its_characters_in_however_small_pieces(
    piece: str, bytes_per_char: int
) -> None:
    n_pieces = 100_000
    buffer = TextBuffer(n_pieces)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(n_pieces):
            buffer.append(piece)
        kept_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert buffer.n_chars == n_pieces * len(piece)
    assert kept_bytes <= 4096 + n_pieces * bytes_per_char
