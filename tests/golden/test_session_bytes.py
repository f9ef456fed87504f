"""The server's side of protocol 0.1, byte for byte as it was recorded."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from tests.golden.conversations import ALL, take_down
from tests.golden.lines import DATA, read

from tts_server.errors import ERROR_TYPES
from tts_server.protocol.codec import CLIENT_TYPES, SERVER_TYPES

FILE = DATA / "golden_01_session.txt"
BEFORE_THE_SESSION = {"unauthorized"}
"""Refused with the HTTP status 401, before there is a session to speak in."""


def recorded() -> dict[str, list[str]]:
    """Read each conversation's lines."""
    found: dict[str, list[str]] = defaultdict(list)
    title = ""
    for line in read(FILE):
        title = line.removeprefix("# ") if line.startswith("# ") else title
        found[title].append(line)
    return found


def heard() -> list[dict[str, object]]:
    return [json.loads(line[4:]) for line in read(FILE) if line[1:4] == " < "]


def test_every_recorded_conversation_is_held() -> None:
    assert list(recorded()) == list(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_byte_of_a_conversation_is_as_it_was_recorded(name: str) -> None:
    assert take_down(name) == recorded()[name]


def test_every_event_of_the_server_was_recorded() -> None:
    assert {event["type"] for event in heard()} == set(SERVER_TYPES.values())


def test_every_event_of_the_client_was_recorded() -> None:
    said = "\n".join(json.loads(line[4:]) for line in read(FILE) if line[1:5] == ' > "')
    assert [name for name in CLIENT_TYPES.values() if f'"{name}"' not in said] == []


def test_every_code_of_an_error_was_recorded() -> None:
    codes = {error["code"] for event in heard() if isinstance(error := event.get("error"), dict)}
    assert codes == set(ERROR_TYPES) - BEFORE_THE_SESSION
