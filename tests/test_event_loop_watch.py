"""The watch that conftest.py keeps on the event loop does catch our own blocking calls, and only those."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from blockbuster import BlockingError

import tts_server


def make_sleeper(filename: str) -> Callable[[], None]:
    """Compile a function that blocks, as if it stood in the given file."""
    namespace: dict[str, Callable[[], None]] = {}
    exec(compile("import time\ndef sleeper(): time.sleep(0)", filename, "exec"), namespace)
    return namespace["sleeper"]


OURS = str(Path(tts_server.__file__).with_name("imagined.py"))


async def test_blocking_call_of_ours_on_the_event_loop_fails() -> None:
    with pytest.raises(BlockingError):
        make_sleeper(OURS)()


async def test_blocking_call_of_ours_on_a_worker_thread_passes() -> None:
    await asyncio.to_thread(make_sleeper(OURS))


async def test_blocking_call_of_a_test_passes() -> None:
    make_sleeper("/elsewhere/imagined.py")()
