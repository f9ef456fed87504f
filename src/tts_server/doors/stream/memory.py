"""Two ends of a connection in one process, for tests: no sockets, and a peer that reads when told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from tts_server.doors.stream.connection import Connection, Message


class MemoryConnection(Connection):
    """One end; made in pairs by ``connect``.

    Messages up to ``capacity_bytes`` stand for what the operating system holds; those beyond it count as
    unsent until the peer has read enough of the others.
    """

    def __init__(self, peer: str, capacity_bytes: int, subprotocol: str | None = None) -> None:
        super().__init__(peer, subprotocol)
        self.close_code: int | None = None
        """The code with which the connection ended; 1006 after an abort, None while it lives."""
        self.close_reason = ""
        self._capacity_bytes = capacity_bytes
        self._inbox: deque[Message] = deque()
        self._inbox_bytes = 0
        self._n_written = 0
        self._arrived = asyncio.Event()
        self._ended = asyncio.Event()
        self._closing: tuple[int, str] | None = None
        self._other: MemoryConnection = self

    async def receive(self) -> Message | None:
        """Take the next message out of the inbox; a close is seen after the messages that came before it."""
        while not self._inbox:
            if self._other._closing is not None:
                self._end(*self._other._closing)
            if self._ended.is_set():
                return None
            self._arrived.clear()
            await self._arrived.wait()
        message = self._inbox.popleft()
        was_writable = self._other.is_writable
        self._inbox_bytes -= _size(message)
        if not was_writable and self._other.is_writable and self._other.on_writable is not None:
            self._other.on_writable()
        return message

    def write(self, messages: Sequence[Message]) -> None:
        """Put messages into the peer's inbox."""
        if self._ended.is_set() or self._closing is not None:
            return
        for message in messages:
            self._other._inbox.append(message)
            self._other._inbox_bytes += _size(message)
            self._n_written += _size(message)
        self._other._arrived.set()

    @property
    def is_writable(self) -> bool:
        """Whether the peer's inbox is within the capacity."""
        return not self._ended.is_set() and self.unsent_bytes == 0

    @property
    def unsent_bytes(self) -> int:
        """Bytes in the peer's inbox beyond the capacity."""
        return max(0, self._other._inbox_bytes - self._capacity_bytes)

    @property
    def accepted_bytes(self) -> int:
        """Bytes that went into the peer's inbox within its capacity."""
        return self._n_written - self.unsent_bytes

    async def close(self, code: int = 1000, reason: str = "", *, timeout_s: float = 5.0) -> None:
        """Let the peer read what was written, then end both ends."""
        if not self._ended.is_set() and self._closing is None:
            self._closing = (code, reason)
            self._other._arrived.set()
        try:
            async with asyncio.timeout(timeout_s):
                await self._ended.wait()
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """End both ends; the peer still sees what was sent before."""
        self._end(1006, "")

    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""
        await self._ended.wait()

    def _end(self, code: int, reason: str) -> None:
        if self._ended.is_set():
            return
        for end in (self, self._other):
            end.close_code, end.close_reason = code, reason
            end._ended.set()
            end._arrived.set()
            if end.on_writable is not None:
                end.on_writable()


def connect(
    *, capacity_bytes: int = 16384, subprotocol: str | None = None
) -> tuple[MemoryConnection, MemoryConnection]:
    """Make a connection; needs a running event loop.

    Returns:
        The server's end and the client's end, which are alike.
    """
    server = MemoryConnection("memory", capacity_bytes, subprotocol)
    client = MemoryConnection("memory", capacity_bytes, subprotocol)
    server._other, client._other = client, server
    return server, client


def _size(message: Message) -> int:
    return len(message) if isinstance(message, bytes) else len(message.encode())
