"""The key of a prepared model follows from the code that prepares it, found by what imports what."""

from __future__ import annotations

import ast
import shutil
from importlib import resources
from pathlib import Path

import pytest

from tts_server.backends.kokoro.prepare import prepared
from tts_server.backends.kokoro.prepare.prepared import preparation_files, preparation_sha256

PACKAGE = Path(prepared.__file__).parents[1]
PREFIX = "tts_server.backends.kokoro"
IRRELEVANT = {"prepare/cache.py", "prepare/weights.py"}
REST_OF_THE_HOUSE = {"tts_server.errors", "tts_server.files", "tts_server.backends.base"}


def imported(path: Path) -> set[str]:
    """The dotted names that a module imports, as Python's own parser reads them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules_of_package(path: Path) -> set[str]:
    """The files of Kokoro's package that a module imports."""
    names = {name for name in imported(path) if name.startswith(f"{PREFIX}.")}
    names |= {name.rpartition(".")[0] for name in names}
    files = {f"{name.removeprefix(f'{PREFIX}.').replace('.', '/')}.py" for name in names}
    return {name for name in files if (PACKAGE / name).is_file()}


def closure() -> set[str]:
    found: set[str] = set()
    waiting = {f"prepare/{path.name}" for path in (PACKAGE / "prepare").glob("*.py")} - IRRELEVANT
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= modules_of_package(PACKAGE / name) - IRRELEVANT - found
    return found


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which may be changed."""
    folder = tmp_path / "kokoro"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__", "voices.npz"))
    monkeypatch.setattr(resources, "files", lambda _package: folder)
    return folder


def test_every_module_that_preparing_imports_is_found_and_the_data_that_they_name() -> None:
    files = set(preparation_files(PACKAGE))
    assert {name for name in files if name.endswith(".py")} == closure()
    assert {name for name in files if not name.endswith(".py")} == {"data/stft_kernels.npy"}
    assert {
        "prepare/prepared.py",
        "prepare/graph.py",
        "prepare/toom_cook.py",
        "layout.py",
        "modulation.py",
    } <= files


def test_a_change_of_any_of_them_changes_the_key(package: Path) -> None:
    before = preparation_sha256()
    for name in preparation_files(package):
        content = (package / name).read_bytes()
        (package / name).write_bytes(content + b"\n")
        assert preparation_sha256() != before, name
        (package / name).write_bytes(content)
    assert preparation_sha256() == before


def test_what_does_not_prepare_changes_no_key(package: Path) -> None:
    before = preparation_sha256()
    for name in ("backend.py", "prepare/weights.py", "prepare/cache.py", "voices.py", "data/statistics.npz"):
        (package / name).write_bytes(b"# changed\n")
    assert preparation_sha256() == before


@pytest.mark.parametrize(
    "line",
    [
        "from tts_server.backends.kokoro.another import thing",
        "from tts_server.backends.kokoro import layout, another",
        "from tts_server.backends.kokoro import (\n    layout,\n    another,\n)",
        "import tts_server.backends.kokoro.another as other",
        "def late() -> None:\n    from tts_server.backends.kokoro import another  # noqa: PLC0415",
    ],
)
def test_a_module_that_is_added_counts_however_it_is_imported(package: Path, line: str) -> None:
    with (package / "prepare" / "fold.py").open("a") as file:
        file.write(f"\n{line}\n")
    (package / "another.py").write_text("KERNELS = 'another.npy'\n")
    (package / "data" / "another.npy").write_bytes(b"1")
    before = preparation_sha256()
    (package / "another.py").write_text("KERNELS = 'another.npy'  # changed\n")
    changed = preparation_sha256()
    (package / "data" / "another.npy").write_bytes(b"2")
    assert len({before, changed, preparation_sha256()}) == 3


def test_preparing_uses_nothing_else_of_the_house() -> None:
    """What lies outside the package is in no key, so nothing that decides what is prepared may lie there."""
    outside = {
        name
        for module in closure()
        for name in imported(PACKAGE / module)
        if name.startswith("tts_server.") and not name.startswith(PREFIX)
    }
    assert {name for name in outside if not name.startswith(tuple(REST_OF_THE_HOUSE))} == set()
