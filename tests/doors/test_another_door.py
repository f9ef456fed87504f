"""A door of a few lines, which needs nothing more of the house than any other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.doors.line_door import LineDoor
from tests.server.harness import Gate, make_config, make_tone, until, until_idle

from tts_server.server.app import Server


async def say(path: Path, *lines: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write("".join(f"{line}\n" for line in (*lines, "")).encode())
    heard = await reader.read()
    writer.close()
    return heard


async def test_another_door_speaks_beside_the_protocols_own(short_dir: Path) -> None:
    path = short_dir / "lines"
    async with Server(make_config(short_dir), make_tone(), doors=[LineDoor(path)]) as server:
        one, two = await asyncio.gather(say(path, "hello"), say(path, "hello", "hello"))
        assert len(one) == 2 * 24000 * 300 // 1000
        assert len(two) == 2 * len(one)
        assert await say(path, *["x" * 20] * 5) != b""
        await until_idle(server)


async def test_a_line_that_cannot_be_spoken_is_answered(short_dir: Path) -> None:
    path = short_dir / "lines"
    backend = make_tone(fail_at_step=0)
    async with Server(make_config(short_dir), backend, doors=[LineDoor(path)]):
        assert (await say(path, "hello")).startswith(b"! ")


async def test_who_goes_away_costs_no_more(short_dir: Path) -> None:
    path = short_dir / "lines"
    async with Server(make_config(short_dir), make_tone(), doors=[LineDoor(path)]) as server:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"x" * 500 + b"\n")
        await until(lambda: server.service.queue_depth)
        writer.write(b"\n")
        assert await reader.read(2)
        writer.close()
        await until_idle(server)


async def test_who_waits_for_a_model_that_never_comes_is_told(short_dir: Path) -> None:
    path, gate = short_dir / "lines", Gate()
    server = Server(make_config(short_dir), make_tone(hang_load=True, gate=gate), doors=[LineDoor(path)])
    starting = asyncio.ensure_future(server.__aenter__())
    await gate.until_reached()
    reader, writer = await asyncio.open_unix_connection(path)
    asyncio.get_running_loop().call_soon(starting.cancel)
    gate.set()
    assert await reader.read() == b"! the server stops\n"
    writer.close()
    with pytest.raises(asyncio.CancelledError):
        await starting
