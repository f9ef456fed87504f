"""How much work it is to find out how a text is read: in proportion to its length, whatever it is.

Lines of our own code that run are counted, which is the same on any machine. What regular expressions do
inside runs no line: there a text ten times as long may take some times ten times as long, in the thread's own
time, and work with the square of the length takes a hundred times. What seems to is measured again, and the
least counts.
"""

from __future__ import annotations

import gc
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from laboratory.written import HOSTILE, SENTENCES, hostile_text

from tts_server.text import normalize as package
from tts_server.text.normalize import markup
from tts_server.text.normalize.languages import DIALECTS
from tts_server.text.normalize.reader import Reader, normalize, reader_of

FOLDER = str(Path(package.__file__).parent)

LINES_PER_CHAR = 300
"""At most 180 are run, for ``½`` in Chinese."""

N_COUNTED = 200

N_SHORT, N_LONG = 160, 1600
MAX_GROWTH = 20.0
"""Linear work makes 10, less what it costs to begin; the square makes 100."""

N_TRIES = 6

each_dialect = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def lines_run(reader: Reader, text: str) -> int:
    """Count the lines of the package that run."""
    n_lines = 0

    def count(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal n_lines
        if not frame.f_code.co_filename.startswith(FOLDER):
            return None
        n_lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        reader.read(text)
    finally:
        sys.settrace(before)
    return n_lines


@each_dialect
def test_the_lines_that_run_are_in_proportion_to_the_length(dialect: str) -> None:
    reader = reader_of(dialect)
    reader.read("a")
    at_first = lines_run(reader, "")
    counts = {piece: lines_run(reader, hostile_text(piece, N_COUNTED)) for piece in HOSTILE}
    dear = {piece: count for piece, count in counts.items() if count > at_first + LINES_PER_CHAR * N_COUNTED}
    assert dear == {}


def time_s(text: str, dialect: str) -> float:
    began = time.thread_time()
    normalize(text, dialect)
    return time.thread_time() - began


def growth(piece: str, dialect: str) -> float:
    """Tell how many times as long the long text takes as the short one; the dialect's reader is there."""
    short_s = long_s = float("inf")
    for _ in range(N_TRIES):
        short_s = min(short_s, time_s(hostile_text(piece, N_SHORT), dialect))
        long_s = min(long_s, time_s(hostile_text(piece, N_LONG), dialect))
        if long_s <= MAX_GROWTH * short_s:
            break
    return long_s / short_s


@each_dialect
@pytest.mark.usefixtures("without_collector")
def test_no_text_takes_time_with_the_square_of_its_length(dialect: str) -> None:
    normalize("a", dialect)
    growths = {piece: growth(piece, dialect) for piece in HOSTILE}
    assert {piece: times for piece, times in growths.items() if times > MAX_GROWTH} == {}


@pytest.mark.usefixtures("without_collector")
def test_a_regular_expression_that_takes_the_square_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_TABLE_RULE", re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,})+$", re.MULTILINE))
    normalize("a", "hi")
    assert growth(" ", "hi") > MAX_GROWTH


def test_every_dialect_has_a_sentence_to_measure_with() -> None:
    assert SENTENCES.keys() == set(DIALECTS)
    assert all(80 <= len(sentence) <= 110 for sentence in SENTENCES.values())
    assert {len(hostile_text(piece, N_LONG)) for piece in HOSTILE} == {N_LONG}
