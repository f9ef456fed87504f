"""The session's rules are typed all through: each input can be followed to what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.test_boundaries import imports, modules

from tts_server.session.machine import SESSION_TABLE, SessionState
from tts_server.session.response import RESPONSE_TABLE, ResponseState

SESSION = sorted(name for name in modules() if name.startswith("session."))


def test_nothing_of_a_session_has_just_any_type() -> None:
    assert SESSION
    assert [name for name in SESSION if "typing.Any" in set(imports(modules()[name]))] == []


@pytest.mark.parametrize("table", [SESSION_TABLE, RESPONSE_TABLE], ids=["session", "response"])
def test_a_table_is_keyed_by_states_and_types_and_names_its_rules(table: Mapping[Any, Any]) -> None:
    assert table
    for (state, kind), rule in table.items():
        assert isinstance(state, SessionState | ResponseState)
        assert isinstance(kind, type)
        assert rule.kind is kind
        # A lambda has nothing to say of itself, and the page of the rules would have a gap.
        assert rule.summary
