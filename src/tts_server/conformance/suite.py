"""All transcripts against one server: what it has is found out first, and what it lacks is skipped."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tts_server.conformance.player import DELTA, Player
from tts_server.conformance.transcript import Transcript
from tts_server.conformance.wire import Closed, Target, Wire, open_wire
from tts_server.errors import ConfigError, ConformanceError, ConnectFailedError

DEFAULT_TIMEOUT_S: Final = 10.0
MAX_TAKES_S: Final = 10.0
"""Transcripts that wait longer are played only when asked for."""

SLOW_EXTRA: Final = "work_ms"
"""An extra by this name lengthens each step of the engine by so many milliseconds."""

PROBE_TEXT: Final = "The quick brown fox jumps over the lazy dog. "


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """What decides which transcripts fit a server.

    Args:
        hello: Its ``server.hello``.
        status: Its ``server.status``.
        asks_for_token: Whether a connection without a token is refused.
        is_slow: Whether a long text can be interrupted while it is being spoken.
        speaks_two: Whether it admits a second connection's text while it speaks a first one's.
    """

    hello: dict[str, Any]
    status: dict[str, Any]
    asks_for_token: bool
    is_slow: bool
    speaks_two: bool

    @property
    def slow_extra(self) -> str | None:
        """The extra that makes it slow."""
        return SLOW_EXTRA if SLOW_EXTRA in self.hello["capabilities"]["extras"] else None

    def why_not(self, requirement: str) -> str | None:
        """Say why a requirement is not met; None when it is."""
        capabilities = self.hello["capabilities"]
        if requirement.startswith("extra:"):
            name = requirement.removeprefix("extra:")
            return None if name in capabilities["extras"] else f"the backend has no extra {name}"
        n_voices, n_listed = capabilities["voice_count"], len(self.status["voices"])
        met, otherwise = {
            "slow": (self.is_slow, "a long text is spoken faster than it can be interrupted"),
            "two-speakers": (self.speaks_two, "the machine keeps up with one speaker"),
            "streaming": (capabilities["streaming"], "the backend does not stream"),
            "token": (self.asks_for_token, "the server asks for no token"),
            "languages": (bool(capabilities["languages"]), "the backend names no languages"),
            "voices:listed": (n_listed > 0, "the backend lists no voices"),
            "voices:several": (n_listed > 1, "the backend has fewer than two voices"),
            "voices:none": (n_voices == 0, "the backend has voices"),
            "voices:unlisted": (
                n_voices > 0 and not n_listed,
                "the backend lists its voices or has none",
            ),
        }[requirement]
        return None if met else otherwise


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one transcript.

    Args:
        transcript: The transcript.
        outcome: How it ended.
        reason: Why it failed or was skipped, in one line.
        details: What else helps to understand a failure, line by line.
        seconds: How long it took.
    """

    transcript: Transcript
    outcome: Literal["pass", "fail", "skip"]
    reason: str = ""
    details: tuple[str, ...] = ()
    seconds: float = 0.0


async def look_at(target: Target, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> ServerTraits:
    """Find out what a server has. Takes the time of the first audio of a text.

    Raises:
        ConnectFailedError: Nobody answers, or what answers lets us not in or is no such server.
    """
    wires = [await _open(target), await _open(target)]
    try:
        async with asyncio.timeout(timeout_s):
            hello = await _await_type(wires[0], "server.hello")
            await wires[0].send('{"type": "server.status"}')
            status = await _await_type(wires[0], "server.status")
            is_slow, speaks_two = await _try_speech(wires, hello)
    except (KeyError, TypeError, ValueError) as error:
        raise ConnectFailedError(f"{target.endpoint} does not speak protocol 0.1: {error!r}") from error
    except TimeoutError:
        raise ConnectFailedError(f"{target.endpoint} did not answer within {timeout_s:g} s") from None
    finally:
        await asyncio.gather(*(wire.aclose() for wire in wires))
    uninvited = await open_wire(target, {"token": "none"})
    if isinstance(uninvited, Wire):
        await uninvited.aclose()
    return ServerTraits(
        hello, status, asks_for_token=uninvited == 401, is_slow=is_slow, speaks_two=speaks_two
    )


async def _open(target: Target) -> Wire:
    wire = await open_wire(target, {})
    if isinstance(wire, int):
        raise ConnectFailedError(f"{target.endpoint} refused the connection (HTTP {wire})")
    return wire


async def _await_type(wire: Wire, *kinds: str) -> dict[str, Any]:
    while True:
        message = await wire.inbox.get()
        if isinstance(message, Closed):
            raise ConnectFailedError(f"the server closed the connection with {message.code} {message.reason}")
        event: dict[str, Any] = json.loads(message)
        if event["type"] in kinds:
            return event


async def _try_speech(wires: Sequence[Wire], hello: dict[str, Any]) -> tuple[bool, bool]:
    """Have a long text spoken on one connection, and one on another once the first has been heard.

    Returns:
        Whether a question after the first audio is answered before the first text has been spoken, and
        whether the second one is admitted.
    """
    capabilities = hello["capabilities"]
    text = PROBE_TEXT * (capabilities["max_text_chars"] // len(PROBE_TEXT))
    extras = {SLOW_EXTRA: 50} if SLOW_EXTRA in capabilities["extras"] else {}
    for wire in wires:
        await wire.send(json.dumps({"type": "input_text.append", "text": text}))
    commit = json.dumps({"type": "input_text.commit", "extras": extras})
    await wires[0].send(commit)
    await _await_type(wires[0], DELTA, "error")
    await wires[0].send('{"type": "server.status"}')
    answer = await _await_type(wires[0], "server.status", "response.audio.done")
    await wires[1].send(commit)
    admitted = await _await_type(wires[1], "input_text.committed", "error")
    return answer["type"] == "server.status", admitted["type"] == "input_text.committed"


async def play_all(
    transcripts: Sequence[Transcript],
    target: Target,
    *,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    patient: bool = False,
) -> AsyncIterator[Result]:
    """Play transcripts one after another, and yield what came of each.

    Args:
        transcripts: What is played, in this order.
        target: The server; nobody else should be speaking through it meanwhile.
        timeout_s: Longest wait for any message.
        patient: Whether transcripts that wait for more than ``MAX_TAKES_S`` are played too.

    Raises:
        ConnectFailedError: Nobody answers before the first transcript.
    """
    traits = await look_at(target, timeout_s=timeout_s)
    for transcript in transcripts:
        reason = next((why for r in transcript.requires if (why := traits.why_not(r))), None)
        if reason is None and transcript.takes_s > MAX_TAKES_S and not patient:
            reason = f"it waits for {transcript.takes_s:g} s; --patient plays it"
        if reason is not None:
            yield Result(transcript, "skip", reason)
        else:
            yield await play_one(transcript, target, traits, timeout_s=timeout_s)


async def play_one(
    transcript: Transcript, target: Target, traits: ServerTraits, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Result:
    """Play one transcript that fits the server."""
    player = Player(transcript, target, slow_extra=traits.slow_extra, timeout_s=timeout_s)
    began = time.monotonic()
    try:
        await player.play()
    except ConformanceError as error:
        return Result(transcript, "fail", str(error), error.details, time.monotonic() - began)
    except (ConnectFailedError, ConfigError) as error:
        return Result(transcript, "fail", str(error), (), time.monotonic() - began)
    return Result(transcript, "pass", seconds=time.monotonic() - began)
