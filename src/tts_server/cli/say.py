"""Speak a text.

Uses the running server. Where none runs, and no address was given, it starts one of its own with the best
backend that is installed, and ends it afterwards. TEXT '-' reads standard input, and begins to speak before
it has ended. Prints the time to first audio, the audio's length and the real-time factor on standard error.

Examples:
  tts-server say "Good morning." -o hello.wav
  tts-server say --voice bf_emma --speed 1.2 --play "How do you do?"
  cat story.txt | tts-server say - -o story.wav
  tts-server say "To a pipe." -o - | aplay
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from tts_server.cli.flags import add_backend, add_client_endpoint, as_flags
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.own_server import is_nobody_there, own_server
from tts_server.cli.player import find_player
from tts_server.cli.sinks import STDOUT, output_sink
from tts_server.client import TTSClient
from tts_server.config import client_config, has_default_socket, is_address_given
from tts_server.errors import ConfigError, ConnectFailedError
from tts_server.settings import flag_name

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import AsyncIterator

    from tts_server.cli.sinks import Sink
    from tts_server.client import SpeechStats
    from tts_server.config import ClientConfig

CONNECT_TIMEOUT_S = 600.0
"""A server that has just been started may be loading its model."""

WAIT_NOTICE_S = 2.0

OWN_SERVER_FLAGS = ("backend", "model", "threads", "cache_dir", "settings")
"""Flags that a running server could not follow any more."""


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("text", nargs="+", metavar="TEXT", help="what to say; '-' reads standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="WAV file to write; '-' is standard output")
    parser.add_argument("--play", action="store_true", help="play it; the default without -o")
    parser.add_argument("--voice", metavar="NAME", help="voice (the server's own)")
    parser.add_argument("--language", metavar="CODE", help="language of the text (the voice's own)")
    parser.add_argument("--speed", metavar="FACTOR", help="how fast to speak; 1 is normal")
    add_client_endpoint(parser)
    add_backend(parser, "engine (any of these starts a server for this text, even when one runs)")


def run(args: Namespace) -> int:
    """Speak the text.

    Raises:
        ConfigError: A setting is not accepted, or the output cannot be written.
        ClientError: The server that was asked for does not answer, or refuses the text.
    """
    extras = None if args.speed is None else {"speed": _speed(args.speed)}
    own = [flag_name(name) for name in OWN_SERVER_FLAGS if getattr(args, name) is not None]
    config = _running_server(args, is_needed=not own)
    if own and config is not None:
        raise ConfigError(
            f"{own[0]} is for a server of its own, but {config.endpoint} was named as the one to use"
        )
    sinks = _sinks(args)
    for sink in sinks:
        sink.check()
    _keep_log_short()
    return run_until_signal(lambda: _say(args, config, extras, sinks))


def _running_server(args: Namespace, *, is_needed: bool) -> ClientConfig | None:
    """How to reach a running server; None where none was named and none is needed, or none can be there."""
    flags = as_flags(args)
    if is_address_given(flags, dotenv_folder="."):
        return client_config(flags, dotenv_folder=".")
    if not is_needed or not has_default_socket():
        return None
    return client_config(flags, dotenv_folder=".")


async def _say(
    args: Namespace, config: ClientConfig | None, extras: dict[str, Any] | None, sinks: list[Sink]
) -> int:
    async with contextlib.AsyncExitStack() as stack:
        client = await _connect(args, config, stack)
        hello = client.hello
        if hello.backend.name == "tone":
            _tell("this server's backend makes tones, not words; install the kokoro extra for speech")
        for name in extras or {}:
            if name not in hello.capabilities.extras:
                _tell(f"the {hello.backend.name} backend has no {name}; it is left out")
        speech = await stack.enter_async_context(
            client.synthesize(_text(args.text), voice=args.voice, language=args.language, extras=extras)
        )
        for sink in sinks:
            sink.open(hello.audio.rate_hz)
            stack.push_async_callback(sink.discard)
        async for pcm in speech:
            for sink in sinks:
                sink.write(pcm)
        # Finished here, so that a failure of the server on its way out cannot cost the audio.
        for sink in sinks:
            await sink.finish()
        _tell(_report(speech.stats, hello.audio.rate_hz, sinks))
    return 0


async def _connect(
    args: Namespace, config: ClientConfig | None, stack: contextlib.AsyncExitStack
) -> TTSClient:
    """A client of the running server, or of one of our own; without ``config`` always of one of our own."""
    if config is not None:
        for warning in config.warnings:
            _tell(f"warning: {warning}")
        client = TTSClient(
            config.endpoint,
            auth_token=config.auth_token,
            connect_timeout_s=CONNECT_TIMEOUT_S,
            request_timeout_s=None,
        )
        notice = asyncio.get_running_loop().call_later(
            WAIT_NOTICE_S,
            _tell,
            f"waiting for the server on {config.endpoint}, which may be loading its model",
        )
        try:
            return await stack.enter_async_context(client)
        except ConnectFailedError as error:
            if config.is_explicit or not is_nobody_there(error):
                raise
        finally:
            notice.cancel()
    endpoint = await stack.enter_async_context(own_server(as_flags(args)))
    own = TTSClient(endpoint, connect_timeout_s=CONNECT_TIMEOUT_S, request_timeout_s=None)
    return await stack.enter_async_context(own)


def _sinks(args: Namespace) -> list[Sink]:
    sinks: list[Sink] = []
    if args.output is not None:
        sinks.append(output_sink(args.output))
    if args.play or not sinks:
        sinks.append(find_player())
    return sinks


def _text(words: list[str]) -> str | AsyncIterator[str]:
    if words == [STDOUT]:
        return _standard_input()
    # Arguments that were not UTF-8 come with lone surrogates, which no text has.
    text = " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if not text.strip():
        raise ConfigError("there is nothing to say: TEXT is empty")
    return text


async def _standard_input() -> AsyncIterator[str]:
    """What comes in on standard input, as it comes.

    Read on a thread that nobody waits for: a read from a terminal or a pipe cannot be called off.
    """
    loop = asyncio.get_running_loop()
    parts: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        while True:
            try:
                part = os.read(sys.stdin.fileno(), 1 << 16)
            except OSError:
                part = b""
            try:
                loop.call_soon_threadsafe(parts.put_nowait, part)
            except RuntimeError:
                return
            if not part:
                return

    threading.Thread(target=read, name="standard-input", daemon=True).start()
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    while part := await parts.get():
        yield decoder.decode(part)
    yield decoder.decode(b"", final=True)


def _report(stats: SpeechStats, rate_hz: int, sinks: list[Sink]) -> str:
    audio_s = stats.n_samples / rate_hz
    where = ", ".join(sink.description for sink in sinks if sink.description)
    parts = [f"{audio_s:.2f} s of audio"]
    if stats.first_audio_s is not None:
        parts.insert(0, f"first audio after {stats.first_audio_s:.2f} s")
        parts.append(f"real-time factor {stats.work_s / audio_s:.2f}")
    return (f"{where}: " if where else "") + ", ".join(parts)


def _speed(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 100:
        raise ConfigError(f"--speed: {text!r} is not a positive number")
    return value


def _keep_log_short() -> None:
    """Show what a server of our own warns of, each in one line."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logger = logging.getLogger("tts_server")
    logger.setLevel(logging.WARNING)
    logger.addHandler(handler)
    logger.propagate = False


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Message alone, without a traceback."""
        return f"tts-server: {record.levelname.lower()}: {' '.join(record.getMessage().split())}"


def _tell(line: str) -> None:
    with contextlib.suppress(OSError):
        print(f"tts-server: {line}", file=sys.stderr, flush=True)
