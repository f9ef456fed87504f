"""The shape of the code, enforced: who may import whom, what stays pure, what stays lean, what stays small.

The table of rooms is the one in docs/explanation/architecture.md.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
PACKAGE = SRC / "tts_server"

BASE = {"errors", "protocol"}
SETTINGS = {"endpoint", "settings", "config"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "protocol": {"errors"},
    "audio": {"errors"},
    "text": {"errors"},
    "session": BASE | {"audio", "text"},
    "scheduling": BASE,
    "endpoint": {"errors"},
    "settings": {"errors"},
    "backends": BASE | {"audio", "text", "session"},
    "config": BASE | {"endpoint", "settings", "scheduling", "backends"},
    "engine": BASE | {"audio", "session", "backends"},
    "transports": BASE,
    "client": BASE | SETTINGS | {"audio", "text"},
    "integrations": BASE | SETTINGS | {"audio", "text", "client"},
    "bench": BASE | SETTINGS | {"audio", "text", "session", "scheduling", "backends", "client"},
    "server": BASE
    | SETTINGS
    | {"audio", "text", "session", "scheduling", "backends", "engine", "transports"},
    "conformance": BASE | {"endpoint"},
    "ops": BASE | SETTINGS,
    "cli": BASE | SETTINGS | {"audio", "text", "backends", "client", "bench", "conformance", "ops", "server"},
    "__main__": {"cli"},
    "__init__": set(),
}
PURE_ROOMS = {"protocol", "session", "scheduling", "text"}
PURE_STDLIB = {
    *("__future__", "abc", "array", "base64", "binascii", "bisect", "collections", "copy", "dataclasses"),
    *("enum", "functools", "heapq", "itertools", "json", "math", "operator", "re", "string", "struct"),
    *("types", "typing", "unicodedata"),
}
IMPURE_LOADED = {"asyncio", "concurrent", "logging", "random", "selectors", "socket", "threading"}
# Rooms that an extra belongs to, what measures their sound, and what runs in the peer's environment.
MAY_USE_ANY_PACKAGE = (
    "backends.kokoro",
    "backends.mlx",
    "integrations",
    "bench.kokoro_onnx_worker",
    "bench.quality",
    "bench.sound",
)
READS_ENVIRONMENT = {"config", "settings"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def module_name(path: Path) -> str:
    """Name a source file inside the package: ``protocol.codec``, ``client`` for a package's ``__init__``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


@lru_cache(maxsize=1)
def modules() -> dict[str, ast.Module]:
    """Parse every source file of the package."""
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}


def room_of(name: str) -> str:
    return name.partition(".")[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the absolute dotted names that a tree imports, anywhere; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(tree: ast.AST) -> set[str]:
    """Collect the modules of this package that a tree imports."""
    found = set()
    for name in imports(tree):
        top, _, inner = name.partition(".")
        if top != "tts_server":
            continue
        if inner in modules():
            found.add(inner)
        elif (parent := inner.rpartition(".")[0]) in modules():
            found.add(parent)
    return found


def module_level(tree: ast.Module) -> ast.Module:
    """Keep what runs, or is checked, on import: functions' bodies are left out."""

    copied = ast.parse(ast.unparse(tree))
    for node in ast.walk(copied):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Pass()]
    return copied


def without_type_checking(tree: ast.Module) -> ast.Module:
    """Leave out what is imported only for annotations: two types may name each other."""
    copied = ast.parse(ast.unparse(tree))
    for node in ast.walk(copied):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return copied


def third_party(tree: ast.AST) -> set[str]:
    tops = {name.partition(".")[0] for name in imports(tree)}
    return tops - sys.stdlib_module_names - {"tts_server"}


def is_lean(name: str) -> bool:
    return not name.startswith(MAY_USE_ANY_PACKAGE)


