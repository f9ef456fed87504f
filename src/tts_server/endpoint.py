"""Where a server listens and a client connects: a URI, a Unix socket, or a host and port."""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from tts_server.errors import EndpointError

MAX_SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
"""Longest path that ``sockaddr_un.sun_path`` holds with its closing zero: it has 108 bytes on Linux, 104 on
macOS."""

BACKEND_PORTS: dict[str, int] = {
    "tone": 8665,
    "kokoro": 8765,
    "voxtral_tts": 8865,
    "pocket_tts": 8965,
    "dia": 9065,
}
"""The loopback port of each backend's service."""

DEFAULT_PORT = BACKEND_PORTS["kokoro"]
DEFAULT_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address, of exactly one of three kinds.

    Made with ``from_uri``, ``unix`` or ``tcp``, which check what they are given.

    Args:
        uri: A full ``ws://`` or ``wss://`` address; clients only.
        socket_path: Path of a Unix socket.
        host: Name or address of a host; ``port`` belongs to it.
        port: TCP port; 0 lets the system choose one for a server.
    """

    uri: str | None = None
    socket_path: str | None = None
    host: str | None = None
    port: int | None = None

    @classmethod
    def from_uri(cls, uri: str) -> Endpoint:
        """Check a WebSocket address.

        Raises:
            EndpointError: It is no ``ws://`` or ``wss://`` address, or it carries a name or a password.
        """
        try:
            parts = urlsplit(uri)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise EndpointError(f"{uri!r} is not an address: {error}") from None
        if parts.username is not None or parts.password is not None:
            raise EndpointError(
                "an address may not carry a name or a password; a token goes in a file or a variable"
            )
        if parts.scheme not in {"ws", "wss"} or not host:
            raise EndpointError(f"{uri!r} is not a ws:// or wss:// address")
        if parts.fragment:
            raise EndpointError(f"{uri!r} may not have a fragment (#{parts.fragment})")
        return cls(uri=uri)

    @classmethod
    def unix(cls, path: str | os.PathLike[str]) -> Endpoint:
        """Check the path of a Unix socket.

        Raises:
            EndpointError: It is empty, or longer than the system allows.
        """
        text = os.fspath(path)
        if not text or "\0" in text:
            raise EndpointError("the socket path is empty" if not text else f"{text!r} is not a path")
        n_bytes = len(os.fsencode(text))
        if n_bytes > MAX_SOCKET_PATH_BYTES:
            raise EndpointError(
                f"the socket path has {n_bytes} bytes and this system allows {MAX_SOCKET_PATH_BYTES}: {text}"
            )
        return cls(socket_path=text)

    @classmethod
    def tcp(cls, host: str, port: int) -> Endpoint:
        """Check a host and port.

        Raises:
            EndpointError: The host is empty or the port is outside 0 to 65535.
        """
        if not host or any(c.isspace() or c in "/@?#" for c in host):
            raise EndpointError(f"{host!r} is not a host name or address")
        if not 0 <= port <= 65535:
            raise EndpointError(f"port {port} is outside 0 to 65535")
        return cls(host=host.removeprefix("[").removesuffix("]"), port=port)

    @property
    def websocket_uri(self) -> str:
        """The address to ask for when connecting; for a Unix socket one that names the local host."""
        if self.uri is not None:
            return self.uri
        if self.socket_path is not None:
            return "ws://localhost/"
        return f"ws://{_bracketed(self.host or '')}:{self.port}/"

    @property
    def is_local(self) -> bool:
        """Whether nothing sent there leaves this machine: a Unix socket, or a loopback address."""
        if self.socket_path is not None:
            return True
        host = (urlsplit(self.uri).hostname or "") if self.uri is not None else (self.host or "")
        return _is_loopback(host)

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is made with TLS."""
        return self.uri is not None and urlsplit(self.uri).scheme == "wss"

    def __str__(self) -> str:
        if self.uri is not None:
            return self.uri
        if self.socket_path is not None:
            return self.socket_path
        return f"{_bracketed(self.host or '')}:{self.port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
