"""One connection's driver, over a transport in memory whose every byte a test decides about."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.server.harness import Event, make_tone, running_server, until, until_idle

from tts_server.doors.door import Readiness, Ready
from tts_server.doors.stream import door as door_module
from tts_server.doors.stream.door import StreamDoor
from tts_server.doors.stream.driver import ConnectionDriver
from tts_server.doors.stream.memory import MemoryConnection, connect
from tts_server.limits import Limits
from tts_server.quiet_log import QuietLog
from tts_server.server.app import Server
from tts_server.speech.capabilities import AudioFormat, BackendInfo
from tts_server.speech.service import ServiceInfo


class MemoryClient:
    """The client's end, in plain JSON."""

    def __init__(self, end: MemoryConnection, driver: ConnectionDriver) -> None:
        self.end = end
        self.driver = driver

    def send(self, kind: str, **fields: object) -> None:
        self.end.write([json.dumps({"type": kind, **fields})])

    def commit(self, text: str) -> None:
        self.send("input_text.append", text=text)
        self.send("input_text.commit")

    async def receive(self) -> Event | None:
        message = await self.end.receive()
        return None if message is None else json.loads(message)

    async def until(self, kind: str) -> Event:
        while True:
            event = await self.receive()
            assert event is not None, f"closed before {kind}"
            if event["type"] == kind:
                return event


@contextlib.asynccontextmanager
async def client_in_memory(server: Server, *, capacity_bytes: int = 4000) -> AsyncIterator[MemoryClient]:
    """Connect to a server without a socket."""
    ours, theirs = connect(capacity_bytes=capacity_bytes)
    door = server.stream_door
    serving = asyncio.ensure_future(door.serve(ours))
    await until(lambda: door._drivers)
    yield MemoryClient(theirs, next(reversed(door._drivers)))
    theirs.abort()
    await serving


