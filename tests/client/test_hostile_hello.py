"""First messages that a client cannot build upon."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.client.hostile import HELLO, Message, Peer, error_event, hello_with, playing, until
from tests.protocol.test_json_text import JSON_VALUES

from tts_server.client import TTSClient
from tts_server.client.connection import MAX_MESSAGE_BYTES
from tts_server.client.hello import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, read_hello
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError
from tts_server.protocol import events as ev
from tts_server.protocol.json_text import to_json
from tts_server.protocol.v01 import VERSION, encode_server

FIELDS = ["type", "audio", "rate", "format", "channels", "protocol_version", "capabilities", "ideal_words"]
SOMEWHERE = Endpoint.unix("/tmp/x.sock")

ODD_HELLOS: dict[str, tuple[Message, str]] = {
    "float": (hello_with(audio={"format": "float32"}), "'float32'; this client reads 'pcm16'"),
    "stereo": (hello_with(audio={"channels": 2}), "2 channels"),
    "no channel": (hello_with(audio={"channels": 0}), "0 channels"),
    "later version": (hello_with(protocol_version="9.9"), "'9.9'; this client speaks '0.1'"),
    "longer version": (hello_with(protocol_version="0.1.1"), "'0.1.1'"),
    "empty version": (hello_with(protocol_version=""), "''"),
    "version as a number": (hello_with(protocol_version=0.1), "cannot be read"),
    "no rate": (hello_with(audio={"rate": 0}), "at 0 Hz"),
    "negative rate": (hello_with(audio={"rate": -24000}), "cannot be read"),
    "huge rate": (hello_with(audio={"rate": 10**400}), "Hz; this client reads 1000 to 768000"),
    "rate just too high": (hello_with(audio={"rate": HIGHEST_RATE_HZ + 1}), "768001"),
    "rate just too low": (hello_with(audio={"rate": LOWEST_RATE_HZ - 1}), "999"),
    "rate of a boolean": (hello_with(audio={"rate": True}), "cannot be read"),
    "rate with a fraction": (hello_with(audio={"rate": 24000.5}), "cannot be read"),
    "rate that is no number": ('{"type":"server.hello","audio":{"rate":NaN}}', "NaN"),
    "no audio": (hello_with(audio=None), "cannot be read|no speech server"),
    "binary": (b"\0\1\2", "binary frame"),
    "empty": ("", "no speech server"),
    "deep": ("[" * 100_000, "nested too deeply"),
    "list": ("[]", "no object"),
    "other event": (ev.TextCleared("e"), "did not say hello"),
    "unknown event": ({"type": "server.greeting"}, "did not say hello"),
    "endless": ("x" * (MAX_MESSAGE_BYTES + 1), "1009"),
    "error": (error_event("busy", "full\x1b[2J\nhouse"), r"said: full\\x1b\[2J\\nhouse"),
}


@pytest.mark.parametrize("name", ODD_HELLOS)
async def test_odd_hello_is_refused_in_one_printable_line(name: str, endpoint: Endpoint) -> None:
    message, reason = ODD_HELLOS[name]

    async def play(_: Peer) -> None:
        return

    async with playing(endpoint, play, hello=message) as peers:
        client = TTSClient(endpoint)
        with pytest.raises(ConnectFailedError, match=reason) as caught:
            await client.connect()
        assert str(caught.value).isprintable()
        assert not client.is_connected
        # The connection is gone as well.
        await peers[0].ended.wait()


async def test_version_with_controls_is_escaped(endpoint: Endpoint) -> None:
    async def play(_: Peer) -> None:
        return

    async with playing(endpoint, play, hello=hello_with(protocol_version="\x1b]0;pwned\x07")):
        with pytest.raises(ConnectFailedError, match=r"\\x1b\]0;pwned\\x07"):
            await TTSClient(endpoint).connect()


async def test_hello_that_never_comes_is_given_up_on(endpoint: Endpoint) -> None:
    async def play(_: Peer) -> None:
        return

    async with playing(endpoint, play, hello=None):
        with pytest.raises(ConnectFailedError, match="did not answer within"):
            await TTSClient(endpoint, connect_timeout_s=0.2).connect()


async def test_connection_that_is_closed_in_place_of_a_hello_is_said(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.websocket.close(1013, "go\x1b[2J away")

    async with playing(endpoint, play, hello=None):
        with pytest.raises(ConnectFailedError, match=r"closed the connection: go\\x1b\[2J away \(1013\)"):
            await TTSClient(endpoint).connect()


async def test_client_closed_while_it_connects_is_left_without_a_connection(endpoint: Endpoint) -> None:
    go = asyncio.Event()

    async def play(peer: Peer) -> None:
        await go.wait()
        await peer.say(HELLO)

    async with playing(endpoint, play, hello=None) as peers:
        client = TTSClient(endpoint)
        connecting = asyncio.create_task(client.connect())
        await until(lambda: bool(peers))
        await client.close()
        go.set()
        with pytest.raises(Exception, match="the client is closed"):
            await connecting
        await peers[0].ended.wait()


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), JSON_VALUES | st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES)
    )
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_any_first_message_is_a_hello_or_one_clear_error(changes: dict[str, Any]) -> None:
    message = hello_with()
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(message.get(name), dict):
            message[name] = {**message[name], **value}
        else:
            message[name] = value
    hello = hello_or_reason(to_json(message))
    if isinstance(hello, str):
        assert hello.isprintable()
        return
    assert LOWEST_RATE_HZ <= hello.audio.rate_hz <= HIGHEST_RATE_HZ
    assert (hello.audio.format, hello.audio.channels) == ("pcm16", 1)
    assert hello.protocol_version == VERSION


def hello_or_reason(message: str) -> ev.Hello | str:
    try:
        return read_hello(message, SOMEWHERE)
    except ConnectFailedError as error:
        return str(error)


@given(st.text(max_size=100) | st.binary(max_size=100))
def test_what_is_no_json_is_one_clear_error(message: str | bytes) -> None:
    with pytest.raises(ConnectFailedError) as caught:
        read_hello(message, SOMEWHERE)
    assert str(caught.value).isprintable()


def test_our_own_hello_is_read() -> None:
    assert read_hello(encode_server(HELLO), SOMEWHERE) == HELLO
