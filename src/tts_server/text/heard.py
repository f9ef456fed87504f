"""What of a text its listener has heard, to the word.

Theory of operation. A text is given piece by piece, and grows at its end. Of its words it becomes known, in
their order, when each begins to sound; of stretches of it, until when they sound. Whoever then says how much
was played gets the text in two parts, of which the first ends with the word that sounded last. The two are
the whole text, whatever was said before. Pure; times are in seconds from the text's first sample.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from tts_server.errors import LocalProtocolError


class Split(NamedTuple):
    """A text in two parts: ``spoken + remaining`` is all of it."""

    spoken: str
    remaining: str


class Heard:
    """A text that is being spoken, and what is known of its sound."""

    __slots__ = ("_char_ends", "_made_chars", "_made_s", "_pieces", "_starts_s", "n_chars")

    def __init__(self) -> None:
        self.n_chars = 0
        """Code points of the text so far."""
        self._pieces: list[str] = []
        self._starts_s: list[float] = []
        self._char_ends: list[int] = []
        self._made_chars: list[int] = [0]
        self._made_s: list[float] = [-math.inf]

    @property
    def text(self) -> str:
        """All of it."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def append(self, text: str) -> None:
        """Add to the end of the text."""
        if text:
            self._pieces.append(text)
            self.n_chars += len(text)

    def withdraw(self, n_chars: int) -> None:
        """Take back the last so many characters, which were not spoken.

        Raises:
            LocalProtocolError: Some of them were.
        """
        left = self.n_chars - n_chars
        if n_chars < 0 or left < max(self._made_chars[-1], self._char_ends[-1] if self._char_ends else 0):
            raise LocalProtocolError(f"{n_chars} characters cannot be taken back")
        while n_chars:
            last = self._pieces.pop()
            if len(last) > n_chars:
                self._pieces.append(last[:-n_chars])
            n_chars -= min(n_chars, len(last))
        self.n_chars = left

    def word(self, char_end: int, start_s: float) -> None:
        """A word that ends before index ``char_end`` begins to sound at ``start_s``.

        One that does not come after the words before it is taken to begin, or to end, with the last of them.
        """
        if self._char_ends:
            char_end, start_s = max(char_end, self._char_ends[-1]), max(start_s, self._starts_s[-1])
        self._char_ends.append(min(char_end, self.n_chars))
        self._starts_s.append(start_s)

    def made(self, char_end: int, end_s: float) -> None:
        """All of the text before index ``char_end`` was made, and sounds until ``end_s``."""
        self._made_chars.append(min(max(char_end, self._made_chars[-1]), self.n_chars))
        self._made_s.append(max(end_s, self._made_s[-1]))

    def split(self, playback_s: float) -> Split:
        """Split the text at the end of the word that was sounding when so much was played.

        At 0 nothing was spoken; beyond the end of a stretch that was made, all of it was.
        """
        n_begun = bisect_left(self._starts_s, playback_s) if playback_s > 0 else 0
        begun = self._char_ends[n_begun - 1] if n_begun else 0
        n_over = bisect_right(self._made_s, playback_s) if playback_s > 0 else 0
        over = self._made_chars[n_over - 1] if n_over else 0
        at = max(begun, over)
        text = self.text
        return Split(text[:at], text[at:])
