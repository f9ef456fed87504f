"""``say -``: standard input is read as it is spoken, whatever comes in, and however slowly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import wave
from pathlib import Path

import pytest
from tests.cli.processes import program, read_until
from tests.patience import PATIENCE_S

from tts_server.bench.process import usage_of

TONE = ("--backend", "tone")
CHAR_BYTES = 2 * 1440


def say(text: bytes, folder: Path, *flags: str) -> tuple[int, bytes, int | None]:
    """Have a text spoken; returns the status, the messages, and how many characters were."""
    output = folder / "out.wav"
    with program(
        "say", "-", "-o", str(output), *TONE, *flags, folder=folder, stdin=subprocess.PIPE
    ) as process:
        _, err = process.communicate(text, timeout=PATIENCE_S)
    assert b"Traceback" not in err
    if not output.exists():
        return process.returncode, err, None
    with wave.open(str(output)) as file:
        return process.returncode, err, round(file.getnframes() / 1440)


@pytest.mark.parametrize("text", [b"", b" \n\t", b"\xef\xbb\xbf"])
def test_input_without_text_is_nothing_to_say(text: bytes, short_dir: Path) -> None:
    status, err, n_chars = say(text, short_dir)
    assert (status, n_chars) == (2, None)
    assert b"there is nothing to say" in err.splitlines()[-1]
    assert list(short_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "n_chars"),
    [
        (b"Hello.", 6),
        (b"Hello.\n", 7),
        (b"\xef\xbb\xbfHello.", 6),
        (b"Hello\0there.", 12),
        ("Grüße.".encode(), 6),
        (b"  \n Hello.", 10),
    ],
)
def test_all_of_it_is_spoken(text: bytes, n_chars: int, short_dir: Path) -> None:
    status, err, n_spoken = say(text, short_dir)
    assert status == 0, err
    assert n_spoken in {n_chars, len(text.decode("utf-8-sig").strip())}
    assert b"UTF-8" not in err


@pytest.mark.parametrize(
    "text", [b"caf\xe9 ole.", b"ends in half a letter \xc3", bytes(range(128, 256)) + b"a"]
)
def test_what_is_no_utf_8_is_said_once_and_the_rest_is_spoken(text: bytes, short_dir: Path) -> None:
    status, err, n_spoken = say(text, short_dir)
    assert status == 0
    assert err.count(b"not UTF-8 throughout") == 1
    assert n_spoken


@pytest.mark.parametrize("sentence", [b"hello there my friend.\n", b"no end of it ", b"x", b"\0"])
def test_endless_input_waits_where_it_comes_from(sentence: bytes, short_dir: Path) -> None:
    arguments = ("say", "-", "-o", str(short_dir / "out.wav"), *TONE, "--set", "work_ms=50")
    n_written = 0
    with program(*arguments, folder=short_dir, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        read_until(process.stderr, b"makes tones")
        before = usage_of(process.pid).resident_bytes
        os.set_blocking(process.stdin.fileno(), False)
        end = time.monotonic() + 2.0
        while time.monotonic() < end:
            n_written += process.stdin.write(sentence * 1000) or 0
            threading.Event().wait(0.001)
        grown = usage_of(process.pid).resident_bytes - before
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 130
    # The pipe's own 64 KiB, and what two seconds can take; there is nothing to say of zeros.
    assert n_written < 2_000_000 or sentence == b"\0"
    assert grown < 30_000_000
    assert list(short_dir.iterdir()) == []


def test_what_is_complete_is_spoken_while_the_input_pauses(short_dir: Path) -> None:
    arguments = ("say", "-", "-o", "-", *TONE)
    with program(*arguments, folder=short_dir, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"Good day.\n")
        # Blocks for ever if the line waits for more.
        got = process.stdout.read(44)
        while len(got) < 44 + 9 * CHAR_BYTES:
            got += process.stdout.read(CHAR_BYTES)
        process.stdin.write(b"How are you")
        process.stdin.close()
        process.stdin = None
        rest, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert len(got + rest) >= 44 + 20 * CHAR_BYTES
    assert err.count(b"seconds of audio") == 0
    assert b"1.20 s of audio" in err or b"1.26 s of audio" in err


def test_half_a_sentence_waits_for_its_end(short_dir: Path) -> None:
    arguments = ("say", "-", "-o", str(short_dir / "out.wav"), *TONE)
    with program(*arguments, folder=short_dir, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"Good ")
        read_until(process.stderr, b"makes tones")
        threading.Event().wait(0.8)
        _, err = process.communicate(b"day.", timeout=PATIENCE_S)
    assert process.returncode == 0
    assert b"0.54 s of audio" in err


def test_input_that_does_not_block_is_waited_for(short_dir: Path) -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    arguments = ("say", "-", "-o", str(short_dir / "out.wav"), *TONE)
    with program(*arguments, folder=short_dir, stdin=reader) as process:
        os.close(reader)
        read_until(process.stderr, b"makes tones")
        os.write(writer, b"Good day.")
        os.close(writer)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert b"0.54 s of audio" in err


@pytest.mark.parametrize("redirection", ["</dev/null", "<&-", "0>/dev/null"])
def test_input_that_cannot_be_read_is_one_line_and_status_2(redirection: str, short_dir: Path) -> None:
    shell = f'exec "$@" {redirection}'
    command = ["sh", "-c", shell, "sh", sys.executable, "-m", "tts_server", "say", "-", "-o", "d.wav", *TONE]
    done = subprocess.run(command, cwd=short_dir, capture_output=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == (1 if redirection.startswith("0") else 2)
    last = done.stderr.splitlines()[-1]
    assert b"nothing to say" in last or b"standard input cannot be read" in last
    assert b"Traceback" not in done.stderr
    assert list(short_dir.iterdir()) == []
