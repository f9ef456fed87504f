"""Everything that can happen to a session: what its driver tells the machine.

``Input`` is closed: there is nothing else, and both tables of rules are keyed by these types.
"""

from __future__ import annotations

from dataclasses import dataclass

from tts_server.errors import RemoteProtocolError, TTSServerError
from tts_server.protocol.events import ClientEvent
from tts_server.session.effects import Timer
from tts_server.speech.made import Made

# --- the connection -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opened:
    """The connection stands and the model is loaded: the first input of all."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The connection is gone. May come at any time, and again."""


@dataclass(frozen=True, slots=True)
class Stopping:
    """The server stops."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits to be sent has changed.

    Args:
        n_bytes: Bytes that were handed to ``Send`` and that the client has not accepted.
        progressed: Whether the client has accepted anything since the last such input.
        allowed_bytes: How many may wait before synthesis pauses; None is the limit.
    """

    n_bytes: int
    progressed: bool
    allowed_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer has fired; one that fires when it has nothing to do any more does no harm."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Reported:
    """Answer to ``ReportStatus``.

    Args:
        previous_event_id: From the effect.
        queue_depth: Responses admitted and not yet released by the engine, in all.
        uptime_s: Since the server started.
        pid: Of the server's process.
    """

    previous_event_id: str | None
    queue_depth: int
    uptime_s: float
    pid: int


# --- the client ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """An event of the client's."""

    event: ClientEvent


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of the client's could not be read."""

    error: RemoteProtocolError


# --- one response -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Admitted:
    """Answer to ``Submit``: there is room, and the text was taken."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Answer to ``Submit``: not now, or not at all. The text stays where it was."""

    response_id: str
    error: TTSServerError


@dataclass(frozen=True, slots=True)
class Produced:
    """The engine made sound: any number of whole samples."""

    response_id: str
    made: Made


@dataclass(frozen=True, slots=True)
class Finished:
    """The engine has spoken all of it and has let go of it."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The engine failed on it and has let go of it."""

    response_id: str
    error: TTSServerError


@dataclass(frozen=True, slots=True)
class Released:
    """The engine has let go of a cancelled response."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Left:
    """Its end, which was handed to ``Send``, has left: it can be cancelled no more."""

    response_id: str


OfResponse = Admitted | Refused | Produced | Finished | Failed | Released | Left
OfConnection = Opened | Gone | Stopping | Unsent | TimerFired | Reported | Unreadable
Input = OfConnection | Received | OfResponse
