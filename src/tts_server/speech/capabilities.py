"""What a backend offers: voices, languages, extras and the sound that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

ExtraValue = bool | int | float | str

RESERVED_EXTRAS = frozenset({"voice", "language", "text", "lang_code"})
"""Names of fixed parameters: a key of ``extras`` named like one of these is refused."""

FRAME_MS = 20
"""Length of an audio frame on the wire; the last of a response may be shorter."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """The audio of a session: signed 16-bit little-endian PCM at the loaded model's rate."""

    rate_hz: int
    format: str = "pcm16"
    channels: int = 1

    @property
    def frame_samples(self) -> int:
        """Samples in one whole frame."""
        return self.rate_hz * FRAME_MS // 1000


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a backend.

    Args:
        name: What a client asks for.
        language: Code of the language it speaks when the client names none, such as ``en``.
        locale: Finer than the language, such as ``en-gb``.
        gender: ``female``, ``male`` or empty.
    """

    name: str
    language: str
    locale: str = ""
    gender: str = ""


@dataclass(frozen=True, slots=True)
class ExtraSpec:
    """One key of ``extras`` that a backend takes.

    Args:
        kind: ``number`` is a finite int or float, never a bool; ``any`` is what a client knows of a server's
            extra.
        minimum: Smallest accepted number, inclusive.
        maximum: Largest accepted number, inclusive.
        choices: Accepted strings; empty accepts any.
        help: One line for documents.
    """

    kind: Literal["number", "integer", "boolean", "string", "any"]
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a loaded backend offers, as ``server.hello`` tells it.

    ``voices`` is None for a backend that has voices but cannot list them: then any voice is refused.
    ``voice_count`` 0 means that the backend has no voices: then any is accepted and ignored. A listed voice
    whose language is not among ``languages`` is refused, with the reason from ``refused_languages``, and not
    shown to clients; ``voice_count`` counts the others.
    """

    streaming: bool
    languages: tuple[str, ...]
    voice_count: int
    voices: tuple[Voice, ...] | None = ()
    extras: Mapping[str, ExtraSpec] = field(default_factory=lambda: MappingProxyType({}))
    text_formats: tuple[str, ...] = ("plain",)
    binary_audio: bool = False
    ideal_words: int = 40
    default_voice: str | None = None
    default_language: str | None = None
    refused_languages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Languages that the model has and this installation leaves out, each with the reason for the error
    message."""


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """Name of a backend and of the model that it has loaded."""

    name: str
    model: str
