"""A listener: commits text on a connection, and remembers when each frame of the answer came."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tts_server.errors import SpeechFailedError
from tts_server.protocol.events import AudioDelta, AudioDone, ResponseCancelled, ResponseFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tts_server.client import TTSClient

AUDIBLE = 0.01
"""-40 dB of the loudest sample: below it, a listener hears silence."""


@dataclass(slots=True)
class Hearing:
    """What one response sounded like to somebody who plays it as it comes.

    Times are seconds from the commit. ``arrivals`` holds, for each frame, when it came and how many samples
    came before it.
    """

    rate_hz: int
    pcm: bytearray = field(default_factory=bytearray)
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    total_s: float = 0.0

    @property
    def audio_s(self) -> float:
        """Length of the audio."""
        return len(self.pcm) / 2 / self.rate_hz

    @property
    def first_audio_s(self) -> float:
        """When the first frame came."""
        return self.arrivals[0][0] if self.arrivals else self.total_s

    @property
    def lead_in_s(self) -> float:
        """Silence before the first sample that is above -40 dB of the loudest."""
        samples = array("h", bytes(self.pcm))
        threshold = AUDIBLE * max(map(abs, samples), default=0)
        return next((i for i, sample in enumerate(samples) if abs(sample) > threshold), 0) / self.rate_hz

    @property
    def first_audible_s(self) -> float:
        """When somebody who plays from the first frame on hears the first sound."""
        return self.first_audio_s + self.lead_in_s

    @property
    def worst_lateness_s(self) -> float:
        """How much later than needed the latest frame came; negative if each was there in time."""
        begun = self.first_audio_s
        return max((came - begun - before / self.rate_hz for came, before in self.arrivals[1:]), default=0.0)


async def hear(
    client: TTSClient, text: str, *, voice: str | None = None, extras: Mapping[str, object] | None = None
) -> Hearing:
    """Commit ``text`` and listen to the end.

    Args:
        client: A connected client with nothing else in progress, whose ``events`` nobody else reads.
        text: At most the server's ``max_text_chars``.
        voice: A voice of the server's, or its default.
        extras: Extras for this commit.

    Raises:
        RequestRefusedError: The server did not take the text.
        SpeechFailedError: The response failed or was cancelled.
    """
    await client.append(text)
    hearing = Hearing(client.hello.audio.rate_hz)
    began = time.perf_counter()
    response_id = await client.commit(voice=voice, extras=extras)
    async for event in client.events():
        now = time.perf_counter() - began
        if isinstance(event, AudioDelta) and event.response_id == response_id:
            hearing.arrivals.append((now, len(hearing.pcm) // 2))
            hearing.pcm += event.pcm
        elif isinstance(event, AudioDone) and event.response_id == response_id:
            hearing.total_s = now
            return hearing
        elif isinstance(event, ResponseFailed | ResponseCancelled) and event.response_id == response_id:
            message = event.error.message if isinstance(event, ResponseFailed) else "it was cancelled"
            raise SpeechFailedError(message, code="backend_error", response_id=response_id)
    raise SpeechFailedError("the connection ended", code="internal_error", response_id=response_id)
