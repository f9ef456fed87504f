"""Every setting of the server and of a client, and where each came from. The only file that reads the environment.

A value comes from the first of these that has it: a flag, an exported variable, ``.env`` in the working folder (clients
only, when python-dotenv is installed), the default. For an endpoint the whole of a level is looked at before the next:
a URI, then a socket, then a host and port. The server's variables and the client's are apart: neither reads the other's
token.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, TypeVar

from tts_server.backends.base import BackendOptions
from tts_server.endpoint import BACKEND_PORTS, DEFAULT_HOST, DEFAULT_PORT, Endpoint
from tts_server.errors import ConfigError
from tts_server.protocol.capabilities import Limits

__all__ = [
    "ClientConfig",
    "Endpoint",
    "ServerConfig",
    "Setting",
    "cache_folder",
    "client_config",
    "default_socket_path",
    "read_token_file",
    "server_config",
]

DEFAULT_PING_INTERVAL_S: Final = 20.0
DEFAULT_PING_TIMEOUT_S: Final = 120.0
"""Long, so that a busy machine never drops a live speaker; finite, so that a dead idle peer goes."""

MAX_TOKEN_BYTES: Final = 4096

T = TypeVar("T")
Flags = Mapping[str, Any]
"""Values of command-line flags by name (``socket_path``, ``max_text_chars``); None or absent means not given."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as ``config show`` prints it; a secret's ``value`` says only that it is set."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything that a server needs to know before it starts.

    Args:
        endpoint: Where to listen: a Unix socket or a host and port, never a URI.
        backend: Name of a backend, or ``auto`` for the best that is installed.
        options: What the operator chose for the backend.
        limits: What clients may ask for.
        auth_token: Bearer token that clients must send; None asks for none.
        allowed_origins: Values of ``Origin`` that are let in; a request without the header always is.
        ping_interval_s: Seconds between keepalive pings; None sends none.
        ping_timeout_s: Seconds to wait for a pong; None waits for ever.
        log_level: Name of a standard logging level.
        settings: Each value with its source, for people to read.
    """

    endpoint: Endpoint
    backend: str = "auto"
    options: BackendOptions = field(default_factory=BackendOptions)
    limits: Limits = field(default_factory=Limits)
    auth_token: str | None = field(default=None, repr=False)
    allowed_origins: tuple[str, ...] = ()
    ping_interval_s: float | None = DEFAULT_PING_INTERVAL_S
    ping_timeout_s: float | None = DEFAULT_PING_TIMEOUT_S
    log_level: str = "INFO"
    settings: tuple[Setting, ...] = field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the operator about settings that work and are not safe."""
        if self.auth_token is None and not self.endpoint.is_local:
            return (
                f"listening on {self.endpoint} without a token: anybody who reaches this address can use the server; "
                "set PIPECAT_TTS_AUTH_TOKEN or --auth-token-file",
            )
        return ()


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """Everything that a client needs to reach a server.

    Args:
        endpoint: Where to connect.
        auth_token: Bearer token to send; None sends none.
        is_explicit: Whether the endpoint was chosen by a flag or a variable, rather than being the default.
        settings: Each value with its source, for people to read.
    """

    endpoint: Endpoint
    auth_token: str | None = field(default=None, repr=False)
    is_explicit: bool = True
    settings: tuple[Setting, ...] = field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the person at the keyboard about settings that work and are not safe."""
        if self.auth_token is not None and not self.endpoint.is_local and not self.endpoint.is_encrypted:
            return (f"the token goes to {self.endpoint} unencrypted: anybody on the way can read it; use wss://",)
        return ()


def server_config(flags: Flags | None = None, *, environ: Mapping[str, str] | None = None) -> ServerConfig:
    """Build a server's configuration from flags and the environment.

    Flags: ``backend model socket_path host port auth_token_file allow_origin log_level voice threads cache_dir`` and one
    for each field of ``Limits``.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    sources = _Sources(flags or {}, environ=os.environ if environ is None else environ)
    backend = sources.pick("backend", default="auto")
    endpoint = _server_endpoint(sources, backend)
    options = BackendOptions(
        model=sources.pick("model"),
        voice=sources.pick("voice"),
        threads=sources.pick("threads", parse=_positive_int),
        cache_dir=sources.pick("cache_dir", default=cache_folder(sources.environ)),
        extra_languages=sources.pick(
            "extra_languages", "PIPECAT_TTS_KOKORO_EXTRA_LANGS", default=(), parse=_language_codes
        ),
    )
    standard = Limits()
    limits = {
        f.name: sources.pick(f.name, default=getattr(standard, f.name), parse=_number_like(getattr(standard, f.name)))
        for f in fields(Limits)
    }
    return ServerConfig(
        endpoint=endpoint,
        backend=backend,
        options=options,
        limits=Limits(**limits),
        auth_token=sources.token("PIPECAT_TTS_AUTH_TOKEN"),
        allowed_origins=tuple(sources.pick("allow_origin", default=())),
        ping_interval_s=sources.pick(
            "ping_interval_s", "TTS_WS_PING_INTERVAL", default=DEFAULT_PING_INTERVAL_S, parse=_keepalive
        ),
        ping_timeout_s=sources.pick(
            "ping_timeout_s", "TTS_WS_PING_TIMEOUT", default=DEFAULT_PING_TIMEOUT_S, parse=_keepalive
        ),
        log_level=sources.pick("log_level", default="INFO", parse=_log_level),
        settings=tuple(sources.settings),
    )


