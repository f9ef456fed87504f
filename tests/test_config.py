"""Where each setting comes from, and what is refused."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.config import places
from tts_server.config.client import ClientConfig, client_config
from tts_server.config.environment import cache_folder, default_socket_path, read_token_file
from tts_server.config.server import private_server_config, server_config
from tts_server.endpoint import MAX_SOCKET_PATH_BYTES, Endpoint
from tts_server.errors import ConfigError, EndpointError, TTSServerError
from tts_server.limits import Limits

RUNTIME = {"XDG_RUNTIME_DIR": "/run/user/7"}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a user with a home, whoever runs the tests, where the environment that is given names none."""
    monkeypatch.setattr(places, "home_folder", lambda environ: Path(environ.get("HOME", tmp_path)))


def source_of(config: ClientConfig, name: str) -> str:
    return next(setting.source for setting in config.settings if setting.name == name)


# --- endpoints ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "environ", "expected", "source"),
    [
        ({}, {}, "/run/user/7/pipecat-tts/tts.sock", "default"),
        ({}, {"TTS_WS_DEFAULT_SOCKET": "/d"}, "/d", "TTS_WS_DEFAULT_SOCKET"),
        ({}, {"TTS_WS_HOST": "h"}, "h:8765", "TTS_WS_HOST"),
        ({}, {"TTS_WS_PORT": "9"}, "127.0.0.1:9", "TTS_WS_PORT"),
        ({}, {"TTS_WS_HOST": "h", "TTS_WS_PORT": "9"}, "h:9", "TTS_WS_HOST, TTS_WS_PORT"),
        ({}, {"TTS_WS_HOST": "h", "TTS_WS_SOCKET": "/s"}, "/s", "TTS_WS_SOCKET"),
        ({}, {"TTS_WS_SOCKET": "/s", "TTS_WS_URI": "ws://u"}, "ws://u", "TTS_WS_URI"),
        ({}, {"TTS_WS_SOCKET": "/s", "TTS_WS_DEFAULT_SOCKET": "/d"}, "/s", "TTS_WS_SOCKET"),
        ({}, {"TTS_WS_URI": "", "TTS_WS_SOCKET": "/s"}, "/s", "TTS_WS_SOCKET"),
        ({"port": "9"}, {"TTS_WS_URI": "ws://u"}, "127.0.0.1:9", "--port"),
        ({"port": "9"}, {"TTS_WS_HOST": "h"}, "h:9", "TTS_WS_HOST, --port"),
        ({"host": "f"}, {"TTS_WS_HOST": "h", "TTS_WS_PORT": "9"}, "f:9", "--host, TTS_WS_PORT"),
        ({"socket_path": "/f"}, {"TTS_WS_URI": "ws://u"}, "/f", "--socket-path"),
        ({"socket_path": "/f", "uri": "wss://f/x"}, {}, "wss://f/x", "--uri"),
        ({"host": "::1", "port": "9"}, {}, "[::1]:9", "--host, --port"),
    ],
)
def test_client_endpoint_precedence(
    flags: dict[str, str], environ: dict[str, str], expected: str, source: str
) -> None:
    config = client_config(flags, environ=RUNTIME | environ)
    assert str(config.endpoint) == expected
    assert source_of(config, "endpoint") == source
    assert config.is_explicit == (source not in {"default", "TTS_WS_DEFAULT_SOCKET"})


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, "/run/user/7/pipecat-tts/tts.sock"),
        ({"host": "0.0.0.0", "backend": "tone"}, "0.0.0.0:8665"),
        ({"host": "127.0.0.1", "backend": "kokoro"}, "127.0.0.1:8765"),
        ({"host": "127.0.0.1", "backend": "dia"}, "127.0.0.1:9065"),
        ({"port": "1"}, "127.0.0.1:1"),
        ({"port": "1", "socket_path": "/s"}, "/s"),
    ],
)
def test_server_endpoint_precedence(flags: dict[str, str], expected: str) -> None:
    clients = {"TTS_WS_URI": "ws://u", "TTS_WS_SOCKET": "/c", "TTS_WS_HOST": "c", "TTS_WS_PORT": "5"}
    assert str(server_config(flags, environ=RUNTIME | clients).endpoint) == expected


