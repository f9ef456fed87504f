"""One socket of the listener: read in small pieces and in turn, answered once, never let to pile up bytes.

Theory of operation. What a socket sends is taken in pieces of ``turn_bytes``, each charged to an account
(`turns`); one that is overdrawn is not read until its turn comes. Until its opening handshake is done a
socket is a *newcomer*: newcomers share one account, and when there are too many the one that has waited
longest makes room. The first thing that a newcomer says is the head of an HTTP request, which is judged here
(`http`); only a request for a WebSocket that the gate lets pass reaches the library.

Reading stops for as long as there is a reason: the socket's turn has not come, messages that nobody has
taken yet, answers of the library's own (pongs) that the peer does not read.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, cast

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import State

from tts_server.doors.http import HEAD_END, MAX_HEAD_BYTES, BadRequestError, HttpAnswer, parse_head, render
from tts_server.doors.turns import Account, Turnstile
from tts_server.limits import Limits

SEND_BUFFER_BYTES: Final = 8192
"""``SO_SNDBUF`` of each connection; Linux doubles it. With the default a reader that stops leaves seconds of
speech in the kernel."""

HANDSHAKE_CPU_S: Final = 0.0005
"""Work of an opening handshake beyond reading it, which nobody measures one by one."""

LINGER_S: Final = 1.0
"""How long a peer that was answered in HTTP may take to read the answer and close."""

Gate = Callable[[str, Mapping[str, str]], HttpAnswer | None]
"""Looks at the path and headers (names in lower case) of a request before the upgrade; None lets it pass."""

_NO_PAGE: Final = HttpAnswer(
    HTTPStatus.UPGRADE_REQUIRED,
    "This is a WebSocket server, and there is no page of that name.\n",
    (("Upgrade", "websocket"),),
)


@dataclass
class Guard:
    """What the sockets of one listener share.

    Args:
        limits: What a connection may cost.
        gate: Looks at each request.
        turnstile: Whose turn it is.
        max_sockets: Sockets that may be open in all.
        on_dropped: Told why a socket was dropped to make room.
    """

    limits: Limits
    gate: Gate
    turnstile: Turnstile
    max_sockets: int
    on_dropped: Callable[[str], None]
    sockets: set[GuardedSocket] = field(default_factory=set)
    newcomers: dict[GuardedSocket, None] = field(default_factory=dict)
    """Those whose handshake is not done, the one that came first in front."""
    n_dropped: int = 0
    n_inbound_bytes: int = 0
    """Bytes that came on all sockets and were not taken yet by whoever serves them."""

    def __post_init__(self) -> None:
        self.newcomers_account = self.turnstile.open()

    def welcome(self, newcomer: GuardedSocket) -> None:
        """Take a socket that has just been accepted; whoever has waited longest for nothing makes room."""
        self.sockets.add(newcomer)
        self.newcomers[newcomer] = None
        if len(self.newcomers) > self.limits.max_handshakes or len(self.sockets) > self.max_sockets:
            oldest = next(iter(self.newcomers))
            self.forget(oldest)
            self._drop(oldest, "too many have not said what they want")

    def forget(self, gone: GuardedSocket) -> None:
        """A socket has ended. Idempotent."""
        self.sockets.discard(gone)
        self.newcomers.pop(gone, None)

    def count_inbound(self, n_more_bytes: int) -> None:
        """Take note of bytes that came, or were taken; where there are too many, who sent most is dropped."""
        self.n_inbound_bytes += n_more_bytes
        if n_more_bytes > 0 and self.n_inbound_bytes > self.limits.max_inbound_bytes:
            largest = max(self.sockets, key=lambda one: one.n_inbound_bytes)
            self._drop(largest, "too many bytes of messages are not handled yet")

    def _drop(self, dropped: GuardedSocket, why: str) -> None:
        dropped.drop()
        self.n_dropped += 1
        self.on_dropped(why)


class _GoneTransport:
    """Stands for a transport that has ended, at which asyncio's own may raise when it is aborted again."""

    def __init__(self, gone: asyncio.Transport) -> None:
        self._gone = gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gone, name)

    def abort(self) -> None:
        """Do nothing: it has ended."""


