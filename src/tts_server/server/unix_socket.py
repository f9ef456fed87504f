"""The life of a Unix socket's path: claimed by one server, open to its owner alone, removed by who made it.

Theory of operation. Whether a path is free, held or left over is found out by connecting, and what is left
over is removed before binding. Two servers that do this at once could each remove the other's fresh socket,
so the whole of it happens under a lock on the parent folder: the kernel drops the lock with its holder, and
no lock file is left behind. The socket listens before the lock is released, so that the next server finds
it alive.

A socket is its owner's from the first instant because it is bound under a umask that leaves nobody else a
bit. It is removed only while it is still open and its path still leads to its inode: an open socket's inode
is not given to another file.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import os
import pwd
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tts_server.endpoint import MAX_SOCKET_PATH_BYTES
from tts_server.errors import EndpointError

LOCK_TIMEOUT_S: Final = 5.0
"""Longest wait for another server that is claiming a path in the same folder."""

PROBE_TIMEOUT_S: Final = 1.0
"""Longest wait for an answer to the connection that tells a live server from what one left behind."""

BACKLOG: Final = 128


class UnixSocket:
    """A bound and listening Unix socket and the claim to its path. Made by ``claim``."""

    def __init__(self, path: Path, sock: socket.socket) -> None:
        self.path = path
        self.sock = sock
        """Listening; whoever serves on it closes it, after ``remove``."""
        info = path.lstat()
        self._identity = (info.st_dev, info.st_ino)

    def remove(self) -> bool:
        """Remove the path if it is still ours, and say whether it was. Before the socket is closed."""
        try:
            info = self.path.lstat()
            if (info.st_dev, info.st_ino) != self._identity:
                return False
            self.path.unlink()
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        """Remove the path and close the socket, where nothing serves on it. Idempotent."""
        self.remove()
        self.sock.close()


def claim(path: str | os.PathLike[str]) -> UnixSocket:
    """Bind and listen on a path.

    The parent folder is made, mode 0700, when it is not there. What a dead server left at the path is
    removed. Blocks while another server does the same in the same folder.

    Raises:
        EndpointError: The path is too long, its folder is unsafe or not writable, or something that is not
        ours to
            remove is there: a live server, a file, a link.
    """
    where = Path(os.path.abspath(path))  # noqa: PTH100 - resolving links would bind elsewhere than was asked
    n_bytes = len(os.fsencode(where))
    if n_bytes > MAX_SOCKET_PATH_BYTES:
        raise EndpointError(
            f"the socket path has {n_bytes} bytes and this system allows {MAX_SOCKET_PATH_BYTES}: {where}"
        )
    try:
        _make_folder(where.parent)
        with _locked(where.parent) as folder:
            _check_folder(where.parent, os.fstat(folder))
            _clear_stale(where)
            return _bind(where)
    except OSError as error:
        raise EndpointError(f"cannot listen on {where}: {error.strerror or error}") from error


def _make_folder(folder: Path) -> None:
    for missing in reversed([parent for parent in (folder, *folder.parents) if not parent.exists()]):
        with contextlib.suppress(FileExistsError):
            missing.mkdir(mode=0o700)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        give_up_at = time.monotonic() + LOCK_TIMEOUT_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up_at:
                    raise EndpointError(
                        f"another process has held a lock on the folder {folder} for {LOCK_TIMEOUT_S:g} s"
                    ) from None
                time.sleep(0.01)
        yield descriptor
    finally:
        os.close(descriptor)


def _check_folder(folder: Path, info: os.stat_result) -> None:
    """Refuse a folder in which somebody else could put a socket of their own in the place of ours."""
    if info.st_uid not in {0, os.geteuid()}:
        raise EndpointError(f"the folder {folder} belongs to another user, who could replace the socket")
    if info.st_mode & stat.S_ISVTX:
        return
    by_group = info.st_mode & stat.S_IWGRP and not _is_private_group(info.st_gid)
    if info.st_mode & stat.S_IWOTH or by_group:
        mode = stat.S_IMODE(info.st_mode)
        raise EndpointError(
            f"others may write to the folder {folder} (mode {mode:04o}) and could replace the socket; "
            "chmod go-w it or choose another folder"
        )


def _is_private_group(gid: int) -> bool:
    """Whether a group is the one that many systems make for each user, with nobody else in it."""
    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return gid == user.pw_gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}


def _clear_stale(path: Path) -> None:
    """Remove what a dead server left, and refuse everything else."""
    try:
        info = path.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(info.st_mode):
        what = "a symbolic link" if path.exists() else "a symbolic link that leads nowhere"
        raise EndpointError(f"{path} is {what}, not a socket; remove it or choose another path")
    if not stat.S_ISSOCK(info.st_mode):
        what = "a folder" if stat.S_ISDIR(info.st_mode) else "a file that is not a socket"
        raise EndpointError(f"{path} is {what}; remove it or choose another path")
    state = _probe(path)
    if state == "live":
        raise EndpointError(f"{path} is in use: another server is listening on it")
    if state == "foreign":
        raise EndpointError(f"{path} is a socket of another user; choose another path")
    with contextlib.suppress(FileNotFoundError):
        path.unlink()


def _probe(path: Path) -> str:
    """Find out whether somebody accepts on a socket: ``live``, ``stale`` or ``foreign``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        try:
            probe.connect(os.fspath(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return "stale"
        except PermissionError:
            return "foreign"
        except OSError as error:
            # A full backlog (EAGAIN), a timeout: somebody is there and slow. A datagram socket is somebody
            # too.
            if error.errno in {errno.EAGAIN, errno.EPROTOTYPE, None} or isinstance(error, TimeoutError):
                return "live"
            raise
    return "live"


def _bind(path: Path) -> UnixSocket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        previous = os.umask(0o177)
        try:
            sock.bind(os.fspath(path))
        finally:
            os.umask(previous)
        sock.listen(BACKLOG)
        sock.setblocking(False)
        return UnixSocket(path, sock)
    except BaseException:
        sock.close()
        raise
