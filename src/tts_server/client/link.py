"""One connection to a server, from its hello to its end.

Theory of operation: one task reads. What answers a request (it carries the request's ``event_id``) goes to
whoever waits for it; what belongs to a response with a sink goes there; everything else goes to the log that
``events`` reads. The reading task stops while nobody takes the log's events, so that the server makes no more
of them, but never while an answer is waited for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from websockets.exceptions import ConnectionClosed

from tts_server.client.connection import open_websocket
from tts_server.errors import (
    ConnectFailedError,
    ConnectionLostError,
    LocalProtocolError,
    RemoteProtocolError,
    RequestRefusedError,
)
from tts_server.protocol import events as ev
from tts_server.protocol.codec import decode_server, encode_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from websockets.asyncio.client import ClientConnection

    from tts_server.endpoint import Endpoint

MAX_LOGGED_EVENTS = 20_000
"""Events that may wait to be taken before reading stops: 400 s of audio, 20 MB at 24 kHz."""


class EventSink(Protocol):
    """Takes the events of one response, on the event loop's thread; must not block."""

    def put(self, event: ev.ServerEvent) -> None:
        """Take an event."""

    def fail(self, error: Exception) -> None:
        """Learn that no more events come."""


class _Nowhere:
    """Takes the events of a response that nobody wants any more."""

    def put(self, event: ev.ServerEvent) -> None:
        """Drop it."""

    def fail(self, error: Exception) -> None:
        """Nobody is there to be told."""


@dataclass(slots=True)
class _Waiting:
    """A request whose answer has not come."""

    answer: asyncio.Future[ev.ServerEvent]
    sink: EventSink | None
    is_commit: bool


