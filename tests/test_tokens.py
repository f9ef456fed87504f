"""Where a token is read from, and where it may go."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tone_server import serving_aside

from tts_server import cli
from tts_server.client import TTSClient
from tts_server.config.client import client_config
from tts_server.config.environment import read_token_file
from tts_server.config.server import server_config
from tts_server.conformance.wire import Target, open_wire
from tts_server.errors import ConfigError, ConnectFailedError

RUNTIME = {"XDG_RUNTIME_DIR": "/run/user/7"}


# --- tokens ------------------------------------------------------------------------------------------------


def test_a_servers_token_that_is_set_and_empty_is_refused() -> None:
    with pytest.raises(ConfigError, match="PIPECAT_TTS_AUTH_TOKEN: is set and holds no token"):
        server_config(environ=RUNTIME | {"PIPECAT_TTS_AUTH_TOKEN": ""})


def test_a_token_file_wins_over_an_empty_variable(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sesame")
    (tmp_path / "token").chmod(0o600)
    flags = {"auth_token_file": str(tmp_path / "token")}
    assert server_config(flags, environ=RUNTIME | {"PIPECAT_TTS_AUTH_TOKEN": ""}).auth_token == "sesame"


def test_a_server_for_one_command_and_a_list_of_voices_need_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPECAT_TTS_AUTH_TOKEN", "")
    assert cli.main(["say", "Hello.", "-o", str(tmp_path / "a.wav"), "--backend", "tone"]) == 0
    assert cli.main(["voices", "--backend", "tone"]) == 0


def test_a_clients_token_that_is_set_and_empty_is_told() -> None:
    config = client_config(environ=RUNTIME | {"TTS_WS_TOKEN": ""})
    assert config.auth_token is None
    assert config.warnings == ("TTS_WS_TOKEN is set and empty: no token is sent",)


def test_an_empty_name_of_a_token_file_is_refused() -> None:
    for build in (client_config, server_config):
        with pytest.raises(ConfigError, match="names no file"):
            build({"auth_token_file": ""}, environ=RUNTIME)


ADDRESSES = {
    "uri": {"TTS_WS_URI": "ws://attacker:1"},
    "socket": {"TTS_WS_SOCKET": "/tmp/attacker.sock"},
    "host": {"TTS_WS_HOST": "attacker"},
    "port": {"TTS_WS_PORT": "1"},
    "default socket": {"TTS_WS_DEFAULT_SOCKET": "/tmp/attacker.sock"},
}


def write_dotenv(folder: Path, variables: dict[str, str]) -> str:
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return str(folder)


@pytest.mark.parametrize("kind", ADDRESSES)
@pytest.mark.parametrize("by_flag", [False, True])
def test_ones_own_token_does_not_go_to_an_address_from_a_dotenv(
    tmp_path: Path, kind: str, by_flag: bool
) -> None:
    folder = write_dotenv(tmp_path, ADDRESSES[kind])
    flags, environ = {}, dict(RUNTIME)
    if by_flag:
        (tmp_path / "token").write_text("sesame")
        (tmp_path / "token").chmod(0o600)
        flags["auth_token_file"] = str(tmp_path / "token")
    else:
        environ["TTS_WS_TOKEN"] = "sesame"
    config = client_config(flags, environ=environ, dotenv_folder=folder)
    assert config.auth_token is None
    (warning,) = config.warnings
    assert "is not sent" in warning
    assert f"{next(iter(ADDRESSES[kind]))} in .env" in warning
    assert "sesame" not in warning
    (shown,) = [setting for setting in config.settings if setting.name == "auth_token"]
    assert "not sent" in shown.value


@pytest.mark.parametrize("flags", [{"port": "9"}, {"host": "mine"}])
def test_an_address_that_comes_from_a_dotenv_in_part_counts_as_from_there(
    tmp_path: Path, flags: dict[str, str]
) -> None:
    folder = write_dotenv(tmp_path, {"TTS_WS_HOST": "attacker", "TTS_WS_PORT": "1"})
    config = client_config(flags, environ={"TTS_WS_TOKEN": "sesame"}, dotenv_folder=folder)
    assert config.auth_token is None


@pytest.mark.parametrize("kind", ADDRESSES)
def test_a_token_goes_to_an_address_of_its_own_level_or_a_higher_one(tmp_path: Path, kind: str) -> None:
    token, address = {"TTS_WS_TOKEN": "sesame"}, ADDRESSES[kind]
    assert client_config(environ=RUNTIME | token | address).auth_token == "sesame"
    folder = write_dotenv(tmp_path, token)
    assert client_config(environ=RUNTIME | address, dotenv_folder=folder).auth_token == "sesame"
    assert client_config(environ=RUNTIME, dotenv_folder=folder).auth_token == "sesame"
    folder = write_dotenv(tmp_path, token | address)
    assert client_config(environ=RUNTIME, dotenv_folder=folder).auth_token == "sesame"


def test_a_token_from_a_dotenv_goes_there_although_one_of_ones_own_would_win(tmp_path: Path) -> None:
    folder = write_dotenv(tmp_path, {"TTS_WS_TOKEN": "theirs", "TTS_WS_URI": "ws://theirs"})
    config = client_config(environ={"TTS_WS_TOKEN": "sesame"}, dotenv_folder=folder)
    assert config.auth_token is None


def test_a_file_named_by_a_flag_is_sent_to_an_exported_address(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("sesame")
    (tmp_path / "token").chmod(0o600)
    flags = {"auth_token_file": str(tmp_path / "token")}
    assert client_config(flags, environ={"TTS_WS_URI": "wss://h"}).auth_token == "sesame"


def test_a_dotenv_cannot_put_a_variable_into_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_WS_TOKEN", "sesame")
    folder = write_dotenv(tmp_path, {"TTS_WS_URI": "ws://attacker/${TTS_WS_TOKEN}"})
    config = client_config(environ={"TTS_WS_TOKEN": "sesame"}, dotenv_folder=folder)
    assert "sesame" not in str(config.endpoint)


def test_status_in_a_strange_folder_sends_no_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], short_dir: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTS_WS_TOKEN", "sesame")
    with serving_aside(short_dir / "s", auth_token="sesame"):
        write_dotenv(tmp_path, {"TTS_WS_SOCKET": str(short_dir / "s")})
        for command in (["status"], ["voices"], ["conformance"], ["say", "Hello.", "-o", os.devnull]):
            assert cli.main(command) == 1
            assert "TTS_WS_TOKEN is not sent" in capsys.readouterr().err


# --- redirects ---------------------------------------------------------------------------------------------


@pytest.fixture
def attacker() -> Iterator[tuple[str, list[bytes]]]:
    """Yield where a listener is, and the requests that came there."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    requests.append(connection.recv(65536))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", requests
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["ws://{}/", "http://{}/", "//{}/x", "wss://{}/", "/elsewhere"])
async def test_a_redirect_takes_the_token_nowhere(
    attacker: tuple[str, list[bytes]], status: int, location: str
) -> None:
    where, requests = attacker
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(f"HTTP/1.1 {status} Go\r\nLocation: {location.format(where)}\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = TTSClient(f"ws://127.0.0.1:{port}", auth_token="sesame")
        with pytest.raises(ConnectFailedError, match=f"points to another address .HTTP {status}."):
            await client.connect()
        await client.close()
        assert await open_wire(Target(client.endpoint, "sesame"), {}) == status
    assert [b"sesame" in request for request in seen] == [True, True]
    assert requests == []


# --- credentials -------------------------------------------------------------------------------------------


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    """A folder as systemd makes it for a service: the list of rights shows as the group's."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "token").write_text("sesame\n")
    (folder / "token").chmod(0o440)
    folder.chmod(0o550)
    return folder


def test_a_credential_is_read_where_it_lies(credentials: Path) -> None:
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    flags = {"auth_token_file": str(credentials / "token")}
    assert server_config(flags, environ=RUNTIME | environ).auth_token == "sesame"
    assert client_config(flags, environ=RUNTIME | environ).auth_token == "sesame"


def test_links_to_a_credential_and_to_its_folder_are_followed(credentials: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(credentials)
    (tmp_path / "token").symlink_to(credentials / "token")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "link")}
    for path in (
        tmp_path / "token",
        tmp_path / "link" / "token",
        credentials / ".." / "credentials" / "token",
    ):
        assert read_token_file(str(path), environ) == "sesame"


@pytest.mark.parametrize("variable", [None, "", "relative", "/", "/nowhere"])
def test_a_file_elsewhere_is_no_credential(credentials: Path, variable: str | None) -> None:
    environ = {} if variable is None else {"CREDENTIALS_DIRECTORY": variable}
    with pytest.raises(ConfigError, match="open to others"):
        read_token_file(str(credentials / "token"), environ)


def test_a_path_that_leads_out_of_the_folder_is_no_credential(credentials: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("sesame")
    (tmp_path / "other").chmod(0o440)
    credentials.chmod(0o750)
    (credentials / "link").symlink_to(tmp_path / "other")
    environ = {"CREDENTIALS_DIRECTORY": str(credentials)}
    for path in (credentials / "link", f"{credentials}/../other"):
        with pytest.raises(ConfigError, match="open to others"):
            read_token_file(str(path), environ)


@pytest.mark.parametrize(
    ("file_mode", "folder_mode"), [(0o444, 0o550), (0o460, 0o550), (0o440, 0o770), (0o440, 0o707)]
)
def test_a_credential_that_others_can_reach_or_change_is_refused(
    credentials: Path, file_mode: int, folder_mode: int
) -> None:
    (credentials / "token").chmod(file_mode)
    credentials.chmod(folder_mode)
    with pytest.raises(ConfigError, match="open to others"):
        read_token_file(str(credentials / "token"), {"CREDENTIALS_DIRECTORY": str(credentials)})
    assert stat.S_IMODE((credentials / "token").stat().st_mode) == file_mode
