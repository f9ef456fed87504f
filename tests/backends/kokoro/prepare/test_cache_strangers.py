"""What else lies in the cache folder: nothing is removed that is not ours, nor read that may not be."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.backends.kokoro.prepare.cache import (
    MANIFEST_NAME,
    UNUSED_DAYS,
    entry_key,
    get_or_prepare,
    open_entry,
)
from tts_server.errors import ConfigError, ModelCorruptError
from tts_server.files import owned
from tts_server.files.marked import MARK_NAME, make_marked_folder

KEY, OLD = "0123456789abcdef" * 2, "a" * 32
OLD_S = time.time() - (UNUSED_DAYS + 10) * 86_400


def prepare(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"graph" * 100)


def must_not_prepare(folder: Path) -> None:
    raise AssertionError(folder)


def age(entry: Path) -> None:
    os.utime(entry / MANIFEST_NAME, (OLD_S, OLD_S))


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Everything below a folder: content of files, targets of links, and that there is a folder."""
    found: dict[str, bytes | str] = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = str(path.readlink())
        else:
            found[name] = path.read_bytes() if path.is_file() else "folder"
    return found


# --- strangers ---------------------------------------------------------------------------------------------


def put_folder(path: Path) -> None:
    path.mkdir()
    (path / "index.html").write_text("precious")
    (path / MANIFEST_NAME).write_text("{}")
    age(path)


def put_folder_with_a_manifest_like_ours(path: Path) -> None:
    put_folder(path)
    (path / MANIFEST_NAME).write_text('{"files": {"index.html": {"bytes": 8, "sha256": "?"}}}')
    age(path)


def put_folder_with_an_empty_manifest(path: Path) -> None:
    put_folder(path)
    (path / MANIFEST_NAME).write_text('{"files": {}}')
    age(path)


def put_folder_without_a_manifest(path: Path) -> None:
    path.mkdir()
    (path / "thesis.odt").write_text("precious")


def put_file(path: Path) -> None:
    path.write_text("precious")
    os.utime(path, (OLD_S, OLD_S))


def put_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def put_link_to_a_folder(path: Path) -> None:
    elsewhere = path.parent.parent / f"elsewhere-of-{path.name}"
    put_folder(elsewhere)
    path.symlink_to(elsewhere)


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


STRANGERS: list[Callable[[Path], None]] = [
    put_folder,
    put_folder_with_a_manifest_like_ours,
    put_folder_with_an_empty_manifest,
    put_folder_without_a_manifest,
    put_file,
    put_dangling_link,
    put_link_to_a_folder,
]
NAMES = ["site", "x.tmp", f"{OLD}.tmp", f"{KEY}.4711.tmp", f"{KEY}.damaged.tmp", OLD, "manifest.json", ".tmp"]


