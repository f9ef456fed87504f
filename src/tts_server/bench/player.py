"""A listener that plays what it receives in real time and reads no faster than it plays."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from websockets.asyncio.client import ClientConnection, unix_connect

from tts_server.errors import ConnectionLostError
from tts_server.protocol import events as ev
from tts_server.protocol.codec import decode_server, encode_client

LEAD_S = 0.2
"""How much a listener has ready before it stops reading: a jitter buffer as voice clients have."""


@dataclass(slots=True)
class Playback:
    """A playback clock. Pure: every method takes the time.

    Playing starts with the first audio and stands still whenever what came is used up; such a pause is a gap.

    Args:
        rate_hz: Rate of the audio.
    """

    rate_hz: int
    started_s: float | None = None
    n_samples: int = 0
    gaps_s: list[float] = field(default_factory=list)
    n_late_frames: int = 0

    def runs_dry_at_s(self) -> float | None:
        """When everything that came will have been played; None before the first audio."""
        if self.started_s is None:
            return None
        return self.started_s + self.n_samples / self.rate_hz + sum(self.gaps_s)

    def lead_s(self, now_s: float) -> float:
        """How much there is still to play."""
        dry_at_s = self.runs_dry_at_s()
        return 0.0 if dry_at_s is None else dry_at_s - now_s

    def take(self, n_samples: int, now_s: float) -> None:
        """Add audio that has just come; a gap ends if there was one."""
        if self.started_s is None:
            self.started_s = now_s
        gap_s = -self.lead_s(now_s)
        if gap_s > 0:
            self.gaps_s.append(gap_s)
            self.n_late_frames += 1
        self.n_samples += n_samples

    def rest(self) -> None:
        """Forget the clock and keep the counts: what comes next begins a new stretch of speech."""
        self.started_s = None
        self.n_samples = 0
        self.gaps_s = []


@dataclass(slots=True)
class Turn:
    """One commit as its listener saw it.

    Args:
        began_s: When it was committed, on the listener's clock.
        first_audio_s: From the commit to the first frame; None if none came.
        audio_s: Audio received.
        gaps_s: Pauses in which there was nothing to play.
        n_late_frames: Frames that came after their moment.
        cancelled_at_s: When the cancel was sent, on the listener's clock; None if there was none.
        cancel_s: From sending the cancel to the server's word that it is done; None if it ended before.
        is_ended: Whether the response has had its end.
        is_failed: Whether that end was ``response.failed``.
        is_refused: Whether the server was busy.
        retry_after_ms: What it said then.
    """

    began_s: float
    first_audio_s: float | None = None
    audio_s: float = 0.0
    gaps_s: tuple[float, ...] = ()
    n_late_frames: int = 0
    cancelled_at_s: float | None = None
    cancel_s: float | None = None
    is_ended: bool = False
    is_failed: bool = False
    is_refused: bool = False
    retry_after_ms: int | None = None


class PacedListener:
    """A connection whose owner listens.

    Use `open`. One task at a time. ``n_after_end`` counts frames that came after the end of their response.
    """

    def __init__(self, websocket: ClientConnection, hello: ev.Hello) -> None:
        self._websocket = websocket
        self._ids = itertools.count(1)
        self._ended: set[str] = set()
        self.playback = Playback(hello.audio.rate_hz)
        self.n_after_end = 0

    @classmethod
    async def open(cls, socket_path: str) -> Self:
        """Connect and shake hands. Small buffers, so that what is not read stays with the server."""
        websocket = await unix_connect(socket_path, compression=None, max_queue=4)
        hello = decode_server(await websocket.recv())
        if not isinstance(hello, ev.Hello):
            raise ConnectionLostError("the server did not say hello")
        return cls(websocket, hello)

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
            room_in_s = self.playback.lead_s(now_s) - LEAD_S if paced else 0.0
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
        elif isinstance(event, ev.AudioDone | ev.ResponseCancelled | ev.ResponseFailed):
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
        if isinstance(event, ev.AudioDelta) and event.response_id in self._ended:
            self.n_after_end += 1
        return event

    async def _send(self, event: ev.ClientEvent) -> None:
        await self._websocket.send(encode_client(event))
