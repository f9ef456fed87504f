"""Writing a file that a person named: it appears whole, or what was there stays."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from tts_server.files.owned import identity_of, remove_file

_MAX_LINKS: Final = 40

_CANNOT_RENAME: Final = {errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES}
"""What a rename meets at a file that is mounted on its own, or is another's in a folder with a sticky bit."""


class Replacement:
    """A file that a person named, written aside and put in place whole by ``commit``; see ``replacing``."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._old = _regular_file_at(target)
        self._part: Path | None = None
        if self._old is None or not _must_keep_inode(target, self._old):
            try:
                self._create_part()
            except OSError:
                # A folder where nothing can be made may hold a file that can be written.
                if self._old is None:
                    raise
        if self._part is None:
            os.close(
                os.open(target, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            )  # raises where it may not be
            self.file: BinaryIO = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed by ``close``

    def _create_part(self) -> None:
        """Make the file whose name will be exchanged; the name is short, whatever the target's is."""
        part = self._target.with_name(f".tts-{os.urandom(6).hex()}.part")
        mode = 0o666 if self._old is None else 0o600  # the umask takes its share, as of any new file
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        self.file = os.fdopen(descriptor, "w+b")
        self._part = part
        identity = identity_of(part)
        if identity is not None:
            # Also at an end of the program that waits for nobody who writes.
            self._removal = weakref.finalize(self, remove_file, part, identity)

    def commit(self) -> None:
        """Put what was written in place.

        Raises:
            OSError: It cannot be, for example because the disk is full.
        """
        self.file.flush()
        if self._part is None:
            self._write_in_place()
            return
        try:
            if self._old is not None:
                os.fchown(self.file.fileno(), -1, self._old.st_gid)
                os.fchmod(self.file.fileno(), stat.S_IMODE(self._old.st_mode))
            self._part.replace(self._target)
            self._part = None
            self._removal.detach()
        except OSError as error:
            if self._old is None or error.errno not in _CANNOT_RENAME:
                raise
            self._write_in_place()

    def _write_in_place(self) -> None:
        descriptor = os.open(self._target, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "wb") as target:
            self.file.seek(0)
            shutil.copyfileobj(self.file, target, 1 << 20)
            target.truncate()

    def close(self) -> None:
        """Remove what was written aside, unless it is in place."""
        self.file.close()
        if self._part is not None:
            self._removal()


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[Replacement]:
    """Write a file that appears at its path complete, by ``commit``, or not at all.

    A link is followed: what it leads to is replaced. The mode, the owner and the group of an existing file
    stay; where they could not, or where no other name can be given, its content is exchanged at the end.

    Raises:
        OSError: Neither can be done there.
    """
    replacement = Replacement(_followed(target))
    try:
        yield replacement
    finally:
        replacement.close()


def _followed(target: Path) -> Path:
    """Where a link that a person named leads to, or the path itself.

    Raises:
        OSError: It leads in a circle, or another user put it into a folder that everybody shares.
    """
    path = target
    for _ in range(_MAX_LINKS):
        try:
            info = path.lstat()
        except FileNotFoundError:
            return path
        if not stat.S_ISLNK(info.st_mode):
            return path
        folder = path.parent.stat()
        is_shared = folder.st_mode & stat.S_ISVTX and folder.st_mode & stat.S_IWOTH
        if is_shared and info.st_uid not in {os.geteuid(), folder.st_uid}:
            raise PermissionError(errno.EACCES, "it is a link of another user", str(path))
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(target))


def _regular_file_at(target: Path) -> os.stat_result | None:
    try:
        info = target.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(info.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(target))
    return info


def _must_keep_inode(target: Path, info: os.stat_result) -> bool:
    """Whether a file is what no new one would be: another's, of several names, with rights of its own."""
    names: list[str] = []
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # a file system that knows no such thing
            names = os.listxattr(target)
    has_rights = any(name.startswith(("user.", "system.posix_acl")) for name in names)
    return info.st_uid != os.geteuid() or info.st_nlink > 1 or has_rights
