"""A text of any length as one stream of audio.

Theory of operation: a task of its own cuts the text and makes one response after the other, at most
``MAX_AHEAD_S`` ahead of the listener, so that the next response is under way while the last one plays.
Whoever iterates takes the audio from a queue between the two.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from tts_server.client.backoff import Backoff
from tts_server.client.reasons import refusal
from tts_server.client.requests import answer_as
from tts_server.client.stream import SpeechStats, Stream
from tts_server.errors import ConnectionLostError, RequestRefusedError, SpeechFailedError
from tts_server.protocol import events as ev
from tts_server.text.segment import MAX_SEGMENT_CHARS, Segmenter

if TYPE_CHECKING:
    from tts_server.client.backoff import RetryPolicy
    from tts_server.client.link import Link
    from tts_server.client.stream import Floor

TextSource = str | Iterable[str] | AsyncIterable[str]

MAX_AHEAD_S = 30.0
"""Audio that may wait for the listener before the next response is asked for."""

MAX_PIECE_CHARS = 10 * MAX_SEGMENT_CHARS
"""Longest piece that is committed at once, whatever a server says that it takes."""


class SpeakingClient(Protocol):
    """What a stream needs of its client."""

    floor: Floor
    """Whose turn it is to speak."""
    reconnect: RetryPolicy
    busy_retry: RetryPolicy
    request_timeout_s: float | None
    n_cancels: int
    """How often the caller has cancelled."""

    def check_usable(self) -> None:
        """Refuse a process or an event loop that the client does not belong to."""

    async def ready(self) -> Link:
        """The open connection."""

    async def pause(self, delay_s: float) -> None:
        """Wait, but not longer than the client is open."""


class Speech:
    """An asynchronous iterator of audio, made by ``TTSClient.synthesize``.

    Each item is int16 little-endian mono, up to 20 ms. Nothing is asked of the server before the first item
    is. Leaving the stream in any way cancels what is in progress: ``aclose``, the end of an ``async with``
    block, cancelling the task that waits for audio, or letting go of the object, as a loop over it does
    that is left by ``break`` or an exception.
    """

    def __init__(
        self,
        client: SpeakingClient,
        text: TextSource,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        self.client = client
        self._wish: _Wish | None = _Wish(text, voice, language, extras)
        self._stream = Stream()

    @property
    def stats(self) -> SpeechStats:
        """What was measured so far."""
        return self._stream.stats

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        self.client.check_usable()
        return await self.take(asyncio.current_task())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        # Absent where ``__init__`` raised.
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.abandon()

    async def take(self, reader: object | None) -> bytes:
        """Wait for the next audio, on behalf of ``reader``: a task, or a thread.

        Raises:
            StopAsyncIteration: That was all.
            LocalProtocolError: Another stream took this one's place, or the client cannot be used here.
        """
        self.client.check_usable()
        if not self._stream.is_begun and self._wish is not None:
            wish, self._wish = self._wish, None
            self._stream.begin(_Producer(self.client, self._stream, wish).run())
        return await self._stream.take(reader)

    async def aclose(self) -> None:
        """End the stream; a response in progress is cancelled. May be called more than once."""
        self.client.check_usable()
        self._wish = None
        await self._stream.aclose()


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be spoken, and how."""

    text: TextSource
    voice: str | None
    language: str | None
    extras: Mapping[str, Any] | None


