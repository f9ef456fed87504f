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

import errno
import os
import socket
import stat
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from tts_server.endpoint import MAX_SOCKET_PATH_BYTES
from tts_server.errors import EndpointError
from tts_server.files.owned import (
    Identity,
    danger_of,
    identity_of,
    locked_folder,
    make_private_folders,
    remove_file,
)

LOCK_POLL_S: Final = 0.01

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
        self._identity = identity_of(path)

    def remove(self) -> bool:
        """Remove the path if it is still ours, and say whether it was. Before the socket is closed."""
        return self._identity is not None and remove_file(self.path, self._identity)

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
            ours to remove is there: a live server, a file, a link.
    """
    where = Path(os.path.abspath(path))  # noqa: PTH100 - resolving links would bind elsewhere than was asked
    n_bytes = len(os.fsencode(where))
    if n_bytes > MAX_SOCKET_PATH_BYTES:
        raise EndpointError(
            f"the socket path has {n_bytes} bytes and this system allows {MAX_SOCKET_PATH_BYTES}: {where}"
        )
    try:
        make_private_folders(where.parent)
        with _locked(where.parent) as folder:
            reason = danger_of(os.fstat(folder))
            if reason is not None:
                raise EndpointError(
                    f"the folder {where.parent} {reason}, who could replace the socket; "
                    "make it yours alone (chown, chmod go-w) or choose another"
                )
            _clear_stale(where)
            return _bind(where)
    except OSError as error:
        raise EndpointError(f"cannot listen on {where}: {error.strerror or error}") from error


def _locked(folder: Path) -> AbstractContextManager[int]:
    give_up_at = time.monotonic() + LOCK_TIMEOUT_S

    def wait() -> None:
        if time.monotonic() > give_up_at:
            raise EndpointError(
                f"another process has held a lock on the folder {folder} for {LOCK_TIMEOUT_S:g} s"
            )

    return locked_folder(folder, wait, LOCK_POLL_S)


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
    remove_file(path, Identity(info.st_dev, info.st_ino))


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
