#!/usr/bin/env python3
"""Install what is needed into ``.venv`` beside this file, then run it. Needs Python 3.11 to 3.13 and no more.

Theory of operation: the environment is made with ``venv``; pip puts the pinned uv into it; uv installs the
pinned requirements, every file checked against its hash, and then this package in place. A stamp in the
environment holds the hash of all that decided its contents, so a second run installs nothing and needs no
network. The last step replaces this process, so the exit status and the signals are the command's own.
The syntax is kept plain, since an older Python must get far enough to say that it is too old.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

SUPPORTED = ((3, 11), (3, 12), (3, 13))
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BENCH_VENV = ROOT / ".venv-bench"
LOWEST_VENV = ROOT / ".venv-lowest"
CJK_VENV = ROOT / ".venv-cjk"
PINS = ROOT / "requirements"
WITHOUT_WHEEL = ("docopt", "forbiddenfruit", "jieba", "unidic-lite")
WITHOUT_WHEEL_FROM_313 = ("mojimoji",)
MOST_TEST_PROCESSES = 4
SENTENCE = "Hello! This voice was made on your own machine."
VERSION = "import sys; print(*sys.version_info[:2])"
VENV_VERSION = "import ensurepip, venv; " + VERSION


class SetupError(Exception):
    """The environment cannot be made; the message is the line to show."""


def say(message: str) -> None:
    """Print what is about to happen."""
    print("==> " + message, flush=True)


def execute(*command: str | Path) -> None:
    """Run a step of the installation; its output goes to the terminal as it is.

    Raises:
        SetupError: It failed or is not there.
    """
    try:
        status = subprocess.call([str(part) for part in command], cwd=str(ROOT))
    except OSError as error:
        raise SetupError(f"cannot run {command[0]}: {error.strerror}") from error
    if status:
        raise SetupError(f"{command[0]} ended with exit status {status}; its message is above")


def version_of(python: str | Path, probe: str = VERSION) -> tuple[int, ...] | None:
    """Ask an interpreter for its version; None if it does not run or the probe's imports fail there."""
    try:
        answer = subprocess.run(
            [str(python), "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        ).stdout
        return tuple(int(number) for number in answer.split())
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def find_python(wanted: tuple[tuple[int, ...], ...]) -> str:
    """Choose the interpreter for a new environment: this one, or else another wanted one on the path.

    Raises:
        SetupError: There is none, or none that can make an environment.
    """
    names = ["python{}.{}".format(*version) for version in wanted]
    candidates = [sys.executable] + [found for found in map(shutil.which, names) if found]
    for candidate in candidates:
        if version_of(candidate, VENV_VERSION) in wanted:
            return candidate
    if wanted != SUPPORTED:
        raise SetupError("no " + " or ".join(names) + " on the path that can make environments")
    if sys.version_info[:2] in SUPPORTED:
        raise SetupError(
            "this Python cannot make environments: install its venv module (Debian, Ubuntu: "
            "apt install python{}.{}-venv) and run this again".format(*sys.version_info[:2])
        )
    raise SetupError(
        "Python 3.11, 3.12 or 3.13 is needed, and this one is {}.{}: install one of them and run "
        "`python3.12 dev.py …`".format(*sys.version_info[:2])
    )


def make_environment(folder: Path, wanted: tuple[tuple[int, ...], ...]) -> Path:
    """Make the environment, or keep the one that is there if its Python runs and is a wanted one."""
    python = folder / "bin" / "python"
    if version_of(python) in wanted:
        return python
    base = find_python(wanted)
    say(f"making {folder} with {base}")
    execute(base, "-m", "venv", "--clear", folder)
    return python


def ensure_uv(python: Path) -> Path:
    """Put the pinned uv into the environment, with pip, and return its path."""
    pin = next(line for line in (PINS / "uv.txt").read_text().splitlines() if line.startswith("uv=="))
    wanted = pin.split()[0][len("uv==") :]
    uv = python.with_name("uv")
    if uv.exists() and subprocess.check_output([str(uv), "--version"]).split()[1].decode() == wanted:
        return uv
    say("installing uv " + wanted)
    if version_of(python, "import pip; " + VERSION) is None:
        execute(python, "-m", "ensurepip")
    execute(
        python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--no-deps",
        "-r", PINS / "uv.txt",
    )  # fmt: skip
    return uv


def fingerprint(python: Path, pins: str) -> str:
    """Hash all that decides what an environment holds: pins, metadata, the Python and where it all lies."""
    digest = hashlib.sha256(repr((version_of(python), str(ROOT), pins)).encode())
    for path in (Path(__file__), ROOT / "pyproject.toml", PINS / "build.txt", PINS / (pins + ".txt")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(
    folder: Path,
    pins: str,
    supersets: tuple[str, ...] = (),
    wanted: tuple[tuple[int, ...], ...] = SUPPORTED,
    package: bool = True,
) -> Path:
    """Bring an environment to one file of pins, unless it or one that includes it is there already.

    Only one process at a time does so; another one waits.

    Args:
        folder: Where the environment lies.
        pins: The file of pins, without its ending.
        supersets: Files that include this one.
        wanted: Pythons that will do.
        package: Whether this package itself goes in too, in place.

    Returns:
        The environment's Python.
    """
    import fcntl  # noqa: PLC0415 - absent on Windows, where ``main`` says so

    lock = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = make_environment(folder, wanted)
        for known in (pins, *supersets):
            stamp = folder / ("installed-" + known)
            if stamp.exists() and stamp.read_text() == fingerprint(python, known):
                return python
        install_pins(ensure_uv(python), python, pins, package)
        (folder / ("installed-" + pins)).write_text(fingerprint(python, pins))
        return python
    finally:
        os.close(lock)


def install_pins(uv: Path, python: Path, pins: str, package: bool) -> None:
    """Install the pinned packages from wheels, then perhaps this one in place, without looking for more."""
    say(f"installing requirements/{pins}.txt (the first time this downloads some hundred MB)")
    into = (uv, "pip", "install", "--python", python, "--build-constraints", PINS / "build.txt")
    sources = WITHOUT_WHEEL + (WITHOUT_WHEEL_FROM_313 if (version_of(python) or ()) >= (3, 13) else ())
    wheels = ("--only-binary", ":all:", *("--no-binary=" + name for name in sources))
    execute(*into, "--require-hashes", *wheels, "-r", PINS / (pins + ".txt"))
    if package:
        execute(*into, "--no-deps", "--editable", ROOT)


def replace_process(python: Path, *arguments: str | Path) -> NoReturn:
    """Become the command; never returns."""
    sys.stdout.flush()
    os.execv(str(python), [str(python)] + [str(argument) for argument in arguments])


def hello(options: argparse.Namespace) -> None:
    """Speak a sentence through a server of its own, with the real model, into a WAV file."""
    python = install(VENV, "kokoro", supersets=("dev",))
    text = " ".join(options.text) or SENTENCE
    say(f'tts-server say -o {options.output} "{text}"')
    replace_process(python, "-m", "tts_server", "say", "-o", options.output, "--", text)


def pytest_arguments() -> list[str]:
    """Have the tests shuffled, and run by as many processes as there are cores, within reason."""
    available = getattr(os, "sched_getaffinity", None)
    n_cores = len(available(0)) if available else os.cpu_count() or 1
    parallel = ["-n", str(min(n_cores, MOST_TEST_PROCESSES)), "--dist", "loadgroup"] if n_cores > 1 else []
    return ["-m", "pytest", "--random-order", *parallel]


def test(options: argparse.Namespace) -> None:
    """Run the tests, those with the real model included."""
    python = install(VENV, "dev")
    os.chdir(str(ROOT))
    replace_process(python, *pytest_arguments(), *options.arguments)


def lowest(options: argparse.Namespace) -> None:
    """Run the tests with the lowest versions that pyproject.toml allows, in an environment of its own."""
    python = install(LOWEST_VENV, "lowest")
    os.chdir(str(ROOT))
    replace_process(python, *pytest_arguments(), *options.arguments)


def cjk(options: argparse.Namespace) -> None:
    """Run the tests with the packages of Japanese and Chinese, in an environment of its own."""
    python = install(CJK_VENV, "cjk")
    os.chdir(str(ROOT))
    replace_process(python, *pytest_arguments(), *options.arguments)


def check(options: argparse.Namespace) -> None:
    """Check formatting, lint, types and documents."""
    python = install(VENV, "dev")
    os.chdir(str(ROOT))
    replace_process(python.with_name("just"), "check", *options.arguments)


def bench(options: argparse.Namespace) -> None:
    """Measure the server beside other software, which lives in an environment of its own."""
    python = install(VENV, "dev")
    peer = install(BENCH_VENV, "bench", package=False)
    os.chdir(str(ROOT))
    replace_process(python, "-m", "laboratory", "--peer-python", peer, *options.arguments)


def setup(_options: argparse.Namespace) -> None:
    """Only install, for development."""
    install(VENV, "dev")
    say(f"ready: {VENV}/bin holds tts-server, pytest, mypy, ruff and just")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line; what follows a command of development goes to its program unread."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Install what is needed into .venv, then run it.",
        epilog="Start with: hello",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.required = True
    one = commands.add_parser("hello", help=hello.__doc__)
    one.add_argument("text", nargs="*", help="what to say, instead of a sentence of its own")
    one.add_argument("-o", "--output", default="hello.wav", help="the WAV file to write (%(default)s)")
    one.set_defaults(function=hello)
    for function in (test, lowest, cjk, check, bench, setup):
        one = commands.add_parser(function.__name__, help=function.__doc__, add_help=function is setup)
        one.set_defaults(function=function)
    options, rest = parser.parse_known_args(arguments)
    if rest and options.function in {hello, setup}:
        parser.error("unknown arguments: " + " ".join(rest))
    options.arguments = rest
    return options


def main() -> None:
    """Run one command and return the exit status, if it did not take this process's place."""
    options = parse(sys.argv[1:])
    if os.name != "posix":
        sys.exit("dev.py: this runs on Linux and macOS")
    try:
        options.function(options)
    except SetupError as error:
        sys.exit(f"dev.py: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
