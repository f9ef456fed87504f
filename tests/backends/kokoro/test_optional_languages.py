"""An optional language that cannot be loaded does not take the others down."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro import languages
from tts_server.backends.kokoro.backend import KokoroModel
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.errors import MissingDependencyError


@pytest.fixture(autouse=True)
def broken_dialects(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Dialects whose pronunciation cannot be loaded, though all packages seem to be there."""
    broken: set[str] = set()

    def load(_self: G2P, dialects: Iterable[str]) -> None:
        for dialect in dialects:
            if dialect in broken:
                raise MissingDependencyError(
                    f"language {dialect!r} cannot be loaded: no dictionary", extra="ja"
                )

    monkeypatch.setattr(languages, "find_spec", lambda _name: object())
    monkeypatch.setattr(G2P, "load", load)
    return broken


def make_model(voice: str | None = None) -> KokoroModel:
    return KokoroModel(BackendOptions(extra_languages=("ja", "zh"), voice=voice))


def test_it_is_refused_with_its_reason_and_the_others_are_offered(broken_dialects: set[str]) -> None:
    model = make_model()
    assert {"ja", "zh"} <= set(model.capabilities.languages)
    broken_dialects.add("ja")
    for dialect in ("en-us", "ja", "zh"):
        model._load_dialect(dialect)
    offered = model.capabilities
    assert offered.languages == ("en", "es", "fr", "hi", "it", "pt", "zh")
    assert "no dictionary" in offered.refused_languages["ja"]
    assert {voice.language for voice in model.list_voices()} == set(offered.languages)
    assert offered.voice_count == len(model.list_voices())


@pytest.mark.parametrize(("voice", "dialect"), [("jf_alpha", "ja"), (None, "es")])
def test_the_default_voices_own_and_those_that_are_always_there_are_needed(
    voice: str | None, dialect: str, broken_dialects: set[str]
) -> None:
    model = make_model(voice)
    broken_dialects.add(dialect)
    with pytest.raises(MissingDependencyError, match="no dictionary"):
        model._load_dialect(dialect)