class Link:
    """One open connection; made with ``open``.

    Args:
        websocket: The connection, after its hello.
        endpoint: Where it leads, for messages.
        hello: What the server said first.
        on_message: Called with each message before it is read.
    """

    def __init__(
        self,
        websocket: ClientConnection,
        endpoint: Endpoint,
        hello: ev.Hello,
        on_message: Callable[[str | bytes], None] | None,
    ) -> None:
        self.hello = hello
        self.n_buffered = 0
        """Characters in the server's buffer."""
        self._websocket = websocket
        self._endpoint = endpoint
        self._on_message = on_message
        self._waiting: dict[str, _Waiting] = {}
        self._abandoned: set[str] = set()
        self._appended: dict[str, int] = {}
        self._append_error: RequestRefusedError | None = None
        self._live: dict[str, EventSink | None] = {}
        self._log: deque[ev.ServerEvent] = deque()
        self._changed = asyncio.Event()
        self._end: Exception | None = None
        self._ended_well = False
        self._cancelling: set[asyncio.Task[None]] = set()
        self._reader = asyncio.create_task(self._read(), name="tts-client-reader")

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        *,
        auth_token: str | None,
        timeout_s: float | None,
        on_message: Callable[[str | bytes], None] | None = None,
    ) -> Self:
        """Connect and wait for the server's hello.

        Raises:
            ConnectFailedError: Nobody answers in time, or the answer was no.
        """
        try:
            async with asyncio.timeout(timeout_s):
                websocket = await open_websocket(endpoint, auth_token=auth_token)
                try:
                    message = await websocket.recv()
                    if on_message is not None:
                        on_message(message)
                    hello = _read_hello(message, endpoint)
                except ConnectionClosed as error:
                    reason = _close_reason(error)
                    raise ConnectFailedError(f"{endpoint} closed the connection: {reason}") from error
                except BaseException:
                    websocket.transport.abort()
                    raise
        except TimeoutError:
            raise ConnectFailedError(f"{endpoint} did not answer within {timeout_s:g} s") from None
        return cls(websocket, endpoint, hello, on_message)

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return self._end is None

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer gets ``LocalProtocolError``. May be repeated."""
        self._ended_well = self._ended_well or self._end is None
        self._finish(LocalProtocolError("the client was closed"))
        self._reader.cancel()
        await asyncio.wait([self._reader, *self._cancelling])
        await self._websocket.close()

    async def send(self, event: ev.ClientEvent) -> None:
        """Send an event.

        Raises:
            ConnectionLostError: The connection has ended.
        """
        if self._end is not None:
            raise self._end
        try:
            await self._websocket.send(encode_client(event))
        except ConnectionClosed as error:
            raise self._lost(error) from error

    async def request(
        self, event: ev.ClientEvent, *, sink: EventSink | None = None, timeout_s: float | None = None
    ) -> ev.ServerEvent:
        """Send an event and wait for its answer.

        A commit whose caller was cancelled meanwhile is cancelled too, should the server accept it.

        Args:
            event: The event, with an ``event_id``.
            sink: Takes the events of the response that a commit makes; None leaves them to ``events``.
            timeout_s: Longest wait; None waits for ever.

        Raises:
            RequestRefusedError: The answer was an ``error``.
            ConnectionLostError: The connection ended first, or no answer came in time.
        """
        event_id = event.event_id
        if event_id is None:
            raise LocalProtocolError(f"{type(event).__name__} needs an event_id to be answered")
        waiting = _Waiting(asyncio.get_running_loop().create_future(), sink, isinstance(event, ev.CommitText))
        self._waiting[event_id] = waiting
        self._changed.set()
        try:
            await self.send(event)
            async with asyncio.timeout(timeout_s):
                return await waiting.answer
        except TimeoutError:
            raise ConnectionLostError(f"{self._endpoint} did not answer within {timeout_s:g} s") from None
        except asyncio.CancelledError:
            if isinstance(event, ev.CommitText):
                self._abandon(event_id, waiting.answer)
            raise
        finally:
            del self._waiting[event_id]
            if waiting.answer.done() and not waiting.answer.cancelled():
                waiting.answer.exception()

    async def append(self, event: ev.AppendText) -> None:
        """Send text. It is answered only when refused; the next commit is then refused likewise.

        Raises:
            ConnectionLostError: The connection has ended.
        """
        if event.event_id is not None:
            self._appended[event.event_id] = len(event.text)
        self.n_buffered += len(event.text)
        await self.send(event)

    async def events(self) -> AsyncIterator[ev.ServerEvent]:
        """What the server says that answers no request and has no sink, in order.

        Raises:
            ConnectionLostError: The connection ended without ``session.closed`` and without our closing it.
        """
        while True:
            while self._log:
                event = self._log.popleft()
                self._changed.set()
                yield event
            if self._end is not None:
                if self._ended_well:
                    return
                raise self._end
            self._changed.clear()
            await self._changed.wait()

    # --- the reading task -----------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while True:
                message = await self._websocket.recv()
                if self._on_message is not None:
                    self._on_message(message)
                event = decode_server(message)
                if event is not None:
                    self._dispatch(event)
                while len(self._log) >= MAX_LOGGED_EVENTS and not self._waiting:
                    self._changed.clear()
                    await self._changed.wait()
        except ConnectionClosed as error:
            self._finish(self._lost(error))
        except RemoteProtocolError as error:
            self._finish(ConnectionLostError(str(error)))
            await self._websocket.close(1002, "unreadable message")

    def _dispatch(self, event: ev.ServerEvent) -> None:
        if isinstance(event, ev.SessionClosed):
            self._ended_well = True
        if isinstance(event, ev.TextCommitted):
            self._begin_response(event)
        if isinstance(event, ev.TextCleared):
            self.n_buffered, self._append_error = 0, None
            self._appended.clear()
        if self._answers(event):
            return
        response_id = getattr(event, "response_id", None)
        sink = self._live.get(response_id) if isinstance(response_id, str) else None
        if isinstance(event, ev.AudioDone | ev.ResponseCancelled | ev.ResponseFailed):
            self._live.pop(event.response_id, None)
        if sink is not None:
            sink.put(event)
        else:
            self._log.append(event)
            self._changed.set()

    def _begin_response(self, event: ev.TextCommitted) -> None:
        self.n_buffered = 0
        self._appended.clear()
        event_id = event.previous_event_id or ""
        waiting = self._waiting.get(event_id)
        if event_id in self._abandoned or self._append_error is not None:
            self._abandoned.discard(event_id)
            self._cancel_soon(event.response_id)
        else:
            self._live[event.response_id] = None if waiting is None else waiting.sink

    def _answers(self, event: ev.ServerEvent) -> bool:
        """Hand an answer to whoever waits for it."""
        event_id = getattr(event, "previous_event_id", None)
        if isinstance(event, ev.ErrorOccurred):
            event_id = event_id or event.error.event_id
            if event_id in self._abandoned:
                self._abandoned.discard(event_id)
                return True
            if event_id in self._appended:
                self.n_buffered -= self._appended.pop(event_id)
                self._append_error = _refusal(event.error)
                return True
        waiting = self._waiting.get(event_id) if isinstance(event_id, str) else None
        if waiting is None or waiting.answer.done():
            return False
        refused = _refusal(event.error) if isinstance(event, ev.ErrorOccurred) else None
        if waiting.is_commit and self._append_error is not None:
            # Part of the text is missing: nothing of it is to be spoken.
            refused, self._append_error = self._append_error, None
        if refused is not None:
            waiting.answer.set_exception(refused)
        else:
            waiting.answer.set_result(event)
        return True

    def _abandon(self, event_id: str, answer: asyncio.Future[ev.ServerEvent]) -> None:
        if not answer.done() or answer.cancelled():
            self._abandoned.add(event_id)
        elif answer.exception() is None and isinstance(committed := answer.result(), ev.TextCommitted):
            self._cancel_soon(committed.response_id)

    def _cancel_soon(self, response_id: str) -> None:
        self._live[response_id] = _Nowhere()
        task = asyncio.create_task(self._cancel(response_id))
        self._cancelling.add(task)
        task.add_done_callback(self._cancelling.discard)

    async def _cancel(self, response_id: str) -> None:
        try:
            await self.send(ev.CancelResponse(response_id=response_id))
        except (ConnectionLostError, LocalProtocolError):
            # The response ended with the connection.
            return

    def _lost(self, error: ConnectionClosed) -> ConnectionLostError:
        return ConnectionLostError(f"the connection to {self._endpoint} ended: {_close_reason(error)}")

    def _finish(self, error: Exception) -> None:
        """Tell everybody who waits that nothing more comes."""
        self._end = self._end or error
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(self._end)
        sinks, self._live = list(self._live.values()), {}
        for sink in sinks:
            if sink is not None:
                sink.fail(self._end)
        self._changed.set()


def _refusal(detail: ev.ErrorDetail) -> RequestRefusedError:
    return RequestRefusedError(detail.message, code=detail.code, retry_after_ms=detail.retry_after_ms)


def _read_hello(message: str | bytes, endpoint: Endpoint) -> ev.Hello:
    try:
        event = decode_server(message)
    except RemoteProtocolError as error:
        raise ConnectFailedError(f"whatever answers on {endpoint} is no speech server: {error}") from error
    if isinstance(event, ev.ErrorOccurred):
        refused = ConnectFailedError(f"the server on {endpoint} said: {event.error.message}")
        refused.code = event.error.code
        raise refused
    if not isinstance(event, ev.Hello):
        raise ConnectFailedError(f"whatever answers on {endpoint} did not say hello")
    return event


def _close_reason(error: ConnectionClosed) -> str:
    frame = error.rcvd
    if frame is None:
        return "no closing handshake"
    return f"{frame.reason} ({frame.code})" if frame.reason else f"code {frame.code}"
