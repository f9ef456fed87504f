"""Where a server listens and a client connects, and who said so."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tts_server.config.places import default_socket_path, expanded
from tts_server.config.sources import Found, parsed, path_name, port_number
from tts_server.endpoint import BACKEND_PORTS, DEFAULT_HOST, DEFAULT_PORT, Endpoint
from tts_server.errors import EndpointError

if TYPE_CHECKING:
    from tts_server.config.sources import Sources

ADDRESS: Final = (
    ("uri", "TTS_WS_URI"),
    ("socket_path", "TTS_WS_SOCKET"),
    ("host", "TTS_WS_HOST"),
    ("port", "TTS_WS_PORT"),
)
"""Flags and variables that say where the server is, those that win first."""


def server_endpoint(sources: Sources, backend: str) -> Endpoint:
    """Where a server listens, recorded with its source.

    Raises:
        ConfigError: The address cannot be used, or there is no place for the default one.
    """
    path, host, port = (sources.first(flag, None) for flag in ("socket_path", "host", "port"))
    if path is not None:
        endpoint, source = _unix(path, sources), path.source
    elif host is not None or port is not None:
        number = BACKEND_PORTS.get(backend, DEFAULT_PORT) if port is None else parsed(port, port_number)
        source = ", ".join(found.source for found in (host, port) if found is not None)
        with _named(source):
            endpoint = Endpoint.tcp(DEFAULT_HOST if host is None else host.value, number)
    else:
        endpoint, source = Endpoint.unix(default_socket_path(sources.exported)), "default"
    sources.record("endpoint", endpoint, source)
    return endpoint


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """Where a client connects, and who said so."""

    endpoint: Endpoint
    source: str
    is_own: bool = True
    is_explicit: bool = False


def client_address(sources: Sources) -> ClientAddress:
    """Where a client connects, recorded with its source.

    Raises:
        ConfigError: The address cannot be used, or there is no place for the default one.
    """
    address = _client_address(sources)
    sources.record("endpoint", address.endpoint, address.source)
    return address


def is_address_given(sources: Sources) -> bool:
    """Whether a flag or a variable says where the server is, rather than leaving it to the default."""
    return any(sources.first(flag, variable) is not None for flag, variable in ADDRESS)


def _client_address(sources: Sources) -> ClientAddress:
    uris, paths, hosts, ports = (sources.levels(flag, variable) for flag, variable in ADDRESS)
    for level, (uri, path, host, port) in enumerate(zip(uris, paths, hosts, ports, strict=True)):
        if uri is not None:
            with _named(uri.source):
                return ClientAddress(Endpoint.from_uri(uri.value), uri.source, uri.is_own, is_explicit=True)
        if path is not None:
            return ClientAddress(_unix(path, sources), path.source, path.is_own, is_explicit=True)
        if host is not None or port is not None:
            # A level may give one of the two and leave the other to the levels below it.
            used_host = next((found for found in hosts[level:] if found is not None), None)
            used_port = next((found for found in ports[level:] if found is not None), None)
            number = DEFAULT_PORT if used_port is None else parsed(used_port, port_number)
            used = [found for found in (used_host, used_port) if found is not None]
            source = ", ".join(found.source for found in used)
            with _named(source):
                endpoint = Endpoint.tcp(DEFAULT_HOST if used_host is None else used_host.value, number)
            return ClientAddress(endpoint, source, all(found.is_own for found in used), is_explicit=True)
    path = sources.first(None, "TTS_WS_DEFAULT_SOCKET")
    if path is not None:
        return ClientAddress(_unix(path, sources), path.source, path.is_own)
    return ClientAddress(Endpoint.unix(default_socket_path(sources.exported)), "default")


def _unix(path: Found, sources: Sources) -> Endpoint:
    with _named(path.source):
        return Endpoint.unix(expanded(parsed(path, path_name), sources.exported))


@contextlib.contextmanager
def _named(source: str) -> Iterator[None]:
    """Say what gave an address that is refused."""
    try:
        yield
    except EndpointError as error:
        raise EndpointError(f"{source}: {error}") from None
