"""What of a text was heard: two parts that are the whole, split at the end of a word that sounded."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.errors import LocalProtocolError
from tts_server.text.heard import Heard, Split


def hello() -> Heard:
    """``Hello, world. And more``: two seconds of ``Hello, world.`` were made, the rest waits."""
    heard = Heard()
    heard.append("Hello, ")
    heard.append("world. And more")
    heard.word(6, 0.1)
    heard.word(13, 0.8)
    heard.made(14, 2.0)
    return heard


@pytest.mark.parametrize(
    ("playback_s", "spoken"),
    [
        (-1.0, ""),
        (0.0, ""),
        (0.05, ""),
        (0.1, ""),
        (0.11, "Hello,"),
        (0.8, "Hello,"),
        (0.9, "Hello, world."),
        (1.99, "Hello, world."),
        (2.0, "Hello, world. "),
        (1e9, "Hello, world. "),
        (float("inf"), "Hello, world. "),
    ],
)
def test_the_split_is_at_the_end_of_the_word_that_sounds(playback_s: float, spoken: str) -> None:
    text = "Hello, world. And more"
    assert hello().split(playback_s) == Split(spoken, text[len(spoken) :])


def test_a_text_of_which_nothing_is_known_was_not_heard() -> None:
    heard = Heard()
    assert heard.split(5.0) == Split("", "")
    heard.append("")
    heard.append("Hello")
    assert heard.split(5.0) == Split("", "Hello")
    assert heard.n_chars == 5


def test_what_was_not_spoken_can_be_taken_back_and_nothing_else() -> None:
    heard = hello()
    heard.withdraw(0)
    heard.withdraw(8)
    assert heard.text == "Hello, world. "
    for n_chars in (1, 100, -1):
        with pytest.raises(LocalProtocolError, match=rf"^{n_chars} characters cannot be taken back$"):
            heard.withdraw(n_chars)
    heard.append("Bye.")
    heard.word(18, 2.5)
    with pytest.raises(LocalProtocolError):
        heard.withdraw(1)
    assert heard.split(3.0) == Split("Hello, world. Bye.", "")


@given(st.lists(st.text(min_size=1, max_size=5), max_size=6), st.data())
def test_what_is_taken_back_is_the_end_of_the_text(pieces: list[str], data: st.DataObject) -> None:
    heard, whole = Heard(), "".join(pieces)
    for piece in pieces:
        heard.append(piece)
    n_chars = data.draw(st.integers(0, len(whole)))
    heard.withdraw(n_chars)
    assert heard.text == whole[: len(whole) - n_chars]
    assert heard.n_chars == len(whole) - n_chars


def test_several_pieces_can_be_taken_back_at_once() -> None:
    heard = Heard()
    for piece in ("One. ", "Two", " three"):
        heard.append(piece)
    heard.withdraw(9)
    assert heard.split(1.0) == Split("", "One. ")


def test_all_of_a_text_whose_words_nobody_knows_is_heard_at_its_end() -> None:
    heard = Heard()
    heard.append("One. Two.")
    heard.made(5, 1.0)
    assert heard.split(0.9) == Split("", "One. Two.")
    assert heard.split(1.0) == Split("One. ", "Two.")


def test_words_out_of_order_move_nothing_back() -> None:
    heard = Heard()
    heard.append("one two")
    heard.word(7, 1.0)
    heard.word(3, 0.5)
    heard.word(99, 1.5)
    heard.made(7, 2.0)
    heard.made(3, 1.0)
    heard.made(99, 3.0)
    assert heard.split(0.9) == Split("", "one two")
    assert heard.split(1.1) == heard.split(9.0) == Split("one two", "")


@dataclass
class Script:
    """A text in pieces, and words and stretches of it that become known."""

    pieces: list[str] = field(default_factory=list)
    words: list[tuple[int, float]] = field(default_factory=list)
    made: list[tuple[int, float]] = field(default_factory=list)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    pieces = draw(st.lists(st.text(max_size=12), max_size=6))
    n_chars = sum(map(len, pieces))
    ends = sorted(draw(st.lists(st.integers(0, n_chars), max_size=8)))
    starts = sorted(draw(st.lists(st.floats(0, 60), min_size=len(ends), max_size=len(ends))))
    made = sorted(draw(st.lists(st.integers(0, n_chars), max_size=3)))
    until = sorted(draw(st.lists(st.floats(0, 90), min_size=len(made), max_size=len(made))))
    return Script(pieces, list(zip(ends, starts, strict=True)), list(zip(made, until, strict=True)))


def told(script: Script) -> Heard:
    heard = Heard()
    for piece in script.pieces:
        heard.append(piece)
    for char_end, start_s in script.words:
        heard.word(char_end, start_s)
    for char_end, end_s in script.made:
        heard.made(char_end, end_s)
    return heard


@given(scripts(), st.lists(st.floats(allow_nan=False), min_size=1, max_size=6))
def test_the_parts_are_the_whole_and_more_is_heard_as_more_is_played(
    script: Script, playbacks_s: list[float]
) -> None:
    heard = told(script)
    last = 0
    for playback_s in sorted(playbacks_s):
        spoken, remaining = heard.split(playback_s)
        assert spoken + remaining == "".join(script.pieces)
        assert len(spoken) >= last
        assert len(spoken) in {0, *(end for end, _ in script.words), *(end for end, _ in script.made)}
        assert not spoken or playback_s > 0
        last = len(spoken)


@given(scripts(), st.floats(0.001, 100))
def test_no_word_is_heard_before_it_begins_and_each_that_has_begun_is(
    script: Script, playback_s: float
) -> None:
    spoken = len(told(script).split(playback_s).spoken)
    begun = max((end for end, start_s in script.words if start_s < playback_s), default=0)
    over = max((end for end, end_s in script.made if end_s <= playback_s), default=0)
    assert spoken == max(begun, over)
