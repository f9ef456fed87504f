"""The loaded backend leaves no threads that would take the cores from its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(3600)]

LOAD = """
import sys
from threadpoolctl import threadpool_info
from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro import KokoroModel

backend = KokoroModel(BackendOptions(cache_dir=sys.argv[1]))
backend.load(lambda *_: None)
print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
"""


def test_numpy_computes_on_the_calling_thread_once_the_model_is_loaded(cache_dir: Path) -> None:
    command = [sys.executable, "-c", LOAD, str(cache_dir)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert ended.stdout == "{1}\n"
