"""Clients that go without a word, in the middle of things, and by the hundred."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from pathlib import Path

import pytest
from tests.server.harness import (
    Client,
    client_of,
    connecting,
    make_tone,
    names_in,
    running_server,
    until_idle,
)
from tests.server.harness import until_no_connections as until_gone

from tts_server.doors.stream.driver import ConnectionDriver
from tts_server.limits import Limits


async def test_client_that_vanishes_during_speech_frees_the_engine(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=2)) as server:
        async with client_of(server) as client:
            await client.begin("x" * 2000)
            await client.until("response.audio.delta")
            client.vanish()
        await until_gone(server)
        await until_idle(server)
        assert server.service.stats.steps < 400, "of 500"


async def test_client_that_goes_in_the_middle_of_a_frame_is_forgotten(short_dir: Path) -> None:
    async with running_server(short_dir) as server:
        async with connecting(server.endpoint) as connection:
            await connection.recv()
            # The head of a masked text frame of 1000 bytes, and a part of it.
            connection.transport.write(b"\x81\xfe\x03\xe8\x00\x00\x00\x00" + b"x" * 100)
            connection.transport.abort()
        await until_gone(server)
        async with client_of(server) as client:
            assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_half_closed_connection_ends(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=2)) as server, client_of(server) as client:
        await client.begin("x" * 2000)
        client.connection.transport.write_eof()
        await until_gone(server)
        await until_idle(server)


@pytest.mark.parametrize("head", [b"\x83\x80\x00\x00\x00\x00", b"\x81\x05hello", b"\xf1\x80\x00\x00\x00\x00"])
async def test_frame_that_breaks_websocket_closes_with_1002(short_dir: Path, head: bytes) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        client.connection.transport.write(head)
        assert (await client.closed())[0] == 1002


@pytest.mark.parametrize("message", ["", "{", "[]", "null", '{"type":1}', '{"type":"fly"}', "x" * 200_000])
async def test_message_that_cannot_be_read_is_an_error_and_the_session_goes_on(
    short_dir: Path, message: str
) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.connection.send(message)
        assert (await client.receive())["type"] == "error"
        assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_binary_frame_is_an_invalid_event(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.connection.send(b"\x00\x01")
        assert (await client.receive())["error"]["code"] == "invalid_event"


async def test_fault_of_the_server_closes_one_connection_and_says_nothing_of_the_inside(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_server(short_dir) as server, client_of(server) as other, client_of(server) as client:

        def broken(*_args: object, **_fields: object) -> list[object]:
            raise ZeroDivisionError("inside")

        driver = next(reversed(server.stream_door._drivers))
        monkeypatch.setattr(driver._machine, "_receive", broken)
        await client.send("server.status")
        code, reason, _ = await client.closed()
        assert (code, reason) == (1011, "internal error")
        assert "ZeroDivisionError: inside" in caplog.text
        assert (await other.speak("hello"))[1]["type"] == "response.audio.done"


def n_open_files() -> int:
    """Count this process's descriptors; 0 where the system does not show them."""
    folder = Path("/proc/self/fd")
    return len(names_in(folder)) if folder.is_dir() else 0


def n_drivers() -> int:
    gc.collect()
    return sum(isinstance(thing, ConnectionDriver) for thing in gc.get_objects())


async def test_two_hundred_connects_and_disconnects_leak_nothing(short_dir: Path) -> None:
    rng = random.Random(7)

    async def visit(client: Client) -> None:
        await client.commit("x" * rng.randrange(50, 500))
        for _ in range(rng.randrange(30)):
            await client.receive()
        how = rng.randrange(4)
        if how == 0:
            client.vanish()
        elif how == 1:
            await client.send("session.cancel")
        elif how == 2:
            await client.send("response.cancel")

    limits = Limits(max_admitted=1000, max_connections=50)
    async with running_server(short_dir, make_tone(work_ms=0.2), limits=limits) as server:
        async with client_of(server) as speaker:
            await speaker.begin("x" * 1500)
            speaking = asyncio.ensure_future(speaker.until("response.audio.done"))

            async def visits(n: int) -> None:
                for _ in range(n):
                    async with client_of(server) as client:
                        await visit(client)

            # What is made once and kept (threads of the executor, caches) is made now.
            await visits(5)
            before = (len(asyncio.all_tasks()), threading.active_count(), n_open_files())
            await asyncio.gather(*(visits(25) for _ in range(8)))
            await speaking
        await until_gone(server)
        await until_idle(server)
        after = (len(asyncio.all_tasks()), threading.active_count(), n_open_files())
        assert server._scheduler is not None
        stats = server._scheduler.stats(asyncio.get_running_loop().time())
        assert stats.admitted == stats.finished + stats.cancelled + stats.failed
        assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)
        assert n_drivers() == 0
