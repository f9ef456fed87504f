"""Players that are not heard, do not listen, do not end: the next one, or one clear line."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import program
from tests.patience import PATIENCE_S
from tests.tone_server import serving_aside

from tts_server import cli
from tts_server.cli import player
from tts_server.config.environment import default_socket_path

CHAR_BYTES = 2 * 1440
TEXT = "Good day."
WORKING = """
import os, sys
data = sys.stdin.buffer.read()
open(os.path.join(os.path.dirname(sys.argv[0]), "played"), "wb").write(data)
"""
DOWN = "import sys; sys.exit('error: pw_context_connect() failed: Host is down')"
SWALLOWS = "import sys; sys.stdin.buffer.read(1000); sys.exit('no device')"


@pytest.fixture(autouse=True)
def endpoint() -> Iterator[None]:
    with serving_aside(default_socket_path()):
        yield


@pytest.fixture
def players(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the search path."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def make_player(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o700)


@pytest.mark.parametrize(
    "failing", [DOWN, SWALLOWS, "raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)"]
)
@pytest.mark.parametrize("text", [TEXT, "word " * 100])
def test_the_next_player_is_tried_where_one_was_not_heard(
    failing: str, text: str, players: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_player(players, "pw-play", failing)
    make_player(players, "aplay", WORKING)
    assert cli.main(["say", text]) == 0
    assert len((players / "played").read_bytes()) == len(text.strip()) * CHAR_BYTES or " " in text
    assert len((players / "played").read_bytes()) >= len(text.strip()) * CHAR_BYTES
    assert "played with aplay" in capsys.readouterr().err


def test_next_player_gets_a_file_or_a_header_where_it_wants_one(players: Path) -> None:
    make_player(players, "pw-play", SWALLOWS)
    make_player(players, "afplay", "raise SystemExit(1)")
    make_player(players, "play", WORKING)
    assert cli.main(["say", TEXT]) == 0
    played = (players / "played").read_bytes()
    assert played.startswith(b"RIFF")
    assert len(played) == 44 + len(TEXT) * CHAR_BYTES


def test_program_that_cannot_be_run_is_passed_over(players: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (players / "pw-play").write_bytes(b"\x00no program")
    (players / "pw-play").chmod(0o700)
    make_player(players, "aplay", WORKING)
    assert cli.main(["say", TEXT]) == 0
    assert "played with aplay" in capsys.readouterr().err


def test_the_players_own_words_are_shown_at_the_end_and_escaped(
    players: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_player(players, "pw-play", DOWN)
    make_player(players, "aplay", r"import sys; sys.exit('\x1b[2Jno\nsound\x07card')")
    assert cli.main(["say", TEXT]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert (
        "pw-play could not play the audio (status 1: error: pw_context_connect() failed: Host is down)"
        in line
    )
    assert r"aplay could not play the audio (status 1: \x1b[2Jno sound\x07card)" in line


def test_player_that_talks_a_lot_is_not_held_up(players: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_player(
        players, "aplay", f"import sys\nsys.stderr.write('x' * 1_000_000)\n{WORKING}\nsys.exit('last words')"
    )
    assert cli.main(["say", TEXT]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert "last words" in line
    assert len(line) < 500


def test_player_that_was_heard_is_not_replaced(
    players: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(player, "TRIAL_S", 0.0)
    make_player(
        players, "pw-play", "import sys, time; sys.stdin.buffer.read(1000); time.sleep(0.3); sys.exit('gone')"
    )
    make_player(players, "aplay", WORKING)
    assert cli.main(["say", "word " * 100]) == 1
    assert "gone" in capsys.readouterr().err
    assert not (players / "played").exists()


@pytest.mark.parametrize("script", ["import sys; sys.stdin.buffer.read(1000)", "import os; os.close(0)"])
def test_player_that_leaves_early_is_said(
    script: str, players: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_player(players, "aplay", script)
    assert cli.main(["say", "word " * 300]) == 1
    assert "ended before the audio did" in capsys.readouterr().err


def test_player_that_takes_no_more_and_stays_is_ended(
    players: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(player, "CLOSED_S", 0.2)
    make_player(players, "aplay", "import os, time; os.close(0); time.sleep(600)")
    assert cli.main(["say", "word " * 300]) == 1
    assert "ended by signal" in capsys.readouterr().err


def test_child_of_a_player_that_stays_holds_nobody_up(players: Path) -> None:
    child = "import os, time\nif os.fork() == 0:\n    time.sleep(3)\n    os._exit(0)\n"
    make_player(players, "aplay", f"{child}{WORKING}\nraise SystemExit(1)")
    began = time.monotonic()
    assert cli.main(["say", TEXT]) == 1
    assert time.monotonic() - began < 20


def test_player_that_reads_nothing_holds_back_the_audio_and_can_be_ended(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\n"
    make_player(short_dir, "aplay", f"{deaf}open('reads-nothing', 'w').close()\ntime.sleep(600)")
    monkeypatch.setenv("PATH", str(short_dir), prepend=os.pathsep)
    arguments = ("say", "word " * 2000, "--play", "--backend", "tone")
    with program(*arguments, folder=short_dir, cwd=short_dir) as process:
        end = time.monotonic() + PATIENCE_S
        while not (short_dir / "reads-nothing").exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 143
    assert sorted(path.name for path in short_dir.iterdir()) == ["aplay", "reads-nothing"]
