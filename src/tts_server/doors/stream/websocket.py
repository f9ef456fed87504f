"""Connections over WebSocket: the ``websockets`` library's asyncio server, kept from buffering speech.

A barge-in must not wait behind audio that nobody can call back, so the kernel's and the library's buffers
are small (together about half a second of audio), writing never waits, and several frames leave in one
system call. What a client sends is taken in turn with the others (`sockets`).
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.typing import Subprotocol

from tts_server.doors.http import HttpAnswer
from tts_server.doors.stream.connection import Connection, Handler, Message
from tts_server.doors.stream.sockets import Gate, Guard, GuardedSocket
from tts_server.doors.turns import Turnstile
from tts_server.limits import Limits

WRITE_LIMIT_BYTES: Final = 8192
"""Bytes that may wait in the event loop's own buffer before ``is_writable`` turns false."""

MAX_QUEUED_MESSAGES: Final = 4
"""Frames read ahead before the socket is no longer read."""

OPEN_TIMEOUT_S: Final = 10.0
"""Longest that a client may take over the opening handshake."""

ACCEPTED_AT_ONCE: Final = 8
"""Connections that are accepted before others get their turn; each takes about 0.5 ms."""

BACKLOG: Final = 128
"""Connections that the kernel keeps until they are accepted: a client that finds it full may be refused."""

PORT_TRIES: Final = 20
"""Ports that are tried until one is free on every address of a name."""


@dataclass(frozen=True, slots=True)
class WebSocketOptions:
    """How a server of WebSockets treats its connections.

    Args:
        gate: Looks at each request before the upgrade.
        limits: What one connection may cost, and how long its messages may be.
        ping_interval_s: Seconds between keepalive pings; None sends none.
        ping_timeout_s: Seconds to wait for a pong; None waits for ever.
        close_timeout_s: Longest wait for the peer when the library itself closes, as after a missed pong.
        max_sockets: Sockets in all; above what the gate lets in, so that those that it refuses are told why.
        on_dropped: Told, in a few words that are always the same, why a socket was dropped to make room.
        subprotocols: Subprotocols that the server speaks, the preferred one first.
    """

    gate: Gate = field(default=lambda _path, _headers: None)
    limits: Limits = field(default_factory=Limits)
    ping_interval_s: float | None = 20.0
    ping_timeout_s: float | None = 120.0
    close_timeout_s: float = 5.0
    max_sockets: int = 1000
    on_dropped: Callable[[str], None] = field(default=lambda _why: None)
    subprotocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SocketStats:
    """What a server of WebSockets has to do.

    Args:
        sockets: Open ones.
        newcomers: Those of them whose opening handshake is not done.
        dropped: Newcomers that made room for others, since the start.
        turns: Turns that were waited for by those who ask for more than their share, since the start.
        newcomers_cpu_s: Processor time that opening handshakes took, since the start.
    """

    sockets: int = 0
    newcomers: int = 0
    dropped: int = 0
    turns: int = 0
    newcomers_cpu_s: float = 0.0


class WebSocketServer:
    """A listening WebSocket server. Made by ``listen``."""

    def __init__(self, server: Server, guard: Guard) -> None:
        self._server = server
        self._guard = guard

    @property
    def port(self) -> int | None:
        """The TCP port that it listens on; None for a Unix socket."""
        for sock in self._server.sockets:
            if sock.family in {socket.AF_INET, socket.AF_INET6}:
                return cast("int", sock.getsockname()[1])
        return None

    @property
    def stats(self) -> SocketStats:
        """How it is now."""
        guard = self._guard
        return SocketStats(
            sockets=len(guard.sockets),
            newcomers=len(guard.newcomers),
            dropped=guard.n_dropped,
            turns=guard.turnstile.n_turns,
            newcomers_cpu_s=guard.newcomers_account.cpu_s,
        )

    def stop_accepting(self) -> None:
        """Take no new connections; those that are open go on, those that have not said what they want end."""
        self._server.close(close_connections=False)
        for connection in list(self._guard.sockets):
            if connection.protocol.state is State.CONNECTING:
                connection.transport.abort()

    def abort(self) -> None:
        """Drop every connection."""
        for connection in list(self._guard.sockets):
            connection.transport.abort()

    async def wait_closed(self) -> None:
        """Wait until every connection has ended and its handler has returned. After ``stop_accepting``."""
        await self._server.wait_closed()
        self._guard.turnstile.close()


