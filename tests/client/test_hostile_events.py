"""Servers that break the protocol, flood, or answer late."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.client.hostile import FRAME, HELLO, Message, Peer, error_event, hello_with, playing, until
from tests.client.speech import collect

from tts_server.client import RetryPolicy, TTSClient, link, log
from tts_server.client.connection import MAX_MESSAGE_BYTES
from tts_server.endpoint import Endpoint
from tts_server.errors import (
    AnswerTimeoutError,
    ClientError,
    ConnectionLostError,
    RequestRefusedError,
    SpeechFailedError,
)
from tts_server.protocol import events as ev

CONTROLS = "\x1b]0;pwned\x07\x1b[2J\r\n\u202eevil"


def delta(seq: int, response_id: str = "r", audio: Any = "AQA=") -> dict[str, Any]:
    return {
        "type": "response.audio.delta",
        "event_id": "e",
        "response_id": response_id,
        "seq": seq,
        "audio": audio,
    }


BREACHES: dict[str, list[Message]] = {
    "a gap": [delta(0), delta(2)],
    "not from the beginning": [delta(1)],
    "a frame twice": [delta(0), delta(0)],
    "half a sample": [delta(0, audio="AQ==")],
    "odd base64": [delta(0, audio="AQA")],
    "no base64": [delta(0, audio="<audio>")],
    "audio as a list": [delta(0, audio=[1, 2])],
    "a second hello": [HELLO],
    "a second hello of another rate": [hello_with(audio={"rate": 8000})],
    "a binary frame": [FRAME],
    "no JSON": ["{"],
    "deep JSON": ["[" * 200_000],
    "deep JSON in an event": ['{"type":"error","error":' + '{"a":' * 100_000 + "1" + "}" * 100_001],
    "a list": ["[]"],
    "no type": ["{}"],
    "a number with many digits": ['{"type":"x","n":' + "9" * 5000 + "}"],
    "a frame too large": [f'{{"type":"x","x":"{"x" * MAX_MESSAGE_BYTES}"}}'],
}


@pytest.mark.parametrize("name", BREACHES)
async def test_broken_protocol_ends_the_connection_and_says_so(name: str, endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept()
        await peer.say(*BREACHES[name])

    async with playing(endpoint, play) as peers, TTSClient(endpoint) as client:
        with pytest.raises(ConnectionLostError) as caught:
            await collect(client.synthesize("Good day."))
        assert str(caught.value).isprintable()
        assert not client.is_connected
        with pytest.raises(ConnectionLostError):
            await client.status()
        await peers[0].ended.wait()


async def test_response_that_is_accepted_twice_ends_the_connection(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.accept("r")
        await peer.accept("r")

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        await client.append("One.")
        await client.commit()
        await client.append("Two.")
        with pytest.raises(ConnectionLostError, match="accepted 'r' twice"):
            await client.commit()


async def test_answer_of_another_kind_ends_the_connection(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        commit = await peer.hear(ev.CommitText)
        await peer.say(ev.TextCleared("e", previous_event_id=commit.event_id))

    async with playing(endpoint, play) as peers:
        async with TTSClient(endpoint, request_timeout_s=None) as client:
            with pytest.raises(ConnectionLostError, match="answered CommitText with TextCleared"):
                await collect(client.synthesize("Good day."))
        assert peers[0].texts() == ["Good day."]


async def test_frames_of_unknown_responses_are_events_like_others(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        await peer.say(delta(7, "stranger"), ev.AudioDone("e", "stranger", 5))
        await peer.accept()
        await peer.say(delta(3, "stranger"))
        await peer.speak()
        await peer.say(delta(0))

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        assert await collect(client.synthesize("Good day.")) == FRAME
        events = client.events()
        seqs = [event.seq for event in [await anext(events) for _ in range(4)] if hasattr(event, "seq")]
        assert seqs == [7, 3, 0]


async def test_events_before_the_answer_do_not_take_its_place(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        commit = await peer.hear(ev.CommitText)
        await peer.say(
            ev.TextCommitted("e", "not asked for"),
            ev.TextCommitted("e", "of somebody else", previous_event_id="c999"),
            error_event("internal_error"),
            error_event("internal_error", event_id="c999"),
            ev.ResponseCancelled("e", "r9", previous_event_id=commit.event_id),
            ev.TextCommitted("e", "r", previous_event_id=commit.event_id),
        )
        await peer.speak()

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        assert await collect(client.synthesize("Good day.")) == FRAME


async def test_words_of_the_server_cannot_reach_a_terminal(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        commit = await peer.hear(ev.CommitText)
        await peer.say(error_event("invalid_config", CONTROLS, commit.event_id))
        await peer.accept()
        error: Any = {"type": "server_error", "code": CONTROLS, "message": CONTROLS * 100}
        await peer.say({"type": "response.failed", "event_id": "e", "response_id": "r", "error": error})
        await peer.hear(ev.RequestStatus)
        await peer.websocket.close(1011, CONTROLS)

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError) as refused:
            await collect(client.synthesize("Good day."))
        with pytest.raises(SpeechFailedError) as failed:
            await collect(client.synthesize("Good day."))
        with pytest.raises(ConnectionLostError) as lost:
            await client.status()
    for caught in (refused, failed, lost):
        assert str(caught.value).isprintable()
        assert "pwned" in str(caught.value)
        assert len(str(caught.value)) < 5_000
    assert failed.value.code.isprintable()


@pytest.mark.parametrize("retry_ms", [10**400, 10**9, 60_001])
async def test_wait_of_more_than_a_minute_is_told_and_not_slept(retry_ms: int, endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        commit = await peer.hear(ev.CommitText)
        await peer.say(error_event("busy", event_id=commit.event_id, retry_after_ms=retry_ms))

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        with pytest.raises(RequestRefusedError) as caught:
            await collect(client.synthesize("Good day."))
        assert caught.value.code == "busy"
        assert caught.value.retry_after_ms == min(retry_ms, 10**9)


@pytest.mark.parametrize("retry_ms", [-1, -(10**400), 0.5, True, "soon", [], {}])
async def test_wait_that_is_none_cannot_be_read(retry_ms: Any, endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        commit = await peer.hear(ev.CommitText)
        await peer.say(error_event("busy", event_id=commit.event_id, retry_after_ms=retry_ms))

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        with pytest.raises(ConnectionLostError, match="cannot be read"):
            await collect(client.synthesize("Good day."))


# --- late answers -------------------------------------------------------------------------------------------


async def test_late_commit_is_cancelled_and_spoken_once_at_most(endpoint: Endpoint) -> None:
    go = asyncio.Event()

    async def play(peer: Peer) -> None:
        late = await peer.hear(ev.CommitText)
        await go.wait()
        await peer.say(ev.TextCommitted("e", "late", previous_event_id=late.event_id), delta(0, "late"))
        await peer.hear(ev.CancelResponse)
        await peer.say(ev.ResponseCancelled("e", "late"))
        await peer.accept("next")
        await peer.speak("next")

    retry = RetryPolicy(max_tries=6, first_delay_s=0.001)
    async with (
        playing(endpoint, play) as peers,
        TTSClient(endpoint, reconnect=retry, request_timeout_s=0.2) as client,
    ):
        with pytest.raises(AnswerTimeoutError, match="did not answer within"):
            await collect(client.synthesize("Say it once."))
        assert client.is_connected
        go.set()
        await until(lambda: any(isinstance(event, ev.CancelResponse) for event in peers[0].heard))
        assert await collect(client.synthesize("Next.")) == FRAME
        assert peers[0].texts() == ["Say it once.", "Next."]
        assert len(peers) == 1


async def test_late_commit_of_the_callers_is_cancelled_too(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        late = await peer.hear(ev.CommitText)
        await peer.hear(ev.ClearText)
        await peer.say(ev.TextCommitted("e", "late", previous_event_id=late.event_id), delta(0, "late"))
        cancel = await peer.hear(ev.CancelResponse)
        await peer.say(ev.ResponseCancelled("e", cancel.response_id or ""))
        again = await peer.hear(ev.CommitText)
        await peer.say(error_event("buffer_empty", event_id=again.event_id))

    async with playing(endpoint, play) as peers, TTSClient(endpoint, request_timeout_s=0.2) as client:
        await client.append("Say it once.")
        with pytest.raises(AnswerTimeoutError):
            await client.commit()
        await until(lambda: any(isinstance(event, ev.CancelResponse) for event in peers[0].heard))
        with pytest.raises(RequestRefusedError, match="no"):
            await client.commit()


async def test_late_answers_are_nobodys_events(endpoint: Endpoint) -> None:
    async def play(peer: Peer) -> None:
        clear = await peer.hear(ev.ClearText)
        commit = await peer.hear(ev.CommitText)
        await peer.hear(ev.ClearText)
        await peer.hear(ev.RequestStatus)
        await peer.say(
            ev.TextCleared("e", previous_event_id=clear.event_id),
            error_event("busy", event_id=commit.event_id),
            {"type": "input_text.cleared", "event_id": "mark"},
        )

    async with playing(endpoint, play), TTSClient(endpoint, request_timeout_s=0.1) as client:
        for call in (client.clear, client.commit, client.status):
            with pytest.raises(AnswerTimeoutError):
                await call()
        event = await anext(client.events())
        assert event.event_id == "mark"


async def test_commit_answered_while_its_caller_is_cancelled_is_cancelled(endpoint: Endpoint) -> None:
    answered = asyncio.Event()

    def on_message(message: str | bytes) -> None:
        if "committed" in str(message):
            # In the turn of the event loop in which the answer comes.
            commit.cancel()
            answered.set()

    async def play(peer: Peer) -> None:
        await peer.accept()
        await peer.hear(ev.CancelResponse)

    async with playing(endpoint, play) as peers, TTSClient(endpoint, on_message=on_message) as client:
        await client.append("Never mind.")
        commit = asyncio.create_task(client.commit())
        await answered.wait()
        with pytest.raises(asyncio.CancelledError):
            await commit
        await until(lambda: any(isinstance(event, ev.CancelResponse) for event in peers[0].heard))


# --- floods -------------------------------------------------------------------------------------------------


async def test_flood_that_nobody_reads_stops_at_the_bound_of_memory(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "MAX_LOGGED_BYTES", 1 << 20)
    n_messages = 0

    def count(_: str | bytes) -> None:
        nonlocal n_messages
        n_messages += 1

    voices = json.dumps({"type": "error", "error": {"type": "", "code": "x" * 50_000, "message": "x"}})

    async def play(peer: Peer) -> None:
        while True:
            await peer.say(voices.replace("{", '{"event_id":"e",', 1))

    async with playing(endpoint, play), TTSClient(endpoint, on_message=count) as client:
        await asyncio.sleep(0.3)
        assert n_messages < 10
        assert client.is_connected


async def test_flood_in_place_of_an_answer_ends_the_connection(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_LOGGED_EVENTS", 50)
    monkeypatch.setattr(log, "MAX_MORE_EVENTS", 50)

    async def play(peer: Peer) -> None:
        await peer.accept()
        while True:
            await peer.say(ev.ResponseCreated("e", "x"))

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        with pytest.raises(ConnectionLostError, match="nobody takes them"):
            await collect(client.synthesize("Good day."))


async def test_response_that_was_left_does_not_keep_a_full_log_growing(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_LOGGED_EVENTS", 5)
    monkeypatch.setattr(log, "MAX_MORE_EVENTS", 50)

    async def play(peer: Peer) -> None:
        await peer.accept("left")
        await peer.say(delta(0, "left"))
        await peer.hear(ev.CancelResponse)
        for seq in range(500):
            await peer.say(delta(seq, "unread"))

    async with playing(endpoint, play) as peers, TTSClient(endpoint) as client:
        async for _ in client.synthesize("Never mind."):
            break
        await until(lambda: any(isinstance(event, ev.CancelResponse) for event in peers[0].heard))
        await asyncio.sleep(0.2)
        assert client.is_connected


async def test_full_log_does_not_hold_up_a_stream(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MAX_LOGGED_EVENTS", 5)

    async def play(peer: Peer) -> None:
        for seq in range(20):
            await peer.say(delta(seq, "unread"))
        await peer.accept()
        await peer.speak(n_frames=20)

    async with playing(endpoint, play), TTSClient(endpoint) as client:
        async with asyncio.timeout(10):
            assert await collect(client.synthesize("Good day.")) == 20 * FRAME


# --- whatever comes -----------------------------------------------------------------------------------------

IDS = st.sampled_from(["c1", "c2", "c1t", "r", "r2", "", "\x1b[2J"])
ANY_EVENT: st.SearchStrategy[Message] = st.one_of(
    st.builds(ev.TextCommitted, IDS, IDS, st.none() | IDS),
    st.builds(ev.ResponseCreated, IDS, IDS),
    st.builds(ev.AudioDelta, IDS, IDS, st.integers(0, 3), st.just(b"12")),
    st.builds(ev.AudioDone, IDS, IDS, st.just(1.0)),
    st.builds(ev.ResponseCancelled, IDS, IDS, st.none() | IDS),
    st.builds(ev.TextCleared, IDS, st.none() | IDS),
    st.builds(ev.SessionClosed, IDS, IDS, IDS, st.none() | IDS),
    st.builds(lambda code, event_id: error_event(code, "\x1b", event_id), IDS | st.just("busy"), IDS),
    st.just(HELLO),
    st.sampled_from(["{", "{}", b"\0", '{"type":"unknown"}']),
)


@given(st.lists(ANY_EVENT, max_size=12), st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_answers_end_a_stream_in_audio_or_one_error(
    endpoint: Endpoint, messages: list[Message], accepts: bool
) -> None:
    async def play(peer: Peer) -> None:
        if accepts:
            await peer.accept()
        await peer.say(*messages)
        await peer.websocket.close()

    busy = RetryPolicy(max_tries=1, first_delay_s=0.001)
    async with playing(endpoint, play) as peers, TTSClient(endpoint, busy_retry=busy) as client:
        async with asyncio.timeout(10):
            said = await error_of(collect(client.synthesize("Good day.")))
        assert said.isprintable()
        await client.close()
        await peers[0].ended.wait()


async def error_of(work: Awaitable[object]) -> str:
    try:
        await work
    except ClientError as error:
        return str(error)
    return ""
