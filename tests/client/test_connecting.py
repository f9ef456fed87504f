"""Connecting, being refused, losing the connection and finding it again."""

from __future__ import annotations

import asyncio

import pytest
from tests.client.speech import PARAGRAPH, collect
from tests.tone_server import serving
from websockets.asyncio.server import ServerConnection, unix_serve

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, TTSClient, link
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    ConnectFailedError,
    ConnectionLostError,
    LocalProtocolError,
    SpeechFailedError,
)
from tts_server.limits import Limits
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import decode_client, encode_server
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities

HELLO = ev.Hello(
    "evt_1",
    BackendInfo("fake", "fake-1"),
    AudioFormat(24000),
    Capabilities(True, ("en",), 0),
    max_text_chars=2000,
)


async def test_nobody_there_is_said_in_one_line(endpoint: Endpoint) -> None:
    with pytest.raises(ConnectFailedError, match="no server is listening"):
        await TTSClient(endpoint).connect()


async def test_silent_server_is_given_up_on(endpoint: Endpoint) -> None:
    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    async with await asyncio.start_unix_server(accept, endpoint.socket_path):
        with pytest.raises(ConnectFailedError, match="did not answer within"):
            await TTSClient(endpoint, connect_timeout_s=0.2).connect()
        for writer in writers:
            writer.close()
            await writer.wait_closed()


async def test_something_else_there_is_no_speech_server(endpoint: Endpoint) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_unix_server(answer, endpoint.socket_path):
        with pytest.raises(ConnectFailedError, match="no speech server"):
            await TTSClient(endpoint).connect()


async def test_token_is_asked_for_and_checked(endpoint: Endpoint) -> None:
    async with serving(endpoint, auth_token="sesame"):
        with pytest.raises(ConnectFailedError, match="asks for a token") as caught:
            await TTSClient(endpoint).connect()
        assert caught.value.code == "unauthorized"
        with pytest.raises(ConnectFailedError, match="refused the token"):
            await TTSClient(endpoint, auth_token="simsim").connect()
        async with TTSClient(endpoint, auth_token="sesame") as client:
            assert client.is_connected


async def test_uri_and_path_are_taken_as_text(endpoint: Endpoint) -> None:
    async with serving(Endpoint.tcp("127.0.0.1", 0)) as server:
        client = TTSClient(f"ws://127.0.0.1:{server.endpoint.port}")
        assert (await client.connect()).backend.name == "tone"
        await client.close()
    async with serving(endpoint), TTSClient(str(endpoint)) as client:
        assert client.hello.backend.name == "tone"


async def test_speech_cut_short_by_a_stopping_server_is_an_error(endpoint: Endpoint) -> None:
    script = ToneScript(work_ms=20)
    async with serving(endpoint, script=script, limits=Limits(drain_s=0.01)) as server:
        client = TTSClient(endpoint)
        await client.connect()
        speech = client.synthesize("word " * 300)
        await anext(speech)
        await server.aclose()
        with pytest.raises((ConnectionLostError, SpeechFailedError)):
            await collect(speech)
        with pytest.raises(ConnectionLostError):
            await client.status()
        await client.close()


