"""One connection to a server, from its hello to its end.

Theory of operation: one task reads. What answers a request (it carries the request's ``event_id``) goes to
whoever waits for it; what belongs to a response with a sink goes there; everything else goes to the log that
``events`` reads. The reading task stops while nobody takes the log's events, so that the server makes no more
of them, but never while an answer or a sink is waited for. Whatever ends that task ends the connection, and
everybody who waits is told why.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from typing import TYPE_CHECKING, Self

from websockets.exceptions import ConnectionClosed

from tts_server.client.buffer import TextBuffer
from tts_server.client.connection import open_websocket, show_route
from tts_server.client.hello import read_hello
from tts_server.client.log import EventLog
from tts_server.client.reasons import End, again, callback_raised, close_reason, lost
from tts_server.client.requests import Requests
from tts_server.client.responses import NOWHERE, EventSink, Responses
from tts_server.client.silence import SilenceWatch
from tts_server.errors import (
    AnswerTimeoutError,
    ClientError,
    ConnectFailedError,
    ConnectionLostError,
    LocalProtocolError,
    RemoteProtocolError,
)
from tts_server.protocol import events as ev
from tts_server.protocol.codec import decode_server, encode_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from websockets.asyncio.client import ClientConnection

    from tts_server.endpoint import Endpoint

MAX_LOGGED_EVENTS = 20_000
"""Events that may wait to be taken before reading stops: 400 s of audio."""


class Link:
    """One open connection; made with ``open``.

    Args:
        websocket: The connection, after its hello.
        endpoint: Where it leads, for messages.
        hello: What the server said first.
        silence_timeout_s: Longest silence of a response in progress; None allows any.
        on_message: Called with each message before it is read.
    """

    def __init__(
        self,
        websocket: ClientConnection,
        endpoint: Endpoint,
        hello: ev.Hello,
        *,
        silence_timeout_s: float | None,
        on_message: Callable[[str | bytes], None] | None,
    ) -> None:
        self.hello = hello
        self.buffer = TextBuffer(self, self.next_id)
        self.is_broken_by_callback = False
        """Whether it ended because the caller's own code raised."""
        self._websocket = websocket
        self._endpoint = endpoint
        self._on_message = on_message
        self._ids = itertools.count(1)
        self._responses = Responses()
        self._requests = Requests(self.buffer, self._begin, self.let_go)
        self._log = EventLog()
        self._unsent: deque[ev.ClientEvent] = deque()
        self._changed = asyncio.Event()
        self._end: End | None = None
        self._ended_well = False
        self._background: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._silence = SilenceWatch(
            self._responses, silence_timeout_s, self._ask_for_life, self._fall_silent
        )
        self._reader = asyncio.create_task(self._read(), name="tts-client-reader")
        self._reader.add_done_callback(self._read_ended)

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        *,
        auth_token: str | None,
        timeout_s: float | None,
        silence_timeout_s: float | None = None,
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
                    hello = read_hello(message, endpoint)
                except ConnectionClosed as error:
                    reason = close_reason(error)
                    raise ConnectFailedError(f"{endpoint} closed the connection: {reason}") from error
                except BaseException:
                    websocket.transport.abort()
                    raise
        except TimeoutError:
            raise ConnectFailedError(
                f"{show_route(endpoint)} did not answer within {timeout_s:g} s"
            ) from None
        return cls(websocket, endpoint, hello, silence_timeout_s=silence_timeout_s, on_message=on_message)

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return self._end is None

    def next_id(self) -> str:
        """A new ``event_id``."""
        return f"c{next(self._ids)}"

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer gets ``LocalProtocolError``. May be repeated."""
        self._ended_well = self._ended_well or self._end is None
        self._finish(LocalProtocolError("the client was closed"))
        for task in self._background:
            task.cancel()
        self._reader.cancel()
        try:
            await asyncio.wait([self._reader, *self._background])
            await self._websocket.close()
        except BaseException:
            self._websocket.transport.abort()
            raise

    def check_open(self) -> None:
        """Do nothing on a connection that is open.

        Raises:
            ConnectionLostError: The connection has ended.
            LocalProtocolError: It was closed by this side.
        """
        if self._end is not None:
            raise again(self._end)

    async def send(self, event: ev.ClientEvent, *, timeout_s: float | None = None) -> None:
        """Send an event, after those that are to be sent soon.

        Raises:
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        self.check_open()
        self._unsent.append(event)
        try:
            async with asyncio.timeout(timeout_s):
                await self._flush()
        except TimeoutError:
            raise self._too_late(timeout_s) from None
        except ConnectionClosed as error:
            raise lost(self._endpoint, error) from error

    def send_soon(self, event: ev.ClientEvent) -> None:
        """Send an event before any that is sent later, without waiting; its answer is dropped."""
        if self._end is not None:
            return
        if event.event_id is not None:
            self._requests.ignore(event.event_id)
        self._unsent.append(event)
        task = asyncio.create_task(self._flush_quietly())
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def request(
        self, event: ev.ClientEvent, *, sink: EventSink | None = None, timeout_s: float | None = None
    ) -> ev.ServerEvent:
        """Send an event and wait for its answer.

        A commit that is given up, in time or by cancelling, is cancelled should the server accept it later.

        Args:
            event: The event, with an ``event_id``.
            sink: Takes the events of the response that a commit makes; None leaves them to ``events``.
            timeout_s: Longest wait; None waits for ever.

        Raises:
            RequestRefusedError: The answer was an ``error``.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        self.check_open()
        request = self._requests.new(event, sink)
        self._changed.set()
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(event)
                return await request.answer
        except TimeoutError:
            self._requests.give_up(request)
            raise self._too_late(timeout_s) from None
        except asyncio.CancelledError:
            self._requests.give_up(request)
            raise
        finally:
            self._requests.end(request)

    def let_go(self, response_id: str) -> None:
        """Cancel a response that nobody listens to any more, and drop what still comes of it."""
        if self._responses.let_go(response_id):
            self.send_soon(ev.CancelResponse(response_id=response_id))

    async def events(self) -> AsyncIterator[ev.ServerEvent]:
        """What the server says that answers no request and has no sink, in order.

        Raises:
            ConnectionLostError: The connection ended without ``session.closed`` and without our closing it.
        """
        while True:
            while (event := self._log.take()) is not None:
                self._changed.set()
                yield event
            if self._end is not None:
                if self._ended_well:
                    return
                raise again(self._end)
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
                    self._dispatch(event, len(message))
                await self._until_wanted()
        except ConnectionClosed as error:
            self._finish(lost(self._endpoint, error))
        except RemoteProtocolError as error:
            self._finish(ConnectionLostError(f"the connection to {self._endpoint} was closed: {error}"))
            await self._websocket.close(1002, "unreadable message")
        except Exception as error:  # noqa: BLE001 - the caller's own code raised, and the caller is told
            self.is_broken_by_callback = True
            self._finish(callback_raised(self._endpoint, error))
            await self._websocket.close()

    def _read_ended(self, _: asyncio.Task[None]) -> None:
        """See to it that nobody waits, whatever ended the task; it may not even have begun."""
        if self._end is None:
            self._finish(ConnectionLostError("the task that reads the connection was cancelled"))
            self._websocket.transport.abort()

    async def _until_wanted(self) -> None:
        """Read no more while the log is full, unless an answer is waited for."""
        if not self._log.is_full(MAX_LOGGED_EVENTS):
            return
        if self._log.is_overfull(MAX_LOGGED_EVENTS):
            raise RemoteProtocolError(f"{len(self._log)} events of the server's wait and nobody takes them")
        self._silence.pause()
        while self._log.is_full(MAX_LOGGED_EVENTS) and not (self._requests or self._responses.have_listeners):
            self._changed.clear()
            await self._changed.wait()
        self._silence.resume()

    def _dispatch(self, event: ev.ServerEvent, n_chars: int) -> None:
        if isinstance(event, ev.Hello):
            raise RemoteProtocolError("the server said hello twice")
        if isinstance(event, ev.SessionClosed):
            self._ended_well = True
        if self._requests.take(event):
            return
        sink = self._responses.take(event, self._loop.time(), self.hello.audio.rate_hz)
        if sink is not None:
            sink.put(event)
        else:
            self._log.put(event, n_chars)
            self._changed.set()

    def _begin(self, response_id: str, sink: EventSink | None) -> None:
        self._responses.begin(response_id, sink, self._loop.time())
        self._silence.arm()
        if sink is NOWHERE:
            self.send_soon(ev.CancelResponse(response_id=response_id))

    # --- sending and ending ---------------------------------------------------------------------------------

    async def _flush(self) -> None:
        while self._unsent:
            # Written to the transport before the first wait, so that the order of events is kept.
            await self._websocket.send(encode_client(self._unsent.popleft()))

    async def _flush_quietly(self) -> None:
        try:
            await self._flush()
        except ConnectionClosed:
            # What was to be said is void without the connection.
            return

    async def _ask_for_life(self, timeout_s: float) -> ev.ServerStatus | None:
        try:
            answer = await self.request(ev.RequestStatus(self.next_id()), timeout_s=timeout_s)
        except (ClientError, LocalProtocolError):
            return None
        return answer if isinstance(answer, ev.ServerStatus) else None

    def _fall_silent(self, silence_s: float) -> None:
        message = f"{self._endpoint} said nothing of a response in progress for {silence_s:g} s"
        for sink in self._responses.end():
            self._tell(sink, AnswerTimeoutError(message))
        self._finish(ConnectionLostError(message))
        self._websocket.transport.abort()

    def _too_late(self, timeout_s: float | None) -> AnswerTimeoutError:
        return AnswerTimeoutError(f"{self._endpoint} did not answer within {timeout_s or 0:g} s")

    def _finish(self, error: End) -> None:
        """Tell everybody who waits that nothing more comes."""
        self._end = self._end or error
        self._silence.end()
        end = self._end
        self._requests.fail(lambda: again(end))
        for sink in self._responses.end():
            self._tell(sink, again(end))
        self._changed.set()

    def _tell(self, sink: EventSink, error: Exception) -> None:
        try:
            sink.fail(error)
        except Exception as raised:  # noqa: BLE001 - the caller's own code; the others are to be told as well
            self._loop.call_exception_handler({"message": "a sink raised", "exception": raised})
