"""One server with the real model for all model tests."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from tests.patience import PATIENCE_S

from tts_server.client.sync import SyncTTSClient

START_S = 600.0


def pass_on(lines: IO[str]) -> None:
    """Show a process's log as it comes, so that its pipe never fills."""
    for line in lines:
        sys.stderr.write(line)


@pytest.fixture(scope="session")
def kokoro_socket(cache_dir: Path) -> Iterator[str]:
    """The Unix socket of a server that speaks with Kokoro."""
    with tempfile.TemporaryDirectory(prefix="tts-") as folder:
        path = str(Path(folder) / "tts.sock")
        command = [sys.executable, "-m", "tts_server", "serve", "--backend", "kokoro"]
        command += ["--socket-path", path, "--cache-dir", str(cache_dir)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            log = process.stderr
            assert log is not None
            if not any("listening on" in line for line in log):
                pytest.fail(f"the server ended with status {process.wait()} before it listened")
            reader = threading.Thread(target=pass_on, args=(log,))
            reader.start()
            yield path
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
            reader.join()


@pytest.fixture
def kokoro(kokoro_socket: str) -> Iterator[SyncTTSClient]:
    """A client of that server, connected."""
    with SyncTTSClient(kokoro_socket, connect_timeout_s=START_S, request_timeout_s=120) as client:
        yield client
