"""Proxies between a client and its server: named when they fail, and left out on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.client.speech import collect
from tests.tone_server import serving

from tts_server.client import TTSClient
from tts_server.client.connection import proxy_of
from tts_server.conformance.wire import Target, open_wire
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError

OUTSIDE = "ws://192.0.2.1:8765"
OUTSIDE_TLS = "wss://192.0.2.1"
VARIABLES = [
    name
    for kind in ("ws", "wss", "http", "https", "socks", "all", "no")
    for name in (f"{kind}_proxy", f"{kind}_proxy".upper())
]

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def message_of_connect(uri: str) -> str:
    with pytest.raises(ConnectFailedError) as caught:
        async with asyncio.timeout(30):
            await TTSClient(uri, connect_timeout_s=5).connect()
    message = str(caught.value)
    assert message.isprintable()
    assert uri in message
    return message


@pytest.mark.parametrize(
    ("proxy", "name", "reason"),
    [
        ("127.0.0.1:9", "127.0.0.1:9", "names no scheme"),
        ("foo://bar", "foo://bar", "foo isn't supported"),
        ("http://", "http://", "hostname"),
        ("http://127.0.0.1:9/path", "http://127.0.0.1:9/path", "path"),
        ("http://127.0.0.1:port", "http://127.0.0.1:port", "port"),
        ("http://127.0.0.1:99999", "http://127.0.0.1:99999", "range|port"),
        ("http://name@127.0.0.1:9", "http://127.0.0.1:9", "password"),
        ("http://127.0.0.1:9\x1b[2J", r"http://127.0.0.1:9\x1b[2J", ""),
        ("http://[::1", "http://[::1", "IPv6|bracket"),
    ],
)
@pytest.mark.parametrize(("variable", "uri"), [("http_proxy", OUTSIDE), ("https_proxy", OUTSIDE_TLS)])
async def test_proxy_that_is_no_proxy_is_named(
    proxy: str, name: str, reason: str, variable: str, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, proxy)
    message = await message_of_connect(uri)
    assert f"the proxy {name}" in message
    assert re.search(reason, message)


@pytest.mark.skipif(importlib.util.find_spec("python_socks") is not None, reason="python-socks is there")
@pytest.mark.parametrize("scheme", ["socks4", "socks4a", "socks5", "socks5h"])
async def test_socks_proxy_without_its_package_says_which(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", f"{scheme}://127.0.0.1:9")
    message = await message_of_connect(OUTSIDE_TLS)
    assert f"the proxy {scheme}://127.0.0.1:9" in message
    assert "python-socks" in message


@pytest.mark.parametrize("uri", [OUTSIDE, OUTSIDE_TLS])
async def test_proxy_that_is_down_is_named_and_its_password_is_not(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed_port()
    monkeypatch.setenv("https_proxy", f"http://user:secret@127.0.0.1:{port}")
    message = await message_of_connect(uri)
    assert f"through the proxy http://127.0.0.1:{port}" in message
    assert "no server is listening" not in message
    assert "secret" not in message


@contextlib.asynccontextmanager
async def proxy(handle: Handler) -> AsyncIterator[str]:
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            await handle(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "403"),
        (b"HTTP/1.1 407 \x1b[2J\r\n\r\n", "valid HTTP response"),
        (b"220 mail.example ESMTP\r\n\r\n", "valid HTTP response"),
        (b"", "HTTP"),
    ],
)
async def test_proxy_that_says_no_is_named(
    answer: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    async with proxy(refuse) as address:
        monkeypatch.setenv("http_proxy", address)
        message = await message_of_connect(OUTSIDE)
    assert f"the proxy {address}" in message
    assert reason in message


async def test_proxy_that_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with proxy(wait) as address:
        monkeypatch.setenv("http_proxy", address)
        with pytest.raises(ConnectFailedError, match=f"through the proxy {address} did not answer"):
            await TTSClient(OUTSIDE, connect_timeout_s=0.2).connect()


async def test_proxy_that_works_leads_to_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(Endpoint.tcp("127.0.0.1", 0)) as server:

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", server.endpoint.port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

            async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                while part := await source.read(4096):
                    sink.write(part)
                sink.close()

            await asyncio.gather(pump(reader, back), pump(there, writer))

        async with proxy(forward) as address:
            monkeypatch.setenv("http_proxy", address)
            async with TTSClient(OUTSIDE) as client:
                assert await collect(client.synthesize("Hello."))


@pytest.mark.parametrize("proxy_address", ["foo://bar", "http://127.0.0.1:9", "socks5://127.0.0.1:9"])
async def test_this_machine_is_reached_without_a_proxy(
    proxy_address: str, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "ws_proxy", "socks_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy_address)
    async with serving(endpoint), TTSClient(endpoint) as client:
        assert client.is_connected
    async with serving(Endpoint.tcp("127.0.0.1", 0)) as server:
        async with TTSClient(server.endpoint) as client:
            assert client.is_connected
        async with TTSClient(f"ws://127.0.0.1:{server.endpoint.port}") as client:
            assert client.is_connected


def test_proxies_are_found_as_the_system_means_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://plain")
    assert proxy_of(Endpoint.from_uri(OUTSIDE)) == "http://plain"
    assert proxy_of(Endpoint.from_uri(OUTSIDE_TLS)) is None
    monkeypatch.setenv("https_proxy", "http://tls")
    assert proxy_of(Endpoint.from_uri(OUTSIDE_TLS)) == "http://tls"
    monkeypatch.setenv("wss_proxy", "http://websocket")
    assert proxy_of(Endpoint.from_uri(OUTSIDE_TLS)) == "http://websocket"
    monkeypatch.setenv("no_proxy", "192.0.2.1")
    assert proxy_of(Endpoint.from_uri(OUTSIDE_TLS)) is None
    assert proxy_of(Endpoint.tcp("localhost", 1)) is None


@pytest.mark.parametrize("proxy_address", ["foo://user:secret@bar", "http://[::1", "socks5://127.0.0.1:9"])
async def test_conformance_has_one_error_for_a_proxy_too(
    proxy_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy_address)
    with pytest.raises(ConnectFailedError, match=r"192\.0\.2\.1") as caught:
        await open_wire(Target(Endpoint.from_uri(OUTSIDE_TLS)), {})
    assert "secret" not in str(caught.value)
