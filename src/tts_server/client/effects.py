"""What the client's core wants done: the only way in which it touches the world.

Effects are carried out in the order in which they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

from tts_server.protocol import events as ev


@dataclass(frozen=True, slots=True)
class Send:
    """Send ``event`` after everything sent before it.

    Where it is sent for a call, the core is told ``Left`` or ``Unsent``.
    """

    event: ev.ClientEvent
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A call is answered, with the server's event where there is one."""

    call: int
    event: ev.ServerEvent | None = None


@dataclass(frozen=True, slots=True)
class Fail:
    """A call has failed."""

    call: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Deliver:
    """Give an event of its response to the listener of a call."""

    call: int
    event: ev.ServerEvent


@dataclass(frozen=True, slots=True)
class EndListening:
    """Nothing more is delivered to a call; ``error`` is why, where its response had no end of its own."""

    call: int
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """An event that answers nothing and has no listener, for whoever reads all events."""

    event: ev.ServerEvent
    n_chars: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Tell the core ``TimerFired`` at this time; replaces the timer before."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection with this code and reason."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Abort:
    """Drop the connection without a handshake: nobody is there to take part in one."""


Effect = Send | Answer | Fail | Deliver | EndListening | Keep | SetTimer | Close | Abort
