"""Kokoro keeps the contract that backends of other packages are held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro.backend import KokoroModel
from tts_server.backends.testing import check_backend, check_refusal
from tts_server.speech.request import SpeechRequest

pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


def make_model(cache: Path) -> KokoroModel:
    return KokoroModel(BackendOptions(threads=2, cache_dir=str(cache)))


def test_keeps_the_contract_of_backends(kokoro_cache: Path) -> None:
    # A step of the text stage shares two cores with whatever else the machine does.
    check_backend(lambda: make_model(kokoro_cache), max_step_s=20)


def test_stays_usable_after_an_error(kokoro_cache: Path) -> None:
    request = SpeechRequest("Hello there.", voice="af_heart", language="tlh")
    check_refusal(lambda: make_model(kokoro_cache), request)


@pytest.mark.parametrize(("voice", "language"), [("af_heart", "en"), ("bf_emma", "en"), ("ef_dora", "es")])
def test_default_language_is_that_of_the_default_voice(voice: str, language: str) -> None:
    capabilities = KokoroModel(BackendOptions(voice=voice)).capabilities
    assert (capabilities.default_voice, capabilities.default_language) == (voice, language)