async def test_the_rules_need_no_websocket(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_in_memory(server) as client:
        await client.until("server.hello")
        client.commit("hello")
        assert (await client.until("response.audio.done"))["duration_ms"] == 300
        client.send("session.close")
        await client.until("session.closed")
        assert await client.receive() is None
        assert client.end.close_code == 1000


async def test_reader_that_takes_one_message_now_and_then_is_not_dropped(short_dir: Path) -> None:
    limits = Limits(max_unsent_bytes=100_000, send_stall_s=2.0)
    async with running_server(short_dir, limits=limits) as server, client_in_memory(server) as client:
        client.commit("x" * 500)
        for _ in range(6):
            assert await client.receive() is not None
            await asyncio.sleep(0.5)
        await client.until("response.audio.done")


async def test_reader_that_takes_nothing_is_dropped(short_dir: Path) -> None:
    limits = Limits(max_unsent_bytes=100_000, send_stall_s=0.05)
    async with running_server(short_dir, limits=limits) as server, client_in_memory(server) as client:
        client.commit("x" * 500)
        await until_made(server)
        while await client.receive() is not None:
            pass
        assert (client.end.close_code, client.end.close_reason) == (1011, "nothing was read for 0.05 s")


async def test_peer_that_only_asks_is_not_listened_to_until_it_reads(short_dir: Path) -> None:
    limits = Limits(max_unread_bytes=10_000, send_stall_s=60)
    async with running_server(short_dir, limits=limits) as server, client_in_memory(server) as client:
        n_asked = 500
        for _ in range(n_asked):
            client.send("server.status")
        await until(lambda: client.driver._is_flooded)
        for _ in range(100):
            await asyncio.sleep(0)
        assert client.driver._outbox.n_bytes < 3 * limits.max_unread_bytes
        for _ in range(n_asked):
            await client.until("server.status")


async def until_made(server: Server) -> None:
    """Wait until a response was made to its end."""
    await until(lambda: server.service.stats.steps)
    await until_idle(server)


async def test_no_more_than_a_little_is_encoded_ahead_of_the_peer(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_in_memory(server) as client:
        client.commit("x" * 100)
        await until_made(server)
        assert client.driver._outbox.n_bytes > 400_000
        assert client.driver._connection.unsent_bytes < 20_000
        await client.until("response.audio.done")


async def test_cancel_takes_back_what_was_not_encoded(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_in_memory(server) as client:
        # Longer than the unsent bytes allow, so that it cannot be complete.
        client.commit("x" * 2000)
        await until(lambda: client.driver._outbox.n_bytes > 1_000_000)
        client.send("response.cancel")
        n_frames = 0
        while (event := await client.receive()) is not None and event["type"] != "response.cancelled":
            n_frames += event["type"] == "response.audio.delta"
        assert n_frames < 30, "of the 700 that waited"


async def test_cancel_stops_what_is_made_and_has_not_left(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_in_memory(server) as client:
        await client.until("server.hello")
        client.commit("x" * 200)
        first = await client.until("response.audio.delta")
        await until_idle(server)
        client.send("response.cancel", event_id="stop", response_id=first["response_id"])
        n_frames = 0
        while (event := await client.receive()) is not None and event["type"] == "response.audio.delta":
            n_frames += 1
        assert event is not None
        assert (event["type"], event["previous_event_id"]) == ("response.cancelled", "stop")
        assert n_frames < 100, "12 s of speech are 600 frames"
        load = server.service._scheduler._connections[client.driver.connection_id]
        heard_until_s = max(load.heard_until_s.values())
        assert heard_until_s <= asyncio.get_running_loop().time(), "nobody hears the rest"
        client.commit("again")
        assert (await client.until("response.audio.done"))["duration_ms"] == 300


async def test_cancel_of_the_next_response_leaves_the_one_before_to_be_heard(short_dir: Path) -> None:
    # Nothing is read while two minutes of speech are made, which a busy machine takes seconds for. There is
    # room for all of it: whoever was paused gets nothing more until they read.
    limits = Limits(send_stall_s=600, max_unsent_bytes=16 << 20, max_unsent_total_bytes=16 << 20)
    async with running_server(short_dir, limits=limits) as server, client_in_memory(server) as client:
        client.commit("x" * 200)
        await until_made(server)
        client.commit("y" * 200)
        await until_idle(server)
        first = await client.until("response.created")
        await client.until("response.audio.done")
        second = await client.until("response.audio.delta")
        assert first["response_id"] != second["response_id"]
        client.commit("z" * 2000)
        await until(lambda: server.service.queue_depth)
        third = f"{first['response_id'].rpartition('_')[0]}_3"
        client.send("response.cancel", response_id=third)
        await until_idle(server)
        load = server.service._scheduler._connections[client.driver.connection_id]
        assert max(load.heard_until_s.values()) > asyncio.get_running_loop().time() + 10, "24 s were made"


async def test_end_of_the_connection_releases_everything(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=5)) as server:
        async with client_in_memory(server) as client:
            client.commit("x" * 2000)
            await until(lambda: server.service.queue_depth)
        await until_idle(server)
        assert client.driver._timers == {}
        assert client.driver._machine.live_responses == ()
        assert client.driver._outbox.n_bytes == 0


async def test_a_door_without_a_listener_has_ended_all_when_it_has_drained(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_module, "CLOSE_TIMEOUT_S", 0.0)
    async with running_server(short_dir, make_tone(work_ms=20)) as server:
        readiness = Readiness()
        info = ServiceInfo(BackendInfo("tone", "tone-1"), AudioFormat(24000), server.model.capabilities)
        readiness.succeed(Ready(server.service, info, Limits(), 0.0))
        door = StreamDoor(Limits(), QuietLog(logging.getLogger(__name__)))
        await door.open(readiness)
        ours, theirs = connect(capacity_bytes=4000)
        serving = asyncio.ensure_future(door.serve(ours))
        await until(lambda: door._drivers)
        client = MemoryClient(theirs, next(iter(door._drivers)))
        client.commit("x" * 2000)
        await client.until("response.created")
        door.stop_accepting()
        await door.drain(0.0)
        assert serving.done()
