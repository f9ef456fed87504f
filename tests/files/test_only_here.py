"""No module outside the room ``files`` creates, replaces or removes a path."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tts_server

PACKAGE = Path(tts_server.__file__).parent

CHANGING = {
    *("unlink", "rmdir", "removedirs", "rmtree", "rename", "renames", "mkdir", "makedirs", "mkfifo", "touch"),
    *("symlink", "symlink_to", "hardlink_to", "ftruncate", "write_text", "write_bytes"),
    *("chmod", "lchmod", "fchmod", "chown", "lchown", "fchown", "utime", "mkstemp", "mkdtemp", "mktemp"),
    *("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "TemporaryDirectory"),
    *("copy2", "copyfile", "copytree", "copymode", "copystat", "make_archive", "unpack_archive"),
    *("savefig", "tofile", "extractall", "ZipFile"),
}
CHANGING_OF_MODULES = {"copy", "link", "move", "remove", "truncate"}
"""Names that much else has too: they count where they are a function of ``os`` or ``shutil``."""

OWN_METHODS = {
    # It changes no path: a queue gives its place away.
    ("doors.stream.driver", "self._outbox.replace"),
}


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            yield node, name


def mode_of(call: ast.Call) -> str:
    """The mode of an ``open``, wherever it stands among the arguments; "" where it is none of write."""
    strings = [
        argument.value
        for argument in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode"))
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    return next((text for text in strings if set(text) <= set("rwaxbt+") and set(text) & set("wax+")), "")


def changes_a_path(call: ast.Call, name: str) -> bool:
    text = ast.unparse(call)
    if name in {"open", "fdopen"}:
        is_descriptor = name == "fdopen" or any(flag in text for flag in ("O_RDONLY", "os.devnull"))
        return not is_descriptor and (bool(mode_of(call)) or "O_CREAT" in text or "O_TRUNC" in text)
    if name == "replace":
        # Text is replaced by two arguments, fields of a data class by keywords; a path by one.
        return isinstance(call.func, ast.Attribute) and len(call.args) == 1 and not call.keywords
    return name in CHANGING or (name in CHANGING_OF_MODULES and text.startswith(("os.", "shutil.")))


def found_in(name: str, source: str) -> list[str]:
    return [
        f"{name}: {ast.unparse(call)}"
        for call, called in calls(ast.parse(source))
        if changes_a_path(call, called) and (name, ast.unparse(call.func)) not in OWN_METHODS
    ]


def test_only_this_room_creates_replaces_or_removes_paths() -> None:
    found: list[str] = []
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        if not name.startswith("files."):
            found += found_in(name, path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "path.unlink()",
        "os.remove(path)",
        "shutil.rmtree(path, ignore_errors=True)",
        "Path(a).replace(b)",
        "os.replace(a, b) if False else os.rename(a, b)",
        "open(path, 'w')",
        "path.open('wb', buffering=0)",
        "path.open(mode='x')",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "tempfile.mkdtemp(prefix='x')",
        "NamedTemporaryFile()",
        "path.write_text('x')",
        "path.mkdir(mode=0o700)",
    ],
)
def test_every_way_to_do_so_is_seen(line: str) -> None:
    assert found_in("anywhere", line)


@pytest.mark.parametrize(
    "line",
    [
        "text.replace('a', 'b')",
        "replace(config, port=1)",
        "path.open('rb')",
        "open(path)",
        "os.open(p, os.O_RDONLY)",
    ],
)
def test_what_changes_no_path_is_not_reported(line: str) -> None:
    assert found_in("anywhere", line) == []
