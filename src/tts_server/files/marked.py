"""Folders with our mark, which a later process of ours may remove."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tts_server.files.owned import create_file, danger_of, flush, identity_of, open_trusted, remove_file

MARK_NAME: Final = ".tts-server"
"""The file in a folder that says that the folder, and what the file lists, may be removed by us."""

_MARK: Final = "Made by tts-server, which may remove it, and these files in it:"
_MAX_MARK_BYTES: Final = 65_536


def make_marked_folder(parent: Path, prefix: str, suffix: str) -> Path:
    """Make a folder with our mark, under a name that nobody else has; all that is put into it is ours."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=suffix, dir=parent))
    try:
        write_mark(folder, ())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def write_mark(folder: Path, names: Sequence[str]) -> None:
    """Put our mark into a folder of ours, with the names of the files that are ours."""
    with create_file(folder / MARK_NAME) as file:
        file.write(("\n".join((_MARK, *names)) + "\n").encode())
    flush(folder / MARK_NAME)


def marked_names(folder: Path) -> tuple[str, ...] | None:
    """Read which files of a folder are ours; None when it is no real folder or has no mark of ours."""
    if not is_real_folder(folder):
        return None
    try:
        with open_trusted(folder / MARK_NAME) as file:
            lines = file.read(_MAX_MARK_BYTES).decode(errors="replace").splitlines()
    except OSError:
        return None  # not there, or somebody else's
    return tuple(filter(is_plain_name, lines[1:])) if lines and lines[0] == _MARK else None


def is_plain_name(name: str) -> bool:
    """Whether a name leads to something directly in a folder."""
    return bool(name) and name not in {".", ".."} and not {"/", "\0"} & set(name)


def is_real_folder(path: Path) -> bool:
    """Whether a path leads, not by a link, to a folder that nobody else can put things into."""
    try:
        info = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and danger_of(info) is None


def remove_marked_folder(folder: Path) -> bool:
    """Remove a folder made by ``make_marked_folder`` with all that is in it, and say whether it is gone.

    Where the mark is missing or only begun, as when its maker was killed, nothing else may be in it.
    """
    if not is_real_folder(folder):
        return False
    if marked_names(folder) is None and {path.name for path in folder.iterdir()} - {MARK_NAME}:
        return False
    shutil.rmtree(folder)
    return True


def remove_listed(folder: Path, names: Sequence[str]) -> bool:
    """Remove these files in order, then our mark, and the folder if nothing else is in it.

    Returns:
        Whether the folder is gone.

    Raises:
        OSError: A file cannot be removed.
    """
    for name in dict.fromkeys((*names, MARK_NAME)):
        path = folder / name
        known = identity_of(path)
        if known is not None and not (path.is_dir() and not path.is_symlink()):
            remove_file(path, known)
    return _remove_empty_folder(folder)


def _remove_empty_folder(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        return False
    return True


def publish(folder: Path, path: Path) -> None:
    """Give a complete folder of ours its final name, at which nothing is."""
    folder.rename(path)


def set_aside(path: Path) -> Path:
    """Rename what is in our way and not ours, without following it, and return its new path."""
    aside = path.with_name(f"{path.name[:200]}.aside-{os.urandom(4).hex()}")
    path.rename(aside)
    return aside


def note_use(path: Path) -> None:
    """Set a file's time to now, where it can be set: what is read-only works as well."""
    with contextlib.suppress(OSError):
        os.utime(path, follow_symlinks=False)
