"""The stop: what is spoken ends, in bounded time, and nothing is left."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from tests.server.harness import (
    client_of,
    connecting,
    make_tone,
    running_server,
    until,
)

from tts_server.limits import Limits


async def test_stop_lets_the_response_in_progress_end(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=2)) as server, client_of(server) as client:
        await client.begin("x" * 100)
        await client.until("response.audio.delta")
        stopping = asyncio.ensure_future(server.aclose())
        code, _, events = await client.closed()
        kinds = [event["type"] for event in events]
        assert kinds[-2:] == ["response.audio.done", "session.closed"]
        assert (code, events[-1]["reason"]) == (1001, "server_shutdown")
        await stopping


async def test_stop_waits_no_longer_than_the_drain(short_dir: Path) -> None:
    backend = make_tone(work_ms=20)
    limits = Limits(drain_s=0.05)
    async with running_server(short_dir, backend, limits=limits) as server, client_of(server) as client:
        await client.begin("x" * 2000)
        stopping = asyncio.ensure_future(server.aclose())
        code, _, events = await client.closed()
        assert [event["type"] for event in events][-2:] == ["response.cancelled", "session.closed"]
        assert code == 1001
        await stopping


async def test_stopping_server_takes_no_new_connections_and_gives_its_path_free(short_dir: Path) -> None:
    backend = make_tone(work_ms=2)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("x" * 200)
        stopping = asyncio.ensure_future(server.aclose())
        await until(lambda: not (short_dir / "tts.sock").exists())
        with pytest.raises(OSError):  # noqa: PT011 - refused or not found, as the system likes
            await connecting(server.endpoint)
        async with running_server(short_dir) as successor, client_of(successor) as other:
            await other.speak("hello")
            await client.closed()
            await stopping
            assert (short_dir / "tts.sock").exists()


async def test_commit_while_the_server_stops_is_refused(short_dir: Path) -> None:
    backend = make_tone(work_ms=5)
    limits = Limits(max_inflight=2)
    async with running_server(short_dir, backend, limits=limits) as server, client_of(server) as client:
        await client.begin("x" * 100)
        stopping = asyncio.ensure_future(server.aclose())
        await until(lambda: not (short_dir / "tts.sock").exists())
        await client.commit("one more")
        assert (await client.until("error"))["error"]["type"] == "invalid_request_error"
        await client.closed()
        await stopping


async def test_stop_is_idempotent(short_dir: Path) -> None:
    async with running_server(short_dir) as server:
        await asyncio.gather(server.aclose(), server.aclose())
        await server.aclose()


async def test_stop_leaves_no_thread_and_no_task(short_dir: Path) -> None:
    before = threading.active_count(), len(asyncio.all_tasks())
    async with running_server(short_dir) as server:
        async with client_of(server) as client:
            await client.speak("hello")
        async with client_of(server):
            await server.aclose()
    executor = 4  # threads that the event loop keeps for ``to_thread``
    assert threading.active_count() <= before[0] + executor
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("engine")]
    assert len(asyncio.all_tasks()) == before[1]
