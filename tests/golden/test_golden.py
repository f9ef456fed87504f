"""Both sides of protocol 0.1, byte for byte as they were recorded; ``tests.golden.record`` records them."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest
from tests.golden.lines import DATA, read
from tests.golden.record import KINDS

from tts_server.errors import ERROR_TYPES
from tts_server.protocol.v01 import CLIENT_TYPES, SERVER_TYPES

BEFORE_THE_SESSION = {"unauthorized"}
"""Refused with the HTTP status 401, before there is a session to speak in."""


def recorded(kind: str) -> dict[str, list[str]]:
    """Read each conversation's lines."""
    found: dict[str, list[str]] = defaultdict(list)
    title = ""
    for line in read(DATA / f"golden_01_{kind}.txt"):
        title = line.removeprefix("# ") if line.startswith("# ") else title
        found[title].append(line)
    return found


def heard() -> list[dict[str, object]]:
    """Everything that the session's machine was ever recorded to send."""
    lines = [line for conversation in recorded("session").values() for line in conversation]
    return [json.loads(line[4:]) for line in lines if line[1:4] == " < "]


def said(kind: str) -> str:
    """Everything that clients were recorded to send."""
    lines = [line for conversation in recorded(kind).values() for line in conversation]
    return "\n".join(json.loads(line.partition(" > ")[2]) for line in lines if ' > "' in line)


@pytest.mark.parametrize("kind", KINDS)
def test_every_recorded_conversation_is_held(kind: str) -> None:
    assert list(recorded(kind)) == KINDS[kind][0]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in KINDS[kind][0]])
def test_every_byte_of_a_conversation_is_as_it_was_recorded(kind: str, name: str, short_dir: Path) -> None:
    assert KINDS[kind][1](name, short_dir) == recorded(kind)[name]


def test_every_event_of_the_server_was_recorded() -> None:
    assert {event["type"] for event in heard()} == set(SERVER_TYPES.values())


@pytest.mark.parametrize("kind", ["session", "client"])
def test_every_event_of_a_client_was_recorded(kind: str) -> None:
    everything = said(kind)
    assert [name for name in CLIENT_TYPES.values() if f'"{name}"' not in everything] == []


def test_every_code_of_an_error_was_recorded() -> None:
    codes = {error["code"] for event in heard() if isinstance(error := event.get("error"), dict)}
    assert codes == set(ERROR_TYPES) - BEFORE_THE_SESSION
