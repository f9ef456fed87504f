"""The client for programs that do not use asyncio: the same methods, each of which waits."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Self, TypeVar

from tts_server.client.client import TTSClient
from tts_server.errors import LocalProtocolError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping

    from tts_server.endpoint import Endpoint
    from tts_server.protocol import events as ev

T = TypeVar("T")


class SyncTTSClient:
    """A client of a speech server, used as ``with SyncTTSClient(...) as client``.

    ```python
    import wave
    from tts_server.client import SyncTTSClient

    with SyncTTSClient() as client, wave.open("hello.wav", "wb") as file:
        file.setparams((1, 2, client.hello.audio.rate_hz, 0, "NONE", ""))
        for pcm in client.synthesize("Good morning. How are you?"):
            file.writeframes(pcm)
    ```

    The methods are those of ``TTSClient``, with the same arguments and errors. They run on an event loop in a
    thread of its own, so they may be called from any thread, also from within a running event loop, which
    they block.

    Args:
        endpoint: As for ``TTSClient``.
        options: Further arguments of ``TTSClient``.
    """

    def __init__(self, endpoint: Endpoint | str | None = None, **options: Any) -> None:
        self._endpoint = endpoint
        self._options = options
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: TTSClient | None = None

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def hello(self) -> ev.Hello:
        """What the server said first."""
        return self._require().hello

    def connect(self) -> ev.Hello:
        """Connect and wait for ``server.hello``."""
        if self._client is None:
            self._loop = asyncio.new_event_loop()
            # A daemon, so that a program that forgets to close still ends.
            self._thread = threading.Thread(
                target=self._serve, args=(self._loop,), name="tts-client", daemon=True
            )
            self._thread.start()
        try:
            if self._client is None:
                self._client = self._run(self._make())
            return self._run(self._client.connect())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the connection without waiting for speech in progress. May be called more than once."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        try:
            if self._client is not None:
                self._run(self._client.close())
        finally:
            self._loop = self._thread = None
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    def update(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        model: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> ev.SessionState:
        """Set the session's configuration; what is left out stays as it was."""
        return self._run(self._require().update(voice=voice, language=language, model=model, extras=extras))

    def append(self, text: str) -> None:
        """Add text to the server's buffer."""
        self._run(self._require().append(text))

    def commit(
        self,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> str:
        """Speak the buffer as one response, and return its id."""
        return self._run(self._require().commit(voice=voice, language=language, extras=extras))

    def clear(self) -> None:
        """Empty the server's buffer."""
        self._run(self._require().clear())

    def cancel(self, response_id: str | None = None) -> None:
        """Stop a response, or the one in progress."""
        self._run(self._require().cancel(response_id))

    def status(self) -> ev.ServerStatus:
        """Ask the server how it is."""
        return self._run(self._require().status())

    def close_session(self) -> ev.SessionClosed:
        """Let the response in progress end, then close."""
        return self._run(self._require().close_session())

    def cancel_session(self) -> ev.SessionClosed:
        """Drop everything and close."""
        return self._run(self._require().cancel_session())

    def events(self) -> Iterator[ev.ServerEvent]:
        """Everything the server says that answers no call and belongs to no ``synthesize``, in order."""
        yield from self._iterate(self._require().events())

    def synthesize(
        self,
        text: str | Iterable[str],
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> Iterator[bytes]:
        """Speak text of any length; yields int16 little-endian mono audio at ``hello.audio.rate_hz``.

        Closing the iterator early (``close``, or leaving the loop) cancels what is in progress.

        Args:
            text: The text, or an iterable of its pieces, which is advanced on this client's own thread.
            voice: Voice; None is the session's.
            language: Language; None is the session's.
            extras: Further settings, such as ``{"speed": 1.2}``.
        """
        client = self._require()
        yield from self._iterate(client.synthesize(text, voice=voice, language=language, extras=extras))

    # --- underneath -----------------------------------------------------------------------------------------

    def _iterate(self, stream: AsyncIterator[T]) -> Iterator[T]:
        try:
            while True:
                try:
                    item = self._run(_next(stream))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            aclose = getattr(stream, "aclose", None)
            if aclose is not None and self._loop is not None:
                self._run(aclose())

    async def _make(self) -> TTSClient:
        return TTSClient(self._endpoint, **self._options)

    def _require(self) -> TTSClient:
        if self._client is None:
            raise LocalProtocolError(
                "the client is not connected; use 'with SyncTTSClient(...)' or connect()"
            )
        return self._client

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run ``work`` on the client's loop and wait; an interrupt of the waiting thread cancels it."""
        if self._loop is None:
            work.close()
            raise LocalProtocolError("the client is closed")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    @staticmethod
    def _serve(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()


async def _next(stream: AsyncIterator[T]) -> T:
    return await anext(stream)
