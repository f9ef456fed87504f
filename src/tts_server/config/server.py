"""Every setting of a server, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

from tts_server.backends.base import BackendOptions
from tts_server.config import addresses, places, tokens
from tts_server.config.client import NOWHERE, client_config
from tts_server.config.environment import all_sources, environment_for_flags
from tts_server.config.sources import (
    Flags,
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
    scheduling_order,
    share,
    thread_count,
)
from tts_server.endpoint import Endpoint
from tts_server.errors import ConfigError
from tts_server.limits import Limits
from tts_server.scheduling.policy import SchedulingPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

    Raises:
        ConfigError: A number is not accepted, or the endpoint is none.
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

    def __post_init__(self) -> None:
        if not isinstance(self.endpoint, Endpoint):
            raise ConfigError(
                f"endpoint must be an Endpoint, such as Endpoint.unix(path), not {self.endpoint!r}"
            )
        if self.engines is not None:
            _require("engines", self.engines, thread_count)
        for limit in fields(Limits):
            value = getattr(self.limits, limit.name)
            _require(f"limits.{limit.name}", value, _limit_parser(limit.name, limit.default))

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
    sources = all_sources(flags, environ, problems=problems)
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
    sources = all_sources(flags, environ)
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
    return _backend_options(all_sources(None, environ))


def with_cache_folder(options: BackendOptions) -> BackendOptions:
    """Let a backend keep its prepared models in this user's own folder, where no other was chosen.

    Without a home nothing is changed: many backends need no such folder, and those that do say so.
    """
    if options.cache_dir is not None:
        return options
    return replace(options, cache_dir=_default_cache(all_sources(None, None)))


def check_flags(flags: Flags) -> None:
    """Refuse a flag's value that is not accepted, whatever the environment holds.

    Raises:
        ConfigError: There is one.
    """
    environ = environment_for_flags()
    server_config(flags, environ=environ)
    client_config(flags, environ=environ)


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
        values[limit.name] = sources.pick(
            limit.name, default=default, parse=_limit_parser(limit.name, default)
        )
    return Limits(**values)


def _limit_parser(name: str, default: Any) -> Callable[[Any], Any]:
    if name == "cpu_share":
        return share
    return positive_int if isinstance(default, int) else positive_float


def _require(name: str, value: Any, parse: Callable[[Any], Any]) -> None:
    try:
        parse(value)
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


def _server_token(sources: Sources) -> str | None:
    tokens.refuse_empty(sources, "PIPECAT_TTS_AUTH_TOKEN")
    found = tokens.find_token(sources, "PIPECAT_TTS_AUTH_TOKEN")
    tokens.record_token(sources, found)
    return None if found is None else str(found.value)
