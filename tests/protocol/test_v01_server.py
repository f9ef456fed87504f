"""What servers send, message by message."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import audio_bytes, decode_server, encode_server
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities, ExtraSpec, Voice

CAPABILITIES = Capabilities(
    streaming=True,
    languages=("en", "fr"),
    voice_count=2,
    voices=(Voice("a", "en"), Voice("b", "fr")),
    extras={"speed": ExtraSpec("number", 0.5, 2.0), "accent": ExtraSpec("string")},
    ideal_words=30,
)
BACKEND = BackendInfo("tone", "sine")
AUDIO = AudioFormat(24000)


def hello() -> ev.Hello:
    return ev.Hello("evt_1", BACKEND, AUDIO, CAPABILITIES, max_text_chars=2000)


STATE = ev.SessionState("s", None, "sine", None, {})

SERVER_MESSAGES: list[tuple[ev.ServerEvent, dict[str, Any]]] = [
    (
        hello(),
        {
            "type": "server.hello",
            "event_id": "evt_1",
            "protocol_version": "0.1",
            "backend": {"name": "tone", "model": "sine"},
            "audio": {"format": "pcm16", "rate": 24000, "channels": 1},
            "capabilities": {
                "streaming": True,
                "binary_audio": False,
                "text_formats": ["plain"],
                "languages": ["en", "fr"],
                "voice_count": 2,
                "extras": ["accent", "speed"],
                "ideal_words": 30,
                "max_text_chars": 2000,
            },
        },
    ),
    (
        ev.SessionCreated("1", STATE, "e"),
        {
            "type": "session.created",
            "event_id": "1",
            "previous_event_id": "e",
            "session": {
                "id": "s",
                "voice": None,
                "model": "sine",
                "language": None,
                "extras": {},
                "audio_format": "pcm16",
            },
        },
    ),
    (
        ev.SessionUpdated("1", ev.SessionState("s", "v", "m", "en", {"speed": 1.5, "n": 2.0})),
        {
            "type": "session.updated",
            "event_id": "1",
            "session": {
                "id": "s",
                "voice": "v",
                "model": "m",
                "language": "en",
                "extras": {"speed": 1.5, "n": 2.0},
                "audio_format": "pcm16",
            },
        },
    ),
    (
        ev.TextCommitted("1", "r", "e"),
        {"type": "input_text.committed", "event_id": "1", "response_id": "r", "previous_event_id": "e"},
    ),
    (ev.TextCleared("1"), {"type": "input_text.cleared", "event_id": "1"}),
    (ev.ResponseCreated("1", "r"), {"type": "response.created", "event_id": "1", "response_id": "r"}),
    (
        ev.AudioDelta("1", "r", 3, b"\x01\x02\xff\xfe"),
        {
            "type": "response.audio.delta",
            "event_id": "1",
            "response_id": "r",
            "seq": 3,
            "audio": base64.b64encode(b"\x01\x02\xff\xfe").decode(),
        },
    ),
    (
        ev.AudioDone("1", "r", 41.667),
        {"type": "response.audio.done", "event_id": "1", "response_id": "r", "duration_ms": 41.667},
    ),
    (ev.ResponseCancelled("1", "r"), {"type": "response.cancelled", "event_id": "1", "response_id": "r"}),
    (
        ev.ResponseFailed("1", "r", ev.ErrorDetail("server_error", "backend_error", "It broke.")),
        {
            "type": "response.failed",
            "event_id": "1",
            "response_id": "r",
            "error": {"type": "server_error", "code": "backend_error", "message": "It broke."},
        },
    ),
    (
        ev.SessionClosed("1", "s", "client_close"),
        {"type": "session.closed", "event_id": "1", "session_id": "s", "reason": "client_close"},
    ),
    (
        ev.ServerStatus("1", "s", BACKEND, AUDIO, 3, 2, ("a", "b"), 7, 12.5, 4242, "e"),
        {
            "type": "server.status",
            "event_id": "1",
            "session_id": "s",
            "backend": {"name": "tone", "model": "sine"},
            "audio": {"format": "pcm16", "rate": 24000, "channels": 1},
            "queue_depth": 3,
            "voice_count": 2,
            "voices": ["a", "b"],
            "buffered_chars": 7,
            "uptime_seconds": 12.5,
            "pid": 4242,
            "previous_event_id": "e",
        },
    ),
    (
        ev.ErrorOccurred("1", ev.ErrorDetail("rate_limit_error", "busy", "Later.", "e", 120), "e"),
        {
            "type": "error",
            "event_id": "1",
            "error": {
                "type": "rate_limit_error",
                "code": "busy",
                "message": "Later.",
                "event_id": "e",
                "retry_after_ms": 120,
            },
            "previous_event_id": "e",
            "retry_after_ms": 120,
        },
    ),
    (
        ev.ErrorOccurred("1", ev.ErrorDetail("invalid_request_error", "invalid_json", "No.")),
        {
            "type": "error",
            "event_id": "1",
            "error": {"type": "invalid_request_error", "code": "invalid_json", "message": "No."},
        },
    ),
]


@pytest.mark.parametrize(("event", "message"), SERVER_MESSAGES)
def test_a_server_event_is_written(event: ev.ServerEvent, message: dict[str, Any]) -> None:
    assert json.loads(encode_server(event)) == message


@pytest.mark.parametrize(("event", "message"), SERVER_MESSAGES[1:])
def test_a_server_event_is_read_back(event: ev.ServerEvent, message: dict[str, Any]) -> None:
    assert decode_server(json.dumps({**message, "something_new": 1})) == event


def test_a_hello_is_read_without_what_it_does_not_say() -> None:
    event = decode_server(encode_server(hello()))
    assert isinstance(event, ev.Hello)
    assert event.max_text_chars == 2000
    assert (event.backend, event.audio, event.protocol_version) == (BACKEND, AUDIO, "0.1")
    assert event.capabilities == Capabilities(
        streaming=True,
        languages=("en", "fr"),
        voice_count=2,
        voices=None,
        extras={"accent": ExtraSpec("any"), "speed": ExtraSpec("any")},
        ideal_words=30,
    )


def test_a_hello_is_read_with_all_that_differs_from_what_is_usual() -> None:
    message = json.loads(encode_server(hello()))
    message["capabilities"] |= {"binary_audio": True, "text_formats": ["plain", "phonemes"]}
    event = decode_server(json.dumps(message))
    assert isinstance(event, ev.Hello)
    assert event.capabilities.binary_audio
    assert event.capabilities.text_formats == ("plain", "phonemes")


def test_a_hello_of_a_backend_without_voices_lists_none() -> None:
    capabilities = Capabilities(streaming=False, languages=(), voice_count=0)
    event = decode_server(encode_server(ev.Hello("1", BACKEND, AUDIO, capabilities, 5)))
    assert isinstance(event, ev.Hello)
    assert event.capabilities == capabilities


def test_whole_milliseconds_are_written_as_integers() -> None:
    assert '"duration_ms":20}' in encode_server(ev.AudioDone("1", "r", 20.0))
    assert '"duration_ms":0}' in encode_server(ev.AudioDone("1", "r", 0.0))
    assert '"duration_ms":0.042}' in encode_server(ev.AudioDone("1", "r", 0.042))


def test_an_unknown_server_event_is_none() -> None:
    assert decode_server('{"type":"response.words","words":[]}') is None


def test_ids_with_quotes_are_escaped_in_audio_frames() -> None:
    message = encode_server(ev.AudioDelta('a"b', "c\\d\n", 0, b""))
    assert decode_server(message) == ev.AudioDelta('a"b', "c\\d\n", 0, b"")


@pytest.mark.parametrize(
    "message",
    [
        b"\x54\x41",
        "[]",
        "{}",
        '{"type":7}',
        '{"type":"response.created","event_id":"1"}',
        '{"type":"response.created","event_id":1,"response_id":"r"}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":-1,"audio":""}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":true,"audio":""}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":0,"audio":"AA=="}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":0,"audio":"A*AA"}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":0,"audio":"AA*AA"}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":0,"audio":[]}',
        '{"type":"response.audio.delta","event_id":"1","response_id":"r","seq":0}',
        '{"type":"response.audio.done","event_id":"1","response_id":"r","duration_ms":"5"}',
        '{"type":"response.audio.done","event_id":"1","response_id":"r","duration_ms":true}',
        '{"type":"error","event_id":"1","error":"busy"}',
        '{"type":"error","event_id":"1","error":{"code":"busy"}}',
        '{"type":"session.created","event_id":"1","session":{"id":"s"}}',
        '{"type":"server.hello","event_id":"1","capabilities":[]}',
        '{"type":"server.hello","event_id":"1","capabilities":{"streaming":1}}',
    ],
)
def test_a_bad_server_event_is_refused(message: str | bytes) -> None:
    with pytest.raises(RemoteProtocolError, match=r"^the server sent a .* (read|'type')$"):
        decode_server(message)


@pytest.mark.parametrize("n_samples", [1, 7, 480, 882])
def test_how_long_the_message_of_audio_is_is_told_within_a_few_in_a_hundred(n_samples: int) -> None:
    event = ev.AudioDelta("evt_1234", "resp_01234567_12", 123, b"\1\0" * n_samples)
    n_bytes = len(encode_server(event))
    assert abs(audio_bytes(event) - n_bytes) <= 0.05 * n_bytes + 12
