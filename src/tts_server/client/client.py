"""An asynchronous client of a speech server: protocol 0.1 as methods, and ``synthesize`` above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from tts_server.client.backoff import BUSY_RETRY, CONNECT_RETRY, NO_RETRY, RetryPolicy
from tts_server.client.requests import answer_as
from tts_server.client.speech import Speech, TextSource
from tts_server.client.stream import Floor
from tts_server.client.upkeep import LinkOptions, Upkeep
from tts_server.config.client import client_config
from tts_server.endpoint import Endpoint
from tts_server.protocol import events as ev

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from tts_server.client.link import Link
    from tts_server.client.sinks import EventSink

CLOSE_WAIT_S = 15.0
"""Longest wait for ``session.closed``: the server drains for up to 10 s."""

SILENCE_TIMEOUT_S = 40.0
"""Longest silence of a response: a step of the server's engine may take 30 s."""


class TTSClient:
    """A client of a speech server, used as ``async with TTSClient(...) as client``.

    ```python
    import asyncio
    from tts_server import TTSClient

    async def main() -> None:
        async with TTSClient() as client:
            async for pcm in client.synthesize("Good morning. How are you?"):
                print(len(pcm) // 2, "samples at", client.hello.audio.rate_hz, "Hz")

    asyncio.run(main())
    ```

    The steps below it, one by one:

    ```python
    import asyncio
    from tts_server import TTSClient
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

    Methods may be called from several tasks of one event loop, the one on which the client was connected;
    another one, and a forked process, get ``LocalProtocolError``. A cancelled call leaves the connection
    usable. All tasks share the buffer that ``append`` fills and ``commit`` speaks; what ``synthesize`` speaks
    never mixes with it.

    Args:
        endpoint: Where the server listens: an ``Endpoint``, a ``ws://`` or ``wss://`` address, the path of a
            Unix socket, or None for what the environment says and the default socket otherwise.
        auth_token: Bearer token. With no endpoint given, None means the environment's token; else it sends
            none.
        connect_timeout_s: Longest time until the server has said hello, which it does once its model is
            loaded; None waits for ever.
        request_timeout_s: Longest wait for the answer to a request; None waits for ever.
        silence_timeout_s: Longest silence of a server in the middle of a response, after which the connection
            is given up; None waits for ever. How slowly the audio is read does not count, nor does, on a
            server that is alive, waiting for a turn.
        reconnect: Whether a call on a lost connection opens a new one and sets the session's configuration
            again; a policy says how often. Text in the server's buffer is lost with a connection.
        busy_retry: How ``synthesize`` deals with a busy server.
        on_message: Called with each message as it came in, before it is read. Where it raises, the connection
            is closed, and whoever waits or calls next gets ``ConnectionLostError`` with its error as cause.

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
        silence_timeout_s: float | None = SILENCE_TIMEOUT_S,
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
        self.floor = Floor(self._hold)
        """Whose turn it is to speak."""
        self.n_cancels = 0
        """How often ``cancel`` was called."""
        self.request_timeout_s = request_timeout_s
        self._upkeep = Upkeep(
            LinkOptions(
                endpoint,
                auth_token,
                connect_timeout_s,
                request_timeout_s,
                silence_timeout_s,
                reconnect,
                on_message,
            )
        )

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
        return self._upkeep.link.hello

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection on which requests can be made."""
        return self._upkeep.is_connected

    async def connect(self) -> ev.Hello:
        """Connect and wait for ``server.hello``. Does nothing on a connection that is open.

        Raises:
            ConnectFailedError: Nobody answers, or the answer was no.
            LocalProtocolError: The client was closed.
        """
        return await self._upkeep.connect()

    async def close(self) -> None:
        """Close the connection without waiting for speech in progress. May be called more than once.

        In a forked process it does nothing: the connection is the other one's.
        """
        await self._upkeep.close()
        self.floor.close()

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
        link = await self.ready()
        event = ev.UpdateSession(link.next_id(), voice=voice, language=language, model=model, extras=extras)
        answer = await link.request(event, timeout_s=self.request_timeout_s)
        state = answer if isinstance(answer, ev.SessionCreated) else answer_as(answer, ev.SessionUpdated)
        self._upkeep.remember(event)
        return state.session

    async def append(self, text: str) -> None:
        """Add text to the server's buffer. A commit speaks the buffer.

        While a stream of ``synthesize`` speaks, the text waits in the client, and goes out with the commit.

        Raises:
            RequestRefusedError: The buffer would hold more than the server takes; it stays as it was.
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        link = await self.ready()
        await link.append(text, timeout_s=self.request_timeout_s)

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

        Raises:
            RequestRefusedError: The server did not accept it (``busy``, ``buffer_empty``,
                ``invalid_config``); the buffer stays as it was.
            AnswerTimeoutError: No answer came in time. The buffer is emptied, and nothing of it is spoken
                late.
            ConnectionLostError: The connection ended first.
        """
        link = await self.ready()
        event = ev.CommitText(link.next_id(), voice=voice, language=language, extras=extras)
        answer = await link.commit(event, sink=sink, timeout_s=self.request_timeout_s)
        return answer_as(answer, ev.TextCommitted).response_id

    async def clear(self) -> None:
        """Empty the server's buffer.

        Raises:
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        link = await self.ready()
        answer = await link.clear(ev.ClearText(link.next_id()), timeout_s=self.request_timeout_s)
        answer_as(answer, ev.TextCleared)

    async def cancel(self, response_id: str | None = None) -> None:
        """Stop a response, or the one in progress; nothing happens where none matches.

        Does not wait: the response's last event, ``ResponseCancelled`` unless it ended first, follows in
        ``events``.

        Raises:
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        link = await self.ready()
        self.n_cancels += 1
        event = ev.CancelResponse(link.next_id(), response_id=response_id)
        await link.tell(event, timeout_s=self.request_timeout_s)

    async def status(self) -> ev.ServerStatus:
        """Ask the server how it is.

        Raises:
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        link = await self.ready()
        answer = await link.request(ev.RequestStatus(link.next_id()), timeout_s=self.request_timeout_s)
        return answer_as(answer, ev.ServerStatus)

    async def close_session(self) -> ev.SessionClosed:
        """Let the response in progress end, then close. Its events can still be taken from ``events``.

        Raises:
            AnswerTimeoutError: No answer came within 15 s.
            ConnectionLostError: The connection ended without ``session.closed``.
        """
        link = self._link()
        return await self._end_session(link, ev.CloseSession(link.next_id()))

    async def cancel_session(self) -> ev.SessionClosed:
        """Drop everything and close.

        Raises:
            AnswerTimeoutError: No answer came within 15 s.
            ConnectionLostError: The connection ended without ``session.closed``.
        """
        link = self._link()
        return await self._end_session(link, ev.CancelSession(link.next_id()))

    async def events(self) -> AsyncIterator[ev.ServerEvent]:
        """Everything the server says that answers no call and belongs to no ``synthesize``, in order.

        Ends when the session or the client was closed.

        Raises:
            ConnectionLostError: The connection ended in any other way.
        """
        async for event in self._link().events():
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
        after the other. A busy server is asked again, unless it asks for a wait of more than a minute.

        Leaving the stream in any way cancels what is in progress: ``aclose``, ``break`` or an exception in a
        loop over it, cancelling the task that waits for audio, dropping it. Streams of one client follow one
        another. One that is held open and not read makes room for the next, at once where the same task
        begins to read that one, else after 3 s; reading it again raises ``LocalProtocolError``.

        Args:
            text: The text, or an iterable or asynchronous iterable of its pieces, which may be cut anywhere.
            voice: Voice; None is the session's.
            language: Language; None is the session's.
            extras: Further settings, such as ``{"speed": 1.2}``.

        Returns:
            An asynchronous iterator of audio: int16 little-endian mono at ``hello.audio.rate_hz``, 20 ms or
            less each.

        Raises:
            RequestRefusedError: While iterating: the server does not accept it.
            SpeechFailedError: While iterating: synthesis failed.
            AnswerTimeoutError: While iterating: the server did not answer, or fell silent.
            ConnectionLostError: While iterating: the connection ended in the middle of a response.
            LocalProtocolError: While iterating: text that was appended before has not been committed or
                cleared, or another stream took this one's place.
        """
        return Speech(self, text, voice=voice, language=language, extras=extras)

    # --- underneath -----------------------------------------------------------------------------------------

    def check_usable(self) -> None:
        """Refuse a process or an event loop that the connection does not belong to.

        Raises:
            LocalProtocolError: This is another process, or another event loop.
        """
        self._upkeep.check_usable()

    async def ready(self) -> Link:
        """The open connection; a lost one is replaced where that was asked for.

        Raises:
            ConnectionLostError: The connection has ended, and a new one was not asked for.
            ConnectFailedError: There was no new connection to be had.
            LocalProtocolError: The client was never connected, was closed, or belongs to somebody else.
        """
        return await self._upkeep.ready()

    async def pause(self, delay_s: float) -> None:
        """Wait, but not longer than the client is open.

        Raises:
            LocalProtocolError: The client was closed.
        """
        await self._upkeep.pause(delay_s)

    def _link(self) -> Link:
        self.check_usable()
        return self._upkeep.link

    def _hold(self, is_held: bool) -> None:
        self._upkeep.hold(is_held)

    async def _end_session(self, link: Link, event: ev.CloseSession | ev.CancelSession) -> ev.SessionClosed:
        closed = answer_as(await link.request(event, timeout_s=CLOSE_WAIT_S), ev.SessionClosed)
        await self.close()
        return closed
