from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tts_server.backends.kokoro import languages
from tts_server.backends.kokoro.languages import (
    LANGUAGES,
    OPTIONAL_LANGUAGES,
    advertised_languages,
    disabled_languages,
    resolve_dialect,
    voice_language,
)
from tts_server.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]


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
    assert "pip install fugashi jaconv" in disabled_languages(["ja"])["ja"]


@pytest.mark.parametrize("package", LANGUAGES["zh"].packages)
def test_a_missing_package_is_named_beside_all_that_the_language_needs(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(languages, "find_spec", lambda name: None if name == package else object())
    reason = disabled_languages(["zh"])["zh"]
    assert reason == f"{package} is not installed; it needs: pip install jieba pypinyin cn2an ordered-set"


def test_the_packages_of_a_language_are_those_of_its_extra() -> None:
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for code in OPTIONAL_LANGUAGES:
        extra = [Requirement(line).name for line in metadata["project"]["optional-dependencies"][code]]
        assert extra == list(LANGUAGES[code].install)


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
