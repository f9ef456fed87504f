"""``tts-server conformance`` plays transcripts against a live server and says what came of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.tone_server import serving_aside

from tts_server.cli import main
from tts_server.conformance.transcript import load_transcripts
from tts_server.doors.stream import door
from tts_server.doors.stream.versions import V01
from tts_server.protocol.v01 import encode_server


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["conformance", *arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_one_line_for_each_transcript_and_a_sum(short_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving_aside(short_dir / "s") as endpoint:
        status, out, _ = run(
            capsys, "--socket-path", str(endpoint), "--only", "text.limit", "--only", "token"
        )
    lines = out.splitlines()
    assert status == 0
    assert [line.split()[:2] for line in lines[:-1]] == [
        ["pass", "characters-are-code-points"],
        ["pass", "text-limit"],
        ["skip", "token"],
    ]
    assert lines[-1].startswith("2 passed, 0 failed, 1 skipped in ")


def test_a_server_that_says_too_much_fails_and_the_difference_is_shown(
    short_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def say_too_much(event: Any) -> str:
        message = json.loads(encode_server(event))
        if message["type"] == "input_text.cleared":
            message["n_chars"] = 3
        return json.dumps(message)

    version = replace(V01, dialect=replace(V01.dialect, encode=say_too_much))
    monkeypatch.setattr(door, "version_of", lambda _subprotocol: version)
    with serving_aside(short_dir / "s") as endpoint:
        status, out, _ = run(capsys, "--socket-path", str(endpoint), "--only", "text.clear")
    assert status == 1
    assert "FAIL  clear  n_chars is there, which protocol 0.1 does not have" in out
    assert 'step 3: {"expect": {"type": "input_text.cleared"}}' in out
    assert '"n_chars": 3' in out
    assert len(out.splitlines()) < 40


def test_json_holds_what_came_of_each(short_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving_aside(short_dir / "s") as endpoint:
        status, out, _ = run(capsys, "--socket-path", str(endpoint), "--only", "keepalive", "--json")
    report = json.loads(out)
    assert status == 0
    assert (report["passed"], report["failed"], report["skipped"]) == (0, 0, 2)
    assert report["transcripts"][0]["name"] == "keepalive"
    assert report["transcripts"][0]["rules"] == ["connection.keepalive"]
    assert "--patient" in report["transcripts"][0]["reason"]


def test_the_list_needs_no_server(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "--list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [t.name for t in load_transcripts()]
    status, out, _ = run(capsys, "--list", "--json", "--only", "text.clear")
    assert [entry["name"] for entry in json.loads(out)] == ["clear"]


def test_nobody_there_is_one_line_and_status_1(short_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "--socket-path", str(short_dir / "none"))
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "cannot be reached" in err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--only", "no-such-thing"], "no transcript fits no-such-thing"),
        (["ws://127.0.0.1:1", "--uri", "ws://127.0.0.1:2"], "given twice"),
        (["--timeout", "soon"], "--timeout: soon"),
        (["http://127.0.0.1:1"], "not a ws:// or wss:// address"),
    ],
)
def test_a_wrong_flag_is_status_2(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert problem in err
