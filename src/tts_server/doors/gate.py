"""Who may open a connection: decided from the HTTP request, before the upgrade."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Mapping
from http import HTTPStatus

from tts_server.doors.http import HttpAnswer, asks_for_websocket, host_name
from tts_server.doors.stream.websocket import Gate


class Gatekeeper:
    """Answers a request with 403, 401, a page or 503, or lets it pass.

    A request from a web page carries ``Origin``: a page of the Internet must not reach a server on the
    user's own machine. The origin is looked at before the token, so that a page cannot even try tokens.

    Args:
        token: Bearer token to require; None requires none.
        allowed_origins: Values of ``Origin`` that are let in.
        has_room: Whether one more connection may be opened; without room the answer is 503.
        pages: Answers what is a request for a page and no WebSocket, for those who are let in.
        allowed_hosts: Names that ``Host`` may hold beside addresses and localhost; None lets every name in.
            On a machine's own address a request for any other name comes from a web page whose name was
            turned to this machine (DNS rebinding), and such a request need not carry ``Origin``.
    """

    def __init__(
        self,
        *,
        token: str | None,
        allowed_origins: tuple[str, ...],
        has_room: Callable[[], bool],
        pages: Gate,
        allowed_hosts: tuple[str, ...] | None = None,
    ) -> None:
        self._token = None if token is None else _digest(token)
        self._allowed_origins = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)
        self._origin_hosts = {host_name(origin.partition("://")[2]) for origin in self._allowed_origins}
        self._has_room = has_room
        self._pages = pages
        self._hosts = None if allowed_hosts is None else frozenset(map(host_name, allowed_hosts))

    def __call__(self, path: str, headers: Mapping[str, str]) -> HttpAnswer | None:
        """Judge a request."""
        origin = headers.get("origin")
        if origin is not None and origin.rstrip("/").lower() not in self._allowed_origins:
            return HttpAnswer(
                HTTPStatus.FORBIDDEN, "This origin is not allowed by the server's configuration.\n"
            )
        if not self._is_host_allowed(headers.get("host", "")):
            return HttpAnswer(
                HTTPStatus.FORBIDDEN,
                "This server answers to addresses and to localhost; another name must be allowed by its "
                "configuration.\n",
            )
        if self._token is not None and not self._is_authorized(headers.get("authorization", "")):
            return HttpAnswer(
                HTTPStatus.UNAUTHORIZED,
                "A bearer token is required, and the one that came, if any, is not the right one.\n",
                (("WWW-Authenticate", "Bearer"),),
            )
        page = self._pages(path, headers)
        if page is not None:
            return page
        if asks_for_websocket(headers) and not self._has_room():
            return HttpAnswer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The server has as many connections as it takes.\n",
                (("Retry-After", "1"),),
            )
        return None

    def _is_host_allowed(self, host: str) -> bool:
        name = host_name(host)
        if self._hosts is None or not name or name in self._hosts or name in self._origin_hosts:
            return True
        if name == "localhost" or name.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _is_authorized(self, authorization: str) -> bool:
        """Whether the header carries the token; takes as long for a wrong token as for the right one."""
        scheme, _, token = authorization.strip().partition(" ")
        is_right = hmac.compare_digest(_digest(token.strip()), self._token or b"")
        return is_right and scheme.lower() == "bearer"


def _digest(token: str) -> bytes:
    """Digests are of one length, so that comparing them does not tell how long the token is."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
