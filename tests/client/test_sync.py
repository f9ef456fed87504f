"""The synchronous facade against a real server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tone_server import serving_aside

from tts_server.backends.tone import ToneScript
from tts_server.client import SyncTTSClient
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError, LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev


@pytest.fixture
def endpoint(short_dir: Path) -> Iterator[Endpoint]:
    with serving_aside(short_dir / "tts.sock", script=ToneScript(work_ms=2)) as endpoint:
        yield endpoint


def client_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tts-client"]


def test_every_method_waits_for_its_answer(endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        assert client.hello.backend.name == "tone"
        assert client.update(voice="bass").voice == "bass"
        client.append("Not this.")
        client.clear()
        client.append("Good day.")
        response_id = client.commit()
        ends = [e for e in until_done(client.events()) if isinstance(e, ev.AudioDone)]
        assert [end.response_id for end in ends] == [response_id]
        client.cancel()
        assert client.status().buffered_chars == 0
        assert client.close_session().reason == "client_close"
    assert client_threads() == []


def until_done(events: Iterator[ev.ServerEvent]) -> Iterator[ev.ServerEvent]:
    for event in events:
        yield event
        if isinstance(event, ev.AudioDone):
            return


def test_synthesize_yields_audio(endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        pcm = b"".join(client.synthesize(["Good ", "day."]))
        assert len(pcm) == 2 * 9 * 1440


def test_leaving_a_stream_early_frees_the_server(endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        for _ in client.synthesize("word " * 300):
            break
        assert b"".join(client.synthesize("Next."))


def test_errors_are_those_of_the_asynchronous_client(endpoint: Endpoint, short_dir: Path) -> None:
    with SyncTTSClient(endpoint) as client, pytest.raises(RequestRefusedError):
        client.commit()
    with pytest.raises(ConnectFailedError):
        SyncTTSClient(str(short_dir / "nobody.sock")).connect()
    assert client_threads() == []


def test_closed_client_says_so(endpoint: Endpoint) -> None:
    client = SyncTTSClient(endpoint)
    with pytest.raises(LocalProtocolError, match="not connected"):
        client.status()
    client.connect()
    client.close()
    client.close()
    with pytest.raises(LocalProtocolError, match="closed"):
        client.status()


async def test_it_works_beside_a_running_event_loop(endpoint: Endpoint) -> None:
    def speak() -> int:
        with SyncTTSClient(endpoint) as client:
            return len(b"".join(client.synthesize("Hi.")))

    assert await asyncio.to_thread(speak) == 2 * 3 * 1440


def test_session_can_be_cancelled(endpoint: Endpoint) -> None:
    with SyncTTSClient(endpoint) as client:
        client.append("word " * 100)
        client.commit()
        assert client.cancel_session().reason == "client_cancel"
