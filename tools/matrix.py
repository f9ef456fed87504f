"""Run the tests on every Python and at both ends of each dependency's range: ``just matrix``.

An environment is made for each of them, ``.venv-3.12-lowest`` and so on, and kept. The Pythons are those on
the path, such as ``python3.12``; with pyenv, ``PYENV_VERSION=3.11.7:3.12.1:3.13.0`` puts three there. Prints
what pytest prints, then a table and the reasons of skipped tests. Exits 1 if one failed or a Python is
not there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import dev  # noqa: E402 - it stands at the root, as the first thing that a newcomer runs

PINS = {"highest": "dev", "lowest": "lowest"}


@dataclass
class Outcome:
    """How one run of the tests ended."""

    python: str
    end: str
    ending: str = "passed"
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def row(self) -> str:
        """Write it as a row of the table."""
        numbers = [str(self.counts[name]) for name in ("passed", "failed", "skipped")]
        return " | ".join([self.python, self.end, self.ending, *numbers, f"{self.seconds:.0f}"])


def read_report(path: Path, outcome: Outcome) -> None:
    """Count the tests of a JUnit report, and the reasons of those that were skipped."""
    for case in ET.parse(path).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.counts["failed"] += 1
        elif (skipped := case.find("skipped")) is not None:
            outcome.counts["skipped"] += 1
            outcome.reasons[skipped.get("message", "")] += 1
        else:
            outcome.counts["passed"] += 1


def run_tests(python: str, end: str, arguments: list[str]) -> Outcome:
    """Make the environment if need be and run pytest in it."""
    outcome = Outcome(python, end)
    version = tuple(int(number) for number in python.split("."))
    try:
        program = dev.install(ROOT / f".venv-{python}-{end}", PINS[end], wanted=(version,))
    except dev.SetupError as error:
        outcome.ending = str(error)
        return outcome
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        dev.say(f"Python {python}, {end} versions: pytest {' '.join(arguments)}")
        start_s = time.monotonic()
        command = [str(program), *dev.pytest_arguments(), f"--junit-xml={report}", *arguments]
        status = subprocess.call(command, cwd=ROOT)
        outcome.seconds = time.monotonic() - start_s
        if status:
            outcome.ending = f"status {status}"
        if report.exists():
            read_report(report, outcome)
    return outcome


def main() -> int:
    """Run what the command line chooses, and print the table."""
    pythons = ["{}.{}".format(*version) for version in dev.SUPPORTED]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0] + ".")
    parser.add_argument(
        "--python", action="append", choices=pythons, help="only this one; may be given again"
    )
    parser.add_argument("--end", action="append", choices=list(PINS), help="only this end of the ranges")
    parser.add_argument("arguments", nargs="*", help="for pytest; those with dashes after --")
    options = parser.parse_args()
    outcomes = [
        run_tests(python, end, options.arguments)
        for python in options.python or pythons
        for end in options.end or PINS
    ]
    print("\nPython | versions | ending | passed | failed | skipped | seconds")
    for outcome in outcomes:
        print(outcome.row())
    for outcome in outcomes:
        for reason, count in outcome.reasons.items():
            print(f"skipped on {outcome.python}, {outcome.end}: {count} ({reason})")
    return int(any(outcome.ending != "passed" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
