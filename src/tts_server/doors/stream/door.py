"""The door of the protocol: whole messages in both directions, over WebSocket or in memory."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tts_server.doors.door import NotReadyError, Readiness, Ready
from tts_server.doors.seats import Seats
from tts_server.doors.stream.driver import CLOSE_TIMEOUT_S, ConnectionCosts, ConnectionDriver
from tts_server.doors.stream.unsent_share import UnsentShare
from tts_server.doors.stream.versions import SUBPROTOCOLS, version_of
from tts_server.doors.stream.websocket import SocketStats, WebSocketOptions, WebSocketServer, listen
from tts_server.errors import EndpointError
from tts_server.session.machine import SessionMachine

if TYPE_CHECKING:
    from tts_server.doors.stream.connection import Connection
    from tts_server.limits import Limits
    from tts_server.quiet_log import QuietLog

logger = logging.getLogger(__name__)

TRY_AGAIN_LATER: Final = 1013
GOING_AWAY: Final = 1001
INTERNAL_ERROR: Final = 1011

Address = socket.socket | tuple[str, int]
"""A bound stream socket, which the door then owns, or a name and a TCP port, 0 for any."""


def new_session_id() -> str:
    """Draw a name that nobody can guess."""
    return f"sess_{secrets.token_hex(8)}"


class StreamDoor:
    """A `Door`; see the head of this file.

    Args:
        limits: For all of its connections, and for each.
        quiet: Where lines about clients go.
        new_session_id: Names each session.
    """

    def __init__(
        self, limits: Limits, quiet: QuietLog, *, new_session_id: Callable[[], str] = new_session_id
    ) -> None:
        self._limits = limits
        self._quiet = quiet
        self._new_session_id = new_session_id
        self._drivers: dict[ConnectionDriver, asyncio.Task[None]] = {}
        self._share = UnsentShare(limits)
        self._numbers = itertools.count(1)
        self._readiness: Readiness
        self._address: Address | None = None
        self._options = WebSocketOptions()
        self._listener: WebSocketServer | None = None
        self._is_stopping = False
        self.seats = Seats(limits, self._drivers.keys(), asyncio.get_running_loop().time, quiet)
        """Who may come in, and who makes room."""

    def listen_on(self, address: Address, options: WebSocketOptions) -> None:
        """Listen there for WebSockets once it is opened; without it there is no listener."""
        self._address = address
        self._options = replace(options, subprotocols=SUBPROTOCOLS)

    @property
    def port(self) -> int | None:
        """The TCP port that it listens on, if it does."""
        return None if self._listener is None else self._listener.port

    @property
    def stats(self) -> SocketStats:
        """What its listener has to do."""
        return SocketStats() if self._listener is None else self._listener.stats

    @property
    def costs(self) -> tuple[ConnectionCosts, ...]:
        """What each connection keeps and has cost."""
        return tuple(driver.costs for driver in self._drivers)

    async def open(self, readiness: Readiness) -> None:
        """Let people in; see `Door`."""
        self._readiness = readiness
        address = self._address
        if address is None:
            return
        try:
            if isinstance(address, tuple):
                host, port = address
                self._listener = await listen(self.serve, self._options, host=host, port=port)
            else:
                self._listener = await listen(self.serve, self._options, sock=address)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
            raise EndpointError(reason) from error

    async def serve(self, connection: Connection) -> None:
        """Serve one connection until it ends; it waits for the model where that is not loaded."""
        if not self.seats.has_room():
            await connection.close(TRY_AGAIN_LATER, "too many connections", timeout_s=CLOSE_TIMEOUT_S)
            return
        self.seats.n_open += 1
        connection_id = str(next(self._numbers))
        logger.debug("connection %s opened by %s", connection_id, connection.peer)
        try:
            if (ready := await self._wait_until_ready(connection)) is not None:
                await self._drive(connection, ready, connection_id)
        finally:
            self.seats.n_open -= 1
            logger.debug("connection %s ended", connection_id)

    async def _wait_until_ready(self, connection: Connection) -> Ready | None:
        """Wait for the model; None where there is no connection to serve, or no model to serve it with."""
        if (ready := self._readiness.ready) is None:
            ended = asyncio.ensure_future(connection.wait_closed())
            waiting = asyncio.ensure_future(self._readiness.wait())
            try:
                await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    return None
                ready = waiting.result()
            except NotReadyError as why:
                code = GOING_AWAY if why.is_stopping else INTERNAL_ERROR
                await connection.close(code, str(why), timeout_s=CLOSE_TIMEOUT_S)
                return None
            finally:
                ended.cancel()
                waiting.cancel()
        return ready

    async def _drive(self, connection: Connection, ready: Ready, connection_id: str) -> None:
        if self._readiness.is_stopping or self._is_stopping:
            await connection.close(GOING_AWAY, "the server stops", timeout_s=CLOSE_TIMEOUT_S)
            return
        version = version_of(connection.subprotocol)
        driver = ConnectionDriver(
            connection,
            SessionMachine(self._new_session_id(), ready.info, ready.limits, version.terms),
            ready,
            dialect=version.dialect,
            share=self._share,
            connection_id=connection_id,
            quiet=self._quiet,
        )
        task = asyncio.current_task()
        if task is not None:
            self._drivers[driver] = task
        try:
            await driver.run()
        finally:
            self._drivers.pop(driver, None)

    def stop_accepting(self) -> None:
        """Let nobody in any more; see `Door`."""
        self._is_stopping = True
        if self._listener is not None:
            self._listener.stop_accepting()
        elif isinstance(self._address, socket.socket):
            self._address.close()

    async def drain(self, timeout_s: float) -> None:
        """Let what is being spoken end, and close; see `Door`."""
        for driver in list(self._drivers):
            driver.shutdown()
        late: set[asyncio.Task[None]] = set()
        if self._drivers:
            logger.info("stopping: %d connections are let finish", len(self._drivers))
            _, late = await asyncio.wait(set(self._drivers.values()), timeout=timeout_s + CLOSE_TIMEOUT_S)
            for task in late:
                task.cancel()
        if self._listener is not None:
            await self._wait_for_handlers(self._listener)
        elif late:
            await asyncio.wait(late)

    async def _wait_for_handlers(self, listener: WebSocketServer) -> None:
        """Let connections that were never served (they waited for the model) close in order, for a moment."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await listener.wait_closed()
        except TimeoutError:
            listener.abort()
            await listener.wait_closed()
