"""Code of the caller's that raises where the client calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from tests.client.hostile import Peer, playing, until
from tests.client.speech import collect
from tests.tone_server import serving, serving_aside

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, SyncTTSClient, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectionLostError, LocalProtocolError
from tts_server.protocol import events as ev


def raise_on(word: str, error: BaseException | None = None) -> Callable[[str | bytes], None]:
    def on_message(message: str | bytes) -> None:
        if word in str(message):
            raise error or ZeroDivisionError("by my own \x1b[2J hand")

    return on_message


async def test_error_in_on_message_reaches_whoever_waits(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint, on_message=raise_on("server.status"))
        await client.connect()
        with pytest.raises(
            ConnectionLostError, match=r"raised ZeroDivisionError: by my own \\x1b\[2J"
        ) as caught:
            await client.status()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert not client.is_connected
        with pytest.raises(ConnectionLostError, match="ZeroDivisionError"):
            await client.status()
        with pytest.raises(ConnectionLostError, match="ZeroDivisionError"):
            await anext(client.events())
        await client.close()


async def test_error_in_on_message_ends_a_stream(endpoint: Endpoint) -> None:
    async with (
        serving(endpoint, script=ToneScript(work_ms=1)),
        TTSClient(endpoint, on_message=raise_on("audio.delta")) as client,
    ):
        with pytest.raises(ConnectionLostError, match="ZeroDivisionError"):
            await collect(client.synthesize("Good day."))


async def test_error_in_on_message_is_told_to_the_next_call_and_not_reconnected_away(
    endpoint: Endpoint,
) -> None:
    async def play(peer: Peer) -> None:
        await peer.say(ev.ResponseCreated("e", "unasked for"))

    async with playing(endpoint, play) as peers:
        client = TTSClient(
            endpoint, on_message=raise_on("unasked"), reconnect=RetryPolicy(max_tries=3, first_delay_s=0.01)
        )
        await client.connect()
        await until(lambda: not client.is_connected)
        await peers[0].ended.wait()
        with pytest.raises(ConnectionLostError, match="ZeroDivisionError"):
            await client.status()
        assert len(peers) == 1
        await client.close()


async def test_client_whose_callback_raised_can_be_connected_anew(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint, on_message=raise_on("server.status"))
        await client.connect()
        with pytest.raises(ConnectionLostError):
            await client.status()
        await client.connect()
        assert await collect(client.synthesize("Hello."))
        await client.close()


async def test_error_in_on_message_at_the_hello_is_raised_by_connect(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint, on_message=raise_on("server.hello"))
        with pytest.raises(ZeroDivisionError):
            await client.connect()
        assert not client.is_connected


async def test_cancelled_reading_task_is_told_like_a_lost_connection(endpoint: Endpoint) -> None:
    async with serving(endpoint):
        client = TTSClient(endpoint)
        await client.connect()
        for task in asyncio.all_tasks():
            if task.get_name() == "tts-client-reader":
                task.cancel()
        async with asyncio.timeout(5):
            for _ in range(2):
                with pytest.raises(ConnectionLostError, match="was cancelled"):
                    await client.status()
        assert not client.is_connected
        await client.close()


class RaisingSink:
    def put(self, _: ev.ServerEvent) -> None:
        raise ZeroDivisionError

    def fail(self, _: Exception) -> None:
        raise ZeroDivisionError


async def test_sink_that_raises_ends_the_connection_and_tells_the_others(endpoint: Endpoint) -> None:
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with serving(endpoint, script=ToneScript(work_ms=1)), TTSClient(endpoint) as client:
        await client.append("Good day.")
        await client.commit(sink=RaisingSink())
        with pytest.raises(ConnectionLostError, match="ZeroDivisionError"):
            await anext(client.events())
        await client.close()
    assert [context["message"] for context in complaints] in ([], ["a sink raised"])


def test_synchronous_client_called_from_its_own_callback_says_so(endpoint: Endpoint) -> None:
    caught: list[str] = []

    def on_message(message: str | bytes) -> None:
        for call in (client.status, client.close, client.connect, lambda: list(client.synthesize("x"))):
            if "server.status" in str(message):
                with pytest.raises(LocalProtocolError) as error:
                    call()
                caught.append(str(error.value))

    assert endpoint.socket_path is not None
    with serving_aside(endpoint.socket_path):
        client = SyncTTSClient(endpoint, on_message=on_message)
        with client:
            client.status()
    assert len(caught) == 4
    assert all("own callbacks" in text for text in caught)