@pytest.mark.parametrize("put", STRANGERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_passed_over(tmp_path: Path, put: Callable[[Path], None], name: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    put(cache / name)
    before = snapshot(tmp_path)
    get_or_prepare(cache, KEY, prepare)
    after = snapshot(tmp_path)
    assert {name: content for name, content in after.items() if KEY not in name.split("/")} == before


@pytest.mark.parametrize("put", [*STRANGERS, put_pipe])
def test_a_stranger_in_the_way_is_set_aside_whole(tmp_path: Path, put: Callable[[Path], None]) -> None:
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    put(cache / KEY)
    before = (cache / KEY).lstat()
    inside = snapshot(cache / KEY)
    entry = get_or_prepare(cache, KEY, prepare)
    assert not entry.folder.is_symlink()
    open_entry(entry.folder)
    (aside,) = cache.glob(f"{KEY}.aside-*")
    assert (aside.lstat().st_ino, aside.lstat().st_dev) == (before.st_ino, before.st_dev)
    assert snapshot(aside) == inside
    get_or_prepare(cache, KEY, must_not_prepare)


def test_a_strangers_file_in_an_old_entry_stays(tmp_path: Path) -> None:
    old = get_or_prepare(tmp_path, OLD, prepare).folder
    (old / "notes.txt").write_text("precious")
    (old / "more").mkdir()
    age(old)
    get_or_prepare(tmp_path, KEY, prepare)
    assert sorted(path.name for path in old.iterdir()) == ["more", "notes.txt"]
    get_or_prepare(tmp_path, "c" * 32, prepare)
    assert (old / "notes.txt").read_text() == "precious"


def test_a_strangers_file_in_a_damaged_entry_stays(tmp_path: Path) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    (folder / "notes.txt").write_text("precious")
    (folder / MANIFEST_NAME).write_text("{")
    get_or_prepare(tmp_path, KEY, prepare)
    (aside,) = tmp_path.glob(f"{KEY}.aside-*")
    assert snapshot(aside) == {"notes.txt": b"precious"}


def test_a_link_in_an_old_entry_is_removed_and_not_followed(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    old = get_or_prepare(cache, OLD, prepare).folder
    (tmp_path / "precious.onnx").write_text("precious")
    (old / "model.onnx").unlink()
    (old / "model.onnx").symlink_to(tmp_path / "precious.onnx")
    age(old)
    get_or_prepare(cache, KEY, prepare)
    assert [path.name for path in cache.iterdir()] == [KEY]
    assert (tmp_path / "precious.onnx").read_text() == "precious"


def test_an_old_entry_of_the_first_format_goes(tmp_path: Path) -> None:
    old = get_or_prepare(tmp_path, OLD, prepare).folder
    (old / MARK_NAME).unlink()
    age(old)
    get_or_prepare(tmp_path, KEY, prepare)
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


@pytest.mark.parametrize("name", ["old", "A" * 32, "a" * 31, "a" * 33])
def test_an_old_folder_whose_name_is_no_key_stays(tmp_path: Path, name: str) -> None:
    shutil.copytree(get_or_prepare(tmp_path, OLD, prepare).folder, tmp_path / name)
    age(tmp_path / name)
    get_or_prepare(tmp_path, KEY, prepare)
    assert (tmp_path / name / "model.onnx").is_file()


@pytest.mark.parametrize("content", [None, b"", b"Made by tts-ser"])
def test_a_temporary_folder_whose_maker_died_at_once_goes(tmp_path: Path, content: bytes | None) -> None:
    folder = make_marked_folder(tmp_path, f"{KEY}.", ".tmp")
    (folder / MARK_NAME).unlink()
    if content is not None:
        (folder / MARK_NAME).write_bytes(content)
    get_or_prepare(tmp_path, KEY, prepare)
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_a_removal_that_was_interrupted_is_taken_up_again(tmp_path: Path) -> None:
    old = get_or_prepare(tmp_path, OLD, prepare).folder
    age(old)
    (old / "model.onnx").unlink()
    get_or_prepare(tmp_path, KEY, prepare)
    assert not old.exists()


def test_what_cannot_be_removed_stops_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    age(get_or_prepare(tmp_path, OLD, prepare).folder)

    def refuse(path: Path, _known: object) -> bool:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr("tts_server.files.marked.remove_file", refuse)
    get_or_prepare(tmp_path, KEY, prepare)
    assert (tmp_path / OLD / "model.onnx").exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["files", "bytes", "sha256", "..", "a/b", "model.onnx"]), inner)
    ),
    max_leaves=8,
)


@given(JSON)
def test_a_manifest_of_any_form_is_a_damaged_entry(manifest: object) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / MANIFEST_NAME).write_text(json.dumps(manifest))
        with pytest.raises(ModelCorruptError):
            open_entry(folder)


# --- who may have put it there -----------------------------------------------------------------------------


def test_folders_are_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        folder = get_or_prepare(tmp_path / "a" / "b", KEY, prepare).folder
    finally:
        os.umask(previous)
    folders = (tmp_path / "a", tmp_path / "a" / "b", folder)
    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700] * 3


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o770])
@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize("is_prepared", [False, True])
def test_a_folder_that_others_may_write_to_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, above: bool, is_prepared: bool
) -> None:
    monkeypatch.setattr(owned, "_is_private_group", lambda _gid: False)
    cache = tmp_path / "mine" / "cache"
    cache.mkdir(parents=True, mode=0o700)
    if is_prepared:
        get_or_prepare(cache, KEY, prepare)
    (cache.parent if above else cache).chmod(mode)
    with pytest.raises(ConfigError, match=rf"written to by others \(mode {mode:04o}\).*--cache-dir"):
        get_or_prepare(cache, KEY, must_not_prepare)


