"""What the client's core is told: by the caller, by the server, and of the connection.

A *call* is what somebody waits for, named by a number that its maker never uses twice. The core answers each
once, with ``Answer`` or ``Fail``, unless it is given up.
"""

from __future__ import annotations

from dataclasses import dataclass

from tts_server.client.reasons import End
from tts_server.errors import RemoteProtocolError
from tts_server.protocol import events as ev

DEFAULT_CONTEXT = "default"
"""The context of everything that names none."""


# --- the caller ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Request:
    """Send an event that has an ``event_id``; answered with what answers it."""

    call: int
    event: ev.ClientEvent
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Send an event; answered once it has left."""

    call: int
    event: ev.ClientEvent
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class Append:
    """Add to the caller's text; answered once it has left, or waits here since a stream speaks."""

    call: int
    text: str
    timeout_s: float | None = None
    context: str = DEFAULT_CONTEXT


@dataclass(frozen=True, slots=True)
class Commit:
    """Speak the caller's text; answered like the event.

    The response's events are delivered to the call where it listens, and go to everybody's else.
    """

    call: int
    event: ev.CommitText
    listens: bool = False
    timeout_s: float | None = None
    context: str = DEFAULT_CONTEXT


@dataclass(frozen=True, slots=True)
class Speak:
    """Speak a stream's piece with nothing of anybody else's in it; the call listens."""

    call: int
    text: str
    event: ev.CommitText
    timeout_s: float | None = None
    context: str = DEFAULT_CONTEXT


@dataclass(frozen=True, slots=True)
class Clear:
    """Forget the caller's text; answered like the event."""

    call: int
    event: ev.ClearText
    timeout_s: float | None = None
    context: str = DEFAULT_CONTEXT


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody waits for a call any more. What the server speaks because of it is cancelled."""

    call: int


@dataclass(frozen=True, slots=True)
class LetGo:
    """Nobody listens to a response any more."""

    response_id: str


@dataclass(frozen=True, slots=True)
class FloorTaken:
    """A stream speaks, or is about to: the caller's text waits here until it is committed."""

    context: str = DEFAULT_CONTEXT


@dataclass(frozen=True, slots=True)
class FloorFreed:
    """No stream speaks."""

    context: str = DEFAULT_CONTEXT


# --- the server ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """The server said something, in a message of so many characters."""

    event: ev.ServerEvent
    n_chars: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The server said something that breaks the protocol."""

    error: RemoteProtocolError


# --- the connection -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connected:
    """The connection stands, and the server has said hello. The first input of all."""

    hello: ev.Hello


@dataclass(frozen=True, slots=True)
class Left:
    """What was to be sent for a call has left."""

    call: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """What was to be sent for a call cannot be."""

    call: int
    error: Exception


@dataclass(frozen=True, slots=True)
class ReadingPaused:
    """Nothing is read: what follows is not the server's silence."""


@dataclass(frozen=True, slots=True)
class ReadingResumed:
    """Reading goes on: silence counts from here."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """The time of the last ``SetTimer`` has come."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection has ended, and this is why."""

    error: End


@dataclass(frozen=True, slots=True)
class Closed:
    """This side has closed the connection."""


TextCall = Append | Commit | Speak | Clear
"""What concerns the server's text buffer; each waits for the one before."""

Asking = Request | Commit | Speak | Clear
"""What the server answers."""

Call = Request | Tell | TextCall

Notice = Unreadable | Left | Unsent | ReadingPaused | ReadingResumed | TimerFired | Lost | Closed
"""What is learnt of the connection."""

WhileConnected = Call | GiveUp | LetGo | FloorTaken | FloorFreed | Received | Notice

Input = Connected | WhileConnected
