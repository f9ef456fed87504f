"""What a session machine wants done: the only way in which it touches the world.

The connection's driver carries the effects out in the order in which they stand, before it feeds the next
input.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tts_server.protocol.events import ResponseCancelled, ServerEvent
from tts_server.speech.request import SpeechRequest


@dataclass(frozen=True, slots=True)
class Send:
    """Send ``event`` after everything sent before it."""

    event: ServerEvent


@dataclass(frozen=True, slots=True)
class Submit:
    """Ask for admission; answered at once with ``Admitted`` or ``Refused``, before the next effect.

    Args:
        response_id: What is asked for.
        request: What is to be spoken, and how.
        stream_id: Its stream on this connection; those of one stream are spoken one after another. None is
            the connection's own.
        max_lead_s: Make no more than so much sound ahead of its playout; None is no bound.
        begin_in_s: It is of no use unless it begins so soon; None is no bound.
    """

    response_id: str
    request: SpeechRequest
    stream_id: str | None = None
    max_lead_s: float | None = None
    begin_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the engine's work on a response; answered later with ``Released``."""

    response_id: str


@dataclass(frozen=True, slots=True)
class SendInstead:
    """Send each event in place of all of its response that has not left the server.

    The response's audio is dropped. The event goes where its end waits; where none does, behind everything.
    """

    events: tuple[ResponseCancelled, ...]


@dataclass(frozen=True, slots=True)
class CutPlayout:
    """The listener was interrupted, and hears no more of what was made for a stream."""

    stream_id: str | None = None


@dataclass(frozen=True, slots=True)
class PauseSynthesis:
    """Make no more audio for this connection until ``ResumeSynthesis``."""


@dataclass(frozen=True, slots=True)
class ResumeSynthesis:
    """Go on making audio for this connection."""


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """Look up what the machine cannot know and answer at once with ``Reported``."""

    previous_event_id: str | None


class Timer(Enum):
    """What a session waits for; each is set once at a time."""

    DRAIN = "drain"
    """Responses in progress may end until then."""
    STALL = "stall"
    """A client that reads nothing is given up."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Give ``TimerFired(timer)`` at ``at_s``; replaces the same timer where it is set."""

    timer: Timer
    at_s: float


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection once everything sent before has left, or at once when ``abort`` is true.

    ``code`` and ``reason`` are the WebSocket's close code and reason; other transports map them.
    """

    code: int = 1000
    reason: str = ""
    abort: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something an operator may want to read; ``level`` is a standard level name in lower case."""

    level: str
    message: str


OtherEffect = (
    SendInstead
    | CutPlayout
    | Submit
    | Cancel
    | PauseSynthesis
    | ResumeSynthesis
    | ReportStatus
    | SetTimer
    | Close
    | Note
)
"""All but what is sent."""

Effect = Send | OtherEffect
