"""Each scenario of ``tts-server bench`` runs against a real server and sees what it should see."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def bench(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tts_server", "bench", *arguments, "--backend", "tone", "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert finished.returncode == 0, finished.stderr
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
    assert min(figures["audio_s"]) > 0.5
    assert figures["n_dropped"] == 0
