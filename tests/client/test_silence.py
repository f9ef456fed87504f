"""A server that falls silent in the middle of speech."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from tests.client.hostile import FRAME, Peer, playing
from tests.client.speech import collect
from tests.tone_server import serving, serving_aside

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, TTSClient, link
from tts_server.client.client import SILENCE_TIMEOUT_S
from tts_server.endpoint import Endpoint
from tts_server.errors import AnswerTimeoutError, ConnectionLostError
from tts_server.protocol import events as ev
from tts_server.service.service import STEP_TIMEOUT_S

SHORT_S = 0.2


def status(request: ev.ClientEvent, queue_depth: int) -> dict[str, object]:
    return {
        "type": "server.status",
        "event_id": "e",
        "session_id": "s",
        "backend": {"name": "fake", "model": "fake"},
        "audio": {"rate": 24000, "format": "pcm16", "channels": 1},
        "queue_depth": queue_depth,
        "voice_count": 0,
        "voices": [],
        "buffered_chars": 0,
        "uptime_seconds": 1,
        "pid": 1,
        "previous_event_id": request.event_id,
    }


def test_default_is_some_seconds_more_than_a_step_of_the_engine_may_take() -> None:
    assert STEP_TIMEOUT_S + 5 <= SILENCE_TIMEOUT_S <= STEP_TIMEOUT_S + 15


@pytest.mark.parametrize("n_frames", [0, 1, 50])
async def test_stopped_server_is_given_up_on(n_frames: int, endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        for seq in range(n_frames):
            await peer.say(ev.AudioDelta("e", "r", seq, FRAME))
        # As a stopped process does: nothing, not even reading.
        await over.wait()

    over = asyncio.Event()
    retry = RetryPolicy(max_tries=3, first_delay_s=0.01)
    async with asyncio.timeout(30), playing(endpoint, play) as peers:
        client = TTSClient(endpoint, silence_timeout_s=SHORT_S, reconnect=retry)
        await client.connect()
        speech = client.synthesize("Good day.")
        n_heard = [0]
        began = asyncio.get_running_loop().time()
        with pytest.raises(AnswerTimeoutError, match=r"said nothing of a response in progress for 0.2 s"):
            await listen(speech, n_heard)
        assert asyncio.get_running_loop().time() - began >= SHORT_S
        assert n_heard == [n_frames]
        # Nobody says it once more on a new connection.
        assert len(peers) == 1
        assert not client.is_connected
        await client.close()
        over.set()


async def listen(speech: AsyncIterator[bytes], n_heard: list[int]) -> None:
    async for _ in speech:
        n_heard[0] += 1


async def test_events_end_with_a_silent_server_as_well(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        await peer.websocket.wait_closed()

    async with playing(endpoint, play), TTSClient(endpoint, silence_timeout_s=SHORT_S) as client:
        await client.append("Good day.")
        await client.commit()
        with pytest.raises(ConnectionLostError, match="said nothing"):
            async for _ in client.events():
                pass


async def test_living_server_may_let_a_response_wait_for_its_turn(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        for _ in range(4):
            await peer.say(status(await peer.hear(ev.RequestStatus), queue_depth=3))
        await peer.speak()

    async with playing(endpoint, play), TTSClient(endpoint, silence_timeout_s=SHORT_S) as client:
        assert await collect(client.synthesize("Good day.")) == FRAME


@pytest.mark.parametrize(("n_frames", "queue_depth"), [(0, 0), (1, 1)])
async def test_response_that_a_living_server_has_lost_is_given_up_on(
    n_frames: int, queue_depth: int, endpoint: Endpoint
) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        for seq in range(n_frames):
            await peer.say(ev.AudioDelta("e", "r", seq, FRAME))
        while True:
            await peer.say(status(await peer.hear(ev.RequestStatus), queue_depth))

    async with (
        asyncio.timeout(20),
        playing(endpoint, play),
        TTSClient(endpoint, silence_timeout_s=SHORT_S) as client,
    ):
        with pytest.raises(AnswerTimeoutError):
            await collect(client.synthesize("Good day."))


async def test_living_server_that_never_speaks_is_given_up_on_in_the_end(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        while True:
            await peer.say(status(await peer.hear(ev.RequestStatus), queue_depth=1))

    async with (
        asyncio.timeout(20),
        playing(endpoint, play),
        TTSClient(endpoint, silence_timeout_s=0.02) as client,
    ):
        with pytest.raises(AnswerTimeoutError):
            await collect(client.synthesize("Good day."))


async def test_listener_who_has_not_heard_what_came_is_served_later(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        await peer.say(ev.AudioDelta("e", "r", 0, 250 * FRAME))
        for _ in range(3):
            await peer.say(status(await peer.hear(ev.RequestStatus), queue_depth=3))
        await peer.say(ev.AudioDone("e", "r", 5000))

    async with playing(endpoint, play), TTSClient(endpoint, silence_timeout_s=SHORT_S) as client:
        assert await collect(client.synthesize("Good day.")) == 250 * FRAME


async def test_slow_and_paused_listeners_are_not_the_servers_silence(endpoint: Endpoint) -> None:
    async with (
        serving(endpoint, script=ToneScript(work_ms=1)),
        TTSClient(endpoint, silence_timeout_s=SHORT_S) as client,
    ):
        speech = client.synthesize("word " * 20)
        parts = [await anext(speech)]
        await asyncio.sleep(5 * SHORT_S)
        parts += [pcm async for pcm in speech]
        assert sum(map(len, parts)) // 2 == speech.stats.n_samples


async def test_silence_while_nothing_is_read_is_not_the_servers(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_LOGGED_EVENTS", 5)

    async def play(peer: Peer) -> None:
        await peer.accept()
        await peer.speak(n_frames=200)

    async with playing(endpoint, play), TTSClient(endpoint, silence_timeout_s=SHORT_S) as client:
        await client.append("Good day.")
        await client.commit()
        await asyncio.sleep(5 * SHORT_S)
        seqs = []
        async for event in client.events():
            if isinstance(event, ev.AudioDelta):
                seqs.append(event.seq)
            if isinstance(event, ev.AudioDone):
                break
        assert seqs == list(range(200))


async def test_silence_between_responses_is_allowed(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint, silence_timeout_s=0.05) as client:
        assert await collect(client.synthesize("Good day."))
        await asyncio.sleep(0.3)
        assert await collect(client.synthesize("Good day."))


async def test_silence_about_a_response_that_was_left_is_allowed(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept("left")
        await peer.say(ev.AudioDelta("e", "left", 0, FRAME))
        await peer.accept("next")
        await peer.speak("next")

    async with playing(endpoint, play) as peers, TTSClient(endpoint, silence_timeout_s=0.05) as client:
        async for _ in client.synthesize("Never mind."):
            break
        assert await collect(client.synthesize("Next.")) == FRAME
        await asyncio.sleep(0.3)
        assert client.is_connected
        assert not any(isinstance(event, ev.RequestStatus) for event in peers[0].heard)


async def test_any_silence_is_allowed_where_that_was_asked_for(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        await asyncio.sleep(0.3)
        await peer.speak()

    async with playing(endpoint, play) as peers, TTSClient(endpoint, silence_timeout_s=None) as client:
        assert await collect(client.synthesize("Good day.")) == FRAME
        assert not any(isinstance(event, ev.RequestStatus) for event in peers[0].heard)


async def test_event_loop_that_was_held_up_itself_finds_what_came_meanwhile(endpoint: Endpoint) -> None:
    assert endpoint.socket_path is not None
    with serving_aside(endpoint.socket_path, script=ToneScript(work_ms=1)) as aside:
        async with TTSClient(aside, silence_timeout_s=SHORT_S) as client:
            speech = client.synthesize("word " * 20)
            await anext(speech)
            time.sleep(3 * SHORT_S)  # noqa: ASYNC251 - the event loop is to be held up
            await collect(speech)


@pytest.mark.parametrize("call", ["append", "cancel", "status"])
async def test_server_that_does_not_read_is_given_up_on(call: str, endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        peer.websocket.transport.pause_reading()
        await over.wait()

    over = asyncio.Event()
    async with playing(endpoint, play) as peers:
        client = TTSClient(endpoint, request_timeout_s=0.2)
        await client.connect()
        with pytest.raises(AnswerTimeoutError):
            await insist(client, call)
        assert client.is_connected
        peers[0].websocket.transport.abort()
        over.set()
        await client.close()


async def insist(client: TTSClient, call: str) -> None:
    while True:
        if call == "append":
            await client.append("word " * 300)
            await client.clear()
        elif call == "cancel":
            await client.cancel("x" * 100_000)
        else:
            await client.status()
