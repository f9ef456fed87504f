"""The server's own parts around connections in memory, with a counted clock.

What a conversation may do is a method of ``Stack`` or of ``Peer``; how that reaches the server stands here
and nowhere else, so that the recorded bytes outlive any change of the parts.

Theory of operation. The loop's clock is moved by the conversation alone. The engine is the real one, on its
own thread, but what a step made waits in a queue until the conversation lets it in, and every step is said to
have taken ``WORK_S``. Between two inputs the loop runs until nobody writes any more. So every byte follows
from the conversation.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self

from tests.golden.lines import Lines

from tts_server.backends.base import Model
from tts_server.backends.tone import ToneModel, ToneScript
from tts_server.doors.door import Ready
from tts_server.doors.stream.driver import ConnectionDriver
from tts_server.doors.stream.memory import MemoryConnection, connect
from tts_server.doors.stream.unsent_share import UnsentShare
from tts_server.errors import LocalProtocolError
from tts_server.limits import Limits
from tts_server.protocol import v01
from tts_server.scheduling.job import StepOutcome
from tts_server.scheduling.scheduler import Scheduler, SchedulingPolicy
from tts_server.service.service import SpeechService
from tts_server.service.worker import BatchEnded, EngineEvent, EngineWorker, LoadEnded, StepEnded
from tts_server.session.machine import SessionMachine
from tts_server.speech.capabilities import AudioFormat, BackendInfo
from tts_server.speech.made import NOTHING
from tts_server.speech.request import SpeechRequest
from tts_server.speech.service import ServiceInfo

WORK_S = 0.05
"""What every step of the engine is said to have taken; the clock moves on by as much."""

START_S = 1000.0
QUIET_TURNS = 30
"""Turns of the loop without a message after which nothing more comes of an input."""


class CountedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = START_S

    def time(self) -> float:
        """Return the counted time."""
        return self.now_s


def run_counted(conversation: Callable[[CountedLoop], Any]) -> None:
    """Run a conversation to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=CountedLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, CountedLoop)
        runner.run(conversation(loop))


class _Engine(EngineWorker):
    """The real engine, which counts what is ordered of it."""

    n_ordered = 0

    def step(self, batch: Sequence[tuple[str, SpeechRequest]]) -> None:
        """Order a step."""
        self.n_ordered += 1
        super().step(batch)


class Peer:
    """One client: what it sends, and everything that it reads."""

    def __init__(self, stack: Stack, name: str, end: MemoryConnection, driver: ConnectionDriver) -> None:
        self._stack = stack
        self._name = name
        self._end = end
        self._driver = driver
        self._reads = asyncio.Event()
        self._reads.set()
        self.tasks = [asyncio.ensure_future(driver.run()), asyncio.ensure_future(self._read())]

    async def _read(self) -> None:
        while (message := await self._end.receive()) is not None:
            self._stack.wrote(self._name, message)
            await self._reads.wait()
        self._stack.ended(self._name, self._end.close_code, self._end.close_reason)

    async def sends(self, *messages: str | bytes) -> None:
        """Send messages at once, and wait for what comes of them."""
        for message in messages:
            self._stack.lines.said(self._name, message)
        self._end.write(messages)
        await self._stack.settle()

    async def stops_reading(self) -> None:
        """Read no more than one message, until ``reads_on``."""
        self._stack.lines.did(f"{self._name} stops reading")
        self._reads.clear()

    async def reads_on(self) -> None:
        """Read again, all that comes."""
        self._stack.lines.did(f"{self._name} reads on")
        self._reads.set()
        await self._stack.settle()

    async def vanishes(self) -> None:
        """Break the connection."""
        self._stack.lines.did(f"{self._name} vanishes")
        self._end.abort()
        await self._stack.settle()

    async def loses_its_place(self) -> None:
        """Have the server give this client's place to another."""
        self._stack.lines.did(f"{self._name} loses its place")
        self._driver.make_room()
        await self._stack.settle()


