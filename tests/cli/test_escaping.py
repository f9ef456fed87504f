"""What a server, a file, the environment or an argument says is shown, and never obeyed."""

from __future__ import annotations

import json
import logging
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.tone_server import serving_aside
from websockets.sync.server import ServerConnection, unix_serve

from tts_server import cli
from tts_server.client import SyncTTSClient
from tts_server.server.logs import LOG_FORMAT, PrintableFormatter

EVIL = "\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\x7f\u2028x\nuptime: 99 h\r"
SHOWN = r"\x1b]0;pwned\x07\x1b[2J\x9b31m\u202e\x7f\u2028x"


def answer(connection: ServerConnection, hello: dict[str, Any], status: dict[str, Any]) -> None:
    connection.send(json.dumps(hello))
    for message in connection:
        event = json.loads(message)
        event_id = event.get("event_id")
        if event["type"] == "server.status":
            connection.send(json.dumps(status | {"previous_event_id": event_id}))
        elif event["type"] == "input_text.commit":
            detail = {"type": "server_error", "code": "backend_error", "message": EVIL, "event_id": event_id}
            connection.send(json.dumps({"type": "error", "event_id": "e", "error": detail}))
        else:
            connection.close(1011, EVIL.replace("\u2028", "")[:60])


@pytest.fixture
def hostile(short_dir: Path) -> Iterator[str]:
    """A server all of whose words are escape sequences."""
    seen: list[dict[str, Any]] = []
    with (
        serving_aside(short_dir / "model") as endpoint,
        SyncTTSClient(endpoint, on_message=lambda message: seen.append(json.loads(message))) as client,
    ):
        client.status()
    hello, status = seen
    for message in (hello, status):
        message["backend"] = {"name": EVIL, "model": EVIL}
    hello["capabilities"] |= {"languages": [EVIL]}
    status |= {"voices": [EVIL, "plain"], "session_id": EVIL}
    path = str(short_dir / "s")
    silent = logging.getLogger("tests.silent")
    silent.disabled = True
    with unix_serve(
        lambda connection: answer(connection, hello, status), path, close_timeout=1, logger=silent
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield path
        server.shutdown()
        thread.join()


def assert_tame(printed: str) -> None:
    for line in printed.split("\n"):
        bad = [
            char
            for char in line
            if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char == "\u202e"
        ]
        assert not bad, line
        assert not line.startswith("uptime: 99 h"), printed


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["status", "--json"],
        ["voices"],
        ["voices", "--json"],
        ["say", "Hello.", "-o", "/dev/null"],
        ["conformance", "--only", "text.clear"],
        ["conformance", "--only", "text.clear", "--json"],
    ],
    ids=" ".join,
)
def test_words_of_a_server_are_shown_and_not_obeyed(
    arguments: list[str], hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([*arguments, "--socket-path", hostile])
    captured = capsys.readouterr()
    assert_tame(captured.out)
    assert_tame(captured.err)
    if captured.out and "--json" in arguments:
        json.loads(captured.out)
    if "--json" not in arguments:
        assert "Traceback" not in captured.err
        assert SHOWN[:20] in captured.out + captured.err or arguments[0] == "conformance"


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL],
        ["status", EVIL],
        ["status", f"--{EVIL}"],
        ["status", "--uri", EVIL],
        ["status", "--timeout", EVIL],
        ["status", "--socket-path", f"/nonexistent/{EVIL}"],
        ["say", "Hello.", "-o", f"/nonexistent/{EVIL}"],
        ["say", "Hello.", "-o", "/dev/null", "--speed", EVIL],
        ["serve", "--backend", EVIL],
        ["serve", "--backend", "tone", "--set", EVIL],
        ["serve", "--auth-token-file", f"/nonexistent/{EVIL}"],
        ["voices", "--backend", EVIL],
        ["voices", "--backend", "tone", "--language", EVIL],
        ["models", "verify", EVIL],
        ["models", EVIL],
        ["conformance", "--list", "--only", EVIL],
        ["bench", EVIL],
        ["bench", "predict", "--loads", EVIL],
        ["config", "show", "--voice", EVIL, "--socket-path", f"/tmp/{EVIL}"],
        ["config", "show", "--json", "--voice", EVIL],
        ["status", "--uri", "\udc80"],
    ],
    ids=ascii,
)
def test_words_of_an_argument_are_shown_and_not_obeyed(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    captured = capsys.readouterr()
    assert status in {0, 1, 2}
    assert "unexpected" not in captured.err
    assert_tame(captured.out)
    assert_tame(captured.err)


@pytest.mark.parametrize("name", ["TTS_WS_URI", "TTS_WS_SOCKET", "TTS_WS_PORT", "TTS_WS_PING_INTERVAL"])
def test_words_of_the_environment_are_shown_and_not_obeyed(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, EVIL)
    for arguments in (["status"], ["config", "show"], ["voices"]):
        assert cli.main(arguments) in {0, 1, 2}
        captured = capsys.readouterr()
        assert "unexpected" not in captured.err
        assert_tame(captured.out)
        assert_tame(captured.err)


def logged(*values: object, error: Exception | None = None) -> list[str]:
    """The lines that a record makes."""
    record = logging.LogRecord("name", logging.INFO, __file__, 1, "a client said %s", values, None)
    if error is not None:
        record.exc_info = (type(error), error, None)
    return PrintableFormatter(LOG_FORMAT).format(record).split("\n")


def test_line_of_the_log_is_one_line_whatever_a_client_said() -> None:
    (line,) = logged(EVIL)
    assert SHOWN in line
    assert_tame(line)


def test_words_of_an_exception_begin_no_line_of_the_log() -> None:
    first, *rest = logged("this", error=ValueError(EVIL))
    assert first.endswith("a client said this")
    assert len(rest) > 1
    assert all(line.startswith("    ") for line in rest)
    for line in rest:
        assert_tame(line)
