"""Progress is a bar on a terminal and plain lines elsewhere."""

from __future__ import annotations

import io

from tts_server.cli.progress import Progress


class Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def show(*, is_terminal: bool, step_s: float, n_steps: int = 10) -> str:
    stream, clock = Stream(is_terminal=is_terminal), Clock()
    progress = Progress(stream, clock=clock)
    for n in range(n_steps + 1):
        progress("loading", n / n_steps)
        clock.now_s += step_s
    progress.finish()
    progress.finish()
    return stream.getvalue()


def test_terminal_sees_a_bar_that_is_wiped_away() -> None:
    shown = show(is_terminal=True, step_s=1.0)
    assert "\n" not in shown
    assert "#" * 15 + "." * 15 + "  50% loading" in shown
    assert shown.endswith("\r\x1b[K")
    assert shown.count("\x1b[K") == 12


def test_bar_is_not_redrawn_more_often_than_eyes_see() -> None:
    assert show(is_terminal=True, step_s=0.001, n_steps=1000).count("loading") <= 12


def test_log_sees_few_plain_lines() -> None:
    assert show(is_terminal=False, step_s=3.0).splitlines() == [
        "loading: 10%",
        "loading: 30%",
        "loading: 50%",
        "loading: 70%",
        "loading: 90%",
    ]


def test_log_sees_nothing_of_what_is_over_at_once() -> None:
    assert show(is_terminal=False, step_s=0.01) == ""


def test_stream_that_nobody_reads_stops_no_work() -> None:
    clock, stream = Clock(), Stream(is_terminal=False)
    progress = Progress(stream, clock=clock)
    stream.close()
    progress("loading", 0.0)
    clock.now_s += 10
    progress("loading", 0.5)
    progress.finish()
