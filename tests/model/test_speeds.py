"""A sentence is heard whole at every speed, from its first word on."""

from __future__ import annotations

from pathlib import Path

import pytest
from laboratory.speeds import ADDED, KEPT, LOST, MISHEARD, Speeds, SpeedsResult, fate_of_first_word, run

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

FAST = (
    ("A man walked into the room.", "af_heart"),
    ("A friend of mine lives in this street.", "bf_emma"),
    ("I think the answer is on page ten.", "af_bella"),
    ("The children are playing in the garden.", "bm_george"),
    ("My bag is under the table.", "am_fenrir"),
    ("So we decided to stay at home.", "af_heart"),
    ("Do you want to come with us?", "bm_george"),
)
"""The first word of each is swallowed where the pad before it is divided by the speed too."""
SLOW = (
    ("My brother works in a hospital.", "bf_isabella"),
    ("My phone does not work today.", "af_nova"),
    ("We need more paper for the printer.", "bf_emma"),
    ("He bought a new bicycle last week.", "bm_george"),
    ("She told me a funny story.", "bf_isabella"),
)
"""And a syllable comes before each of these."""


@pytest.fixture(scope="module")
def speeds(cache_dir: Path) -> Speeds:
    return Speeds(cache_dir)


@pytest.mark.parametrize(("speed", "texts"), [(2.0, FAST), (0.5, SLOW)])
def test_a_short_first_word_is_heard_and_nothing_before_it(
    speeds: Speeds, speed: float, texts: tuple[tuple[str, str], ...]
) -> None:
    result = run(((text, voice, speed) for text, voice in texts), speeds, lambda _line: None)
    wrong = [hearing for hearing in result.hearings if hearing.fate != KEPT]
    assert len(wrong) <= 1, wrong


def test_speech_is_nearly_as_fast_as_was_asked_for(speeds: Speeds) -> None:
    text, voice = FAST[1]
    asked_for = (0.5, 0.75, 1.0, 1.5)
    result = SpeedsResult([speeds.hear(text, voice, speed) for speed in asked_for])
    for speed in asked_for:
        assert result.times_as_fast(speed) == [pytest.approx(speed, rel=0.12)]


@pytest.mark.parametrize(
    ("heard", "fate"),
    [
        ("A man walked in.", KEPT),
        ("Man walked in.", LOST),
        ("Walked in.", LOST),
        ("Some a man walked in.", ADDED),
        ("The man walked in.", MISHEARD),
        ("", MISHEARD),
    ],
)
def test_what_became_of_a_first_word_is_told(heard: str, fate: str) -> None:
    assert fate_of_first_word("A man walked in.", heard) == fate
