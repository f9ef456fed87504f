"""Connect to a server, shake hands, and print how it is.

Ends with status 1 when nothing answers. Without an address it asks at the default Unix socket, or at the one
that TTS_WS_DEFAULT_SOCKET names. A token comes from TTS_WS_TOKEN or from --auth-token-file.

Examples:
  tts-server status
  tts-server status --uri ws://127.0.0.1:8765 --timeout 1
  tts-server status --json
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tts_server.cli.flags import add_client_endpoint, as_flags
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import columns, show, show_json, tell
from tts_server.client import TTSClient
from tts_server.config.client import client_config
from tts_server.errors import ConfigError, ConnectFailedError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from tts_server.config.client import ClientConfig
    from tts_server.protocol.events import Hello, ServerStatus

DEFAULT_TIMEOUT_S = 3.0


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    add_client_endpoint(parser)
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        default=str(DEFAULT_TIMEOUT_S),
        help=f"longest time for everything together ({DEFAULT_TIMEOUT_S:g})",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the server's own messages, hello and status"
    )


def run(args: Namespace) -> int:
    """Probe the server and print what it said.

    Raises:
        ConfigError: A setting is not accepted.
        ClientError: Nothing answers, or not in time.
    """
    timeout_s = _seconds(args.timeout)
    config = client_config(as_flags(args), dotenv_folder=".")
    for warning in config.warnings:
        tell(f"warning: {warning}")
    return run_until_signal(lambda: _status(config, timeout_s, as_json=args.json))


async def _status(config: ClientConfig, timeout_s: float, *, as_json: bool) -> int:
    messages: list[str | bytes] = []
    answers: list[tuple[Hello, ServerStatus]] = []
    client = TTSClient(
        config.endpoint,
        auth_token=config.auth_token,
        connect_timeout_s=None,
        request_timeout_s=None,
        on_message=messages.append,
    )
    try:
        async with asyncio.timeout(timeout_s), client:
            answers.append((client.hello, await client.status()))
    except TimeoutError:
        # The answer may be there, and only the farewell have been too slow.
        if not answers:
            raise ConnectFailedError(
                f"{config.endpoint} did not answer within {timeout_s:g} s"
                + ("" if messages else "; it may be loading its model")
            ) from None
    hello, status = answers[0]
    if as_json:
        show_json(_as_object(messages))
    else:
        show(_as_text(hello, status, config))
    return 0


def _as_object(messages: list[str | bytes]) -> dict[str, Any]:
    by_type: dict[str, Any] = {}
    for message in messages:
        event = json.loads(message)
        by_type.setdefault(event.get("type"), event)
    return {"hello": by_type["server.hello"], "status": by_type["server.status"]}


def _as_text(hello: Hello, status: ServerStatus, config: ClientConfig) -> list[str]:
    capabilities = hello.capabilities
    voices = ", ".join(status.voices) or "none"
    rows = [
        ("endpoint", str(config.endpoint)),
        ("protocol", hello.protocol_version),
        ("backend", status.backend.name),
        ("model", status.backend.model),
        ("audio", f"{status.audio.format}, {status.audio.rate_hz} Hz, {_channels(status.audio.channels)}"),
        ("streaming", _yes_no(capabilities.streaming)),
        ("binary audio", _yes_no(capabilities.binary_audio)),
        ("languages", ", ".join(capabilities.languages) or "any"),
        ("extras", ", ".join(capabilities.extras) or "none"),
        ("max text", f"{hello.max_text_chars} characters"),
        ("session", status.session_id),
        ("queue depth", str(status.queue_depth)),
        ("voice count", str(status.voice_count)),
        ("voices", voices),
        ("buffered chars", str(status.buffered_chars)),
        ("uptime", _duration(status.uptime_seconds)),
        ("pid", str(status.pid)),
    ]
    return columns([(f"{name}:", value) for name, value in rows], gap=" ")


def _channels(n_channels: int) -> str:
    return "mono" if n_channels == 1 else f"{n_channels} channels"


def _yes_no(flag: bool) -> str:
    return "yes" if flag else "no"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest:.0f} s" if minutes else f"{rest:.1f} s"


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ConfigError(f"--timeout: {text!r} is not a positive number of seconds")
    return value
