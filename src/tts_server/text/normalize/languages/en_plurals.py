"""An ``s`` behind figures in English: a plural (``80s music``, ``two 20s``) or seconds (``5s``).

Pure. It is seconds where nothing speaks for a plural: an article or a possessive, a word of degrees or of
cards before it, the name of what a decade has behind it.
"""

from __future__ import annotations

import re
from typing import Final

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.recognize.common import word_after, word_before

_ENDED: Final = re.compile(r"(?<![\w.,:/$'-])(?P<number>\d{1,3}(?:\.\d+)?)(?P<unit>s)(?!\w|'\w)")
_MODEL: Final = re.compile(r"(?<=\biPhone )(?P<number>[456])(?P<letter>s)(?!\w)")
_OWNERS: Final = frozenset("the his her their my our your its these those early mid late".split())
_COUNTS: Final = frozenset(
    """
    all both double few low lower lows many mostly multiple no of pair several some straight triple upper
    roaring swinging two three four five six seven eight nine high
    """.split()
)
_BEFORE_SECONDS: Final = frozenset(
    """
    about after another approximately around at by delay delayed delays every exactly extra for from lasted
    lasting lasts just limit nearly next only over past per plus remaining set sleep sleeping sleeps takes
    than timeout to took under until up wait waited waiting waits within
    """.split()
)
_SECONDS_BEHIND: Final = frozenset(
    """
    ad ago apart audio before break clip clock cooldown countdown cutoff deadline delay duration each elapsed
    exposure faster gap hold hold-off interval intervals intro late later latency lead left limit long longer
    mark max maximum mean median minimum more on or pause pauses per penalty period plank rest remaining
    rule short slower spot sprint test timeout timeouts timer video wait warm warning window
    """.split()
)
_DECADES_BEHIND: Final = frozenset(
    """
    anthem anthems baby babies band bands cars cartoon cartoons child children classic classics clothes
    clothing comedy culture dance decor disco dress fashion favorites film films flick funk hair hit hits
    icon icons jazz kid kids look metal movie movies music night nostalgia party pop punk rap retro revival
    rock show shows sitcom sitcoms song songs soul sound star stars style styles synth throwback trend trends
    vibe vibes were wave
    """.split()
)

_TOTAL: Final = re.compile(
    r"\b(?:timeout|delay|limit|duration|interval|maximum|max|minimum|total|average|time|pause|latency|window"
    r"|period) of $",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(r"\d0s(?:,| and| or| to|, and) $")
_WITH_YEARS: Final = re.compile(r"(?:'|\d\d)\d0s(?:,| and| or| to|, and) $")
_LIST: Final = re.compile(r"(?:(?:,| and| or| to|, and) '?[2-9]0s){1,6} (?P<noun>[A-Za-z]{2,20})")


def say_seconds(draft: Draft) -> None:
    """Say ``45s``, which is a plural where the words around it tell so."""
    text = draft.text
    for match in _MODEL.finditer(text):
        draft.replace(*match.span("letter"), " S")
    is_plural = False
    for match in _ENDED.finditer(text):
        if _WITH_YEARS.search(text, max(0, match.start() - 12), match.start()):
            is_plural = True
        elif not _JOINED.search(text, max(0, match.start() - 10), match.start()):
            is_plural = _is_plural(match, text)
        if not is_plural:
            draft.replace(*match.span("unit"), " second" if match["number"] == "1" else " seconds")


def _is_plural(match: re.Match[str], text: str) -> bool:
    before, behind = word_before(text, match.start()).lower(), word_after(text, match.end()).lower()
    number = match["number"]
    if behind == "of":
        return True
    is_decade = len(number) == 2 and number[1] == "0" and number != "10"
    if is_decade and before in _OWNERS | {"in"}:
        return behind not in _SECONDS_BEHIND or behind in {"or", "on", "before"}
    if before in _COUNTS or before in {"these", "those"}:
        return not (before == "of" and is_decade and behind in _SECONDS_BEHIND) and not _is_total(match, text)
    if not is_decade or before in _BEFORE_SECONDS:
        return False
    if before in {"a", "an"}:
        return bool(behind) and behind not in _SECONDS_BEHIND
    listed = _LIST.match(text, match.end())
    return (listed["noun"].lower() if listed else behind) in _DECADES_BEHIND


def _is_total(match: re.Match[str], text: str) -> bool:
    """Say whether the words before it measure a time: ``a timeout of 30s``."""
    return _TOTAL.search(text, max(0, match.start() - 24), match.start()) is not None
