from __future__ import annotations

import pytest

from tts_server.backends.kokoro import languages
from tts_server.backends.kokoro.languages import (
    LANGUAGES,
    advertised_languages,
    disabled_languages,
    resolve_dialect,
    voice_language,
)
from tts_server.errors import ConfigError


@pytest.fixture
def everything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "find_spec", lambda _name: object())


@pytest.fixture
def nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "find_spec", lambda _name: None)


@pytest.mark.usefixtures("everything_is_installed")
def test_optional_languages_are_off_until_they_are_named() -> None:
    assert advertised_languages() == ("en", "es", "fr", "hi", "it", "pt")
    assert advertised_languages([" JA "]) == ("en", "es", "fr", "hi", "it", "ja", "pt")
    assert "PIPECAT_TTS_KOKORO_EXTRA_LANGS" in disabled_languages(["ja"])["zh"]


@pytest.mark.usefixtures("nothing_is_installed")
def test_optional_languages_are_off_until_their_packages_are_installed() -> None:
    assert "ja" not in advertised_languages(["ja"])
    assert "pip install pyopenjtalk fugashi" in disabled_languages(["ja"])["ja"]


def test_only_languages_that_the_model_has_voices_for_can_be_switched_on() -> None:
    assert "de" not in advertised_languages(["de", ""])
    assert disabled_languages(["de", ""])["de"] == "the model has no voice for it"
    assert "" not in disabled_languages([""])


@pytest.mark.parametrize(
    ("language", "voice", "dialect"),
    [
        (None, "af_heart", "en-us"),
        ("", "bf_emma", "en-gb"),
        ("en", "bf_emma", "en-gb"),
        ("EN", "am_adam", "en-us"),
        ("en-US", "bf_emma", "en-us"),
        ("en_gb", "af_heart", "en-gb"),
        ("en-au", "bf_emma", "en-gb"),
        ("en", "ef_dora", "en-us"),
        ("es-MX", "ef_dora", "es"),
        ("fr", "af_heart", "fr-fr"),
        ("pt", "pf_dora", "pt-br"),
        ("pt-pt", "af_heart", "pt-br"),
        (None, "hf_alpha", "hi"),
        (None, "if_sara", "it"),
        (None, "jf_alpha", "ja"),
        (None, "zf_xiaobei", "zh"),
    ],
)
def test_a_voice_speaks_its_own_language_unless_another_is_named(
    language: str | None, voice: str, dialect: str
) -> None:
    assert resolve_dialect(language, voice) == dialect


def test_unknown_languages_and_voices_are_refused_with_what_would_be_accepted() -> None:
    with pytest.raises(ConfigError, match=r"'tlh'.*en, es"):
        resolve_dialect("tlh", "af_heart")
    with pytest.raises(ConfigError, match=r"'xf_nobody'.*a, b, e"):
        resolve_dialect(None, "xf_nobody")
    with pytest.raises(ConfigError):
        resolve_dialect(None, "")


def test_the_language_of_a_voice_is_one_that_can_be_advertised() -> None:
    assert voice_language("bf_emma") == "en"
    assert {voice_language(letter + "f_x") for letter in "abefhijpz"} == set(LANGUAGES)
