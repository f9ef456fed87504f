"""What must hold for every message of a connection, whatever a transcript expects: order, audio, ends."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final

FRAME_MS: Final = 20
DURATION_TOLERANCE_MS: Final = 1.0
"""A duration may be told in whole milliseconds."""

_ENDS: Final = {"response.audio.done", "response.cancelled", "response.failed"}


@dataclass(slots=True)
class Heard:
    """One response as a client has heard it so far.

    Args:
        pcm: Its audio.
        n_frames: Frames received.
        is_short: Whether the last frame was shorter than 20 ms, so that no other may follow.
        end: Type of the event that it ended with.
    """

    pcm: bytearray = field(default_factory=bytearray)
    n_frames: int = 0
    is_short: bool = False
    end: str | None = None


class Ledger:
    """Judges each message of one connection in the order in which they came."""

    def __init__(self) -> None:
        self.rate_hz = 0
        self.responses: dict[str, Heard] = {}
        self._committed: str | None = None
        self._session_id: str | None = None
        self._has_session = False
        self._is_closed = False

    @property
    def live(self) -> list[str]:
        """Responses that have not ended."""
        return [name for name, heard in self.responses.items() if heard.end is None]

    def take(self, event: dict[str, Any]) -> list[str]:
        """Take note of an event of the right form, and say what is wrong about its coming now."""
        kind = event["type"]
        problems = []
        if self._is_closed:
            problems.append(f"{kind} after session.closed")
        if (kind == "server.hello") == bool(self.rate_hz):
            problems.append("server.hello again" if self.rate_hz else f"{kind} before server.hello")
        committed, self._committed = self._committed, None
        if committed is not None and (kind, event.get("response_id")) != ("response.created", committed):
            problems.append(f"{kind} right after input_text.committed, expected its response.created")
        return problems + self._by_type(kind, event, committed)

    def _by_type(self, kind: str, event: dict[str, Any], committed: str | None) -> list[str]:
        if kind == "server.hello":
            self.rate_hz = event["audio"]["rate"]
        elif kind in {"session.created", "session.updated"}:
            return self._session(kind, event["session"]["id"])
        elif kind == "server.status":
            return self._same_session(event["session_id"])
        elif kind == "session.closed":
            self._is_closed = True
            live = [f"session.closed while {name} has not ended" for name in self.live]
            return live + self._same_session(event["session_id"])
        elif kind == "input_text.committed":
            return self._commit(event["response_id"])
        elif kind == "response.created":
            return (
                [] if committed is not None else ["response.created without input_text.committed before it"]
            )
        elif kind == "response.audio.delta":
            return self._audio(event)
        elif kind in _ENDS:
            return self._end(kind, event)
        return []

    def _session(self, kind: str, session_id: str) -> list[str]:
        first, self._has_session = not self._has_session, True
        wanted = "session.created" if first else "session.updated"
        return self._same_session(session_id) + ([] if kind == wanted else [f"{kind}, expected {wanted}"])

    def _same_session(self, session_id: str) -> list[str]:
        self._session_id = self._session_id or session_id
        return [] if session_id == self._session_id else [f"the session's id became {session_id!r}"]

    def _commit(self, response_id: str) -> list[str]:
        self._committed = response_id
        if response_id in self.responses:
            return [f"{response_id} was the id of an earlier response"]
        self.responses[response_id] = Heard()
        return []

    def _audio(self, event: dict[str, Any]) -> list[str]:
        response_id = event["response_id"]
        heard = self.responses.get(response_id)
        if heard is None:
            return [f"audio of {response_id}, which was not created"]
        problems = []
        if heard.end is not None:
            problems.append(f"audio of {response_id} after its {heard.end}")
        if event["seq"] != heard.n_frames:
            problems.append(f"seq is {event['seq']}, expected {heard.n_frames}")
        try:
            pcm = base64.b64decode(event["audio"], validate=True)
        except binascii.Error as error:
            return [*problems, f"audio is no base64: {error}"]
        frame_bytes = self.rate_hz * FRAME_MS // 1000 * 2
        if heard.is_short:
            problems.append("a frame after one that was shorter than 20 ms")
        if len(pcm) % 2 or not 0 < len(pcm) <= frame_bytes:
            problems.append(f"a frame of {len(pcm)} bytes; 20 ms are {frame_bytes}")
        heard.is_short = len(pcm) < frame_bytes
        heard.n_frames += 1
        heard.pcm += pcm
        return problems

    def _end(self, kind: str, event: dict[str, Any]) -> list[str]:
        response_id = event["response_id"]
        heard = self.responses.get(response_id)
        if heard is None:
            return [f"{kind} of {response_id}, which was not created"]
        if heard.end is not None:
            return [f"{kind} of {response_id} after its {heard.end}"]
        heard.end = kind
        if kind != "response.audio.done":
            return []
        sent_ms = len(heard.pcm) / 2 * 1000 / self.rate_hz
        if abs(event["duration_ms"] - sent_ms) > DURATION_TOLERANCE_MS:
            return [f"duration_ms is {event['duration_ms']}, and {sent_ms:g} ms were sent"]
        return []
