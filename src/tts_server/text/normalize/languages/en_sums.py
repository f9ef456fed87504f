"""What English writes around a sum or a number: ``$10/user``, ``2 million €``, ``1.5 M users``. Pure."""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages.en_words import PER, UNIT_SIGNS

_SIGN = r"[$€£¥₹₩₽]"
_SUM = (
    rf"(?:{_SIGN} ?\d[\d,.]{{0,24}}(?:[KMBkm]|bn)?"
    r"|(?<![\d,.])\d[\d,.]{0,24}(?:¢| cents| dollars| euros| pounds))"
)
_RATE: Final = re.compile(
    rf"{_SUM}(?P<first> ?/ ?)(?P<word>[a-z]{{2,20}}(?! ?\d)|\d+[KM]? (?=[a-z]))"
    r"(?P<second> ?/ ?(?=[a-z]{2,20}))?"
)
_OR: Final = re.compile(rf"{_SUM}(?P<stroke> ?/ ?)(?={_SIGN} ?\d)")
_BEHIND_SCALE: Final = re.compile(
    r"(?<=\d) ?(?P<scale>hundred|thousand|million|billion|trillion|lakh|crore) ?(?P<sign>[$€£₹])(?![\w$€£₹])"
)
_CURRENCIES: Final = {"$": "dollars", "€": "euros", "£": "pounds", "₹": "rupees"}
_SHORT_SCALE: Final = re.compile(
    r"(?<![\w$€£¥₹₩₽.,])\d[\d.,]{0,24} "
    r"(?P<short>mn|mln|bn|bln|tn|trn|[MB](?= [a-z]{3,20}s\b)|[MB](?= people))(?![\w.])"
)
_SCALES: Final = {"m": "million", "b": "billion", "t": "trillion", "k": "thousand"}


_COUNT_RATE: Final = re.compile(
    r"(?<![\w.,])\d{1,9} (?P<word>[a-z]{2,20})(?P<stroke> ?/ ?)"
    r"(?=(?:day|week|month|year|hour|minute|second|night|person|user)(?!\w))"
)


def say_sums(draft: Draft) -> None:
    """Say strokes behind sums, signs behind words of scale, and letters of scale that stand apart."""
    text = draft.text
    for match in _RATE.finditer(text):
        if match["word"][0].isdigit():
            count = match["word"].strip()
            scale = f" {_SCALES[count[-1].lower()]}" if count[-1].isalpha() else ""
            draft.replace(match.start("first"), match.end("word"), f" per {count.rstrip('KM')}{scale} ")
        elif match["word"] not in PER:
            draft.replace(*match.span("first"), " per ")
        if match["second"]:
            draft.replace(*match.span("second"), " per ")
    for match in _OR.finditer(text):
        draft.replace(*match.span("stroke"), " or ")
    for match in _COUNT_RATE.finditer(text):
        if match["word"] not in UNIT_SIGNS:
            draft.replace(*match.span("stroke"), " per ")
    for match in _BEHIND_SCALE.finditer(text):
        draft.replace(*match.span("sign"), f" {_CURRENCIES[match['sign']]}")
    for match in _SHORT_SCALE.finditer(text):
        draft.replace(*match.span("short"), _SCALES[match["short"][0].lower()])
