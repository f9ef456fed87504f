"""Chapter and verse of a book, which look like a time of day: ``Juan 3:16-18``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.language import Rule
from tts_server.text.normalize.recognize.common import LETTERS, any_of


def verses(books: Iterable[str], to: str) -> Rule:
    """Return a rule that says chapter and verse.

    Args:
        books: Names and abbreviations of books, as they are written, without a full stop.
        to: Said between the first verse and the last.
    """
    pattern = re.compile(
        rf"(?<![{LETTERS}])(?:{any_of(books)})\.? (?P<place>(?P<chapter>\d{{1,3}}):(?P<first>\d{{1,3}})"
        rf"(?:[-—](?P<last>\d{{1,3}}))?)(?![\d:])"
    )

    def rule(draft: Draft) -> None:
        for match in pattern.finditer(draft.text):
            last = f" {to} {match['last']}" if match["last"] else ""
            draft.replace(*match.span("place"), f"{match['chapter']}, {match['first']}{last}")

    return rule
