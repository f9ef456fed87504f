"""List the voices: those of the running server, or of the installed backend where none runs.

No model is loaded for it.

Examples:
  tts-server voices
  tts-server voices --language it
  tts-server voices --backend kokoro --json
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tts_server.backends.base import BackendOptions
from tts_server.backends.registry import AUTO, create_model, find_backend
from tts_server.cli.flags import add_client_endpoint, as_flags
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import columns, show, show_json, tell
from tts_server.cli.own_server import is_nobody_there
from tts_server.client import TTSClient
from tts_server.config.client import client_config, is_address_given
from tts_server.config.environment import has_default_socket
from tts_server.config.server import backend_options
from tts_server.errors import ConfigError, ConnectFailedError, TTSServerError
from tts_server.speech.capabilities import Voice

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from tts_server.protocol.events import ServerStatus

TIMEOUT_S = 3.0


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    add_client_endpoint(parser)
    parser.add_argument(
        "--backend", metavar="NAME", help="list an installed backend's voices, and ask no server"
    )
    parser.add_argument(
        "--language", metavar="CODE", help="only voices of this language, such as en or en-gb"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: Namespace) -> int:
    """Print the voices.

    Raises:
        ConfigError: A setting is not accepted.
        ClientError: The server that was asked for does not answer.
    """
    flags = as_flags(args)
    if args.backend is not None:
        found = voices_of_backend(args.backend)
    elif not (is_address_given(flags, dotenv_folder=".") or has_default_socket()):
        found = voices_of_backend(AUTO)
    else:
        config = client_config(flags, dotenv_folder=".")
        for warning in config.warnings:
            tell(f"warning: {warning}")
        answers: list[ServerStatus] = []

        async def ask() -> int:
            async with TTSClient(
                config.endpoint,
                auth_token=config.auth_token,
                connect_timeout_s=TIMEOUT_S,
                request_timeout_s=TIMEOUT_S,
            ) as client:
                answers.append(await client.status())
            return 0

        try:
            if status := run_until_signal(ask):
                return status
            found = _voices_of_server(answers[0])
        except ConnectFailedError as error:
            if config.is_explicit or not is_nobody_there(error):
                raise
            found = voices_of_backend(AUTO)
    if args.language:
        wanted = args.language.lower()
        found = tuple(v for v in found if wanted in {v.language.lower(), v.locale.lower()})
    if args.json:
        show_json([asdict(voice) for voice in found])
    else:
        show(_table(found))
    return 0


def _voices_of_server(status: ServerStatus) -> tuple[Voice, ...]:
    """The server's voices, with what is known here about them: the wire carries names alone."""
    try:
        known = {voice.name: voice for voice in voices_of_backend(status.backend.name)}
    except TTSServerError:
        # The server's backend need not be installed here.
        known = {}
    return tuple(known.get(name, Voice(name, language="")) for name in status.voices)


def voices_of_backend(name: str) -> tuple[Voice, ...]:
    """The voices that an installed backend would offer, without loading its model.

    Raises:
        ConfigError: There is no such backend, or it cannot tell before it is loaded.
        MissingDependencyError: A package of it is missing.
    """
    entry = find_backend(name)
    languages_to_add = backend_options().extra_languages
    model = create_model(entry.name, BackendOptions(extra_languages=languages_to_add))
    voices = model.list_voices()
    if voices is None:
        raise ConfigError(f"the {entry.name} backend lists its voices only while it runs")
    return voices


def _table(voices: tuple[Voice, ...]) -> list[str]:
    if not voices:
        return ["no voices"]
    rows = [(voice.name, voice.locale or voice.language, voice.gender) for voice in voices]
    return columns([("voice", "language", "gender"), *rows])
