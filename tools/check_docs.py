"""Check the Markdown documents: links lead somewhere, fences end, examples are what they are said to be.

A Python example compiles, JSON is JSON (one value, or one a line), and the flags of each ``tts-server`` line
of a shell example exist.

Links to other sites are not followed. Prints one line for each fault, ``file:line: fault``, and exits 1 if
there is any.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote

from tts_server.cli.registry import find_command
from tts_server.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"#{1,6}\s+(.+?)\s*#*$")
SHELL_ENDS = {"|", "&", "&&", ";", ">", "<", "2>"}
FENCE = re.compile(r"(\s*)(```+|~~~+)\s*([\w+-]*)")


def documents() -> list[Path]:
    """List the Markdown files that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def anchor(heading: str) -> str:
    """Turn a heading's text into the fragment that leads to it, the way code hosting sites do."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def split_fences(text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str, str]], int | None]:
    """Part a document into prose lines and fenced blocks.

    Returns:
        Prose as (line number, line); blocks as (line number of the first line, language, code); and the line
        of a fence that never ends, or None.
    """
    prose: list[tuple[int, str]] = []
    blocks: list[tuple[int, str, str]] = []
    opened: tuple[int, str, str] | None = None
    code: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        found = FENCE.match(line)
        if opened is None and found is None:
            prose.append((number, line))
        elif opened is None and found is not None:
            opened, code = (number, found[2], found[3]), []
        elif opened is not None and line.strip() == opened[1]:
            blocks.append((opened[0] + 1, opened[2], textwrap.dedent("\n".join(code))))
            opened = None
        else:
            code.append(line)
    return prose, blocks, opened[0] if opened else None


def anchors(path: Path) -> set[str]:
    """Collect the fragments of a document; a heading that occurs again gets -1, -2 and so on."""
    seen: dict[str, int] = {}
    for _, line in split_fences(path.read_text(encoding="utf-8"))[0]:
        if found := HEADING.match(line):
            name = anchor(found[1])
            count = seen[name] = seen.get(name, -1) + 1
            if count:
                seen[f"{name}-{count}"] = 0
    return set(seen)


def link_fault(document: Path, target: str) -> str | None:
    """Say what is wrong with a link; None if it leads somewhere or to another site."""
    if re.match(r"[a-z][a-z+.-]*:", target):
        return None
    name, _, fragment = unquote(target).partition("#")
    path = (document.parent / name).resolve() if name else document
    if not path.exists():
        return f"no such file: {target}"
    if not path.is_relative_to(ROOT):
        return f"leads out of the repository: {target}"
    if fragment and path.suffix == ".md" and fragment not in anchors(path):
        return f"no such heading: {target}"
    return None


def faults(document: Path) -> Iterator[tuple[int, str]]:
    """Yield each fault of one document with its line."""
    prose, blocks, unended = split_fences(document.read_text(encoding="utf-8"))
    if unended is not None:
        yield unended, "a fence that never ends"
    for number, line in prose:
        for found in LINK.finditer(re.sub(r"`[^`]*`", "", line)):
            if fault := link_fault(document, found[1] or found[2]):
                yield number, fault
    for number, language, code in blocks:
        if language in {"python", "py"}:
            yield from python_faults(document, number, code)
        elif language == "json":
            yield from json_faults(number, code)
        elif language in {"sh", "bash", "console"}:
            yield from command_faults(number, code)


def python_faults(document: Path, number: int, code: str) -> Iterator[tuple[int, str]]:
    """Yield the syntax error of a Python example, if it has one."""
    try:
        compile(code, str(document), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        yield number + (error.lineno or 1) - 1, f"example does not compile: {error.msg}"


def json_faults(number: int, code: str) -> Iterator[tuple[int, str]]:
    """Yield what is no JSON, taken as one value or else as one a line."""
    if is_json(code):
        return
    for offset, line in enumerate(code.splitlines()):
        if line.strip() and not is_json(line):
            yield number + offset, "no JSON"


def is_json(text: str) -> bool:
    """Whether a text is one JSON value."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def command_faults(number: int, code: str) -> Iterator[tuple[int, str]]:
    """Yield the ``tts-server`` lines whose command or flags do not exist; nothing is run."""
    for offset, line in enumerate(code.splitlines()):
        words = shlex.split(line, comments=True)
        if "tts-server" not in words:
            continue
        arguments = list(
            takewhile(lambda word: word not in SHELL_ENDS, words[words.index("tts-server") + 1 :])
        )
        name = "serve" if not arguments or arguments[0].startswith("-") else arguments.pop(0)
        if name.isupper() or "--help" in arguments or "--version" in arguments:
            continue
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                find_command(name).parser().parse_args(arguments)
        except (SystemExit, ConfigError) as error:
            yield number + offset, f"no such command: {said.getvalue().strip() or error}"


def main() -> int:
    """Check all documents and return the exit status."""
    paths = documents()
    found = [(path, line, fault) for path in paths for line, fault in faults(path)]
    for path, line, fault in found:
        print(f"{path.relative_to(ROOT)}:{line}: {fault}", file=sys.stderr)
    print(f"{len(paths)} documents, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
