"""The asynchronous client against a real server with the tone backend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.client.speech import CHAR_SAMPLES, RATE_HZ
from tests.tone_server import serving

from tts_server.backends.tone import ToneScript
from tts_server.client import TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    RequestRefusedError,
)
from tts_server.limits import Limits
from tts_server.protocol import events as ev


async def next_event(events: AsyncIterator[ev.ServerEvent], kind: type[ev.ServerEvent]) -> ev.ServerEvent:
    async for event in events:
        if isinstance(event, kind):
            return event
    raise AssertionError(f"the events ended without a {kind.__name__}")


async def test_hello_says_what_the_server_is(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        assert client.hello.backend.name == "tone"
        assert client.hello.audio.rate_hz == RATE_HZ
        assert client.is_connected


async def test_one_response_step_by_step(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.append("Good ")
        await client.append("day.")
        response_id = await client.commit()
        frames: list[ev.AudioDelta] = []
        async for event in client.events():
            if isinstance(event, ev.AudioDelta):
                frames.append(event)
            if isinstance(event, ev.AudioDone):
                break
        assert [frame.seq for frame in frames] == list(range(len(frames)))
        assert {frame.response_id for frame in frames} == {response_id}
        assert sum(len(frame.pcm) // 2 for frame in frames) == len("Good day.") * CHAR_SAMPLES


async def test_update_answers_with_what_holds(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        first = await client.update(voice="bass")
        second = await client.update(language="fr", extras={"speed": 2})
        assert (first.voice, second.voice, second.language) == ("bass", "bass", "fr")
        assert second.extras["speed"] == 2


async def test_refused_update_names_the_value(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError, match="nobody") as caught:
            await client.update(voice="nobody")
        assert caught.value.code == "invalid_config"


async def test_commit_of_nothing_is_refused(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError) as caught:
            await client.commit()
        assert caught.value.code == "buffer_empty"


async def test_text_over_the_limit_is_refused_before_it_is_sent(endpoint: Endpoint) -> None:
    async with serving(endpoint, limits=Limits(max_text_chars=10)), TTSClient(endpoint) as client:
        await client.append("12345678")
        with pytest.raises(RequestRefusedError) as caught:
            await client.append("9 10")
        assert caught.value.code == "payload_too_large"
        assert (await client.status()).buffered_chars == 8


async def test_refused_piece_of_text_is_told_by_the_commit(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.append("bad\0text")
        with pytest.raises(RequestRefusedError, match=r"U\+0000"):
            await client.commit()
        await client.append("bad\0text")
        await client.clear()
        with pytest.raises(RequestRefusedError, match="empty"):
            await client.commit()
        await client.append("good text, ")
        await client.append("bad\0text")
        with pytest.raises(RequestRefusedError, match=r"U\+0000"):
            await client.commit()
        await client.close_session()
        assert not [event async for event in client.events() if isinstance(event, ev.AudioDelta)]


async def test_clear_empties_the_buffer(endpoint: Endpoint) -> None:
    async with serving(endpoint, limits=Limits(max_text_chars=10)), TTSClient(endpoint) as client:
        await client.append("12345678")
        await client.clear()
        await client.append("12345678")
        assert (await client.status()).buffered_chars == 8


async def test_cancelled_response_ends_without_further_audio(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        await client.append("word " * 100)
        response_id = await client.commit()
        events = client.events()
        await next_event(events, ev.AudioDelta)
        await client.cancel(response_id)
        cancelled = await next_event(events, ev.ResponseCancelled)
        assert isinstance(cancelled, ev.ResponseCancelled)
        assert cancelled.response_id == response_id
        await client.close_session()
        assert [event async for event in events] == []


async def test_cancel_of_nothing_does_nothing(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.cancel()
        await client.cancel("resp_of_somebody_else")
        assert (await client.status()).queue_depth == 0


async def test_close_session_lets_speech_end(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=5)), TTSClient(endpoint) as client:
        await client.append("Let me finish.")
        await client.commit()
        closed = await client.close_session()
        events = [event async for event in client.events()]
        assert closed.reason == "client_close"
        assert isinstance(events[-1], ev.AudioDone)


async def test_cancel_session_drops_speech(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=50)), TTSClient(endpoint) as client:
        await client.append("word " * 100)
        await client.commit()
        closed = await client.cancel_session()
        assert closed.reason == "client_cancel"
        assert not [event async for event in client.events() if isinstance(event, ev.AudioDone)]


async def test_messages_are_shown_as_they_came(endpoint: Endpoint) -> None:
    messages: list[str | bytes] = []
    async with serving(endpoint), TTSClient(endpoint, on_message=messages.append) as client:
        await client.status()
    assert ['"server.hello"' in str(messages[0]), '"server.status"' in str(messages[1])] == [True, True]


async def test_cancelled_commit_leaves_no_speech_behind(endpoint: Endpoint) -> None:
    messages: list[str | bytes] = []
    async with (
        serving(endpoint, script=ToneScript(work_ms=20)),
        TTSClient(endpoint, on_message=messages.append) as client,
    ):
        await client.append("word " * 300)
        commit = asyncio.create_task(client.commit())
        await asyncio.sleep(0)
        commit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await commit
        while (await client.status()).queue_depth:
            pass
        assert any('"response.cancelled"' in str(message) for message in messages)