def run_python(code: str) -> str:
    """Run code in a fresh interpreter and return what it prints."""
    finished = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def loaded_by(names: list[str]) -> dict[str, list[str]]:
    """Import modules one after the other in a fresh interpreter; map each to the packages it loaded."""
    code = (
        "import importlib, json, sys\n"
        "loaded, known = {}, set(sys.modules)\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        "    loaded[name] = sorted({m.partition('.')[0] for m in set(sys.modules) - known})\n"
        "    known = set(sys.modules)\n"
        "print(json.dumps(loaded))\n"
    )
    result: dict[str, list[str]] = json.loads(run_python(code))
    return result


def full_name(name: str) -> str:
    return "tts_server" if name == "__init__" else f"tts_server.{name}"


def test_every_file_is_in_a_room_of_the_table() -> None:
    assert {room_of(name) for name in modules()} <= set(MAY_IMPORT)


def test_the_table_of_rooms_has_no_circle() -> None:
    TopologicalSorter(MAY_IMPORT).prepare()


def test_only_cli_may_import_server() -> None:
    assert [room for room, others in MAY_IMPORT.items() if "server" in others] == ["cli"]


def test_no_room_imports_what_lies_above_it() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in own_imports(tree)
        if room_of(other) not in MAY_IMPORT[room_of(name)] | {room_of(name)}
    ]
    assert wrong == []


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {name: own_imports(without_type_checking(tree)) - {name} for name, tree in modules().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_pure_rooms_import_only_what_is_pure() -> None:
    wrong = [
        f"{name} imports {top}"
        for name, tree in modules().items()
        if room_of(name) in PURE_ROOMS
        for top in {imported.partition(".")[0] for imported in imports(tree)}
        if top not in PURE_STDLIB | {"tts_server"}
    ]
    assert wrong == []


def test_pure_rooms_load_nothing_impure() -> None:
    names = [full_name(name) for name in sorted(modules()) if room_of(name) in PURE_ROOMS]
    loaded = loaded_by(names)
    assert {name: IMPURE_LOADED.intersection(tops) for name, tops in loaded.items()} == {
        name: set() for name in names
    }


def test_packages_beyond_websockets_stay_in_the_rooms_of_their_extra() -> None:
    wrong = [
        f"{name} imports {package}"
        for name, tree in modules().items()
        if is_lean(name)
        for package in third_party(module_level(tree))
        if package != "websockets"
    ]
    assert wrong == []


@pytest.mark.parametrize("entry", ["tts_server", "tts_server.client", "tts_server.cli"])
def test_lean_entry_point_loads_only_standard_library_and_websockets(entry: str) -> None:
    tops = {name for name in loaded_by([entry])[entry] if name not in sys.stdlib_module_names}
    assert tops <= {"tts_server", "websockets"}


def test_every_lean_module_loads_only_standard_library_and_websockets() -> None:
    lean = [full_name(name) for name in sorted(modules()) if is_lean(name) and name != "__main__"]
    for name, tops in loaded_by(lean).items():
        strangers = {top for top in tops if top not in sys.stdlib_module_names} - {"tts_server", "websockets"}
        assert strangers == set(), f"{name} loads {sorted(strangers)}"


def test_the_package_itself_loads_no_websockets() -> None:
    assert "websockets" not in loaded_by(["tts_server"])["tts_server"]


def test_only_the_configuration_reads_the_environment() -> None:
    readers = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"})
        or (isinstance(node, ast.ImportFrom) and {alias.name for alias in node.names} & {"environ", "getenv"})
    }
    assert readers <= READS_ENVIRONMENT


def source_files() -> list[Path]:
    folders = [SRC, ROOT / "tests", ROOT / "scripts", ROOT / "examples", ROOT / "bench"]
    return [ROOT / "dev.py", *(path for folder in folders for path in folder.rglob("*.py"))]


def test_files_stay_below_the_limit_of_lines() -> None:
    long = {
        str(path.relative_to(ROOT))
        for path in source_files()
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_FILE_LINES
    }
    assert long == set(LONG_FILES)


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is not None:
        text = function.body[0]
        length -= (text.end_lineno or text.lineno) - text.lineno + 1
    return length


def test_functions_stay_below_the_limit_of_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in source_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_length(node) > MAX_FUNCTION_LINES
    }
    assert long == set(LONG_FUNCTIONS)
