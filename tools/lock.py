"""Write the pinned, hashed requirement files from ``pyproject.toml``: ``just lock [--upgrade]``.

Every file holds versions and hashes alone, so an install takes the packages from whichever index the machine
is set up for. ``dev.txt`` is resolved first and constrains the others: one version of a package everywhere.
``lowest.txt`` is the other end: for each package that ``pyproject.toml`` names, the lowest version it allows.

| file | installed by | holds |
|---|---|---|
| ``uv.txt`` | pip | uv, which installs all the rest |
| ``build.txt`` | uv, as build constraints | what builds this package and the few sources without a wheel |
| ``dev.txt`` | ``dev.py test``, ``check``, ``setup`` | the ``kokoro`` extra and the group ``dev`` |
| ``lowest.txt`` | ``dev.py lowest``, ``matrix`` | the same as ``dev.txt``, in the lowest versions |
| ``kokoro.txt`` | ``dev.py hello`` | the ``kokoro`` extra |
| ``cjk.txt`` | ``dev.py cjk`` | the extras ``kokoro``, ``ja`` and ``zh`` and the group ``cjk`` |
| ``bench.txt`` | ``dev.py bench``, in its own environment | the group ``peer`` |
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements"
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--custom-compile-command=just lock",
    "--quiet",
]


def compile_pins(
    uv: str, name: str, arguments: list[str], requirements: str, extra_options: list[str]
) -> None:
    """Resolve one file with uv, which keeps the versions already in it unless told to upgrade.

    Raises:
        subprocess.CalledProcessError: There is no solution, or the index does not answer.
    """
    print(f"requirements/{name}", flush=True)
    command = [
        uv,
        "pip",
        "compile",
        *OPTIONS,
        *extra_options,
        f"--output-file=requirements/{name}",
        *arguments,
    ]
    subprocess.run(command, cwd=ROOT, input=requirements, text=True, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Write all seven files; the command line's options (such as ``--upgrade``) go to uv."""
    uv = str(Path(sys.executable).with_name("uv"))
    options = sys.argv[1:]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # docopt (for num2words) and forbiddenfruit (for blockbuster) have no wheel and are built with setuptools.
    build = [*project["build-system"]["requires"], "setuptools", "wheel"]
    shared = "--constraint=requirements/dev.txt"
    PINS.mkdir(exist_ok=True)
    try:
        everything = ["pyproject.toml", "--extra=kokoro", "--group=dev"]
        compile_pins(uv, "uv.txt", ["-"], "uv\n", options)
        compile_pins(uv, "dev.txt", everything, "", options)
        compile_pins(uv, "lowest.txt", everything, "", ["--resolution=lowest-direct", *options])
        compile_pins(uv, "kokoro.txt", ["pyproject.toml", "--extra=kokoro", shared], "", options)
        languages = ["pyproject.toml", "--extra=kokoro", "--extra=ja", "--extra=zh", "--group=cjk", shared]
        compile_pins(uv, "cjk.txt", languages, "", options)
        compile_pins(uv, "build.txt", ["-", shared], "\n".join(build), options)
        compile_pins(uv, "bench.txt", ["--group=peer", shared], "", options)
    except subprocess.CalledProcessError as error:
        print(f"lock: uv ended with exit status {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
