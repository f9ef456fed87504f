"""Drives one connection: feeds its session machine, and carries out what the machine wants done.

The machine's effects are carried out in their order, at once, on the event loop's thread; what an effect
itself brings up (a release, a change of the unsent bytes) is fed to the machine after the whole list,
except the answer to a ``Submit``, which the machine gets before the next effect. Audio waits in the outbox
and leaves a few frames at a time, as fast as the peer takes it; no task is made for a frame.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, assert_never

from tts_server.doors.stream.outbox import Outbox
from tts_server.doors.stream.pace import wire_bytes_per_s
from tts_server.errors import RemoteProtocolError, TTSServerError
from tts_server.quiet_log import QuietLog
from tts_server.scheduling.scheduler import AdmissionLimits
from tts_server.session import effects as fx
from tts_server.session import inputs

if TYPE_CHECKING:
    from tts_server.doors.door import Ready
    from tts_server.doors.stream.connection import Connection, Message
    from tts_server.doors.stream.unsent_share import UnsentShare
    from tts_server.protocol.dialect import ServerDialect
    from tts_server.session.machine import SessionMachine
    from tts_server.speech.made import Made

logger = logging.getLogger(__name__)

PUMP_BYTES: Final = 8192
"""Bytes handed to the transport at once: about what the kernel takes. What is handed over cannot be called
back when a response is cancelled."""

CLOSE_TIMEOUT_S: Final = 3.0
"""Longest wait for the peer's half of a closing handshake."""

INTERNAL_ERROR: Final = 1011
TRY_AGAIN_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class ConnectionCosts:
    """What one connection keeps and has cost.

    Args:
        connection_id: Whose.
        kept_bytes: In both directions: audio and answers that wait, what came and was not handled.
        cpu_s: Processor time of the event loop's thread that its messages and control frames took.
        n_messages: Messages that were handled.
    """

    connection_id: str
    kept_bytes: int
    cpu_s: float
    n_messages: int


