"""A fork has a copy of a client whose connection is the other process's."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.tone_server import serving_aside

from tts_server.backends.tone import ToneScript
from tts_server.client import SyncTTSClient, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError, LocalProtocolError

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Python 3.12 warns of a fork beside threads, which is the case that is tried.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def endpoint(short_dir: Path) -> Iterator[Endpoint]:
    with serving_aside(short_dir / "tts.sock", script=ToneScript(work_ms=2)) as endpoint:
        yield endpoint


def in_a_fork(work: Callable[[], object]) -> str:
    """Run ``work`` in a fork and return what it says, or its error; a fork that hangs says nothing."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            try:
                said = str(work())
            except BaseException as error:  # noqa: BLE001 - told to the process that waits
                said = f"{type(error).__name__}: {error}"
            os.write(writer, said.encode())
        finally:
            os._exit(0)
    os.close(writer)
    deadline = time.monotonic() + 20
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            break
        time.sleep(0.01)
    with os.fdopen(reader, "rb") as pipe:
        return pipe.read().decode()


CALLS: dict[str, Callable[[SyncTTSClient], object]] = {
    "status": lambda client: client.status(),
    "append": lambda client: client.append("x"),
    "commit": lambda client: client.commit(),
    "cancel": lambda client: client.cancel(),
    "connect": lambda client: client.connect(),
    "synthesize": lambda client: list(client.synthesize("x")),
    "events": lambda client: next(client.events()),
    "close_session": lambda client: client.close_session(),
}


@pytest.mark.parametrize("name", CALLS)
def test_fork_of_a_synchronous_client_is_told_at_once(name: str, endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        said = in_a_fork(lambda: CALLS[name](client))
        assert said.startswith("LocalProtocolError")
        assert "fork" in said
        assert f"process {os.getpid()}" in said
        assert b"".join(client.synthesize("Still here."))


def test_fork_may_close_and_the_connection_lives_on(endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        speech = client.synthesize("Hello there. " * 20)
        first = next(speech)

        def work() -> bool:
            speech.close()
            client.close()
            client.close()
            return client.is_connected

        assert in_a_fork(work) == "False"
        rest = b"".join(speech)
        assert len(first + rest) // 2 == len(b"".join(client.synthesize("Hello there. " * 20))) // 2
        assert client.is_connected


def test_fork_may_make_a_client_of_its_own(endpoint: Endpoint) -> None:
    unconnected = SyncTTSClient(endpoint)

    def speak(client: SyncTTSClient) -> int:
        with client:
            return len(b"".join(client.synthesize("Hi.")))

    with SyncTTSClient(endpoint) as client:
        assert in_a_fork(lambda: speak(SyncTTSClient(endpoint))) == str(2 * 3 * 1440)
        assert in_a_fork(lambda: speak(unconnected)) == str(2 * 3 * 1440)
        assert client.status().queue_depth == 0


def test_fork_that_ends_like_any_process_leaves_the_connection_alone(endpoint: Endpoint) -> None:
    code = f"""
import gc, os, sys
from tts_server.client import SyncTTSClient
with SyncTTSClient({str(endpoint)!r}) as client:
    speech = client.synthesize("Hello there. " * 20)
    next(speech)
    if os.fork() == 0:
        del speech
        gc.collect()
        sys.exit(0)
    os.wait()
    n = sum(map(len, speech))
    assert n > 100_000, n
    assert client.status().queue_depth == 0
print("fine")
"""
    finished = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (finished.stdout, finished.stderr) == ("fine\n", "")


async def test_fork_of_an_asynchronous_client_is_told_at_once(endpoint: Endpoint) -> None:
    async with TTSClient(endpoint) as client:
        speech = client.synthesize("Hello there. " * 20)
        first = await anext(speech)

        def step(coroutine: object) -> str:
            try:
                coroutine.send(None)  # type: ignore[attr-defined]
            except LocalProtocolError as error:
                return str(error)
            except StopIteration:
                return "done"
            return "waits"

        def work() -> list[str]:
            calls = [client.status(), client.append("x"), anext(speech), client.connect(), client.close()]
            return [step(call) for call in calls]

        said = in_a_fork(work)
        assert said.count("fork") == 4
        assert "waits" not in said
        rest = b"".join([pcm async for pcm in speech])
        assert len(first + rest) // 2 == speech.stats.n_samples
        assert (await client.status()).queue_depth == 0


def test_client_of_another_event_loop_is_told_at_once(endpoint: Endpoint) -> None:
    client = TTSClient(endpoint)

    async def begin() -> None:
        await client.connect()

    async def use() -> None:
        for call in (client.status, client.connect, lambda: client.append("x"), client.close_session):
            with pytest.raises(LocalProtocolError, match="another event loop"):
                await call()
        with pytest.raises(LocalProtocolError, match="another event loop"):
            await anext(client.synthesize("x"))
        with pytest.raises(LocalProtocolError, match="another event loop"):
            await anext(client.events())

    async def inside() -> None:
        await client.connect()
        with pytest.raises(LocalProtocolError, match="another event loop"):
            await asyncio.to_thread(lambda: asyncio.run(client.close()))
        await asyncio.to_thread(lambda: asyncio.run(use()))
        await client.close()

    asyncio.run(inside())
    client = TTSClient(endpoint)
    asyncio.run(begin())
    asyncio.run(use())
    # Its event loop is gone, and the connection with it.
    asyncio.run(client.close())


def test_client_may_be_tried_on_one_event_loop_and_connected_on_another(short_dir: Path) -> None:
    client = TTSClient(str(short_dir / "late.sock"))
    for _ in range(2):
        with pytest.raises(ConnectFailedError):
            asyncio.run(client.connect())

    async def use() -> int:
        async with client:
            return (await client.status()).queue_depth

    with serving_aside(short_dir / "late.sock"):
        assert asyncio.run(use()) == 0
