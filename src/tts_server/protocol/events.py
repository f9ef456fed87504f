"""Every event of the protocol, one frozen dataclass each.

Client events are imperative (``CommitText``), server events are past (``TextCommitted``). ``event_id`` is
what the sender chose; a server event's ``event_id`` is made by the session machine. ``None`` stands for a
field that was absent. Which fields a version of the protocol has is its dialect's affair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tts_server.errors import ErrorType
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities

MAX_EVENT_ID_CHARS = 200
"""Longest ``event_id`` of a client's: it is echoed, and what is echoed waits in memory for whoever reads
slowly."""

JSONObject = Mapping[str, Any]


# --- client to server ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UpdateSession:
    """``session.update``: set the session's configuration."""

    event_id: str | None = None
    voice: str | None = None
    model: str | None = None
    language: str | None = None
    audio_format: str | None = None
    extras: JSONObject | None = None


@dataclass(frozen=True, slots=True)
class AppendText:
    """``input_text.append``: add to the buffer."""

    text: str
    event_id: str | None = None
    text_format: str | None = None
    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommitText:
    """``input_text.commit``: speak the buffer as one response."""

    event_id: str | None = None
    voice: str | None = None
    language: str | None = None
    extras: JSONObject | None = None
    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class ClearText:
    """``input_text.clear``: empty the buffer."""

    event_id: str | None = None
    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class CancelResponse:
    """``response.cancel``: stop a response, or the one in progress."""

    event_id: str | None = None
    response_id: str | None = None
    context_id: str | None = None


@dataclass(frozen=True, slots=True)
class CancelSession:
    """``session.cancel``: drop everything and close."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class CloseSession:
    """``session.close``: let the response in progress end, then close."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class RequestStatus:
    """``server.status``: ask how the server is."""

    event_id: str | None = None


ClientEvent = (
    UpdateSession
    | AppendText
    | CommitText
    | ClearText
    | CancelResponse
    | CancelSession
    | CloseSession
    | RequestStatus
)


# --- server to client ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionState:
    """The ``session`` object of ``session.created`` and ``session.updated``."""

    id: str
    voice: str | None
    model: str
    language: str | None
    extras: JSONObject
    audio_format: str = "pcm16"


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """The ``error`` object of ``error`` and ``response.failed``."""

    type: ErrorType
    code: str
    message: str
    event_id: str | None = None
    retry_after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Hello:
    """``server.hello``: the first message, sent after the model is loaded."""

    event_id: str
    backend: BackendInfo
    audio: AudioFormat
    capabilities: Capabilities
    max_text_chars: int
    protocol_version: str = "0.1"


@dataclass(frozen=True, slots=True)
class SessionCreated:
    """``session.created``: answer to the first ``session.update``."""

    event_id: str
    session: SessionState
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """``session.updated``: answer to every later ``session.update``."""

    event_id: str
    session: SessionState
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class TextCommitted:
    """``input_text.committed``: the commit was admitted."""

    event_id: str
    response_id: str
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class TextCleared:
    """``input_text.cleared``: the buffer is empty."""

    event_id: str
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseCreated:
    """``response.created``: follows ``input_text.committed`` at once."""

    event_id: str
    response_id: str


@dataclass(frozen=True, slots=True)
class AudioDelta:
    """``response.audio.delta``: one frame; ``pcm`` is int16 little-endian mono at the session's rate."""

    event_id: str
    response_id: str
    seq: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class AudioDone:
    """``response.audio.done``: all audio was sent; ``duration_ms`` from the true number of samples."""

    event_id: str
    response_id: str
    duration_ms: float


@dataclass(frozen=True, slots=True)
class ResponseCancelled:
    """``response.cancelled``: no more audio of it follows."""

    event_id: str
    response_id: str
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseFailed:
    """``response.failed``: no more audio of it follows; the session stays usable."""

    event_id: str
    response_id: str
    error: ErrorDetail


@dataclass(frozen=True, slots=True)
class SessionClosed:
    """``session.closed``: the last event of a session."""

    event_id: str
    session_id: str
    reason: str
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """``server.status``: answer to the request of that name."""

    event_id: str
    session_id: str
    backend: BackendInfo
    audio: AudioFormat
    queue_depth: int
    voice_count: int
    voices: tuple[str, ...]
    buffered_chars: int
    uptime_seconds: float
    pid: int
    previous_event_id: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorOccurred:
    """``error``: a client event was refused, or could not be read."""

    event_id: str
    error: ErrorDetail
    previous_event_id: str | None = None


ServerEvent = (
    Hello
    | SessionCreated
    | SessionUpdated
    | TextCommitted
    | TextCleared
    | ResponseCreated
    | AudioDelta
    | AudioDone
    | ResponseCancelled
    | ResponseFailed
    | SessionClosed
    | ServerStatus
    | ErrorOccurred
)
