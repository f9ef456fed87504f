"""Ctrl-C and SIGTERM end ``serve``, ``say`` and ``bench`` at any moment, and nothing is left behind."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from tests.cli.processes import program, read_until, wait_until
from tests.patience import PATIENCE_S

SIGNALS = [signal.SIGINT, signal.SIGTERM]
SLOW_LOAD = ("--backend", "tone", "--set", "load_ms=12000")
SLOW_WORK = ("--backend", "tone", "--set", "work_ms=300")


def finish(process: subprocess.Popen[bytes]) -> bytes:
    """Wait for the end; returns standard error."""
    assert process.stderr is not None
    err = bytes(process.stderr.read())
    process.wait(PATIENCE_S)
    assert b"Traceback" not in err
    return err


def left_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


@pytest.mark.parametrize("number", SIGNALS)
def test_say_ends_while_its_server_loads(number: signal.Signals, short_dir: Path) -> None:
    output = short_dir / "out.wav"
    with program("say", "Hello.", "-o", str(output), *SLOW_LOAD, folder=short_dir) as process:
        read_until(process.stderr, b"tuning: ")
        process.send_signal(number)
        finish(process)
        assert process.returncode == 128 + number
    assert list(short_dir.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_say_ends_while_it_speaks(number: signal.Signals, short_dir: Path) -> None:
    output = short_dir / "out.wav"
    output.write_bytes(b"precious")
    with program("say", "word " * 100, "-o", str(output), *SLOW_WORK, folder=short_dir) as process:
        wait_until(lambda: any(path.suffix == ".part" for path in short_dir.iterdir()), process)
        process.send_signal(number)
        finish(process)
        assert process.returncode == 128 + number
    assert [path.name for path in short_dir.iterdir()] == ["out.wav"]
    assert output.read_bytes() == b"precious"


def test_say_ends_while_it_waits_for_standard_input(short_dir: Path) -> None:
    arguments = ("say", "-", "-o", "-", "--backend", "tone")
    with program(*arguments, folder=short_dir, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"This is one sentence of ten words, more or less. " * 6)
        process.stdout.read(44)
        process.send_signal(signal.SIGINT)
        finish(process)
        assert process.returncode == 130
    assert list(short_dir.iterdir()) == []


def test_say_ends_while_nobody_reads_its_output(short_dir: Path) -> None:
    with program("say", "word " * 300, "-o", "-", "--backend", "tone", folder=short_dir) as process:
        assert process.stdout is not None
        process.stdout.read(44)
        process.send_signal(signal.SIGTERM)
        finish(process)
        assert process.returncode == 143
    assert list(short_dir.iterdir()) == []


def test_say_ends_before_it_has_begun(short_dir: Path) -> None:
    with program("say", "Hello.", "-o", str(short_dir / "a.wav"), *SLOW_LOAD, folder=short_dir) as process:
        process.send_signal(signal.SIGTERM)
        finish(process)
        assert process.returncode in {-signal.SIGTERM, 143}
    assert list(short_dir.iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_serve_ends_while_it_loads(number: signal.Signals, short_dir: Path) -> None:
    with program("serve", *SLOW_LOAD, folder=short_dir) as process:
        read_until(process.stderr, b"tuning: ")
        process.send_signal(number)
        finish(process)
        assert process.returncode == 0
    assert left_in(short_dir) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_serve_ends_while_it_runs(number: signal.Signals, short_dir: Path) -> None:
    with program("serve", "--backend", "tone", folder=short_dir) as process:
        read_until(process.stderr, b"ready after")
        process.send_signal(number)
        finish(process)
        assert process.returncode == 0
    assert left_in(short_dir) == []


def test_player_is_stopped_with_it(short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = short_dir / "aplay"
    player.write_text("#!/bin/sh\necho $$ > player.pid.new\nmv player.pid.new player.pid\nexec sleep 600\n")
    player.chmod(0o700)
    monkeypatch.setenv("PATH", str(short_dir), prepend=":")
    with program("say", "word " * 100, "--play", *SLOW_WORK, folder=short_dir, cwd=short_dir) as process:
        wait_until((short_dir / "player.pid").exists, process)
        pid = int((short_dir / "player.pid").read_text())
        process.send_signal(signal.SIGINT)
        finish(process)
        assert process.returncode == 130
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("number", SIGNALS)
def test_bench_stops_the_server_that_it_started(number: signal.Signals, short_dir: Path) -> None:
    arguments = ("bench", "load", "--backend", "tone", "--seconds", "60")
    with program(*arguments, folder=short_dir) as process:
        read_until(process.stderr, b"listeners (turns)")
        process.send_signal(number)
        finish(process)
        assert process.returncode == 128 + number
    assert list(short_dir.iterdir()) == []
