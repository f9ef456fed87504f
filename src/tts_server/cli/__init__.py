"""The command line: ``tts-server COMMAND …``, the same as ``python -m tts_server COMMAND …``.

Every command ends with a status: 0 for success, 1 for a failure, 2 for a wrong flag, setting or installation,
130 and 143 after Ctrl-C and SIGTERM (129 and 131 after a hang-up and SIGQUIT), 141 when whoever reads our
output has gone. ``serve`` ends with 0 when a signal stopped it in order. An error is one line on standard
error.
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
        # Before anything else: what is opened first would get the descriptor of a stream that was closed.
        from tts_server.cli.streams import prepare_standard_streams  # noqa: PLC0415

        prepare_standard_streams()
        # Imported here, so that Ctrl-C during the import is one, too.
        from tts_server.cli.ending import leave  # noqa: PLC0415
        from tts_server.cli.program import run_program  # noqa: PLC0415

        return leave(run_program(argv))
    except KeyboardInterrupt:
        return INTERRUPTED
