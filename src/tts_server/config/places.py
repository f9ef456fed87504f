"""Folders of this user: home, cache, run time. The environment is given; nothing is made or read."""

from __future__ import annotations

import os
import pwd
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


def home_folder(environ: Mapping[str, str]) -> Path:
    """The user's home: ``HOME`` where it is an absolute path, else what the system's list of users says.

    Raises:
        ConfigError: This user is in no such list, as in a container that runs under any number.
    """
    named = absolute(environ, "HOME")
    if named is not None:
        return named
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        raise ConfigError(f"user {os.getuid()} has no home folder; set HOME") from None


def cache_folder(environ: Mapping[str, str]) -> str:
    """Folder for prepared models.

    ``$XDG_CACHE_HOME/pipecat-tts``, by default below ``~/.cache``; on macOS ``~/Library/Caches/pipecat-tts``.

    Raises:
        ConfigError: It would be in the home folder, and there is none.
    """
    if sys.platform == "darwin":
        return str(home_folder(environ) / "Library" / "Caches" / "pipecat-tts")
    named = absolute(environ, "XDG_CACHE_HOME")
    if named is None:
        try:
            named = home_folder(environ) / ".cache"
        except ConfigError as error:
            raise ConfigError(f"{error} or XDG_CACHE_HOME, or give --cache-dir") from None
    return str(named / "pipecat-tts")


def default_socket_path(environ: Mapping[str, str]) -> str:
    """Path of the socket that a server listens on and a client looks for when nothing else was said.

    ``$XDG_RUNTIME_DIR/pipecat-tts/tts.sock``; ``/run/user/UID`` stands in for an unset variable where it
    exists, and the user's cache folder otherwise. On macOS always the user's cache folder.

    Raises:
        ConfigError: It would be in the home folder, and there is none.
    """
    named = absolute(environ, "XDG_RUNTIME_DIR")
    runtime = named or Path(f"/run/user/{os.getuid()}")
    if sys.platform != "darwin" and (named is not None or is_own_folder(runtime)):
        return str(runtime / "pipecat-tts" / "tts.sock")
    try:
        return str(Path(cache_folder(environ)) / "tts.sock")
    except ConfigError:
        raise ConfigError(
            f"user {os.getuid()} has no home folder, where the default socket would be; "
            "set HOME or XDG_RUNTIME_DIR, or give an address"
        ) from None


def expanded(path: str, environ: Mapping[str, str]) -> Path:
    """A path whose ``~`` or ``~name`` is the home folder of this user or of that one.

    Raises:
        ConfigError: There is no such user, or no such folder.
    """
    first, slash, rest = path.partition("/")
    if not first.startswith("~"):
        return Path(path)
    if first == "~":
        home = home_folder(environ)
    else:
        try:
            home = Path(pwd.getpwnam(first[1:]).pw_dir)
        except (KeyError, ValueError):
            raise ConfigError(f"{path} names the home folder of an unknown user") from None
    return home / rest if slash else home


def absolute(environ: Mapping[str, str], variable: str) -> Path | None:
    """The folder that a variable names; one that is empty or relative counts for nothing, as XDG has it."""
    value = environ.get(variable, "")
    return Path(value) if value.startswith("/") else None


def is_own_folder(path: Path) -> bool:
    """Whether there is a folder of this user."""
    try:
        info = path.stat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid()
