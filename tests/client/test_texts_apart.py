"""Each call's text is its own, whoever else speaks through the same client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.client.hostile import FRAME, Peer, error_event, playing, until
from tests.client.speech import CHAR_SAMPLES, collect
from tests.tone_server import serving

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import AnswerTimeoutError, LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev

BUSY = RetryPolicy(max_tries=500, first_delay_s=0.002, max_delay_s=0.01)


async def answer_all(peer: Peer) -> None:
    """A server that speaks whatever it is told."""
    n = 0
    while True:
        event = await peer.next()
        if isinstance(event, ev.CommitText):
            n += 1
            await peer.say(ev.TextCommitted("e", f"r{n}", previous_event_id=event.event_id))
            await peer.speak(f"r{n}")
        elif isinstance(event, ev.ClearText):
            await peer.say(ev.TextCleared("e", previous_event_id=event.event_id))


async def test_append_beside_a_stream_is_not_spoken_in_it(endpoint: Endpoint) -> None:
    async def words() -> AsyncIterator[str]:
        for n in range(10):
            yield f"This is sentence {n} of the stream, and it has to be long enough. " * 4
            await asyncio.sleep(0.005)

    async def append() -> None:
        for _ in range(30):
            await client.append("mine ")
            await asyncio.sleep(0.002)

    async with playing(endpoint, answer_all) as peers, TTSClient(endpoint) as client:
        speaking = asyncio.create_task(collect(client.synthesize(words())))
        await until(lambda: client.floor.is_held)
        await asyncio.gather(speaking, append())
        assert not any("mine" in text for text in peers[0].texts())
        await client.commit()
        assert peers[0].texts()[-1] == "mine " * 30


async def test_stream_beside_appends_has_its_own_length(endpoint: Endpoint) -> None:
    text = "word " * 120
    async with (
        serving(endpoint, script=ToneScript(work_ms=1)),
        TTSClient(endpoint, busy_retry=BUSY) as client,
    ):
        alone = await collect(client.synthesize(text))
        speech = client.synthesize(text)
        parts = [await anext(speech)]
        await client.append("so much")
        parts += [pcm async for pcm in speech]
        assert b"".join(parts) == alone
        assert (await client.status()).buffered_chars == 0
        await client.commit()
        done = [event async for event in until_done(client) if isinstance(event, ev.AudioDelta)]
        assert sum(len(event.pcm) // 2 for event in done) == len("so much") * CHAR_SAMPLES


async def until_done(client: TTSClient) -> AsyncIterator[ev.ServerEvent]:
    async for event in client.events():
        yield event
        if isinstance(event, ev.AudioDone):
            return


async def test_commit_that_is_refused_beside_a_stream_keeps_its_text(endpoint: Endpoint) -> None:
    refuse = True

    async def play(peer: Peer) -> None:
        n = 0
        while True:
            event = await peer.next()
            if isinstance(event, ev.CommitText):
                if peer.texts()[-1] == "mine" and refuse:
                    await peer.say(error_event("busy", event_id=event.event_id, retry_after_ms=1))
                    continue
                n += 1
                await peer.say(ev.TextCommitted("e", f"r{n}", previous_event_id=event.event_id))
                await peer.speak(f"r{n}")

    go = asyncio.Event()

    async def words() -> AsyncIterator[str]:
        yield "First. " * 50
        await go.wait()
        yield "Second. " * 50

    async with playing(endpoint, play) as peers, TTSClient(endpoint) as client:
        reading = asyncio.create_task(collect(client.synthesize(words())))
        await until(lambda: client.floor.is_held)
        await client.append("mi")
        await client.append("ne")
        with pytest.raises(RequestRefusedError):
            await client.commit()
        go.set()
        await reading
        refuse = False
        await client.commit()
        texts = peers[0].texts()
        assert [text for text in texts if "mine" in text] == ["mine", "mine"]
        assert texts[-1] == "mine"


async def test_text_that_waits_beside_a_stream_counts_and_can_be_cleared(endpoint: Endpoint) -> None:
    async with playing(endpoint, answer_all) as peers, TTSClient(endpoint) as client:
        go = asyncio.Event()

        async def words() -> AsyncIterator[str]:
            await go.wait()
            yield "Theirs."

        reading = asyncio.create_task(collect(client.synthesize(words())))
        await until(lambda: client.floor.is_held)
        await client.append("x" * 1990)
        with pytest.raises(RequestRefusedError) as caught:
            await client.append("y" * 11)
        assert caught.value.code == "payload_too_large"
        await client.clear()
        await client.append("mine")
        go.set()
        assert await reading == FRAME
        await client.commit()
        assert peers[0].texts() == ["Theirs.", "mine"]


async def test_refused_text_of_the_callers_does_not_fail_a_stream(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.append("bad\0text")
        await client.status()
        assert await collect(client.synthesize("Hello."))
        with pytest.raises(RequestRefusedError, match=r"U\+0000"):
            await client.commit()
        assert await collect(client.synthesize("Hello."))


async def test_refused_text_of_a_stream_does_not_fail_the_caller(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError, match=r"U\+0000"):
            await collect(client.synthesize("bad\0text"))
        await client.append("Hello.")
        assert await client.commit()


async def test_abandoned_piece_leaves_no_text_behind(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.hear(ev.CommitText)
        await answer_all(peer)

    async with playing(endpoint, play) as peers, TTSClient(endpoint, request_timeout_s=0.1) as client:
        with pytest.raises(AnswerTimeoutError):
            await collect(client.synthesize("Never heard."))
        await client.append("Mine.")
        await client.commit()
        assert peers[0].texts() == ["Never heard.", "Mine."]


async def test_busy_server_hears_the_same_text_again(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        for _ in range(3):
            commit = await peer.hear(ev.CommitText)
            await peer.say(error_event("busy", event_id=commit.event_id, retry_after_ms=1))
        await answer_all(peer)

    async with playing(endpoint, play) as peers, TTSClient(endpoint, busy_retry=BUSY) as client:
        assert await collect(client.synthesize("Good day.")) == FRAME
        assert peers[0].texts() == ["Good day."] * 4


async def answer_some(peer: Peer, n_busy: int) -> None:
    """A server that is busy for the first ``n_busy`` of each four commits."""
    n = 0
    while True:
        event = await peer.next()
        if isinstance(event, ev.ClearText):
            await peer.say(ev.TextCleared("e", previous_event_id=event.event_id))
        elif isinstance(event, ev.CommitText):
            n += 1
            if n % 4 < n_busy:
                await peer.say(error_event("busy", event_id=event.event_id, retry_after_ms=1))
            else:
                await peer.say(ev.TextCommitted("e", f"r{n}", previous_event_id=event.event_id))
                await peer.speak(f"r{n}", n_frames=2)


async def speak(client: TTSClient, name: str) -> None:
    await collect(client.synthesize(f"<{name}>"))


async def leave(client: TTSClient, name: str) -> None:
    async for _ in client.synthesize(f"<{name}>"):
        return


STEPS: dict[str, Callable[[TTSClient, str], Awaitable[object]]] = {
    "append": lambda client, _: client.append("m"),
    "commit": lambda client, _: client.commit(),
    "clear": lambda client, _: client.clear(),
    "cancel": lambda client, _: client.cancel(),
    "speak": speak,
    "leave": leave,
}


async def act(client: TTSClient, steps: list[str], name: str) -> None:
    for step in steps:
        # A busy server refuses a commit, and text that waits in the server's buffer a stream.
        with contextlib.suppress(RequestRefusedError, LocalProtocolError):
            await STEPS[step](client, name)
        await asyncio.sleep(0)


@given(
    st.lists(st.lists(st.sampled_from(sorted(STEPS)), max_size=8), min_size=2, max_size=4), st.integers(0, 3)
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_commit_mixes_the_text_of_a_stream_with_other_text(
    endpoint: Endpoint, tasks: list[list[str]], n_busy: int
) -> None:
    async with (
        playing(endpoint, lambda peer: answer_some(peer, n_busy)) as peers,
        TTSClient(endpoint, busy_retry=BUSY) as client,
    ):
        async with asyncio.timeout(30):
            await asyncio.gather(*(act(client, steps, str(n)) for n, steps in enumerate(tasks)))
        for text in peers[0].texts():
            assert set(text) <= {"m"} or text in {f"<{n}>" for n in range(len(tasks))}