def test_server_and_client_meet_at_the_default() -> None:
    assert client_config(environ=RUNTIME).endpoint == server_config(environ=RUNTIME).endpoint


def test_default_socket_without_a_runtime_folder_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "is_own_folder", lambda _: False)
    assert default_socket_path({"HOME": "/h"}) == "/h/.cache/pipecat-tts/tts.sock"
    monkeypatch.setattr(places, "is_own_folder", lambda _: True)
    assert default_socket_path({"HOME": "/h"}) == f"/run/user/{os.getuid()}/pipecat-tts/tts.sock"


def test_default_socket_on_macos_is_in_the_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    environ = RUNTIME | {"HOME": "/Users/me"}
    assert default_socket_path(environ) == "/Users/me/Library/Caches/pipecat-tts/tts.sock"
    assert cache_folder(environ) == "/Users/me/Library/Caches/pipecat-tts"


def test_socket_path_over_the_systems_limit_is_refused() -> None:
    assert MAX_SOCKET_PATH_BYTES in {103, 107}
    Endpoint.unix("/" + "x" * (MAX_SOCKET_PATH_BYTES - 1))
    with pytest.raises(EndpointError, match=f"{MAX_SOCKET_PATH_BYTES + 1} bytes"):
        client_config({"socket_path": "/" + "x" * MAX_SOCKET_PATH_BYTES}, environ={})
    with pytest.raises(EndpointError, match="bytes"):
        server_config({"socket_path": "/" + "ü" * 54}, environ={})


@pytest.mark.parametrize(
    "uri", ["http://h", "ws://", "ws:/h", "h:1", "ws://h:99999", "ws://h/#x", "ws://[::1", ""]
)
def test_address_that_is_none_is_refused(uri: str) -> None:
    with pytest.raises(EndpointError):
        Endpoint.from_uri(uri)


def test_address_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(EndpointError) as caught:
        Endpoint.from_uri("ws://me:hunter2@h")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1.5"])
def test_port_that_is_none_is_refused(port: str) -> None:
    for build in (client_config, server_config):
        with pytest.raises(ConfigError, match="--port"):
            build({"port": port}, environ={})


@pytest.mark.parametrize(
    ("endpoint", "is_local"),
    [
        (Endpoint.unix("/s"), True),
        (Endpoint.tcp("127.0.0.1", 1), True),
        (Endpoint.tcp("127.9.9.9", 1), True),
        (Endpoint.tcp("::1", 1), True),
        (Endpoint.tcp("::ffff:127.0.0.1", 1), True),
        (Endpoint.tcp("LocalHost.", 1), True),
        (Endpoint.from_uri("ws://localhost:1/x"), True),
        (Endpoint.tcp("0.0.0.0", 1), False),
        (Endpoint.tcp("::", 1), False),
        (Endpoint.tcp("192.168.0.1", 1), False),
        (Endpoint.from_uri("ws://127.0.0.1.example.com"), False),
        (Endpoint.from_uri("ws://localhost.example.com"), False),
    ],
)
def test_local_is_what_does_not_leave_the_machine(endpoint: Endpoint, is_local: bool) -> None:
    assert endpoint.is_local is is_local


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_an_endpoint_or_refused(text: str, port: str) -> None:
    for flags in ({"uri": text}, {"socket_path": text}, {"host": text, "port": port}):
        with contextlib.suppress(TTSServerError):
            client_config(flags, environ=RUNTIME)


# --- tokens ------------------------------------------------------------------------------


def test_neither_side_reads_the_others_token() -> None:
    environ = {"TTS_WS_TOKEN": "client", "PIPECAT_TTS_AUTH_TOKEN": "server"}
    assert client_config(environ=environ).auth_token == "client"
    assert server_config(environ=environ).auth_token == "server"
    assert client_config(environ={"PIPECAT_TTS_AUTH_TOKEN": "server"}).auth_token is None
    assert server_config(environ={"TTS_WS_TOKEN": "client"}).auth_token is None


