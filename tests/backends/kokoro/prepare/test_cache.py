from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tts_server.backends.base import LoadCancelled
from tts_server.backends.kokoro.prepare.cache import (
    MANIFEST_NAME,
    UNUSED_DAYS,
    entry_key,
    get_or_prepare,
    open_entry,
)
from tts_server.errors import ConfigError, ModelCorruptError

if TYPE_CHECKING:
    from pathlib import Path

KEY, OLD, RECENT = "0123456789abcdef" * 2, "a" * 32, "b" * 32
OLD_S = time.time() - (UNUSED_DAYS + 1) * 86_400


class Preparation:
    """Writes two small files and counts how often."""

    def __init__(self) -> None:
        self.n_calls = 0

    def __call__(self, folder: Path) -> None:
        assert not list(folder.iterdir())
        self.n_calls += 1
        (folder / "model.onnx").write_bytes(b"graph" * 100)
        (folder / "weights.bin").write_bytes(b"weights" * 1000)


@pytest.fixture
def prepare() -> Preparation:
    return Preparation()


def test_a_model_is_prepared_once(tmp_path: Path, prepare: Preparation) -> None:
    first = get_or_prepare(tmp_path / "new" / "cache", KEY, prepare)
    second = get_or_prepare(tmp_path / "new" / "cache", KEY, prepare)
    assert first == second
    assert prepare.n_calls == 1
    assert (first.folder / "weights.bin").read_bytes() == b"weights" * 1000
    assert [path.name for path in first.folder.parent.iterdir()] == [KEY]


def test_another_key_is_another_entry(tmp_path: Path, prepare: Preparation) -> None:
    keys = {entry_key("weights", "code"), entry_key("weights", "code 2"), entry_key("weightsc", "ode")}
    assert len(keys) == 3
    folders = {get_or_prepare(tmp_path, key, prepare).folder for key in keys}
    assert len(folders) == prepare.n_calls == 3


@pytest.mark.parametrize("name", ["model.onnx", "weights.bin"])
def test_a_changed_byte_is_found_and_the_model_made_anew(
    tmp_path: Path, prepare: Preparation, name: str
) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ModelCorruptError, match="damaged"):
        open_entry(folder)
    get_or_prepare(tmp_path, KEY, prepare)
    assert prepare.n_calls == 2
    open_entry(folder)
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"files": {"x": 1}}', '{"files": {}, "x": '])
def test_an_unreadable_manifest_is_a_damaged_entry(
    tmp_path: Path, prepare: Preparation, manifest: str
) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    (folder / MANIFEST_NAME).write_text(manifest)
    get_or_prepare(tmp_path, KEY, prepare)
    assert prepare.n_calls == 2


@pytest.mark.parametrize("name", ["model.onnx", "weights.bin", MANIFEST_NAME])
def test_a_missing_or_shortened_file_is_a_damaged_entry(
    tmp_path: Path, prepare: Preparation, name: str
) -> None:
    path = get_or_prepare(tmp_path, KEY, prepare).folder / name
    path.write_bytes(path.read_bytes()[:-2])
    get_or_prepare(tmp_path, KEY, prepare)
    path.unlink()
    get_or_prepare(tmp_path, KEY, prepare)
    assert prepare.n_calls == 3


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, LoadCancelled, ModelCorruptError])
def test_a_preparation_that_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_bytes(b"half")
        raise error

    with pytest.raises(error):
        get_or_prepare(tmp_path, KEY, fail)
    assert not list(tmp_path.iterdir())


def test_progress_may_give_up_while_checking(tmp_path: Path, prepare: Preparation) -> None:
    get_or_prepare(tmp_path, KEY, prepare)

    def give_up(_stage: str, _fraction: float) -> None:
        raise LoadCancelled

    with pytest.raises(LoadCancelled):
        get_or_prepare(tmp_path, KEY, prepare, give_up)
    assert prepare.n_calls == 1
    open_entry(tmp_path / KEY)


def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        raise OSError(28, "No space left on device", str(folder))

    with pytest.raises(ConfigError, match=r"cache folder .* cannot be used: No space left on device"):
        get_or_prepare(tmp_path, KEY, fail)
    assert not list(tmp_path.iterdir())


