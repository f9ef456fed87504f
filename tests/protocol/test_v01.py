"""What clients send, message by message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tts_server.errors import LocalProtocolError, RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import SERVER, decode_client, encode_client


def refusal(message: str | bytes) -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_client(message)
    return caught.value


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"type": "session.update"}, ev.UpdateSession()),
        (
            {
                "type": "session.update",
                "event_id": "e",
                "voice": "v",
                "model": "m",
                "language": "l",
                "audio_format": "pcm16",
                "extras": {"a": [1]},
            },
            ev.UpdateSession("e", "v", "m", "l", "pcm16", {"a": [1]}),
        ),
        (
            {"type": "session.update", "event_id": None, "voice": None, "extras": None, "audio_format": None},
            ev.UpdateSession(),
        ),
        ({"type": "input_text.append", "text": ""}, ev.AppendText("")),
        (
            {"type": "input_text.append", "event_id": "e", "text": "Hi.", "text_format": "plain", "x": 1},
            ev.AppendText("Hi.", "e", "plain"),
        ),
        (
            {"type": "input_text.commit", "event_id": "e", "voice": "v", "language": "l", "extras": {}},
            ev.CommitText("e", "v", "l", {}),
        ),
        ({"type": "input_text.clear", "event_id": "e"}, ev.ClearText("e")),
        ({"type": "response.cancel", "event_id": "e", "response_id": "r"}, ev.CancelResponse("e", "r")),
        ({"type": "response.cancel"}, ev.CancelResponse()),
        ({"type": "session.cancel", "event_id": "e"}, ev.CancelSession("e")),
        ({"type": "session.close", "event_id": "e", "anything": []}, ev.CloseSession("e")),
        ({"type": "server.status", "event_id": "e"}, ev.RequestStatus("e")),
    ],
)
def test_a_client_event_is_read(message: dict[str, Any], event: ev.ClientEvent) -> None:
    assert decode_client(json.dumps(message)) == event


@pytest.mark.parametrize(
    ("message", "code", "event_id", "complaint"),
    [
        (
            b'{"type":"session.close"}',
            "invalid_event",
            None,
            "a binary frame is not accepted; send each event as a JSON text frame",
        ),
        ("[]", "invalid_event", None, "must be a JSON object with a 'type', not a list"),
        ("null", "invalid_event", None, "not null"),
        ("3", "invalid_event", None, "not 3"),
        ('"hello"', "invalid_event", None, "not 'hello'"),
        ('{"type":', "invalid_json", None, "not valid JSON"),
        ("{}", "invalid_event", None, "'type' is missing; accepted are: session.update, input_text.append"),
        ('{"event_id":"e"}', "invalid_event", "e", "'type' is missing"),
        ('{"type":5,"event_id":"e"}', "invalid_event", "e", "'type' must be a string, not 5; accepted are"),
        ('{"type":null}', "invalid_event", None, "'type' must be a string, not null"),
        (
            '{"type":"session.close","event_id":7}',
            "invalid_event",
            None,
            "'event_id' must be a string, not 7",
        ),
        ('{"event_id":true}', "invalid_event", None, "'event_id' must be a string, not true"),
        (
            '{"type":"speak","event_id":"e"}',
            "unsupported_event",
            "e",
            "'speak' is not supported; accepted are",
        ),
        ('{"type":"server.hello"}', "unsupported_event", None, "'server.hello' is not supported"),
        (
            '{"type":"session.update","event_id":"e","voise":"a"}',
            "invalid_config",
            "e",
            "session.update has no field 'voise'; accepted are: voice, model, language, audio_format, extras",
        ),
        ('{"type":"session.update","voise":null}', "invalid_config", None, "no field 'voise'"),
        (
            '{"type":"input_text.commit","audio_format":"pcm16"}',
            "invalid_config",
            None,
            "input_text.commit has no field 'audio_format'; accepted are: voice, language, extras",
        ),
        ('{"type":"session.update","voice":5}', "invalid_config", None, "'voice' must be a string, not 5"),
        (
            '{"type":"session.update","model":true}',
            "invalid_config",
            None,
            "'model' must be a string, not true",
        ),
        (
            '{"type":"session.update","language":["en"]}',
            "invalid_config",
            None,
            "'language' must be a string",
        ),
        (
            '{"type":"session.update","extras":[]}',
            "invalid_config",
            None,
            "'extras' must be an object, not a list",
        ),
        ('{"type":"input_text.commit","extras":"x"}', "invalid_config", None, "'extras' must be an object"),
        (
            '{"type":"session.update","audio_format":{"format":"pcm16"}}',
            "unsupported_format",
            None,
            "'audio_format' must be a string, not an object",
        ),
        (
            '{"type":"input_text.append","event_id":"e"}',
            "invalid_config",
            "e",
            "input_text.append needs 'text', a string",
        ),
        ('{"type":"input_text.append","text":null}', "invalid_config", None, "needs 'text', a string"),
        (
            '{"type":"input_text.append","text":5,"event_id":"e"}',
            "invalid_config",
            "e",
            "must be a string, not 5",
        ),
        (
            r'{"type":"input_text.append","text":"ab\u0000c\u0000","event_id":"e"}',
            "invalid_config",
            "e",
            "the character U+0000 at index 2",
        ),
        (
            '{"type":"input_text.append","text":"a","text_format":1}',
            "invalid_config",
            None,
            "'text_format' must be",
        ),
        (
            '{"type":"response.cancel","response_id":3}',
            "invalid_config",
            None,
            "'response_id' must be a string",
        ),
    ],
)
def test_a_bad_message_is_refused_with_code_id_and_reason(
    message: str | bytes, code: str, event_id: str | None, complaint: str
) -> None:
    error = refusal(message)
    assert (error.code, error.event_id) == (code, event_id)
    assert complaint in str(error)


@pytest.mark.parametrize("char", ["a", "é", "音", "😀"])
def test_an_event_id_is_echoed_up_to_its_limit_and_no_further(char: str) -> None:
    longest = char * ev.MAX_EVENT_ID_CHARS
    assert decode_client(json.dumps({"type": "session.close", "event_id": longest})) == ev.CloseSession(
        longest
    )
    for kind in ("session.close", "no such type", 7, None):
        error = refusal(json.dumps({"type": kind, "event_id": longest + char}))
        assert (error.code, error.event_id) == ("invalid_event", None)
        assert (
            str(error) == f"'event_id' must have at most 200 characters, not '{char * 40}'… (201 characters)"
        )


def test_every_code_of_the_codec_names_an_error_type() -> None:
    assert refusal("{").error_type == "invalid_request_error"


def test_what_is_no_number_of_json_is_not_sent() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        encode_client(ev.CommitText(extras={"speed": float("nan")}))


def test_absent_fields_are_left_out_of_client_messages() -> None:
    assert json.loads(encode_client(ev.CommitText(voice="a"))) == {"type": "input_text.commit", "voice": "a"}
    assert json.loads(encode_client(ev.AppendText(""))) == {"type": "input_text.append", "text": ""}


@pytest.mark.parametrize(
    "event",
    [ev.AppendText("x", context_id="c"), ev.CommitText(context_id=""), ev.CancelResponse(context_id="c")],
)
def test_what_this_version_cannot_say_is_its_callers_mistake(event: ev.ClientEvent) -> None:
    with pytest.raises(LocalProtocolError, match="this version of the protocol has no field context_id"):
        encode_client(event)


def test_a_context_is_no_field_of_this_version() -> None:
    with pytest.raises(RemoteProtocolError, match=r"input_text\.commit has no field 'context_id'"):
        decode_client('{"type":"input_text.commit","context_id":"c"}')
    assert decode_client('{"type":"input_text.append","text":"x","context_id":"c"}') == ev.AppendText("x")


@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 160, 480])
def test_an_audio_message_is_as_long_as_it_is_said_to_be(n_samples: int) -> None:
    for number in (1, 999, 100_000):
        event = ev.AudioDelta(f"evt_{number}", f"resp_abcdefgh_{number}", number, bytes(2 * n_samples))
        assert abs(len(SERVER.encode(event)) - SERVER.audio_bytes(event)) <= 24
