"""Requests that ask for no WebSocket are answered, whatever they are; answers are whole."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from http.client import HTTPResponse
from io import BytesIO
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.doors.http import BadRequestError, HttpAnswer, RequestHead, host_name, parse_head, render
from tts_server.doors.stream.connection import Connection
from tts_server.doors.stream.websocket import WebSocketOptions, listen

UPGRADE = "Upgrade: websocket\r\nConnection: Upgrade\r\n"


def refused(head: bytes) -> int:
    with pytest.raises(BadRequestError) as caught:
        parse_head(head)
    return caught.value.answer.status


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"", 400),
        (b"GET", 400),
        (b"GET /", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET /a b HTTP/1.1", 400),
        (b"\x00\x01\x02", 400),
        (b"PRI * HTTP/2.0", 505),
        (b"GET / HTTP/3.0", 505),
        (b"POST / HTTP/1.1\r\nHost: a", 405),
        (b"OPTIONS * HTTP/1.1\r\nHost: a", 405),
        (b"CONNECT a:80 HTTP/1.1", 405),
        (b"get / HTTP/1.1", 405),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b", 400),
        (b"GET / HTTP/1.1\r\nHost : a", 400),
        (b"GET / HTTP/1.1\r\n folded: a", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 5", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked", 400),
        (b"GET ftp://a/b HTTP/1.1", 400),
        (b"GET http:///b HTTP/1.1", 400),
        (b"GET http://[::1/b HTTP/1.1", 400),
        (b"HEAD / HTTP/1.1\r\nUpgrade: websocket", 400),
        (b"GET / HTTP/1.0\r\nUpgrade: websocket", 400),
    ],
)
def test_request_that_cannot_be_served_is_named(head: bytes, status: int) -> None:
    assert refused(head) == status


def test_method_that_is_not_allowed_is_told_which_are() -> None:
    with pytest.raises(BadRequestError) as caught:
        parse_head(b"DELETE / HTTP/1.1")
    assert ("Allow", "GET, HEAD") in caught.value.answer.headers


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        ("/healthz", "/healthz", "a"),
        ("/metrics?x=1", "/metrics?x=1", "a"),
        ("http://b/healthz", "/healthz", "b"),
        ("http://b:8080/metrics?x", "/metrics?x", "b:8080"),
        ("HTTP://user@b", "/", "b"),
    ],
)
def test_target_is_a_path_or_an_address(target: str, path: str, host: str) -> None:
    head = parse_head(f"GET {target} HTTP/1.1\r\nHost: a".encode())
    assert (head.path, head.headers["host"]) == (path, host)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LocalHost:80", "localhost"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:80", "::1"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_name_of_a_host_is_without_its_port(host: str, name: str) -> None:
    assert host_name(host) == name


@given(
    st.one_of(
        st.binary(max_size=300),
        st.from_regex(
            rb"(GET|HEAD|PUT) [!-~]{1,20} HTTP/1\.[01](\r\n[a-zA-Z-]{1,9}: ?[ -~]{0,20}){0,5}", fullmatch=True
        ),
    )
)
def test_any_bytes_are_a_request_or_refused(head: bytes) -> None:
    try:
        status: int = 200 if isinstance(parse_head(head), RequestHead) else 0
    except BadRequestError as error:
        status = error.answer.status
    assert status == 200 or 400 <= status < 600


@given(st.text(max_size=50), st.sampled_from([200, 400, 401, 403, 405, 426, 431, 503, 505]))
def test_answer_is_read_by_a_client_as_it_was_meant(text: str, status: int) -> None:
    response = HTTPResponse(cast("socket.socket", Pipe(render(HttpAnswer(status, text)))))  # type: ignore[name-defined]  # noqa: F821
    response.begin()
    assert (response.status, response.read().decode()) == (status, text)
    head = render(HttpAnswer(status, text), without_body=True)
    assert render(HttpAnswer(status, text)) == head + text.encode()


class Pipe:
    """What ``http.client`` reads from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._data)


# --- over a socket ------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """Run a listener with one page; yields its port."""

    async def wait(connection: Connection) -> None:
        await connection.wait_closed()

    def gate(path: str, _headers: object) -> HttpAnswer | None:
        return HttpAnswer(200, "page\n") if path == "/page" else None

    listener = await listen(wait, WebSocketOptions(gate=gate), host="127.0.0.1", port=0)
    try:
        async with asyncio.timeout(20):
            assert listener.port is not None
            yield listener.port
    finally:
        listener.stop_accepting()
        await listener.wait_closed()


async def ask(port: int, request: bytes, *, half_close: bool = False, piece: int = 1 << 20) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for start in range(0, len(request), piece):
        writer.write(request[start : start + piece])
        await writer.drain()
        if piece < len(request):
            await asyncio.sleep(0)
    if half_close:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /page HTTP/1.1\r\nHost: a\r\n\r\n", 200),
        (b"GET /page HTTP/1.0\r\n\r\n", 200),
        (b"GET http://h/page HTTP/1.1\r\n\r\n", 200),
        (b"GET /other HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        (b"POST /page HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405),
        (b"PUT /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 405),
        (b"GET /page HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /page HTTP/1.1\r\nX: " + b"x" * 20_000, 431),
    ],
)
@pytest.mark.parametrize("half_close", [False, True])
@pytest.mark.parametrize("piece", [1, 1 << 20])
async def test_every_request_is_answered(
    request_head: bytes, status: int, *, half_close: bool, piece: int
) -> None:
    if piece == 1 and len(request_head) > 1000:
        piece = 500
    async with listening() as port:
        answer = await ask(port, request_head, half_close=half_close, piece=piece)
    assert answer.startswith(b"HTTP/1.1 %d " % status)


async def test_answer_to_head_has_no_body() -> None:
    async with listening() as port:
        page = await ask(port, b"GET /page HTTP/1.1\r\n\r\n")
        head = await ask(port, b"HEAD /page HTTP/1.1\r\n\r\n")
    assert page == head + b"page\n"
    assert b"Content-Length: 5\r\n" in head


async def test_request_that_is_not_complete_is_answered_when_it_ends() -> None:
    async with listening() as port:
        assert b" 400 " in await ask(port, b"GET /pa", half_close=True)
        assert await ask(port, b"", half_close=True) == b""


async def test_long_body_does_not_keep_the_answer_from_being_read() -> None:
    async with listening() as port:
        request = b"POST / HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 300_000
        assert b" 405 " in await ask(port, request)


async def test_tls_is_hung_up_on() -> None:
    async with listening() as port:
        with contextlib.suppress(ConnectionError):
            assert await ask(port, b"\x16\x03\x01\x02\x00\x01") == b""
