"""Stop signals end ``serve``, ``say`` and ``bench`` at any moment, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from tests.cli.processes import program, read_until, wait_until
from tests.patience import PATIENCE_S

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
HANG = ("--backend", "tone", "--set", "hang_at_step=0")
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


@pytest.mark.parametrize("number", SIGNALS[:2])
def test_say_ends_while_its_server_loads(number: signal.Signals, short_dir: Path) -> None:
    output = short_dir / "out.wav"
    with program("say", "Hello.", "-o", str(output), *SLOW_LOAD, folder=short_dir) as process:
        read_until(process.stderr, b"tuning: ")
        process.send_signal(number)
        finish(process)
        assert process.returncode == 128 + number
    assert list(short_dir.iterdir()) == []


def is_being_written(folder: Path) -> bool:
    """Whether a file is written aside for a server's speech; one is made for a moment before, to try it."""
    names = [path.name for path in folder.iterdir()]
    is_served = any(name.startswith("tts-say-") for name in names)
    return is_served and any(name.endswith(".part") for name in names)


@pytest.mark.parametrize("number", SIGNALS)
def test_say_ends_while_it_speaks(number: signal.Signals, short_dir: Path) -> None:
    output = short_dir / "out.wav"
    output.write_bytes(b"precious")
    with program("say", "word " * 100, "-o", str(output), *SLOW_WORK, folder=short_dir) as process:
        wait_until(lambda: is_being_written(short_dir), process)
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


@pytest.mark.parametrize("number", SIGNALS[:2])
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


@pytest.mark.parametrize("habit", ["exec sleep 60", "trap '' TERM INT; while :; do sleep 1; done"])
def test_player_is_stopped_with_it(habit: str, short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = short_dir / "aplay"
    player.write_text(f"#!/bin/sh\necho $$ > player.pid.new\nmv player.pid.new player.pid\n{habit}\n")
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


@pytest.mark.parametrize("arguments", [("serve", "--backend", "tone"), ("say", "word " * 30, *SLOW_WORK)])
def test_hang_up_that_is_ignored_from_the_start_stays_so(arguments: tuple[str, ...], short_dir: Path) -> None:
    output = ("-o", str(short_dir / "out.wav")) if arguments[0] == "say" else ()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with program(*arguments, *output, folder=short_dir) as process:
            read_until(process.stderr, b"ready after" if arguments[0] == "serve" else b"makes tones")
            process.send_signal(signal.SIGHUP)
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            process.send_signal(signal.SIGTERM)
            finish(process)
            assert process.returncode == (0 if arguments[0] == "serve" else 143)
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_say_ends_although_its_engine_hangs(number: signal.Signals, short_dir: Path) -> None:
    with program("say", "Hello.", "-o", str(short_dir / "a.wav"), *HANG, folder=short_dir) as process:
        wait_until(lambda: is_being_written(short_dir), process)
        process.send_signal(number)
        finish(process)
        assert process.returncode == 128 + number
    assert list(short_dir.iterdir()) == []


def test_second_signal_ends_say_at_once_and_leaves_nothing(short_dir: Path) -> None:
    with program("say", "Hello.", "-o", str(short_dir / "a.wav"), *HANG, folder=short_dir) as process:
        wait_until(lambda: is_being_written(short_dir), process)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        finish(process)
        assert process.returncode in {128 + signal.SIGINT, 128 + signal.SIGTERM}
    assert list(short_dir.iterdir()) == []


def test_say_ends_with_an_error_of_its_own_although_its_engine_hangs(short_dir: Path) -> None:
    # A listener who goes away is an error that needs no time-out of the engine.
    reader, writer = os.pipe()
    with program("say", "Hello.", "-o", "-", *HANG, folder=short_dir, stdout=writer) as process:
        os.close(writer)
        os.close(reader)
        err = finish(process)
        assert process.returncode == 141, err
    assert list(short_dir.iterdir()) == []


def test_say_ends_while_its_load_hangs(short_dir: Path) -> None:
    arguments = ("say", "Hello.", "-o", str(short_dir / "a.wav"), "--backend", "tone", "--set", "hang_load=1")
    with program(*arguments, folder=short_dir) as process:
        wait_until(lambda: any(short_dir.glob("tts-say-*/*.sock")), process)
        process.send_signal(signal.SIGINT)
        finish(process)
        assert process.returncode == 130
    assert list(short_dir.iterdir()) == []


def test_bench_ends_although_the_engine_of_its_server_hangs(short_dir: Path) -> None:
    arguments = ("bench", "load", *HANG, "--seconds", "60")
    with program(*arguments, folder=short_dir) as process:
        wait_until(lambda: any(short_dir.glob("tts-bench-*/tts.sock")), process)
        # Long enough for the first listener to have the engine hang; a moment sooner it ends as well.
        threading.Event().wait(2.0)
        process.send_signal(signal.SIGINT)
        finish(process)
        assert process.returncode == 130
    assert list(short_dir.iterdir()) == []


def test_say_ends_while_nobody_opens_its_pipe(short_dir: Path) -> None:
    fifo = short_dir / "fifo"
    os.mkfifo(fifo)
    with program("say", "Hello.", "-o", str(fifo), "--backend", "tone", folder=short_dir) as process:
        read_until(process.stderr, b"makes tones")
        process.send_signal(signal.SIGTERM)
        finish(process)
        assert process.returncode == 143
    assert [path.name for path in short_dir.iterdir()] == ["fifo"]


def test_second_signal_ends_bench_at_once_and_leaves_nothing(short_dir: Path) -> None:
    with program("bench", "load", "--backend", "tone", "--seconds", "60", folder=short_dir) as process:
        read_until(process.stderr, b"listeners (turns)")
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        finish(process)
        assert process.returncode in {130, 143}
    assert list(short_dir.iterdir()) == []
