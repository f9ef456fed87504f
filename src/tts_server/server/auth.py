"""Who may open a connection: decided from the HTTP request, before the upgrade."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from http import HTTPStatus

from tts_server.transports.websocket import Gate, HttpAnswer


class Gatekeeper:
    """Answers a request with 403, 401, a page or 503, or lets it pass.

    A request from a web page carries ``Origin``: a page of the Internet must not reach a server on the
    user's own machine. The origin is looked at before the token, so that a page cannot even try tokens.

    Args:
        token: Bearer token to require; None requires none.
        allowed_origins: Values of ``Origin`` that are let in.
        n_connections: Tells how many connections are open.
        max_connections: More than these are answered 503.
        pages: Answers what is a request for a page and no WebSocket, for those who are let in.
    """

    def __init__(
        self,
        *,
        token: str | None,
        allowed_origins: tuple[str, ...],
        n_connections: Callable[[], int],
        max_connections: int,
        pages: Gate,
    ) -> None:
        self._token = None if token is None else _digest(token)
        self._allowed_origins = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)
        self._n_connections = n_connections
        self._max_connections = max_connections
        self._pages = pages

    def __call__(self, path: str, headers: Mapping[str, str]) -> HttpAnswer | None:
        """Judge a request."""
        origin = headers.get("origin")
        if origin is not None and origin.rstrip("/").lower() not in self._allowed_origins:
            return HttpAnswer(
                HTTPStatus.FORBIDDEN, "This origin is not allowed by the server's configuration.\n"
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
        if self._n_connections() >= self._max_connections:
            return HttpAnswer(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"The server already has {self._max_connections} connections.\n",
                (("Retry-After", "1"),),
            )
        return None

    def _is_authorized(self, authorization: str) -> bool:
        """Whether the header carries the token; takes as long for a wrong token as for the right one."""
        scheme, _, token = authorization.strip().partition(" ")
        is_right = hmac.compare_digest(_digest(token.strip()), self._token or b"")
        return is_right and scheme.lower() == "bearer"


def _digest(token: str) -> bytes:
    """Digests are of one length, so that comparing them does not tell how long the token is."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
