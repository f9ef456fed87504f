"""What is asked for: one text, and how it is to be spoken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Everything that a backend needs to speak one response.

    ``voice`` and ``language`` are already resolved against the backend's lists: None only where the backend
    has none. ``extras`` holds checked values of keys that the backend advertises, and no others.
    """

    text: str
    voice: str | None = None
    language: str | None = None
    extras: Mapping[str, Any] | None = None