def test_a_folder_in_one_with_the_sticky_bit_is_used(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    get_or_prepare(tmp_path / "shared" / "cache", KEY, prepare)


def test_ones_own_link_to_a_safe_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir(mode=0o700)
    (tmp_path / "cache").symlink_to(tmp_path / "disk")
    get_or_prepare(tmp_path / "cache", KEY, prepare)
    get_or_prepare(tmp_path / "cache", KEY, must_not_prepare)
    assert (tmp_path / "disk" / KEY).is_dir()


def test_a_link_to_an_unsafe_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk").chmod(0o777)
    (tmp_path / "cache").symlink_to(tmp_path / "disk")
    with pytest.raises(ConfigError, match="others"):
        get_or_prepare(tmp_path / "cache", KEY, prepare)


def test_a_link_into_an_unsafe_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "disk" / "cache").mkdir(parents=True, mode=0o700)
    (tmp_path / "disk").chmod(0o777)
    (tmp_path / "cache").symlink_to(tmp_path / "disk" / "cache")
    with pytest.raises(ConfigError, match="others"):
        get_or_prepare(tmp_path / "cache", KEY, prepare)


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    get_or_prepare(tmp_path / "cache", KEY, prepare)
    uid = os.geteuid() or 12345
    if os.geteuid() == 0:
        os.chown(tmp_path / "cache", uid, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(ConfigError, match="belongs to another user"):
        get_or_prepare(tmp_path / "cache", KEY, must_not_prepare)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", [".", "model.onnx", MANIFEST_NAME])
def test_an_entry_that_another_user_made_is_not_read(tmp_path: Path, name: str) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    os.chown(folder / name, 12345, -1)
    with pytest.raises(ModelCorruptError):
        open_entry(folder)
    get_or_prepare(tmp_path, KEY, prepare)
    open_entry(folder)


@pytest.mark.parametrize("name", [".", "model.onnx", MANIFEST_NAME])
def test_an_entry_that_others_may_change_is_not_read(tmp_path: Path, name: str) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    (folder / name).chmod(0o777)
    with pytest.raises(ModelCorruptError):
        open_entry(folder)
    get_or_prepare(tmp_path, KEY, prepare)
    open_entry(folder)


@pytest.mark.parametrize("name", ["model.onnx", MANIFEST_NAME])
def test_an_entry_with_a_link_in_it_is_not_read(tmp_path: Path, name: str) -> None:
    folder = get_or_prepare(tmp_path / "cache", KEY, prepare).folder
    (folder / name).rename(tmp_path / "moved")
    (folder / name).symlink_to(tmp_path / "moved")
    with pytest.raises(ModelCorruptError):
        open_entry(folder)
    get_or_prepare(tmp_path / "cache", KEY, prepare)
    assert (tmp_path / "moved").is_file()


def test_a_manifest_leads_nowhere_else(tmp_path: Path) -> None:
    folder = get_or_prepare(tmp_path / "cache", KEY, prepare).folder
    (tmp_path / "cache" / "model.onnx").write_bytes((folder / "model.onnx").read_bytes())
    manifest = json.loads((folder / MANIFEST_NAME).read_text())
    manifest["files"] = {"../model.onnx": manifest["files"]["model.onnx"]}
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest))
    with pytest.raises(ModelCorruptError):
        open_entry(folder)


def test_a_read_only_cache_is_used(tmp_path: Path) -> None:
    folder = get_or_prepare(tmp_path, KEY, prepare).folder
    for path in (*folder.iterdir(), folder, tmp_path):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        get_or_prepare(tmp_path, KEY, must_not_prepare)
    finally:
        for path in (tmp_path, folder):
            path.chmod(0o700)


def test_keys_are_32_hexadecimal_digits() -> None:
    assert len(entry_key("a")) == 32
    assert set(entry_key("a")) <= set("0123456789abcdef")
