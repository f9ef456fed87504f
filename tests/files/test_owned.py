"""What this process made is removed only while it is what this process made."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from pathlib import Path

import pytest

from tts_server.files.marked import (
    MARK_NAME,
    make_marked_folder,
    marked_names,
    remove_marked_folder,
    write_mark,
)
from tts_server.files.owned import (
    TemporaryFolder,
    create_file,
    danger_of,
    identity_of,
    make_private_folders,
    open_trusted,
    remove_file,
)


def test_a_file_is_removed_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    create_file(path).close()
    known = identity_of(path)
    assert known is not None
    assert remove_file(path, known)
    assert not remove_file(path, known)
    assert identity_of(path) is None


def test_another_file_at_the_same_path_stays(tmp_path: Path) -> None:
    path = tmp_path / "file"
    create_file(path).close()
    known = identity_of(path)
    assert known is not None
    path.rename(tmp_path / "moved")
    path.write_text("precious")
    assert not remove_file(path, known)
    assert path.read_text() == "precious"


def test_a_link_to_a_file_is_not_that_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    (tmp_path / "link").symlink_to("file")
    known = identity_of(tmp_path / "file")
    assert known is not None
    assert not remove_file(tmp_path / "link", known)


def test_nothing_that_is_there_is_created_anew(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "file").write_text("precious")
    for name in ("link", "file"):
        with pytest.raises(FileExistsError):
            create_file(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_what_is_made_is_its_owners_alone_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    previous = os.umask(mask)
    try:
        make_private_folders(tmp_path / "a" / "b")
        create_file(tmp_path / "file").close()
    finally:
        os.umask(previous)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "file")]
    assert modes == [0o700, 0o700, 0o600]


def test_a_temporary_folder_is_removed_with_what_is_in_it_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    folder = TemporaryFolder("tts-test-")
    (folder.path / "deep").mkdir()
    (folder.path / "deep" / "link").symlink_to(tmp_path)
    folder.remove()
    folder.remove()
    assert not folder.path.exists()
    assert (tmp_path / "precious").exists()


def test_a_folder_that_took_the_place_of_ours_stays(tmp_path: Path) -> None:
    folder = TemporaryFolder("tts-test-")
    folder.path.rename(tmp_path / "moved")
    folder.path.symlink_to(tmp_path)
    try:
        folder.remove()
        assert (tmp_path / "moved").is_dir()
    finally:
        folder.path.unlink()


def test_a_temporary_folder_that_stays_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = TemporaryFolder("tts-test-")
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr("tts_server.files.owned.shutil.rmtree", lambda *_, **__: None)
        folder.remove()
    assert str(folder.path) in caplog.text
    folder.remove()


def test_a_temporary_folder_whose_path_would_be_too_long_is_made_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    folder = TemporaryFolder("tts-test-", max_path_bytes=60)
    try:
        assert len(str(folder.path)) <= 60
        assert list(long.iterdir()) == []
    finally:
        folder.remove()


@pytest.mark.parametrize(
    ("mode", "is_safe"),
    [
        (0o40700, True),
        (0o40755, True),
        (0o41777, True),
        (0o40777, False),
        (0o40702, False),
        (0o100646, False),
    ],
)
def test_what_others_may_write_to_is_dangerous(mode: int, is_safe: bool) -> None:
    info = os.stat_result((mode, 1, 1, 1, os.geteuid(), 0, 0, 0, 0, 0))
    assert (danger_of(info) is None) is is_safe


def test_what_belongs_to_another_is_dangerous() -> None:
    info = os.stat_result((0o40700, 1, 1, 1, os.geteuid() + 1, 0, 0, 0, 0, 0))
    assert danger_of(info) == "belongs to another user"


def test_a_user_without_a_name_has_no_private_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 2**31 - 7)
    info = os.stat_result((0o40770, 1, 1, 1, 2**31 - 7, 2**31 - 7, 0, 0, 0, 0))
    assert danger_of(info) == "may be written to by others (mode 0770)"


def test_only_a_regular_file_of_ours_is_trusted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(0o600)
    open_trusted(tmp_path / "file").close()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "open").write_text("x")
    (tmp_path / "open").chmod(0o666)
    for name in ("link", "pipe", "open", "missing", "."):
        with pytest.raises(OSError):  # noqa: PT011 - each for a reason of its own
            open_trusted(tmp_path / name)


def test_a_disk_that_is_full_leaves_no_folder_without_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tts_server.files.marked.flush", fail)
    with pytest.raises(OSError, match="No space left"):
        make_marked_folder(tmp_path, "key.", ".tmp")
    assert list(tmp_path.iterdir()) == []


def test_a_mark_lists_plain_names_alone(tmp_path: Path) -> None:
    write_mark(tmp_path, ("model.onnx", "../../etc/passwd", "", ".."))
    assert marked_names(tmp_path) == ("model.onnx",)


@pytest.mark.parametrize("put", ["link", "text", "folder", "open to others"])
def test_a_mark_that_is_not_ours_is_none(tmp_path: Path, put: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    (folder / "precious").write_text("precious")
    if put == "link":
        write_mark(tmp_path, ("precious",))
        (folder / MARK_NAME).symlink_to(tmp_path / MARK_NAME)
    elif put == "text":
        (folder / MARK_NAME).write_text("notes on tts-server\n")
    elif put == "folder":
        (folder / MARK_NAME).mkdir()
    else:
        write_mark(folder, ("precious",))
        (folder / MARK_NAME).chmod(0o666)
    assert marked_names(folder) is None
    assert not remove_marked_folder(folder)
    assert (folder / "precious").exists()
