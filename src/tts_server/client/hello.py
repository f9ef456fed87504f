"""The first message of a connection: what a client checks before it believes the rest."""

from __future__ import annotations

from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError, RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.v01 import CLIENT
from tts_server.wording import show, show_text

LOWEST_RATE_HZ = 1_000
HIGHEST_RATE_HZ = 768_000
"""The rates that sound hardware knows, and then some: beyond them a number is a mistake."""


def read_hello(message: str | bytes, endpoint: Endpoint) -> ev.Hello:
    """Read a connection's first message, and check that its audio can be understood.

    Raises:
        ConnectFailedError: It is no hello, or one of a server that this client cannot listen to.
    """
    try:
        event = CLIENT.decode(message)
    except RemoteProtocolError as error:
        raise ConnectFailedError(f"whatever answers on {endpoint} is no speech server: {error}") from error
    if isinstance(event, ev.ErrorOccurred):
        refused = ConnectFailedError(f"the server on {endpoint} said: {show_text(event.error.message)}")
        refused.code = show_text(event.error.code)
        raise refused
    if not isinstance(event, ev.Hello):
        raise ConnectFailedError(f"whatever answers on {endpoint} did not say hello")
    problem = _problem(event)
    if problem is not None:
        raise ConnectFailedError(f"the server on {endpoint} {problem}")
    return event


def _problem(hello: ev.Hello) -> str | None:
    """What this client cannot read; None where it can read everything."""
    audio = hello.audio
    if hello.protocol_version != CLIENT.version:
        spoken = show(hello.protocol_version)
        return f"speaks the protocol's version {spoken}; this client speaks {CLIENT.version!r}"
    if audio.format != "pcm16":
        return f"sends audio in the format {show(audio.format)}; this client reads 'pcm16'"
    if audio.channels != 1:
        return f"sends audio with {show(audio.channels)} channels; this client reads 1"
    if not LOWEST_RATE_HZ <= audio.rate_hz <= HIGHEST_RATE_HZ:
        accepted = f"{LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ}"
        return f"sends audio at {show(audio.rate_hz)} Hz; this client reads {accepted}"
    return None
