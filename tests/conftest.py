"""What every test gets: a clean environment and log, no network model hubs, a watch on the event loop.

The processes of a parallel run (pytest-xdist) have one prepared model in common. One of them takes all tests
of the folder of Kokoro, and else those of a file, so that never more than three hold a loaded model.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from blockbuster import BlockBuster
from hypothesis import Phase, settings

TESTS = Path(__file__).parent
KOKORO = Path("backends/kokoro")

# Examples share two cores with whatever else runs, so no single one is held to a time.
settings.register_profile("default", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=5_000)
# The same examples each time, and no search for the simplest: for runs that are compared with each other.
settings.register_profile(
    "same", deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate]
)
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell a parallel run which tests belong together."""
    for item in items:
        path = item.path.relative_to(TESTS)
        group = KOKORO if path.is_relative_to(KOKORO) else path
        item.add_marker(pytest.mark.xdist_group(group.as_posix()))


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A cache folder of this run that holds the installed model, prepared in both forms."""
    from tts_server.backends.kokoro.prepare.prepared import STREAM, WHOLE, prepared_model
    from tts_server.backends.kokoro.prepare.weights import resolve

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if hasattr(pytestconfig, "workerinput") else own) / "prepared"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for form in (STREAM, WHOLE):
            prepared_model(resolve(), folder / "kokoro", form=form)
    return folder


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a command does to logging does not outlive its test."""
    loggers = [logging.getLogger(), logging.getLogger("tts_server")]
    before = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


# Once for all tests: it exchanges methods of built-in types, which other threads must not be using meanwhile.
@pytest.fixture(scope="session", autouse=True)
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
