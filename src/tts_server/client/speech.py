"""A text of any length as one stream of audio.

Theory of operation: a task of its own cuts the text and makes one response after the other, at most
``MAX_AHEAD_S`` ahead of the listener, so that the next response is under way while the last one plays.
Whoever iterates takes the audio from a queue between the two.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tts_server.client.backoff import Backoff
from tts_server.errors import (
    ConnectionLostError,
    LocalProtocolError,
    RequestRefusedError,
    SpeechFailedError,
    TTSServerError,
)
from tts_server.protocol import events as ev
from tts_server.text.segment import Segmenter

if TYPE_CHECKING:
    from tts_server.client.client import TTSClient

TextSource = str | Iterable[str] | AsyncIterable[str]

MAX_AHEAD_S = 30.0
"""Audio that may wait for the listener before the next response is asked for."""

TIDY_UP_S = 2.0
"""Longest time that is spent on leaving the connection usable after a stream was closed early."""


@dataclass(slots=True)
class SpeechStats:
    """What a stream measured so far.

    Args:
        first_audio_s: From the first commit to the first audio; None before it came.
        work_s: From each commit to the last audio of its response, summed over responses.
        n_samples: Samples that came.
        n_responses: Responses that were begun.
    """

    first_audio_s: float | None = None
    work_s: float = 0.0
    n_samples: int = 0
    n_responses: int = 0


class Speech:
    """An asynchronous iterator of audio, made by ``TTSClient.synthesize``.

    Each item is int16 little-endian mono, up to 20 ms. ``aclose`` ends it early and cancels what is in
    progress; leaving an ``async with`` block does the same.
    """

    def __init__(
        self,
        client: TTSClient,
        text: TextSource,
        *,
        voice: str | None = None,
        language: str | None = None,
        extras: Mapping[str, Any] | None = None,
    ) -> None:
        self.stats = SpeechStats()
        self.client = client
        self._text = text
        self._voice, self._language, self._extras = voice, language, extras
        self._queue: deque[bytes] = deque()
        self._queued_samples = 0
        self._changed = asyncio.Event()
        self._stream = self._generate()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        return await anext(self._stream)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the stream; a response in progress is cancelled. May be called more than once."""
        await self._stream.aclose()

    # --- taking ---------------------------------------------------------------------------------------------

    async def _generate(self) -> AsyncGenerator[bytes, None]:
        async with self.client.speech_lock:
            producer = asyncio.create_task(self._produce(), name="tts-client-speech")
            producer.add_done_callback(lambda _: self._changed.set())
            try:
                while True:
                    while self._queue:
                        pcm = self._queue.popleft()
                        self._queued_samples -= len(pcm) // 2
                        self._changed.set()
                        yield pcm
                    if producer.done():
                        break
                    self._changed.clear()
                    await self._changed.wait()
                await producer
            finally:
                producer.cancel()
                await asyncio.wait([producer])
                if not producer.cancelled():
                    producer.exception()

    # --- making ---------------------------------------------------------------------------------------------

    async def _produce(self) -> None:
        link = await self.client.ready()
        if link.n_buffered:
            raise LocalProtocolError("commit or clear the text that was appended before synthesizing more")
        hello = link.hello
        max_ahead = int(MAX_AHEAD_S * hello.audio.rate_hz)
        segmenter = Segmenter(
            self._language or "en", min_words=hello.capabilities.ideal_words, max_chars=hello.max_text_chars
        )
        async for piece in _pieces(self._text, segmenter):
            if not piece.strip():
                continue
            while self._queued_samples > max_ahead:
                self._changed.clear()
                await self._changed.wait()
            if not await self._speak(piece):
                return

    async def _speak(self, piece: str) -> bool:
        """Speak one piece; on a new connection where the old one ended before any of its audio came.

        Returns:
            False when the caller had it cancelled.
        """
        backoff = Backoff(self.client.reconnect)
        while True:
            sink = _ResponseSink(self)
            try:
                await self._commit(piece, sink)
                await sink.wait()
            except ConnectionLostError:
                delay_s = None if sink.has_audio else backoff.next_delay_s()
                if delay_s is None:
                    raise
            else:
                return not sink.was_cancelled
            finally:
                await self._tidy_up(sink)
            await asyncio.sleep(delay_s)

    async def _commit(self, piece: str, sink: _ResponseSink) -> None:
        """Send a piece and have it accepted; after a refusal the buffer still holds it."""
        client = self.client
        await client.append(piece)
        sink.is_buffered = True
        backoff = Backoff(client.busy_retry)
        while True:
            sink.begun_at = time.monotonic()
            try:
                sink.response_id = await client.commit(
                    voice=self._voice, language=self._language, extras=self._extras, sink=sink
                )
            except RequestRefusedError as error:
                delay_s = backoff.next_delay_s(error.retry_after_ms) if error.code == "busy" else None
                if delay_s is None:
                    raise
                await asyncio.sleep(delay_s)
            else:
                sink.is_buffered = False
                self.stats.n_responses += 1
                return

    async def _tidy_up(self, sink: _ResponseSink) -> None:
        """Leave no text of ours in the buffer, and no response that nobody listens to."""
        sink.is_open = False
        client = self.client
        if not client.is_connected or not (sink.is_buffered or (sink.response_id and not sink.is_done)):
            return
        try:
            async with asyncio.timeout(TIDY_UP_S):
                if sink.is_buffered:
                    await client.clear()
                elif sink.response_id is not None:
                    await client.cancel(sink.response_id)
        except (TTSServerError, TimeoutError):
            # The connection is gone, and with it what was to be tidied up; whoever uses it next is told so.
            return

    def _take(self, pcm: bytes, begun_at: float) -> None:
        if self.stats.first_audio_s is None:
            self.stats.first_audio_s = time.monotonic() - begun_at
        self.stats.n_samples += len(pcm) // 2
        self._queue.append(pcm)
        self._queued_samples += len(pcm) // 2
        self._changed.set()


class _ResponseSink:
    """Takes one response's events from the client's reading task."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begun_at = 0.0
        self.response_id: str | None = None
        self.is_buffered = False
        self.is_open = True
        self.has_audio = False
        self.was_cancelled = False
        self._n_cancels = speech.client.n_cancels

    def _is_ours_to_cancel(self) -> bool:
        return self._speech.client.n_cancels > self._n_cancels

    @property
    def is_done(self) -> bool:
        """Whether the response's last event came."""
        return self._done.done()

    async def wait(self) -> None:
        """Wait for the response's last event."""
        await asyncio.shield(self._done)

    def put(self, event: ev.ServerEvent) -> None:
        if not self.is_open:
            return
        if isinstance(event, ev.AudioDelta):
            self.has_audio = True
            self._speech._take(event.pcm, self.begun_at)
        elif isinstance(event, ev.ResponseFailed):
            error = event.error
            self.fail(SpeechFailedError(error.message, code=error.code, response_id=event.response_id))
        elif isinstance(event, ev.ResponseCancelled) and not self._is_ours_to_cancel():
            message = "the server cancelled the response"
            self.fail(SpeechFailedError(message, code="cancelled", response_id=event.response_id))
        elif isinstance(event, ev.AudioDone | ev.ResponseCancelled):
            self.was_cancelled = isinstance(event, ev.ResponseCancelled)
            self._speech.stats.work_s += time.monotonic() - self.begun_at
            if not self._done.done():
                self._done.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self._done.done():
            self._done.set_exception(error)
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
    for piece in segmenter.finish():
        yield piece
