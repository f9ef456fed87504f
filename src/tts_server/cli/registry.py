"""The commands there are. A command is a module with ``configure(parser)`` and ``run(args) -> status``.

A module is imported when its command is run, so that no command waits for another's imports. Its docstring is
the command's description; the part from ``Examples:`` on is printed as it stands.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tts_server.cli.output import show, tell
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

PROGRAM: Final = "tts-server"


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, and prints as the commands do."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, **options)
        self.add_argument(
            *("-h", "--help"),
            action=_Help,
            nargs=0,
            dest=argparse.SUPPRESS,
            default=argparse.SUPPRESS,
            help="show this help message and exit",
        )

    def error(self, message: str) -> NoReturn:
        """Print one line and end with status 2."""
        tell(f"{message}; see {self.prog} --help", program=self.prog)
        raise SystemExit(2)


class _Help(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Print the help and end with status 0."""
        show(parser.format_help().rstrip("\n").split("\n"))
        raise SystemExit(0)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the program.

    Args:
        name: What is typed.
        module: Where it is.
        summary: What it does, in a few words.
    """

    name: str
    module: str
    summary: str

    def parser(self) -> Parser:
        """Make its parser. Imports its module."""
        module = importlib.import_module(self.module)
        description, _, examples = inspect.cleandoc(module.__doc__ or "").partition("\nExamples:\n")
        parser = Parser(
            prog=f"{PROGRAM} {self.name}",
            description=description.strip(),
            epilog=f"examples:\n{examples}" if examples else None,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module.configure(parser)
        return parser

    def run(self, arguments: Sequence[str]) -> int:
        """Parse the arguments and run it; returns the exit status."""
        args = self.parser().parse_args(list(arguments))
        module: ModuleType = importlib.import_module(self.module)
        return int(module.run(args))


DEFAULT_COMMAND: Final = "serve"
"""What is run when the first argument is a flag."""

COMMANDS: Final[tuple[Command, ...]] = (
    Command("serve", "tts_server.cli.serve", "run the server"),
    Command("say", "tts_server.cli.say", "speak a text, through the running server or one of its own"),
    Command("status", "tts_server.cli.status", "ask a running server how it is"),
    Command("voices", "tts_server.cli.voices", "list the voices"),
    Command("models", "tts_server.cli.models", "list, verify and find the models"),
    Command("bench", "tts_server.cli.bench", "measure first sound, speed and memory"),
    Command("conformance", "tts_server.cli.conformance", "hold a running server to the protocol"),
    Command("config", "tts_server.cli.config", "show each setting and where it came from"),
)


def find_command(name: str) -> Command:
    """Look a command up.

    Raises:
        ConfigError: There is none of that name.
    """
    for command in COMMANDS:
        if command.name == name:
            return command
    raise ConfigError(
        f"unknown command {name!r}; there are {', '.join(command.name for command in COMMANDS)}"
    )
