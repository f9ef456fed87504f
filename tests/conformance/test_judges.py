"""The judges of a transcript see what is wrong, and only that."""

from __future__ import annotations

import base64
import json
from typing import Any, get_args

import pytest

from tts_server.conformance.ledger import Ledger
from tts_server.conformance.pattern import ABSENT, fill, mismatches
from tts_server.conformance.shapes import EVENT_SHAPES, shape_problems
from tts_server.conformance.transcript import parse_transcript
from tts_server.errors import ConfigError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import SERVER_TYPES, encode_server
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities

RATE_HZ = 24000
FRAME = base64.b64encode(bytes(960)).decode()
SHORT = base64.b64encode(bytes(10)).decode()
BACKEND, AUDIO = BackendInfo("tone", "tone-1"), AudioFormat(RATE_HZ)
SESSION = ev.SessionState("sess_1", None, "tone-1", None, {})
DETAIL = ev.ErrorDetail("rate_limit_error", "busy", "full; at most 3", event_id="e", retry_after_ms=9)

FULL_EVENTS: list[ev.ServerEvent] = [
    ev.Hello("evt", BACKEND, AUDIO, Capabilities(streaming=True, languages=("en",), voice_count=0), 2000),
    ev.SessionCreated("evt", SESSION, "e"),
    ev.SessionUpdated("evt", SESSION, "e"),
    ev.TextCommitted("evt", "r", "e"),
    ev.TextCleared("evt", "e"),
    ev.ResponseCreated("evt", "r"),
    ev.AudioDelta("evt", "r", 0, bytes(960)),
    ev.AudioDone("evt", "r", 20.0),
    ev.ResponseCancelled("evt", "r", "e"),
    ev.ResponseFailed("evt", "r", ev.ErrorDetail("server_error", "backend_error", "no")),
    ev.SessionClosed("evt", "sess_1", "client_close", "e"),
    ev.ServerStatus("evt", "sess_1", BACKEND, AUDIO, 0, 0, (), 0, 1.5, 7, "e"),
    ev.ErrorOccurred("evt", DETAIL, "e"),
]
"""One of each event with every field that it can have."""


def wire(event: ev.ServerEvent) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(encode_server(event))
    return result


def test_the_frozen_shapes_are_those_of_the_events() -> None:
    assert {type(event) for event in FULL_EVENTS} == set(get_args(ev.ServerEvent))
    assert set(EVENT_SHAPES) == set(SERVER_TYPES.values())


@pytest.mark.parametrize("event", FULL_EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_with_all_its_fields_fits_its_shape_exactly(event: ev.ServerEvent) -> None:
    message = wire(event)
    assert shape_problems(message) == []
    shape = EVENT_SHAPES[message.pop("type")]
    assert {name.removesuffix("?") for name in shape} == set(message)


@pytest.mark.parametrize("event", FULL_EVENTS, ids=lambda event: type(event).__name__)
def test_a_field_too_many_or_too_few_is_seen(event: ev.ServerEvent) -> None:
    assert shape_problems({**wire(event), "extra": 1})
    for name, kind in EVENT_SHAPES[wire(event)["type"]].items():
        without = {key: value for key, value in wire(event).items() if key != name.removesuffix("?")}
        assert bool(shape_problems(without)) is not name.endswith("?")
        if isinstance(kind, dict):
            assert shape_problems({**wire(event), name: {**wire(event)[name], "extra": 1}})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"type": "response.words"}, "does not have"),
        ({"previous_event_id": 5}, "expected a string"),
        ({"retry_after_ms": -1}, "expected a count"),
        ({"retry_after_ms": True}, "expected a count"),
        ({"error": {"type": "server_error", "code": "busy", "message": "m"}}, "expected 'rate_limit_error'"),
        ({"error": {"type": "rate_limit_error", "code": "full", "message": "m"}}, "does not have"),
        ({"error": {"type": "rate_limit_error", "code": "busy", "message": "in /home/me/x.py"}}, "a path"),
        ({"error": {"type": "rate_limit_error", "code": "busy", "message": "a\nb"}}, "one line"),
        ({"error": {"type": "rate_limit_error", "code": "busy", "message": ""}}, "one line"),
    ],
)
def test_a_wrong_form_is_seen(change: dict[str, Any], problem: str) -> None:
    problems = shape_problems({**wire(FULL_EVENTS[-1]), **change})
    assert len(problems) == 1
    assert problem in problems[0]


