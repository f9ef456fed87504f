"""Closing a client in any state ends at once whatever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.client.hostile import FRAME, Peer, error_event, playing, until
from tests.client.speech import collect

from tts_server.client import RetryPolicy, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectionLostError, LocalProtocolError
from tts_server.protocol import events as ev

Wait = Callable[[TTSClient], Awaitable[object]]
SLOW = RetryPolicy(max_tries=3, first_delay_s=50, max_delay_s=50)


async def play(peer: Peer) -> None:
    """Lets a stream be in whatever state its text says."""
    append = await peer.hear(ev.AppendText)
    if append.text == "unanswered":
        return
    commit = await peer.hear(ev.CommitText)
    if append.text == "busy":
        await peer.say(error_event("busy", event_id=commit.event_id, retry_after_ms=50_000))
        return
    await peer.say(ev.TextCommitted("e", "r", previous_event_id=commit.event_id))
    if append.text == "audio":
        await peer.say(ev.AudioDelta("e", "r", 0, FRAME))


async def text_that_never_comes() -> AsyncIterator[str]:
    await asyncio.Event().wait()
    yield ""


async def second_stream(client: TTSClient) -> None:
    first = client.synthesize("accepted")
    reading = asyncio.create_task(collect(first))
    await until(lambda: client.floor.is_held)
    try:
        await collect(client.synthesize("waits"))
    finally:
        await asyncio.wait([reading])
        assert isinstance(reading.exception(), LocalProtocolError)


async def append_and_commit(client: TTSClient) -> None:
    await client.append("unanswered")
    await client.commit()


WAITS: dict[str, Wait] = {
    "a status": lambda client: client.status(),
    "a commit": append_and_commit,
    "a clear": lambda client: client.clear(),
    "an update": lambda client: client.update(voice="x"),
    "the end of the session": lambda client: client.close_session(),
    "a stream whose text never comes": lambda client: collect(client.synthesize(text_that_never_comes())),
    "a stream that is not answered": lambda client: collect(client.synthesize("unanswered")),
    "a stream whose server is busy": lambda client: collect(client.synthesize("busy")),
    "a stream that was accepted": lambda client: collect(client.synthesize("accepted")),
    "a stream in the middle of its audio": lambda client: collect(client.synthesize("audio")),
    "a stream that waits for its turn": second_stream,
}


@pytest.mark.parametrize("name", WAITS)
async def test_closing_ends_whatever_waits(name: str, endpoint: Endpoint) -> None:
    async with playing(endpoint, play) as peers:
        client = TTSClient(endpoint, reconnect=SLOW)
        await client.connect()
        waiting = asyncio.ensure_future(WAITS[name](client))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await client.close()
        async with asyncio.timeout(5):
            with pytest.raises(LocalProtocolError, match="closed"):
                await waiting
        await peers[0].ended.wait()


async def test_closing_ends_a_wait_for_a_new_connection(endpoint: Endpoint) -> None:
    async def leave(peer: Peer) -> None:
        await peer.websocket.close()

    async with playing(endpoint, leave):
        client = TTSClient(endpoint, reconnect=SLOW)
        await client.connect()
        await until(lambda: not client.is_connected)
    waiting = asyncio.create_task(client.status())
    await asyncio.sleep(0.05)
    await client.close()
    async with asyncio.timeout(5):
        with pytest.raises(LocalProtocolError, match="closed"):
            await waiting


async def test_closing_ends_a_wait_for_the_hello(endpoint: Endpoint) -> None:
    async with playing(endpoint, play, hello=None) as peers:
        client = TTSClient(endpoint, connect_timeout_s=None)
        connecting = asyncio.create_task(client.connect())
        await until(lambda: bool(peers))
        await client.close()
        async with asyncio.timeout(5):
            with pytest.raises(LocalProtocolError, match="closed"):
                await connecting
            await peers[0].ended.wait()


async def test_cancelled_connect_leaves_no_connection(endpoint: Endpoint) -> None:
    async with playing(endpoint, play, hello=None) as peers:
        client = TTSClient(endpoint, connect_timeout_s=None)
        connecting = asyncio.create_task(client.connect())
        await until(lambda: bool(peers))
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        async with asyncio.timeout(5):
            await peers[0].ended.wait()


async def test_server_that_closes_in_any_state_is_told(endpoint: Endpoint) -> None:
    for name in ("unanswered", "accepted", "audio"):

        async def play_and_close(peer: Peer) -> None:
            await play(peer)
            await peer.websocket.close(1001, "going \x07 away")

        async with playing(endpoint, play_and_close), TTSClient(endpoint) as client:
            with pytest.raises(ConnectionLostError, match=r"going \\x07 away \(1001\)"):
                await collect(client.synthesize(name))


async def test_audio_that_came_before_the_end_is_heard_first(endpoint: Endpoint) -> None:
    async with playing(endpoint, play), TTSClient(endpoint) as client:
        speech = client.synthesize("audio")
        assert await anext(speech) == FRAME
        await client.close()
        with pytest.raises(LocalProtocolError, match="closed"):
            await anext(speech)
        with pytest.raises(StopAsyncIteration):
            await anext(speech)
