"""Hold each pure module to what its own tests reach: ``just coverage [MODULE…]``.

Runs the tests of each module alone, measures the lines and branches of that module, prints a table, and exits
with 1 where one is below ``LEAST_PERCENT``. Which tests are whose, and which module may have less and why,
stands in ``own_tests.toml``. Modules that have the same tests share a run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.own_tests import PYTEST, ROOT, OwnTests, n_processes, source_of

LEAST_PERCENT = 99.0


@dataclass(frozen=True)
class Reached:
    """What the tests of a module reach of it.

    Args:
        module: Its name.
        percent: Of its lines and branches.
        missing: Lines, and branches as ``12->15``, that they do not.
    """

    module: str
    percent: float
    missing: str


class TestsFailedError(Exception):
    """A test failed, or pytest did not run; the message is its output."""


def measure(tests: tuple[str, ...], names: list[str]) -> list[Reached]:
    """Run test files and tell what they reach of some modules.

    Raises:
        TestsFailedError: They did not pass.
    """
    with tempfile.TemporaryDirectory(prefix="coverage-") as folder:
        data, report = Path(folder, "data"), Path(folder, "report.json")
        sources = ",".join(str(source_of(name)) for name in names)
        options = ["--branch", f"--data-file={data}", f"--include={sources}"]
        _python("coverage", "run", *options, "-m", "pytest", *PYTEST, *tests)
        if not data.exists():
            return [_reached(name, None) for name in names]
        _python("coverage", "json", "-q", f"--data-file={data}", "-o", str(report))
        files = json.loads(report.read_text(encoding="utf-8"))["files"]
    by_path = {(ROOT / name).resolve(): found for name, found in files.items()}
    return [_reached(name, by_path.get(source_of(name))) for name in names]


def _python(*arguments: str) -> None:
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TestsFailedError(done.stdout + done.stderr)


def _reached(module: str, found: dict[str, Any] | None) -> Reached:
    if found is None:
        return Reached(module, 0.0, "is not imported by its tests")
    lines = found["missing_lines"]
    branches = [f"{begin}->{end}" for begin, end in found["missing_branches"] if begin not in lines]
    return Reached(module, found["summary"]["percent_covered"], " ".join([*map(str, lines), *branches]))


def measure_all(names: Iterable[str], table: OwnTests) -> list[Reached]:
    """Measure modules, in their order, as many at a time as there are processors."""
    names = list(names)
    shared: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in names:
        shared[table.of(name)].append(name)
    untested = [Reached(name, 0.0, "has no tests of its own") for name in shared.pop((), [])]
    with ThreadPoolExecutor(n_processes()) as pool:
        measured = [reached for group in pool.map(measure, shared, shared.values()) for reached in group]
    return sorted([*untested, *measured], key=lambda reached: names.index(reached.module))


def judge(found: Iterable[Reached], table: OwnTests) -> int:
    """Print what was found; return the exit status: 1 where a module is not reached enough."""
    status = 0
    for reached in found:
        allowed = table.below.get(reached.module)
        least = LEAST_PERCENT if allowed is None else allowed.percent
        line = f"{reached.module:26} {reached.percent:6.2f} %  {reached.missing}"
        if reached.percent < least:
            status = 1
            line += f"  BELOW {least:g} %"
        print(line.rstrip() if allowed is None else f"{line}  ({allowed.reason})")
    return status


def main() -> int:
    """Measure, print the table and judge it."""
    table = OwnTests.read()
    known = table.modules()
    parser = argparse.ArgumentParser(prog="coverage", description="Hold modules to what their tests reach.")
    parser.add_argument("module", nargs="*", help="such as session.machine; without one all of them")
    chosen = parser.parse_args().module or known
    if unknown := [name for name in chosen if name not in known]:
        parser.error("no pure module: " + " ".join(unknown))
    there = [name for name in chosen if source_of(name).exists()]
    try:
        found = measure_all(there, table)
    except TestsFailedError as error:
        print(error)
        return 1
    for name in chosen:
        if name not in there:
            print(f"{name:26} is not there yet")
    return judge(found, table)


if __name__ == "__main__":
    sys.exit(main())
