"""The codec and a session's rules, driven by bytes.

An input is a list of lines. One that begins with ``!`` is something that happens on the server's side (an
engine's step, a timer, a slow reader, the end of the connection); any other is a message of the client's as
it stands. Everything that is sent is held against the frozen shapes and the ledger of the conformance suite.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

from tests.session.factories import make_service, produced

from tts_server.conformance.ledger import Ledger
from tts_server.conformance.shapes import shape_problems
from tts_server.conformance.transcript import load_transcripts
from tts_server.doors.stream.outbox import Outbox
from tts_server.errors import BusyError, RemoteProtocolError, SynthesisError
from tts_server.limits import Limits
from tts_server.protocol.events import ErrorOccurred, ServerEvent
from tts_server.protocol.v01 import SERVER, decode_client, decode_server, encode_client
from tts_server.session import effects as fx
from tts_server.session.inputs import (
    Admitted,
    Failed,
    Finished,
    Gone,
    Left,
    Opened,
    Received,
    Refused,
    Released,
    Reported,
    Stopping,
    TimerFired,
    Unreadable,
    Unsent,
)
from tts_server.session.machine import SessionMachine

LIMITS = Limits(max_text_chars=40, max_unsent_bytes=400, max_inflight=2, drain_s=10.0, send_stall_s=5.0)
MAX_LINES = 200
EVERYTHING = 1 << 30
WORDS = (
    *("!audio 7", "!audio 20", "!audio 45", "!audio 0", "!finish", "!finish last", "!fail", "!fail last"),
    *("!busy", "!room", "!time 1", "!time 6", "!time 11", "!unsent 500", "!unsent 0", "!accepted", "!binary"),
    *("!shutdown", "!gone", "!read", "!read all"),
    *('{"type": "input_text.commit"}', '{"type": "input_text.append", "text": "hello"}'),
    *('{"type": "response.cancel"}', '{"type": "session.update", "extras": {"speed": 2}}'),
    *('{"type": "session.close"}', '{"type": "session.cancel"}', '{"type": "server.status"}'),
)


class FuzzedSession:
    """A machine with the smallest driver and engine that there can be, and the judges of what it sends."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self.machine = SessionMachine("sess_fuzzed", make_service(), limits)
        self.outbox = Outbox(SERVER)
        self.ledger = Ledger()
        self.now = 0.0
        self.has_room = True
        self.held: list[str] = []
        self.cancelled: set[str] = set()
        self.timers: dict[fx.Timer, float] = {}
        self.is_paused = False
        self.is_closed = False
        self.is_gone = False
        self.carry_out(self.machine.handle(Opened(), self.now))

    def run(self, data: bytes) -> None:
        """Feed an input, then let the engine end everything that it holds."""
        for line in data.split(b"\n")[:MAX_LINES]:
            self.feed(line)
        for response_id in list(self.held):
            self.end(response_id, failed=False)
        assert self.machine.live_responses == ()
        self.leave(EVERYTHING)
        if not self.is_gone:
            assert self.ledger.live == [], "a response without an end"

    def feed(self, line: bytes) -> None:
        if line.startswith(b"!"):
            name, _, argument = line[1:].decode("latin-1").partition(" ")
            happen = _HAPPENINGS.get(name)
            if happen is not None:
                happen(self, argument)
        else:
            self.receive(line.decode("utf-8", "replace"))

    def receive(self, message: str | bytes) -> None:
        try:
            event = decode_client(message)
        except RemoteProtocolError as error:
            self.carry_out(self.machine.handle(Unreadable(error), self.now))
            return
        assert decode_client(encode_client(event)) == event
        n_chars = self.machine.buffered_chars
        sent = self.carry_out(self.machine.handle(Received(event), self.now))
        if ErrorOccurred in sent:
            assert self.machine.buffered_chars == n_chars, "a refused event changed the buffer"
        assert self.machine.buffered_chars <= self.limits.max_text_chars

    # --- the driver ---

    def carry_out(self, effects: Iterable[fx.Effect]) -> list[type[ServerEvent]]:
        """Carry effects out and return the kinds of the events sent."""
        sent: list[type[ServerEvent]] = []
        for effect in effects:
            match effect:
                case fx.Send(event):
                    assert not self.is_closed, "an event behind the close"
                    self.outbox.push(event)
                    sent.append(type(event))
                case fx.Submit(response_id):
                    sent += self.submit(response_id)
                case fx.Cancel(response_id):
                    assert response_id in self.held
                    assert response_id not in self.cancelled
                    self.cancelled.add(response_id)
                case fx.ReportStatus(event_id):
                    status = self.machine.handle(Reported(event_id, len(self.held), self.now, 1), 0.0)
                    sent += self.carry_out(status)
                case fx.PauseSynthesis() | fx.ResumeSynthesis():
                    assert self.is_paused is isinstance(effect, fx.ResumeSynthesis)
                    self.is_paused = not self.is_paused
                case fx.Close():
                    self.is_closed = True
                    if effect.abort:
                        self.is_gone = True
                        self.outbox.clear()
                case fx.SendInstead(events):
                    self.outbox.replace(events)
                case fx.SetTimer():
                    self.timers[effect.timer] = effect.at_s
        return sent

    def leave(self, max_bytes: int) -> None:
        """Let some of what waits reach the client."""
        taken = self.outbox.take(max_bytes)
        for message in taken.messages:
            self.judge(message)
        for response_id in taken.ended:
            assert self.carry_out(self.machine.handle(Left(response_id), self.now)) == []

    def judge(self, message: str | bytes) -> None:
        assert not self.is_gone, "an event for nobody"
        event: dict[str, Any] = json.loads(message)
        assert shape_problems(event) == []
        assert self.ledger.take(event) == []
        assert decode_server(message) is not None
        assert event.get("error", {}).get("code") != "internal_error"

    def submit(self, response_id: str) -> list[type[ServerEvent]]:
        if self.has_room and len(self.held) < self.limits.max_inflight:
            self.held.append(response_id)
            return self.carry_out(self.machine.handle(Admitted(response_id), self.now))
        busy = BusyError("no room; wait", retry_after_ms=20)
        return self.carry_out(self.machine.handle(Refused(response_id, busy), self.now))

    # --- what happens ---

    def audio(self, argument: str) -> None:
        if self.held:
            pcm = bytes(2 * (int(argument) % 100 if argument.isdecimal() and len(argument) < 9 else 1))
            self.carry_out(self.machine.handle(produced(self.held[0], pcm), self.now))

    def end(self, response_id: str, *, failed: bool) -> None:
        self.held.remove(response_id)
        if response_id in self.cancelled:
            self.carry_out(self.machine.handle(Released(response_id), self.now))
        elif failed:
            self.carry_out(self.machine.handle(Failed(response_id, SynthesisError("no")), self.now))
        else:
            self.carry_out(self.machine.handle(Finished(response_id), self.now))

    def end_one(self, argument: str, *, failed: bool) -> None:
        if self.held:
            self.end(self.held[-1 if argument == "last" else 0], failed=failed)

    def pass_time(self, argument: str) -> None:
        self.now += float(argument) if argument in {"1", "6", "11"} else 0.1
        for name, at_s in list(self.timers.items()):
            if at_s <= self.now:
                del self.timers[name]
                self.carry_out(self.machine.handle(TimerFired(name), self.now))

    def unsent(self, argument: str) -> None:
        n_bytes = int(argument) % 1000 if argument.isdecimal() and len(argument) < 9 else 1
        self.carry_out(self.machine.handle(Unsent(n_bytes, False), self.now))

    def accepted(self, _argument: str) -> None:
        self.carry_out(self.machine.handle(Unsent(0, True), self.now))

    def shutdown(self, _argument: str) -> None:
        self.carry_out(self.machine.handle(Stopping(), self.now))

    def gone(self, _argument: str) -> None:
        self.is_gone = True
        self.outbox.clear()
        self.carry_out(self.machine.handle(Gone(), self.now))

    def set_room(self, has_room: bool) -> None:
        self.has_room = has_room


