"""What is asked for: one text, and how it is to be spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """The form in which a listener takes audio: mono, at the rate of the model that speaks.

    Args:
        encoding: ``pcm16`` is signed 16-bit little-endian PCM.
    """

    encoding: Literal["pcm16"] = "pcm16"


PCM16: Final = OutputFormat()


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Everything that an engine needs to speak one response.

    ``voice`` and ``language`` are already resolved against the backend's lists: None only where the backend
    has none. ``extras`` holds checked values of keys that the backend advertises, and no others. ``output``
    is no concern of the engine: its samples are encoded behind it.
    """

    text: str
    voice: str | None = None
    language: str | None = None
    extras: Mapping[str, Any] | None = None
    output: OutputFormat = PCM16
