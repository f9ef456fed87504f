"""The program as a process of its own: started, watched, stopped."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE_S

PROGRAM = [sys.executable, "-m", "tts_server"]


@contextlib.contextmanager
def program(*arguments: str, folder: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Start the program, with what it makes in ``folder``; leaving the block kills it."""
    environ = os.environ | {"TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder), "PYTHONWARNINGS": "error"}
    pipes: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
    }
    process: subprocess.Popen[bytes]
    with subprocess.Popen([*PROGRAM, *arguments], env=environ, bufsize=0, **(pipes | options)) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(stream: Any, text: bytes) -> bytes:
    """Read a pipe until ``text`` came."""
    seen = b""
    while text not in seen:
        part = stream.read(1)
        assert part, f"the stream ended without {text!r}: {seen!r}"
        seen += part
    return seen


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait for a state of the file system, which nothing announces, while ``process`` runs."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < end
        threading.Event().wait(0.005)