def client_config(
    flags: Flags | None = None, *, environ: Mapping[str, str] | None = None, dotenv_folder: str | None = None
) -> ClientConfig:
    """Build a client's configuration from flags, the environment and, where asked, ``.env``.

    Flags: ``uri socket_path host port auth_token_file``.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.
        dotenv_folder: Folder whose ``.env`` is honoured when python-dotenv is installed; None reads none.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    exported = os.environ if environ is None else environ
    sources = _Sources(flags or {}, environ=exported, dotenv=_read_dotenv(dotenv_folder))
    endpoint, is_explicit = _client_endpoint(sources)
    return ClientConfig(
        endpoint=endpoint,
        auth_token=sources.token("TTS_WS_TOKEN"),
        is_explicit=is_explicit,
        settings=tuple(sources.settings),
    )


def default_socket_path(environ: Mapping[str, str] | None = None) -> str:
    """Path of the socket that a server listens on and a client looks for when nothing else was said.

    ``$XDG_RUNTIME_DIR/pipecat-tts/tts.sock``; ``/run/user/UID`` stands in for an unset variable where it exists, and the
    user's cache folder otherwise. On macOS always the user's cache folder.
    """
    environ = os.environ if environ is None else environ
    if sys.platform == "darwin":
        return os.path.join(cache_folder(environ), "tts.sock")
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if environ.get("XDG_RUNTIME_DIR") or _is_own_folder(runtime):
        return os.path.join(runtime, "pipecat-tts", "tts.sock")
    return os.path.join(cache_folder(environ), "tts.sock")


def cache_folder(environ: Mapping[str, str] | None = None) -> str:
    """Folder for prepared models: ``$XDG_CACHE_HOME/pipecat-tts``, or ``~/Library/Caches/pipecat-tts`` on macOS."""
    environ = os.environ if environ is None else environ
    home = environ.get("HOME") or os.path.expanduser("~")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "pipecat-tts")
    return os.path.join(environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache"), "pipecat-tts")


def read_token_file(path: str) -> str:
    """Read a bearer token from a file that only its owner can read, without the white space around it.

    Raises:
        ConfigError: The file cannot be read, others can read or write it, or it holds no token.
    """
    try:
        with open(os.path.expanduser(path), "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(
                    f"the token file {path} is open to others (mode {stat.S_IMODE(mode):04o}); run: chmod 600 {path}"
                )
            data = file.read(MAX_TOKEN_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"the token file {path} cannot be read: {reason}") from None
    if len(data) > MAX_TOKEN_BYTES:
        raise ConfigError(f"the token file {path} holds more than {MAX_TOKEN_BYTES} bytes")
    return _checked_token(data.decode("latin-1"), f"the token file {path}")


class _Sources:
    """Looks a setting up level by level, and remembers where it was found."""

    def __init__(
        self, flags: Flags, *, environ: Mapping[str, str], dotenv: Mapping[str, str] | None = None
    ) -> None:
        self.flags = flags
        self.environ = environ
        self.dotenv = dotenv or {}
        self.settings: list[Setting] = []

    def levels(self, flag: str | None, variable: str | None) -> list[tuple[Any, str]]:
        """Every value that was given, the winning one first, each with the name of its source."""
        found: list[tuple[Any, str]] = []
        if flag is not None and self.flags.get(flag) is not None:
            found.append((self.flags[flag], "--" + flag.removesuffix("_s").replace("_", "-")))
        if variable is not None and self.environ.get(variable):
            found.append((self.environ[variable], variable))
        if variable is not None and self.dotenv.get(variable):
            found.append((self.dotenv[variable], f"{variable} in .env"))
        return found

    def pick(
        self,
        name: str,
        variable: str | None = None,
        *,
        default: Any = None,
        parse: Callable[[Any], Any] | None = None,
    ) -> Any:
        """The setting's value from the first level that has it."""
        found = self.levels(name, variable)
        value, source = found[0] if found else (default, "default")
        if found and parse is not None:
            try:
                value = parse(value)
            except ValueError as error:
                raise ConfigError(f"{source}: {error}") from None
        self.record(name, value, source)
        return value

    def record(self, name: str, value: object, source: str) -> None:
        """Remember a setting for ``config show``."""
        shown = ",".join(str(v) for v in value) if isinstance(value, tuple | list) else value
        self.settings.append(Setting(name, "none" if shown in {None, ""} else str(shown), source))

    def token(self, variable: str) -> str | None:
        """The bearer token, from the file that the flag names or from this side's own variable."""
        path = self.flags.get("auth_token_file")
        if path is not None:
            token, source = read_token_file(path), f"--auth-token-file {path}"
        else:
            found = self.levels(None, variable)
            if not found:
                self.record("auth_token", None, "default")
                return None
            source = found[0][1]
            token = _checked_token(found[0][0], source)
        self.record("auth_token", "set (not shown)", source)
        return token


