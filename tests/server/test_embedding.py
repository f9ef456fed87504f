"""A server inside a program: on whatever loop, beside others, and clear about a mistake of the program."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from tests.server.harness import WAIT_S, Gate, make_config, make_tone, names_in

from tts_server import (
    BackendOptions,
    ConfigError,
    Endpoint,
    Limits,
    LocalProtocolError,
    Model,
    Readiness,
    Server,
    ServerConfig,
    TTSClient,
)
from tts_server.config.environment import cache_folder
from tts_server.server import app

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


async def speak(server: Server) -> tuple[int, int]:
    """Speak a text of five letters; returns the rate and the bytes of audio."""
    async with TTSClient(server.endpoint) as client:
        n_bytes = sum([len(pcm) async for pcm in client.synthesize("hello")])
        return client.hello.audio.rate_hz, n_bytes


async def embedded(folder: Path, **fields: Any) -> tuple[int, int]:
    async with Server(make_config(folder, **fields)) as server:
        return await speak(server)


def engine_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("engine")]


# --- whose loop ---------------------------------------------------------------------------------------------


def run_plain(main: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(main)


def run_in_debug_mode(main: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(main, debug=True)


def run_on_a_loop_of_its_own(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(main)


def run_in_a_thread(main: Coroutine[Any, Any, T]) -> T:
    results: list[T] = []
    thread = threading.Thread(target=lambda: results.append(asyncio.run(main)))
    thread.start()
    thread.join(WAIT_S)
    return results[0]


def run_with_eager_tasks(main: Coroutine[Any, Any, T]) -> T:
    def new_loop() -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        loop.set_task_factory(getattr(asyncio, "eager_task_factory", None))
        return loop

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main)


@pytest.mark.parametrize(
    "run",
    [
        run_plain,
        run_in_debug_mode,
        run_on_a_loop_of_its_own,
        run_in_a_thread,
        pytest.param(
            run_with_eager_tasks,
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 has them first"),
        ),
    ],
)
def test_a_server_speaks_on_the_loop_that_a_program_has(short_dir: Path, run: Run[tuple[int, int]]) -> None:
    assert run(embedded(short_dir)) == (24000, 2 * 5 * 1440)
    assert engine_threads() == []
    assert names_in(short_dir) == []


async def test_two_servers_of_one_program_speak_beside_each_other(short_dir: Path) -> None:
    local = ServerConfig(Endpoint.tcp("127.0.0.1", 0))
    async with (
        Server(local, make_tone(rate_hz=8000)) as one,
        Server(local, make_tone(rate_hz=16000)) as two,
        Server(make_config(short_dir)) as three,
    ):
        assert len({str(server.endpoint) for server in (one, two, three)}) == 3
        spoken = await asyncio.gather(*map(speak, (one, two, three)))
    assert spoken == [(8000, 4800), (16000, 9600), (24000, 14400)]


# --- the end ------------------------------------------------------------------------------------------------


async def test_a_load_that_takes_too_long_for_the_program_is_called_off(short_dir: Path) -> None:
    gate = Gate()
    server = Server(make_config(short_dir), make_tone(hang_load=True, gate=gate))
    asyncio.get_running_loop().call_later(0.2, gate.set)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), server:
            pytest.fail("the model cannot be loaded yet")
    assert names_in(short_dir) == []
    assert not server.is_engine_running
    await embedded(short_dir)


async def test_an_error_of_the_program_is_let_through_when_the_server_has_stopped(short_dir: Path) -> None:
    async def fail() -> None:
        async with Server(make_config(short_dir)) as server:
            await speak(server)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert names_in(short_dir) == []
    assert engine_threads() == []


class DoorThatStays:
    """A door with somebody behind it who does not leave."""

    def __init__(self) -> None:
        self.draining = asyncio.Event()

    async def open(self, readiness: Readiness) -> None:
        pass

    def stop_accepting(self) -> None:
        pass

    async def drain(self, timeout_s: float) -> None:
        self.draining.set()
        await asyncio.sleep(timeout_s)


def test_a_stop_that_its_loop_does_not_wait_for_leaves_no_thread(short_dir: Path) -> None:
    async def main() -> Server:
        door = DoorThatStays()
        server = Server(make_config(short_dir, limits=Limits(drain_s=WAIT_S)), doors=[door])
        await server.__aenter__()
        stopping = asyncio.ensure_future(server.aclose())
        await door.draining.wait()
        stopping.cancel()
        return server

    server = asyncio.run(main())
    is_left = server.is_engine_running
    # A thread that is left would keep the tests from ending, too.
    for worker in server._engines.workers if server._engines is not None else ():
        worker.stop()
    assert not is_left


# --- mistakes of the program --------------------------------------------------------------------------------


async def test_a_server_is_started_once(short_dir: Path) -> None:
    server = Server(make_config(short_dir))
    async with server:
        with pytest.raises(LocalProtocolError, match="started once"):
            await server.__aenter__()
        await speak(server)
    with pytest.raises(LocalProtocolError, match="make another"):
        await server.__aenter__()
    assert names_in(short_dir) == []


async def test_a_server_that_was_not_started_says_so(short_dir: Path) -> None:
    server = Server(make_config(short_dir))
    for ask in (lambda: server.model, lambda: server.service, lambda: server.stream_door, server.health):
        with pytest.raises(LocalProtocolError, match="not"):
            ask()
    assert (server.n_connections, server.is_engine_running) == (0, False)
    await server.aclose()
    async with server:
        await speak(server)


def test_a_model_that_was_not_made_is_refused(short_dir: Path) -> None:
    wrong: Any = Model
    with pytest.raises(ConfigError, match=r"must be a Model, made and not loaded, not <class"):
        Server(make_config(short_dir), wrong)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"endpoint": "/tmp/tts.sock"}, r"endpoint must be an Endpoint, .* not '/tmp/tts.sock'"),
        ({"engines": 0}, "engines: 0 is not a positive whole number"),
        ({"engines": -1}, "engines: -1 is not a positive whole number"),
        ({"limits": Limits(max_admitted=-1)}, r"limits\.max_admitted: -1 is not a positive whole number"),
        ({"limits": Limits(drain_s=float("inf"))}, r"limits\.drain_s: inf is not a positive number"),
        ({"limits": Limits(cpu_share=2)}, r"limits\.cpu_share: 2 is not a part of 1"),
    ],
)
def test_a_setting_that_no_flag_could_have_is_refused_at_once(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ServerConfig(**{"endpoint": Endpoint.tcp("127.0.0.1", 0), **settings})


# --- where a model is kept ----------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [None, "/chosen"])
async def test_a_backend_has_the_users_cache_folder_where_none_is_chosen(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, chosen: str | None
) -> None:
    seen: list[BackendOptions] = []

    def create_model(_name: str, options: BackendOptions) -> Model:
        seen.append(options)
        return make_tone()

    monkeypatch.setenv("XDG_CACHE_HOME", str(short_dir / "cache"))
    monkeypatch.setattr(app, "create_model", create_model)
    options = BackendOptions(voice="low", cache_dir=chosen)
    async with Server(make_config(short_dir, options=options)):
        pass
    assert seen == [BackendOptions(voice="low", cache_dir=chosen or cache_folder())]
    assert cache_folder().startswith(str(short_dir))
