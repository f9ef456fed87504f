"""Bearer tokens: where they are read from, and where they may go."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tts_server.config.places import absolute, expanded
from tts_server.config.sources import Found, parsed, token
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tts_server.config.sources import Sources

MAX_TOKEN_BYTES: Final = 4096


def find_token(sources: Sources, variable: str) -> Found | None:
    """The token, checked, from the file that the flag names or from this side's own variable.

    Raises:
        ConfigError: The file or the variable holds no token.
    """
    path = sources.flags.get("auth_token_file")
    if path is not None:
        return Found(read_token_file(path, sources.exported), f"--auth-token-file {path}")
    given = sources.first(None, variable)
    return None if given is None else Found(parsed(given, token), given.source, is_own=given.is_own)


def record_token(sources: Sources, found: Found | None, shown: str = "set (not shown)") -> None:
    """Remember whether there is a token, for people to read, and never the token."""
    sources.record(
        "auth_token", None if found is None else shown, "default" if found is None else found.source
    )


def refuse_empty(sources: Sources, variable: str) -> None:
    """Refuse an exported variable that is set and empty, where taking it for unset would open a server.

    Raises:
        ConfigError: It is.
    """
    if sources.flags.get("auth_token_file") is None and sources.exported.get(variable) == "":
        raise ConfigError(f"{variable}: is set and holds no token; unset it to run without one")


def read_token_file(path: str, environ: Mapping[str, str]) -> str:
    """Read a bearer token from a file that is open to its owner alone, without the white space around it.

    A file that lies in ``$CREDENTIALS_DIRECTORY`` may be open to its group: so it looks where systemd gives
    it to a service's user by a list of rights.

    Raises:
        ConfigError: The file cannot be read, is open to others, or holds no token.
    """
    if not path:
        raise ConfigError("--auth-token-file: names no file")
    try:
        where = expanded(path, environ)
        with where.open("rb") as file:
            info = os.fstat(file.fileno())
            mode = stat.S_IMODE(info.st_mode)
            if mode & (stat.S_IRWXO | stat.S_IRWXG) and not _is_credential(where, info, environ):
                raise ConfigError(f"the token file {path} is open to others (mode {mode:04o}); chmod 600 it")
            data = file.read(MAX_TOKEN_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"the token file {path} cannot be read: {reason}") from None
    if len(data) > MAX_TOKEN_BYTES:
        raise ConfigError(f"the token file {path} holds more than {MAX_TOKEN_BYTES} bytes")
    text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return str(parsed(Found(text, f"the token file {path}"), token))


def _is_credential(path: Path, info: os.stat_result, environ: Mapping[str, str]) -> bool:
    """Whether an open file lies, links followed, where the service manager gives credentials to a service.

    Its group may then read it: that is how a list of rights for one user shows in the mode.
    """
    named = absolute(environ, "CREDENTIALS_DIRECTORY")
    if named is None or info.st_mode & (stat.S_IWGRP | stat.S_IXGRP | stat.S_IRWXO):
        return False
    real, folder = Path(os.path.realpath(path)), Path(os.path.realpath(named))
    if real.parent != folder or not os.path.samestat(real.lstat(), info):
        return False
    above = folder.stat()
    return above.st_uid in {0, os.geteuid()} and not above.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
