"""What ``python -m laboratory`` has beyond ``tts-server bench``: predictions, a peer, pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from laboratory.__main__ import main, parser
from laboratory.latency import ComparedRow, ComparisonPlan, ComparisonResult
from laboratory.peer import running_peer

from laboratory import listeners_plot
from tts_server.bench.latency import LatencyPlan, LatencyResult
from tts_server.bench.outcome import StreamOutcome
from tts_server.cli import bench
from tts_server.errors import ConfigError

QUICK = ("--set", "char_ms=15", "--set", "step_ms=60")
"""A tone backend that says in a quarter of the time what it has to say."""


def laboratory(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "laboratory", *arguments, "--backend", "tone", "--json"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    figures: dict[str, Any] = json.loads(finished.stdout)
    return figures


def test_prediction_is_laid_beside_the_measurement() -> None:
    figures = laboratory(
        *("predict", "--loads", "1", "--seconds", "4", "--pattern", "continuous"),
        *(*QUICK, "--set", "work_ms=10"),
    )
    (load,) = figures["loads"]
    assert load["simulated"]["all"]["turns"] > 0 < load["measured"]["all"]["turns"]
    assert load["engine"]["rtf"] > 0


def compared(ours_s: float, theirs_s: float) -> ComparedRow:
    return ComparedRow(
        "A sentence.",
        audio_s=2.0,
        first_audible_s=[ours_s],
        real_time_factor=[0.4],
        worst_lateness_s=[-0.1],
        peer_audio_s=2.0,
        peer_first_audible_s=[theirs_s],
        peer_real_time_factor=[0.5],
    )


def test_a_peer_is_laid_beside_each_sentence_and_in_all() -> None:
    rows = [compared(0.1, 0.5), compared(0.2, 0.8)]
    result = ComparisonResult(rows, LatencyResult(rows, 100), 200)
    figures = result.as_json(ComparisonPlan(LatencyPlan(), "python"))
    assert figures["summary"]["first_audible_ratio"] == pytest.approx((0.2 + 0.25) / 2)
    assert figures["summary"]["real_time_factor_ratio"] == pytest.approx(0.8)
    assert figures["rows"][1]["peer_first_audible_s"] == [0.8]
    assert (figures["peak_resident_bytes"], figures["peer_peak_resident_bytes"]) == (100, 200)
    assert figures["plan"]["peer_python"] == "python"
    assert "1/5.0" in result.as_table()


async def test_an_interpreter_without_the_peer_is_told() -> None:
    with pytest.raises(ConfigError, match="the kokoro-onnx process ended"):
        async with running_peer(sys.executable, ("af_heart",), threads=1):
            pytest.fail("it is not installed here")


def test_every_scenario_of_the_server_s_own_command_is_here_with_its_flags() -> None:
    for scenario in (*bench.MEASUREMENTS, "simulate"):
        assert parser().parse_args([scenario, "--seconds", "3"]).scenario == scenario


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("predict", "--loads", "1,x"), "--loads: 'x' is not a positive whole number"),
        (("cancel", "--plot", "cancel.png"), "--plot: there is a picture of load and simulate alone"),
    ],
)
def test_plan_that_makes_no_sense_is_refused_in_one_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"tts-server: {message}\n"


def test_a_simulation_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "simulated.png"
    assert main(["simulate", "--seconds", "60", "--plot", str(picture)]) == 0
    assert "times faster than real time" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_plot_without_its_package_is_refused_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ConfigError, match="needs matplotlib"):
        listeners_plot.require_matplotlib()


def test_plot_draws_every_listener(tmp_path: Path) -> None:
    streams = [StreamOutcome(first_audio_s=[0.1, 0.3], gaps_s=[0.2]), StreamOutcome()]
    listeners_plot.draw(streams, "two listeners", str(tmp_path / "load.png"))
    assert (tmp_path / "load.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ConfigError, match="cannot be written"):
        listeners_plot.draw(streams, "nowhere", str(tmp_path / "no" / "load.png"))