async def test_cancel_ends_a_stream_without_an_error(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        speech = client.synthesize(PARAGRAPH)
        await anext(speech)
        await client.cancel()
        await collect(speech)
        assert speech.stats.n_responses == 1


async def test_reconnecting_client_speaks_on_with_its_configuration(endpoint: Endpoint) -> None:
    retry = RetryPolicy(max_tries=50, first_delay_s=0.01, max_delay_s=0.05)
    client = TTSClient(endpoint, reconnect=retry)
    async with serving(endpoint):
        await client.connect()
        await client.update(voice="bass", extras={"speed": 2})
        before = await collect(client.synthesize("Hello."))
    async with serving(endpoint):
        assert await collect(client.synthesize("Hello.")) == before
    await client.close()


async def test_client_that_was_not_asked_to_does_not_reconnect(endpoint: Endpoint) -> None:
    client = TTSClient(endpoint)
    async with serving(endpoint):
        await client.connect()
    async with serving(endpoint):
        with pytest.raises(ConnectionLostError):
            await client.status()
    await client.close()


async def test_reconnecting_ends_when_its_tries_are_used_up(endpoint: Endpoint) -> None:
    client = TTSClient(endpoint, reconnect=RetryPolicy(max_tries=2, first_delay_s=0.001, max_delay_s=0.001))
    async with serving(endpoint):
        await client.connect()
    with pytest.raises(ConnectFailedError):
        await client.status()
    await client.close()


async def test_reconnecting_ends_at_once_when_the_token_is_refused(endpoint: Endpoint) -> None:
    client = TTSClient(endpoint, reconnect=RetryPolicy(max_tries=2, first_delay_s=1000))
    async with serving(endpoint):
        await client.connect()
    async with serving(endpoint, auth_token="sesame"):
        with pytest.raises(ConnectFailedError, match="asks for a token"):
            await client.status()
    await client.close()


async def test_closed_client_says_so(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint, reconnect=True)
        with pytest.raises(LocalProtocolError, match="not connected"):
            await client.status()
        await client.connect()
        await client.close()
        await client.close()
        with pytest.raises(LocalProtocolError, match="closed"):
            await client.status()
        with pytest.raises(LocalProtocolError, match="closed"):
            await client.connect()


async def test_shutdown_of_the_server_ends_the_events(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint)
        await client.connect()
    events = [event async for event in client.events()]
    assert [type(event) for event in events] == [ev.SessionClosed]
    await client.close()


async def test_response_whose_connection_ends_before_its_audio_is_made_again(endpoint: Endpoint) -> None:
    n_connections = 0

    async def serve(websocket: ServerConnection) -> None:
        nonlocal n_connections
        n_connections += 1
        await websocket.send(encode_server(HELLO))
        async for message in websocket:
            event = decode_client(message)
            if isinstance(event, ev.CommitText):
                await websocket.send(
                    encode_server(ev.TextCommitted("e", "r", previous_event_id=event.event_id))
                )
                if n_connections == 1:
                    websocket.transport.abort()
                    return
                await websocket.send(encode_server(ev.AudioDelta("e", "r", 0, b"1234")))
                if n_connections == 2:
                    await websocket.send(encode_server(ev.AudioDone("e", "r", 1)))
                else:
                    websocket.transport.abort()

    retry = RetryPolicy(max_tries=3, first_delay_s=0.001, max_delay_s=0.001)
    async with unix_serve(serve, endpoint.socket_path), TTSClient(endpoint, reconnect=retry) as client:
        assert await collect(client.synthesize("Hello.")) == b"1234"
        assert n_connections == 2
    async with unix_serve(serve, endpoint.socket_path), TTSClient(endpoint, reconnect=retry) as client:
        # Nobody knows how much of what was heard the next response would repeat.
        with pytest.raises(ConnectionLostError):
            await collect(client.synthesize("Hello."))
        assert n_connections == 3


async def test_message_that_cannot_be_read_ends_the_connection(endpoint: Endpoint) -> None:
    async def serve(websocket: ServerConnection) -> None:
        await websocket.send(encode_server(HELLO))
        await websocket.recv()
        await websocket.send('{"type": "input_text.committed"}')
        await websocket.wait_closed()
        codes.append(websocket.close_code)

    codes: list[int | None] = []
    async with unix_serve(serve, endpoint.socket_path), TTSClient(endpoint) as client:
        with pytest.raises(ConnectionLostError, match="cannot be read"):
            await client.status()
    assert codes == [1002]


async def test_events_that_are_not_known_are_passed_over(endpoint: Endpoint) -> None:
    async def serve(websocket: ServerConnection) -> None:
        await websocket.send(encode_server(HELLO))
        request = decode_client(await websocket.recv())
        await websocket.send('{"type": "response.words", "event_id": "e"}')
        await websocket.send(encode_server(ev.TextCleared("e", previous_event_id=request.event_id)))
        await websocket.wait_closed()

    async with unix_serve(serve, endpoint.socket_path), TTSClient(endpoint) as client:
        await client.clear()


async def test_client_whose_events_nobody_takes_stops_reading(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_LOGGED_EVENTS", 5)
    messages: list[str | bytes] = []

    async def serve(websocket: ServerConnection) -> None:
        await websocket.send(encode_server(HELLO))
        for seq in range(50):
            await websocket.send(encode_server(ev.AudioDelta("e", "r", seq, b"")))
        request = decode_client(await websocket.recv())
        await websocket.send(encode_server(ev.TextCleared("e", previous_event_id=request.event_id)))
        await websocket.wait_closed()

    async with (
        unix_serve(serve, endpoint.socket_path),
        TTSClient(endpoint, on_message=messages.append) as client,
    ):
        await anext(client.events())
        assert len(messages) < 50
        await client.clear()
        assert len(messages) == 52
