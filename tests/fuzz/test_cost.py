"""What a message costs is in proportion to its length; ``just fuzz`` tries many more of them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz import cost, hostile
from tests.fuzz.cost_target import (
    MAX_MESSAGE_BYTES,
    MeasuredReader,
    random_session,
    read_session,
    reader_problems,
    session_problems,
    unread_session,
)

from tts_server.doors.stream import outbox
from tts_server.protocol import json_text, v01
from tts_server.session import machine
from tts_server.session.buffer import TextBuffer
from tts_server.session.effects import Note

ROOT = Path(__file__).resolve().parents[2]

N_RANDOM_SESSIONS = 40

FLOODS: tuple[dict[str, Any] | str, ...] = (
    {"type": "input_text.append", "text": ""},
    {"type": "input_text.append", "text": "a"},
    {"type": "input_text.append", "text": "😀" * 2001},
    {"type": "input_text.append", "text": 5},
    {"type": "input_text.clear", "event_id": "😀" * 200},
    {"type": "input_text.commit", "event_id": "😀" * 200},
    {"type": "response.cancel", "response_id": "nobody's"},
    {"type": "session.update", "extras": {"note": "😀" * 900, "unknown": 1}},
    {"type": "session.update", "voice": "😀" * 50},
    {"type": "server.status"},
    {"type": "😀" * 50, "event_id": "😀" * 200},
    '{"type":1,"a":1,"a":1}',
    '{"type":',
    "[" * 2000,
)
"""Messages that a client may send without end, for each of which the server could keep something."""

SHORT = (b'{"type":"session.update"}', b'{"type":"input_text.commit"}', b'{"type":"server.status"}', b"{")

SERVER_MESSAGES: dict[str, Callable[[int], dict[str, Any]]] = {
    "names": lambda n: {
        "type": "server.status",
        "event_id": "1",
        "voices": [f"{i:x}" for i in range(n // 8)],
    },
    "extras": lambda n: {
        "type": "server.hello",
        "event_id": "1",
        "capabilities": {
            "streaming": True,
            "binary_audio": False,
            "text_formats": [],
            "languages": ["en"] * (n // 16),
            "voice_count": 1,
            "extras": [f"{i:x}" for i in range(n // 16)],
            "ideal_words": 1,
        },
    },
    "session": lambda n: {
        "type": "session.created",
        "event_id": "1",
        "session": {
            "id": "s",
            "voice": None,
            "model": "m",
            "language": None,
            "audio_format": "pcm16",
            "extras": {f"{i:x}": i for i in range(n // 16)},
        },
    },
    "audio": lambda n: {
        "type": "response.audio.delta",
        "event_id": "1",
        "response_id": "r",
        "seq": 0,
        "audio": "AAAA" * (n // 8 * 2),
    },
    "no audio": lambda n: {
        "type": "response.audio.delta",
        "event_id": "1",
        "response_id": "r",
        "seq": 0,
        "audio": "😀" * (n // 4),
    },
    "error": lambda n: {
        "type": "error",
        "event_id": "1",
        "error": {"type": "server_error", "code": "busy", "message": "😀" * (n // 4), "retry_after_ms": 1},
    },
    "unknown": lambda n: {"type": "😀" * (n // 4)},
    "number": lambda n: {"type": "response.audio.done", "event_id": "1", "duration_ms": [0] * (n // 3)},
}


def longest(name: str, rng: random.Random) -> bytes:
    """A message of a kind that is as long as the server takes one."""
    message = hostile.KINDS[name](rng, MAX_MESSAGE_BYTES - 500).encode()
    return message if len(message) <= MAX_MESSAGE_BYTES else hostile.KINDS[name](rng, 65_536).encode()


@pytest.mark.parametrize("name", hostile.KINDS)
def test_each_kind_of_message_costs_what_its_length_allows(name: str) -> None:
    rng = random.Random(name)
    messages = [longest(name, rng), longest(name, rng)]
    # What it left must not make those dear that come later.
    assert session_problems([*messages, *SHORT]) == []
    assert cost.time_problems(MeasuredReader, messages[:1]) == []


@pytest.mark.parametrize("seed", range(N_RANDOM_SESSIONS))
def test_random_sessions_cost_what_their_lengths_allow(seed: int) -> None:
    assert session_problems(random_session(random.Random(seed), MAX_MESSAGE_BYTES // 4)) == []


@pytest.mark.parametrize("name", SERVER_MESSAGES)
def test_what_a_server_sends_costs_what_its_length_allows(name: str) -> None:
    message = json.dumps(SERVER_MESSAGES[name](1 << 20), ensure_ascii=False).encode()
    assert reader_problems([message]) == []


def as_message(message: dict[str, Any] | str) -> bytes:
    return message.encode() if isinstance(message, str) else json.dumps(message, ensure_ascii=False).encode()


@pytest.mark.parametrize("message", FLOODS, ids=lambda message: ascii(message)[:50])
def test_nothing_stays_of_messages_without_end(message: dict[str, Any] | str) -> None:
    problems = cost.flood_problems(read_session, as_message(message), n_times=500)
    assert problems == []


@pytest.mark.parametrize("message", FLOODS, ids=lambda message: ascii(message)[:50])
def test_what_waits_unread_is_counted(message: dict[str, Any] | str) -> None:
    problems = cost.flood_problems(unread_session, as_message(message), n_times=100)
    assert problems == []


# --- the measuring itself -----------------------------------------------------------------------------------


class Sleight:
    """Handles messages in the way that a test says."""

    n_accounted_bytes = 0

    def __init__(self, work: Callable[[bytes], object]) -> None:
        self._work = work

    def handle(self, message: bytes) -> None:
        self._work(message)


def slow_with_the_square(message: bytes) -> None:
    """Take over four times what 300 kB may, in the work that it is compared with: on any processor."""
    for _ in range((len(message) // 18_000) ** 2):
        cost.reference_work()


def test_work_that_grows_with_the_square_is_seen() -> None:
    messages = [b"x" * 1000, b"x" * 300_000, b"x" * 1000]
    problems = cost.time_problems(lambda: Sleight(slow_with_the_square), messages)
    assert len(problems) == 1
    assert problems[0].startswith("message 1 of 300000 bytes took ")


def test_linear_work_is_not() -> None:
    assert cost.time_problems(lambda: Sleight(json.loads), [b"[" + b"[]," * 80_000 + b"0]"] * 3) == []


def test_memory_that_is_kept_is_seen_and_that_which_is_accounted_for_is_not() -> None:
    kept: list[object] = []
    leaking = Sleight(lambda message: kept.append(message.decode()))
    messages = [b"x" * 200_000] * 5
    assert "bytes are kept, 0 accounted for" in cost.memory_problems(lambda: leaking, messages)[0]
    leaking.n_accounted_bytes = 1_000_000
    assert cost.memory_problems(lambda: leaking, messages) == []
    assert cost.flood_problems(lambda: Sleight(kept.append), b"x", n_times=500) != []


def test_memory_that_is_used_meanwhile_is_seen() -> None:
    greedy = Sleight(lambda message: [message.decode() for _ in range(100)])
    assert "bytes were in use for message 0" in cost.memory_problems(lambda: greedy, [b"x" * 200_000])[0]


def test_what_waits_for_the_collector_is_seen() -> None:
    def tangle(message: bytes) -> None:
        ring: list[object] = [message]
        ring.append(ring)

    assert cost.memory_problems(lambda: Sleight(tangle), [b"x"]) == [
        "1 objects are left to the garbage collector"
    ]


# --- faults that were there once ----------------------------------------------------------------------------


def count_each_key_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        keys = [key for key, _ in pairs]
        if len(result) != len(keys):
            next(key for key in keys if keys.count(key) > 1)
        return result

    monkeypatch.setattr(json_text, "_DECODER", json.JSONDecoder(object_pairs_hook=unique_keys))


def echo_any_event_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """And count an answer as 300 bytes, whatever it is."""
    monkeypatch.setattr(v01, "_read_event_id", lambda value: value)
    monkeypatch.setattr(outbox, "_answer_bytes", lambda _message: 300)


def note_each_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "dropped_extras", lambda dropped: [Note("debug", key) for key in dropped])


@pytest.mark.parametrize(
    ("plant", "kind", "n_messages", "complaint"),
    [
        (count_each_key_anew, "last_key_repeated", 1, " ms, its length "),
        (echo_any_event_id, "long_event_id", 12, " bytes are kept, "),
    ],
)
def test_a_fault_that_is_planted_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    kind: str,
    n_messages: int,
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    messages = [hostile.KINDS[kind](random.Random(1), 60_000).encode()] * n_messages
    assert complaint in " ".join(session_problems(messages))


def test_a_line_of_the_log_for_each_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    note_each_extra(monkeypatch)
    with pytest.raises(AssertionError, match="one message has 1"):
        session_problems([hostile.extras_unknown(random.Random(1), 10_000).encode()])


def test_a_piece_kept_for_each_append_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TextBuffer, "append", lambda buffer, text: buffer._pieces.append(text))
    with pytest.raises(AssertionError, match="bytes are kept"):
        test_nothing_stays_of_messages_without_end(FLOODS[0])


def test_the_long_run_runs(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.fuzz_cost",
        f"--folder={tmp_path}",
        "--seconds=0.1",
        "--seed=7",
    ]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=50)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert " sessions, " in finished.stdout
