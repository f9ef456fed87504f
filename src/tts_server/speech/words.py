"""When each word of a text sounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordTime:
    """When one of the client's words sounds.

    Args:
        text: The word as the client wrote it, with the punctuation that touches it.
        start_s: From the first sample of the utterance.
        end_s: From the first sample of the utterance.
        char_start: Index of the word's first character in the request's text.
        char_end: Index after the word's last character.
    """

    text: str
    start_s: float
    end_s: float
    char_start: int
    char_end: int
