"""Every voice begins with silence and then with all of its sound, at every speed."""

from __future__ import annotations

from pathlib import Path

import pytest
from laboratory.onset import SHORT_PHONEMES, SHORT_TEXTS, SPEEDS, Onset, Onsets

from tts_server.backends.kokoro.languages import DEFAULT_LANGUAGES
from tts_server.config.environment import cache_folder

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

MAX_SILENCE_MS = 50.0
"""Nearly all sound by then: a listener waits for what is left of the silence."""


@pytest.fixture(scope="module")
def onsets() -> Onsets:
    return Onsets(Path(cache_folder()))


def sample(onsets: Onsets) -> list[tuple[str, str, float]]:
    """Each voice at two speeds, with texts and speeds that differ from voice to voice."""
    texts = {**SHORT_TEXTS, **SHORT_PHONEMES}
    return [
        (texts[language][(number + 3 * turn) % 10], voice, SPEEDS[(number + 2 * turn) % len(SPEEDS)])
        for number, (voice, language) in enumerate(onsets.voices.items())
        for turn in range(2)
    ]


def test_no_voice_begins_with_a_step_or_loses_sound_at_any_speed(onsets: Onsets) -> None:
    measured = [onsets.measure(text, voice, speed) for text, voice, speed in sample(onsets)]
    assert len({onset.voice for onset in measured if onsets.voices[onset.voice] in DEFAULT_LANGUAGES}) >= 41
    assert {onset.speed for onset in measured} == set(SPEEDS)
    assert not [(onset.faults, onset) for onset in measured if onset.faults]
    late = [onset for onset in measured if onset.silence_ms > MAX_SILENCE_MS]
    assert len(late) <= len(measured) / 10, late


def test_sound_begins_a_little_before_its_nominal_time_at_any_speed(onsets: Onsets) -> None:
    text, voice = "A man walked into the room.", "af_heart"
    for speed in SPEEDS:
        assert 0 <= onsets.measure(text, voice, speed).early_ms <= 250, speed


@pytest.mark.parametrize(
    ("text", "voice", "speed"),
    [
        ("नमस्ते।", "hf_alpha", 1.0),
        ("Now.", "bf_emma", 1.0),
        ("Is it?", "af_nicole", 0.5),
        ("In the morning we left early.", "bf_emma", 0.5),
        ("In the morning we left early.", "bf_emma", 0.8),
        ("A man walked into the room.", "am_fenrir", 0.6),
    ],
)
def test_speech_that_begins_before_its_nominal_time_is_whole(
    onsets: Onsets, text: str, voice: str, speed: float
) -> None:
    assert onsets.measure(text, voice, speed).faults == []


def test_a_begin_that_was_cut_is_told() -> None:
    when = {"trimmed_ms": 300, "early_ms": 60}
    clean = Onset("v", "t", 1.0, 0.3, start=0.001, lost=0.004, silence_ms=12, difference_db=-60, **when)
    cut = Onset("v", "t", 1.0, 0.3, start=0.25, lost=0.4, silence_ms=0, difference_db=-10, **when)
    assert clean.faults == []
    assert cut.faults == ["step", "lost", "no silence", "other sound"]
