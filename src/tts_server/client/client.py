"""An asynchronous client of a speech server: protocol 0.1 as methods, and ``synthesize`` above them."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tts_server.client.backoff import BUSY_RETRY, CONNECT_RETRY, NO_RETRY, Backoff, RetryPolicy
from tts_server.client.link import EventSink, Link
from tts_server.client.speech import Speech, TextSource
from tts_server.config import client_config
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    ConnectFailedError,
    ConnectionLostError,
    LocalProtocolError,
    RequestRefusedError,
)
from tts_server.protocol import events as ev

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

EventT = TypeVar("EventT")

CLOSE_WAIT_S = 15.0
"""Longest wait for ``session.closed``: the server drains for up to 10 s."""


class TTSClient:
    """A client of a speech server, used as ``async with TTSClient(...) as client``.

    ```python
    import asyncio
    from tts_server.client import TTSClient

    async def main() -> None:
        async with TTSClient() as client:
            async for pcm in client.synthesize("Good morning. How are you?"):
                print(len(pcm) // 2, "samples at", client.hello.audio.rate_hz, "Hz")

    asyncio.run(main())
    ```

    The steps below it, one by one:

    ```python
    import asyncio
    from tts_server.client import TTSClient
    from tts_server.protocol.events import AudioDelta, AudioDone

    async def main() -> None:
        async with TTSClient() as client:
            await client.update(extras={"speed": 1.1})
            await client.append("Good ")
            await client.append("morning.")
            response_id = await client.commit()
            async for event in client.events():
                if isinstance(event, AudioDelta):
                    print("frame", event.seq, "with", len(event.pcm), "bytes")
                if isinstance(event, AudioDone) and event.response_id == response_id:
                    print("that were", event.duration_ms, "ms")
                    break
            await client.close_session()

    asyncio.run(main())
    ```

    Methods may be called from several tasks of one event loop. A cancelled call leaves the connection usable.

    Args: endpoint: Where the server listens: an ``Endpoint``, a ``ws://`` or ``wss://`` address, the path of
        a Unix socket, or None for what the environment says and the default socket otherwise.
        auth_token: Bearer token. With no endpoint given, None means the environment's token; else it sends
            none.
        connect_timeout_s: Longest time until the server has said hello, which it does once its model is
            loaded; None waits for ever.
        request_timeout_s: Longest wait for the answer to a request.
        reconnect: Whether a call on a lost connection opens a new one and sets the session's configuration
            again; a policy says how often. Text in the server's buffer is lost with a connection.
        busy_retry: How ``synthesize`` deals with a busy server.
        on_message: Called with each message as it came in, before it is read.

    Raises:
        EndpointError: The address cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint | str | None = None,
        *,
        auth_token: str | None = None,
        connect_timeout_s: float | None = 10.0,
        request_timeout_s: float | None = 30.0,
        reconnect: bool | RetryPolicy = False,
        busy_retry: RetryPolicy = BUSY_RETRY,
        on_message: Callable[[str | bytes], None] | None = None,
    ) -> None:
        if endpoint is None:
            config = client_config()
            endpoint, auth_token = config.endpoint, auth_token or config.auth_token
        elif isinstance(endpoint, str):
            endpoint = Endpoint.from_uri(endpoint) if "://" in endpoint else Endpoint.unix(endpoint)
        if isinstance(reconnect, bool):
            reconnect = CONNECT_RETRY if reconnect else NO_RETRY
        self.endpoint: Endpoint = endpoint
        self.reconnect: RetryPolicy = reconnect
        self.busy_retry = busy_retry
        self.speech_lock = asyncio.Lock()
        self.n_cancels = 0
        self._auth_token = auth_token
        self._connect_timeout_s = connect_timeout_s
        self._request_timeout_s = request_timeout_s
        self._on_message = on_message
        self._link: Link | None = None
        self._update: ev.UpdateSession | None = None
        self._ids = itertools.count(1)
        self._is_closed = False
        self._connecting = asyncio.Lock()

    # --- the connection -------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def hello(self) -> ev.Hello:
        """What the server said first: its backend, its audio format and what it can do.

        Raises:
            LocalProtocolError: The client has not been connected yet.
        """
        return self._require_link().hello

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection on which requests can be made."""
        return self._link is not None and self._link.is_open

    async def connect(self) -> ev.Hello:
        """Connect and wait for ``server.hello``. Does nothing on a connection that is open.

        Raises:
            ConnectFailedError: Nobody answers, or the answer was no.
            LocalProtocolError: The client was closed.
        """
        async with self._connecting:
            if self._is_closed:
                raise LocalProtocolError("the client is closed")
            if self._link is None or not self._link.is_open:
                if self._link is not None:
                    await self._link.close()
                self._link = await Link.open(
                    self.endpoint,
                    auth_token=self._auth_token,
                    timeout_s=self._connect_timeout_s,
                    on_message=self._on_message,
                )
            return self._link.hello

    async def close(self) -> None:
        """Close the connection without waiting for speech in progress. May be called more than once."""
        self._is_closed = True
        if self._link is not None:
            await self._link.close()

    # --- requests -------------------------------------------------------------------------------------------

    async def update(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        model: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> ev.SessionState:
        """Set the session's configuration; what is left out stays as it was.

        Returns:
            The configuration that now holds.

        Raises:
            RequestRefusedError: A value is not accepted; nothing was changed.
            ConnectionLostError: The connection ended first.
        """
        event = ev.UpdateSession(self._next_id(), voice=voice, language=language, model=model, extras=extras)
        answer = await self._request(event)
        state = answer if isinstance(answer, ev.SessionCreated) else _expect(answer, ev.SessionUpdated)
        self._update = _merged(self._update, event)
        return state.session

    async def append(self, text: str) -> None:
        """Add text to the server's buffer. A commit speaks the buffer.

        Raises:
            RequestRefusedError: The buffer would hold more than the server takes; it stays as it was.
            ConnectionLostError: The connection has ended.
        """
        link = await self.ready()
        n_chars, limit = link.n_buffered + len(text), link.hello.max_text_chars
        if n_chars > limit:
            message = f"{n_chars} characters are more than the {limit} that the server takes at once"
            raise RequestRefusedError(message, code="payload_too_large")
        await link.append(ev.AppendText(text, event_id=self._next_id()))

    async def commit(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
        sink: EventSink | None = None,
    ) -> str:
        """Speak the buffer as one response; the arguments hold for this response only.

        Args:
            voice: Voice; None is the session's.
            language: Language; None is the session's.
            extras: Further settings, over the session's.
            sink: Takes the response's events in place of ``events``.

        Returns:
            The response's id, which its events carry.

        Raises: RequestRefusedError: The server did not accept it (``busy``, ``buffer_empty``,
            ``invalid_config``); the buffer stays as it was.
            ConnectionLostError: The connection ended first.
        """
        event = ev.CommitText(self._next_id(), voice=voice, language=language, extras=extras)
        return _expect(await self._request(event, sink=sink), ev.TextCommitted).response_id

    async def clear(self) -> None:
        """Empty the server's buffer.

        Raises:
            ConnectionLostError: The connection ended first.
        """
        _expect(await self._request(ev.ClearText(self._next_id())), ev.TextCleared)

    async def cancel(self, response_id: str | None = None) -> None:
        """Stop a response, or the one in progress; nothing happens where none matches.

        Does not wait: the response's last event, ``ResponseCancelled`` unless it ended first, follows in
        ``events``.

        Raises:
            ConnectionLostError: The connection has ended.
        """
        link = await self.ready()
        self.n_cancels += 1
        await link.send(ev.CancelResponse(self._next_id(), response_id=response_id))

    async def status(self) -> ev.ServerStatus:
        """Ask the server how it is.

        Raises:
            ConnectionLostError: The connection ended first.
        """
        return _expect(await self._request(ev.RequestStatus(self._next_id())), ev.ServerStatus)

    async def close_session(self) -> ev.SessionClosed:
        """Let the response in progress end, then close. Its events can still be taken from ``events``.

        Raises:
            ConnectionLostError: The connection ended without ``session.closed``.
        """
        return await self._end_session(ev.CloseSession(self._next_id()))

    async def cancel_session(self) -> ev.SessionClosed:
        """Drop everything and close.

        Raises:
            ConnectionLostError: The connection ended without ``session.closed``.
        """
        return await self._end_session(ev.CancelSession(self._next_id()))

    async def events(self) -> AsyncIterator[ev.ServerEvent]:
        """Everything the server says that answers no call and belongs to no ``synthesize``, in order.

        Ends when the session or the client was closed.

        Raises:
            ConnectionLostError: The connection ended in any other way.
        """
        async for event in self._require_link().events():
            yield event

    def synthesize(
        self,
        text: TextSource,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> Speech:
        """Speak text of any length.

        Long text is cut at ends of sentences into commits of about ``capabilities.ideal_words`` words, one
        after the other. A busy server is asked again. Closing the stream (``aclose``, or cancelling the task
        that reads it) cancels what is in progress. Streams of one client follow one another.

        Args:
            text: The text, or an iterable or asynchronous iterable of its pieces, which may be cut anywhere.
            voice: Voice; None is the session's.
            language: Language; None is the session's.
            extras: Further settings, such as ``{"speed": 1.2}``.

        Returns: An asynchronous iterator of audio: int16 little-endian mono at ``hello.audio.rate_hz``, 20 ms
            or less each.

        Raises:
            RequestRefusedError: While iterating: the server does not accept it.
            SpeechFailedError: While iterating: synthesis failed.
            ConnectionLostError: While iterating: the connection ended in the middle of a response.
            LocalProtocolError: While iterating: text that was appended has not been committed or cleared.
        """
        return Speech(self, text, voice=voice, language=language, extras=extras)

    # --- underneath -----------------------------------------------------------------------------------------

    async def ready(self) -> Link:
        """The open connection; a lost one is replaced where that was asked for.

        Raises:
            ConnectionLostError: The connection has ended, and a new one was not asked for.
            ConnectFailedError: There was no new connection to be had.
            LocalProtocolError: The client was never connected, or was closed.
        """
        link = self._require_link()
        if not link.is_open and self.reconnect.max_tries and not self._is_closed:
            link = await self._reopen()
        return link

    async def _reopen(self) -> Link:
        backoff = Backoff(self.reconnect)
        while True:
            try:
                await self.connect()
                break
            except ConnectFailedError as error:
                delay_s = None if error.code == "unauthorized" else backoff.next_delay_s()
                if delay_s is None:
                    raise
            await asyncio.sleep(delay_s)
        link = self._require_link()
        if self._update is not None:
            again = ev.UpdateSession(
                self._next_id(),
                voice=self._update.voice,
                language=self._update.language,
                model=self._update.model,
                extras=self._update.extras,
            )
            await link.request(again, timeout_s=self._request_timeout_s)
        return link

    async def _request(self, event: ev.ClientEvent, *, sink: EventSink | None = None) -> ev.ServerEvent:
        link = await self.ready()
        return await link.request(event, sink=sink, timeout_s=self._request_timeout_s)

    async def _end_session(self, event: ev.CloseSession | ev.CancelSession) -> ev.SessionClosed:
        answer = await self._require_link().request(event, timeout_s=CLOSE_WAIT_S)
        closed = _expect(answer, ev.SessionClosed)
        await self.close()
        return closed

    def _require_link(self) -> Link:
        if self._link is None:
            raise LocalProtocolError(
                "the client is not connected; use 'async with TTSClient(...)' or connect()"
            )
        return self._link

    def _next_id(self) -> str:
        return f"c{next(self._ids)}"


def _merged(before: ev.UpdateSession | None, update: ev.UpdateSession) -> ev.UpdateSession:
    if before is None:
        return update
    return ev.UpdateSession(
        voice=update.voice if update.voice is not None else before.voice,
        language=update.language if update.language is not None else before.language,
        model=update.model if update.model is not None else before.model,
        extras={**(before.extras or {}), **(update.extras or {})} or None,
    )


def _expect(answer: ev.ServerEvent, kind: type[EventT]) -> EventT:
    if not isinstance(answer, kind):
        raise ConnectionLostError(f"the server answered with {type(answer).__name__}, not {kind.__name__}")
    return answer
