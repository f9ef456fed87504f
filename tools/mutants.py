"""Change the code in every small way and see whether its own tests notice: ``just mutants [NAME…]``.

Each change of ``mutations.py`` in a room or module that ``own_tests.toml`` names is tried in a process of its
own, which runs the module's own tests up to the first that fails. What nobody notices survives. Survivors
that are known stand in ``mutants.toml``, each with the reason why it may live. Exits with 1 where one is not
known, where more than ``MOST_PERCENT`` survive, or where the table names what is not there.

Theory of operation: this process imports pytest and none of this package's modules, then forks for each
change. The fork puts the changed text in the place of the module's file when it is imported; no file is
written. Nothing outlives ``TIMES_AS_LONG`` times what the tests take without a change: that is a loop without
an end, and counts as noticed.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.util
import multiprocessing
import os
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import ModuleType
from typing import Final

import hypothesis.stateful
import pytest
from tools.mutations import Mutation, mutations
from tools.own_tests import PYTEST, ROOT, OwnTests, modules_in, n_processes, source_of

MOST_PERCENT: Final = 8.0
TIMES_AS_LONG: Final = 10
LEAST_TIMEOUT_S: Final = 30.0
LOADED: Final = "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning"
TABLE: Final = Path(__file__).with_suffix(".toml")

FOR_EVERY_FORK: Final = (hypothesis.stateful,)
"""What takes long to import, and is imported once."""

Known = Counter[tuple[str, str, str]]


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    module: str
    mutation: Mutation

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it in the table: it holds when lines move."""
        return self.module, self.mutation.line, self.mutation.what


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a module with another text than that of its file."""

    def __init__(self, module: str, source: str) -> None:
        self._name = f"tts_server.{module}"
        self._path = str(source_of(module))
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the one module."""
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed text."""
        exec(compile(self._source, self._path, "exec"), module.__dict__)  # noqa: S102 - that is what it is for


def _run_tests(module: str, source: str | None, tests: Sequence[str]) -> None:
    """Run tests with a changed module, and exit as pytest does. Runs in the fork."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    sys.dont_write_bytecode = True
    if source is not None:
        sys.meta_path.insert(0, _Changed(module, source))
    os._exit(pytest.main([*PYTEST, "-x", "-W", LOADED, *tests]))


@dataclass
class _Run:
    """A mutant that is tried, until ``end_s``."""

    mutant: Mutant
    process: ForkProcess
    end_s: float


class Trial:
    """Tries mutants, several at once.

    Args:
        table: Tells which tests are whose.
    """

    def __init__(self, table: OwnTests) -> None:
        self._table = table
        self._fork = multiprocessing.get_context("fork")
        self._timeouts_s: dict[tuple[str, ...], float] = {}

    def _start(self, module: str, source: str | None) -> ForkProcess:
        process = self._fork.Process(target=_run_tests, args=(module, source, self._tests(module)))
        process.start()
        return process

    def _tests(self, module: str) -> tuple[str, ...]:
        """List its tests, those that are named like it first, since they notice first; models come last."""
        name = module.rpartition(".")[2]
        return tuple(sorted(self._table.of(module), key=lambda one: (name not in one, "model" in one, one)))

    def prepare(self, modules: Iterable[str]) -> list[str]:
        """Run the tests of modules without a change; return those whose tests fail or are none."""
        bad = []
        for module in modules:
            tests = tuple(sorted(self._table.of(module)))
            if not tests:
                bad.append(module)
            elif tests not in self._timeouts_s:
                began = time.monotonic()
                process = self._start(module, None)
                process.join()
                took_s = time.monotonic() - began
                self._timeouts_s[tests] = max(LEAST_TIMEOUT_S, TIMES_AS_LONG * took_s)
                bad += [module] if process.exitcode else []
        return bad

    def survivors(self, mutants: Iterable[Mutant]) -> Iterator[Mutant]:
        """Yield the mutants that no test notices."""
        waiting, running = iter(mutants), dict[int, _Run]()
        while True:
            while len(running) < n_processes() and (mutant := next(waiting, None)) is not None:
                process = self._start(mutant.module, mutant.mutation.source)
                timeout_s = self._timeouts_s[tuple(sorted(self._table.of(mutant.module)))]
                running[process.sentinel] = _Run(mutant, process, time.monotonic() + timeout_s)
            if not running:
                return
            now = time.monotonic()
            wait(list(running), max(0.0, min(run.end_s for run in running.values()) - now))
            for sentinel, run in list(running.items()):
                if run.process.exitcode is None and time.monotonic() > run.end_s:
                    run.process.kill()
                    run.process.join()
                # Read once: it may end between two looks.
                status = run.process.exitcode
                if status is not None:
                    del running[sentinel]
                if status == 0:
                    yield run.mutant


