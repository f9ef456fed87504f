"""What the cost of messages is measured of: the two ends that read what a stranger sends."""

from __future__ import annotations

import random
from collections.abc import Iterable

from tests.fuzz import cost, hostile
from tests.fuzz.session_target import EVERYTHING, FuzzedSession

from tts_server.errors import RemoteProtocolError
from tts_server.limits import Limits
from tts_server.protocol.events import ServerEvent
from tts_server.protocol.v01 import decode_client, decode_server
from tts_server.session import effects as fx
from tts_server.session.inputs import Received, Unreadable

MAX_MESSAGE_BYTES = Limits().max_message_bytes

MAX_EFFECTS = 8
"""Effects of one message: each is work of the driver's, and a note is a line of the log."""

MAX_NOTE_CHARS = 1000


class MeasuredSession(FuzzedSession):
    """A session as the fuzzer of rules has it, without the judges, whose own work is not to be measured.

    Args:
        is_read: Whether the client reads each answer at once.
    """

    def __init__(self, *, is_read: bool) -> None:
        self._is_read = is_read
        super().__init__(Limits())
        self.leave(EVERYTHING)

    @property
    def n_accounted_bytes(self) -> int:
        return self.outbox.n_bytes + 4 * self.machine.buffered_chars

    def handle(self, message: bytes) -> None:
        self.receive(message.decode())
        if self._is_read:
            self.leave(EVERYTHING)

    def receive(self, message: str | bytes) -> None:
        try:
            event = decode_client(message)
        except RemoteProtocolError as error:
            self.carry_out(self.machine.handle(Unreadable(error), self.now))
        else:
            self.carry_out(self.machine.handle(Received(event), self.now))

    def carry_out(self, effects: Iterable[fx.Effect]) -> list[type[ServerEvent]]:
        effects = list(effects)
        assert len(effects) <= MAX_EFFECTS, f"one message has {len(effects)} effects"
        for effect in effects:
            assert not isinstance(effect, fx.Note) or len(effect.message) <= MAX_NOTE_CHARS
        return super().carry_out(effects)

    def judge(self, message: str | bytes) -> None:
        pass


class MeasuredReader:
    """A client's reading of a server's messages, of which nothing is kept here."""

    n_accounted_bytes = 0

    def handle(self, message: bytes) -> None:
        try:
            decode_server(message.decode())
        except RemoteProtocolError:
            return


def read_session() -> MeasuredSession:
    return MeasuredSession(is_read=True)


def unread_session() -> MeasuredSession:
    return MeasuredSession(is_read=False)


def session_problems(messages: list[bytes]) -> list[str]:
    """Measure a session that gets these messages: its time, and its memory while nothing is read."""
    return [
        *cost.time_problems(read_session, messages),
        *cost.memory_problems(unread_session, messages),
    ]


def reader_problems(messages: list[bytes]) -> list[str]:
    """Measure a client that gets these messages."""
    return [*cost.time_problems(MeasuredReader, messages), *cost.memory_problems(MeasuredReader, messages)]


def random_session(rng: random.Random, max_bytes: int = MAX_MESSAGE_BYTES) -> list[bytes]:
    """Make the messages of a hostile client, at most some times ``max_bytes`` in all."""
    messages: list[bytes] = []
    while len(messages) < rng.randint(1, 40) and sum(map(len, messages)) < max_bytes:
        message = hostile.random_message(rng, max_bytes).encode()
        messages += [message] * rng.choice([1, 1, 1, 3])
    return messages