class GuardedSocket(ServerConnection):
    """The library's connection; see the head of this file. Subclassed for each listener, with its guard."""

    guard: Guard

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on_writable: Callable[[], None] | None = None
        self.account: Account = self.guard.newcomers_account
        self._head: bytearray | None = bytearray()
        self._is_deaf = False
        self._linger: asyncio.TimerHandle | None = None
        self._rest = b""
        self._reasons: set[str] = set()
        self._n_written = 0
        self._n_partial = 0
        self._untaken: deque[int] = deque()
        self.n_inbound_bytes = 0

    # --- what the transport says ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what is read at once and what the kernel keeps; as a newcomer."""
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        if hasattr(transport, "max_size"):
            # How much asyncio's transport reads at once; others are read in pieces below all the same.
            transport.max_size = self.guard.limits.turn_bytes
        super().connection_made(transport)
        self.recv_messages.pause = lambda: self._stop_reading("untaken")
        self.recv_messages.resume = lambda: self._go_on_reading("untaken")
        self.guard.welcome(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        self.guard.forget(self)
        if self.account is not self.guard.newcomers_account:
            self.account.close()
        if self._linger is not None:
            self._linger.cancel()
        self._let_go_of_inbound()
        super().connection_lost(exc)
        self.transport = cast("asyncio.Transport", _GoneTransport(self.transport))
        self.tell()

    def resume_writing(self) -> None:
        """The peer has taken what waited."""
        super().resume_writing()
        self._go_on_reading("unread")
        self.tell()

    def data_received(self, data: bytes) -> None:
        """Take what came, or keep it until its turn."""
        self._rest += data
        if "turn" in self._reasons:
            return
        if self.account.is_overdrawn and not self._is_deaf:
            self._wait_for_turn()
        else:
            self._take_turn()

    def eof_received(self) -> None:
        """The peer sends no more."""
        if self._head:
            self._answer(HttpAnswer(HTTPStatus.BAD_REQUEST, "The request is not complete.\n"))
        super().eof_received()

    # --- turns ----------------------------------------------------------------------------------------------

    def _take_turn(self) -> None:
        """Take one piece of what came; stand in line for the next where that is due."""
        n_bytes = self.guard.limits.turn_bytes
        piece, self._rest = self._rest[:n_bytes], self._rest[n_bytes:]
        if piece:
            began_s = time.thread_time()
            self._take(piece)
            self.account.charge(time.thread_time() - began_s)
        if self.unsent_bytes > self.guard.limits.max_unread_bytes:
            self._stop_reading("unread")
            self.tell()
        if self._rest or (piece and self.account.is_overdrawn and not self._is_deaf):
            self._wait_for_turn()
        else:
            self._go_on_reading("turn")

    def _wait_for_turn(self) -> None:
        self._stop_reading("turn")
        self.guard.turnstile.stand_in_line(self._on_turn)

    def _on_turn(self) -> None:
        if self._reasons - {"turn"} and self._rest:
            # Its turn is given up: what is waited for leads back here.
            self._reasons.discard("turn")
            return
        self._take_turn()

    async def turn(self) -> None:
        """Wait until the next message of this socket may be handled. Cancelling it loses nothing."""
        if not self.account.is_overdrawn:
            await asyncio.sleep(0)
            return
        waiting = asyncio.get_running_loop().create_future()

        def go() -> None:
            if not waiting.done():
                waiting.set_result(None)

        self.guard.turnstile.stand_in_line(go)
        await waiting

    def _stop_reading(self, reason: str) -> None:
        if not self._reasons:
            self.transport.pause_reading()
        self._reasons.add(reason)

    def _go_on_reading(self, reason: str) -> None:
        if reason not in self._reasons:
            return
        self._reasons.discard(reason)
        if self._reasons or self.transport.is_closing():
            return
        if self._rest:
            self._wait_for_turn()
        else:
            self.transport.resume_reading()

    # --- what came ------------------------------------------------------------------------------------------

    def _take(self, piece: bytes) -> None:
        if self._is_deaf:
            return
        if self._head is None:
            self._count_inbound(len(piece))
            super().data_received(piece)
            return
        self._head += piece
        n_head = self._head.find(HEAD_END)
        if n_head >= 0:
            self._judge(bytes(self._head), n_head)
        elif len(self._head) > MAX_HEAD_BYTES:
            self._answer(HttpAnswer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request is too long.\n"))
        elif self._head[:1] == b"\x16":
            # The beginning of TLS, which would read an answer in HTTP as nothing but noise.
            self.transport.abort()

    def _judge(self, data: bytes, n_head: int) -> None:
        """Answer a request, or hand it and what came behind it to the library."""
        self._head = None
        self.account.charge(HANDSHAKE_CPU_S)
        try:
            request = parse_head(data[:n_head])
        except BadRequestError as error:
            self._answer(error.answer)
            return
        answer = self.guard.gate(request.path, request.headers)
        if answer is None and not request.asks_for_websocket:
            answer = _NO_PAGE
        if answer is not None:
            self._answer(answer, without_body=request.method == "HEAD")
            return
        self._count_inbound(len(data) - n_head - len(HEAD_END))
        super().data_received(data)

    def _answer(self, answer: HttpAnswer, *, without_body: bool = False) -> None:
        """Answer in HTTP and end; what still comes is thrown away, so that the peer can read the answer."""
        self._head = None
        self._is_deaf = True
        self.transport.write(render(answer, without_body=without_body))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._linger = self.loop.call_later(LINGER_S, self.transport.abort)

    def process_event(self, event: Any) -> None:
        """Count what the library has parsed."""
        if isinstance(event, Frame):
            n_bytes = _wire_bytes(event)
            if event.opcode not in _DATA:
                self._count_inbound(-n_bytes)
            else:
                self._n_partial += n_bytes
                if event.fin:
                    self._untaken.append(self._n_partial)
                    self._n_partial = 0
        super().process_event(event)

    # --- what leaves ----------------------------------------------------------------------------------------

    def send_data(self) -> None:
        """Send what the library has to say in one call: a piece of pings is answered by as many pongs."""
        data = self.protocol.data_to_send()
        self.send_bytes(b"".join(data))
        if b"" in data and self.transport.can_write_eof():
            self.transport.write_eof()

    def send_bytes(self, data: bytes) -> None:
        """Send bytes after all those before."""
        if data:
            self._n_written += len(data)
            self.transport.write(data)

    @property
    def unsent_bytes(self) -> int:
        """Bytes that the operating system has not taken."""
        return cast("asyncio.WriteTransport", self.transport).get_write_buffer_size()

    @property
    def accepted_bytes(self) -> int:
        """Bytes that the operating system has taken since the handshake."""
        return self._n_written - self.unsent_bytes

    def tell(self) -> None:
        """Tell whoever writes that there is room, or that there is none."""
        if self.on_writable is not None:
            self.on_writable()

    # --- who it is ------------------------------------------------------------------------------------------

    def let_in(self) -> None:
        """The handshake is done: an account of its own, and the place of a newcomer is free."""
        self.guard.newcomers.pop(self, None)
        if self.protocol.state is not State.CLOSED:
            self.account = self.guard.turnstile.open()

    def took(self) -> None:
        """Whoever serves the connection has taken a message."""
        if self._untaken:
            self._count_inbound(-self._untaken.popleft())

    @property
    def kept_bytes(self) -> int:
        """Bytes that are kept here for both directions."""
        return self.unsent_bytes + self.n_inbound_bytes

    def drop(self) -> None:
        """End the connection at once, and let go of what came."""
        self._is_deaf = True
        self._let_go_of_inbound()
        self.transport.abort()

    def _let_go_of_inbound(self) -> None:
        self._rest = b""
        self._untaken.clear()
        self._count_inbound(-self.n_inbound_bytes)

    def _count_inbound(self, n_more_bytes: int) -> None:
        self.n_inbound_bytes += n_more_bytes
        self.guard.count_inbound(n_more_bytes)


_DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


def _wire_bytes(frame: Frame) -> int:
    """The length of a masked frame."""
    n_bytes = len(frame.data)
    return n_bytes + (6 if n_bytes < 126 else 8 if n_bytes < 65536 else 14)
