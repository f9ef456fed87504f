"""One version of the protocol, as one end reads and writes it: a value for each connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tts_server.protocol.events import AudioDelta, ClientEvent, ServerEvent

Message: TypeAlias = str | bytes
"""A text frame or a binary one."""


@dataclass(frozen=True, slots=True)
class ServerDialect:
    """What a server's connection speaks.

    Args:
        version: What ``server.hello`` says.
        subprotocol: Name by which a client asks for it; None is spoken with whoever names none.
        decode: Reads what a client sent, and raises ``RemoteProtocolError`` for whatever is wrong with it.
        encode: Writes an event.
        audio_bytes: Tells how long the message of an audio event will be, within a few in a hundred, without
            making it.
    """

    version: str
    subprotocol: str | None
    decode: Callable[[Message], ClientEvent]
    encode: Callable[[ServerEvent], Message]
    audio_bytes: Callable[[AudioDelta], int]


@dataclass(frozen=True, slots=True)
class ClientDialect:
    """What a client's connection speaks.

    Args:
        version: What ``server.hello`` says.
        subprotocol: Name by which it is asked for; None is what a server speaks with whoever names none.
        decode: Reads what a server sent; None is an event that this version does not know, which is ignored.
            Raises ``RemoteProtocolError`` for what is no event.
        encode: Writes an event, and raises ``LocalProtocolError`` for what this version cannot say.
    """

    version: str
    subprotocol: str | None
    decode: Callable[[Message], ServerEvent | None]
    encode: Callable[[ClientEvent], Message]
