"""Whatever a client sends, the session answers with events that can be written and read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.test_json_text import JSON_VALUES
from tests.session.factories import EXTRAS, VOICES, make_machine

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT_TYPES, decode_client, decode_server, encode_server
from tts_server.session.effects import Effect, ReportStatus, Send, Submit
from tts_server.session.inputs import Admitted, Received, Reported, Unreadable
from tts_server.session.machine import SessionMachine

VALUES = JSON_VALUES | st.sampled_from(
    [*(voice.name for voice in VOICES), "en", "FR", "ja", "pcm16", "plain", "hi"]
)
FIELDS = st.dictionaries(st.sampled_from([*EXTRAS, "voice", "other"]), VALUES, max_size=3)
MESSAGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(CLIENT_TYPES.values()))},
    optional={
        **dict.fromkeys(
            ("voice", "language", "text", "model", "audio_format", "text_format", "other"), VALUES
        ),
        "event_id": st.text(max_size=5) | st.integers(),
        "response_id": st.sampled_from(["resp_abcdefgh_1", "x"]),
        "extras": FIELDS | VALUES,
    },
)


def answer(machine: SessionMachine, message: str | bytes) -> list[Effect]:
    try:
        event = decode_client(message)
    except RemoteProtocolError as error:
        return machine.handle(Unreadable(error), 0.0)
    effects = machine.handle(Received(event), 0.0)
    for effect in list(effects):
        if isinstance(effect, Submit):
            effects += machine.handle(Admitted(effect.response_id), 0.0)
        elif isinstance(effect, ReportStatus):
            effects += machine.handle(Reported(effect.previous_event_id, 0, 1.5, 1), 0.0)
    return effects


@given(st.lists(MESSAGES.map(json.dumps) | st.text(max_size=9) | st.binary(max_size=9), max_size=8))
def test_every_answer_to_hostile_messages_can_be_written_and_read(messages: list[str | bytes]) -> None:
    machine = make_machine()
    for message in messages:
        for effect in answer(machine, message):
            if isinstance(effect, Send):
                assert decode_server(encode_server(effect.event)) == effect.event
                if isinstance(effect.event, ev.ErrorOccurred):
                    assert effect.event.error.message.isprintable()
                    assert len(effect.event.error.message) < 1000
