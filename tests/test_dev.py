"""dev.py, in a folder of its own, beside an environment whose programs only tell how they were called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
UV_VERSION = "9.9.9"

PYTHON_STUB = """#!/bin/sh
if [ "$1" = -c ]; then echo 3 11; exit; fi
echo "ran in $(pwd -P): $*"
exit ${STUB_STATUS:-0}
"""
UV_STUB = """#!/bin/sh
if [ "$1" = --version ]; then echo "uv %s"; exit; fi
echo "$*" >> "$(dirname "$0")/uv.log"
exit ${STUB_STATUS:-0}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with dev.py, pins and an environment of stubs."""
    folder = tmp_path / "check out"
    bin_folder = folder / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "dev.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("build", "dev", "lowest", "cjk", "kokoro", "bench"):
        (folder / "requirements" / f"{name}.txt").write_text("websockets==17.4\n")
    (folder / "requirements" / "uv.txt").write_text(f"uv=={UV_VERSION} \\\n    --hash=sha256:0\n")
    for name, text in (("python", PYTHON_STUB), ("uv", UV_STUB % UV_VERSION)):
        (bin_folder / name).write_text(text)
        (bin_folder / name).chmod(0o755)
    return folder


def run_dev(
    checkout: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "dev.py"), *arguments],
        cwd=cwd or checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def installs(environment: Path) -> list[str]:
    """The pin files and the package that uv was told to install, in order."""
    log = environment / "bin" / "uv.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [Path(line.rpartition("/")[2]).stem if "--editable" not in line else "itself" for line in lines]


def test_hello_installs_its_own_pins_and_speaks_in_the_folder_of_the_caller(
    checkout: Path, tmp_path: Path
) -> None:
    finished = run_dev(checkout, "hello", cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert installs(checkout / ".venv") == ["kokoro", "itself"]
    assert f"ran in {tmp_path.resolve()}: -m tts_server say -o hello.wav -- Hello!" in finished.stdout


def test_hello_speaks_the_text_that_it_is_given(checkout: Path) -> None:
    finished = run_dev(checkout, "hello", "Two words", "-o", "x.wav")
    assert "-m tts_server say -o x.wav -- Two words" in finished.stdout


def test_test_runs_pytest_at_the_root_and_hands_its_arguments_on(checkout: Path, tmp_path: Path) -> None:
    finished = run_dev(checkout, "test", "-k", "tone", cwd=tmp_path)
    assert f"ran in {checkout.resolve()}: -m pytest --random-order" in finished.stdout
    assert finished.stdout.endswith(" -k tone\n")


@pytest.mark.parametrize("command", ["lowest", "cjk"])
def test_pytest_runs_in_an_environment_of_its_own(checkout: Path, command: str) -> None:
    (checkout / ".venv").rename(checkout / f".venv-{command}")
    finished = run_dev(checkout, command, "tests/server")
    assert f"ran in {checkout.resolve()}: -m pytest --random-order" in finished.stdout
    assert finished.stdout.endswith(" tests/server\n")
    assert installs(checkout / f".venv-{command}") == [command, "itself"]
    assert not (checkout / ".venv").exists()


def test_second_run_installs_nothing(checkout: Path) -> None:
    run_dev(checkout, "setup")
    assert run_dev(checkout, "setup").returncode == 0
    assert installs(checkout / ".venv") == ["dev", "itself"]


def test_development_environment_serves_hello_too(checkout: Path) -> None:
    run_dev(checkout, "setup")
    run_dev(checkout, "hello")
    assert installs(checkout / ".venv") == ["dev", "itself"]


def test_changed_pins_are_installed(checkout: Path) -> None:
    run_dev(checkout, "setup")
    (checkout / "requirements" / "dev.txt").write_text("websockets==17.5\n")
    run_dev(checkout, "setup")
    assert installs(checkout / ".venv") == ["dev", "itself"] * 2


def test_moved_checkout_is_installed_again(checkout: Path, tmp_path: Path) -> None:
    run_dev(checkout, "setup")
    moved = checkout.rename(tmp_path / "moved")
    run_dev(moved, "setup")
    assert installs(moved / ".venv") == ["dev", "itself"] * 2


def test_failed_install_is_one_line_and_is_tried_again(checkout: Path) -> None:
    finished = run_dev(checkout, "setup", STUB_STATUS="3")
    assert finished.returncode == 1
    assert finished.stderr.startswith("dev.py: ")
    assert finished.stderr.count("\n") == 1
    run_dev(checkout, "setup")
    assert installs(checkout / ".venv") == ["dev", "dev", "itself"]


def test_status_of_the_command_is_the_status(checkout: Path) -> None:
    run_dev(checkout, "setup")
    assert run_dev(checkout, "test", STUB_STATUS="5").returncode == 5


def test_unknown_argument_is_a_misuse(checkout: Path) -> None:
    assert run_dev(checkout, "setup", "--fast").returncode == 2


def test_python_that_cannot_make_environments_gets_one_line(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    (tmp_path / "ensurepip.py").write_text("raise ImportError('left out by the distribution')\n")
    finished = run_dev(checkout, "setup", PYTHONPATH=str(tmp_path), PATH="/nowhere")
    assert finished.returncode == 1
    assert "venv" in finished.stderr
    assert finished.stderr.count("\n") == 1
