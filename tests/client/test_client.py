"""The asynchronous client against a real server with the tone backend."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.tone_server import serving

from tts_server.backends.tone import ToneScript
from tts_server.client import RetryPolicy, TTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    ConnectFailedError,
    ConnectionLostError,
    LocalProtocolError,
    RequestRefusedError,
    SpeechFailedError,
)
from tts_server.protocol import events as ev
from tts_server.protocol.capabilities import Limits

RATE_HZ = 24000
CHAR_SAMPLES = RATE_HZ * 60 // 1000
PARAGRAPH = "This is a sentence of exactly ten words, give or take. " * 30


@pytest.fixture
def endpoint(short_dir: Path) -> Endpoint:
    return Endpoint.unix(short_dir / "tts.sock")


async def collect(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([pcm async for pcm in stream])


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
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        async with client.synthesize("word " * 300) as speech:
            await anext(speech)
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


async def test_messages_are_shown_as_they_came(endpoint: Endpoint) -> None:
    messages: list[str | bytes] = []
    async with serving(endpoint), TTSClient(endpoint, on_message=messages.append) as client:
        await client.status()
    assert ['"server.hello"' in str(messages[0]), '"server.status"' in str(messages[1])] == [True, True]


async def test_cancelled_commit_leaves_no_speech_behind(endpoint: Endpoint) -> None:
    async with serving(endpoint, script=ToneScript(work_ms=20)), TTSClient(endpoint) as client:
        await client.append("word " * 300)
        commit = asyncio.create_task(client.commit())
        await asyncio.sleep(0)
        commit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await commit
        while (await client.status()).queue_depth:
            pass
        assert await collect(client.synthesize("Next."))
