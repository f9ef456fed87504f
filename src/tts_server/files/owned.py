"""Every path that this program creates, replaces or removes, and only what is certainly its own.

Theory of operation. Three proofs say that a path is ours. What this process made is known by its device and
inode, which are compared again before anything is removed. What another process of ours left is a folder of
this user with our mark in it (``marked``), a file that lists what we put beside it: only what is listed goes,
so that a stranger's file stays even there. What is replaced because a person named it, an output file, is
replaced whole or not at all (``replacing``). Nothing here follows a link in order to remove what lies behind
it.

These proofs hold only in a folder where nobody else can exchange one name for another: see ``danger_of``.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import logging
import os
import pwd
import shutil
import stat
import tempfile
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a path leads to, without following a link: it is the same only while both numbers are."""

    device: int
    inode: int


def identity_of(path: Path) -> Identity | None:
    """Tell what a path leads to; None where nothing is."""
    try:
        info = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Identity(info.st_dev, info.st_ino)


def remove_file(path: Path, known: Identity) -> bool:
    """Remove a file, a link or a socket if its path still leads to what is known, and say whether it did."""
    if identity_of(path) != known:
        return False
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


# --- whom a folder or a file can be trusted to ---


def danger_of(info: os.stat_result) -> str | None:
    """Say why somebody else could exchange what lies at a name in a folder, or the content of a file.

    A folder with the sticky bit is safe: there only its owner, and a name's own, can move a name.

    Returns:
        The end of a sentence that begins with the path, or None when nobody else can.
    """
    if info.st_uid not in {0, os.geteuid()}:
        return "belongs to another user"
    if stat.S_ISDIR(info.st_mode) and info.st_mode & stat.S_ISVTX:
        return None
    by_group = info.st_mode & stat.S_IWGRP and not _is_private_group(info.st_gid)
    if info.st_mode & stat.S_IWOTH or by_group:
        return f"may be written to by others (mode {stat.S_IMODE(info.st_mode):04o})"
    return None


def danger_at(folder: Path) -> str | None:
    """Say why a folder is not safe, as ``danger_of`` does; None also where none is. A link must be ours."""
    try:
        info = folder.lstat()
        if stat.S_ISLNK(info.st_mode):
            if info.st_uid not in {0, os.geteuid()}:
                return "is a link of another user"
            info = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return danger_of(info)


def _is_private_group(gid: int) -> bool:
    """Whether a group is the one that many systems make for each user, with nobody else in it."""
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return gid == user.pw_gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def open_trusted(path: Path) -> BinaryIO:
    """Open a regular file for reading that nobody else can have put there or can change.

    Raises:
        OSError: It is not there, is a link or no regular file, or is not safe.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    info = os.fstat(descriptor)
    reason = danger_of(info) if stat.S_ISREG(info.st_mode) else "is no regular file"
    if reason is not None:
        os.close(descriptor)
        raise PermissionError(errno.EPERM, reason, str(path))
    return os.fdopen(descriptor, "rb", buffering=0)


# --- folders ---


def make_folder(path: Path) -> None:
    """Make a folder, for its owner alone, where nothing is."""
    path.mkdir(mode=0o700)


def make_private_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, each for its owner alone, whatever the umask."""
    for missing in reversed([parent for parent in (folder, *folder.parents) if not parent.exists()]):
        with contextlib.suppress(FileExistsError):  # another process was faster
            missing.mkdir(mode=0o700)


@contextlib.contextmanager
def locked_folder(folder: Path, on_wait: Callable[[], None], poll_s: float) -> Iterator[int]:
    """Hold the advisory lock of a folder; the kernel lets it go with its holder, and no file stays behind.

    Args:
        folder: An existing folder.
        on_wait: Called in each turn of waiting for another holder; it gives up by raising.
        poll_s: Time between two turns.

    Yields:
        The descriptor of the open folder.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                on_wait()
                time.sleep(poll_s)
        yield descriptor
    finally:
        os.close(descriptor)  # lets the lock go


class TemporaryFolder:
    """A new folder for its owner alone, where the system keeps temporary files.

    Args:
        prefix: How its name begins.
        max_path_bytes: Where its path would be longer, the folder is made in ``/tmp``; None sets no limit.
    """

    def __init__(self, prefix: str, max_path_bytes: int | None = None) -> None:
        self._take(tempfile.mkdtemp(prefix=prefix))
        if max_path_bytes is not None and len(os.fsencode(self.path)) > max_path_bytes:
            self.remove()
            self._take(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))

    def _take(self, name: str) -> None:
        self.path = Path(name)
        self._remove = weakref.finalize(self, _remove_temporary, self.path, identity_of(self.path))

    def remove(self) -> None:
        """Remove it with all that is in it, if it is still there. What stays behind is told in the log.

        Happens by itself when nobody holds this object any more, and when the program ends.
        """
        self._remove()


def _remove_temporary(path: Path, identity: Identity | None) -> None:
    if identity is None or identity_of(path) != identity:
        return
    shutil.rmtree(path, ignore_errors=True)
    if os.path.lexists(path):
        logger.warning("the temporary folder %s could not be removed", path)


def make_link(path: Path, target: Path) -> None:
    """Make a symbolic link to a folder at a path where nothing is."""
    path.symlink_to(target, target_is_directory=True)


# --- files ---


def create_file(path: Path) -> BinaryIO:
    """Create a file for its owner alone where nothing is.

    Raises:
        FileExistsError: Something is there, be it a link that leads nowhere.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "wb")


def make_private(path: Path) -> None:
    """Take a file of ours, made by other code under any umask, from everybody else."""
    path.chmod(0o600)


def open_existing(path: Path) -> BinaryIO:
    """Open a device, a pipe or whatever else is there for writing as it is, without a buffer."""
    return cast("BinaryIO", os.fdopen(os.open(path, os.O_WRONLY | os.O_CLOEXEC), "wb", buffering=0))


def temporary_file(suffix: str) -> contextlib.AbstractContextManager[IO[bytes]]:
    """Make a file with a ``name``, for its owner alone, that is gone when the block is left."""
    return tempfile.NamedTemporaryFile(prefix="tts-", suffix=suffix)


def flush(path: Path) -> None:
    """Have the disk hold a file's content, or a folder's names, before going on."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
