"""What every test gets: a clean environment, no network model hubs, and a watch on the event loop."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from hypothesis import settings

# Examples share two cores with whatever else runs, so no single one is held to a time.
settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5_000)
settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the user's own settings, and the server that may be running, out of the tests."""
    for name in list(os.environ):
        if name.startswith(("TTS_WS_", "PIPECAT_TTS_")):
            del os.environ[name]
    folder = tempfile.mkdtemp(prefix="tts-run-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["XDG_RUNTIME_DIR"] = folder
    os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(autouse=True)
def event_loop_is_never_blocked() -> Iterator[None]:
    """Fail a blocking call (sleep, file, socket, lock) that our code makes on an event loop's thread."""
    watch = BlockBuster(scanned_modules="tts_server")
    watch.activate()
    try:
        yield
    finally:
        watch.deactivate()


@pytest.fixture
def short_dir() -> Iterator[Path]:
    """A new folder whose path is short enough for a Unix socket in it (about 100 bytes in all)."""
    with tempfile.TemporaryDirectory(prefix="tts-") as folder:
        yield Path(folder)