def test_token_is_never_shown() -> None:
    environ = {"TTS_WS_TOKEN": "sesame", "PIPECAT_TTS_AUTH_TOKEN": "sesame"}
    for config in (client_config(environ=environ), server_config(environ=environ)):
        assert "sesame" not in repr(config)
        assert all("sesame" not in setting.value for setting in config.settings)


def make_token_file(folder: Path, content: bytes = b"  sesame\r\n", mode: int = 0o600) -> str:
    path = folder / "token"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def test_token_file_is_stripped_and_wins_over_the_variable(tmp_path: Path) -> None:
    path = make_token_file(tmp_path)
    config = client_config({"auth_token_file": path}, environ={"TTS_WS_TOKEN": "other"})
    assert config.auth_token == "sesame"
    assert source_of(config, "auth_token") == f"--auth-token-file {path}"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o620, 0o644, 0o666])
def test_token_file_that_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="open to others"):
        read_token_file(make_token_file(tmp_path, mode=mode))


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"two words", b"caf\xc3\xa9", b"a\nb", b"x" * 5000, b"a\0b"]
)
def test_token_file_without_one_word_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match="token"):
        read_token_file(make_token_file(tmp_path, content))


def test_token_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            read_token_file(str(path))


# --- warnings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "token", "warns"),
    [
        ({"host": "0.0.0.0"}, None, True),
        ({"host": "192.168.0.1"}, None, True),
        ({"host": "0.0.0.0"}, "sesame", False),
        ({"host": "127.0.0.1"}, None, False),
        ({"socket_path": "/s"}, None, False),
    ],
)
def test_server_open_to_others_without_a_token_warns(
    flags: dict[str, str], token: str | None, warns: bool
) -> None:
    environ = {} if token is None else {"PIPECAT_TTS_AUTH_TOKEN": token}
    assert bool(server_config(flags, environ=environ).warnings) is warns


@pytest.mark.parametrize(
    ("flags", "token", "warns"),
    [
        ({"uri": "ws://far.example"}, "sesame", True),
        ({"host": "192.168.0.1"}, "sesame", True),
        ({"uri": "wss://far.example"}, "sesame", False),
        ({"uri": "ws://far.example"}, None, False),
        ({"uri": "ws://localhost"}, "sesame", False),
        ({"socket_path": "/s"}, "sesame", False),
    ],
)
def test_client_that_sends_a_token_in_the_clear_warns(
    flags: dict[str, str], token: str | None, warns: bool
) -> None:
    environ = {} if token is None else {"TTS_WS_TOKEN": token}
    warnings = client_config(flags, environ=environ).warnings
    assert bool(warnings) is warns
    assert "sesame" not in "".join(warnings)


# --- .env ------------------------------------------------------------------------------


def test_dotenv_is_honoured_and_exported_variables_win(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TTS_WS_URI=ws://dotenv\nTTS_WS_TOKEN=from-file\n")
    config = client_config(environ={}, dotenv_folder=str(tmp_path))
    assert (str(config.endpoint), config.auth_token) == ("ws://dotenv", "from-file")
    assert source_of(config, "endpoint") == "TTS_WS_URI in .env"
    exported = {"TTS_WS_URI": "ws://exported", "TTS_WS_TOKEN": "exported"}
    config = client_config(environ=exported, dotenv_folder=str(tmp_path))
    assert (str(config.endpoint), config.auth_token) == ("ws://exported", "exported")
    config = client_config(environ={"TTS_WS_HOST": "exported"}, dotenv_folder=str(tmp_path))
    assert str(config.endpoint) == "exported:8765"


def test_dotenv_does_not_change_the_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TTS_WS_URI=ws://dotenv\n")
    client_config(environ={}, dotenv_folder=str(tmp_path))
    assert "TTS_WS_URI" not in os.environ


def test_dotenv_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TTS_WS_URI=\xff\xfe\n")
    with pytest.raises(ConfigError, match=r"\.env cannot be read"):
        client_config(environ={}, dotenv_folder=str(tmp_path))


# --- the rest ------------------------------------------------------------------------------


def test_every_limit_can_be_set_and_says_where_it_came_from() -> None:
    flags = {name: str(n) for n, name in enumerate(Limits.__dataclass_fields__, 11)} | {"cpu_share": "0.25"}
    config = server_config(flags, environ={})
    assert [getattr(config.limits, name) for name in flags] == [float(value) for value in flags.values()]
    shown = {setting.name: setting for setting in config.settings}
    for name in flags:
        assert shown[name].source == "--" + name.removesuffix("_s").replace("_", "-")
    assert server_config(environ={}).limits == Limits()


@pytest.mark.parametrize("value", ["0", "-0.1", "1.01", "2", "x", "nan"])
def test_share_is_a_part_of_one(value: str) -> None:
    with pytest.raises(ConfigError, match="--cpu-share"):
        server_config({"cpu_share": value}, environ={})


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "1e999", "nan", "1.5"])
def test_limit_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="--max-text-chars"):
        server_config({"max_text_chars": value}, environ={})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5", 5.0), ("0.5", 0.5), ("none", None), ("OFF", None), ("0", None), (" 0.0 ", None), ("", 20.0)],
)
def test_keepalive_is_seconds_or_off(value: str, expected: float | None) -> None:
    assert server_config(environ={"TTS_WS_PING_INTERVAL": value}).ping_interval_s == expected


