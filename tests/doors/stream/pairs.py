"""Each transport as a pair: the server's end, and a client that reads only when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed

from tts_server.doors.stream import memory
from tts_server.doors.stream.connection import Connection, Message
from tts_server.doors.stream.websocket import WebSocketOptions, listen


class Client(ABC):
    """The other end of a connection, as a test needs it."""

    @abstractmethod
    async def send(self, message: Message) -> None: ...

    @abstractmethod
    async def receive(self) -> Message | None:
        """Read the next message; None when the connection has ended."""

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    def vanish(self) -> None:
        """End without a word."""

    @property
    @abstractmethod
    def close_code(self) -> int | None: ...


class MemoryClient(Client):
    def __init__(self, end: memory.MemoryConnection) -> None:
        self.end = end

    async def send(self, message: Message) -> None:
        self.end.write([message])

    async def receive(self) -> Message | None:
        return await self.end.receive()

    async def close(self) -> None:
        await self.end.close()

    def vanish(self) -> None:
        self.end.abort()

    @property
    def close_code(self) -> int | None:
        return self.end.close_code


class SocketClient(Client):
    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, message: Message) -> None:
        await self.connection.send(message)

    async def receive(self) -> Message | None:
        try:
            return await self.connection.recv()
        except ConnectionClosed:
            return None

    async def close(self) -> None:
        await self.connection.close()

    def vanish(self) -> None:
        self.connection.transport.abort()

    @property
    def close_code(self) -> int | None:
        return self.connection.close_code


Pair = tuple[Connection, Client]


@contextlib.asynccontextmanager
async def memory_pair(_folder: Path) -> AsyncIterator[Pair]:
    server, client = memory.connect()
    yield server, MemoryClient(client)
    server.abort()


@contextlib.asynccontextmanager
async def websocket_pair(folder: Path, *, tcp: bool = False) -> AsyncIterator[Pair]:
    arrived: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()

    async def handler(connection: Connection) -> None:
        arrived.set_result(connection)
        await connection.wait_closed()

    options = WebSocketOptions()
    path = str(folder / "pair.sock")
    if tcp:
        listener = await listen(handler, options, host="127.0.0.1", port=0)
        connecting = connect(
            f"ws://127.0.0.1:{listener.port}/", compression=None, max_queue=1, close_timeout=1
        )
    else:
        sock = socket.socket(socket.AF_UNIX)
        sock.bind(path)
        listener = await listen(handler, options, sock=sock)
        connecting = unix_connect(path, "ws://localhost/", compression=None, max_queue=1, close_timeout=1)
    async with connecting as client:
        connection = await arrived
        yield connection, SocketClient(client)
        connection.abort()
    listener.stop_accepting()
    await listener.wait_closed()


@contextlib.asynccontextmanager
async def tcp_pair(folder: Path) -> AsyncIterator[Pair]:
    async with websocket_pair(folder, tcp=True) as pair:
        yield pair


PAIRS: dict[str, Callable[[Path], AbstractAsyncContextManager[Pair]]] = {
    "memory": memory_pair,
    "unix": websocket_pair,
    "tcp": tcp_pair,
}
