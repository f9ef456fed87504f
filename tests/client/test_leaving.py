"""Leaving a stream, in any way, cancels it and frees the client at once."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from tests.client.hostile import FRAME, Peer, playing, until
from tests.client.speech import collect
from tests.tone_server import serving

from tts_server.backends.tone import ToneScript
from tts_server.client import TTSClient, stream
from tts_server.endpoint import Endpoint
from tts_server.errors import LocalProtocolError
from tts_server.protocol import events as ev

Leave = Callable[[TTSClient], Awaitable[object]]
LONG = "hello there " * 160
"""Takes the server 23 s."""


@pytest.fixture(autouse=True)
def no_garbage_collector() -> Iterator[None]:
    """References alone are to do it: the collector comes and goes as it likes."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def break_out(client: TTSClient) -> None:
    async for _ in client.synthesize(LONG):
        break


async def raise_in_the_body(client: TTSClient) -> None:
    with contextlib.suppress(ZeroDivisionError):
        async for _ in client.synthesize(LONG):
            raise ZeroDivisionError


async def return_from_the_loop(client: TTSClient) -> bytes | None:
    async for pcm in client.synthesize(LONG):
        return pcm
    return None


async def cancel_the_reader(client: TTSClient) -> None:
    begun = asyncio.Event()

    async def listen() -> None:
        async for _ in client.synthesize(LONG):
            begun.set()

    await cancelled(asyncio.create_task(listen()), begun)


async def cancel_the_reader_between_frames(client: TTSClient) -> None:
    begun = asyncio.Event()

    async def listen() -> None:
        async for _ in client.synthesize(LONG):
            begun.set()
            await asyncio.Event().wait()

    await cancelled(asyncio.create_task(listen()), begun)


async def cancelled(task: asyncio.Task[None], begun: asyncio.Event) -> None:
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def time_out(client: TTSClient) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await collect(client.synthesize(LONG))


async def drop_it(client: TTSClient) -> None:
    speech = client.synthesize(LONG)
    await anext(speech)
    del speech


async def close_it(client: TTSClient) -> None:
    speech = client.synthesize(LONG)
    await anext(speech)
    await speech.aclose()
    await speech.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(speech)


async def leave_its_block(client: TTSClient) -> None:
    async with client.synthesize(LONG) as speech:
        await anext(speech)


async def break_out_of_a_generator_around_it(client: TTSClient) -> None:
    async def around() -> AsyncIterator[bytes]:
        async for pcm in client.synthesize(LONG):
            yield pcm

    async for _ in around():
        break


async def break_out_of_streamed_text(client: TTSClient) -> None:
    async def words() -> AsyncIterator[str]:
        for word in LONG.split():
            yield f"{word} "
            await asyncio.sleep(0)

    async for _ in client.synthesize(words()):
        break


WAYS: list[Leave] = [
    break_out,
    raise_in_the_body,
    return_from_the_loop,
    cancel_the_reader,
    cancel_the_reader_between_frames,
    time_out,
    drop_it,
    close_it,
    leave_its_block,
    break_out_of_a_generator_around_it,
    break_out_of_streamed_text,
]


@pytest.mark.parametrize("leave", WAYS, ids=lambda leave: leave.__name__)
async def test_left_stream_is_cancelled_and_the_client_is_free(leave: Leave, endpoint: Endpoint) -> None:
    messages: list[str] = []
    async with (
        serving(endpoint, script=ToneScript(work_ms=20)),
        TTSClient(endpoint, on_message=lambda message: messages.append(str(message))) as client,
    ):
        for _ in range(2):
            messages.clear()
            await leave(client)
            # Without another stream that would push this one out.
            await until(lambda: any('"response.cancelled"' in message for message in messages))
            async with asyncio.timeout(12):
                assert await collect(client.synthesize("hello"))
        assert (await client.status()).queue_depth == 0