def test_an_optional_field_that_the_pattern_does_not_name_must_be_absent() -> None:
    message = wire(ev.TextCleared("evt", "e"))
    assert shape_problems(message, {"type": "input_text.cleared"}) == [
        "previous_event_id is 'e', and should not be there"
    ]
    assert shape_problems(message, {"type": "input_text.cleared", "previous_event_id": "e"}) == []


HELLO = wire(FULL_EVENTS[0])
COMMITTED = {"type": "input_text.committed", "response_id": "r"}
CREATED = {"type": "response.created", "response_id": "r"}
DONE = {"type": "response.audio.done", "response_id": "r", "duration_ms": 20}
CANCELLED = {"type": "response.cancelled", "response_id": "r"}
CLEARED = {"type": "input_text.cleared"}
CLOSED = {"type": "session.closed", "session_id": "sess_1"}


def delta(seq: int, audio: str = FRAME) -> dict[str, Any]:
    return {"type": "response.audio.delta", "response_id": "r", "seq": seq, "audio": audio}


def session(kind: str, session_id: str = "sess_1") -> dict[str, Any]:
    return {"type": f"session.{kind}", "session": {"id": session_id}}


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ([HELLO, COMMITTED, CREATED, delta(0), DONE, CLOSED], None),
        ([HELLO, COMMITTED, CREATED, delta(0), delta(1, SHORT), CANCELLED], None),
        ([HELLO, session("created"), session("updated"), session("updated")], None),
        ([CLEARED], "before server.hello"),
        ([HELLO, HELLO], "server.hello again"),
        ([HELLO, session("updated")], "expected session.created"),
        ([HELLO, session("created"), session("created")], "expected session.updated"),
        ([HELLO, session("created"), session("updated", "sess_2")], "the session's id became"),
        ([HELLO, session("created", "sess_2"), CLOSED], "the session's id became"),
        ([HELLO, COMMITTED, CLEARED], "expected its response.created"),
        ([HELLO, CREATED], "without input_text.committed"),
        ([HELLO, COMMITTED, CREATED, CANCELLED, COMMITTED], "id of an earlier response"),
        ([HELLO, delta(0)], "which was not created"),
        ([HELLO, DONE], "which was not created"),
        ([HELLO, COMMITTED, CREATED, delta(1)], "seq is 1, expected 0"),
        ([HELLO, COMMITTED, CREATED, delta(0), delta(0)], "seq is 0, expected 1"),
        ([HELLO, COMMITTED, CREATED, delta(0, "AAA")], "no base64"),
        ([HELLO, COMMITTED, CREATED, delta(0, "AA==")], "a frame of 1 bytes"),
        ([HELLO, COMMITTED, CREATED, delta(0, "")], "a frame of 0 bytes"),
        ([HELLO, COMMITTED, CREATED, delta(0, FRAME * 2)], "a frame of 1920 bytes"),
        ([HELLO, COMMITTED, CREATED, delta(0, SHORT), delta(1)], "after one that was shorter"),
        ([HELLO, COMMITTED, CREATED, delta(0), {**DONE, "duration_ms": 22}], "20 ms were sent"),
        ([HELLO, COMMITTED, CREATED, CANCELLED, delta(0)], "after its response.cancelled"),
        ([HELLO, COMMITTED, CREATED, CANCELLED, CANCELLED], "after its response.cancelled"),
        ([HELLO, COMMITTED, CREATED, CLOSED], "has not ended"),
        ([HELLO, CLOSED, CLEARED], "after session.closed"),
    ],
)
def test_the_ledger_sees_what_comes_at_a_wrong_time(
    events: list[dict[str, Any]], problem: str | None
) -> None:
    ledger = Ledger()
    for event in events[:-1]:
        assert ledger.take(event) == []
    problems = ledger.take(events[-1])
    assert problems == [] if problem is None else problem in problems[0]


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (1, 1.0, True),
        (1, True, False),
        (None, None, True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 2}, False),
        ({"a": {"$absent": True}}, {"b": 2}, True),
        ({"a": {"$absent": True}}, {"a": None}, False),
        ({"$exactly": {"a": 1}}, {"a": 1, "b": 2}, False),
        ({"$exactly": {"a": [1, True]}}, {"a": [1, 1]}, False),
        ({"$any": "string"}, "", True),
        ({"$any": "string"}, ABSENT, False),
        ({"$any": "integer"}, True, False),
        ({"$any": "number"}, 1, True),
        ({"$range": [1, 3]}, 3, True),
        ({"$range": [1, 3]}, 3.5, False),
        ({"$range": [None, 3]}, "2", False),
        ({"$one_of": [1, "a"]}, "a", True),
        ({"$one_of": [1, "a"]}, True, False),
        ({"$contains": "b"}, "abc", True),
        ({"$contains": ["a", {"$ref": "known.0"}]}, "ax", True),
        ({"$contains": ["a", "y"]}, ["a"], False),
        ({"$length": 2}, [1, 2], True),
        ({"$same": "known.0"}, "x", True),
        ({"$same": "known.0"}, "y", False),
        ({"$not_same": "known.0"}, "x", False),
        ({"$less_than": "number"}, 5, False),
        ({"$less_than": "number", "$range": [1, None]}, 4, True),
        ({"a": {"$capture": "new"}, "b": {"$same": "new"}}, {"a": 1, "b": 1}, True),
        ({"a": {"$capture": "new"}, "b": {"$same": "new"}}, {"a": 1, "b": 2}, False),
    ],
)
def test_a_pattern_fits_or_not(pattern: Any, value: Any, fits: bool) -> None:
    problems = mismatches(pattern, value, {"known": ["x"], "number": 5})
    assert (problems == []) is fits


