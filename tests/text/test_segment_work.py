"""How much work it is to cut a text: in proportion to its length, whatever it is and however it arrives.

Lines of our own code that run are counted, not seconds: the count is the same on any machine, busy or not.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from tts_server.text import segment
from tts_server.text.segment import Segmenter

LINES_PER_CHAR = 150
"""At most 87 are run, for ``". "`` that comes character by character. Work that grows with the square of 1200
characters is some thousand."""

N_CHARS = 1200

HOSTILE = (
    *(
        "x",
        "1",
        "漢",
        " ",
        "\n",
        " \n",
        "a\n",
        ".",
        "…",
        "。",
        '."',
        "*_`.",
        ".\n",
        ". ",
        "! ",
        "… ",
        ". »",
        ".»",
    ),
    *(
        "a.",
        "A. ",
        "a. ",
        "1. ",
        "1.\n",
        "5. a ",
        "(. ",
        ". > ",
        ". (",
        "Dr. ",
        "no. ",
        "U.S. ",
        "a' ",
        ". a-a-",
    ),
    *("word ", "x.x ", ", ", "¿", "«", "» "),
)


def lines_run(text: str, n_chars_a_push: int, *, min_words: int) -> int:
    """Cut a text that arrives in pieces, and count the lines of the module that run."""
    n_lines = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal n_lines
        if frame.f_code.co_filename != segment.__file__:
            return None
        n_lines += event == "line"
        return count

    before = sys.gettrace()
    segmenter = Segmenter(min_words=min_words)
    segments = []
    sys.settrace(count)
    try:
        for start in range(0, len(text), n_chars_a_push):
            segments += segmenter.push(text[start : start + n_chars_a_push])
        segments += segmenter.finish()
    finally:
        sys.settrace(before)
    assert "".join(segments) == text
    return n_lines


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("n_chars_a_push", [1, 10_000])
@pytest.mark.parametrize("min_words", [0, 40])
def test_cutting_is_linear_work(piece: str, n_chars_a_push: int, min_words: int) -> None:
    text = piece * (N_CHARS // len(piece))
    assert lines_run(text, n_chars_a_push, min_words=min_words) < LINES_PER_CHAR * len(text)
