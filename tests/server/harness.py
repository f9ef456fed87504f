"""A server in the test's own event loop, and a client that speaks the protocol in plain JSON."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S
from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed

from tts_server.backends.base import Model
from tts_server.backends.tone import ToneModel, ToneScript
from tts_server.config.server import ServerConfig
from tts_server.endpoint import Endpoint
from tts_server.limits import Limits
from tts_server.scheduling.scheduler import SchedulingPolicy
from tts_server.server.app import Server

WAIT_S = PATIENCE_S
"""Longest that any single state is waited for; only a failing test waits so long."""

END_TYPES = {"response.audio.done", "response.cancelled", "response.failed"}

Event = dict[str, Any]


class Gate(threading.Event):
    """What a hanging step waits for; tells when a step has come to it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.reached.set()
        return super().wait(timeout)

    async def until_reached(self) -> None:
        assert await asyncio.to_thread(self.reached.wait, WAIT_S)


def make_tone(**script: object) -> ToneModel:
    return ToneModel(script=ToneScript(**script))  # type: ignore[arg-type]


def make_config(path: Path, **fields: Any) -> ServerConfig:
    return ServerConfig(**{"endpoint": Endpoint.unix(path / "tts.sock"), "backend": "tone", **fields})


@contextlib.asynccontextmanager
async def running_server(
    path: Path,
    backend: Model | None = None,
    *,
    step_timeout_s: float = 30.0,
    limits: Limits | None = None,
    **fields: Any,
) -> AsyncIterator[Server]:
    """Run a server on a Unix socket in a folder; everything is admitted that the limits allow."""
    config = make_config(path, limits=limits or Limits(), **fields)
    policy = SchedulingPolicy(admission=False)
    backend = backend or make_tone()
    server = Server(config, backend, step_timeout_s=step_timeout_s, policy=policy)
    try:
        async with asyncio.timeout(WAIT_S * 2), server:
            yield server
    finally:
        # A test that fails must not leave a thread that keeps the interpreter from ending.
        gate = backend.script.gate if isinstance(backend, ToneModel) else None
        if gate is not None:
            gate.set()


class Client:
    """One connection; every wait is bounded."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.hello: Event = {}

    async def send(self, kind: str, **fields: object) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def receive(self) -> Event:
        async with asyncio.timeout(WAIT_S):
            event: Event = json.loads(await self.connection.recv())
        return event

    async def until(self, *kinds: str) -> Event:
        """Read on to the first event of one of the kinds; a close in between is an error."""
        while True:
            event = await self.receive()
            if event["type"] in kinds:
                return event

    async def commit(self, text: str, **fields: object) -> None:
        await self.send("input_text.append", text=text)
        await self.send("input_text.commit", **fields)

    async def begin(self, text: str, **fields: object) -> str:
        """Commit and wait until the response is created; returns its id."""
        await self.commit(text, **fields)
        event = await self.until("response.created", "error")
        assert event["type"] == "response.created", event
        response_id: str = event["response_id"]
        return response_id

    async def speak(self, text: str, **fields: object) -> tuple[bytes, Event]:
        """Commit and read to the end; returns the audio and the terminal event."""
        await self.commit(text, **fields)
        return await self.listen()

    async def listen(self) -> tuple[bytes, Event]:
        """Read to the end of a response; returns the audio and the terminal event."""
        pcm, seq = b"", 0
        while True:
            event = await self.receive()
            if event["type"] == "response.audio.delta":
                assert event["seq"] == seq
                seq += 1
                pcm += base64.b64decode(event["audio"])
            elif event["type"] in END_TYPES | {"error"}:
                return pcm, event

    async def closed(self) -> tuple[int | None, str | None, list[Event]]:
        """Read to the end of the connection; returns code, reason and the events on the way."""
        events = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                events.append(await self.receive())
        return self.connection.close_code, self.connection.close_reason, events

    def stop_reading(self) -> None:
        """Take nothing more from the kernel, as a program that hangs."""
        self.connection.transport.pause_reading()

    def go_on_reading(self) -> None:
        self.connection.transport.resume_reading()

    def vanish(self) -> None:
        self.connection.transport.abort()


@contextlib.asynccontextmanager
async def client_of(server: Server, *, token: str | None = None, greet: bool = True) -> AsyncIterator[Client]:
    """Connect to a server."""
    async with connecting(server.endpoint, token=token) as connection:
        client = Client(connection)
        if greet:
            client.hello = await client.receive()
            assert client.hello["type"] == "server.hello"
        yield client


def connecting(endpoint: Endpoint, *, token: str | None = None, **options: Any) -> connect:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    settings: dict[str, Any] = {
        "additional_headers": headers,
        "compression": None,
        "close_timeout": 1,
        "ping_interval": None,
        **options,
    }
    if endpoint.socket_path is not None:
        return unix_connect(endpoint.socket_path, endpoint.websocket_uri, **settings)
    return connect(endpoint.websocket_uri, **settings)


def names_in(folder: Path) -> list[str]:
    """List a folder."""
    return sorted(path.name for path in folder.iterdir())


async def until(is_so: Callable[[], object]) -> None:
    """Wait for a state that nothing announces."""
    async with asyncio.timeout(WAIT_S):
        while not is_so():  # noqa: ASYNC110 - there is no event for what a test looks at from outside
            await asyncio.sleep(0.001)


async def until_idle(server: Server) -> None:
    """Wait until no response holds the engine."""
    await until(lambda: server.service.queue_depth == 0)


async def until_no_connections(server: Server) -> None:
    """Wait until the server has forgotten every client."""
    await until(lambda: server.n_connections == 0)
