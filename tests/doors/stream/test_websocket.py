"""What the WebSocket listener does before and around a connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Mapping

import pytest
from tests.patience import PATIENCE_S
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from tts_server.doors.stream import websocket
from tts_server.doors.stream.connection import Connection
from tts_server.doors.stream.sockets import SEND_BUFFER_BYTES
from tts_server.doors.stream.websocket import (
    HttpAnswer,
    WebSocketConnection,
    WebSocketOptions,
    WebSocketServer,
    listen,
)
from tts_server.limits import Limits

WAIT_S = PATIENCE_S


@contextlib.asynccontextmanager
async def listening(
    options: WebSocketOptions | None = None, seen: list[Connection] | None = None
) -> AsyncIterator[str]:
    """Run a listener that echoes; yields its address."""

    async def echo(connection: Connection) -> None:
        if seen is not None:
            seen.append(connection)
        while (message := await connection.receive()) is not None:
            connection.write([message])

    listener = await listen(echo, options or WebSocketOptions(), host="127.0.0.1", port=0)
    try:
        async with asyncio.timeout(WAIT_S):
            yield f"ws://127.0.0.1:{listener.port}/"
    finally:
        await shut(listener)


async def shut(listener: WebSocketServer) -> None:
    listener.stop_accepting()
    await listener.wait_closed()


async def test_compression_is_never_negotiated() -> None:
    async with listening() as uri, connect(uri, compression="deflate") as client:
        assert client.response is not None
        assert "Sec-WebSocket-Extensions" not in client.response.headers


async def test_send_buffer_is_small() -> None:
    seen: list[Connection] = []
    async with listening(seen=seen) as uri, connect(uri) as client:
        await client.send("x")
        await client.recv()
        connection = seen[0]
        assert isinstance(connection, WebSocketConnection)
        sock = connection._socket.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * SEND_BUFFER_BYTES


@pytest.mark.parametrize("n_frames", [1, 4])
async def test_message_over_the_limit_closes_with_1009(n_frames: int) -> None:
    async with (
        listening(WebSocketOptions(limits=Limits(max_message_bytes=1000))) as uri,
        connect(uri) as client,
    ):
        await client.send("x" * 1000)
        assert len(await client.recv()) == 1000
        parts = ["x" * (1001 // n_frames + 1)] * n_frames
        await client.send(parts[0] if n_frames == 1 else iter(parts))
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1009


async def test_text_that_is_not_utf8_closes_with_1007() -> None:
    async with listening() as uri, connect(uri) as client:
        await client.send(b"\xff\xfe", text=True)
        with pytest.raises(ConnectionClosed):
            await client.recv()
        assert client.close_code == 1007


async def test_gate_answers_before_the_upgrade() -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []

    def gate(path: str, headers: Mapping[str, str]) -> HttpAnswer | None:
        asked.append((path, headers))
        return HttpAnswer(418, "short and stout", (("X-Pot", "tea"),), "text/x-tea")

    async with listening(WebSocketOptions(gate=gate)) as uri:
        with pytest.raises(InvalidStatus) as caught:
            await connect(f"{uri}kettle", additional_headers={"X-Cup": "1"})
    response = caught.value.response
    assert (response.status_code, response.body) == (418, b"short and stout")
    assert (response.headers["X-Pot"], response.headers["Content-Type"]) == ("tea", "text/x-tea")
    assert asked[0][0] == "/kettle"
    assert asked[0][1]["x-cup"] == "1"


async def test_gate_that_is_silent_lets_pass() -> None:
    async with listening(WebSocketOptions(gate=lambda _path, _headers: None)) as uri, connect(uri) as client:
        await client.send("in")
        assert await client.recv() == "in"


async def test_peer_that_does_not_answer_a_ping_is_dropped() -> None:
    seen: list[Connection] = []
    options = WebSocketOptions(ping_interval_s=0.01, ping_timeout_s=0.05, close_timeout_s=0.01)
    async with (
        listening(options, seen) as uri,
        connect(uri, ping_interval=None, close_timeout=0.01) as client,
    ):
        await client.send("x")
        await client.recv()
        client.transport.pause_reading()
        await seen[0].wait_closed()
        assert await seen[0].receive() is None


async def test_subprotocol_is_the_servers_choice_among_those_offered() -> None:
    seen: list[Connection] = []
    options = WebSocketOptions(subprotocols=("new", "old"))
    async with listening(options, seen) as uri:
        async with connect(uri, subprotocols=["old", "new"]) as client:  # type: ignore[list-item]
            await client.send("x")
            await client.recv()
        async with connect(uri) as client:
            await client.send("x")
            await client.recv()
    assert [connection.subprotocol for connection in seen] == ["new", None]


async def test_handshake_that_is_no_http_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async with listening() as uri:
        port = int(uri.rpartition(":")[2].rstrip("/"))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x16\x03\x01 this is TLS, or nothing\r\n\r\n")
        await reader.read()
        writer.close()
        await writer.wait_closed()
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


async def test_headers_are_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.client").setLevel(logging.WARNING)
    async with listening() as uri, connect(uri, additional_headers={"Authorization": "Bearer secret"}):
        pass
    assert "secret" not in caplog.text


async def test_stop_drops_a_connection_that_has_not_said_what_it_wants(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket, "OPEN_TIMEOUT_S", 3600)

    async def serve(connection: Connection) -> None:
        await connection.wait_closed()

    listener = await listen(serve, WebSocketOptions(), host="127.0.0.1", port=0)
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    async with connect(f"ws://127.0.0.1:{listener.port}/") as client, asyncio.timeout(WAIT_S):
        listener.stop_accepting()
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        await client.ping()
        listener.abort()
        await listener.wait_closed()
    writer.close()
    with contextlib.suppress(ConnectionResetError):
        await writer.wait_closed()


async def test_connections_beyond_the_number_of_sockets_are_dropped_unread() -> None:
    async with listening(WebSocketOptions(max_sockets=1)) as uri, connect(uri) as client:
        with pytest.raises((InvalidMessage, OSError)):
            await connect(uri, open_timeout=WAIT_S)
        await client.send("still here")
        assert await client.recv() == "still here"


async def test_a_connection_that_ended_when_its_last_bytes_had_left_can_be_dropped() -> None:
    errors: list[Exception] = []

    async def fill_and_close(connection: Connection) -> None:
        await connection.receive()
        connection.write([bytes(400_000)])
        assert connection.unsent_bytes
        connection._socket.transport.close()  # type: ignore[attr-defined]
        await connection.wait_closed()
        try:
            connection.abort()
        except AttributeError as error:
            errors.append(error)

    listener = await listen(fill_and_close, WebSocketOptions(), host="127.0.0.1", port=0)
    async with connect(f"ws://127.0.0.1:{listener.port}/", compression=None, max_size=None) as client:
        await client.send("x")
        assert len(await client.recv()) == 400_000
        await client.wait_closed()
    await shut(listener)
    assert errors == []
