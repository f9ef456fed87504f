"""Word times, from durations and from where sound begins and ends."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.word import Word
from tts_server.backends.kokoro.split import ModelInput
from tts_server.backends.kokoro.timing import DURATION_FRAME_S, word_times


def make_input(n_words: int) -> ModelInput:
    words = tuple(Word("word", 5 * i, 5 * i + 4, lead="", phonemes="wɜd", trail=" ") for i in range(n_words))
    return ModelInput(0, 5 * n_words - 1, words, ends_sentence=True)


def durations_of(spoken: ModelInput, frames: int = 4) -> list[int]:
    return [frames] * (len(spoken.symbols) + 2)


def test_the_first_word_begins_and_the_last_one_ends_with_the_sound() -> None:
    spoken = make_input(3)
    nominal_s = DURATION_FRAME_S * 4 * (len(spoken.symbols) + 1)
    for sound_s in ((0.03, 0.9), (0.2, nominal_s + 0.3)):
        times = word_times(spoken, durations_of(spoken), 0.0, sound_s)
        assert (times[0].start_s, times[-1].end_s) == sound_s


def test_a_word_inside_keeps_its_nominal_times() -> None:
    spoken = make_input(3)
    times = word_times(spoken, durations_of(spoken), -0.05, (0.01, 1.1))
    start, end = spoken.sound_spans()[1]
    assert times[1].start_s == -0.05 + DURATION_FRAME_S * 4 * (start + 1)
    assert times[1].end_s == -0.05 + DURATION_FRAME_S * 4 * (end + 1)


@given(
    n_words=st.integers(1, 6),
    frames=st.integers(0, 20),
    start_s=st.floats(-2, 2),
    edges_s=st.tuples(st.floats(0, 10), st.floats(0, 10)).map(lambda edges: (min(edges), max(edges))),
)
def test_words_are_in_order_and_inside_the_sound_wherever_it_is(
    n_words: int, frames: int, start_s: float, edges_s: tuple[float, float]
) -> None:
    spoken = make_input(n_words)
    times = word_times(spoken, durations_of(spoken, frames), start_s, edges_s)
    assert len(times) == n_words
    for word in times:
        assert edges_s[0] <= word.start_s <= word.end_s <= edges_s[1]
    for before, after in pairwise(times):
        assert before.end_s <= after.start_s
