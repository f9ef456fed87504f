"""The pure modules of the package, and which tests are each module's own: ``own_tests.toml`` beside this."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "tts_server"
PAGE = ROOT / "docs" / "explanation" / "architecture.md"
TABLE = Path(__file__).with_suffix(".toml")

PYTEST = ("-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=same")
"""How a module's own tests are run: with the same examples each time, so that two runs can be compared."""


class Allowed(NamedTuple):
    """What a module may have in place of the usual percentage, and why."""

    percent: float
    reason: str


@dataclass(frozen=True)
class OwnTests:
    """The table.

    Args:
        also: Modules to be held beside those that are pure; one may not be there yet.
        patterns: Where the tests of a module are, if not where they usually are. For a room: those of its
            modules that have none there.
        below: Modules that may be reached less than others.
        mutated: Rooms and modules that ``just mutants`` changes; one may not be there yet.
        whole: Rooms whose tests are all of each of its modules': what one says, another has found.
    """

    also: tuple[str, ...]
    patterns: dict[str, list[str]]
    below: dict[str, Allowed]
    mutated: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()

    @classmethod
    def read(cls) -> OwnTests:
        """Read ``own_tests.toml``."""
        table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
        below = {name: Allowed(**entry) for name, entry in table.get("below", {}).items()}
        lists = (tuple(table.get(name, ())) for name in ("mutated", "whole"))
        return cls(tuple(table["also"]), table["tests"], below, *lists)

    def modules(self) -> list[str]:
        """List the modules that are held, those that are not there yet included."""
        pure = [name for place in pure_places() for name in modules_in(place)]
        return [*pure, *self.also]

    def of(self, module: str) -> tuple[str, ...]:
        """List the test files of a module, as paths below the root; empty where there is none."""
        if any(module.startswith(f"{room}.") for room in self.whole):
            return _files(self._of_room(module))
        folder, _, name = module.replace(".", "/").rpartition("/")
        usual = [str(Path("tests", folder, f"test_{name}{end}.py")) for end in ("", "_*")]
        return _files(self.patterns.get(module, usual)) or _files(self._of_room(module))

    def _of_room(self, module: str) -> list[str]:
        """Return where the tests are of the innermost room that has a line."""
        rooms = (module.rsplit(".", times)[0] for times in range(1, module.count(".") + 1))
        return next((self.patterns[room] for room in rooms if room in self.patterns), [])


def _files(patterns: list[str]) -> tuple[str, ...]:
    return tuple(sorted({str(found.relative_to(ROOT)) for one in patterns for found in ROOT.glob(one)}))


def pure_places() -> list[str]:
    """List the rooms, and the modules of other rooms, that the table of the architecture page calls pure."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = lines.index("| room | holds | may import | pure |") + 2
    places = []
    for row in takewhile(lambda line: line.startswith("|"), lines[first:]):
        room, _, _, pure = (cell.strip() for cell in row.strip("|").split("|"))
        name = room.strip("`").removesuffix(".py").removesuffix("/")
        places += [name] if pure == "yes" else [f"{name}.{module}" for module in re.findall(r"`(\w+)`", pure)]
    return places


def source_of(module: str) -> Path:
    """Name the file of a module, whether it is there or not."""
    return PACKAGE / Path(*module.split(".")).with_suffix(".py")


def modules_in(room: str) -> list[str]:
    """List the modules of a room, in their order; a package's ``__init__`` is none."""
    if source_of(room).exists():
        return [room]
    files = sorted((PACKAGE / room).rglob("*.py"))
    names = [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in files]
    return [name for name in names if not name.endswith("__init__")]


def n_processes() -> int:
    """Tell how many runs of tests go on at once."""
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(n_cores, 4)
