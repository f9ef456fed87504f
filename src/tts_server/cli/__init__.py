"""The command line: ``tts-server COMMAND …``, the same as ``python -m tts_server COMMAND …``.

Every command ends with a status: 0 for success, 1 for a failure, 2 for a wrong flag, setting or installation,
130 and 143 after Ctrl-C and SIGTERM, 141 when whoever reads our output has gone. An error is one line on
standard error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED: Final = 130

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: The arguments behind the program's name; the process's own by default.

    Returns:
        The exit status.

    Raises:
        SystemExit: After ``--help`` and for flags that cannot be read.
    """
    try:
        # Imported here, so that Ctrl-C during the import is one, too.
        from tts_server.cli.program import run_program  # noqa: PLC0415

        return run_program(argv)
    except KeyboardInterrupt:
        return INTERRUPTED
