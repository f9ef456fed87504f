"""What a connection's dialect can say, as far as the rules of a session depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tts_server.session.context import NO_SETTINGS, ContextSettings


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one connection.

    Args:
        protocol_version: What it speaks, for the greeting.
        max_contexts: Streams of speech side by side, the one that is never named included.
        context: What holds for a context that begins.
    """

    protocol_version: str = "0.1"
    max_contexts: int = 1
    context: ContextSettings = NO_SETTINGS


STANDARD_TERMS: Final = Terms()
