"""Clients that ask for far more than their share, each for some seconds, in a process of their own.

Run as ``python -m tts_server.bench.attackers KIND SOCKET SECONDS`` against a server that was started for the
purpose. Each is bounded in time, and the sockets that one holds in number.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import socket
import string
import struct
import sys
import time
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final

N_SOCKETS: Final = 200
"""Sockets that are held at once by those who hold many."""

BURST: Final = 10_000


def frame(payload: bytes, opcode: int = 1, *, fin: bool = True) -> bytes:
    """Write a masked WebSocket frame; the mask is zero, so that the payload stands as it is."""
    n_bytes = len(payload)
    if n_bytes < 126:
        length = bytes([0x80 | n_bytes])
    elif n_bytes < 1 << 16:
        length = b"\xfe" + struct.pack("!H", n_bytes)
    else:
        length = b"\xff" + struct.pack("!Q", n_bytes)
    return bytes([(0x80 if fin else 0) | opcode]) + length + bytes(4) + payload


def event(kind: str, **fields: object) -> bytes:
    """Write a client event as a frame."""
    return frame(json.dumps({"type": kind, **fields}, ensure_ascii=False).encode())


class Attacker:
    """Connections of one attacker.

    Args:
        socket_path: Where the server listens.
        seconds: How long the attack lasts.
    """

    def __init__(self, socket_path: str, seconds: float) -> None:
        self.socket_path = socket_path
        self.ends_at = time.monotonic() + seconds

    @property
    def is_on(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.ends_at

    def plain(self, receive_bytes: int = 0) -> socket.socket:
        """Connect and say nothing."""
        sock = socket.socket(socket.AF_UNIX)
        if receive_bytes:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        sock.settimeout(1.0)
        sock.connect(self.socket_path)
        return sock

    def open(self, receive_bytes: int = 0) -> socket.socket:
        """Connect and shake hands."""
        sock = self.plain(receive_bytes)
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(
            "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        if b" 101 " not in sock.recv(4096):
            raise OSError("the server refused the handshake")
        return sock

    def reconnecting(self, receive_bytes: int = 0) -> Iterator[socket.socket]:
        """Give an open connection again and again until the time is over; a broken one is replaced."""
        while self.is_on:
            with contextlib.suppress(OSError), contextlib.closing(self.open(receive_bytes)) as sock:
                yield sock

    def pour(self, data: bytes, *, reads: bool, receive_bytes: int = 0) -> None:
        """Send the same bytes as fast as they are taken, reading what comes or not."""
        for sock in self.reconnecting(receive_bytes):
            sock.setblocking(False)
            rest = memoryview(data)
            while self.is_on:
                try:
                    rest = rest[sock.send(rest) :] or memoryview(data)
                    if not reads:
                        continue
                except BlockingIOError:
                    time.sleep(0.001)
                except OSError:
                    break
                try:
                    if reads and not sock.recv(1 << 16):
                        break
                except BlockingIOError:
                    continue
                except OSError:
                    break


def _many_keys() -> bytes:
    keys = [
        "".join(letters)
        for letters in itertools.islice(itertools.product(string.ascii_letters, repeat=4), 29_000)
    ]
    return frame(("{" + ",".join(f'"{key}":1' for key in keys) + f',"{keys[-1]}":1' + "}").encode())


def keys(attacker: Attacker) -> None:
    """Send messages of as many keys as fit."""
    attacker.pour(_many_keys(), reads=True)


def numbers(attacker: Attacker) -> None:
    """Send messages of numbers as long as may be."""
    attacker.pour(event("session.update", extras={"speed": [int("7" * 4000)] * 60}), reads=True)


def nesting(attacker: Attacker) -> None:
    """Send messages of nothing but brackets."""
    attacker.pour(frame(b"[" * 250_000), reads=True)


def echoes(attacker: Attacker) -> None:
    """Send long ids, which answers would carry, and read nothing."""
    message = event("nope", event_id="a" * 250_000 + "😀")
    attacker.pour(message, reads=False, receive_bytes=4096)


def unread(attacker: Attacker) -> None:
    """Ask for the status without reading the answers."""
    attacker.pour(event("server.status") * 100, reads=False, receive_bytes=4096)


def asking(attacker: Attacker) -> None:
    """Ask for the status without a pause, and read the answers."""
    attacker.pour(event("server.status") * 100, reads=True)


def appends(attacker: Attacker) -> None:
    """Append nothing, without a pause."""
    attacker.pour(event("input_text.append", text="") * 100, reads=True)


def commits(attacker: Attacker) -> None:
    """Commit and cancel without a pause."""
    turn = (
        event("input_text.append", text="hello there") + event("input_text.commit") + event("response.cancel")
    )
    attacker.pour(turn * 20, reads=True)


def pings(attacker: Attacker) -> None:
    """Send empty pings without a pause, and read the pongs."""
    attacker.pour(frame(b"", 9) * BURST, reads=True)


def unread_pings(attacker: Attacker) -> None:
    """Send long pings without reading the pongs."""
    attacker.pour(frame(b"p" * 125, 9) * 1000, reads=False, receive_bytes=4096)


def pongs(attacker: Attacker) -> None:
    """Send pongs that nobody asked for."""
    attacker.pour(frame(b"", 10) * BURST, reads=True)


def fragments(attacker: Attacker) -> None:
    """Send one message in empty fragments, without end."""
    for sock in attacker.reconnecting():
        with contextlib.suppress(OSError):
            sock.sendall(frame(b"", 1, fin=False))
            while attacker.is_on:
                sock.sendall(frame(b"", 0, fin=False) * 1000)


def slow_reader(attacker: Attacker) -> None:
    """Have a long text spoken and read 10 kB/s of it."""
    for sock in attacker.reconnecting(4096):
        sock.sendall(event("input_text.append", text="x" * 2000) + event("input_text.commit"))
        while attacker.is_on and sock.recv(1000):
            time.sleep(0.1)


def crowd(attacker: Attacker) -> None:
    """Have long texts spoken on as many connections as there are, and read a little of each now and then."""
    held: list[socket.socket] = []
    while attacker.is_on:
        try:
            sock = attacker.open(4096)
            sock.sendall(event("input_text.append", text="x" * 2000) + event("input_text.commit"))
            sock.setblocking(False)
            held.append(sock)
        except OSError:
            time.sleep(0.1)
        for sock in held:
            with contextlib.suppress(OSError):
                sock.recv(2000)


def silent(attacker: Attacker) -> None:
    """Hold sockets that say nothing, and open a new one for each that is closed."""
    held: list[socket.socket] = []
    while attacker.is_on:
        while len(held) < N_SOCKETS:
            with contextlib.suppress(OSError):
                held.append(attacker.plain())
                held[-1].setblocking(False)
        time.sleep(0.01)
        for sock in held[:]:
            with contextlib.suppress(BlockingIOError):
                if not _receive(sock):
                    sock.close()
                    held.remove(sock)


def _receive(sock: socket.socket) -> bytes:
    try:
        return sock.recv(1)
    except BlockingIOError:
        raise
    except OSError:
        return b""


def handshakes(attacker: Attacker) -> None:
    """Connect, shake hands and leave, without a pause."""
    while attacker.is_on:
        with contextlib.suppress(OSError):
            attacker.open().close()


def halves(attacker: Attacker) -> None:
    """Send most of a long message on as many connections as there are, and no more."""
    held: list[socket.socket] = []
    half = frame(b"x" * 260_000)[:250_000]
    while attacker.is_on:
        try:
            sock = attacker.open()
            sock.sendall(half)
            held.append(sock)
        except OSError:
            time.sleep(0.1)


def pages(attacker: Attacker) -> None:
    """Ask for the metrics without a pause."""
    while attacker.is_on:
        with contextlib.suppress(OSError), contextlib.closing(attacker.plain()) as sock:
            sock.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while sock.recv(1 << 16):
                pass


KINDS: Final = MappingProxyType(
    {
        attack.__name__: attack
        for attack in (
            *(keys, numbers, nesting, echoes, unread, asking, appends, commits, pings, unread_pings, pongs),
            *(fragments, slow_reader, crowd, silent, handshakes, halves, pages),
        )
    }
)
"""Every attack by its name."""


def main(arguments: list[str]) -> None:
    """Run one attack."""
    kind, socket_path, seconds = arguments
    attack: Callable[[Attacker], None] = KINDS[kind]
    # A server that has ended, or drops this client for good, ends the attack.
    with contextlib.suppress(OSError):
        attack(Attacker(socket_path, float(seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