def test_a_file_where_the_folder_should_be_is_one_clear_error(tmp_path: Path, prepare: Preparation) -> None:
    (tmp_path / "cache").write_text("not a folder")
    with pytest.raises(ConfigError, match="cannot be used"):
        get_or_prepare(tmp_path / "cache", KEY, prepare)


def test_an_entry_that_nobody_opened_for_long_goes_when_a_new_one_comes(
    tmp_path: Path, prepare: Preparation
) -> None:
    for key in (OLD, RECENT):
        get_or_prepare(tmp_path, key, prepare)
    os.utime(tmp_path / OLD / MANIFEST_NAME, (OLD_S, OLD_S))
    get_or_prepare(tmp_path, KEY, prepare)
    assert sorted(path.name for path in tmp_path.iterdir()) == [KEY, RECENT]


def test_opening_an_entry_counts_as_use(tmp_path: Path, prepare: Preparation) -> None:
    get_or_prepare(tmp_path, OLD, prepare)
    os.utime(tmp_path / OLD / MANIFEST_NAME, (0, 0))
    get_or_prepare(tmp_path, OLD, prepare)
    get_or_prepare(tmp_path, KEY, prepare)
    assert (tmp_path / OLD).exists()


PREPARING = """
import signal
import sys
from pathlib import Path
from tts_server.backends.kokoro.prepare.cache import get_or_prepare

# Tests that run in the background inherit that it is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

def prepare(folder):
    (folder / "model.onnx").write_bytes(b"from the child")
    print("preparing", flush=True)
    sys.stdin.readline()

def progress(stage, fraction):
    if stage.startswith("waiting"):
        print("waiting", flush=True)

entry = get_or_prepare(Path(sys.argv[1]), sys.argv[2], prepare, progress)
print((entry.folder / "model.onnx").read_text(), flush=True)
"""


def start_preparing(cache_dir: Path) -> subprocess.Popen[str]:
    """Start a process that prepares until it is given a line."""
    command = [sys.executable, "-c", PREPARING, str(cache_dir), KEY]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_a_killed_process_left_is_removed_by_the_next(
    tmp_path: Path, prepare: Preparation, kind: signal.Signals
) -> None:
    with start_preparing(tmp_path) as child:
        assert read_line(child) == "preparing"
        assert [path.suffix for path in tmp_path.iterdir()] == [".tmp"]
        child.send_signal(kind)
        child.wait()
    get_or_prepare(tmp_path, KEY, prepare)
    assert prepare.n_calls == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_of_two_processes_one_prepares_and_the_other_takes_its_entry(tmp_path: Path) -> None:
    with start_preparing(tmp_path) as first:
        assert read_line(first) == "preparing"
        with start_preparing(tmp_path) as second:
            assert read_line(second) == "waiting"
            first.communicate("go\n")
            line = read_line(second)
            while line == "waiting":
                line = read_line(second)
            assert line == "from the child"
    assert json.loads((tmp_path / KEY / MANIFEST_NAME).read_text())["files"].keys() == {"model.onnx"}
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_when_the_one_that_prepares_dies_the_one_that_waits_prepares(tmp_path: Path) -> None:
    with start_preparing(tmp_path) as first:
        assert read_line(first) == "preparing"
        with start_preparing(tmp_path) as second:
            assert read_line(second) == "waiting"
            first.kill()
            line = read_line(second)
            while line == "waiting":
                line = read_line(second)
            assert line == "preparing"
            out, _ = second.communicate("go\n")
            assert out.strip() == "from the child"
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_waiting_can_be_given_up(tmp_path: Path, prepare: Preparation) -> None:
    def give_up(stage: str, _fraction: float) -> None:
        if stage.startswith("waiting"):
            raise LoadCancelled

    with start_preparing(tmp_path) as child:
        assert read_line(child) == "preparing"
        with pytest.raises(LoadCancelled):
            get_or_prepare(tmp_path, KEY, prepare, give_up)
        child.communicate("go\n")
    assert prepare.n_calls == 0
