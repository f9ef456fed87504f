"""The shape of the code, enforced: who may import whom, what stays pure, what stays lean, what stays small.

The rooms, what each may import and which are pure stand in the table of docs/explanation/architecture.md, and
are read from there. An import counts wherever it stands: in a function, or for annotations alone.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
PACKAGE = SRC / "tts_server"

PAGE = ROOT / "docs" / "explanation" / "architecture.md"
TABLE_HEAD = "| room | holds | may import | pure |"
PURE_STDLIB = {
    *("__future__", "abc", "array", "base64", "binascii", "bisect", "collections", "copy", "dataclasses"),
    *("enum", "functools", "heapq", "itertools", "json", "math", "operator", "re", "string", "struct"),
    *("types", "typing", "unicodedata", "html", "importlib"),
}
# What a pure module may use besides: other people's code that is as pure.
PURE_PACKAGES = {"text.normalize.number_words": {"num2words"}}
IMPURE_LOADED = {"asyncio", "concurrent", "logging", "random", "selectors", "socket", "threading"}
# Rooms that an extra belongs to.
MAY_USE_ANY_PACKAGE = ("backends.kokoro", "backends.mlx", "integrations")
READS_ENVIRONMENT = {"config.environment"}
FROM_ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb"}

# What stands beside the package and is in no wheel.
BESIDE = {"laboratory", "training", "tools", "tests", "examples", "dev"}

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


@dataclass(frozen=True)
class Room:
    """One row of the table.

    Args:
        name: Its folder or file.
        may_import: The rooms that it may import.
        is_pure: Whether all of it is.
        pure_modules: What of it is, where not all is.
    """

    name: str
    may_import: frozenset[str]
    is_pure: bool
    pure_modules: frozenset[str]


def room_in(row: str) -> Room:
    """Read a row such as ``| `audio/` | PCM conversion | `errors` | yes |``; the last may name modules."""
    room, _, others, pure = (cell.strip() for cell in row.strip("|").split("|"))
    named = re.fullmatch(r"`(\w+)(?:/|\.py)`", room)
    assert named, f"not a folder nor a file: {room}"
    assert others == "nothing" or re.fullmatch(r"`\w+`(, `\w+`)*", others), f"not a list of rooms: {others}"
    assert re.fullmatch(r"|yes|`\w+`(, `\w+`)*", pure), f"neither pure nor not, nor a list: {pure}"
    names = frozenset(f"{named[1]}.{module}" for module in re.findall(r"`(\w+)`", pure))
    return Room(named[1], frozenset(re.findall(r"`(\w+)`", others)), pure == "yes", names)


@lru_cache(maxsize=1)
def rooms() -> dict[str, Room]:
    """Read the table of the architecture page, in its order."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = lines.index(TABLE_HEAD) + 2
    found = [room_in(line) for line in takewhile(lambda line: line.startswith("|"), lines[first:])]
    table = {room.name: room for room in found}
    assert len(table) == len(found), "a room has two rows"
    return table


def pure_modules() -> list[str]:
    return [name for name in sorted(modules()) if is_pure(name)]


def is_pure(name: str) -> bool:
    room = rooms()[room_of(name)]
    return room.is_pure or name in room.pure_modules


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


def loaded_by(names: list[str], bare: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Import modules one after the other in a fresh interpreter; map each to the packages it loaded.

    What the packages in ``bare`` import for their public face is not loaded.
    """
    code = (
        "import importlib, json, sys, types\n"
        f"for name, path in {[(full_name(name), str(PACKAGE / name)) for name in bare]!r}:\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    sys.modules[name].__path__ = [path]\n"
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


def test_every_room_of_the_table_is_there_and_every_file_is_in_one() -> None:
    assert set(rooms()) == {room_of(name) for name in modules()}
    kinds = {
        path.name for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    named = re.findall(r"^\| `(\w+(?:/|\.py))` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {name.rstrip("/") for name in named} == kinds


def test_a_room_of_the_table_may_import_only_rooms_above_it() -> None:
    above: set[str] = set()
    for room in rooms().values():
        assert room.may_import <= above, room.name
        above.add(room.name)


def test_only_cli_and_the_public_face_may_import_server() -> None:
    assert [room.name for room in rooms().values() if "server" in room.may_import] == ["cli", "__init__"]


def test_no_room_imports_what_the_table_does_not_name() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, tree in modules().items()
        for other in own_imports(tree)
        if room_of(other) not in rooms()[room_of(name)].may_import | {room_of(name)}
    ]
    assert wrong == []


def test_modules_import_each_other_in_no_circle() -> None:
    graph = {name: own_imports(tree) - {name} for name, tree in modules().items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_modules_that_the_table_calls_pure_are_there() -> None:
    assert {name for room in rooms().values() for name in room.pure_modules} <= set(modules())


def test_pure_modules_import_no_module_of_their_room_that_is_not() -> None:
    wrong = [
        f"{name} imports {other}"
        for name in pure_modules()
        for other in own_imports(modules()[name])
        if room_of(other) == room_of(name) and not is_pure(other)
    ]
    assert wrong == []


def test_pure_rooms_import_only_what_is_pure() -> None:
    wrong = [
        f"{name} imports {top}"
        for name in pure_modules()
        for top in {imported.partition(".")[0] for imported in imports(modules()[name])}
        if top not in PURE_STDLIB | {"tts_server"} | PURE_PACKAGES.get(name, set())
    ]
    assert wrong == []


def test_pure_rooms_load_nothing_impure() -> None:
    names = [full_name(name) for name in pure_modules()]
    assert names
    loaded = loaded_by(names, bare=tuple(room.name for room in rooms().values() if room.pure_modules))
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


def test_the_package_imports_nothing_that_stands_beside_it() -> None:
    assert {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} <= BESIDE
    wrong = [
        f"{name} imports {top}" for name, tree in modules().items() for top in third_party(tree) & BESIDE
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
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in FROM_ENVIRONMENT)
        or (isinstance(node, ast.ImportFrom) and FROM_ENVIRONMENT.intersection(imports(node)))
    }
    assert readers <= READS_ENVIRONMENT


@lru_cache(maxsize=1)
def source_files() -> list[Path]:
    """List the Python files of the checkout; folders with a dot, such as environments, are none of it."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return [*ROOT.glob("*.py"), *(path for folder in folders for path in folder.rglob("*.py"))]


def test_type_checker_sees_every_file() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    seen = [ROOT / name for name in settings["tool"]["mypy"]["files"]]
    assert [str(path) for path in source_files() if not any(path.is_relative_to(top) for top in seen)] == []


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
