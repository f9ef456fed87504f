"""The log holds up nobody, and says what it lost."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from tts_server.server import logs
from tts_server.server.logs import PatientHandler


class Stuck(io.StringIO):
    """A stream that takes nothing until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_let = threading.Event()
        self.is_asked = threading.Event()

    def write(self, text: str) -> int:
        self.is_asked.set()
        assert self.is_let.wait(20)
        return super().write(text)


@pytest.fixture
def stream() -> Iterator[Stuck]:
    """Standard error, until the test has ended; pytest's own is put in place after other fixtures."""
    stuck, before = Stuck(), sys.stderr
    yield stuck
    stuck.is_let.set()
    sys.stderr = before


def make_record(number: int) -> logging.LogRecord:
    return logging.LogRecord("name", logging.INFO, __file__, 1, "line %d", (number,), None)


def test_lines_come_in_order_and_are_there_after_a_flush(stream: Stuck) -> None:
    sys.stderr = stream
    stream.is_let.set()
    handler = PatientHandler()
    for number in range(100):
        handler.handle(make_record(number))
    handler.flush()
    assert stream.getvalue().splitlines() == [f"line {number}" for number in range(100)]


def test_nobody_waits_for_a_stream_that_is_stuck(stream: Stuck, monkeypatch: pytest.MonkeyPatch) -> None:
    sys.stderr = stream
    monkeypatch.setattr(logs, "MAX_WAITING_LINES", 3)
    monkeypatch.setattr(logs, "FLUSH_S", 0.01)
    handler = PatientHandler()
    handler.handle(make_record(0))
    assert stream.is_asked.wait(20)
    for number in range(1, 10):
        handler.handle(make_record(number))
    handler.flush()
    stream.is_let.set()
    monkeypatch.setattr(logs, "FLUSH_S", 20.0)
    handler.flush()
    lines = stream.getvalue().splitlines()
    assert lines == ["line 0", "line 1", "line 2", "line 3", "6 lines of the log are lost: nobody took them"]


def test_stream_that_has_gone_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = io.StringIO()
    gone.close()
    monkeypatch.setattr(sys, "stderr", gone)
    handler = PatientHandler()
    handler.handle(make_record(0))
    handler.flush()
    there = io.StringIO()
    monkeypatch.setattr(sys, "stderr", there)
    handler.handle(make_record(1))
    handler.flush()
    assert there.getvalue() == "line 1\n"