def mutants_of(names: Iterable[str]) -> tuple[list[Mutant], list[str]]:
    """List the mutants of rooms and modules, and those of the names that are not there."""
    found: list[Mutant] = []
    absent = []
    for name in names:
        modules = modules_in(name)
        absent += [] if modules else [name]
        for module in modules:
            changes = mutations(source_of(module).read_text(encoding="utf-8"))
            found += [Mutant(module, change) for change in changes]
    return found, absent


def read_known() -> Known:
    """Read the survivors that are known, and how often each of them is there."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8")).get("survivor", [])
    return Counter({(one["module"], one["line"], one["mutation"]): one.get("times", 1) for one in entries})


def judge(all_of_them: Sequence[Mutant], tried: int, survivors: Sequence[Mutant], known: Known) -> int:
    """Print who survived; return the exit status."""
    names = {mutant.module for mutant in all_of_them}
    there = Counter(mutant.key for mutant in all_of_them)
    stale = [key for key in known if key[0] in names and key not in there]
    left = Counter(known)
    n_unknown = 0
    for mutant in survivors:
        left[mutant.key] -= 1
        mark = "known" if left[mutant.key] >= 0 else "NOT KNOWN"
        n_unknown += left[mutant.key] < 0
        module, change = mutant.module, mutant.mutation
        print(f"{mark:9} {module}:{change.number}  {change.line}\n{'':9} {change.what}")
    for module, line, what in stale:
        print(f"NOT THERE {module}  {line}\n{'':9} {what}")
    percent = 100 * len(survivors) / tried if tried else 0.0
    print(f"{len(survivors)} of {tried} survived, {percent:.1f} %; {n_unknown} of them are not known")
    return int(bool(stale or n_unknown or percent > MOST_PERCENT))


def main() -> int:
    """Try the mutants and judge them."""
    table = OwnTests.read()
    parser = argparse.ArgumentParser(prog="mutants", description="See whether tests notice changes of code.")
    parser.add_argument(
        "name", nargs="*", default=table.mutated, help="rooms or modules (all that are named)"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="try N of them, chosen by chance")
    parser.add_argument("--seed", type=int, default=0, help="what the chance is made of (%(default)s)")
    options = parser.parse_args()
    os.chdir(ROOT)
    everything, absent = mutants_of(options.name)
    for name in absent:
        print(f"{name} is not there yet")
    chosen = everything
    if options.sample is not None and options.sample < len(everything):
        chosen = random.Random(options.seed).sample(everything, options.sample)  # noqa: S311 - no secret
    trial = Trial(table)
    if bad := trial.prepare(dict.fromkeys(mutant.module for mutant in chosen)):
        print("without a change, the tests fail, or there are none: " + " ".join(bad))
        return 1
    began = time.monotonic()
    survivors = []
    for mutant in trial.survivors(chosen):
        survivors.append(mutant)
        # At once, since all of them take long.
        print(f"{mutant.module}:{mutant.mutation.number} survived", file=sys.stderr)
    survivors.sort(key=lambda one: (one.module, one.mutation.number))
    status = judge(everything, len(chosen), survivors, read_known())
    print(f"{time.monotonic() - began:.0f} s in {n_processes()} processes")
    return status


if __name__ == "__main__":
    sys.exit(main())
