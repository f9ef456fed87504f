"""A reader that is slow slows only itself; one that takes nothing is dropped; nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.patience import PATIENCE_S
from tests.server.harness import (
    WAIT_S,
    Client,
    client_of,
    connecting,
    make_config,
    make_tone,
    running_server,
    until,
    until_idle,
)
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tts_server.backends.tone import ToneModel
from tts_server.doors.stream import door, driver
from tts_server.limits import Limits
from tts_server.scheduling import reader
from tts_server.server.app import Server

SMALL = Limits(max_unsent_bytes=50_000, send_stall_s=0.2)
PATIENT = Limits(max_unsent_bytes=50_000, send_stall_s=60.0)
LONG_TEXT = "x" * 2000
"""Two minutes of speech, 8.5 MB on the wire."""


async def test_synthesis_pauses_for_a_reader_that_stops_and_goes_on_when_it_reads(short_dir: Path) -> None:
    async with running_server(short_dir, limits=PATIENT) as server, client_of(server) as client:
        await client.begin(LONG_TEXT)
        client.stop_reading()
        n_steps = await until_still(server.service)
        assert n_steps < 40, "of 500 steps"
        client.go_on_reading()
        assert (await client.until("response.audio.done"))["duration_ms"] == 120_000
        assert server.service.stats.steps > 500


async def until_still(service: object) -> int:
    """Wait until no more steps are ordered; returns how many were."""
    last = -1
    while (now := service.stats.steps) != last:  # type: ignore[attr-defined]
        last = now
        await asyncio.sleep(0.05)
    return last


async def test_slow_reader_slows_only_itself(short_dir: Path) -> None:
    async with (
        running_server(short_dir, limits=PATIENT) as server,
        client_of(server) as slow,
        client_of(server) as fast,
    ):
        await slow.begin(LONG_TEXT)
        slow.stop_reading()
        await until_still(server.service)
        for _ in range(5):
            pcm, end = await fast.speak("hello world")
            assert (len(pcm), end["type"]) == (2 * 11 * 1440, "response.audio.done")
        slow.go_on_reading()
        await slow.until("response.audio.done")


HOW_THEY_READ = {"not at all": 0, "a little now and then": 1}
"""Frames that a slow reader takes of five that are played."""


@contextlib.asynccontextmanager
async def guarded_server(path: Path, backend: ToneModel, limits: Limits) -> AsyncIterator[Server]:
    """A server that admits by its speed."""
    async with asyncio.timeout(2 * WAIT_S), Server(make_config(path, limits=limits), backend) as server:
        yield server


async def read_slowly(client: Client, n_frames: int) -> None:
    while True:
        for _ in range(n_frames):
            await client.receive()
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("how", HOW_THEY_READ)
async def test_readers_that_are_slow_keep_nobody_out(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    # The same in a tenth of the time.
    monkeypatch.setattr(reader, "GRACE_S", 0.2)
    monkeypatch.setattr(reader, "MAX_CREDIT_S", 0.4)
    limits = Limits(max_unsent_bytes=50_000, send_stall_s=60.0, max_admitted=2)
    async with guarded_server(short_dir, make_tone(step_ms=60, work_ms=40), limits) as server:
        async with client_of(server) as client:
            await client.speak("now its speed is known")
        await until(lambda: not server.health().by_connection)
        async with client_of(server) as first, client_of(server) as second, client_of(server) as newcomer:
            tasks: list[asyncio.Task[None]] = []
            for n_slow, client in enumerate((first, second), 1):
                await client.begin(LONG_TEXT)
                client.stop_reading()
                if HOW_THEY_READ[how]:
                    client.go_on_reading()
                    tasks.append(asyncio.ensure_future(read_slowly(client, HOW_THEY_READ[how])))
                await until_behind(server, n_slow)
            for _ in range(3):
                pcm, end = await newcomer.speak("hello world")
                assert (len(pcm), end["type"]) == (2 * 11 * 1440, "response.audio.done")
            await until_behind(server, 2)
            for task in tasks:
                task.cancel()


async def until_behind(server: Server, n_readers: int) -> None:
    await until(lambda: n_behind(server) == n_readers)


def n_behind(server: Server) -> int:
    return sum(one.is_behind for one in server.health().by_connection)


async def test_reader_that_takes_nothing_is_dropped_with_1011_and_its_work_stops(short_dir: Path) -> None:
    async with running_server(short_dir, limits=SMALL) as server, client_of(server) as client:
        await client.begin(LONG_TEXT)
        client.stop_reading()
        await until_idle(server)
        client.go_on_reading()
        code, reason, _ = await client.closed()
        assert code == 1011
        assert reason == "nothing was read for 0.2 s"
        assert server.service.stats.steps < 60


async def test_reader_that_takes_a_little_now_and_then_is_not_dropped(short_dir: Path) -> None:
    limits = Limits(max_unsent_bytes=50_000, send_stall_s=2.0)
    async with running_server(short_dir, limits=limits) as server, client_of(server) as client:
        await client.begin("x" * 300)
        began = asyncio.get_running_loop().time()
        while asyncio.get_running_loop().time() - began < 3.0:
            client.stop_reading()
            await asyncio.sleep(0.5)
            client.go_on_reading()
            for _ in range(40):
                await client.receive()
        assert (await client.until("response.audio.done"))["duration_ms"] == 18_000


async def test_idle_client_is_not_dropped_for_reading_nothing(short_dir: Path) -> None:
    async with (
        running_server(short_dir, limits=Limits(send_stall_s=0.02)) as server,
        client_of(server) as client,
    ):
        await client.speak("hello")
        client.stop_reading()
        await asyncio.sleep(0.1)
        client.go_on_reading()
        assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_cancel_of_a_reader_that_is_behind_drops_what_has_not_left(short_dir: Path) -> None:
    async with (
        running_server(short_dir, limits=Limits(send_stall_s=60)) as server,
        client_of(server) as client,
    ):
        await client.begin(LONG_TEXT)
        client.stop_reading()
        await until_still(server.service)
        await client.send("response.cancel")
        await until_idle(server)
        client.go_on_reading()
        n_frames = 0
        while (await client.receive())["type"] != "response.cancelled":
            n_frames += 1
        # The kernel's and the client library's buffers; the server itself held 1 MiB, 740 frames.
        assert n_frames < 150


async def ask_for_ever(connection: ClientConnection) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await connection.send('{"type":"server.status"}')


async def test_client_that_asks_without_reading_is_not_listened_to_for_ever(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "CLOSE_TIMEOUT_S", 0.1)
    limits = Limits(max_unsent_bytes=20_000, send_stall_s=0.5)
    async with running_server(short_dir, limits=limits) as server:
        async with connecting(server.endpoint) as connection:
            connection.transport.pause_reading()
            with pytest.raises(ConnectionClosed):
                await ask_for_ever(connection)
        async with client_of(server) as other:
            assert (await other.speak("hello"))[1]["type"] == "response.audio.done"


@pytest.mark.parametrize(
    "message",
    [
        '{"type":"server.status"}',
        '{"type":"nope","event_id":"' + "é" * 150 + '"}',
        '{"type":"input_text.clear"}',
        '{"type":"session.update","voice":"' + "x" * 5000 + '"}',
        "no JSON " * 1000,
        "[" * 20_000,
    ],
    ids=["status", "unknown", "clear", "refused", "no JSON", "nested"],
)
async def test_answers_that_nobody_reads_are_bounded(short_dir: Path, message: str) -> None:
    limits = Limits(max_unread_bytes=50_000, send_stall_s=60.0, cpu_share=1.0)
    async with running_server(short_dir, limits=limits) as server, connecting(server.endpoint) as connection:
        connection.transport.pause_reading()
        sending = asyncio.ensure_future(send_for_ever(connection, message))
        most, last = 0, -1
        while last != (kept := sum(one.kept_bytes for one in server.health().costs)):
            last, most = kept, max(most, kept)
            await asyncio.sleep(0.2)
        assert most < limits.max_unread_bytes + 6 * len(message.encode()) + 60_000
        sending.cancel()
        await asyncio.wait([sending])
        connection.transport.abort()


async def send_for_ever(connection: ClientConnection, message: str) -> None:
    while True:
        await connection.send(message)


async def test_stuck_reader_does_not_hold_up_the_stop(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "CLOSE_TIMEOUT_S", 0.1)
    limits = Limits(max_unsent_bytes=50_000, send_stall_s=0.1, drain_s=0.1)
    async with running_server(short_dir, make_tone(), limits=limits) as server, client_of(server) as client:
        await client.begin(LONG_TEXT)
        client.stop_reading()
        await until_still(server.service)
        async with asyncio.timeout(PATIENCE_S):
            await server.aclose()


async def test_stop_drops_a_reader_that_the_stall_has_not_found_yet(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "CLOSE_TIMEOUT_S", 0.1)
    limits = Limits(max_unsent_bytes=50_000, send_stall_s=3600.0, drain_s=0.05)
    async with running_server(short_dir, limits=limits) as server, client_of(server) as client:
        await client.begin(LONG_TEXT)
        client.stop_reading()
        await until_still(server.service)
        async with asyncio.timeout(PATIENCE_S):
            await server.aclose()
        assert server.n_connections == 0
