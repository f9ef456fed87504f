"""Every setting of the server and of a client, and where each came from.

The only file that reads the environment. A value comes from the first of these that has it: a flag, an
exported variable, ``.env`` in the working folder (for clients, when python-dotenv is installed), the default.
For an endpoint the whole of one level is looked at before the next: a URI, then a socket, then a host and
port. The server's variables and the client's are apart: neither side reads the other's token.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tts_server.backends.base import BackendOptions
from tts_server.endpoint import BACKEND_PORTS, DEFAULT_HOST, DEFAULT_PORT, Endpoint
from tts_server.errors import ConfigError
from tts_server.protocol.capabilities import Limits
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.settings import (
    Flags,
    Found,
    Setting,
    Sources,
    codes,
    engine_count,
    keepalive_s,
    log_level,
    name_value_pairs,
    parsed,
    port_number,
    positive_float,
    positive_int,
    scheduling_order,
    share,
    token,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ClientConfig",
    "Endpoint",
    "ServerConfig",
    "Setting",
    "cache_folder",
    "client_config",
    "default_socket_path",
    "private_server_config",
    "read_token_file",
    "server_config",
]

DEFAULT_PING_INTERVAL_S: Final = 20.0
DEFAULT_PING_TIMEOUT_S: Final = 120.0
"""Long, so that a busy machine never drops a live speaker; finite, so that a dead idle peer goes."""

MAX_TOKEN_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Everything that a server needs to know before it starts.

    Args:
        endpoint: Where to listen: a Unix socket or a host and port, never a URI.
        backend: Name of a backend, or ``auto`` for the best that is installed.
        options: What the operator chose for the backend.
        engines: Engines that work side by side; None is the backend's advice for this machine.
        policy: How the engines' steps are given out, and what is admitted.
        limits: What clients may ask for.
        auth_token: Bearer token that clients must send; None asks for none.
        allowed_origins: Values of ``Origin`` that are let in; a request without the header always is.
        allowed_hosts: Names that a request may give for a server on the machine's own address.
        ping_interval_s: Seconds between keepalive pings; None sends none.
        ping_timeout_s: Seconds to wait for a pong; None waits for ever.
        log_level: Name of a standard logging level.
        settings: Each value with its source, for people to read.
    """

    endpoint: Endpoint
    backend: str = "auto"
    options: BackendOptions = field(default_factory=BackendOptions)
    engines: int | None = 1
    policy: SchedulingPolicy = field(default_factory=SchedulingPolicy)
    limits: Limits = field(default_factory=Limits)
    auth_token: str | None = field(default=None, repr=False)
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    ping_interval_s: float | None = DEFAULT_PING_INTERVAL_S
    ping_timeout_s: float | None = DEFAULT_PING_TIMEOUT_S
    log_level: str = "INFO"
    settings: tuple[Setting, ...] = field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the operator about settings that work and are not safe."""
        if self.auth_token is not None or self.endpoint.is_local:
            return ()
        warning = (
            f"{self.endpoint} is open to other machines and no token is set, so anybody there can use it; "
            "set PIPECAT_TTS_AUTH_TOKEN or --auth-token-file"
        )
        return (warning,)


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
        if self.auth_token is None or self.endpoint.is_local or self.endpoint.is_encrypted:
            return ()
        return (
            f"the token goes to {self.endpoint} in the clear: anybody on the way can read it; use wss://",
        )


def server_config(flags: Flags | None = None, *, environ: Mapping[str, str] | None = None) -> ServerConfig:
    """Build a server's configuration from flags and the environment.

    Flags: ``backend model voice threads cache_dir settings engines scheduling no_admission socket_path host
    port auth_token_file allow_origin allow_host log_level`` and one for each field of ``Limits``.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    sources = Sources(flags or {}, environ=os.environ if environ is None else environ)
    backend = sources.pick("backend", default="auto")
    return ServerConfig(
        endpoint=_server_endpoint(sources, backend),
        backend=backend,
        options=_backend_options(sources),
        engines=sources.pick("engines", default=1, parse=engine_count),
        policy=_policy(sources),
        limits=_limits(sources),
        auth_token=_auth_token(sources, "PIPECAT_TTS_AUTH_TOKEN"),
        allowed_origins=tuple(sources.pick("allow_origin", default=())),
        allowed_hosts=tuple(sources.pick("allow_host", default=())),
        ping_interval_s=sources.pick(
            "ping_interval_s", "TTS_WS_PING_INTERVAL", default=DEFAULT_PING_INTERVAL_S, parse=keepalive_s
        ),
        ping_timeout_s=sources.pick(
            "ping_timeout_s", "TTS_WS_PING_TIMEOUT", default=DEFAULT_PING_TIMEOUT_S, parse=keepalive_s
        ),
        log_level=sources.pick("log_level", default="INFO", parse=log_level),
        settings=tuple(sources.settings),
    )


