"""A server without a socket: the session machine, a toy engine, and what waits to leave.

The only part of the clients' tests that knows how the session machine is spoken to.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tests.session.factories import make_service, pcm, produced

from tts_server.errors import BusyError, RemoteProtocolError, SynthesisError
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.session.effects import (
    Cancel,
    Close,
    Effect,
    ReportStatus,
    Send,
    SendInstead,
    SetTimer,
    Submit,
    Timer,
)
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Gone,
    Input,
    Left,
    Opened,
    Received,
    Refused,
    Released,
    Reported,
    Stopping,
    TimerFired,
    Unreadable,
)
from tts_server.session.machine import SessionMachine

MAX_TEXT_CHARS = 30

_ENDS = (ev.AudioDone, ev.ResponseFailed)


@dataclass
class MachinePeer:
    """The server's side of one connection. Whoever drives it says when anything moves."""

    has_room: bool = True
    """Whether the toy engine admits what is submitted next."""
    spoken: dict[str, str] = field(default_factory=dict)
    """The text of each response that was admitted."""
    engine: dict[str, bool] = field(default_factory=dict)
    """What the engine holds, and whether it was told to let go."""
    outbox: deque[ev.ServerEvent] = field(default_factory=deque)
    """What has not left the server, and can still be taken back."""
    is_closing: bool = False
    """Whether the connection is closed once the outbox is empty."""
    now: float = 0.0
    _timers: dict[Timer, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._machine = SessionMachine("sess_peer", make_service(), Limits(max_text_chars=MAX_TEXT_CHARS))

    @property
    def n_buffered_chars(self) -> int:
        return self._machine.buffered_chars

    @property
    def live_responses(self) -> tuple[str, ...]:
        return self._machine.live_responses

    def open(self) -> ev.Hello:
        self._tell(Opened())
        hello = self.outbox.popleft()
        assert isinstance(hello, ev.Hello)
        return hello

    # --- the connection -------------------------------------------------------------------------------------

    def receive(self, event: ev.ClientEvent) -> None:
        if isinstance(event, ev.AppendText) and "\0" in event.text:
            # Refused where messages are read.
            error = RemoteProtocolError("'text' holds U+0000", event_id=event.event_id)
            self._tell(Unreadable(error))
        else:
            self._tell(Received(event))

    def leave(self) -> ev.ServerEvent:
        """Let the first event of the outbox leave."""
        event = self.outbox.popleft()
        if isinstance(event, _ENDS):
            self._tell(Left(event.response_id))
        return event

    def shut_down(self) -> None:
        self._tell(Stopping())

    def disconnect(self) -> None:
        self.outbox.clear()
        self._tell(Gone())

    def pass_time(self, now: float) -> None:
        self.now = now
        for timer in [timer for timer, at_s in self._timers.items() if at_s <= now]:
            del self._timers[timer]
            self._tell(TimerFired(timer))

    # --- the engine -----------------------------------------------------------------------------------------

    def make(self, response_id: str, n_samples: int) -> None:
        self._tell(produced(response_id, pcm(n_samples)))

    def finish(self, response_id: str) -> None:
        del self.engine[response_id]
        self._tell(Finished(response_id))

    def fail(self, response_id: str) -> None:
        del self.engine[response_id]
        self._tell(Failed(response_id, SynthesisError("the toy broke")))

    def release(self, response_id: str) -> None:
        """Let go of a cancelled response."""
        assert self.engine.pop(response_id)
        self._tell(Released(response_id))

    # --- effects --------------------------------------------------------------------------------------------

    def _tell(self, given: Input) -> None:
        self._do(self._machine.handle(given, self.now))

    def _do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send():
                    self.outbox.append(effect.event)
                case SendInstead():
                    self._send_instead(effect.events)
                case Submit():
                    self._submit(effect)
                case Cancel():
                    assert not self.engine[effect.response_id], "told twice to let go"
                    self.engine[effect.response_id] = True
                case ReportStatus():
                    self._tell(Reported(effect.previous_event_id, len(self.engine), 1.0, 1))
                case SetTimer():
                    self._timers[effect.timer] = effect.at_s
                case Close():
                    self.is_closing = True
                case _:
                    # Notes for an operator, and what concerns the pace of a real engine.
                    continue

    def _submit(self, effect: Submit) -> None:
        response_id = effect.response_id
        if not self.has_room:
            busy = BusyError("no room", retry_after_ms=5)
            self._tell(Refused(response_id, busy))
            return
        self.engine[response_id] = False
        self.spoken[response_id] = effect.request.text
        self._tell(Admitted(response_id))

    def _send_instead(self, events: tuple[ev.ResponseCancelled, ...]) -> None:
        for event in events:
            kept: list[ev.ServerEvent] = []
            is_placed = False
            for other in self.outbox:
                if getattr(other, "response_id", None) != event.response_id or isinstance(
                    other, ev.TextCommitted | ev.ResponseCreated
                ):
                    kept.append(other)
                elif isinstance(other, _ENDS):
                    kept.append(event)
                    is_placed = True
            self.outbox = deque(kept if is_placed else [*kept, event])
