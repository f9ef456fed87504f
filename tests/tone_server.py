"""Real servers with the tone backend, for tests of what talks to one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

from tts_server.backends.tone import ToneModel, ToneScript
from tts_server.config.server import ServerConfig
from tts_server.endpoint import Endpoint
from tts_server.server.app import Server


@contextlib.asynccontextmanager
async def serving(
    endpoint: Endpoint, *, script: ToneScript | None = None, **settings: Any
) -> AsyncIterator[Server]:
    """Run a server on this event loop."""
    config = ServerConfig(endpoint=endpoint, backend="tone", **settings)
    async with Server(config, ToneModel(script=script)) as server:
        yield server


@contextlib.contextmanager
def serving_aside(
    path: Path | str, *, script: ToneScript | None = None, **settings: Any
) -> Iterator[Endpoint]:
    """Run a server on an event loop in a thread of its own, for tests of what blocks."""
    ready, stop = threading.Event(), asyncio.Event()
    found: list[Endpoint] = []
    failed: list[BaseException] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with serving(Endpoint.unix(path), script=script, **settings) as server:
            found.append(server.endpoint)
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # noqa: BLE001 - raised again on the test's thread
            failed.append(error)
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run, name="tone-server")
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        if failed:
            raise failed[0]
        yield found[0]
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE_S)
        if failed:
            raise failed[0]
