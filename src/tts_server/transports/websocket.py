"""Connections over WebSocket: the ``websockets`` library's asyncio server, kept from buffering speech.

A barge-in must not wait behind audio that nobody can call back, so the kernel's and the library's buffers
are small (together about half a second of audio), writing never waits, and several frames leave in one
system call.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from tts_server.transports.base import Connection, Handler, Message

SEND_BUFFER_BYTES: Final = 8192
"""``SO_SNDBUF`` of each connection; Linux doubles it. With the default a reader that stops leaves seconds of
speech in the kernel."""

WRITE_LIMIT_BYTES: Final = 8192
"""Bytes that may wait in the event loop's own buffer before ``is_writable`` turns false."""

MAX_QUEUED_MESSAGES: Final = 8
"""Messages read ahead before the socket is no longer read."""

OPEN_TIMEOUT_S: Final = 10.0
"""Longest that a client may take over the opening handshake."""


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


Gate = Callable[[str, Mapping[str, str]], HttpAnswer | None]
"""Looks at the path and headers (names in lower case) of a request before the upgrade; None lets it pass."""


@dataclass(frozen=True, slots=True)
class WebSocketOptions:
    """How a listener treats its connections.

    Args:
        gate: Looks at each request before the upgrade.
        max_message_bytes: A longer message from the client closes the connection with 1009.
        ping_interval_s: Seconds between keepalive pings; None sends none.
        ping_timeout_s: Seconds to wait for a pong; None waits for ever.
        close_timeout_s: Longest wait for the peer when the library itself closes, as after a missed pong.
        max_sockets: A connection beyond so many is dropped unread; above what the gate lets in, so that those
            that it refuses are told why.
        subprotocols: Subprotocols that the server speaks, the preferred one first.
    """

    gate: Gate = field(default=lambda _path, _headers: None)
    max_message_bytes: int = 256 * 1024
    ping_interval_s: float | None = 20.0
    ping_timeout_s: float | None = 120.0
    close_timeout_s: float = 5.0
    max_sockets: int = 1000
    subprotocols: tuple[str, ...] = ()


class Listener:
    """A listening WebSocket server. Made by ``listen``."""

    def __init__(self, server: Server, sockets: set[_Socket]) -> None:
        self._server = server
        self._sockets = sockets

    @property
    def port(self) -> int | None:
        """The TCP port that it listens on; None for a Unix socket."""
        for sock in self._server.sockets:
            if sock.family in {socket.AF_INET, socket.AF_INET6}:
                return cast("int", sock.getsockname()[1])
        return None

    def stop_accepting(self) -> None:
        """Take no new connections; those that are open go on, those that have not said what they want end."""
        self._server.close(close_connections=False)
        for connection in list(self._sockets):
            if connection.protocol.state is State.CONNECTING:
                connection.transport.abort()

    def abort(self) -> None:
        """Drop every connection."""
        for connection in list(self._sockets):
            connection.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until every connection has ended and its handler has returned. After ``stop_accepting``."""
        await self._server.wait_closed()


async def listen(
    handler: Handler,
    options: WebSocketOptions,
    *,
    sock: socket.socket | None = None,
    host: str | None = None,
    port: int | None = None,
) -> Listener:
    """Accept WebSocket connections and serve each with ``handler`` in a task of its own.

    Args:
        handler: Serves one connection.
        options: How connections are treated.
        sock: A bound stream socket, which the listener then owns; or else
        host: Name or address to bind, and
        port: TCP port, 0 for any.

    Raises:
        OSError: The address cannot be bound.
    """

    async def serve_one(socket_connection: ServerConnection) -> None:
        connection = cast("_Socket", socket_connection).wrapped()
        await handler(connection)

    def gate(connection: ServerConnection, request: Request) -> Response | None:
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        answer = options.gate(request.path, headers)
        return None if answer is None else _response(connection, answer)

    def select(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """The first of ours that is offered; a client that offers none of them goes without."""
        return next((Subprotocol(name) for name in options.subprotocols if name in offered), None)

    sockets: set[_Socket] = set()
    where: dict[str, Any] = {"host": host, "port": port} if sock is None else {"sock": sock}
    server = await serve(
        serve_one,
        **where,
        select_subprotocol=select,
        compression=None,
        process_request=gate,
        server_header=None,
        open_timeout=OPEN_TIMEOUT_S,
        ping_interval=options.ping_interval_s,
        ping_timeout=options.ping_timeout_s,
        close_timeout=options.close_timeout_s,
        max_size=options.max_message_bytes,
        max_queue=MAX_QUEUED_MESSAGES,
        write_limit=WRITE_LIMIT_BYTES,
        logger=_library_logger(),
        create_connection=_kept_in(sockets, options.max_sockets),
    )
    return Listener(server, sockets)


class _Socket(ServerConnection):
    """The library's connection, which also tells its ``WebSocketConnection`` when it may write again."""

    on_writable: Callable[[], None] | None = None
    siblings: set[_Socket]
    max_siblings: int

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.siblings.add(self)
        if len(self.siblings) > self.max_siblings:
            cast("asyncio.Transport", transport).abort()
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.siblings.discard(self)
        super().connection_lost(exc)
        self._tell()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._tell()

    def _tell(self) -> None:
        if self.on_writable is not None:
            self.on_writable()

    def wrapped(self) -> WebSocketConnection:
        return WebSocketConnection(self)


