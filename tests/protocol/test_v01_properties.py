"""Round trips of any event, and hostile messages."""

from __future__ import annotations

import json
from typing import Any, get_args

from hypothesis import example, given
from hypothesis import strategies as st
from tests.protocol.test_json_text import JSON_VALUES

from tts_server.errors import ERROR_TYPES, RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT_TYPES, decode_client, decode_server, encode_client, encode_server
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities, ExtraSpec

STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
OPTIONAL = st.none() | STRINGS
COUNTS = st.integers(0, 10**12)
EXTRAS = st.dictionaries(STRINGS, JSON_VALUES, max_size=3)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)

CLIENT_EVENTS: st.SearchStrategy[ev.ClientEvent] = st.one_of(
    st.builds(ev.UpdateSession, OPTIONAL, OPTIONAL, OPTIONAL, OPTIONAL, OPTIONAL, st.none() | EXTRAS),
    st.builds(ev.AppendText, TEXTS, OPTIONAL, OPTIONAL),
    st.builds(ev.CommitText, OPTIONAL, OPTIONAL, OPTIONAL, st.none() | EXTRAS),
    st.builds(ev.ClearText, OPTIONAL),
    st.builds(ev.CancelResponse, OPTIONAL, OPTIONAL),
    st.builds(ev.CancelSession, OPTIONAL),
    st.builds(ev.CloseSession, OPTIONAL),
    st.builds(ev.RequestStatus, OPTIONAL),
)

BACKENDS = st.builds(BackendInfo, STRINGS, STRINGS)
AUDIO_FORMATS = st.builds(AudioFormat, COUNTS, STRINGS, COUNTS)
NAMES = st.lists(STRINGS, max_size=3).map(tuple)


def capabilities_of(voice_count: int, extras: tuple[str, ...], languages: tuple[str, ...]) -> Capabilities:
    """What a hello can carry of a backend's capabilities."""
    return Capabilities(
        streaming=bool(voice_count % 2),
        languages=languages,
        voice_count=voice_count,
        voices=None if voice_count else (),
        extras={key: ExtraSpec("any") for key in extras},
    )


CAPABILITIES = st.builds(capabilities_of, COUNTS, NAMES, NAMES)
STATES = st.builds(ev.SessionState, STRINGS, OPTIONAL, STRINGS, OPTIONAL, EXTRAS, STRINGS)
CODES = st.sampled_from(sorted(ERROR_TYPES))
FAULTS = st.builds(
    lambda code, message, event_id, retry_ms: ev.ErrorDetail(
        ERROR_TYPES[code], code, message, event_id, retry_ms
    ),
    *(CODES, STRINGS, OPTIONAL, st.none() | COUNTS),
)
MILLISECONDS = st.floats(0, 1e9)
PCM = st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2])

SERVER_EVENTS: st.SearchStrategy[ev.ServerEvent] = st.one_of(
    st.builds(ev.Hello, STRINGS, BACKENDS, AUDIO_FORMATS, CAPABILITIES, COUNTS, STRINGS),
    st.builds(ev.SessionCreated, STRINGS, STATES, OPTIONAL),
    st.builds(ev.SessionUpdated, STRINGS, STATES, OPTIONAL),
    st.builds(ev.TextCommitted, STRINGS, STRINGS, OPTIONAL),
    st.builds(ev.TextCleared, STRINGS, OPTIONAL),
    st.builds(ev.ResponseCreated, STRINGS, STRINGS),
    st.builds(ev.AudioDelta, STRINGS, STRINGS, COUNTS, PCM),
    st.builds(ev.AudioDone, STRINGS, STRINGS, MILLISECONDS),
    st.builds(ev.ResponseCancelled, STRINGS, STRINGS, OPTIONAL),
    st.builds(ev.ResponseFailed, STRINGS, STRINGS, FAULTS),
    st.builds(ev.SessionClosed, STRINGS, STRINGS, STRINGS, OPTIONAL),
    st.builds(
        ev.ServerStatus,
        *(STRINGS, STRINGS, BACKENDS, AUDIO_FORMATS, COUNTS, COUNTS, NAMES, COUNTS, MILLISECONDS, COUNTS),
        OPTIONAL,
    ),
    st.builds(ev.ErrorOccurred, STRINGS, FAULTS, OPTIONAL),
)


@given(CLIENT_EVENTS)
def test_a_client_event_survives_the_wire(event: ev.ClientEvent) -> None:
    assert decode_client(encode_client(event)) == event


@given(SERVER_EVENTS)
def test_a_server_event_survives_the_wire(event: ev.ServerEvent) -> None:
    assert decode_server(encode_server(event)) == event


def test_every_client_event_has_a_type() -> None:
    assert set(CLIENT_TYPES) == set(get_args(ev.ClientEvent))


MANGLED: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(CLIENT_TYPES.values())) | JSON_VALUES},
    optional=dict.fromkeys(
        ("event_id", "text", "text_format", "voice", "language", "extras", "response_id", "x"), JSON_VALUES
    ),
)


@given(MANGLED.map(json.dumps) | JSON_VALUES.map(json.dumps) | st.text() | st.binary())
@example('{"type":"session.update","extras":{"a":' + "[" * 5000 + "]" * 5000 + "}}")
@example("[" * 200_000)
@example('{"type":"input_text.append","text":"' + "\\u0000" * 5 + '"}')
def test_hostile_messages_raise_nothing_but_remote_protocol_errors(message: str | bytes) -> None:
    for decode in (decode_client, decode_server):
        try:
            decode(message)
        except RemoteProtocolError as error:
            assert error.code in ERROR_TYPES  # noqa: PT017 - both ends are right
            assert str(error).isprintable()  # noqa: PT017
