"""What every door keeps: before the model is loaded, while the server speaks, and when it stops."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.doors.line_door import LineDoor
from tests.patience import PATIENCE_S
from tests.server.harness import make_tone, running_server, until, until_idle
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import ConnectionClosed

from tts_server.doors.door import Door, Readiness, Ready
from tts_server.doors.stream.door import StreamDoor
from tts_server.doors.stream.memory import connect as connect_in_memory
from tts_server.doors.stream.websocket import WebSocketOptions
from tts_server.errors import EndpointError
from tts_server.limits import Limits
from tts_server.quiet_log import QuietLog
from tts_server.server.app import Server

SPEAK = ['{"type":"input_text.append","text":"hello"}', '{"type":"input_text.commit"}']


@dataclass
class House:
    """A door, and a client who comes through it: says a word, and tells whether any sound of it came."""

    door: Door
    visit: Callable[[], asyncio.Future[bool]]


def is_audio(message: str | bytes) -> bool:
    return bool(json.loads(message)["type"] == "response.audio.delta")


def stream_door() -> StreamDoor:
    return StreamDoor(Limits(), QuietLog(logging.getLogger("tests")))


def on_unix_socket(folder: Path) -> House:
    door, path = stream_door(), str(folder / "door")
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    door.listen_on(sock, WebSocketOptions())
    return House(door, lambda: asyncio.ensure_future(over_websocket(unix_connect(path, "ws://localhost/"))))


def on_tcp(_folder: Path) -> House:
    door = stream_door()
    door.listen_on(("127.0.0.1", 0), WebSocketOptions())
    return House(door, lambda: asyncio.ensure_future(over_websocket(connect(f"ws://127.0.0.1:{door.port}/"))))


async def over_websocket(connecting: connect) -> bool:
    try:
        async with connecting as websocket:
            for message in SPEAK:
                await websocket.send(message)
            while True:
                if is_audio(await websocket.recv()):
                    return True
    except (ConnectionClosed, OSError):
        return False


def in_memory(_folder: Path) -> House:
    door = stream_door()

    async def visit() -> bool:
        ours, theirs = connect_in_memory()
        serving = asyncio.ensure_future(door.serve(ours))
        theirs.write(SPEAK)
        is_heard = False
        while not is_heard and (message := await theirs.receive()) is not None:
            is_heard = is_audio(message)
        theirs.abort()
        await serving
        return is_heard

    return House(door, lambda: asyncio.ensure_future(visit()))


def of_lines(folder: Path) -> House:
    path = folder / "door"

    async def visit() -> bool:
        try:
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"hello\n\n")
            heard = await reader.read()
        except OSError:
            return False
        writer.close()
        return bool(heard) and not heard.startswith(b"! ")

    return House(LineDoor(path), lambda: asyncio.ensure_future(visit()))


DOORS = [on_unix_socket, on_tcp, in_memory, of_lines]


@pytest.fixture(params=DOORS, ids=lambda make: make.__name__)
async def house(request: pytest.FixtureRequest, short_dir: Path) -> AsyncIterator[House]:
    made: House = request.param(short_dir)
    async with asyncio.timeout(PATIENCE_S):
        yield made
        made.door.stop_accepting()
        await made.door.drain(1.0)


@pytest.fixture
async def server(short_dir: Path) -> AsyncIterator[Server]:
    async with running_server(short_dir, make_tone()) as running:
        yield running


def ready_of(server: Server) -> Ready:
    ready = server._readiness.ready
    assert ready is not None
    return ready


async def test_who_comes_before_the_model_is_loaded_waits_and_is_spoken_to(
    house: House, server: Server
) -> None:
    readiness = Readiness()
    await house.door.open(readiness)
    visiting = house.visit()
    _, waits = await asyncio.wait([visiting], timeout=0.05)
    assert waits
    readiness.succeed(ready_of(server))
    assert await visiting
    await until_idle(server)


async def test_many_come_at_once_and_all_are_spoken_to(house: House, server: Server) -> None:
    readiness = Readiness()
    readiness.succeed(ready_of(server))
    await house.door.open(readiness)
    assert await asyncio.gather(*(house.visit() for _ in range(6))) == [True] * 6
    await until_idle(server)


async def test_who_waits_for_a_model_that_never_comes_is_sent_away(house: House) -> None:
    readiness = Readiness()
    await house.door.open(readiness)
    visiting = house.visit()
    await asyncio.sleep(0)
    readiness.fail("the model could not be loaded")
    assert not await visiting


async def test_a_door_that_was_never_opened_can_be_closed_and_again(house: House) -> None:
    for _ in range(2):
        house.door.stop_accepting()
    await house.door.drain(0.1)


async def test_nobody_is_let_in_once_it_accepts_no_more(house: House, server: Server) -> None:
    readiness = Readiness()
    readiness.succeed(ready_of(server))
    await house.door.open(readiness)
    assert await house.visit()
    house.door.stop_accepting()
    assert not await house.visit()


async def test_nothing_runs_once_it_has_drained(house: House, server: Server) -> None:
    readiness = Readiness()
    readiness.succeed(ready_of(server))
    before = asyncio.all_tasks()
    await house.door.open(readiness)
    visiting = [house.visit() for _ in range(3)]
    await until(lambda: server.service.queue_depth or all(visit.done() for visit in visiting))
    house.door.stop_accepting()
    await house.door.drain(PATIENCE_S)
    await asyncio.gather(*visiting)
    await until(lambda: asyncio.all_tasks() <= before | {asyncio.current_task()})
    await until_idle(server)


async def test_an_address_that_cannot_be_listened_on_is_refused() -> None:
    door = stream_door()
    door.listen_on(("192.0.2.1", 9), WebSocketOptions())
    with pytest.raises(EndpointError):
        await door.open(Readiness())