def _kept_in(sockets: set[_Socket], max_sockets: int) -> type[_Socket]:
    """The class of one listener's connections, which are found in ``sockets`` from accept to end."""

    class Kept(_Socket):
        siblings = sockets
        max_siblings = max_sockets

    return Kept


class WebSocketConnection(Connection):
    """A WebSocket connection whose opening handshake is done."""

    def __init__(self, socket_connection: _Socket) -> None:
        super().__init__(_peer_name(socket_connection), socket_connection.subprotocol)
        self._socket = socket_connection
        self._socket.on_writable = self._forward

    async def receive(self) -> Message | None:
        """Wait for the next message."""
        try:
            return await self._socket.recv()
        except ConnectionClosed:
            return None

    def write(self, messages: Sequence[Message]) -> None:
        """Send messages in one system call, if the kernel takes them."""
        protocol, transport = self._socket.protocol, self._socket.transport
        if protocol.state is not State.OPEN or transport.is_closing():
            return
        for message in messages:
            if isinstance(message, str):
                protocol.send_text(message.encode())
            else:
                protocol.send_binary(message)
        transport.write(b"".join(protocol.data_to_send()))

    @property
    def is_writable(self) -> bool:
        """Whether the event loop's buffer has room and the connection is open."""
        return not self._socket.paused and self._socket.protocol.state is State.OPEN

    @property
    def unsent_bytes(self) -> int:
        """Bytes in the event loop's buffer."""
        transport = cast("asyncio.WriteTransport", self._socket.transport)
        return transport.get_write_buffer_size()

    async def close(self, code: int = 1000, reason: str = "", *, timeout_s: float = 5.0) -> None:
        """Send a close frame after everything written and wait for the peer's."""
        self._socket.close_timeout = timeout_s
        try:
            # The library's own limit begins only when the close frame has left its buffer.
            async with asyncio.timeout(timeout_s):
                await self._socket.close(code, reason)
        except TimeoutError:
            self.abort()
            await self.wait_closed()

    def abort(self) -> None:
        """Drop the connection."""
        self._socket.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""
        await self._socket.wait_closed()

    def _forward(self) -> None:
        if self.on_writable is not None:
            self.on_writable()


def _response(connection: ServerConnection, answer: HttpAnswer) -> Response:
    response = connection.respond(answer.status, answer.text)
    headers = Headers()
    for name, value in response.headers.raw_items():
        headers[name] = answer.content_type if name.lower() == "content-type" else value
    for name, value in answer.headers:
        headers[name] = value
    response.headers = headers
    return response


def _peer_name(connection: ServerConnection) -> str:
    address = connection.remote_address
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else "a local process"


class _HandshakeFilter(logging.Filter):
    """Keeps what a port scanner does to an opening handshake from filling the log with tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.getMessage() not in {"opening handshake failed", "keepalive ping failed"}


def _library_logger() -> logging.Logger:
    """The logger for the library, from warnings on: below that it logs headers, and with them tokens."""
    library = logging.getLogger("tts_server.websockets")
    library.setLevel(logging.WARNING)
    if not library.filters:
        library.addFilter(_HandshakeFilter())
    return library


__all__ = ["Gate", "HttpAnswer", "Listener", "WebSocketConnection", "WebSocketOptions", "listen"]
