"""HTTP as far as a WebSocket listener needs it: a request's head, and answers that end the connection. Pure.

A request that asks for a WebSocket is left to the WebSocket library; every other one is judged and answered
here, so that what a probe, a browser or a scanner sends has an answer of one kind, whichever library runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

MAX_HEAD_BYTES: Final = 16 * 1024
"""Longest head of a request; browsers send one or two thousand bytes."""

HEAD_END: Final = b"\r\n\r\n"

_REQUEST_LINE: Final = re.compile(rb"([!#-'*+.^-z|~\-A-Z]+) ([!-~]+) HTTP/([0-9])\.([0-9])")
_HEADER: Final = re.compile(rb"([!#-'*+.0-9^-z|~\-A-Z]+):[ \t]*(.*?)[ \t]*")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer to an HTTP request that does not become a WebSocket connection.

    Args:
        status: HTTP status code.
        text: Body.
        headers: Further headers.
        content_type: Of the body.
    """

    status: int
    text: str
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/plain; charset=utf-8"


class BadRequestError(Exception):
    """A request that is refused for its form; ``answer`` says why."""

    def __init__(self, status: HTTPStatus, text: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(text)
        self.answer = HttpAnswer(status, text + "\n", headers)


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The head of a request.

    Args:
        method: ``GET`` or ``HEAD``.
        path: Path and query, as they came.
        headers: Values by name in lower case; of a name that came twice, the last.
    """

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def asks_for_websocket(self) -> bool:
        """Whether it asks for an upgrade to WebSocket."""
        return asks_for_websocket(self.headers)


def asks_for_websocket(headers: Mapping[str, str]) -> bool:
    """Whether a request with these headers (names in lower case) asks for an upgrade to WebSocket."""
    return headers.get("upgrade", "").lower() == "websocket"


def parse_head(head: bytes) -> RequestHead:
    """Read the head of a request, without the empty line at its end.

    An absolute target (``GET http://host/path``) is taken apart, and its host stands for the header's.

    Raises:
        BadRequestError: It is no request that this listener answers in any other way.
    """
    first, *lines = head.split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "This is no HTTP request.")
    method, target, version = match[1].decode(), match[2].decode(), (int(match[3]), int(match[4]))
    if version[0] != 1:
        raise BadRequestError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.1 is spoken here.")
    headers = _headers(lines)
    if method not in {"GET", "HEAD"}:
        allow = (("Allow", "GET, HEAD"),)
        raise BadRequestError(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.", allow)
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "A request with a body is not answered here.")
    path = _path(target, headers)
    request = RequestHead(method, path, headers)
    if request.asks_for_websocket and (method != "GET" or version < (1, 1)):
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "A WebSocket is asked for with GET and HTTP/1.1.")
    return request


def _headers(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        match = _HEADER.fullmatch(line)
        if match is None:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "A header of the request cannot be read.")
        name = match[1].decode().lower()
        if name == "host" and name in headers:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "The request names its host twice.")
        headers[name] = match[2].decode("latin-1")
    return headers


def _path(target: str, headers: dict[str, str]) -> str:
    """The path and query of a target; puts the host of an absolute one among the headers."""
    if target.startswith("/"):
        return target
    try:
        url = urlsplit(target)
    except ValueError:
        url = urlsplit("")
    host = url.netloc.rpartition("@")[2]
    if not host or url.scheme.lower() not in {"http", "https", "ws", "wss"}:
        raise BadRequestError(
            HTTPStatus.BAD_REQUEST, "The target of the request is neither a path nor an address."
        )
    headers["host"] = host
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def host_name(host: str) -> str:
    """The name or address in a ``Host`` header, in lower case, without its port."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] if name.count(":") < 2 else name


def render(answer: HttpAnswer, *, without_body: bool = False) -> bytes:
    """Write an answer, after which the connection is closed.

    Args:
        answer: What to say.
        without_body: Leave the body out and keep its length, as for HEAD.
    """
    body = answer.text.encode()
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        *(f"{name}: {value}" for name, value in answer.headers),
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    head = "\r\n".join(lines).encode("latin-1") + HEAD_END
    return head if without_body else head + body
