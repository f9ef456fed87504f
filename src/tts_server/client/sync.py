"""The client for programs that do not use asyncio: the same methods, each of which waits."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tts_server.client.client import TTSClient
from tts_server.client.thread import LoopThread
from tts_server.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from tts_server.endpoint import Endpoint
    from tts_server.protocol import events as ev

T = TypeVar("T")


class SyncTTSClient:
    """A client of a speech server, used as ``with SyncTTSClient(...) as client``.

    ```python
    import wave
    from tts_server import SyncTTSClient

    with SyncTTSClient() as client, wave.open("hello.wav", "wb") as file:
        file.setparams((1, 2, client.hello.audio.rate_hz, 0, "NONE", ""))
        for pcm in client.synthesize("Good morning. How are you?"):
            file.writeframes(pcm)
    ```

    The methods are those of ``TTSClient``, with the same arguments and errors. They run on an event loop in a
    thread of its own, so they may be called from any thread, also from within a running event loop, which
    they block; not from ``on_message`` and an iterable of text, which run on that thread. Closing ends what
    other threads wait for. A forked process gets ``LocalProtocolError``, and the connection is not touched.

    Args:
        endpoint: As for ``TTSClient``.
        options: Further arguments of ``TTSClient``.
    """

    def __init__(self, endpoint: Endpoint | str | None = None, **options: Any) -> None:
        self._endpoint = endpoint
        self._options = options
        self._is_closed = False
        self._connecting = threading.Lock()
        self._closing = threading.Lock()
        self._thread: LoopThread | None = None
        self._client: TTSClient | None = None

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def hello(self) -> ev.Hello:
        """What the server said first."""
        return self._require()[1].hello

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection on which requests can be made."""
        return self._client is not None and self._client.is_connected

    def connect(self) -> ev.Hello:
        """Connect and wait for ``server.hello``. May be tried again after it failed."""
        if self._thread is not None:
            # Before the lock: in a forked process nobody may be left who would release it.
            self._thread.check_caller()
        with self._connecting:
            return self._connect()

    def close(self) -> None:
        """Close the connection without waiting for speech in progress. May be called more than once."""
        self._is_closed = True
        thread = self._thread
        if thread is None or not thread.is_ours:
            return
        thread.check_caller()
        with self._closing:
            try:
                if self._client is not None and not thread.is_stopped:
                    thread.run(self._client.close)
            finally:
                thread.stop()

    def update(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        model: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> ev.SessionState:
        """Set the session's configuration; what is left out stays as it was."""
        return self._run(
            lambda client: client.update(voice=voice, language=language, model=model, extras=extras)
        )

    def append(self, text: str) -> None:
        """Add text to the server's buffer."""
        self._run(lambda client: client.append(text))

    def commit(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> str:
        """Speak the buffer as one response, and return its id."""
        return self._run(lambda client: client.commit(voice=voice, language=language, extras=extras))

    def clear(self) -> None:
        """Empty the server's buffer."""
        self._run(lambda client: client.clear())

    def cancel(self, response_id: str | None = None) -> None:
        """Stop a response, or the one in progress."""
        self._run(lambda client: client.cancel(response_id))

    def status(self) -> ev.ServerStatus:
        """Ask the server how it is."""
        return self._run(lambda client: client.status())

    def close_session(self) -> ev.SessionClosed:
        """Let the response in progress end, then close."""
        return self._run(lambda client: client.close_session())

    def cancel_session(self) -> ev.SessionClosed:
        """Drop everything and close."""
        return self._run(lambda client: client.cancel_session())

    def events(self) -> SyncStream[ev.ServerEvent]:
        """Everything the server says that answers no call and belongs to no ``synthesize``, in order."""
        thread, client = self._require()
        events = client.events()
        return SyncStream(self, thread, lambda: _next(events))

    def synthesize(
        self,
        text: str | Iterable[str],
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> SyncStream[bytes]:
        """Speak text of any length; gives int16 little-endian mono audio at ``hello.audio.rate_hz``.

        Closing the stream early (``close``, leaving the loop, or dropping it) cancels what is in progress.

        Args:
            text: The text, or an iterable of its pieces, which is advanced on this client's own thread.
            voice: Voice; None is the session's.
            language: Language; None is the session's.
            extras: Further settings, such as ``{"speed": 1.2}``.
        """
        thread, client = self._require()
        speech = client.synthesize(text, voice=voice, language=language, extras=extras)
        return SyncStream(self, thread, lambda: speech.take(threading.current_thread()), speech.aclose)

    # --- underneath -----------------------------------------------------------------------------------------

    def _connect(self) -> ev.Hello:
        if self._is_closed:
            raise LocalProtocolError("the client is closed")
        thread, client = self._thread, self._client
        if thread is not None and client is not None:
            return thread.run(client.connect)
        self._thread = thread = LoopThread()
        try:
            client = thread.run(self._make)
            hello = thread.run(client.connect)
        except BaseException:
            self._thread = None
            thread.stop()
            raise
        self._client = client
        weakref.finalize(self, thread.stop, wait=False).atexit = False
        return hello

    async def _make(self) -> TTSClient:
        return TTSClient(self._endpoint, **self._options)

    def _require(self) -> tuple[LoopThread, TTSClient]:
        if self._client is None or self._thread is None:
            problem = "the client is closed" if self._is_closed else "the client is not connected"
            raise LocalProtocolError(f"{problem}; use 'with SyncTTSClient(...)' or connect()")
        return self._thread, self._client

    def _run(self, make_work: Callable[[TTSClient], Coroutine[Any, Any, T]]) -> T:
        thread, client = self._require()
        return thread.run(lambda: make_work(client))


class SyncStream(Iterator[T]):
    """What ``synthesize`` and ``events`` give: an iterator that waits, and can be closed early.

    Usable as ``with client.synthesize(...) as speech`` too. Dropping it, on any thread, ends it as well.
    """

    def __init__(
        self,
        client: SyncTTSClient,
        thread: LoopThread,
        take: Callable[[], Coroutine[Any, Any, T]],
        aclose: Callable[[], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        # Held, so that a client that nobody else holds is not closed under its stream.
        self._client = client
        self._thread = thread
        self._take = take
        self._aclose = aclose
        self._is_over = False

    def __next__(self) -> T:
        if self._is_over:
            raise StopIteration
        try:
            return self._thread.run(self._take)
        except StopAsyncIteration:
            self._is_over = True
            raise StopIteration from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the stream; a response in progress is cancelled. May be called more than once."""
        self._is_over = True
        if self._aclose is not None and self._thread.is_ours and not self._thread.is_stopped:
            self._thread.run(self._aclose)


async def _next(events: AsyncIterator[T]) -> T:
    return await anext(events)
