"""The server takes no more sockets than the process may open."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.harness import client_of, running_server

from tts_server.limits import Limits
from tts_server.server import descriptors
from tts_server.server.descriptors import fitted


def test_enough_descriptors_lower_nothing() -> None:
    assert fitted(Limits(), 1024, 20) == (Limits(), "")


def test_few_descriptors_lower_the_limits_and_say_so() -> None:
    limits, warning = fitted(Limits(), 60, 10)
    assert limits.max_connections + limits.max_handshakes == 60 - 10 - 15
    assert "60 files may be open" in warning
    assert f"room for {limits.max_connections} connections" in warning


def test_fewer_handshakes_than_wished_are_not_worth_a_word() -> None:
    limits, warning = fitted(Limits(max_connections=64), 256, 20)
    assert limits.max_connections == 64
    assert warning == ""


@given(n_allowed=st.integers(1, 5000), n_open=st.integers(0, 3000), n_wanted=st.integers(1, 2000))
def test_some_client_always_gets_in(n_allowed: int, n_open: int, n_wanted: int) -> None:
    limits, warning = fitted(Limits(max_connections=n_wanted), n_allowed, n_open)
    assert 1 <= limits.max_connections <= n_wanted
    assert limits.max_handshakes >= 1
    assert bool(warning) or limits.max_connections == n_wanted
    if n_allowed - n_open > 100:
        assert limits.max_connections + limits.max_handshakes + n_open < n_allowed


async def test_server_warns_when_it_starts(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (60, 60))
    monkeypatch.setattr(descriptors, "_n_open", lambda: 10)
    async with running_server(short_dir) as server, client_of(server) as client:
        assert server.health().limits.max_connections < 64
        await client.speak("hello")
    assert [record for record in caplog.records if "60 files may be open" in record.getMessage()]
