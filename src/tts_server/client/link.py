"""One connection to a server, from its hello to its end: it moves bytes, and does what the core says.

Theory of operation: one task reads and one writes. Whatever happens is given to the core, and what the core
wants done is done in order. Events that answer nothing and have no listener go to the log that ``events``
reads. The reading task stops while nobody takes the log's events, so that the server makes no more of them,
but never while an answer or a listener is waited for. Whatever ends either task ends the connection, and
everybody who waits is told why.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from typing import TYPE_CHECKING, Self, assert_never

from websockets.exceptions import ConnectionClosed

from tts_server.client import effects as fx
from tts_server.client import inputs as inp
from tts_server.client.connection import callback_raised, drop, lost, open_greeted
from tts_server.client.core import ClientCore
from tts_server.client.log import EventLog
from tts_server.client.reasons import again
from tts_server.client.sinks import EventSink, Sinks
from tts_server.errors import ConnectionLostError, RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT
from tts_server.wording import show_text

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
        self.is_broken_by_callback = False
        """Whether it ended because the caller's own code raised."""
        self._loop = asyncio.get_running_loop()
        self._websocket = websocket
        self._dialect = CLIENT
        self._endpoint = endpoint
        self._on_message = on_message
        self._core = ClientCore(str(endpoint), silence_timeout_s)
        self._calls = itertools.count(1)
        self._answers: dict[int, asyncio.Future[ev.ServerEvent | None]] = {}
        self._sinks = Sinks(self._loop)
        self._log = EventLog()
        self._effects: deque[fx.Effect] = deque()
        self._is_acting = False
        self._unsent: deque[tuple[int | None, str | bytes]] = deque()
        self._has_unsent = asyncio.Event()
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._close_frame: fx.Close | None = None
        self._tell_core(inp.Connected(hello))
        self._tasks = [
            asyncio.create_task(self._read(), name="tts-client-reader"),
            asyncio.create_task(self._write(), name="tts-client-writer"),
        ]
        for task in self._tasks:
            task.add_done_callback(self._task_ended)

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
        websocket, hello = await open_greeted(
            endpoint, auth_token=auth_token, timeout_s=timeout_s, on_message=on_message
        )
        return cls(websocket, endpoint, hello, silence_timeout_s=silence_timeout_s, on_message=on_message)

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return self._core.is_open

    def next_id(self) -> str:
        """A new ``event_id``."""
        return self._core.next_id()

    async def close(self) -> None:
        """Close the connection; whoever waits for an answer gets ``LocalProtocolError``. May be repeated."""
        self._tell_core(inp.Closed())
        for task in self._tasks:
            task.cancel()
        try:
            await asyncio.wait(self._tasks)
            await self._websocket.close()
        except BaseException:
            drop(self._websocket)
            raise

    def check_open(self) -> None:
        """Do nothing on a connection that is open.

        Raises:
            ConnectionLostError: The connection has ended.
            LocalProtocolError: It was closed by this side.
        """
        if self._core.end is not None:
            raise again(self._core.end)

    # --- calls ----------------------------------------------------------------------------------------------

    async def tell(self, event: ev.ClientEvent, *, timeout_s: float | None) -> None:
        """Send an event.

        Raises:
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        await self._call(inp.Tell(next(self._calls), event, timeout_s))

    async def request(
        self, event: ev.ClientEvent, *, timeout_s: float | None = None
    ) -> ev.ServerEvent | None:
        """Send an event that has an ``event_id``, and wait for its answer.

        Raises:
            RequestRefusedError: The answer was an ``error``.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        return await self._call(inp.Request(next(self._calls), event, timeout_s))

    async def append(self, text: str, *, timeout_s: float | None) -> None:
        """Add to the caller's text.

        Raises:
            RequestRefusedError: It would be more than the server takes at once.
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        await self._call(inp.Append(next(self._calls), text, timeout_s))

    async def commit(
        self, event: ev.CommitText, *, sink: EventSink | None, timeout_s: float | None
    ) -> ev.ServerEvent | None:
        """Commit the caller's text. Refused text stays; after any other failure nothing of it is left.

        A commit that is given up, in time or by cancelling, is cancelled should the server accept it later.

        Args:
            event: The commit, with an ``event_id``.
            sink: Takes the response's events; None leaves them to ``events``.
            timeout_s: Longest wait for the answer; None waits for ever.

        Raises:
            RequestRefusedError: The server did not accept it, or not all of the text before it.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        call = inp.Commit(next(self._calls), event, sink is not None, timeout_s)
        return await self._call(call, sink)

    async def speak(
        self, text: str, event: ev.CommitText, *, sink: EventSink, timeout_s: float | None
    ) -> ev.ServerEvent | None:
        """Append and commit a stream's piece, with nothing of anybody else's in it.

        Raises:
            LocalProtocolError: The caller's text is in the server's buffer.
            RequestRefusedError: The server did not accept it.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        return await self._call(inp.Speak(next(self._calls), text, event, timeout_s), sink)

    async def clear(self, event: ev.ClearText, *, timeout_s: float | None) -> ev.ServerEvent | None:
        """Forget the caller's text.

        Raises:
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        return await self._call(inp.Clear(next(self._calls), event, timeout_s))

    def let_go(self, response_id: str) -> None:
        """Cancel a response that nobody listens to any more, and drop what still comes of it."""
        self._tell_core(inp.LetGo(response_id))

    def hold(self, is_held: bool) -> None:
        """Say whether a stream speaks, or is about to."""
        self._tell_core(inp.FloorTaken() if is_held else inp.FloorFreed())

    async def events(self) -> AsyncIterator[ev.ServerEvent]:
        """What the server says that answers no request and has no sink, in order.

        Raises:
            ConnectionLostError: The connection ended without ``session.closed`` and without our closing it.
        """
        while True:
            while (event := self._log.take()) is not None:
                self._changed.set()
                yield event
            if self._core.end is not None:
                if self._core.ended_well:
                    return
                raise again(self._core.end)
            self._changed.clear()
            await self._changed.wait()

    async def _call(self, call: inp.Call, sink: EventSink | None = None) -> ev.ServerEvent | None:
        answer: asyncio.Future[ev.ServerEvent | None] = self._loop.create_future()
        self._answers[call.call] = answer
        self._sinks.add(call.call, sink)
        try:
            self._tell_core(call)
            self._changed.set()
            return await answer
        except asyncio.CancelledError:
            self._sinks.drop(call.call)
            self._tell_core(inp.GiveUp(call.call))
            raise
        finally:
            del self._answers[call.call]
            if answer.done() and not answer.cancelled():
                # Looked at, so that nobody complains of an error that the caller did not stay to hear.
                answer.exception()
            # An error holds this frame, and the frame would hold the error.
            del answer

    # --- the two tasks --------------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while True:
                message = await self._websocket.recv()
                if self._on_message is not None:
                    self._on_message(message)
                self._take(message)
                if self._close_frame is not None:
                    await self._websocket.close(self._close_frame.code, self._close_frame.reason)
                    return
                await self._until_wanted()
        except ConnectionClosed as error:
            self._tell_core(inp.Lost(lost(self._endpoint, error)))
        except Exception as error:  # noqa: BLE001 - the caller's own code raised, and the caller is told
            self.is_broken_by_callback = True
            self._tell_core(inp.Lost(callback_raised(self._endpoint, error)))
            await self._websocket.close()

    def _take(self, message: str | bytes) -> None:
        try:
            event = self._dialect.decode(message)
        except RemoteProtocolError as error:
            self._tell_core(inp.Unreadable(error))
            return
        if event is not None:
            self._tell_core(inp.Received(event, len(message)))
        if self._log.is_overfull(MAX_LOGGED_EVENTS):
            what = f"{len(self._log)} events of the server's wait and nobody takes them"
            self._tell_core(inp.Unreadable(RemoteProtocolError(what)))

    async def _until_wanted(self) -> None:
        """Read no more while the log is full, unless an answer is waited for."""
        if not self._log.is_full(MAX_LOGGED_EVENTS):
            return
        self._tell_core(inp.ReadingPaused())
        while self._log.is_full(MAX_LOGGED_EVENTS) and not self._core.is_listened_to:
            self._changed.clear()
            await self._changed.wait()
        self._tell_core(inp.ReadingResumed())

    async def _write(self) -> None:
        while True:
            while self._unsent:
                call, message = self._unsent.popleft()
                try:
                    await self._websocket.send(message)
                except ConnectionClosed as error:
                    self._report(call, lost(self._endpoint, error))
                else:
                    self._report(call, None)
            self._has_unsent.clear()
            await self._has_unsent.wait()

    def _report(self, call: int | None, error: Exception | None) -> None:
        """Tell the core what has become of something that was to be sent for a call."""
        if call is not None:
            self._tell_core(inp.Left(call) if error is None else inp.Unsent(call, error))

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        """See to it that nobody waits, whatever ended the task; it may not even have begun."""
        raised = None if task.cancelled() else task.exception()
        if self._core.is_open:
            how = "was cancelled" if raised is None else f"failed: {show_text(repr(raised))}"
            error = ConnectionLostError(f"the task {task.get_name()} of the connection {how}")
            error.__cause__ = raised
            self._tell_core(inp.Lost(error))
            drop(self._websocket)

    # --- what the core says ---------------------------------------------------------------------------------

    def _tell_core(self, given: inp.Input) -> None:
        self._effects.extend(self._core.handle(given, self._loop.time()))
        if self._is_acting:
            # Done by whoever does what was to be done before, in its turn.
            return
        self._is_acting = True
        try:
            while self._effects:
                self._do(self._effects.popleft())
        finally:
            self._is_acting = False
        if self._core.end is not None:
            self._changed.set()
            if self._timer is not None:
                self._timer.cancel()

    def _do(self, effect: fx.Effect) -> None:
        match effect:
            case fx.Deliver():
                self._sinks.put(effect.call, effect.event)
            case fx.Send():
                self._send(effect.event, effect.call)
            case fx.Answer():
                self._answer(effect.call, effect.event)
            case fx.Fail():
                self._sinks.drop(effect.call)
                self._answer(effect.call, effect.error)
            case fx.EndListening():
                self._sinks.end(effect.call, effect.error)
            case fx.Keep():
                self._log.put(effect.event, effect.n_chars)
                self._changed.set()
            case fx.SetTimer():
                self._set_timer(effect.at_s)
            case fx.Close():
                self._close_frame = effect
            case fx.Abort():
                drop(self._websocket)
            case _:
                assert_never(effect)

    def _send(self, event: ev.ClientEvent, call: int | None) -> None:
        try:
            self._unsent.append((call, self._dialect.encode(event)))
        except (TypeError, ValueError) as error:
            # A value of the caller's that is none of JSON's.
            self._report(call, error)
        self._has_unsent.set()

    def _answer(self, call: int, answer: ev.ServerEvent | Exception | None) -> None:
        waiting = self._answers.get(call)
        if waiting is None or waiting.done():
            return
        if isinstance(answer, Exception):
            waiting.set_exception(answer)
        else:
            waiting.set_result(answer)

    def _set_timer(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at_s, self._tell_core, inp.TimerFired())
