"""Who is let in: tokens, origins, limits, all before the upgrade."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from tests.server.harness import (
    client_of,
    connecting,
    running_server,
    until_no_connections,
)
from websockets.exceptions import InvalidStatus

from tts_server.doors.stream import memory
from tts_server.limits import Limits


@pytest.mark.parametrize("token", [None, "", "wrong", "secre", "secrets", "sécret"])
async def test_missing_or_wrong_token_is_answered_401(short_dir: Path, token: str | None) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        headers = {} if token is None else {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
        with pytest.raises(InvalidStatus) as caught:
            await connecting(server.endpoint, additional_headers=headers)
        assert caught.value.response.status_code == 401
        assert caught.value.response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_right_token_is_let_in(short_dir: Path, scheme: str) -> None:
    async with (
        running_server(short_dir, auth_token="secret") as server,
        connecting(server.endpoint, additional_headers={"Authorization": f"{scheme} secret"}) as connection,
    ):
        assert "server.hello" in str(await connection.recv())


async def test_token_under_another_scheme_is_refused(short_dir: Path) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        with pytest.raises(InvalidStatus):
            await connecting(server.endpoint, additional_headers={"Authorization": "Basic secret"})


async def test_token_is_never_logged(short_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tts_server")
    async with running_server(short_dir, auth_token="secret-token") as server:
        async with client_of(server, token="secret-token") as client:
            await client.speak("hello")
        with pytest.raises(InvalidStatus):
            await connecting(server.endpoint, additional_headers={"Authorization": "Bearer other-token"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("tts_server")]
    assert ours
    assert not [line for line in ours if "-token" in line]


async def test_text_is_not_logged_at_the_default_level(
    short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tts_server")
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.speak("confidential")
    assert "confidential" not in caplog.text


async def test_web_page_is_answered_403(short_dir: Path) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        with pytest.raises(InvalidStatus) as caught:
            await connecting(server.endpoint, token="secret", origin="https://example.com")
        assert caught.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://example.com", "null"])
async def test_allowed_origin_is_let_in(short_dir: Path, origin: str) -> None:
    async with (
        running_server(short_dir, allowed_origins=("https://example.com", "null")) as server,
        connecting(server.endpoint, origin=origin) as connection,
    ):
        assert "server.hello" in str(await connection.recv())


async def test_connection_over_the_limit_is_answered_503(short_dir: Path) -> None:
    async with running_server(short_dir, limits=Limits(max_connections=2)) as server:
        async with client_of(server), client_of(server):
            with pytest.raises(InvalidStatus) as caught:
                await connecting(server.endpoint)
            assert caught.value.response.status_code == 503
        await until_no_connections(server)
        async with client_of(server):
            pass


async def test_message_over_the_limit_closes_with_1009(short_dir: Path) -> None:
    async with (
        running_server(short_dir, limits=Limits(max_message_bytes=1000)) as server,
        client_of(server) as client,
    ):
        await client.send("input_text.append", text="x" * 1000)
        assert (await client.closed())[0] == 1009


async def test_connection_that_slipped_past_the_gate_is_closed_with_1013(short_dir: Path) -> None:
    async with running_server(short_dir, limits=Limits(max_connections=1)) as server, client_of(server):
        ours, theirs = memory.connect()
        serving = asyncio.ensure_future(server.stream_door.serve(ours))
        assert await theirs.receive() is None
        assert theirs.close_code == 1013
        await serving
        assert server.n_connections == 1
