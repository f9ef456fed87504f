"""What clients can cause is one line a minute of each kind, and tells how many it stands for."""

from __future__ import annotations

import logging

import pytest

from tts_server.quiet_log import INTERVAL_S, QuietLog

logger = logging.getLogger("tts_server.test")


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def make_log(caplog: pytest.LogCaptureFixture) -> tuple[QuietLog, Clock]:
    caplog.set_level(logging.DEBUG, "tts_server.test")
    clock = Clock()
    return QuietLog(logger, clock), clock


def test_one_line_of_a_kind_in_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    log, clock = make_log(caplog)
    for number in range(1000):
        log.say(logging.WARNING, "a", "number %d", number)
        clock.now_s += 0.01
    assert caplog.messages == ["number 0"]
    clock.now_s = INTERVAL_S
    log.say(logging.WARNING, "a", "number %d", 1000)
    assert caplog.messages[1:] == ["number 1000 (and 999 more like it since)"]
    clock.now_s *= 2
    log.say(logging.WARNING, "a", "number %d", 1001)
    assert caplog.messages[2:] == ["number 1001"]


def test_kinds_do_not_hide_each_other(caplog: pytest.LogCaptureFixture) -> None:
    log, _ = make_log(caplog)
    log.say(logging.WARNING, "a", "first")
    log.say(logging.INFO, "b", "second")
    assert caplog.messages == ["first", "second"]


def test_lines_for_debugging_are_all_there(caplog: pytest.LogCaptureFixture) -> None:
    log, _ = make_log(caplog)
    for _ in range(3):
        log.say(logging.DEBUG, "a", "again")
    assert caplog.messages == ["again"] * 3
