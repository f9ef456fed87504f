"""A server as a process: signals at any moment, kill -9 and restart, and two at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE_S
from tests.server.harness import Client, connecting, names_in

from tts_server.endpoint import Endpoint

WAIT_S = PATIENCE_S
SCRIPT = Path(__file__).with_name("serve.py")


class Running:
    """A server process and what it has logged."""

    def __init__(self, process: Process, path: Path) -> None:
        self.process = process
        self.path = path
        self.log = ""

    async def until_logged(self, text: str) -> None:
        assert self.process.stderr is not None
        async with asyncio.timeout(WAIT_S):
            while text not in self.log:
                line = await self.process.stderr.readline()
                assert line, f"ended without saying {text!r}: {self.log}"
                self.log += line.decode()

    async def ended(self) -> int:
        """Wait for the end; returns the exit status, negative for a signal."""
        assert self.process.stderr is not None
        async with asyncio.timeout(WAIT_S):
            self.log += (await self.process.stderr.read()).decode()
            return await self.process.wait()


@contextlib.asynccontextmanager
async def process_on(path: Path, **asked: object) -> AsyncIterator[Running]:
    argument = json.dumps({"path": os.fspath(path), **asked})
    process = await asyncio.create_subprocess_exec(sys.executable, os.fspath(SCRIPT), argument, stderr=PIPE)
    running = Running(process, path)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await running.ended()


@contextlib.asynccontextmanager
async def client_on(path: Path) -> AsyncIterator[Client]:
    async with connecting(Endpoint.unix(path)) as connection:
        client = Client(connection)
        client.hello = await client.receive()
        yield client


@pytest.fixture
def path(short_dir: Path) -> Path:
    return short_dir / "run" / "tts.sock"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_while_idle_ends_in_order(path: Path, number: signal.Signals) -> None:
    async with process_on(path) as server:
        await server.until_logged("ready after")
        server.process.send_signal(number)
        assert await server.ended() == 0
        assert f"{number.name}: stopping" in server.log
        assert "Traceback" not in server.log
        assert names_in(path.parent) == []


async def test_signal_during_speech_lets_it_end(path: Path) -> None:
    async with process_on(path, script={"work_ms": "5"}) as server:
        await server.until_logged("ready after")
        async with client_on(path) as client:
            await client.begin("x" * 100)
            server.process.send_signal(signal.SIGTERM)
            code, _, events = await client.closed()
            kinds = [event["type"] for event in events]
            assert kinds[-2:] == ["response.audio.done", "session.closed"]
            assert code == 1001
        assert await server.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signal_during_the_load_ends_in_order(path: Path, number: signal.Signals) -> None:
    async with process_on(path, script={"load_ms": "60000"}) as server:
        await server.until_logged("loading backend")
        server.process.send_signal(number)
        assert await server.ended() == 0
        assert "Traceback" not in server.log
        assert names_in(path.parent) == []


async def test_signal_during_a_load_that_does_not_return_ends_in_bounded_time(path: Path) -> None:
    async with process_on(path, script={"hang_load": "true"}) as server:
        await server.until_logged("loading backend")
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() == 128 + signal.SIGTERM
        assert names_in(path.parent) == []


async def test_signal_during_a_step_that_does_not_return_ends_in_bounded_time(path: Path) -> None:
    async with process_on(path, script={"hang_at_step": "0"}, limits={"drain_s": 0.1}) as server:
        await server.until_logged("ready after")
        async with client_on(path) as client:
            await client.begin("hello")
            server.process.send_signal(signal.SIGTERM)
            await client.closed()
        assert await server.ended() == 128 + signal.SIGTERM
        assert names_in(path.parent) == []


async def test_second_signal_ends_at_once(path: Path) -> None:
    async with process_on(path, script={"work_ms": "50"}, limits={"drain_s": 600}) as server:
        await server.until_logged("ready after")
        async with client_on(path) as client:
            await client.begin("x" * 2000)
            server.process.send_signal(signal.SIGINT)
            await server.until_logged("SIGINT: stopping")
            server.process.send_signal(signal.SIGINT)
            assert await server.ended() == 128 + signal.SIGINT
        assert names_in(path.parent) == []


async def test_load_that_fails_ends_with_one_line_and_leaves_nothing(path: Path) -> None:
    async with process_on(path, script={"fail_load": "true"}) as server:
        assert await server.ended() == 2
        assert server.log.splitlines()[-1] == "the tone backend was told not to find its model"
        assert "Traceback" not in server.log
        assert names_in(path.parent) == []


async def test_restart_after_kill_9_needs_no_hands(path: Path) -> None:
    async with process_on(path, script={"work_ms": "5"}) as server:
        await server.until_logged("ready after")
        async with client_on(path) as client:
            await client.begin("x" * 1000)
            server.process.kill()
            await client.closed()
        assert await server.ended() == -signal.SIGKILL
    assert names_in(path.parent) == ["tts.sock"], "a killed server leaves its socket"
    async with process_on(path) as server:
        await server.until_logged("ready after")
        async with client_on(path) as client:
            assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_of_two_started_at_once_one_serves_and_the_other_says_why(path: Path) -> None:
    async with process_on(path) as one, process_on(path) as two:
        racers = {asyncio.ensure_future(server.process.wait()): server for server in (one, two)}
        async with asyncio.timeout(WAIT_S):
            (done,), (other,) = await asyncio.wait(racers, return_when=asyncio.FIRST_COMPLETED)
        loser, winner = racers[done], racers[other]
        other.cancel()
        assert await loser.ended() == 2
        assert f"{path} is in use: another server is listening on it" in loser.log
        await winner.until_logged("ready after")
        async with client_on(path) as client:
            assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_a_probe_can_tell_loading_from_dead(path: Path) -> None:
    async with process_on(path, script={"load_ms": "60000"}) as server:
        await server.until_logged("loading backend")
        async with connecting(Endpoint.unix(path)) as connection:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(connection.recv(), 0.05)
        server.process.kill()
        await server.ended()
    with socket.socket(socket.AF_UNIX) as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(os.fspath(path))
