"""Write the recorded bytes anew: ``python -m tests.golden.record``.

Protocol 0.1 is frozen: what it records may grow by conversations, and no line that is there may change.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.golden import client, raw, session
from tests.golden.lines import DATA, write


def _in_a_folder(take_down: Callable[[str, Path], list[str]], name: str) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="tts-") as folder:
        return take_down(name, Path(folder))


KINDS: dict[str, tuple[list[str], Callable[[str, Path], list[str]]]] = {
    "session": (list(session.ALL), lambda name, _: session.take_down(name)),
    "socket": (list(raw.ALL), lambda name, folder: asyncio.run(raw.take_down(name, folder))),
    "client": (list(client.ALL), lambda name, folder: asyncio.run(client.take_down(name, folder))),
}
"""What is recorded: the conversations of a kind, and how to hold one of them in a folder of its own."""


def main() -> None:
    """Hold every conversation and write what was said."""
    for kind, (names, take_down) in KINDS.items():
        write(
            DATA / f"golden_01_{kind}.txt", [line for name in names for line in _in_a_folder(take_down, name)]
        )


if __name__ == "__main__":
    main()
