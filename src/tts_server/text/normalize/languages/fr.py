"""French: what it says, and the rules that are its own."""

from __future__ import annotations

from tts_server.text.normalize.forms import Clock, Date
from tts_server.text.normalize.language import Language
from tts_server.text.normalize.languages.fr_words import MONTHS, NOTATION, WORDS
from tts_server.text.normalize.speech import Pieces, Speech


class French(Speech):
    """What French says for each form."""

    def hour_and_minute(self, clock: Clock) -> str | None:
        """Return the hour and the minute."""
        hours = "heure" if clock.hour in {0, 1} else "heures"
        said = f"{clock.hour} {hours}"
        return f"{said} {clock.minute}" if clock.minute else said

    def date(self, date: Date) -> Pieces:
        """Return day, month and year."""
        year = date.year
        if len(year) == 2:
            year = f"{'20' if int(year) < 70 else '19'}{year}"
        return [(date.start, date.end, f"{date.day} {MONTHS[date.month - 1]} {year}")]


def make(dialect: str) -> Language:
    """Make French."""
    return Language(dialect, NOTATION, French(WORDS))
