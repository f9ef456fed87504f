"""The connections of a transcript: read as fast as messages come, unless a transcript says otherwise."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import Any, Final, cast

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from tts_server.endpoint import Endpoint
from tts_server.errors import ConformanceError, ConnectFailedError
from tts_server.wording import show_text

STOPPED_BUFFER_BYTES: Final = 16384
"""``SO_RCVBUF`` of a connection that stops reading: the kernel must not go on reading in its place."""

CLOSE_TIMEOUT_S: Final = 2.0
"""Longest wait for the server's half of a closing handshake, after which the connection is dropped."""

WRONG_TOKEN: Final = "certainly-not-the-right-token"  # noqa: S105 - it is meant to be refused


@dataclass(frozen=True, slots=True)
class Target:
    """The server that is tried.

    Args:
        endpoint: Where it listens.
        auth_token: Bearer token to send; None sends none.
    """

    endpoint: Endpoint
    auth_token: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a connection, as it stands in the inbox behind the last message."""

    code: int
    reason: str


class _Socket(ClientConnection):
    """The library's connection, which also counts the pings of the server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pings: asyncio.Queue[None] = asyncio.Queue()

    def answer_no_pings(self) -> None:
        """Send no pongs from now on."""
        send_frame = self.protocol.send_frame

        def send_all_but_pongs(frame: Frame) -> None:
            if frame.opcode is not Opcode.PONG:
                send_frame(frame)

        setattr(self.protocol, "send_frame", send_all_but_pongs)  # noqa: B010 - a method, to mypy

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pings.put_nowait(None)
        super().process_event(event)


class Wire:
    """One connection. Made by ``open_wire``."""

    def __init__(self, name: str, connection: _Socket) -> None:
        self.name = name
        self.inbox: asyncio.Queue[str | bytes | Closed] = asyncio.Queue()
        self._socket = connection
        self._reader = asyncio.create_task(self._read())

    @property
    def pings(self) -> asyncio.Queue[None]:
        """One entry for each ping of the server."""
        return self._socket.pings

    @property
    def negotiated(self) -> dict[str, Any]:
        """What the opening handshake agreed on."""
        return {
            "subprotocol": self._socket.subprotocol,
            "extensions": [extension.name for extension in self._socket.protocol.extensions],
        }

    async def _read(self) -> None:
        try:
            while True:
                self.inbox.put_nowait(await self._socket.recv())
        except ConnectionClosed:
            self.inbox.put_nowait(Closed(self._socket.close_code or 1006, self._socket.close_reason or ""))

    async def send(self, message: str | bytes) -> None:
        """Send a frame; a connection that has ended swallows it, and the inbox tells of the end."""
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(message)

    def stop_reading(self) -> None:
        """Take nothing more from the kernel."""
        sock = self._socket.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STOPPED_BUFFER_BYTES)
        cast("asyncio.ReadTransport", self._socket.transport).pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        cast("asyncio.ReadTransport", self._socket.transport).resume_reading()

    def drop(self) -> None:
        """Vanish, without a word."""
        if not self._socket.transport.is_closing():
            self._socket.transport.abort()

    async def aclose(self) -> None:
        """Close the connection, in whatever state it is."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                if not self._reader.done():
                    await self._socket.close()
        except TimeoutError:
            self.drop()
        await self._reader


class _Here(connect):
    """Connects to the address that was asked for and to no other: a redirect would lead the token away."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow nothing."""
        return exc


async def open_wire(target: Target, options: dict[str, Any]) -> Wire | int:
    """Open a connection.

    Args:
        target: The server.
        options: ``name``; ``token`` (``right``, ``wrong`` or ``none``), ``origin``, ``subprotocols``,
            ``compression`` and ``pong`` of a transcript's ``connect``.

    Returns:
        The connection, or the HTTP status that it was refused with.

    Raises:
        ConnectFailedError: Nobody answers.
        ConformanceError: The answer is no WebSocket handshake.
    """
    endpoint = target.endpoint
    token = {"right": target.auth_token, "wrong": WRONG_TOKEN, "none": None}[options.get("token", "right")]
    settings: dict[str, Any] = {
        "additional_headers": {} if token is None else {"Authorization": f"Bearer {token}"},
        "subprotocols": [Subprotocol(name) for name in options.get("subprotocols", ())] or None,
        "compression": "deflate" if options.get("compression") else None,
        "origin": options.get("origin"),
        "create_connection": _Socket,
        "ping_interval": None,
        "max_size": None,
        "max_queue": None,
        "proxy": None if endpoint.is_local else True,
    }
    try:
        if endpoint.socket_path is not None:
            made = await unix_connect(endpoint.socket_path, uri=endpoint.websocket_uri, **settings)
        else:
            made = await _Here(endpoint.websocket_uri, **settings)
    except InvalidStatus as error:
        return error.response.status_code
    except InvalidHandshake as error:
        raise ConformanceError(f"the opening handshake failed: {error}") from error
    except InvalidProxy as error:
        # Without the address, which may carry a password.
        raise ConnectFailedError(
            f"the proxy for {endpoint} cannot be used: {show_text(error.msg)}"
        ) from error
    except (OSError, EOFError, ValueError, ImportError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ConnectFailedError(f"{endpoint} cannot be reached: {show_text(reason)}") from error
    connection = cast("_Socket", made)
    if not options.get("pong", True):
        connection.answer_no_pings()
    return Wire(options.get("name", "main"), connection)
