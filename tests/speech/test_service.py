"""Which voices a service shows."""

from __future__ import annotations

from tests.session.factories import VOICES, make_service

from tts_server.speech.capabilities import Voice


def names(**capabilities: object) -> list[str]:
    return [voice.name for voice in make_service(**capabilities).voices]


def test_a_voice_of_a_language_that_is_off_is_not_shown() -> None:
    assert names() == ["amy", "bob", "fleur", "hum"]
    assert names(languages=("ja",)) == ["jun", "hum"]


def test_a_voice_of_no_language_speaks_any() -> None:
    assert make_service(languages=()).speaks(Voice("hum", ""))


def test_a_voice_speaks_if_its_language_is_offered() -> None:
    service = make_service(languages=("en", "fr"))
    assert [voice.name for voice in VOICES if service.speaks(voice)] == ["amy", "bob", "fleur", "hum"]


def test_a_backend_that_cannot_list_its_voices_shows_none() -> None:
    assert names(voices=None) == []
