"""The environment, which no other file reads, and what it alone says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tts_server.config import places, tokens
from tts_server.config.sources import Flags, Sources, read_dotenv
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


def all_sources(
    flags: Flags | None,
    environ: Mapping[str, str] | None,
    dotenv_folder: str | None = None,
    problems: list[str] | None = None,
) -> Sources:
    """Put the levels together at which a setting is looked up.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.
        dotenv_folder: Folder whose ``.env`` is honoured; None reads none.
        problems: Takes the message of each setting that is refused; None raises it.
    """
    sources = Sources(flags or {}, environ=os.environ if environ is None else environ, problems=problems)
    if dotenv_folder is not None:
        sources.dotenv = sources.attempt(".env", lambda: read_dotenv(dotenv_folder), {})
    return sources


def default_socket_path(environ: Mapping[str, str] | None = None) -> str:
    """Path of the socket that a server listens on and a client looks for when nothing else was said.

    Raises:
        ConfigError: This user has neither a folder for run time nor a home.
    """
    return places.default_socket_path(os.environ if environ is None else environ)


def has_default_socket(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a server can be at an address that nobody gave: a user without folders has no such place."""
    sources = all_sources(None, environ)
    try:
        return sources.first(None, "TTS_WS_DEFAULT_SOCKET") is not None or bool(default_socket_path(environ))
    except ConfigError:
        return False


def cache_folder(environ: Mapping[str, str] | None = None) -> str:
    """Folder for prepared models.

    Raises:
        ConfigError: This user has no home, and no variable names a folder.
    """
    return places.cache_folder(os.environ if environ is None else environ)


def read_token_file(path: str, environ: Mapping[str, str] | None = None) -> str:
    """Read a bearer token from a file that is open to its owner alone; see ``tokens``.

    Raises:
        ConfigError: The file cannot be read, is open to others, or holds no token.
    """
    return tokens.read_token_file(path, os.environ if environ is None else environ)


def environment_for_flags() -> dict[str, str]:
    """Give an environment that says nothing but where this user's folders are."""
    needed = ("HOME", "CREDENTIALS_DIRECTORY")
    return {"HOME": "/", "XDG_RUNTIME_DIR": "/"} | {n: os.environ[n] for n in needed if n in os.environ}
