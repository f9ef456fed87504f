"""One connection to one client, whatever carries it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence

Message = str | bytes


class Connection(ABC):
    """A stream of whole messages in both directions, in order.

    Used on the event loop's thread alone. Writing never waits: the writer looks at ``is_writable`` and is
    told by ``on_writable`` when it may go on. Once the connection has ended, whoever ended it, writing does
    nothing.

    Args:
        peer: Who is on the other side, for the log.
        subprotocol: What the two sides agreed to speak, if they agreed on anything.
    """

    def __init__(self, peer: str, subprotocol: str | None = None) -> None:
        self.peer = peer
        self.subprotocol = subprotocol
        self.on_writable: Callable[[], None] | None = None
        """Called when ``is_writable`` becomes true again, and when the connection ends."""

    @abstractmethod
    async def receive(self) -> Message | None:
        """Wait for the next message: str for text, bytes for binary, None when the connection has ended.

        Cancelling it loses nothing. At most one task may wait.
        """

    @abstractmethod
    def write(self, messages: Sequence[Message]) -> None:
        """Send messages after all those before. Returns at once, whatever ``is_writable`` says."""

    @property
    @abstractmethod
    def is_writable(self) -> bool:
        """Whether the way to the peer has room for more; false once the connection has ended."""

    @property
    @abstractmethod
    def unsent_bytes(self) -> int:
        """Bytes written that neither the operating system nor the peer has taken yet."""

    @property
    @abstractmethod
    def accepted_bytes(self) -> int:
        """Bytes written that the operating system or the peer has taken, since the connection was opened."""

    @property
    def kept_bytes(self) -> int:
        """Bytes that the transport keeps for this connection, in both directions."""
        return self.unsent_bytes

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time that were charged to this connection."""
        return 0.0

    def charge(self, cpu_s: float) -> None:  # noqa: B027 - a transport whose peers cannot flood keeps no accounts
        """Take note of work that was done for this connection; one that costs much waits its turn."""

    @abstractmethod
    async def close(self, code: int = 1000, reason: str = "", *, timeout_s: float = 5.0) -> None:
        """End the connection after everything written, and wait for its end for at most ``timeout_s``.

        Idempotent. Cancelling it leaves a connection that is closing; ``abort`` then ends it.
        """

    @abstractmethod
    def abort(self) -> None:
        """End the connection at once; what was not sent is lost. Idempotent."""

    @abstractmethod
    async def wait_closed(self) -> None:
        """Wait until the connection has ended."""


Handler = Callable[[Connection], Awaitable[None]]
"""Serves one connection until it ends; the transport closes the connection when it returns."""