def test_keepalive_defaults_are_20_and_120() -> None:
    config = server_config(environ={})
    assert (config.ping_interval_s, config.ping_timeout_s) == (20.0, 120.0)


@pytest.mark.parametrize("value", ["-1", "soon", "nan", "inf"])
def test_keepalive_that_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="TTS_WS_PING_TIMEOUT"):
        server_config(environ={"TTS_WS_PING_TIMEOUT": value})


def test_log_level_is_any_standard_name() -> None:
    assert server_config(environ={}).log_level == "INFO"
    assert server_config({"log_level": "debug"}, environ={}).log_level == "DEBUG"
    with pytest.raises(ConfigError, match="INFO"):
        server_config({"log_level": "loud"}, environ={})


def test_extra_languages_are_codes_each_once() -> None:
    config = server_config(environ={"PIPECAT_TTS_KOKORO_EXTRA_LANGS": " JA, zh,,ja "})
    assert config.options.extra_languages == ("ja", "zh")


def test_settings_of_a_backend_are_pairs() -> None:
    config = server_config({"settings": ["work_ms=5", "text=a=b"]}, environ={})
    assert config.options.settings == (("work_ms", "5"), ("text", "a=b"))
    with pytest.raises(ConfigError, match="--set"):
        server_config({"settings": ["work_ms"]}, environ={})


def test_private_server_reads_no_token() -> None:
    environ = {"PIPECAT_TTS_AUTH_TOKEN": "sesame", "PIPECAT_TTS_KOKORO_EXTRA_LANGS": "ja"}
    config = private_server_config("/s", {"voice": "bass"}, environ=environ)
    assert config.auth_token is None
    assert config.options.extra_languages == ("ja",)
    assert config.options.voice == "bass"


# --- several listeners ------------------------------------------------------------------------


def test_one_engine_serves_by_deadline_and_refuses_what_it_cannot_keep_up_with() -> None:
    config = server_config({}, environ=RUNTIME)
    assert (config.engines, config.policy.order, config.policy.admission) == (1, "deadline", True)


def test_scheduling_is_set_by_flags_and_shown_with_them() -> None:
    flags = {"engines": "2", "scheduling": "fifo", "no_admission": True}
    config = server_config(flags, environ=RUNTIME)
    assert (config.engines, config.policy.order, config.policy.admission) == (2, "fifo", False)
    shown = {setting.name: (setting.value, setting.source) for setting in config.settings}
    assert shown["engines"] == ("2", "--engines")
    assert shown["scheduling"] == ("fifo", "--scheduling")
    assert shown["admission"] == ("no", "--no-admission")


def test_number_of_engines_can_be_left_to_the_backend() -> None:
    assert server_config({"engines": "auto"}, environ=RUNTIME).engines is None


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"engines": "0"}, "--engines: 0 is neither a positive whole number nor auto"),
        ({"engines": "many"}, "--engines: many is neither"),
        ({"scheduling": "lifo"}, "--scheduling: 'lifo' is not one of deadline, fifo"),
    ],
)
def test_scheduling_that_does_not_exist_is_refused(flags: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        server_config(flags, environ=RUNTIME)