def test_a_template_is_filled() -> None:
    variables = {"n": 2, "names": ["en"], "slow_extra": "work_ms"}
    assert fill({"$repeat": "ab", "$times": {"$ref": "n"}, "$plus": 1}, variables) == "ababab"
    assert fill({"x": [{"$upper": "names.0"}]}, variables) == {"x": ["EN"]}
    assert fill({"extras": {"$slow": 5}}, variables) == {"extras": {"work_ms": 5}}
    assert fill({"extras": {"$slow": 5}}, {"slow_extra": None}) == {"extras": {}}
    with pytest.raises(ConfigError, match="nothing"):
        fill({"$ref": "nothing"}, variables)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "other"}, "its name"),
        ({"rules": []}, "names no rule"),
        ({"rules": ["no.such"]}, "no rule 'no.such'"),
        ({"requires": ["luck"]}, "no requirement 'luck'"),
        ({"steps": [{}]}, "a step does one of"),
        ({"steps": [{"connect": {}, "send": {}}]}, "a step does one of"),
        ({"steps": [{"send": {}, "audio": "none"}]}, "no field 'audio'"),
        ({"steps": [{"connect": {"nome": "a"}}]}, "no field 'nome'"),
        ({"steps": [{"expect": {"a": {"$sane": "b"}}}]}, r"there is no \$sane"),
        ({"colour": "red"}, "a transcript has"),
    ],
)
def test_a_transcript_of_the_wrong_form_is_refused(change: dict[str, Any], problem: str) -> None:
    good = {"name": "t", "title": "T", "rules": ["text.append"], "steps": [{"connect": {}}]}
    assert parse_transcript("t", json.dumps(good)).title == "T"
    with pytest.raises(ConfigError, match=problem):
        parse_transcript("t", json.dumps({**good, **change}))
