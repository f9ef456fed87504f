"""What the client writes for each of its calls, to a server whose answers are texts that stand here.

The client is used as anybody's program would use it: nothing of its inside is named.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.golden.lines import Lines
from tests.patience import PATIENCE_S
from websockets.asyncio.server import ServerConnection, unix_serve

from tts_server.client import TTSClient
from tts_server.client.backoff import RetryPolicy
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectionLostError

AUDIO = '"audio":{"format":"pcm16","rate":1000,"channels":1}'
BACKEND = '"backend":{"name":"fake","model":"fake-1"}'
HELLO = (
    f'{{"type":"server.hello","event_id":"e","protocol_version":"0.1",{BACKEND},{AUDIO},"capabilities":'
    '{"streaming":true,"binary_audio":false,"text_formats":["plain"],"languages":["en"],"voice_count":0,'
    '"extras":[],"ideal_words":5,"max_text_chars":200}}'
)
SESSION = (
    '"session":{"id":"sess_1","voice":null,"model":"fake-1","language":"en","extras":{},'
    '"audio_format":"pcm16"}'
)
STATUS = (
    f'"session_id":"sess_1",{BACKEND},{AUDIO},"queue_depth":0,"voice_count":0,"voices":[],"buffered_chars":0,'
    '"uptime_seconds":1,"pid":1'
)
BUSY = '"error":{"type":"rate_limit_error","code":"busy","message":"later","retry_after_ms":1}'

ANSWERS = {
    "session.update": ("session.updated", SESSION),
    "input_text.clear": ("input_text.cleared", '"more":1'),
    "server.status": ("server.status", STATUS),
    "session.close": ("session.closed", '"session_id":"sess_1","reason":"client_close"'),
    "session.cancel": ("session.closed", '"session_id":"sess_1","reason":"client_cancel"'),
}
"""The answer to each event, but for its ids."""


class Server:
    """Answers as its texts say, and takes down what it reads.

    Args:
        lines: Where what it reads is written down.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._n_connections = 0
        self._n_responses = 0
        self.busy_times = 0
        """How many commits it refuses."""
        self.is_mute = False
        """Whether it begins responses and makes no audio of them."""
        self.heard = asyncio.Event()
        """Set with each message."""
        self.sockets: list[ServerConnection] = []

    async def serve(self, socket: ServerConnection) -> None:
        """Serve one connection."""
        self._n_connections += 1
        name = f"connection {self._n_connections}"
        request = socket.request
        assert request is not None
        for header, value in request.headers.raw_items():
            if header not in {"Sec-WebSocket-Key", "User-Agent"}:
                self._lines.did(f"{name} comes with {header}: {value}")
        self._lines.did(f"{name} asks for {request.path}")
        self.sockets.append(socket)
        await socket.send(HELLO)
        async for message in socket:
            self._lines.said(name, message)
            self.heard.set()
            assert isinstance(message, str)
            for answer in self._answers(json.loads(message)):
                await socket.send(answer)
        self._lines.did(f"{name} is closed with {socket.close_code} {socket.close_reason!r}")

    def _answers(self, event: dict[str, Any]) -> list[str]:
        ids = f'"event_id":"e","previous_event_id":{json.dumps(event.get("event_id"))}'
        if event["type"] == "input_text.commit":
            return self._speak(ids)
        kind, fields = ANSWERS.get(event["type"], ("", ""))
        return [f'{{"type":"{kind}",{ids},{fields}}}'] if kind else []

    def _speak(self, ids: str) -> list[str]:
        if self.busy_times:
            self.busy_times -= 1
            return [f'{{"type":"error",{ids},{BUSY},"retry_after_ms":1}}']
        self._n_responses += 1
        response = f'"event_id":"e","response_id":"r{self._n_responses}"'
        begun = [
            f'{{"type":"input_text.committed",{ids},"response_id":"r{self._n_responses}"}}',
            f'{{"type":"response.created",{response}}}',
        ]
        if self.is_mute:
            return begun
        return [
            *begun,
            f'{{"type":"response.audio.delta",{response},"seq":0,"audio":"AAABAAIA"}}',
            f'{{"type":"response.audio.done",{response},"duration_ms":3}}',
        ]