class Stack:
    """A server with one engine that beeps, for as long as the ``async with`` lasts.

    Args:
        loop: The loop that this runs on.
        lines: Where the conversation is written down.
        limits: Fields of the limits that are not as usual.
        admission: Whether speech is refused that would come late; see the policy.
        script: Fields of the tone backend's script.
    """

    def __init__(
        self,
        loop: CountedLoop,
        lines: Lines,
        *,
        limits: dict[str, Any] | None = None,
        admission: bool = False,
        **script: Any,
    ) -> None:
        self.lines = lines
        self._loop = loop
        self._limits = Limits(**(limits or {}))
        self._policy = SchedulingPolicy(admission=admission)
        self._backend: Model = ToneModel(script=ToneScript(**script))
        self._engine = _Engine(self._backend, self._deliver)
        self._delivered: asyncio.Queue[EngineEvent] = asyncio.Queue()
        self._n_taken = 0
        self._n_written = 0
        self._peers: list[Peer] = []

    async def __aenter__(self) -> Self:
        self._engine.start()
        while not isinstance(event := await self._delivered.get(), LoadEnded):
            pass
        assert event.error is None
        backend, limits = self._backend, self._limits
        self._share = UnsentShare(limits)
        scheduler = Scheduler(max_admitted=limits.max_admitted, policy=self._policy)
        self._service = SpeechService([self._engine], scheduler, self._loop)
        self._info = ServiceInfo(
            BackendInfo(backend.name, backend.model_name),
            AudioFormat(backend.sample_rate_hz),
            backend.capabilities,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        for peer in self._peers:
            peer._end.abort()
            peer._reads.set()
            await asyncio.gather(*peer.tasks)
        self._service.close()
        self._engine.stop()
        await asyncio.to_thread(self._engine.join, 60.0)
        await self.settle()

    # --- what may happen ---

    async def connects(self, name: str) -> Peer:
        """Let a client in."""
        self.lines.did(f"{name} connects")
        ours, theirs = connect()
        session_id = f"sess_{name}0123456789abcdef"
        machine = SessionMachine(session_id, self._info, self._limits)
        driver = ConnectionDriver(
            *(ours, machine, Ready(self._service, self._info, self._limits, START_S)),
            dialect=v01.SERVER,
            share=self._share,
            connection_id=name,
        )
        peer = Peer(self, name, theirs, driver)
        self._peers.append(peer)
        await self.settle()
        return peer

    async def steps(self, n_steps: int = 1) -> None:
        """Let in what the next steps made, one by one, each ``WORK_S`` after the one before."""
        for _ in range(n_steps):
            self.lines.did("a step ends")
            await self._let_in(lambda event: event)

    async def speaks(self) -> None:
        """Let in steps until the engine has nothing to do."""
        while self._engine.n_ordered > self._n_taken:
            await self.steps()

    async def makes_a_mistake(self) -> None:
        """Have the server itself fail in the next step."""
        self.lines.did("the server makes a mistake in a step")
        fault = LocalProtocolError("a secret of the inside")
        await self._let_in(
            lambda event: replace(event, outcome=StepOutcome.FAILED, made=NOTHING, error=fault)
        )

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.lines.did(f"{seconds:g} s pass")
        self._loop.now_s += seconds
        await self.settle()

    async def stops(self) -> None:
        """Stop the server: what is spoken may end."""
        self.lines.did("the server stops")
        for peer in self._peers:
            peer._driver.shutdown()
        await self.settle()

    # --- underneath ---

    def wrote(self, name: str, message: str | bytes) -> None:
        """Take down what the server has sent."""
        self._n_written += 1
        assert isinstance(message, str)
        if message.startswith('{"type":"server.status",'):
            message, n_pids = re.subn(rf'"pid":{os.getpid()}\b', '"pid":"its own"', message)
            assert n_pids == 1
        self.lines.heard(name, message)

    def ended(self, name: str, code: int | None, reason: str) -> None:
        """Take down the end of a connection."""
        self._n_written += 1
        self.lines.did(f"{name} is closed with {code} {reason!r}")

    async def settle(self) -> None:
        """Let the loop run until nothing more comes."""
        n_quiet, before = 0, self._n_written
        while n_quiet < QUIET_TURNS:
            await asyncio.sleep(0)
            n_quiet = n_quiet + 1 if before == self._n_written else 0
            before = self._n_written

    def _deliver(self, event: EngineEvent) -> None:
        """Runs on the engine's thread."""
        self._loop.call_soon_threadsafe(self._delivered.put_nowait, event)

    async def _let_in(self, change: Callable[[StepEnded], StepEnded]) -> None:
        assert self._engine.n_ordered > self._n_taken, "the engine has nothing to do"
        event = await self._delivered.get()
        assert isinstance(event, BatchEnded)
        self._n_taken += 1
        self._loop.now_s += WORK_S
        changed = BatchEnded(tuple(map(change, event.results)), WORK_S)
        self._service.batch_ended(self._engine, changed)
        await self.settle()
