"""Where a server listens, and what it says when it cannot."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.server.harness import (
    client_of,
    names_in,
    running_server,
)

from tts_server.backends.base import ProgressCallback
from tts_server.backends.tone import ToneModel
from tts_server.endpoint import Endpoint
from tts_server.errors import EndpointError


async def test_socket_is_made_for_the_owner_alone_and_removed(short_dir: Path) -> None:
    folder = short_dir / "run"
    async with running_server(folder):
        assert stat.S_IMODE((folder / "tts.sock").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert names_in(folder) == []


async def test_second_server_on_a_path_is_refused_before_it_loads(short_dir: Path) -> None:
    class Watched(ToneModel):
        def load(self, progress: ProgressCallback) -> None:
            del progress
            raise AssertionError("loaded")

    async with running_server(short_dir) as server:
        with pytest.raises(EndpointError, match="another server is listening"):
            async with running_server(short_dir, Watched()):
                pass
        async with client_of(server) as client:
            await client.speak("still here")


async def test_tcp_port_of_the_systems_choice_is_told(short_dir: Path) -> None:
    async with running_server(short_dir, endpoint=Endpoint.tcp("127.0.0.1", 0)) as server:
        assert server.endpoint.port
        async with client_of(server) as client:
            await client.speak("hello")


async def test_tcp_port_in_use_is_refused_in_one_line(short_dir: Path) -> None:
    async with running_server(short_dir, endpoint=Endpoint.tcp("127.0.0.1", 0)) as server:
        with pytest.raises(EndpointError, match=r"cannot listen on 127\.0\.0\.1:\d+: Address already in use"):
            async with running_server(short_dir, endpoint=server.endpoint):
                pass


@pytest.mark.parametrize(
    "endpoint", [Endpoint.from_uri("ws://localhost:1/"), Endpoint.tcp("no.such.invalid", 1)]
)
async def test_address_that_cannot_be_listened_on_is_refused(short_dir: Path, endpoint: Endpoint) -> None:
    with pytest.raises(EndpointError, match="cannot listen on"):
        async with running_server(short_dir, endpoint=endpoint):
            pass