def _server_endpoint(sources: _Sources, backend: str) -> Endpoint:
    flags = sources.flags
    host, port, path = flags.get("host"), flags.get("port"), flags.get("socket_path")
    if path is not None:
        endpoint, source = Endpoint.unix(os.path.expanduser(path)), "--socket-path"
    elif host is not None or port is not None:
        endpoint = Endpoint.tcp(
            DEFAULT_HOST if host is None else host, BACKEND_PORTS.get(backend, DEFAULT_PORT) if port is None else port
        )
        source = "--host" if port is None else "--port" if host is None else "--host, --port"
    else:
        endpoint, source = Endpoint.unix(default_socket_path(sources.environ)), "default"
    sources.record("endpoint", endpoint, source)
    return endpoint


def _client_endpoint(sources: _Sources) -> tuple[Endpoint, bool]:
    flags = {
        "TTS_WS_URI": sources.flags.get("uri"),
        "TTS_WS_SOCKET": sources.flags.get("socket_path"),
        "TTS_WS_HOST": sources.flags.get("host"),
        "TTS_WS_PORT": sources.flags.get("port"),
    }
    names = {"TTS_WS_URI": "--uri", "TTS_WS_SOCKET": "--socket-path", "TTS_WS_HOST": "--host", "TTS_WS_PORT": "--port"}
    levels: list[tuple[Mapping[str, Any], Callable[[str], str]]] = [
        (flags, names.__getitem__),
        (sources.environ, str),
        (sources.dotenv, "{} in .env".format),
    ]
    for level, name_of in levels:
        uri, path, host, port = (level.get(v) for v in flags)
        if uri:
            endpoint, source = Endpoint.from_uri(uri), name_of("TTS_WS_URI")
        elif path:
            endpoint, source = Endpoint.unix(os.path.expanduser(path)), name_of("TTS_WS_SOCKET")
        elif host or port not in {None, ""}:
            endpoint, source = _client_tcp(levels)
        else:
            continue
        sources.record("endpoint", endpoint, source)
        return endpoint, True
    found = sources.levels(None, "TTS_WS_DEFAULT_SOCKET")
    path, source = found[0] if found else (default_socket_path(sources.environ), "default")
    endpoint = Endpoint.unix(os.path.expanduser(path))
    sources.record("endpoint", endpoint, source)
    return endpoint, False


def _client_tcp(levels: list[tuple[Mapping[str, Any], Callable[[str], str]]]) -> tuple[Endpoint, str]:
    """A host and a port, each from the first level that has it."""
    host: Any = DEFAULT_HOST
    port: Any = DEFAULT_PORT
    used: list[str] = []
    for variable in ("TTS_WS_HOST", "TTS_WS_PORT"):
        for level, name_of in levels:
            value = level.get(variable)
            if value in {None, ""}:
                continue
            used.append(name_of(variable))
            if variable == "TTS_WS_HOST":
                host = value
            else:
                port = value
            break
    try:
        number = int(port)
    except ValueError:
        raise ConfigError(f"{used[-1]}: {port!r} is not a port number") from None
    return Endpoint.tcp(host, number), ", ".join(used)


def _read_dotenv(folder: str | None) -> dict[str, str]:
    if folder is None or importlib.util.find_spec("dotenv") is None:
        return {}
    path = Path(folder) / ".env"
    if not path.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - an optional package

    try:
        return {name: value for name, value in dotenv_values(path).items() if value}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f".env cannot be read: {error}") from None


def _checked_token(text: str, source: str) -> str:
    token = text.strip()
    if not token:
        raise ConfigError(f"{source} holds no token")
    if not all("!" <= c <= "~" for c in token):
        raise ConfigError(f"{source}: a token is one word of printable ASCII characters")
    return token


def _is_own_folder(path: str) -> bool:
    try:
        info = os.stat(path)
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid()


def _positive_int(value: Any) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(f"{value} is not a positive whole number")
    return number


def _positive_float(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value} is not a positive number")
    return number


def _number_like(example: float) -> Callable[[Any], float]:
    return _positive_int if isinstance(example, int) else _positive_float


def _keepalive(value: Any) -> float | None:
    text = str(value).strip().lower()
    if text in {"none", "off"}:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{value!r} is neither seconds nor none, off or 0")
    return number or None


def _log_level(value: Any) -> str:
    name = str(value).upper()
    if name not in logging.getLevelNamesMapping():
        raise ValueError(f"{value!r} is not a level; known are " + ", ".join(sorted(logging.getLevelNamesMapping())))
    return name


def _language_codes(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.strip().lower() for code in str(value).split(",") if code.strip()))