def private_server_config(
    socket_path: str, flags: Flags | None = None, *, environ: Mapping[str, str] | None = None
) -> ServerConfig:
    """Build the configuration of a server for one program alone, on a socket that only its user can reach.

    Flags: ``backend model voice threads cache_dir settings``. Neither the server's token nor its keepalive is
    read.

    Args:
        socket_path: Where to listen.
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.

    Raises:
        ConfigError: A value is not accepted.
    """
    sources = Sources(flags or {}, environ=os.environ if environ is None else environ)
    backend = sources.pick("backend", default="auto")
    return ServerConfig(
        endpoint=Endpoint.unix(socket_path),
        backend=backend,
        options=_backend_options(sources),
        log_level="WARNING",
        settings=tuple(sources.settings),
    )


def client_config(
    flags: Flags | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    dotenv_folder: str | None = None,
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
    sources = Sources(
        flags or {}, environ=os.environ if environ is None else environ, dotenv=_read_dotenv(dotenv_folder)
    )
    endpoint, is_explicit = _client_endpoint(sources)
    return ClientConfig(
        endpoint=endpoint,
        auth_token=_auth_token(sources, "TTS_WS_TOKEN"),
        is_explicit=is_explicit,
        settings=tuple(sources.settings),
    )


def default_socket_path(environ: Mapping[str, str] | None = None) -> str:
    """Path of the socket that a server listens on and a client looks for when nothing else was said.

    ``$XDG_RUNTIME_DIR/pipecat-tts/tts.sock``; ``/run/user/UID`` stands in for an unset variable where it
    exists, and the user's cache folder otherwise. On macOS always the user's cache folder.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("XDG_RUNTIME_DIR")
    runtime = Path(named or f"/run/user/{os.getuid()}")
    if sys.platform != "darwin" and (named or _is_own_folder(runtime)):
        return str(runtime / "pipecat-tts" / "tts.sock")
    return str(Path(cache_folder(environ)) / "tts.sock")


def cache_folder(environ: Mapping[str, str] | None = None) -> str:
    """Folder for prepared models.

    ``$XDG_CACHE_HOME/pipecat-tts``, by default below ``~/.cache``; on macOS ``~/Library/Caches/pipecat-tts``.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("HOME") or Path.home())
    if sys.platform == "darwin":
        return str(home / "Library" / "Caches" / "pipecat-tts")
    return str(Path(environ.get("XDG_CACHE_HOME") or home / ".cache") / "pipecat-tts")


def read_token_file(path: str) -> str:
    """Read a bearer token from a file that is open to its owner alone, without the white space around it.

    Raises:
        ConfigError: The file cannot be read, is open to others, or holds no token.
    """
    try:
        with _expanded(path).open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigError(f"the token file {path} is open to others (mode {mode:04o}); chmod 600 it")
            data = file.read(MAX_TOKEN_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"the token file {path} cannot be read: {error.strerror}") from None
    if len(data) > MAX_TOKEN_BYTES:
        raise ConfigError(f"the token file {path} holds more than {MAX_TOKEN_BYTES} bytes")
    text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return str(parsed(Found(text, f"the token file {path}"), token))


def _backend_options(sources: Sources) -> BackendOptions:
    return BackendOptions(
        model=sources.pick("model"),
        voice=sources.pick("voice"),
        threads=sources.pick("threads", parse=positive_int),
        cache_dir=sources.pick("cache_dir", default=cache_folder(sources.environ)),
        extra_languages=sources.pick(
            "extra_languages", "PIPECAT_TTS_KOKORO_EXTRA_LANGS", default=(), parse=codes
        ),
        settings=sources.pick("settings", default=(), parse=name_value_pairs),
    )


