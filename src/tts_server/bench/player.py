"""A listener that plays what it receives in real time and reads no faster than it plays."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from typing import Final, Self

from websockets.asyncio.client import ClientConnection, unix_connect

from tts_server.bench.playback import LEAD_S, Playback, Turn
from tts_server.errors import ConnectionLostError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import decode_server, encode_client

_END: Final = ev.AudioDone | ev.ResponseCancelled | ev.ResponseFailed


class PacedListener:
    """A connection whose owner listens.

    Use `open`. One task at a time. ``n_after_end`` counts frames and ends that came after the end of their
    response.
    """

    def __init__(self, websocket: ClientConnection, hello: ev.Hello, lead_s: float = LEAD_S) -> None:
        self._websocket = websocket
        self._lead_s = lead_s
        self._ids = itertools.count(1)
        self._ended: set[str] = set()
        self.playback = Playback(hello.audio.rate_hz)
        self.n_after_end = 0

    @classmethod
    async def open(cls, socket_path: str, *, lead_s: float = LEAD_S) -> Self:
        """Connect and shake hands. Small buffers, so that what is not read stays with the server.

        Args:
            socket_path: Where the server listens.
            lead_s: How much is read ahead of what is played.
        """
        websocket = await unix_connect(socket_path, compression=None, max_queue=4)
        hello = decode_server(await websocket.recv())
        if not isinstance(hello, ev.Hello):
            raise ConnectionLostError("the server did not say hello")
        return cls(websocket, hello, lead_s)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._websocket.close()

    async def speak(
        self,
        text: str,
        *,
        voice: str | None = None,
        extras: Mapping[str, object] | None = None,
        cancel_after_s: float | None = None,
        paced: bool = True,
    ) -> Turn:
        """Commit a text and listen until its end.

        Args:
            text: What to say.
            voice: Voice, or the server's default.
            extras: Extras of the commit.
            cancel_after_s: Interrupt it so long after the commit; None hears it out.
            paced: Read no faster than it plays; else as fast as it comes.

        Raises:
            ConnectionClosed: The server dropped the connection.
        """
        turn = Turn(began_s=time.perf_counter())
        await self._send(ev.AppendText(text))
        await self._send(ev.CommitText(f"c{next(self._ids)}", voice=voice, extras=extras))
        response_id = await self._admission(turn)
        if response_id is None:
            await self._send(ev.ClearText())
            return turn
        n_gaps, n_late = len(self.playback.gaps_s), self.playback.n_late_frames
        cancel_at_s = float("inf") if cancel_after_s is None else turn.began_s + cancel_after_s
        while not turn.is_ended:
            if turn.cancelled_at_s is None and time.perf_counter() >= cancel_at_s:
                turn.cancelled_at_s = time.perf_counter()
                await self._send(ev.CancelResponse(response_id=response_id))
            await self._listen(turn, response_id, cancel_at_s, paced=paced)
        self._ended.add(response_id)
        turn.gaps_s = tuple(self.playback.gaps_s[n_gaps:])
        turn.n_late_frames = self.playback.n_late_frames - n_late
        return turn

    async def until_engine_is_free(self) -> float:
        """Ask for the server's status until nothing holds the engine; return the seconds that it took."""
        began_s = time.perf_counter()
        while True:
            await self._send(ev.RequestStatus())
            event = await self._receive()
            while not isinstance(event, ev.ServerStatus):
                event = await self._receive()
            if event.queue_depth == 0:
                return time.perf_counter() - began_s

    async def play_out(self) -> None:
        """Wait until everything that came has been played, and stop the clock."""
        await asyncio.sleep(max(0.0, self.playback.lead_s(time.perf_counter())))
        self.playback.rest()

    async def _listen(self, turn: Turn, response_id: str, cancel_at_s: float, *, paced: bool) -> None:
        """Take one event, or wait until there is room for its audio or the moment of the cancel has come."""
        timeout_s = None
        if turn.cancelled_at_s is None:
            now_s = time.perf_counter()
            timeout_s = max(0.0, cancel_at_s - now_s) if cancel_at_s < float("inf") else None
            room_in_s = self.playback.lead_s(now_s) - self._lead_s if paced else 0.0
            if room_in_s > 0:
                await asyncio.sleep(min(room_in_s, cancel_at_s - now_s))
                return
        try:
            event = await asyncio.wait_for(self._receive(), timeout_s)
        except TimeoutError:
            return
        now_s = time.perf_counter()
        if isinstance(event, ev.AudioDelta) and event.response_id == response_id:
            self.playback.take(len(event.pcm) // 2, now_s)
            turn.audio_s += len(event.pcm) / 2 / self.playback.rate_hz
            if turn.first_audio_s is None:
                turn.first_audio_s = now_s - turn.began_s
        elif isinstance(event, _END):
            turn.is_ended = True
            turn.is_failed = isinstance(event, ev.ResponseFailed)
            if turn.cancelled_at_s is not None and isinstance(event, ev.ResponseCancelled):
                turn.cancel_s = now_s - turn.cancelled_at_s

    async def _admission(self, turn: Turn) -> str | None:
        while True:
            event = await self._receive()
            if isinstance(event, ev.TextCommitted):
                return event.response_id
            if isinstance(event, ev.ErrorOccurred):
                turn.is_refused = True
                turn.retry_after_ms = event.error.retry_after_ms
                return None

    async def _receive(self) -> ev.ServerEvent | None:
        event = decode_server(await self._websocket.recv())
        if isinstance(event, ev.AudioDelta | _END) and event.response_id in self._ended:
            self.n_after_end += 1
        return event

    async def _send(self, event: ev.ClientEvent) -> None:
        await self._websocket.send(encode_client(event))
