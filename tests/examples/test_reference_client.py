"""The reference client speaks to a real server, and needs nothing of ours."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from tests.patience import PATIENCE_S
from tests.tone_server import serving_aside

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "reference_client.py"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_it_imports_the_standard_library_and_websockets_alone() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in imported}
    assert roots <= sys.stdlib_module_names | {"websockets"}
    assert "websockets" in roots


def test_it_writes_a_wav_file(short_dir: Path) -> None:
    wav = short_dir / "hello.wav"
    with serving_aside(short_dir / "tts.sock") as endpoint:
        done = run("Good day.", str(wav), "--socket", str(endpoint), "--voice", "bass", "--language", "fr")
    assert done.returncode == 0, done.stderr
    with wave.open(str(wav)) as file:
        assert file.getparams()[:4] == (1, 2, 24000, 9 * 1440)


def test_it_sends_the_token_of_its_variable(short_dir: Path) -> None:
    with serving_aside(short_dir / "tts.sock", auth_token="sesame") as endpoint:
        arguments = ("Hi.", str(short_dir / "a.wav"), "--socket", str(endpoint))
        assert run(*arguments).returncode == 1
        assert run(*arguments, TTS_WS_TOKEN="sesame").returncode == 0


@pytest.mark.parametrize(
    "flags", [["--voice", "nobody"], ["--socket", "/nonexistent.sock"], ["--uri", "ws://[::1]:1"]]
)
def test_it_fails_in_one_line(flags: list[str], short_dir: Path) -> None:
    with serving_aside(short_dir / "tts.sock") as endpoint:
        done = run("Hi.", str(short_dir / "a.wav"), "--socket", str(endpoint), *flags)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert not (short_dir / "a.wav").exists()
