"""The server as a client finds it: hello, speech, status, cancel and close."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tests.server.harness import (
    Gate,
    client_of,
    make_tone,
    running_server,
    until_idle,
)


async def test_hello_comes_first_and_carries_the_loaded_models_rate(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(rate_hz=16000)) as server, client_of(server) as client:
        assert client.hello["audio"] == {"format": "pcm16", "rate": 16000, "channels": 1}
        assert client.hello["backend"] == {"name": "tone", "model": "tone-1"}


async def test_a_commit_is_spoken_to_its_end(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        pcm, end = await client.speak("hello world")
        assert len(pcm) == 2 * 11 * 1440
        assert (end["type"], end["duration_ms"]) == ("response.audio.done", 660)


async def test_audio_comes_while_the_rest_is_being_made(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=2, gate=gate)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("a text of several steps")
        await client.until("response.audio.delta")
        await gate.until_reached()
        gate.set()
        await client.until("response.audio.done")


async def test_clients_are_served_side_by_side(short_dir: Path) -> None:
    async with running_server(short_dir) as server:

        async def one(text: str) -> int:
            async with client_of(server) as client:
                return len((await client.speak(text))[0])

        lengths = await asyncio.gather(*(one("x" * n) for n in range(1, 21)))
        assert lengths == [2880 * n for n in range(1, 21)]


async def test_status_counts_what_the_engine_holds(short_dir: Path) -> None:
    gate = Gate()
    async with (
        running_server(short_dir, make_tone(hang_at_step=0, gate=gate)) as server,
        client_of(server) as client,
    ):
        response_id = await client.begin("hello")
        await gate.until_reached()
        await client.send("response.cancel", response_id=response_id)
        await client.until("response.cancelled")
        await client.send("server.status", event_id="s1")
        status = await client.until("server.status")
        assert (status["queue_depth"], status["previous_event_id"]) == (1, "s1")
        assert (status["pid"], status["voice_count"]) == (os.getpid(), 5)
        gate.set()
        await until_idle(server)
        await client.send("server.status")
        assert (await client.until("server.status"))["queue_depth"] == 0


async def test_after_a_cancel_nothing_more_of_the_response_comes(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        for _ in range(20):
            response_id = await client.begin("x" * 500)
            await client.until("response.audio.delta")
            await client.send("response.cancel")
            assert (await client.until("response.cancelled"))["response_id"] == response_id
            _, end = await client.speak("b")
            assert end["type"] == "response.audio.done"


async def test_session_close_lets_the_response_end(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.begin("x" * 100)
        await client.send("session.close")
        code, _, events = await client.closed()
        kinds = [event["type"] for event in events]
        assert kinds[-2:] == ["response.audio.done", "session.closed"]
        assert (code, events[-1]["reason"]) == (1000, "client_close")


async def test_session_cancel_drops_everything(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=5)) as server, client_of(server) as client:
        await client.begin("x" * 2000)
        await client.send("session.cancel")
        code, _, events = await client.closed()
        assert (code, events[-1]["reason"]) == (1000, "client_cancel")
        await until_idle(server)
