"""Show each setting of the server and of a client, and where it came from.

Takes the flags of 'serve' and the client's --uri, and shows what would hold with them. A setting that is
refused in the environment is told on standard error, and the rest is shown all the same. Tokens are never
shown.

Examples:
  tts-server config show
  tts-server config show --backend tone --max-text-chars 500
  TTS_WS_URI=ws://127.0.0.1:8765 tts-server config show --json
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tts_server.cli import serve
from tts_server.cli.flags import as_flags
from tts_server.cli.output import columns, show, show_json, tell
from tts_server.config.client import client_config
from tts_server.config.server import check_flags, server_config

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from tts_server.config.sources import Setting


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("action", choices=["show"], help="what to do")
    serve.configure(parser)
    parser.add_argument("--uri", metavar="URI", help="a client's full address, ws://… or wss://…")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    """Print the settings, those beside a refused one too; the status then is that of misuse.

    Raises:
        ConfigError: A flag's value is not accepted.
    """
    flags = as_flags(args)
    check_flags(flags)
    problems: list[str] = []
    server = server_config(flags, problems=problems)
    client = client_config(flags, dotenv_folder=".", problems=problems)
    sections = {"server": server.settings, "client": client.settings}
    if args.json:
        shown: dict[str, object] = {
            side: {s.name: {"value": s.value, "source": s.source} for s in settings}
            for side, settings in sections.items()
        }
        show_json(shown | {"problems": problems})
    else:
        show([*_table("server", server.settings), "", *_table("client", client.settings)])
    for warning in () if problems else (*server.warnings, *client.warnings):
        tell(f"warning: {warning}")
    for problem in problems:
        tell(problem)
    return 2 if problems else 0


def _table(side: str, settings: tuple[Setting, ...]) -> list[str]:
    rows = columns([(s.name, s.value, s.source) for s in settings], indent="  ")
    return [f"{side}:", *rows]
