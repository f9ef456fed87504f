"""Chinese: what it says, and the rules that are its own."""

from __future__ import annotations

from tts_server.text.normalize.forms import Clock, Date
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.zh_words import NOTATION, WORDS
from tts_server.text.normalize.speech import Pieces, Speech


class Chinese(Speech):
    """What Chinese says for each form."""

    def hour_and_minute(self, clock: Clock) -> str | None:
        """Return the hour and the minute."""
        return f"{clock.hour}点{clock.minute}分" if clock.minute else f"{clock.hour}点"

    def date(self, date: Date) -> Pieces:
        """Return day, month and year."""
        year = f"{date.year}年" if date.year else ""
        return [(date.start, date.end, f"{year}{date.month}月{date.day}日")]


def make(dialect: str) -> Language:
    """Make Chinese."""
    return Language(dialect, NOTATION, Chinese(WORDS))