_HAPPENINGS: dict[str, Callable[[FuzzedSession, str], None]] = {
    "audio": FuzzedSession.audio,
    "finish": lambda session, which: session.end_one(which, failed=False),
    "fail": lambda session, which: session.end_one(which, failed=True),
    "busy": lambda session, _: session.set_room(False),
    "room": lambda session, _: session.set_room(True),
    "time": FuzzedSession.pass_time,
    "unsent": FuzzedSession.unsent,
    "accepted": FuzzedSession.accepted,
    "binary": lambda session, argument: session.receive(argument.encode()),
    "shutdown": FuzzedSession.shutdown,
    "gone": FuzzedSession.gone,
    "read": lambda session, what: session.leave(EVERYTHING if what == "all" else 0),
}


def run_one(data: bytes) -> None:
    """Try one input.

    Raises:
        AssertionError: Something does not hold.
        Exception: Whatever else the code under test lets through.
    """
    FuzzedSession().run(data)


def seeds() -> list[bytes]:
    """Inputs to begin with: what the transcripts send, each with an engine that answers."""
    result = [b"\n".join(word.encode() for word in WORDS)]
    for transcript in load_transcripts():
        lines = []
        for step in transcript.steps:
            if "send" in step:
                lines += [json.dumps(step["send"]), "!audio 45"]
            elif isinstance(step.get("send_text"), str):
                lines.append(step["send_text"])
        result.append("\n".join([*lines, "!finish", "!time 11"]).encode())
    return result


def mutated(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change an input in a few places, by lines and by bytes."""
    lines = data.split(b"\n")
    for _ in range(rng.randint(1, 6)):
        where = rng.randrange(len(lines) + 1)
        choice = rng.randrange(5)
        if choice == 0:
            lines.insert(where, rng.choice(WORDS).encode())
        elif choice == 1 and lines:
            lines[where:where] = rng.sample(lines, min(3, len(lines)))
        elif choice == 2:
            lines[where:where] = other.split(b"\n")[where : where + 4]
        elif choice == 3 and where < len(lines):
            del lines[where]
        elif where < len(lines) and lines[where]:
            line = bytearray(lines[where])
            line[rng.randrange(len(line))] = rng.choice(b'{}[]":,\\u0129aeE-+.\x00\xff \t!')
            lines[where] = bytes(line)
    return b"\n".join(lines)
