"""A short run of the fuzz target, the same every time; ``just fuzz`` makes the long one."""

from __future__ import annotations

import random
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.fuzz.session_target import mutated, run_one, seeds

from tts_server.errors import RemoteProtocolError
from tts_server.protocol import json_text
from tts_server.session.buffer import TextBuffer
from tts_server.session.response import Responses

N_MUTANTS = 800
ROOT = Path(__file__).resolve().parents[2]


def run_short(n_mutants: int = N_MUTANTS) -> None:
    """Run the seeds and their mutants, each of which may become a parent of others."""
    rng = random.Random(20_240_501)
    pool = seeds()
    for data in pool:
        run_one(data)
    for _ in range(n_mutants):
        data = mutated(rng.choice(pool), rng.choice(pool), rng)
        run_one(data)
        pool[rng.randrange(len(pool))] = data[:4000]


def test_nothing_that_a_client_sends_breaks_the_session() -> None:
    run_short()


def break_seq(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Responses._frame

    def frame(responses: Responses, response: Any, pcm: bytes) -> Any:
        if response.seq == 2:
            response.seq = 3
        return real(responses, response, pcm)

    monkeypatch.setattr(Responses, "_frame", frame)


def break_buffer(monkeypatch: pytest.MonkeyPatch) -> None:
    real = TextBuffer.append

    def append(buffer: TextBuffer, text: str) -> None:
        try:
            real(buffer, text)
        except RemoteProtocolError:
            buffer.clear()
            raise

    monkeypatch.setattr(TextBuffer, "append", append)


def break_json(monkeypatch: pytest.MonkeyPatch) -> None:
    real = json_text._finite_float

    def finite_float(text: str) -> float:
        return 1 / 0 if "e" in text.lower() else real(text)

    monkeypatch.setattr(
        json_text,
        "_DECODER",
        json_text.json.JSONDecoder(parse_float=finite_float),  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("break_it", [break_seq, break_buffer, break_json])
def test_the_short_run_finds_a_fault_that_is_planted(break_it: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch)
    with pytest.raises((AssertionError, ArithmeticError, ValueError)):
        run_short()


@pytest.mark.skipif(find_spec("atheris") is None, reason="no atheris, which is for Linux on x86-64")
def test_the_coverage_guided_fuzzer_runs(tmp_path: Path) -> None:
    # The fuzzer takes the peak memory of the process that started it for its own: it is inherited.
    flags = [f"--folder={tmp_path}", "-rss_limit_mb=0", "-runs=300", "-seed=1", "-verbosity=0"]
    command = [sys.executable, "-m", "tests.fuzz.fuzz_session", *flags]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr[-4000:]
    assert list((tmp_path / "corpus").iterdir())
