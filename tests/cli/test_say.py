"""``say``: through the running server and one of its own, into files, pipes and players."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import program, read_until
from tests.patience import PATIENCE_S
from tests.tone_server import serving_aside

from tts_server import cli
from tts_server.audio.wav import wav_header
from tts_server.backends import registry
from tts_server.config.environment import default_socket_path
from tts_server.endpoint import Endpoint

CHAR_BYTES = 2 * 1440


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server on the default socket."""
    with serving_aside(default_socket_path()) as endpoint:
        yield endpoint


@pytest.fixture
def own_temp(short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, to see what is left in it."""
    folder = short_dir / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def n_samples(path: Path) -> int:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24000, 1, 2)
        return int(file.getnframes())


@pytest.mark.usefixtures("endpoint")
def test_running_server_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hello.wav"
    assert cli.main(["say", "Good", "day.", "-o", str(path)]) == 0
    captured = capsys.readouterr()
    assert n_samples(path) == len("Good day.") * 1440
    assert captured.out == ""
    assert "starting a server" not in captured.err
    report = captured.err.splitlines()[-1]
    assert str(path) in report
    assert "first audio after" in report
    assert "0.54 s of audio" in report
    assert "real-time factor" in report


@pytest.mark.usefixtures("own_temp")
def test_own_server_is_started_when_none_runs_and_nothing_is_left_of_it(
    tmp_path: Path, own_temp: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "PREFERENCE", ("tone",))
    path = tmp_path / "hello.wav"
    assert cli.main(["say", "Good day.", "-o", str(path)]) == 0
    assert n_samples(path) == len("Good day.") * 1440
    assert "starting a server for this text, with the tone backend" in capsys.readouterr().err
    assert list(own_temp.iterdir()) == []
    assert [p.name for p in tmp_path.iterdir()] == ["hello.wav"]


@pytest.mark.usefixtures("endpoint")
def test_flags_of_the_engine_start_an_own_server_although_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "PREFERENCE", ("tone",))
    path = tmp_path / "hello.wav"
    assert cli.main(["say", "Good day.", "-o", str(path), "--set", "char_ms=30"]) == 0
    assert n_samples(path) == len("Good day.") * 720
    assert "starting a server" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--socket-path", "/nonexistent.sock"], ["--port", "1"]])
def test_named_server_that_is_not_there_is_a_failure(
    flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["say", "Hello.", "-o", str(tmp_path / "a.wav"), *flags]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_server_that_refuses_is_not_replaced_by_an_own_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving_aside(default_socket_path(), auth_token="sesame"):
        assert cli.main(["say", "Hello.", "-o", str(tmp_path / "a.wav")]) == 1
    assert "asks for a token" in capsys.readouterr().err


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--voice", "nobody"], "nobody"),
        (["--language", "xx"], "xx"),
        (["--speed", "99"], "speed"),
    ],
)
def test_refusal_leaves_an_existing_file_as_it_was(
    flags: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "precious.wav"
    path.write_bytes(b"precious")
    assert cli.main(["say", "Hello.", "-o", str(path), *flags]) == 2
    err = capsys.readouterr().err
    assert message in err.splitlines()[-1]
    assert path.read_bytes() == b"precious"
    assert [p.name for p in tmp_path.iterdir()] == ["precious.wav"]


def test_output_that_cannot_be_written_is_found_before_anything_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path, tmp_path / "missing" / "a.wav", Path("/proc/nothing.wav")):
        assert cli.main(["say", "Hello.", "-o", str(path), "--backend", "tone"]) == 2
        err = capsys.readouterr().err
        assert "starting a server" not in err
        assert (str(path) in err, err.count("\n")) == (True, 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_read_only_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"precious")
    path.chmod(0o400)
    assert cli.main(["say", "Hello.", "-o", str(path), "--backend", "tone"]) == 2
    assert path.read_bytes() == b"precious"


@pytest.mark.usefixtures("endpoint")
def test_link_is_followed_and_modes_are_those_of_any_file(tmp_path: Path) -> None:
    target, link, new = tmp_path / "target.wav", tmp_path / "link.wav", tmp_path / "new.wav"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    mask = os.umask(0o027)
    try:
        assert cli.main(["say", "Hello.", "-o", str(link)]) == 0
        assert cli.main(["say", "Hello.", "-o", str(new)]) == 0
    finally:
        os.umask(mask)
    assert link.is_symlink()
    assert n_samples(target) > 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


@pytest.mark.usefixtures("endpoint")
def test_device_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", "Hello.", "-o", os.devnull]) == 0
    assert Path(os.devnull).is_char_device()
    assert "0.36 s of audio" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "settings", "message"),
    [("out.wav", "fail_at_step=2", "told to fail"), ("/dev/full", "work_ms=0", "No space left on device")],
)
def test_failure_in_the_middle_leaves_no_half_file(
    path: str, settings: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / path)
    assert cli.main(["say", "word " * 50, "-o", output, "--backend", "tone", "--set", settings]) == 1
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("endpoint")
def test_text_with_nothing_to_speak_is_an_empty_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["say", "...", "-o", str(tmp_path / "a.wav")]) == 0
    assert n_samples(tmp_path / "a.wav") == 0
    assert "0.00 s of audio" in capsys.readouterr().err


@pytest.mark.usefixtures("endpoint")
def test_voice_and_speed_reach_the_engine(tmp_path: Path) -> None:
    for name, flags in (("a", []), ("b", ["--speed", "2"]), ("c", ["--voice", "bass"])):
        assert cli.main(["say", "Hello.", "-o", str(tmp_path / f"{name}.wav"), *flags]) == 0
    assert n_samples(tmp_path / "a.wav") == 2 * n_samples(tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "c.wav").read_bytes()


def test_standard_output_is_a_wav_stream(short_dir: Path) -> None:
    with program("say", "Good day.", "-o", "-", "--backend", "tone", folder=short_dir) as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert out[:44] == wav_header(24000)
    assert len(out) == 44 + len("Good day.") * CHAR_BYTES
    assert b"0.54 s of audio" in err


def test_long_input_is_spoken_before_it_has_ended(short_dir: Path) -> None:
    text = "This is one sentence of ten words, more or less. " * 6
    arguments = ("say", "-", "-o", "-", "--backend", "tone")
    with program(*arguments, folder=short_dir, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(text.encode())
        first = process.stdout.read(44)
        assert first == wav_header(24000)
        assert process.stdout.read(CHAR_BYTES)
        process.stdin.write("Ünd the rest".encode())
        process.stdin.close()
        process.stdin = None
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert len(out) > 100 * CHAR_BYTES


def test_reader_that_leaves_ends_it_without_a_word(short_dir: Path) -> None:
    text = "word " * 200
    with program("say", text, "-o", "-", "--backend", "tone", folder=short_dir) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(PATIENCE_S) == 141
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def make_player(folder: Path, name: str, script: str) -> None:
    player = folder / name
    player.write_text(f"#!{sys.executable}\n{script}\n")
    player.chmod(0o700)


COPY = """
import os, sys
data = open(sys.argv[-1], "rb").read() if sys.argv[-1].endswith(".wav") else sys.stdin.buffer.read()
open(os.path.join(os.path.dirname(sys.argv[0]), "played"), "wb").write(data)
"""


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    ("name", "is_wav"),
    [
        ("aplay", False),
        ("paplay", False),
        ("pw-play", False),
        ("ffplay", True),
        ("afplay", True),
        ("play", True),
    ],
)
def test_player_gets_the_audio(
    name: str,
    is_wav: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_player(tmp_path, name, COPY)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["say", "Good day."]) == 0
    played = (tmp_path / "played").read_bytes()
    assert played.startswith(b"RIFF") is is_wav
    assert len(played) == len("Good day.") * CHAR_BYTES + (44 if is_wav else 0)
    assert f"played with {name}" in capsys.readouterr().err


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    "script", ["raise SystemExit(3)", "import sys; sys.stdin.buffer.read(); raise SystemExit(3)"]
)
def test_player_that_fails_is_a_failure(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_player(tmp_path, "aplay", script)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["say", "Good day.", "--play"]) == 1
    assert "aplay could not play" in capsys.readouterr().err


def test_without_a_player_or_a_file_there_is_nothing_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["say", "Good day."]) == 2
    assert "-o FILE.wav" in capsys.readouterr().err


def test_progress_of_a_long_load_is_told_in_plain_lines(short_dir: Path) -> None:
    arguments = ("say", "Hi.", "-o", os.devnull, "--backend", "tone", "--set", "load_ms=2500")
    with program(*arguments, folder=short_dir) as process:
        assert process.stderr is not None
        assert b"\r" not in read_until(process.stderr, b"tuning: ")