Play = Callable[[TTSClient, Server], Awaitable[None]]


async def settings(client: TTSClient, _: Server) -> None:
    await client.update()
    await client.update(voice="amy", language="en", model="fake-1", extras={"speed": 1.5, "on": True})
    await client.update(extras={})
    await client.update(voice='\u00fc\u4f60\U0001f600"\\\n')


async def text_and_commits(client: TTSClient, _: Server) -> None:
    await client.append("")
    await client.append("Hello, ")
    await client.append("world \u2014 \u4f60\u597d \U0001f600.")
    await client.commit()
    await client.append("Once more.")
    await client.commit(voice="amy", language="en", extras={"speed": 2})
    await client.commit()
    await client.append("Not this.")
    await client.clear()
    await client.status()


async def cancels(client: TTSClient, server: Server) -> None:
    server.is_mute = True
    await client.cancel()
    await client.append("Too long.")
    response_id = await client.commit()
    await client.cancel(response_id)
    await client.cancel("r7")


async def closing(client: TTSClient, _: Server) -> None:
    await client.close_session()


async def dropping(client: TTSClient, _: Server) -> None:
    await client.cancel_session()


async def speech(client: TTSClient, _: Server) -> None:
    text = "The first sentence has seven words here. So does the second one of them. A third."
    async for _pcm in client.synthesize(text):
        pass
    async for _pcm in client.synthesize(
        ["In ", "pie", "ces."], voice="amy", language="en", extras={"speed": 1}
    ):
        pass
    async for _pcm in client.synthesize(" \n "):
        pass


async def speech_of_a_busy_server(client: TTSClient, server: Server) -> None:
    server.busy_times = 2
    async for _pcm in client.synthesize("Later, then."):
        pass


async def speech_that_is_left(client: TTSClient, server: Server) -> None:
    server.is_mute = True
    stream = client.synthesize("Nobody waits for this.")
    waiting = asyncio.ensure_future(anext(stream))
    while not server.sockets or server._n_responses == 0:  # noqa: ASYNC110 - the other side's state
        await asyncio.sleep(0.001)
    await client.status()
    waiting.cancel()
    await asyncio.wait([waiting])
    await stream.aclose()
    await client.status()


async def a_new_connection(client: TTSClient, server: Server) -> None:
    await client.update(voice="amy", extras={"speed": 1.5})
    await client.update(language="en", extras={"tone": "low"})
    await client.append("Lost with the connection.")
    await client.status()
    await server.sockets[0].close(1001, "gone")
    with pytest.raises(ConnectionLostError):
        _ = [event async for event in client.events()]
    await client.append("Spoken on the new one.")
    await client.commit()


ALL: dict[str, Play] = {
    play.__name__: play
    for play in (
        *(settings, text_and_commits, cancels, closing, dropping, speech),
        *(speech_of_a_busy_server, speech_that_is_left, a_new_connection),
    )
}


@contextlib.asynccontextmanager
async def _served(server: Server, path: Path) -> AsyncIterator[Endpoint]:
    async with unix_serve(server.serve, path, compression=None):
        yield Endpoint.unix(path)


async def take_down(name: str, folder: Path) -> list[str]:
    """Make the calls of one of the plays, and return what was written."""
    lines = Lines(name)
    server = Server(lines)
    path = folder / "fake.sock"
    quick = RetryPolicy(max_tries=3, first_delay_s=0.001, max_delay_s=0.001)
    async with asyncio.timeout(PATIENCE_S), _served(server, path) as endpoint:
        client = TTSClient(endpoint, auth_token="secret", reconnect=quick, busy_retry=quick)
        async with client:
            await ALL[name](client, server)
    return lines.lines
