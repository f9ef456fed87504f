"""Users without a home, folders that variables name, and values that are nonsense."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tts_server import cli
from tts_server.config import places
from tts_server.config.client import client_config
from tts_server.config.environment import cache_folder, default_socket_path, has_default_socket
from tts_server.config.server import server_config
from tts_server.errors import ConfigError

NOBODY = 2**31 - 7
RUNTIME = {"XDG_RUNTIME_DIR": "/run/user/7"}


# --- a user without a home ---------------------------------------------------------------------------------


@pytest.fixture
def without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a user whom no list knows and who has no folder for run time."""
    assert tmp_path.exists(), "made before, since pytest names it after the user"

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr("tts_server.config.places.pwd.getpwuid", unknown)
    monkeypatch.setattr(places, "is_own_folder", lambda _: False)
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("without_a_home")
def test_with_folders_named_no_home_is_needed() -> None:
    environ = {"XDG_RUNTIME_DIR": "/run/x", "XDG_CACHE_HOME": "/cache"}
    assert server_config(environ=environ).options.cache_dir == "/cache/pipecat-tts"
    assert str(server_config(environ=environ).endpoint) == "/run/x/pipecat-tts/tts.sock"
    assert client_config(environ=environ).endpoint == server_config(environ=environ).endpoint


@pytest.mark.usefixtures("without_a_home")
def test_what_is_named_by_flags_needs_no_home() -> None:
    config = server_config({"host": "127.0.0.1", "cache_dir": "/c"}, environ={})
    assert config.options.cache_dir == "/c"
    assert server_config({"socket_path": "/s"}, environ={}).options.cache_dir is None
    assert str(client_config({"uri": "ws://h"}, environ={}).endpoint) == "ws://h"


@pytest.mark.usefixtures("without_a_home")
@pytest.mark.parametrize("home", [None, "", "relative"])
def test_where_a_home_is_needed_one_line_says_what_to_set(home: str | None) -> None:
    environ = {} if home is None else {"HOME": home}
    with pytest.raises(
        ConfigError, match=r"has no home folder.*set HOME or XDG_RUNTIME_DIR, or give an address"
    ):
        client_config(environ=environ)
    with pytest.raises(ConfigError, match="set HOME or XDG_RUNTIME_DIR"):
        server_config(environ=environ)
    with pytest.raises(ConfigError, match=r"set HOME or XDG_CACHE_HOME, or give --cache-dir"):
        cache_folder(environ)
    with pytest.raises(ConfigError, match=r"set HOME$"):
        server_config({"socket_path": "~/s"}, environ=environ)
    assert not has_default_socket(environ)


@pytest.mark.parametrize("value", ["", "relative", "./x", "~/x"])
def test_a_variable_that_names_no_absolute_folder_counts_for_nothing(value: str) -> None:
    environ = {"HOME": "/h", "XDG_CACHE_HOME": value}
    assert cache_folder(environ) == cache_folder({"HOME": "/h"})
    named = {"HOME": "/h", "XDG_RUNTIME_DIR": value}
    assert default_socket_path(named) == default_socket_path({"HOME": "/h"})


def test_home_is_the_given_environments() -> None:
    environ = {"HOME": "/h"} | RUNTIME
    assert str(server_config({"socket_path": "~/s"}, environ=environ).endpoint) == "/h/s"
    assert server_config({"cache_dir": "~"}, environ=environ).options.cache_dir == "/h"
    assert server_config({"cache_dir": "a~b"}, environ=environ).options.cache_dir == "a~b"
    with pytest.raises(ConfigError, match="unknown user"):
        server_config({"socket_path": "~nobody-of-that-name/s"}, environ=environ)


@pytest.mark.usefixtures("without_a_home")
def test_say_needs_no_home_for_a_server_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.wav"
    assert cli.main(["say", "Hello.", "-o", str(path), "--backend", "tone"]) == 0, capsys.readouterr().err
    assert path.stat().st_size > 44