class _Producer:
    """Has a text spoken piece by piece, into a stream."""

    def __init__(self, client: SpeakingClient, stream: Stream, wish: _Wish) -> None:
        self._client = client
        self._stream = stream
        self._wish = wish

    async def run(self) -> None:
        async with self._client.floor.held_by(self._stream):
            hello = (await self._client.ready()).hello
            max_ahead = int(MAX_AHEAD_S * hello.audio.rate_hz)
            segmenter = Segmenter(
                self._wish.language or "en",
                min_words=hello.capabilities.ideal_words,
                max_chars=min(hello.max_text_chars, MAX_PIECE_CHARS),
            )
            async with contextlib.aclosing(_pieces(self._wish.text, segmenter)) as pieces:
                async for piece in pieces:
                    if not piece.strip():
                        continue
                    await self._stream.room(max_ahead)
                    if not await self._speak(piece):
                        return

    async def _speak(self, piece: str) -> bool:
        """Speak one piece; on a new connection where the old one ended before any of its audio came.

        Returns:
            False when the caller had it cancelled.
        """
        backoff = Backoff(self._client.reconnect)
        while True:
            link = await self._client.ready()
            sink = _ResponseSink(self._stream, self._client)
            response_id = None
            try:
                response_id = await self._commit(link, piece, sink)
                await sink.wait()
            except ConnectionLostError:
                delay_s = None if sink.has_audio else backoff.next_delay_s()
                if delay_s is None:
                    raise
            else:
                return not sink.was_cancelled
            finally:
                sink.close()
                if response_id is not None:
                    link.let_go(response_id)
            await self._client.pause(delay_s)

    async def _commit(self, link: Link, piece: str, sink: _ResponseSink) -> str:
        """Have a piece accepted, however often the server has to be asked; returns the response's id."""
        client, wish = self._client, self._wish
        backoff = Backoff(client.busy_retry)
        while True:
            sink.begun_at = time.monotonic()
            commit = ev.CommitText(
                link.next_id(), voice=wish.voice, language=wish.language, extras=wish.extras
            )
            try:
                answer = await link.speak(piece, commit, sink=sink, timeout_s=client.request_timeout_s)
            except RequestRefusedError as error:
                if error.code != "busy" or backoff.is_too_long(error.retry_after_ms):
                    raise
                delay_s = backoff.next_delay_s(error.retry_after_ms)
                if delay_s is None:
                    raise
                await client.pause(delay_s)
            else:
                self._stream.stats.n_responses += 1
                return answer_as(answer, ev.TextCommitted).response_id


class _ResponseSink:
    """Takes one response's events from the client's reading task."""

    def __init__(self, stream: Stream, client: SpeakingClient) -> None:
        self._stream = stream
        self._client = client
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_open = True
        self._n_cancels = client.n_cancels
        self.begun_at = 0.0
        self.has_audio = False
        self.was_cancelled = False

    async def wait(self) -> None:
        """Wait for the response's last event."""
        await asyncio.shield(self._done)

    def close(self) -> None:
        """Take no more."""
        self._is_open = False

    def put(self, event: ev.ServerEvent) -> None:
        if not self._is_open or self._done.done():
            return
        stats = self._stream.stats
        if isinstance(event, ev.AudioDelta):
            self.has_audio = True
            if stats.first_audio_s is None:
                stats.first_audio_s = time.monotonic() - self.begun_at
            self._stream.put(event.pcm)
        elif isinstance(event, ev.ResponseFailed):
            error = refusal(event.error)
            self.fail(SpeechFailedError(str(error), code=error.code, response_id=event.response_id))
        elif isinstance(event, ev.ResponseCancelled) and self._client.n_cancels == self._n_cancels:
            message = "the server cancelled the response"
            self.fail(SpeechFailedError(message, code="cancelled", response_id=event.response_id))
        elif isinstance(event, ev.AudioDone | ev.ResponseCancelled):
            self.was_cancelled = isinstance(event, ev.ResponseCancelled)
            stats.work_s += time.monotonic() - self.begun_at
            self._done.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
            # Looked at, so that nobody complains of an error that the stream did not stay to hear.
            self._done.exception()


async def _pieces(text: TextSource, segmenter: Segmenter) -> AsyncGenerator[str, None]:
    """What to commit, one after the other."""
    if isinstance(text, AsyncIterable):
        async for part in text:
            for piece in segmenter.push(part):
                yield piece
    else:
        for part in [text] if isinstance(text, str) else text:
            for piece in segmenter.push(part):
                yield piece
            # An iterable without words and without end is to stay cancellable.
            await asyncio.sleep(0)
    for piece in segmenter.finish():
        yield piece