async def listen(
    handler: Handler,
    options: WebSocketOptions,
    *,
    sock: socket.socket | None = None,
    host: str | None = None,
    port: int | None = None,
) -> WebSocketServer:
    """Accept WebSocket connections and serve each with ``handler`` in a task of its own.

    Args:
        handler: Serves one connection.
        options: How connections are treated.
        sock: A bound stream socket, which the listener then owns; or else
        host: Name or address to bind, and
        port: TCP port, 0 for any; the same one on every address of the name.

    Raises:
        OSError: The address cannot be bound.
    """
    loop = asyncio.get_running_loop()
    guard = Guard(
        limits=options.limits,
        gate=options.gate,
        turnstile=Turnstile(options.limits.cpu_share, loop.time, loop.call_at),
        max_sockets=options.max_sockets,
        on_dropped=options.on_dropped,
    )
    if sock is not None:
        return await _serve(handler, options, guard, sock=sock)
    if port != 0:
        return await _serve(handler, options, guard, host=host, port=port)
    for _ in range(PORT_TRIES):
        try:
            return await _serve(handler, options, guard, host=host, port=await _free_port(host))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, f"no port was free on every address of {host} in {PORT_TRIES} tries")


async def _free_port(host: str | None) -> int:
    """A port that was free a moment ago; 0, for the system's own choice, where there is but one address."""
    loop = asyncio.get_running_loop()
    flags = socket.AI_PASSIVE
    found = await loop.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=flags)
    addresses = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    if len(addresses) < 2:
        return 0
    family, address = addresses[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind(address)
        return cast("int", probe.getsockname()[1])


async def _serve(handler: Handler, options: WebSocketOptions, guard: Guard, **where: Any) -> WebSocketServer:
    async def serve_one(socket_connection: ServerConnection) -> None:
        await handler(WebSocketConnection(cast("GuardedSocket", socket_connection)))

    def select(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        """The first of ours that is offered; a client that offers none of them goes without."""
        return next((Subprotocol(name) for name in options.subprotocols if name in offered), None)

    server = await serve(
        serve_one,
        **where,
        select_subprotocol=select,
        compression=None,
        server_header=None,
        open_timeout=OPEN_TIMEOUT_S,
        ping_interval=options.ping_interval_s,
        ping_timeout=options.ping_timeout_s,
        close_timeout=options.close_timeout_s,
        max_size=options.limits.max_message_bytes,
        max_queue=MAX_QUEUED_MESSAGES,
        write_limit=WRITE_LIMIT_BYTES,
        logger=_library_logger(),
        create_connection=_guarded_by(guard),
        backlog=ACCEPTED_AT_ONCE,
    )
    for listening in server.sockets:
        # asyncio takes one number for both.
        with socket.socket(fileno=os.dup(listening.fileno())) as same:
            same.listen(BACKLOG)
    return WebSocketServer(server, guard)


def _guarded_by(guard: Guard) -> type[GuardedSocket]:
    """The class of one listener's sockets."""

    class Guarded(GuardedSocket):
        pass

    Guarded.guard = guard
    return Guarded


class WebSocketConnection(Connection):
    """A WebSocket connection whose opening handshake is done."""

    def __init__(self, socket_connection: GuardedSocket) -> None:
        super().__init__(_peer_name(socket_connection), socket_connection.subprotocol)
        self._socket = socket_connection
        self._socket.on_writable = self._forward
        self._socket.let_in()

    async def receive(self) -> Message | None:
        """Wait for the next message, and for this connection's turn."""
        await self._socket.turn()
        try:
            message = await self._socket.recv()
        except ConnectionClosed:
            return None
        self._socket.took()
        return message

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
        self._socket.send_bytes(b"".join(protocol.data_to_send()))

    @property
    def is_writable(self) -> bool:
        """Whether the event loop's buffer has room and the connection is open."""
        return not self._socket.paused and self._socket.protocol.state is State.OPEN

    @property
    def unsent_bytes(self) -> int:
        """Bytes in the event loop's buffer."""
        return self._socket.unsent_bytes

    @property
    def accepted_bytes(self) -> int:
        """Bytes that the operating system has taken since the handshake, pongs included."""
        return self._socket.accepted_bytes

    @property
    def kept_bytes(self) -> int:
        """Bytes in the event loop's and the library's buffers, both directions."""
        return self._socket.kept_bytes

    @property
    def cpu_s(self) -> float:
        """Processor time that was charged to it."""
        return self._socket.account.cpu_s

    def charge(self, cpu_s: float) -> None:
        """Put work on this connection's account."""
        self._socket.account.charge(cpu_s)

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


__all__ = [
    "Gate",
    "HttpAnswer",
    "SocketStats",
    "WebSocketConnection",
    "WebSocketOptions",
    "WebSocketServer",
    "listen",
]
