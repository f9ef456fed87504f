"""Every setting of the server and of a client, and where each came from.

The only file that reads the environment. A value comes from the first of these that has it: a flag, an
exported variable, ``.env`` in the working folder (for clients, when python-dotenv is installed), the default.
For an endpoint the whole of one level is looked at before the next: a URI, then a socket, then a host and
port. The server's variables and the client's are apart: neither side reads the other's token.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from tts_server import addresses, places, tokens
from tts_server.backends.base import BackendOptions
from tts_server.endpoint import DEFAULT_HOST, DEFAULT_PORT, Endpoint
from tts_server.errors import ConfigError
from tts_server.limits import Limits
from tts_server.scheduling.policy import SchedulingPolicy
from tts_server.settings import (
    Flags,
    Found,
    Setting,
    Sources,
    codes,
    engine_count,
    given_name,
    keepalive_s,
    log_level,
    name_value_pairs,
    origins,
    path_name,
    positive_float,
    positive_int,
    read_dotenv,
    scheduling_order,
    share,
    thread_count,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ClientConfig",
    "Endpoint",
    "ServerConfig",
    "Setting",
    "backend_options",
    "cache_folder",
    "check_flags",
    "client_config",
    "default_socket_path",
    "has_default_socket",
    "is_address_given",
    "private_server_config",
    "read_token_file",
    "server_config",
]

NOWHERE: Final = Endpoint.tcp(DEFAULT_HOST, DEFAULT_PORT)
UNKNOWN: Final = addresses.ClientAddress(NOWHERE, "refused")
"""Both stand for an address that was refused, where problems are collected."""

DEFAULT_PING_INTERVAL_S: Final = 20.0
DEFAULT_PING_TIMEOUT_S: Final = 120.0
"""Long, so that a busy machine never drops a live speaker; finite, so that a dead idle peer goes."""


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
        notes: What was found while the settings were read, for people to read.
    """

    endpoint: Endpoint
    auth_token: str | None = field(default=None, repr=False)
    is_explicit: bool = True
    settings: tuple[Setting, ...] = field(default=(), compare=False, repr=False)
    notes: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Lines for the person at the keyboard about settings that work and are not safe, and ``notes``."""
        if self.auth_token is None or self.endpoint.is_local or self.endpoint.is_encrypted:
            return self.notes
        clear = f"the token goes to {self.endpoint} in the clear: anybody on the way can read it; use wss://"
        return (*self.notes, clear)


def server_config(
    flags: Flags | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    problems: list[str] | None = None,
) -> ServerConfig:
    """Build a server's configuration from flags and the environment.

    Flags: ``backend model voice threads cache_dir settings engines scheduling no_admission socket_path host
    port auth_token_file allow_origin allow_host log_level`` and one for each field of ``Limits``.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.
        problems: Takes the message of each setting that is refused, whose default then holds; None raises
            it.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    sources = _sources(flags, environ, problems=problems)
    backend = sources.pick("backend", default="auto", parse=given_name)
    return ServerConfig(
        endpoint=sources.attempt("endpoint", lambda: addresses.server_endpoint(sources, backend), NOWHERE),
        backend=backend,
        options=_backend_options(sources),
        engines=sources.pick("engines", default=1, parse=engine_count),
        policy=_policy(sources),
        limits=_limits(sources),
        auth_token=sources.attempt("auth_token", lambda: _server_token(sources), None),
        allowed_origins=sources.pick("allow_origin", default=(), parse=origins),
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
    sources = _sources(flags, environ)
    backend = sources.pick("backend", default="auto", parse=given_name)
    return ServerConfig(
        endpoint=Endpoint.unix(socket_path),
        backend=backend,
        options=_backend_options(sources),
        log_level="WARNING",
        settings=tuple(sources.settings),
    )


def backend_options(environ: Mapping[str, str] | None = None) -> BackendOptions:
    """What the environment alone says to a backend.

    Raises:
        ConfigError: A value is not accepted.
    """
    return _backend_options(_sources(None, environ))


def client_config(
    flags: Flags | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    dotenv_folder: str | None = None,
    problems: list[str] | None = None,
) -> ClientConfig:
    """Build a client's configuration from flags, the environment and, where asked, ``.env``.

    Flags: ``uri socket_path host port auth_token_file``. A token that this user gave, by a flag or by
    exporting it, does not go to an address that ``.env`` gave, wholly or in part: that file comes with the
    working folder, and may be anybody's.

    Args:
        flags: Values of flags; None or absent means not given.
        environ: The environment; the process's own by default.
        dotenv_folder: Folder whose ``.env`` is honoured when python-dotenv is installed; None reads none.
        problems: Takes the message of each setting that is refused, whose default then holds; None raises
            it.

    Raises:
        ConfigError: A value is not accepted.
        EndpointError: The address cannot be used.
    """
    sources = _sources(flags, environ, dotenv_folder, problems)
    address = sources.attempt("endpoint", lambda: addresses.client_address(sources), UNKNOWN)
    notes: list[str] = []
    found = sources.attempt("auth_token", lambda: _client_token(sources, address, notes), None)
    return ClientConfig(
        endpoint=address.endpoint,
        auth_token=None if found is None else found.value,
        is_explicit=address.is_explicit,
        settings=tuple(sources.settings),
        notes=tuple(notes),
    )


def check_flags(flags: Flags) -> None:
    """Refuse a flag's value that is not accepted, whatever the environment holds.

    Raises:
        ConfigError: There is one.
    """
    needed = ("HOME", "CREDENTIALS_DIRECTORY")
    environ = {"HOME": "/", "XDG_RUNTIME_DIR": "/"} | {n: os.environ[n] for n in needed if n in os.environ}
    server_config(flags, environ=environ)
    client_config(flags, environ=environ)


def is_address_given(
    flags: Flags, *, environ: Mapping[str, str] | None = None, dotenv_folder: str | None = None
) -> bool:
    """Whether a flag or a variable says where the server is, rather than leaving it to the default."""
    sources = _sources(flags, environ, dotenv_folder)
    return addresses.is_address_given(sources)


def default_socket_path(environ: Mapping[str, str] | None = None) -> str:
    """Path of the socket that a server listens on and a client looks for when nothing else was said.

    Raises:
        ConfigError: This user has neither a folder for run time nor a home.
    """
    return places.default_socket_path(os.environ if environ is None else environ)


def has_default_socket(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a server can be at an address that nobody gave: a user without folders has no such place."""
    sources = _sources(None, environ)
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


def _sources(
    flags: Flags | None,
    environ: Mapping[str, str] | None,
    dotenv_folder: str | None = None,
    problems: list[str] | None = None,
) -> Sources:
    sources = Sources(flags or {}, environ=os.environ if environ is None else environ, problems=problems)
    if dotenv_folder is not None:
        sources.dotenv = sources.attempt(".env", lambda: read_dotenv(dotenv_folder), {})
    return sources


def _backend_options(sources: Sources) -> BackendOptions:
    def expanded(path: str) -> str:
        return str(places.expanded(path_name(path), sources.exported))

    return BackendOptions(
        model=sources.pick("model", parse=given_name),
        voice=sources.pick("voice", parse=given_name),
        threads=sources.pick("threads", parse=thread_count),
        cache_dir=sources.pick("cache_dir", default=_default_cache(sources), parse=expanded),
        extra_languages=sources.pick(
            "extra_languages", "PIPECAT_TTS_KOKORO_EXTRA_LANGS", default=(), parse=codes
        ),
        settings=sources.pick("settings", default=(), parse=name_value_pairs),
    )


def _default_cache(sources: Sources) -> str | None:
    """The folder for prepared models; None where this user has no home: many backends need none."""
    try:
        return places.cache_folder(sources.exported)
    except ConfigError:
        return None


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


def _client_token(sources: Sources, address: addresses.ClientAddress, notes: list[str]) -> Found | None:
    """The token to send to an address; why one is not sent goes into the notes."""
    found = tokens.find_token(sources, "TTS_WS_TOKEN")
    if found is None and sources.exported.get("TTS_WS_TOKEN") == "":
        notes.append("TTS_WS_TOKEN is set and empty: no token is sent")
    if found is not None and found.is_own and not address.is_own:
        notes.append(
            f"the token of {found.source} is not sent: the address {str(address.endpoint)!r} comes from .env "
            f"({address.source}); give the address by a flag or export it, or put the token into .env too"
        )
        tokens.record_token(sources, found, "set, and not sent to an address from .env")
        return None
    tokens.record_token(sources, found)
    return found


def _server_token(sources: Sources) -> str | None:
    tokens.refuse_empty(sources, "PIPECAT_TTS_AUTH_TOKEN")
    found = tokens.find_token(sources, "PIPECAT_TTS_AUTH_TOKEN")
    tokens.record_token(sources, found)
    return None if found is None else str(found.value)
