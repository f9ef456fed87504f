"""What a program takes of the package: one list, its homes, and what a type checker sees, all the same."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import subprocess
import sys
from pathlib import Path

import pytest

import tts_server
from tts_server import errors

FACE = ast.parse(Path(tts_server.__file__).read_text(encoding="utf-8"))
NAMES = sorted(set(tts_server.__all__) - {"__version__"})


def for_type_checkers() -> ast.If:
    """Find the statement that parts what type checkers see from what they do not."""
    (block,) = [node for node in FACE.body if ast.unparse(node).startswith("if TYPE_CHECKING:")]
    assert isinstance(block, ast.If)
    return block


def seen_by_type_checkers() -> dict[str, str]:
    """Read the names that only type checkers see, each with its home."""
    found: dict[str, str] = {}
    for node in for_type_checkers().body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module is not None
        for alias in node.names:
            assert alias.asname == alias.name, "only a name that is given again is re-exported"
            assert alias.name not in found
            found[alias.name] = node.module
    return found


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, with warnings as errors, and return what it prints."""
    command = [sys.executable, "-W", "error", "-c", code]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def docstring(name: str, home: str) -> str | None:
    """The docstring of a name; that of an alias is the text below it in its home."""
    value = getattr(tts_server, name)
    if inspect.isclass(value) or inspect.isfunction(value):
        return None if (value.__doc__ or "").startswith(f"{name}(") else value.__doc__
    body = ast.parse(inspect.getsource(importlib.import_module(home))).body
    for node, below in itertools.pairwise(body):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.get_docstring(ast.Module([below], []))
    return None


def test_the_list_names_each_name_once_and_in_order() -> None:
    assert list(tts_server.__all__) == sorted(set(tts_server.__all__))


def test_a_type_checker_sees_the_names_of_the_list_and_no_others() -> None:
    assert sorted(seen_by_type_checkers()) == NAMES


def test_a_type_checker_is_told_of_a_name_that_is_not_there() -> None:
    """A ``__getattr__`` that it sees would answer for every name."""
    unseen = {node for part in for_type_checkers().orelse for node in ast.walk(part)}
    functions = {node for node in ast.walk(FACE) if isinstance(node, ast.FunctionDef)}
    assert {function.name for function in functions} >= {"__getattr__"}
    assert functions - unseen == set()


def test_what_can_be_loaded_is_the_list_and_no_more() -> None:
    assert sorted(vars(tts_server)["_HOMES"]) == NAMES


@pytest.mark.parametrize(("name", "home"), seen_by_type_checkers().items())
def test_a_name_is_what_its_home_has_and_says_what_it_is(name: str, home: str) -> None:
    value = getattr(tts_server, name)
    assert value is getattr(importlib.import_module(home), name)
    if inspect.isclass(value) or inspect.isfunction(value):
        assert value.__module__ == home
    assert docstring(name, home), f"{home}.{name} has no docstring"


def test_every_error_of_the_tree_can_be_caught_by_its_flat_name() -> None:
    tree = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert tree <= set(NAMES)


def test_a_name_that_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match=r"^module 'tts_server' has no attribute 'TTSClent'$"):
        eval("tts_server.TTSClent")
    with pytest.raises(ImportError, match="cannot import name 'TTSClent' from 'tts_server'"):
        exec("from tts_server import TTSClent")


def test_nothing_inside_takes_more_than_the_version_from_the_face() -> None:
    inside = Path(tts_server.__file__).parent
    taken = {
        (path.relative_to(inside).as_posix(), alias.name)
        for path in inside.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (isinstance(node, ast.ImportFrom) and node.module == "tts_server") or alias.name == "tts_server"
    }
    assert taken == {("cli/program.py", "__version__")}


def test_dir_lists_the_names_before_any_is_loaded() -> None:
    missing = run_python("import tts_server\nprint(set(tts_server.__all__) - set(dir(tts_server)))")
    assert missing == "set()\n"


def test_importing_the_package_loads_nothing_of_its_inside() -> None:
    loaded = run_python(
        "import sys, tts_server\n"
        "print([name for name in sys.modules if name.startswith('tts_server.')])\n"
        "print([name for name in tts_server.__all__ if name in vars(tts_server)])\n"
        "print([name for name in ('asyncio', 'websockets', 'logging', 'socket') if name in sys.modules])\n"
    )
    assert loaded == "[]\n['__version__']\n[]\n"


@pytest.mark.parametrize(
    ("names", "unwanted"),
    [
        (("TTSClient", "SyncTTSClient", "Speech"), ("server", "service", "doors", "scheduling", "backends")),
        (("Model", "SimpleEngine", "AudioChunk"), ("server", "service", "client", "protocol", "scheduling")),
        (("Server", "ServerConfig", "Door"), ("cli", "client", "conformance", "backends.kokoro")),
        (("Endpoint", "TTSServerError", "Limits"), ("server", "client", "protocol", "speech")),
    ],
)
def test_a_name_loads_no_room_that_it_does_not_need(
    names: tuple[str, ...], unwanted: tuple[str, ...]
) -> None:
    code = f"import sys\nfrom tts_server import {', '.join(names)}\nprint(*sys.modules)\n"
    assert {f"tts_server.{room}" for room in unwanted} & set(run_python(code).split()) == set()


def test_all_names_can_be_taken_at_once() -> None:
    code = "from tts_server import *\nimport tts_server\nprint(set(tts_server.__all__) - set(globals()))"
    assert run_python(code) == "set()\n"


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert tts_server.__version__ == version("pipecat-local-tts-server")