def _policy(sources: Sources) -> SchedulingPolicy:
    order = sources.pick("scheduling", default="deadline", parse=scheduling_order)
    found = sources.first("no_admission", None)
    sources.record("admission", found is None, "default" if found is None else found.source)
    return SchedulingPolicy(order=order, admission=found is None)


def _limits(sources: Sources) -> Limits:
    standard = Limits()
    values: dict[str, Any] = {}
    for limit in fields(Limits):
        default = getattr(standard, limit.name)
        parse = positive_int if isinstance(default, int) else positive_float
        if limit.name == "cpu_share":
            parse = share
        values[limit.name] = sources.pick(limit.name, default=default, parse=parse)
    return Limits(**values)


def _auth_token(sources: Sources, variable: str) -> str | None:
    """The token from the file that the flag names, or from this side's own variable."""
    path = sources.flags.get("auth_token_file")
    if path is not None:
        sources.record("auth_token", "set (not shown)", f"--auth-token-file {path}")
        return read_token_file(path)
    found = sources.first(None, variable)
    if found is None:
        sources.record("auth_token", None, "default")
        return None
    sources.record("auth_token", "set (not shown)", found.source)
    return str(parsed(found, token))


def _server_endpoint(sources: Sources, backend: str) -> Endpoint:
    path, host, port = (sources.first(flag, None) for flag in ("socket_path", "host", "port"))
    if path is not None:
        endpoint, source = Endpoint.unix(_expanded(path.value)), path.source
    elif host is not None or port is not None:
        number = BACKEND_PORTS.get(backend, DEFAULT_PORT) if port is None else parsed(port, port_number)
        endpoint = Endpoint.tcp(DEFAULT_HOST if host is None else host.value, number)
        source = ", ".join(found.source for found in (host, port) if found is not None)
    else:
        endpoint, source = Endpoint.unix(default_socket_path(sources.environ)), "default"
    sources.record("endpoint", endpoint, source)
    return endpoint


def _client_endpoint(sources: Sources) -> tuple[Endpoint, bool]:
    uris, paths, hosts, ports = (
        sources.levels(flag, variable)
        for flag, variable in (
            ("uri", "TTS_WS_URI"),
            ("socket_path", "TTS_WS_SOCKET"),
            ("host", "TTS_WS_HOST"),
            ("port", "TTS_WS_PORT"),
        )
    )
    for level, (uri, path, host, port) in enumerate(zip(uris, paths, hosts, ports, strict=True)):
        if uri is not None:
            endpoint, source = Endpoint.from_uri(uri.value), uri.source
        elif path is not None:
            endpoint, source = Endpoint.unix(_expanded(path.value)), path.source
        elif host is not None or port is not None:
            # A level may give one of the two and leave the other to the levels below it.
            used_host = next((found for found in hosts[level:] if found is not None), None)
            used_port = next((found for found in ports[level:] if found is not None), None)
            number = DEFAULT_PORT if used_port is None else parsed(used_port, port_number)
            endpoint = Endpoint.tcp(DEFAULT_HOST if used_host is None else used_host.value, number)
            source = ", ".join(found.source for found in (used_host, used_port) if found is not None)
        else:
            continue
        sources.record("endpoint", endpoint, source)
        return endpoint, True
    found = sources.first(None, "TTS_WS_DEFAULT_SOCKET")
    path = found or Found(default_socket_path(sources.environ), "default")
    endpoint = Endpoint.unix(_expanded(path.value))
    sources.record("endpoint", endpoint, path.source)
    return endpoint, False


def _read_dotenv(folder: str | None) -> dict[str, str]:
    if folder is None or importlib.util.find_spec("dotenv") is None:
        return {}
    path = Path(folder) / ".env"
    if not path.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - an optional package

    try:
        return {name: value for name, value in dotenv_values(path).items() if value}
    except OSError as error:
        raise ConfigError(f".env cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(".env cannot be read: it is not UTF-8 text") from None


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ConfigError(f"{path} names the home folder of an unknown user") from None


def _is_own_folder(path: Path) -> bool:
    try:
        info = path.stat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid()
