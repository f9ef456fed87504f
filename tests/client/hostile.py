"""A server that follows a script, however mad: one function plays its side of each connection."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed

from tts_server.endpoint import Endpoint
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import decode_client, encode_server
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities

RATE_HZ = 24000
FRAME = b"\1\0" * 480

HELLO = ev.Hello(
    "evt_1",
    BackendInfo("fake", "fake-1"),
    AudioFormat(RATE_HZ),
    Capabilities(True, ("en",), 0),
    max_text_chars=2000,
)

EventT = TypeVar("EventT", bound=ev.ClientEvent)
Message = ev.ServerEvent | dict[str, Any] | str | bytes


def hello_with(**changes: Any) -> dict[str, Any]:
    """A hello with fields changed: ``audio={"rate": 0}`` changes that one field of ``audio``."""
    message: dict[str, Any] = json.loads(encode_server(HELLO))
    for name, value in changes.items():
        message[name] = {**message[name], **value} if isinstance(value, dict) else value
    return message


class Peer:
    """The server's side of one connection."""

    def __init__(self, websocket: ServerConnection) -> None:
        self.websocket = websocket
        self.heard: list[ev.ClientEvent] = []
        """Everything that the client sent and the script has read."""
        self.ended = asyncio.Event()

    async def say(self, *messages: Message) -> None:
        for message in messages:
            if isinstance(message, dict):
                await self.websocket.send(json.dumps(message))
            elif isinstance(message, str | bytes):
                await self.websocket.send(message)
            else:
                await self.websocket.send(encode_server(message))

    async def next(self) -> ev.ClientEvent:
        event = decode_client(await self.websocket.recv())
        self.heard.append(event)
        return event

    async def hear(self, kind: type[EventT]) -> EventT:
        """Read until an event of this kind comes."""
        while True:
            event = await self.next()
            if isinstance(event, kind):
                return event

    async def accept(self, response_id: str = "r") -> ev.CommitText:
        """Wait for a commit and accept it."""
        commit = await self.hear(ev.CommitText)
        await self.say(
            ev.TextCommitted("e", response_id, previous_event_id=commit.event_id),
            ev.ResponseCreated("e", response_id),
        )
        return commit

    async def speak(self, response_id: str = "r", n_frames: int = 1) -> None:
        """Send whole frames, and the end."""
        for seq in range(n_frames):
            await self.say(ev.AudioDelta("e", response_id, seq, FRAME))
        await self.say(ev.AudioDone("e", response_id, 20 * n_frames))

    async def listen(self) -> None:
        """Read until the connection ends."""
        while True:
            await self.next()

    def texts(self) -> list[str]:
        """What each commit spoke, as a server with one buffer would."""
        spoken, buffer = [], ""
        for event in self.heard:
            if isinstance(event, ev.AppendText):
                buffer += event.text
            elif isinstance(event, ev.ClearText):
                buffer = ""
            elif isinstance(event, ev.CommitText):
                spoken.append(buffer)
                buffer = ""
        return spoken


Play = Callable[[Peer], Awaitable[None]]


@contextlib.asynccontextmanager
async def playing(
    endpoint: Endpoint, play: Play, *, hello: Message | None = HELLO
) -> AsyncIterator[list[Peer]]:
    """Run a server that says ``hello`` and then plays the script, on each connection.

    What goes wrong in the script, other than the end of the connection, is raised at the end.
    """
    peers: list[Peer] = []
    failed: list[Exception] = []

    async def serve(websocket: ServerConnection) -> None:
        peer = Peer(websocket)
        peers.append(peer)
        try:
            if hello is not None:
                await peer.say(hello)
            await play(peer)
            await peer.listen()
        except ConnectionClosed:
            pass
        except Exception as error:
            failed.append(error)
            raise
        finally:
            peer.ended.set()

    assert endpoint.socket_path is not None
    async with unix_serve(serve, endpoint.socket_path, max_size=None):
        yield peers
    if failed:
        raise failed[0]


async def until(condition: Callable[[], bool], timeout_s: float = 20) -> None:
    """Wait for a state that other tasks bring about."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - the state is another task's, or another side's
            await asyncio.sleep(0.005)


def error_event(code: str, message: str = "no", event_id: str | None = None, **more: Any) -> dict[str, Any]:
    """An ``error`` as it stands on the wire."""
    error = {"type": "server_error", "code": code, "message": message, **more}
    return {"type": "error", "event_id": "e", "error": error, "previous_event_id": event_id}