@pytest.mark.parametrize("leave", WAYS, ids=lambda leave: leave.__name__)
async def test_the_next_stream_follows_at_once(leave: Leave, endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        for _ in range(3):
            await leave(client)
            async with asyncio.timeout(12):
                assert await collect(client.synthesize("hello"))


async def accept_all(peer: Peer) -> None:
    for n in range(1000):
        await peer.accept(f"r{n}")
        await peer.say(ev.AudioDelta("e", f"r{n}", 0, FRAME))
        if not isinstance(peer.heard[-2], ev.AppendText) or "next" in peer.heard[-2].text:
            await peer.say(ev.AudioDone("e", f"r{n}", 20))


async def test_stream_that_is_never_begun_asks_for_nothing(endpoint: Endpoint) -> None:
    async with playing(endpoint, accept_all) as peers, TTSClient(endpoint) as client:
        speech = client.synthesize("first")
        await speech.aclose()
        assert [pcm async for pcm in speech] == []
        held = client.synthesize("second")
        client.synthesize("third")
        assert await collect(client.synthesize("next")) == FRAME
        assert peers[0].texts() == ["next"]
        assert held.stats.n_responses == 0


async def test_held_stream_gives_way_when_its_reader_begins_another(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "UNREAD_S", 1e9)
    async with playing(endpoint, accept_all) as peers, TTSClient(endpoint) as client:
        held = client.synthesize("first")
        async for _ in held:
            break
        async with asyncio.timeout(20):
            assert await collect(client.synthesize("next")) == FRAME
        kinds = [type(event) for event in peers[0].heard]
        assert kinds[:4] == [ev.AppendText, ev.CommitText, ev.CancelResponse, ev.AppendText]
        with pytest.raises(LocalProtocolError, match="took its place"):
            await anext(held)
        with pytest.raises(StopAsyncIteration):
            await anext(held)


async def test_two_streams_in_turn_end_in_an_error_and_not_in_a_wait(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        one, other = client.synthesize(LONG), client.synthesize(LONG)
        async with asyncio.timeout(20):
            await anext(one)
            await anext(other)
            with pytest.raises(LocalProtocolError):
                await anext(one)
            await anext(other)


async def test_held_stream_that_nobody_reads_gives_way_to_another_task(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "UNREAD_S", 0.2)
    async with playing(endpoint, accept_all), TTSClient(endpoint) as client:
        held = client.synthesize("first")
        await anext(held)
        task = asyncio.create_task(collect(client.synthesize("next")))
        async with asyncio.timeout(20):
            assert await task == FRAME
        with pytest.raises(LocalProtocolError, match="took its place"):
            await anext(held)


async def test_stream_that_is_read_is_waited_for(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "UNREAD_S", 0.2)
    release = asyncio.Event()

    async def play(peer: Peer) -> None:
        await peer.accept("one")
        await peer.say(ev.AudioDelta("e", "one", 0, FRAME))
        await release.wait()
        await peer.say(ev.AudioDone("e", "one", 20))
        await peer.accept("two")
        await peer.speak("two")

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        first = asyncio.create_task(collect(client.synthesize("first")))
        await asyncio.sleep(0)
        second = asyncio.create_task(collect(client.synthesize("second")))
        # Somebody waits for audio all the time, so the silence is the server's.
        await asyncio.sleep(0.6)
        release.set()
        assert await first == await second == FRAME


async def test_audio_that_has_come_can_still_be_read_while_the_next_stream_speaks(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept("one")
        await peer.speak("one", n_frames=5)
        await peer.accept("two")
        await peer.speak("two", n_frames=3)

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        one = client.synthesize("first")
        parts = [await anext(one)]
        await until(lambda: not client.floor.is_held)
        two = await collect(client.synthesize("second"))
        parts += [pcm async for pcm in one]
        assert (len(parts), len(two)) == (5, 3 * len(FRAME))


async def test_stream_that_waits_for_its_turn_can_be_left(endpoint: Endpoint) -> None:
    async with playing(endpoint, accept_all) as peers, TTSClient(endpoint) as client:
        first = client.synthesize("first")
        await anext(first)
        reading = asyncio.create_task(collect(first))
        waiting = asyncio.create_task(collect(client.synthesize("second")))
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await collect(client.synthesize("next")) == FRAME
        assert peers[0].texts() == ["first", "next"]


async def test_text_source_is_left_with_its_stream(endpoint: Endpoint) -> None:
    closed = asyncio.Event()

    async def words() -> AsyncIterator[str]:
        try:
            while True:
                yield "word. " * 50
        finally:
            closed.set()

    async with serving(endpoint, script=ToneScript(work_ms=5)), TTSClient(endpoint) as client:
        async for _ in client.synthesize(words()):
            break
        async with asyncio.timeout(20):
            await closed.wait()


async def test_error_of_the_text_source_reaches_the_reader(endpoint: Endpoint) -> None:
    async def words() -> AsyncIterator[str]:
        yield "Good day. "
        raise ZeroDivisionError

    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(ZeroDivisionError):
            await collect(client.synthesize(words()))
        assert await collect(client.synthesize("hello"))


async def test_endless_text_without_words_can_be_left(endpoint: Endpoint) -> None:
    def nothing() -> Iterator[str]:
        while True:
            yield " "

    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await collect(client.synthesize(nothing()))
        assert await collect(client.synthesize("hello"))
