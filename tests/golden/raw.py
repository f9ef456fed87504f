"""The server's bytes on a Unix socket: HTTP, and WebSocket frames, with no library between.

A client's frames are masked with four zero bytes, which changes nothing of them; its key is the one of the
RFC. The session's id comes from the one place that is drawn by chance.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from unittest import mock

from tests.golden.lines import Lines
from tests.patience import PATIENCE_S
from tests.server.harness import running_server

UPGRADE = (
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
TEXT, BINARY, CLOSE, PING = 0x1, 0x2, 0x8, 0x9
FIN = 0x80
TOO_BIG = struct.pack("!H", 1009)

_DATE = re.compile("Date: [^\r]+")

WITHOUT_UPGRADE = {
    "no token": UPGRADE,
    "a wrong token": UPGRADE + "Authorization: Bearer wrong\r\n",
    "another scheme": UPGRADE + "Authorization: Basic c2VjcmV0\r\n",
    "a web page": UPGRADE + "Authorization: Bearer secret\r\nOrigin: https://example.org\r\n",
    "no WebSocket": "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n",
    "no such page": "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n",
    "posting": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n",
    "no HTTP": "hello\r\n",
}


def frame(opcode: int, payload: bytes, *, fin: int = FIN) -> bytes:
    """Make a client's frame."""
    assert len(payload) < 126, "longer ones have their size elsewhere"
    return bytes([fin | opcode, 0x80 | len(payload)]) + bytes(4) + payload


def event(kind: str, **fields: object) -> bytes:
    return frame(TEXT, json.dumps({"type": kind, **fields}).encode())


class RawClient:
    """One connection; takes down every byte that it reads."""

    def __init__(self, lines: Lines, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines = lines
        self._reader = reader
        self._writer = writer

    async def asks(self, head: str) -> None:
        """Send a request's head and read that of the answer."""
        self._lines.said("a", head)
        self._writer.write(head.encode() + b"\r\n")
        answer = await self._reader.readuntil(b"\r\n\r\n")
        self._lines.heard("a", json.dumps(_DATE.sub("Date: today", answer.decode())))

    async def reads_on(self) -> None:
        """Read to the end of the connection."""
        self._lines.heard("a", json.dumps((await self._reader.read()).decode()))
        self._lines.did("the server ends the connection")

    async def sends(self, *frames: bytes) -> None:
        """Send frames at once."""
        for one in frames:
            self._lines.said("a", one)
        self._writer.write(b"".join(frames))

    async def reads(self, until: str | int) -> None:
        """Read frames up to an event of this type, or a frame of this opcode."""
        while True:
            head = await self._reader.readexactly(2)
            assert not head[1] & 0x80, "a server's frames are not masked"
            more = {126: 2, 127: 8}.get(head[1], 0)
            extended = await self._reader.readexactly(more)
            payload = await self._reader.readexactly(int.from_bytes(extended) if more else head[1])
            opcode = head[0] & 0xF
            text = payload.decode() if opcode == TEXT else payload.hex()
            if opcode == CLOSE and payload[:2] == TOO_BIG:
                head, text = head[:1], TOO_BIG.hex() + " and the reason that the library gives"
            self._lines.heard("a", f"{(head + extended).hex()} {text}")
            if until in {opcode, json.loads(payload)["type"] if opcode == TEXT else opcode}:
                return


@asynccontextmanager
async def connected(lines: Lines, path: Path) -> AsyncIterator[RawClient]:
    """Open a connection to a socket."""
    reader, writer = await asyncio.open_unix_connection(path)
    async with asyncio.timeout(PATIENCE_S):
        try:
            yield RawClient(lines, reader, writer)
        finally:
            writer.close()


async def a_session(lines: Lines, path: Path) -> None:
    """Speak, cancel nothing, make mistakes, close."""
    async with running_server(path, auth_token=None), connected(lines, path / "tts.sock") as client:
        await client.asks(UPGRADE)
        await client.reads("server.hello")
        await client.sends(event("session.update", voice="bass", event_id="one"))
        await client.reads("session.created")
        await client.sends(frame(PING, b"are you there"))
        await client.reads(0xA)
        for wrong in (frame(TEXT, b"hello"), frame(BINARY, b"\0\1"), event("what")):
            await client.sends(wrong)
            await client.reads("error")
        for text in ("hello.", "Twice, as long."):
            await client.sends(
                event("input_text.append", text=text), event("input_text.commit", event_id=text)
            )
            await client.reads("response.audio.done")
        parts = [frame(TEXT, b'{"type":', fin=0), frame(0, b'"input_text', fin=0), frame(0, b'.clear"}')]
        await client.sends(*parts)
        await client.reads("input_text.cleared")
        await client.sends(event("response.cancel"), event("session.close", event_id="bye"))
        await client.reads(CLOSE)
        await client.sends(frame(CLOSE, struct.pack("!H", 1000)))
        await client.reads_on()


async def left_by_the_client(lines: Lines, path: Path) -> None:
    """Close the connection without a word of the protocol."""
    async with running_server(path), connected(lines, path / "tts.sock") as client:
        await client.asks(UPGRADE)
        await client.reads("server.hello")
        await client.sends(frame(CLOSE, struct.pack("!H", 1001) + b"leaving"))
        await client.reads(CLOSE)
        await client.reads_on()


async def too_long_a_message(lines: Lines, path: Path) -> None:
    """Announce a message over the limit."""
    async with running_server(path), connected(lines, path / "tts.sock") as client:
        await client.asks(UPGRADE)
        await client.reads("server.hello")
        await client.sends(b"\x81\xff" + struct.pack("!Q", 1 << 30) + bytes(4))
        await client.reads(CLOSE)
        await client.sends(frame(CLOSE, TOO_BIG))
        await client.reads_on()


async def not_let_in(lines: Lines, path: Path) -> None:
    """Ask for what is refused, each on a connection of its own."""
    async with running_server(path, auth_token="secret"):
        for what, head in WITHOUT_UPGRADE.items():
            lines.did(f"asks with {what}")
            async with connected(lines, path / "tts.sock") as client:
                await client.asks(head)
                await client.reads_on()


ALL: dict[str, Callable[[Lines, Path], Awaitable[None]]] = {
    play.__name__: play for play in (a_session, left_by_the_client, too_long_a_message, not_let_in)
}


async def take_down(name: str, path: Path) -> list[str]:
    """Play one of the connections in a folder, and return its lines."""
    lines = Lines(name)
    with mock.patch.object(secrets, "token_hex", lambda n_bytes: "0123456789abcdef"[: 2 * n_bytes]):
        await ALL[name](lines, path)
    return lines.lines
