"""Run a speech server until Ctrl-C, SIGTERM or a hang-up.

With no address given it listens on a Unix socket in your own runtime folder, where every client command looks
for it. A token that clients must send comes from PIPECAT_TTS_AUTH_TOKEN or from --auth-token-file, never from
a flag, which every user of the machine could read.

Examples:
  tts-server serve
  tts-server serve --backend kokoro --voice bf_emma --threads 2
  tts-server serve --engines 2 --threads 8
  tts-server serve --backend tone --host 127.0.0.1 --port 8665
  tts-server serve --host 0.0.0.0 --port 8765 --auth-token-file ~/.config/tts-token
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tts_server.backends.registry import require_backend
from tts_server.cli.flags import add_backend, add_limits, add_scheduling, add_token_file, as_flags
from tts_server.cli.output import tell
from tts_server.cli.progress import Progress
from tts_server.config.server import server_config

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    group = parser.add_argument_group(
        "where to listen", "--socket-path wins over --host and --port; without any, the default Unix socket."
    )
    group.add_argument("--socket-path", metavar="PATH", help="Unix socket")
    group.add_argument(
        "--host", metavar="HOST", help="host or address (127.0.0.1, where only --port is given)"
    )
    group.add_argument("--port", metavar="PORT", help="port (the backend's own, where only --host is given)")
    add_token_file(group)
    group.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        help="let web pages of this origin in; may be repeated",
    )
    group.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        help="answer requests for this name on the machine's own address, beside localhost and addresses; "
        "may be repeated",
    )
    add_backend(parser)
    parser.add_argument("--voice", metavar="NAME", help="voice of clients that name none")
    parser.add_argument("--log-level", metavar="LEVEL", help="any standard level name (INFO)")
    add_scheduling(parser)
    add_limits(parser)


def run(args: Namespace) -> int:
    """Serve; returns when a signal stopped the server.

    Raises:
        ConfigError: A setting is not accepted, a package is missing, or the address cannot be used.
        ModelError: The model cannot be loaded.
    """
    config = server_config(as_flags(args))
    require_backend(config.backend)
    for warning in config.warnings:
        tell(f"warning: {warning}")
    from tts_server.server.lifecycle import run_server  # noqa: PLC0415 - after every cheap check

    progress = Progress()
    try:
        return run_server(config, progress)
    finally:
        progress.finish()
