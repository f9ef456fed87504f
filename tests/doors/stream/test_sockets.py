"""What a socket sends is taken in turn and counted; whoever says nothing, or reads nothing, costs little."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.server.harness import until
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidMessage

from tts_server.bench.attackers import frame
from tts_server.doors.stream.connection import Connection
from tts_server.doors.stream.websocket import WebSocketConnection, WebSocketOptions, WebSocketServer, listen
from tts_server.limits import Limits

Serve = Callable[[Connection], Awaitable[None]]


async def echo(connection: Connection) -> None:
    while (message := await connection.receive()) is not None:
        connection.write([message])


async def hold(connection: Connection) -> None:
    await connection.wait_closed()


@contextlib.asynccontextmanager
async def listening(
    serve: Serve = echo, *, max_sockets: int = 1000, dropped: list[str] | None = None, **limits: float
) -> AsyncIterator[tuple[WebSocketServer, str]]:
    options = WebSocketOptions(
        limits=Limits(**limits),  # type: ignore[arg-type]
        max_sockets=max_sockets,
        on_dropped=(dropped if dropped is not None else []).append,
    )
    listener = await listen(serve, options, host="127.0.0.1", port=0)
    try:
        async with asyncio.timeout(30):
            yield listener, f"ws://127.0.0.1:{listener.port}"
    finally:
        listener.abort()
        listener.stop_accepting()
        await listener.wait_closed()


async def silent(listener: WebSocketServer) -> asyncio.StreamReader:
    """Open a socket that says nothing; its end is seen by reading."""
    n_before = listener.stats.newcomers + listener.stats.dropped
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    _KEPT.append(writer)
    await until(lambda: listener.stats.newcomers + listener.stats.dropped > n_before)
    return reader


_KEPT: list[asyncio.StreamWriter] = []


@pytest.fixture(autouse=True)
async def close_silent_sockets() -> AsyncIterator[None]:
    yield
    while _KEPT:
        _KEPT.pop().close()


async def test_oldest_newcomer_makes_room_for_the_next() -> None:
    dropped: list[str] = []
    async with listening(max_handshakes=2, dropped=dropped) as (listener, uri):
        first, second, third = [await silent(listener) for _ in range(3)]
        with contextlib.suppress(ConnectionError):
            assert await first.read() == b""
        assert not second.at_eof()
        assert not third.at_eof()
        assert (listener.stats.newcomers, listener.stats.dropped, len(dropped)) == (2, 1, 1)
        async with connect(uri) as client:
            await client.send("hello")
            assert await client.recv() == "hello"


async def test_newcomers_never_push_out_whoever_was_let_in() -> None:
    async with listening(max_sockets=4) as (listener, uri), connect(uri) as client:
        for _ in range(10):
            await silent(listener)
        assert listener.stats.sockets <= 4
        await client.send("hello")
        assert await client.recv() == "hello"


async def test_client_gets_in_while_silent_sockets_are_opened_without_end() -> None:
    async with listening(max_handshakes=20) as (listener, uri):

        async def open_silent() -> None:
            while True:
                await silent(listener)

        attack = asyncio.ensure_future(open_silent())
        await until(lambda: listener.stats.dropped > 20)
        for _ in range(5):
            async with connect(uri) as client:
                await client.send("hello")
                assert await client.recv() == "hello"
        attack.cancel()
        await asyncio.wait([attack])


async def test_message_of_many_pieces_arrives_whole() -> None:
    async with listening(turn_bytes=7) as (_, uri), connect(uri) as client:
        for message in ("", "x", "é" * 500, "y" * 3000):
            await client.send(message)
            assert await client.recv() == message


async def flood(client: ClientConnection, data: bytes) -> None:
    """Write the same bytes whenever the transport has taken the last of them."""
    while not client.transport.is_closing():
        client.transport.write(data)
        await client.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "data",
    [frame(b"", 9) * 2000, frame(b"", 10) * 2000, frame(b"{}") * 500],
    ids=["pings", "pongs", "messages"],
)
async def test_flood_waits_for_its_turns_and_others_are_served(data: bytes) -> None:
    async def swallow(connection: Connection) -> None:
        while (message := await connection.receive()) is not None:
            if message != "{}":
                connection.write([message])

    async with listening(swallow) as (listener, uri), connect(uri) as hostile, connect(uri) as client:
        flooding = asyncio.ensure_future(flood(hostile, data))
        await until(lambda: listener.stats.turns > 20)
        n_turns = listener.stats.turns
        for _ in range(20):
            await client.send("hello")
            assert await client.recv() == "hello"
        await until(lambda: listener.stats.turns > n_turns)
        flooding.cancel()
        await asyncio.wait([flooding])
        hostile.transport.abort()


async def test_pongs_that_nobody_reads_are_bounded() -> None:
    seen: list[Connection] = []

    async def remember(connection: Connection) -> None:
        seen.append(connection)
        await hold(connection)

    async with (
        listening(remember, max_unread_bytes=20_000, cpu_share=1.0) as (_, uri),
        connect(uri) as client,
    ):
        client.transport.pause_reading()
        flooding = asyncio.ensure_future(flood(client, frame(b"p" * 125, 9) * 1000))
        most, last = 0, -1
        while most == 0 or last != seen[0].kept_bytes:
            last = seen[0].kept_bytes
            most = max(most, last)
            await asyncio.sleep(0.1)
        assert 20_000 < most < 60_000
        flooding.cancel()
        await asyncio.wait([flooding])
        client.transport.resume_reading()
        await until(lambda: seen[0].kept_bytes == 0)


async def test_messages_that_nobody_takes_are_counted_and_let_go() -> None:
    taken: asyncio.Queue[None] = asyncio.Queue()
    seen: list[Connection] = []

    async def take_when_told(connection: Connection) -> None:
        seen.append(connection)
        while True:
            await taken.get()
            if await connection.receive() is None:
                return

    async with listening(take_when_told) as (_, uri), connect(uri) as client:
        await client.send("x" * 1000)
        await client.send(b"y" * 200)
        await client.ping()
        await until(lambda: seen and seen[0].kept_bytes == 1008 + 208)
        taken.put_nowait(None)
        await until(lambda: seen[0].kept_bytes == 208)
        client.transport.write(frame(b"z" * 100)[:50])
        await until(lambda: seen[0].kept_bytes == 258)
        taken.put_nowait(None)
        await until(lambda: seen[0].kept_bytes == 50)
        client.transport.abort()
        taken.put_nowait(None)
        await until(lambda: seen[0].kept_bytes == 0)


async def test_parts_of_messages_on_many_connections_are_bounded_in_all() -> None:
    dropped: list[str] = []
    half = frame(b"x" * 60_000)[:50_000]
    async with listening(hold, dropped=dropped, max_inbound_bytes=120_000) as (listener, uri):
        clients = [await connect(uri) for _ in range(5)]
        async with connect(uri) as small:
            small.transport.write(frame(b"x" * 600)[:500])
            for client in clients:
                client.transport.write(half)
            await until(lambda: len(dropped) >= 3)
            await until(lambda: listener.stats.sockets <= 3)
            assert not small.transport.is_closing(), "who sent most is dropped, and nobody else"
            small.transport.abort()
        for client in clients:
            client.transport.abort()
    assert len(dropped) == 3


async def test_work_is_charged_to_whoever_asked_for_it() -> None:
    seen: list[Connection] = []

    async def remember(connection: Connection) -> None:
        seen.append(connection)
        await echo(connection)

    async with listening(remember) as (_, uri), connect(uri) as busy, connect(uri) as idle:
        for _ in range(50):
            await busy.send("x" * 1000)
            await busy.recv()
        assert isinstance(seen[0], WebSocketConnection)
        assert seen[0].cpu_s > 10 * seen[1].cpu_s >= 0
        before_s = seen[1].cpu_s
        seen[1].charge(2.0)
        assert seen[1].cpu_s == pytest.approx(before_s + 2.0)
        await idle.send("still served")
        assert await idle.recv() == "still served"


async def test_port_is_one_on_every_address_of_a_name() -> None:
    listener = await listen(echo, WebSocketOptions(), host="localhost", port=0)
    try:
        ports = {sock.getsockname()[1] for sock in listener._server.sockets}
        assert ports == {listener.port}
    finally:
        listener.stop_accepting()
        await listener.wait_closed()


async def test_library_still_speaks_where_nothing_is_read_at_all() -> None:
    async with listening() as (listener, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        with contextlib.suppress(ConnectionError, InvalidMessage):
            assert b" 400 " in await reader.read(), "the key is missing"
        writer.close()
