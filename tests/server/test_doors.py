"""Further doors that do not do as they should: whatever they do, the server starts or stops in order."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path

import pytest
from tests.server.harness import client_of, make_config, make_tone, names_in

from tts_server.doors.door import Readiness
from tts_server.errors import EndpointError
from tts_server.limits import Limits
from tts_server.server import app
from tts_server.server.app import Server


class OddDoor:
    """Notes what is asked of it, and fails where it is told to."""

    def __init__(self, fails_at: str = "", *, hangs: bool = False, waits_for: OddDoor | None = None) -> None:
        self.asked: list[str] = []
        self.drains = asyncio.Event()
        self._fails_at = fails_at
        self._hangs = hangs
        self._waits_for = waits_for

    def _take(self, what: str) -> None:
        self.asked.append(what)
        if what == self._fails_at:
            raise EndpointError("no such address") if what == "open" else ZeroDivisionError

    async def open(self, _readiness: Readiness) -> None:
        self._take("open")

    def stop_accepting(self) -> None:
        self._take("stop_accepting")

    async def drain(self, timeout_s: float) -> None:
        self.drains.set()
        self._take("drain")
        if self._waits_for is not None:
            await self._waits_for.drains.wait()
        if self._hangs:
            await asyncio.sleep(timeout_s + 3600)


def engine_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("engine")]


@pytest.mark.parametrize("fails_at", ["stop_accepting", "drain"])
async def test_door_that_fails_at_the_end_keeps_nothing_from_ending(
    short_dir: Path, caplog: pytest.LogCaptureFixture, fails_at: str
) -> None:
    odd, other = OddDoor(fails_at), OddDoor()
    caplog.set_level(logging.ERROR)
    server = Server(make_config(short_dir), make_tone(), doors=[odd, other])
    async with server, client_of(server) as client:
        await client.speak("hello")
    assert other.asked == odd.asked == ["open", "stop_accepting", "drain"]
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    assert not server.is_engine_running
    assert not engine_threads()
    assert names_in(short_dir) == []


async def test_door_that_never_drains_is_left_behind(
    short_dir: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "DRAIN_MARGIN_S", 0.1)
    config = make_config(short_dir, limits=Limits(drain_s=0.01))
    async with Server(config, make_tone(), doors=[OddDoor(hangs=True)]) as server:
        pass
    assert not server.is_engine_running
    assert "OddDoor has not ended" in caplog.text


async def test_doors_drain_at_the_same_time(short_dir: Path) -> None:
    one, two = OddDoor(), OddDoor()
    one._waits_for = two
    async with Server(make_config(short_dir), make_tone(), doors=[one, two]):
        pass
    assert two.asked[-1] == "drain"


async def test_door_that_cannot_be_opened_ends_the_start_and_closes_those_before_it(short_dir: Path) -> None:
    before, bad, after = OddDoor(), OddDoor("open"), OddDoor()
    server = Server(make_config(short_dir), make_tone(), doors=[before, bad, after])
    with pytest.raises(EndpointError, match="no such address"):
        await server.__aenter__()
    assert before.asked == bad.asked == ["open", "stop_accepting", "drain"]
    assert after.asked == []
    assert names_in(short_dir) == []


async def test_why_a_door_cannot_be_opened_is_said_even_if_it_cannot_be_closed_then(short_dir: Path) -> None:
    class Never(OddDoor):
        def stop_accepting(self) -> None:
            raise AttributeError("there is nothing to close")

    server = Server(make_config(short_dir), make_tone(), doors=[Never("open")])
    with pytest.raises(EndpointError, match="no such address"):
        await server.__aenter__()
    assert names_in(short_dir) == []
