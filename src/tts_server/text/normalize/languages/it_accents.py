"""Italian accents that are written as apostrophes: ``citta'``, ``perche'``, ``e'``. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft

# A quotation opens before a letter and closes behind one; so does an accent end a word.
_APOSTROPHE: Final = re.compile(
    r"(?P<opens>(?<!\w)'(?=[^\W\d]))"
    r"|(?P<stem>[A-Za-zàèéìòù]{0,20})(?P<end>(?P<vowel>[aeiouAEIOU])')(?![\w'])"
    r"|(?P<closes>(?<=\w)'(?!\w))"
)
_SHORT: Final = frozenset("e te ne se si li la piu puo gia giu cio tre".split())
_MIN_LETTERS: Final = 4
_LONGEST_QUOTATION: Final = 200
_ACCENTS: Final = dict(zip("aeiouAEIOU", "àèìòùÀÈÌÒÙ", strict=True))
_CLOSED: Final = ("che", "tre")
_CLOSED_WORDS: Final = frozenset({"ne", "se"})


def accents(draft: Draft) -> None:
    """Say words whose accent is an apostrophe as if it were written, outside of quotations."""
    opened = -_LONGEST_QUOTATION
    for match in _APOSTROPHE.finditer(draft.text):
        if match["opens"]:
            opened = match.start()
        elif match.end() - opened < _LONGEST_QUOTATION:
            opened = -_LONGEST_QUOTATION
        elif match["end"]:
            word = (match["stem"] + match["vowel"]).lower()
            if len(word) >= _MIN_LETTERS or word in _SHORT:
                is_closed = word in _CLOSED_WORDS or word.endswith(_CLOSED)
                accent = _ACCENTS[match["vowel"]]
                draft.replace(*match.span("end"), accent.replace("è", "é") if is_closed else accent)
