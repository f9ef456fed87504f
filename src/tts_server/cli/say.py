"""Speak a text.

Uses the running server. Where none runs, and no address was given, it starts one of its own with the best
backend that is installed, and ends it afterwards. TEXT '-' reads standard input as it is spoken: it begins
before the input has ended, and where the input pauses behind a sentence or a line, that is spoken.
Prints the time to first audio, the audio's length and the real-time factor on standard error.

Examples:
  tts-server say "Good morning." -o hello.wav
  tts-server say --voice bf_emma --speed 1.2 --play "How do you do?"
  cat story.txt | tts-server say - -o story.wav
  tts-server say "To a pipe." -o - | aplay
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tts_server.cli.flags import add_backend, add_client_endpoint, as_flags
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import OneLine, tell
from tts_server.cli.own_server import is_nobody_there, own_server
from tts_server.cli.player import find_player
from tts_server.cli.sinks import STDOUT, output_sink
from tts_server.cli.standard_input import StandardInput
from tts_server.client import TTSClient
from tts_server.config.client import client_config, is_address_given
from tts_server.config.environment import has_default_socket
from tts_server.config.sources import flag_name
from tts_server.errors import ConfigError, ConnectFailedError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import AsyncGenerator, Coroutine

    from tts_server.cli.sinks import Sink
    from tts_server.client import SpeechStats as ClientSpeechStats
    from tts_server.client.speech import TextSource
    from tts_server.config.client import ClientConfig

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
    if args.text == [STDOUT]:
        StandardInput.check()
    elif not _joined(args.text).strip():
        raise ConfigError("there is nothing to say: TEXT is empty")
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
    texts = _texts(args.text)
    stats = SpeechStats()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(texts.aclose)
        client = await _connect(args, config, stack)
        hello = client.hello
        if hello.backend.name == "tone":
            tell("this server's backend makes tones, not words; install the kokoro extra for speech")
        for name in extras or {}:
            if name not in hello.capabilities.extras:
                tell(f"the {hello.backend.name} backend has no {name}; it is left out")
        for sink in sinks:
            stack.push_async_callback(sink.discard)

        async def speak() -> None:
            async for text in texts:
                if not stats.n_texts:
                    for sink in sinks:
                        sink.open(hello.audio.rate_hz)
                speech = client.synthesize(text, voice=args.voice, language=args.language, extras=extras)
                async with speech:
                    async for pcm in speech:
                        for sink in sinks:
                            await sink.write(pcm)
                stats.add(speech.stats)

        await _unless_one_fails(speak(), sinks)
        # Finished here, so that a failure of the server on its way out cannot cost the audio.
        for sink in sinks:
            await sink.finish()
        tell(_report(stats, hello.audio.rate_hz, sinks))
    return 0


async def _unless_one_fails(work: Coroutine[Any, Any, None], sinks: list[Sink]) -> None:
    """Await ``work``, and give it up when a sink fails: it may be waiting for an engine, or for a person."""
    working = asyncio.create_task(work)
    failing = [asyncio.create_task(sink.failure()) for sink in sinks]
    try:
        done, _ = await asyncio.wait([working, *failing], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (working, *failing):
            task.cancel()
        await asyncio.gather(working, *failing, return_exceptions=True)


async def _connect(
    args: Namespace, config: ClientConfig | None, stack: contextlib.AsyncExitStack
) -> TTSClient:
    """A client of the running server, or of one of our own; without ``config`` always of one of our own."""
    if config is not None:
        for warning in config.warnings:
            tell(f"warning: {warning}")
        client = TTSClient(
            config.endpoint,
            auth_token=config.auth_token,
            connect_timeout_s=CONNECT_TIMEOUT_S,
            request_timeout_s=None,
        )
        notice = asyncio.get_running_loop().call_later(
            WAIT_NOTICE_S,
            tell,
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


async def _texts(words: list[str]) -> AsyncGenerator[TextSource, None]:
    """What to speak, one after the other."""
    if words == [STDOUT]:
        async with contextlib.aclosing(StandardInput().passages()) as passages:
            async for passage in passages:
                yield passage
    else:
        yield _joined(words)


def _joined(words: list[str]) -> str:
    # Arguments that were not UTF-8 come with lone surrogates, which no text has.
    return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(slots=True)
class SpeechStats:
    """What was measured of all texts together; see the client's own."""

    n_texts: int = 0
    first_audio_s: float | None = None
    work_s: float = 0.0
    n_samples: int = 0

    def add(self, one: ClientSpeechStats) -> None:
        """Add the figures of one text."""
        self.n_texts += 1
        self.first_audio_s = one.first_audio_s if self.first_audio_s is None else self.first_audio_s
        self.work_s += one.work_s
        self.n_samples += one.n_samples


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
    handler.setFormatter(OneLine())
    logger = logging.getLogger("tts_server")
    logger.setLevel(logging.WARNING)
    logger.addHandler(handler)
    logger.propagate = False
