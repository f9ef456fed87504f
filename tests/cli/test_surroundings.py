"""Commands in a folder that is gone, with few descriptors, with small files, on a terminal that closes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.processes import PROGRAM, wait_until
from tests.patience import PATIENCE_S

COMMANDS = {
    "help": ["--help"],
    "status": ["status"],
    "voices": ["voices", "--backend", "tone"],
    "models": ["models", "list"],
    "config": ["config", "show"],
    "conformance": ["conformance", "--list"],
    "simulate": ["bench", "simulate", "--seconds", "20"],
    "say": ["say", "Hi.", "-o", "OUTPUT", "--backend", "tone"],
}


def run(script: str, arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the program from a shell that has prepared something."""
    output = str(folder / "out.wav")
    command = [output if argument == "OUTPUT" else argument for argument in arguments]
    return subprocess.run(
        ["sh", "-c", f'{script}; exec "$@"', "sh", *PROGRAM, *command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=folder,
        env=os.environ | {"XDG_RUNTIME_DIR": str(folder), "TMPDIR": str(folder)},
    )


@pytest.mark.parametrize("script", ["mkdir gone; cd gone; rmdir ../gone", "ulimit -n 20"])
@pytest.mark.parametrize("name", COMMANDS)
def test_command_runs_in_narrow_surroundings(name: str, script: str, short_dir: Path) -> None:
    done = run(script, COMMANDS[name], short_dir)
    assert done.returncode == (1 if name == "status" else 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert [path.name for path in short_dir.iterdir()] == (["out.wav"] if name == "say" else [])


@pytest.mark.parametrize("name", ["conformance", "config", "say"])
def test_file_that_may_grow_no_more_is_named_in_one_line(name: str, short_dir: Path) -> None:
    redirection = "" if name == "say" else "exec >printed; "
    done = run(f"{redirection}ulimit -f 1", COMMANDS[name], short_dir)
    assert done.returncode == 1
    what = "out.wav" if name == "say" else "standard output"
    assert f"{what}: File too large" in done.stderr.decode().splitlines()[-1]
    assert [path.name for path in short_dir.iterdir()] == ([] if name == "say" else ["printed"])


@pytest.mark.skipif(sys.platform == "darwin", reason="a session there takes no terminal by opening it")
@pytest.mark.parametrize(
    "arguments",
    [
        ["say", "word " * 100, "-o", "OUTPUT", "--backend", "tone", "--set", "work_ms=300"],
        ["say", "-", "-o", "OUTPUT", "--backend", "tone"],
        ["serve", "--backend", "tone"],
    ],
    ids=["say", "say what is typed", "serve"],
)
def test_closed_terminal_leaves_nothing_behind(arguments: list[str], short_dir: Path) -> None:
    master, slave = pty.openpty()
    name = os.ttyname(slave)
    command = [str(short_dir / "out.wav") if argument == "OUTPUT" else argument for argument in arguments]
    with subprocess.Popen(
        ["sh", "-c", f'exec "$@" <{name} >{name} 2>&1', "sh", *PROGRAM, *command],
        start_new_session=True,
        env=os.environ | {"XDG_RUNTIME_DIR": str(short_dir), "TMPDIR": str(short_dir)},
    ) as process:
        try:
            os.close(slave)
            wait_until(lambda: any(short_dir.rglob("*.sock")), process)
            os.close(master)
            assert process.wait(PATIENCE_S) == (0 if arguments[0] == "serve" else 129)
        finally:
            process.kill()
    assert [path for path in short_dir.rglob("*") if not path.is_dir()] == []
    assert [path.name for path in short_dir.iterdir()] == (["pipecat-tts"] if arguments[0] == "serve" else [])
