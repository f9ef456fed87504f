"""Running one command, and turning whatever it raises into one line and a status."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final

from tts_server.cli.output import OneLine, columns, say_aside, show, tell
from tts_server.cli.registry import COMMANDS, DEFAULT_COMMAND, find_command
from tts_server.errors import ConfigError, RequestRefusedError, TTSServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OK: Final = 0
FAILED: Final = 1
MISUSED: Final = 2
NO_READER: Final = 141


def run_program(argv: Sequence[str] | None = None) -> int:
    """Run a command; see ``tts_server.cli`` for the statuses.

    Args:
        argv: The arguments behind the program's name; the process's own by default.

    Returns:
        The exit status.

    Raises:
        SystemExit: After ``--help`` and for flags that cannot be read.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if logging.lastResort is not None:
        # What a library warns of where nobody has set up a log.
        logging.lastResort.setFormatter(OneLine())
    return status_of(lambda: _dispatch(arguments))


def status_of(command: Callable[[], int]) -> int:
    """Run a command; what it raises becomes one line on standard error.

    Args:
        command: Returns its exit status.

    Returns:
        That status, or the one of what was raised; see ``tts_server.cli``.
    """
    try:
        return command()
    except BrokenPipeError:
        return NO_READER
    except TTSServerError as error:
        return _fail(error, MISUSED if _is_misuse(error) else FAILED)
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        return _fail(what or error, FAILED)
    except Exception as error:  # noqa: BLE001 - a person gets one line, whatever we did wrong
        return _fail(f"unexpected {type(error).__name__}: {error}", FAILED)


def _dispatch(arguments: list[str]) -> int:
    if not arguments:
        say_aside(_overview())
        return MISUSED
    if arguments[0] in {"-h", "--help", "help"}:
        show(_overview())
        return OK
    if arguments[0] in {"-V", "--version", "version"}:
        from tts_server import __version__  # noqa: PLC0415 - asked for by few

        show(f"tts-server {__version__}")
        return OK
    name = DEFAULT_COMMAND if arguments[0].startswith("-") else arguments.pop(0)
    command = find_command(name)
    return command.run(arguments)


def _overview() -> list[str]:
    return [
        "usage: tts-server COMMAND [FLAGS]",
        "",
        "Text in, speech out, on this machine: a speech server over a WebSocket, and what goes with it.",
        "",
        "commands:",
        *columns([(command.name, command.summary) for command in COMMANDS], indent="  "),
        "",
        "'tts-server COMMAND --help' explains a command. With flags and no command, the server is run.",
        "",
        "examples:",
        '  tts-server say "Good morning." -o hello.wav',
        "  tts-server serve --backend kokoro",
        "  tts-server status",
    ]


def _is_misuse(error: TTSServerError) -> bool:
    return isinstance(error, ConfigError) or (
        isinstance(error, RequestRefusedError) and error.code in {"invalid_config", "unsupported_format"}
    )


def _fail(error: object, status: int) -> int:
    tell(error if str(error).strip() else type(error).__name__)
    return status
