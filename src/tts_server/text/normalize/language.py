"""A language as the reader takes it: its tables, and what it says. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.speech import Speech
from tts_server.text.normalize.words import Notation

Rule = Callable[[Draft], None]
"""Replaces what it recognises in a draft, where nothing has been replaced before."""


@dataclass(frozen=True, slots=True)
class Language:
    """One dialect.

    Args:
        dialect: ``en-us``, ``es``, …
        notation: How it writes.
        speech: What it says.
        rules: Rules of its own, by name, tried before the common forms of numbers.
        late_rules: Rules of its own, tried when all forms have been said.
        words_are_apart: Whether it writes spaces between words.
    """

    dialect: str
    notation: Notation
    speech: Speech
    rules: tuple[tuple[str, Rule], ...] = ()
    late_rules: tuple[tuple[str, Rule], ...] = ()
    words_are_apart: bool = True
