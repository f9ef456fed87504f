"""Each scenario of ``tts-server bench`` runs against a real server and sees what it should see."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest

ENDS = ("finished", "cancelled", "failed", "refused")

QUICK = ("--set", "char_ms=15", "--set", "step_ms=60")
"""A tone backend that says in a quarter of the time what it has to say."""

QUICKER = ("--set", "char_ms=8", "--set", "step_ms=32")


def bench(*arguments: str, is_judged: bool = False) -> dict[str, Any]:
    """Run a scenario; the status of one that judges says what it found, and a busy machine may fall short."""
    command = [sys.executable, "-m", "tts_server", "bench", *arguments, "--backend", "tone", "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0 or (is_judged and finished.returncode == 1), finished.stderr
    figures: dict[str, Any] = json.loads(finished.stdout)
    return figures


def test_latency_scenario_reports_every_sentence() -> None:
    figures = bench("latency", "--repeats", "1")
    assert all(len(row["first_audio_s"]) == 1 and row["audio_s"] > 0 for row in figures["rows"])
    assert 0 < figures["summary"]["first_audio_p50_s"] <= figures["summary"]["first_audio_p95_s"]


def test_no_frame_follows_a_cancel_and_the_engine_is_free_after_it() -> None:
    figures = bench("cancel", "--repeats", "20")
    assert len(figures["acknowledged_s"]) + figures["n_ended_first"] == 20
    assert len(figures["free_s"]) == len(figures["acknowledged_s"]) > 0
    assert figures["n_frames_after"] == 0


def test_listeners_play_side_by_side_without_a_drop() -> None:
    figures = bench("streams", "--streams", "5", "--seconds", "2")
    assert len(figures["audio_s"]) == 5
    assert min(figures["audio_s"]) > 0
    assert figures["n_dropped"] == 0


def test_load_reports_each_listener_and_what_the_server_counted() -> None:
    figures = bench(
        *("load", "--streams", "2", "--seconds", "3", "--pattern", "continuous"), "--set", "work_ms=20"
    )
    assert [stream["turns"] > 0 for stream in figures["streams"]] == [True, True]
    assert figures["all"]["audio_s"] > 0
    assert figures["all"]["failed"] == figures["frames_after_end"] == 0
    ends = {end: figures["metrics"][f'tts_responses_total{{end="{end}"}}'] for end in ENDS}
    assert sum(ends.values()) == figures["all"]["turns"] + figures["all"]["refused"]
    assert ends["failed"] == 0


def test_capacity_plays_to_as_many_as_fit_and_to_one_more() -> None:
    figures = bench(
        *("capacity", "--seconds", "3", "--repeats", "2", *QUICKER, "--set", "work_ms=16"), is_judged=True
    )
    n_streams = figures["n_streams"]
    assert n_streams == max(1, math.floor(0.85 / figures["rtf"]))
    assert len(figures["full"]["streams"]) == n_streams
    assert len(figures["crowded"]["streams"]) == n_streams + 1
    assert len(figures["newcomer"]["streams"]) == len(figures["newcomer_fifo"]["streams"]) == n_streams
    assert figures["full"]["all"]["turns"] > 0
    assert len(figures["claims"]) == 5


def test_each_number_of_engines_is_measured() -> None:
    figures = bench(
        *("engines", "--engines", "1,2", "--seconds", "1.5", "--repeats", "1", "--streams", "2"),
        *(*QUICK, "--set", "work_ms=15"),
    )
    assert [row["engines"] for row in figures["rows"]] == ["1", "2"]
    assert all(row["audio_per_s"][0] > 0 for row in figures["rows"])


def test_simulation_takes_the_engine_from_its_flags() -> None:
    figures = bench("simulate", "--streams", "3", "--rtf", "0.5", "--seconds", "600", "--engines", "2")
    assert figures["plan"]["engine"]["rtf"] == 0.5
    assert figures["plan"]["n_lanes"] == 2
    assert figures["scheduler"]["admitted"] == figures["all"]["turns"] > 10
    assert figures["times_real_time"] > 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("simulate", "--rtf", "0"), "0 is out of range for seconds of work"),
        (("simulate", "--max-batch", "0"), "--max-batch: 0 is not a positive whole number"),
        (("simulate", "--engines", "no"), "--engines: 'no' is not a positive whole number"),
        (("engines", "--engines", "1,x"), "--engines: 'x' is not a positive whole number"),
        (("hostile", "--attacks", "pings,x"), "--attacks: 'x' is none of "),
    ],
)
def test_plan_that_makes_no_sense_is_refused_in_one_line(arguments: tuple[str, ...], message: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tts_server", "bench", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode != 0
    assert finished.stderr.startswith("tts-server: " + message)
    assert len(finished.stderr.splitlines()) == 1