class ConnectionDriver:
    """See the head of this file.

    Args:
        connection: The connection; the driver closes it.
        machine: The session's rules.
        ready: Where responses are admitted and spoken, and the limits: of them only the flow of bytes is the
            driver's affair, every other one the machine's.
        dialect: What the connection speaks.
        share: What may wait for its reader, of what may wait for all.
        connection_id: Unique in this process.
        quiet: Where lines about the client go; None is a log of its own.
    """

    def __init__(
        self,
        connection: Connection,
        machine: SessionMachine,
        ready: Ready,
        *,
        dialect: ServerDialect,
        share: UnsentShare,
        connection_id: str,
        quiet: QuietLog | None = None,
    ) -> None:
        self._quiet = quiet or QuietLog(logger)
        self.connection_id = connection_id
        self._connection = connection
        self._machine = machine
        service, limits = ready.service, ready.limits
        self._service = service
        self._limits = limits
        self._share = share
        self._started_at = ready.started_at
        self._loop = asyncio.get_running_loop()
        self._dialect = dialect
        self._bytes_per_s = wire_bytes_per_s(dialect, service.sample_rate_hz)
        self.admission = AdmissionLimits(limits.max_inflight, limits.max_unsent_bytes / self._bytes_per_s)
        self._outbox = Outbox(dialect)
        self._timers: dict[fx.Timer, asyncio.TimerHandle] = {}
        self._pending: deque[Callable[[float], Iterable[fx.Effect]]] = deque()
        self._is_applying = False
        self._is_pump_due = False
        self._n_accepted = 0
        self._last_unsent = 0
        self.n_messages = 0
        self._heard_at = self._loop.time()
        self._close: fx.Close | None = None
        self._close_task: asyncio.Task[None] | None = None
        self._has_room = asyncio.Event()

    async def run(self) -> None:
        """Serve the connection until it ends. Cancelling it drops the connection and everything of it."""
        self._connection.on_writable = self._on_writable
        try:
            self._tell(inputs.Opened())
            while (message := await self._connection.receive()) is not None:
                self._receive(message)
                # Not kept while the next one is waited for: it may be long, and connections many.
                del message
                if self._is_flooded:
                    await self._room()
        finally:
            self._end()
            if self._close_task is not None:
                await asyncio.wait([self._close_task])

    def shutdown(self) -> None:
        """The server stops: let what is being spoken end, take nothing new, close."""
        self._tell(inputs.Stopping())

    @property
    def costs(self) -> ConnectionCosts:
        """What the connection keeps and has cost."""
        kept = self._outbox.n_bytes + self._connection.kept_bytes
        return ConnectionCosts(self.connection_id, kept, self._connection.cpu_s, self.n_messages)

    def idle_s(self, now: float) -> float | None:
        """For how long its client has said nothing; None while anything is in progress or waits to leave."""
        if self._close is not None or self._machine.live_responses or self._outbox:
            return None
        return now - self._heard_at

    def make_room(self) -> None:
        """Give the place of a client that says nothing to another one."""
        self._feed(lambda _now: [fx.Close(TRY_AGAIN_LATER, "idle; another client needs the place")])

    def made(self, response_id: str, made: Made) -> None:
        """Take sound from the engine."""
        self._tell(inputs.Produced(response_id, made))

    def finished(self, response_id: str) -> None:
        """The engine is done with a response."""
        self._tell(inputs.Finished(response_id))

    def failed(self, response_id: str, error: TTSServerError) -> None:
        """The engine failed on a response."""
        self._tell(inputs.Failed(response_id, error))

    def released(self, response_id: str) -> None:
        """The engine has let go of a cancelled response."""
        self._tell(inputs.Released(response_id))

    # --- feeding the machine ---

    def _receive(self, message: Message) -> None:
        began_s = time.thread_time()
        self.n_messages += 1
        self._heard_at = self._loop.time()
        try:
            event = self._dialect.decode(message)
        except RemoteProtocolError as error:
            # In a variable it would hold itself: its traceback has this frame, and this frame the message.
            self._tell(inputs.Unreadable(error))
        else:
            self._tell(inputs.Received(event))
        self._connection.charge(time.thread_time() - began_s)

    def _tell(self, given: inputs.Input) -> None:
        """Give the machine an input and carry out what it wants, after what is being carried out."""
        self._feed(partial(self._machine.handle, given))

    def _feed(self, ask: Callable[[float], Iterable[fx.Effect]]) -> None:
        """Ask for effects and carry them out, after what is being carried out."""
        self._pending.append(ask)
        if self._is_applying:
            return
        self._is_applying = True
        try:
            self._work_off()
        except Exception:
            logger.exception("connection %s: a fault of the server; it is closed", self.connection_id)
            self._pending.clear()
            self._begin_close(fx.Close(INTERNAL_ERROR, "internal error", abort=True))
        finally:
            self._is_applying = False

    def _work_off(self) -> None:
        while self._pending:
            self._carry_out(self._pending.popleft()(self._loop.time()))
            if not self._pending:
                self._pump()

    def _carry_out(self, effects: Iterable[fx.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, fx.Send):
                # Of these there are fifty a second for each listener.
                if self._close is None:
                    self._outbox.push(effect.event)
            else:
                self._do(effect)

    def _do(self, effect: fx.OtherEffect) -> None:
        match effect:
            case fx.SendInstead():
                self._outbox.replace(effect.events)
            case fx.Submit() | fx.Cancel() | fx.CutPlayout() | fx.PauseSynthesis() | fx.ResumeSynthesis():
                self._ask_service(effect)
            case fx.SetTimer():
                self._set_timer(effect)
            case fx.ReportStatus():
                self._report_status(effect)
            case fx.Close():
                self._begin_close(effect)
            case fx.Note():
                self._note(effect)
            case _:
                assert_never(effect)

    def _ask_service(
        self, effect: fx.Submit | fx.Cancel | fx.CutPlayout | fx.PauseSynthesis | fx.ResumeSynthesis
    ) -> None:
        match effect:
            case fx.Submit():
                self._submit(effect)
            case fx.Cancel():
                self._service.cancel(self, effect.response_id)
            case fx.CutPlayout():
                self._service.cut(self, effect.stream_id)
            case fx.PauseSynthesis():
                self._service.pause(self)
            case fx.ResumeSynthesis():
                self._service.resume(self)
            case _:
                assert_never(effect)

    # --- effects ---

    def _submit(self, effect: fx.Submit) -> None:
        answer: inputs.Admitted | inputs.Refused
        try:
            self._service.submit(
                self,
                effect.response_id,
                effect.request,
                stream_id=effect.stream_id,
                max_lead_s=effect.max_lead_s,
                begin_in_s=effect.begin_in_s,
            )
        except TTSServerError as error:
            answer = inputs.Refused(effect.response_id, error)
        else:
            answer = inputs.Admitted(effect.response_id)
        self._carry_out(self._machine.handle(answer, self._loop.time()))

    def _report_status(self, effect: fx.ReportStatus) -> None:
        now = self._loop.time()
        depth, uptime_s = self._service.queue_depth, now - self._started_at
        report = inputs.Reported(effect.previous_event_id, depth, uptime_s, os.getpid())
        self._carry_out(self._machine.handle(report, now))

    def _note(self, effect: fx.Note) -> None:
        level = logging.getLevelNamesMapping().get(effect.level.upper(), logging.INFO)
        self._quiet.say(level, "note", "connection %s: %s", self.connection_id, effect.message)

    def _set_timer(self, effect: fx.SetTimer) -> None:
        handle = self._timers.pop(effect.timer, None)
        if handle is not None:
            handle.cancel()
        self._timers[effect.timer] = self._loop.call_at(effect.at_s, self._on_timer, effect.timer)

    def _on_timer(self, timer: fx.Timer) -> None:
        del self._timers[timer]
        # The peer may have taken bytes since the last look; the machine must know before it judges.
        self._feed(self._look_at_unsent)
        self._tell(inputs.TimerFired(timer))

    # --- bytes ---

    def _pump(self) -> None:
        """Hand a few events to the transport, and look again soon if there are more."""
        connection, outbox = self._connection, self._outbox
        if outbox and connection.is_writable:
            messages, ended = outbox.take(PUMP_BYTES)
            connection.write(messages)
            for response_id in ended:
                self._carry_out(self._machine.handle(inputs.Left(response_id), self._loop.time()))
            if outbox:
                self._pump_soon()
        if not self._is_flooded:
            self._has_room.set()
        if not outbox and self._close is not None:
            self._start_close_task()
        effects = self._look_at_unsent(self._loop.time())
        if effects:
            self._carry_out(effects)

    def _pump_soon(self) -> None:
        if not self._is_pump_due:
            self._is_pump_due = True
            self._loop.call_soon(self._pump_now)

    def _pump_now(self) -> None:
        self._is_pump_due = False
        if self._is_applying:
            return
        self._feed(lambda _now: ())

    def _on_writable(self) -> None:
        # May be called from within a write, where a pump would come back to the same place.
        self._pump_soon()

    def _look_at_unsent(self, now: float) -> Iterable[fx.Effect]:
        """Tell the machine how much waits and whether the peer has taken anything, if either has changed."""
        speech_bytes = self._outbox.n_bytes - self._outbox.n_answer_bytes
        self._service.waits(self, speech_bytes / self._bytes_per_s)
        allowed = self._share.allowed(self.connection_id, speech_bytes)
        unsent = self._outbox.n_bytes + self._connection.unsent_bytes
        accepted = self._connection.accepted_bytes
        progressed = accepted > self._n_accepted
        if unsent == self._last_unsent and not progressed:
            return ()
        self._last_unsent = unsent
        self._n_accepted = max(accepted, self._n_accepted)
        return self._machine.handle(inputs.Unsent(unsent, progressed, allowed), now)

    @property
    def _is_flooded(self) -> bool:
        """Whether a peer that only asks has more answers waiting than it may."""
        return self._outbox.n_answer_bytes > self._limits.max_unread_bytes

    async def _room(self) -> None:
        """Read nothing more until the peer has taken some of what waits."""
        self._has_room.clear()
        waiting = {
            asyncio.ensure_future(self._has_room.wait()),
            asyncio.ensure_future(self._connection.wait_closed()),
        }
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for future in waiting:
                future.cancel()

    # --- the end ---

    def _begin_close(self, effect: fx.Close) -> None:
        """Close once the outbox is empty; an abort empties it, also when a close already waits."""
        if self._close is None or (effect.abort and self._close_task is None):
            self._close = effect
        if effect.abort:
            self._outbox.clear()
        if not self._outbox:
            self._start_close_task()

    def _start_close_task(self) -> None:
        if self._close_task is None and self._close is not None:
            self._close_task = self._loop.create_task(
                self._connection.close(self._close.code, self._close.reason, timeout_s=CLOSE_TIMEOUT_S)
            )

    def _end(self) -> None:
        """The connection has ended, or is to end now: let go of everything."""
        self._close = self._close or fx.Close()
        self._connection.on_writable = None
        self._outbox.clear()
        self._tell(inputs.Gone())
        for handle in self._timers.values():
            handle.cancel()
        self._timers.clear()
        self._share.forget(self.connection_id)
        self._service.forget(self)
        self._connection.abort()
