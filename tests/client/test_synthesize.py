"""Text of any length as one stream of audio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from tests.client.speech import CHAR_SAMPLES, PARAGRAPH, collect
from tests.tone_server import serving

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    LocalProtocolError,
    RequestRefusedError,
    SpeechFailedError,
)
from tts_server.limits import Limits


async def test_synthesize_gives_every_sample(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        speech = client.synthesize("Good day.")
        pcm = await collect(speech)
        assert len(pcm) // 2 == len("Good day.") * CHAR_SAMPLES == speech.stats.n_samples
        assert speech.stats.n_responses == 1
        assert speech.stats.first_audio_s is not None


async def test_long_text_is_spoken_in_commits_of_whole_sentences(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        speech = client.synthesize(PARAGRAPH)
        pcm = await collect(speech)
        # 330 words in sentences of 11: four sentences are the first to reach 40 words.
        assert speech.stats.n_responses == 8
        assert (
            len(PARAGRAPH.replace(" ", "")) * CHAR_SAMPLES <= len(pcm) // 2 <= len(PARAGRAPH) * CHAR_SAMPLES
        )


async def test_text_is_cut_the_same_however_it_comes(endpoint: Endpoint) -> None:
    async def in_threes() -> AsyncIterator[str]:
        for i in range(0, len(PARAGRAPH), 3):
            yield PARAGRAPH[i : i + 3]

    async with serving(endpoint), TTSClient(endpoint) as client:
        whole = await collect(client.synthesize(PARAGRAPH))
        assert await collect(client.synthesize(in_threes())) == whole
        assert await collect(client.synthesize(list(PARAGRAPH))) == whole


async def test_text_without_words_is_no_audio(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        assert await collect(client.synthesize(" \n ")) == b""
        assert await collect(client.synthesize("...")) == b""


async def test_refusal_leaves_the_client_usable(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError, match="nobody"):
            await collect(client.synthesize("Hello.", voice="nobody"))
        assert (await client.status()).buffered_chars == 0
        assert await collect(client.synthesize("Hello.", voice="bass"))


async def test_failure_of_the_engine_is_raised(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        with pytest.raises(SpeechFailedError) as caught:
            await collect(client.synthesize("Hello there.", extras={"fail_at_step": 1}))
        assert caught.value.code == "backend_error"
        assert await collect(client.synthesize("Hello."))


async def test_synthesize_refuses_to_mix_with_appended_text(endpoint: Endpoint) -> None:
    async with serving(endpoint), TTSClient(endpoint) as client:
        await client.append("Mine.")
        with pytest.raises(LocalProtocolError, match="appended"):
            await collect(client.synthesize("Yours."))
        assert (await client.status()).buffered_chars == len("Mine.")


async def test_closing_a_stream_early_frees_the_server(endpoint: Endpoint) -> None:
    messages: list[str | bytes] = []
    async with (
        serving(endpoint, script=ToneScript(work_ms=20)),
        TTSClient(endpoint, on_message=messages.append) as client,
    ):
        async with client.synthesize("word " * 300) as speech:
            await anext(speech)
        await client.status()
        assert any('"response.cancelled"' in str(message) for message in messages)
        assert (await collect(client.synthesize("Next.")))[:1] != b""
        assert (await client.status()).queue_depth == 0


async def test_cancelled_task_frees_the_server(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        begun = asyncio.Event()

        async def listen() -> None:
            async for _ in client.synthesize("word " * 300):
                begun.set()

        task = asyncio.create_task(listen())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await collect(client.synthesize("Next."))


async def test_busy_server_is_asked_again(endpoint: Endpoint) -> None:
    limits = Limits(max_admitted=1)
    script = ToneScript(work_ms=10)
    async with (
        serving(endpoint, script=script, limits=limits),
        TTSClient(
            endpoint, busy_retry=RetryPolicy(max_tries=200, first_delay_s=0.01, max_delay_s=0.02)
        ) as one,
        TTSClient(
            endpoint, busy_retry=RetryPolicy(max_tries=200, first_delay_s=0.01, max_delay_s=0.02)
        ) as two,
    ):
        lengths = await asyncio.gather(
            collect(one.synthesize("Me first.")), collect(two.synthesize("No, me."))
        )
        assert [len(pcm) // 2 // CHAR_SAMPLES for pcm in lengths] == [9, 7]


async def test_busy_server_is_given_up_on_in_the_end(endpoint: Endpoint) -> None:
    gate = threading.Event()
    script = ToneScript(hang_at_step=0, gate=gate)
    async with (
        serving(endpoint, script=script, limits=Limits(max_admitted=1)),
        TTSClient(endpoint) as one,
        TTSClient(endpoint, busy_retry=RetryPolicy(max_tries=0)) as two,
    ):
        try:
            await one.append("I hang.")
            await one.commit()
            with pytest.raises(RequestRefusedError) as caught:
                await collect(two.synthesize("Then I cannot speak."))
            assert caught.value.code == "busy"
            assert caught.value.retry_after_ms is not None
            assert (await two.status()).buffered_chars == 0
        finally:
            gate.set()
