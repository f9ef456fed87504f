"""The tables are whole, and the page drawn from them is current."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from tests.session.factories import make_machine

from tts_server.errors import LocalProtocolError
from tts_server.protocol import events as ev
from tts_server.session.inputs import Gone, OfConnection, Opened, Stopping
from tts_server.session.machine import SESSION_TABLE, SessionState
from tts_server.session.response import RESPONSE_TABLE
from tts_server.session.tables import render_tables, response_edges, session_edges

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "session.md"


def test_everything_has_a_rule_in_every_state_past_the_hello() -> None:
    states = set(SessionState) - {SessionState.NEW}
    kinds = {*get_args(ev.ClientEvent), *get_args(OfConnection)} - {Opened}
    assert {key for key in SESSION_TABLE if key[0] in states} == {
        (state, k) for state in states for k in kinds
    }
    assert {kind for state, kind in SESSION_TABLE if state is SessionState.NEW} == {Opened, Gone, Stopping}


def test_every_rule_takes_what_its_key_says_and_nothing_else() -> None:
    for (_, kind), rule in {**SESSION_TABLE}.items():
        assert rule.kind is kind
        with pytest.raises(LocalProtocolError, match=f"a rule for {kind.__name__} was given a object"):
            rule.apply(make_machine(), object(), 0.0)


def test_every_rule_says_in_one_line_what_it_does() -> None:
    summaries = [rule.summary for rule in SESSION_TABLE.values()]
    summaries += [rule.summary for rule in RESPONSE_TABLE.values()]
    for summary in summaries:
        assert summary.endswith(".")


@pytest.mark.parametrize(
    "edge",
    [
        (SessionState.NEW, "open", SessionState.OPEN),
        (SessionState.OPEN, "session.close", SessionState.ENDED),
        (SessionState.OPEN, "session.close", SessionState.CLOSING),
        (SessionState.OPEN, "the server stops", SessionState.CLOSING),
        (SessionState.CLOSING, "the last response ends", SessionState.ENDED),
        (SessionState.CLOSING, "the drain timer fires", SessionState.ENDED),
        (SessionState.ENDED, "the client reads nothing for too long", SessionState.CLOSED),
    ],
)
def test_a_change_of_state_is_found(edge: tuple[SessionState, str, SessionState]) -> None:
    assert edge in session_edges()


def test_a_session_never_goes_back() -> None:
    order = list(SessionState)
    assert all(order.index(before) < order.index(after) for before, _, after in session_edges())


def test_a_response_ends_once() -> None:
    assert response_edges() == [
        ("[*]", "input_text.commit", "submitted"),
        ("submitted", "admitted", "live"),
        ("submitted", "refused", "[*]"),
        ("live", "finished", "ending"),
        ("live", "failed", "ending"),
        ("live", "response.cancel", "cancelled"),
        ("ending", "left", "[*]"),
        ("ending", "response.cancel", "[*]"),
        ("cancelled", "finished", "[*]"),
        ("cancelled", "failed", "[*]"),
        ("cancelled", "released", "[*]"),
    ]


def test_the_page_in_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_tables(), (
        "run: python -m tts_server.session.tables > docs/reference/session.md"
    )