@pytest.mark.usefixtures("without_a_home")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["status"], 2),
        (["voices"], 0),
        (["voices", "--backend", "tone"], 0),
        (["models", "list"], 0),
        (["models", "path", "--cache"], 2),
        (["serve", "--backend", "tone"], 2),
        (["bench", "simulate", "--seconds", "1"], 0),
    ],
)
def test_every_command_works_without_a_home_or_says_what_to_set(
    arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == status
    err = capsys.readouterr().err
    assert "unexpected" not in err
    if status:
        assert ("set HOME or XDG_" in err, err.count("\n")) == (True, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_a_server_runs_as_a_user_without_a_name() -> None:
    """The whole program, in a process of a user whom the system does not know."""
    code = (
        "import os, sys\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        "from tts_server.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    folder = Path("/tmp") / f"tts-nobody-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    package = str(Path(places.__file__).parent.parent)
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": package, "TMPDIR": str(folder)}
    arguments = ["say", "Hello.", "-o", str(folder / "a.wav"), "--backend", "tone"]
    try:
        finished = subprocess.run(
            [sys.executable, "-c", code, *arguments], env=environ, capture_output=True, text=True, check=False
        )
        if "Permission denied" in finished.stderr or "No module named" in finished.stderr:
            pytest.skip("the interpreter is not readable for others")
        assert finished.returncode == 0, finished.stderr
        assert (folder / "a.wav").stat().st_size > 44
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


# --- config show -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_a_home")
def test_config_show_shows_the_rest_whatever_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("TTS_WS_PORT", "http")
    monkeypatch.setenv("TTS_WS_TOKEN", "two words")
    monkeypatch.setenv("PIPECAT_TTS_AUTH_TOKEN", "")
    monkeypatch.setenv("TTS_WS_PING_TIMEOUT", "soon")
    assert cli.main(["config", "show", "--backend", "tone"]) == 2
    captured = capsys.readouterr()
    assert "max_text_chars" in captured.out
    for name in (
        "TTS_WS_PORT",
        "TTS_WS_TOKEN",
        "PIPECAT_TTS_AUTH_TOKEN",
        "TTS_WS_PING_TIMEOUT",
        ".env",
        "home",
    ):
        assert sum(name in line for line in captured.err.splitlines()) == 1, name
    assert "two words" not in captured.out + captured.err


# --- values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["TTS_WS_PING_INTERVAL", "TTS_WS_PING_TIMEOUT"])
@pytest.mark.parametrize(
    "value", ["0.000001", "0.0999", "1e-300", "1e300", "nan", "inf", "-inf", "1_0", "٣", "1e9"]
)
def test_a_keepalive_that_would_do_harm_is_refused(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"^{variable}: "):
        server_config(environ=RUNTIME | {variable: value})


@pytest.mark.parametrize("variable", ["TTS_WS_PING_INTERVAL", "TTS_WS_PING_TIMEOUT"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("disable", None),
        (" Disabled ", None),
        ("OFF", None),
        ("None", None),
        ("0", None),
        ("0.1", 0.1),
        ("3600", 3600.0),
    ],
)
def test_a_keepalive_can_be_switched_off_by_every_word(
    variable: str, value: str, expected: float | None
) -> None:
    config = server_config(environ=RUNTIME | {variable: value})
    chosen = config.ping_interval_s if variable.endswith("INTERVAL") else config.ping_timeout_s
    assert chosen == expected


@pytest.mark.parametrize(
    ("flag", "values"),
    [
        ("threads", ["0", "-1", "1.5", "", "x", "9" * 5000, "1025", "１", "1_0", "+1", "0x2"]),
        ("engines", ["0", "-1", "1.5", "", "9" * 30, "1025"]),
        ("max_text_chars", ["0", "9" * 30, "1e3", "2147483648", " "]),
        ("send_stall_s", ["0", "-1", "nan", "inf", "1e300", "1_0", "", "١"]),
        ("drain_s", ["0", "-1", "1e9"]),
        ("port", ["+1", "1_0", "８０", "65536", "9" * 30, ""]),
        ("cache_dir", ["", "a\0b"]),
        ("socket_path", ["", "a\0b"]),
        ("host", ["", " ", "a b", "a/b"]),
        ("backend", ["", " "]),
        ("model", [""]),
        ("voice", [""]),
        ("log_level", ["", "loud", "20"]),
        ("scheduling", ["", "lifo"]),
    ],
)
def test_nonsense_is_refused_in_one_line(flag: str, values: list[str]) -> None:
    for value in values:
        with pytest.raises(ConfigError) as caught:
            server_config({flag: value}, environ=RUNTIME)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TTS_WS_URI", "http://h"), ("TTS_WS_HOST", "a b"), ("TTS_WS_SOCKET", "x" * 300), ("TTS_WS_PORT", "x")],
)
def test_an_address_that_is_none_is_refused_by_the_name_of_what_gave_it(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{variable}: "):
        client_config(environ=RUNTIME | {variable: value})


@pytest.mark.parametrize("value", ["ja;zh", "ja zh", "日本語", "j", "/etc/passwd", "x" * 500])
def test_a_list_of_languages_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match=r"PIPECAT_TTS_KOKORO_EXTRA_LANGS: .* code of a language"):
        server_config(environ=RUNTIME | {"PIPECAT_TTS_KOKORO_EXTRA_LANGS": value})


@pytest.mark.parametrize(
    "origin", ["", "example.com", "*", "https://", "https://a/b", "https://*.a", "https://a b"]
)
def test_an_origin_that_no_browser_sends_is_refused(origin: str) -> None:
    with pytest.raises(ConfigError, match="--allow-origin"):
        server_config({"allow_origin": [origin]}, environ=RUNTIME)


def test_an_origin_is_a_scheme_a_host_and_a_port() -> None:
    given = ["https://example.com", "http://localhost:3000/", "null", "chrome-extension://abc"]
    config = server_config({"allow_origin": given}, environ=RUNTIME)
    assert config.allowed_origins == (given[0], "http://localhost:3000", *given[2:])
