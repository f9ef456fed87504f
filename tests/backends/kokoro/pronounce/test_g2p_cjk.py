"""Japanese and Chinese, on stand-ins for misaki's analysers where the real ones are not installed."""

from __future__ import annotations

import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.errors import MissingDependencyError

JAPANESE = {"今日": "kʲoː", "は": "βa", "雨": "ame", "です": "desɨ"}
CHINESE = {"你好": "ni↓xau↓", "世界": "ʂɨ↘ʨje↘", "吗": "ma"}


def longest_first(table: dict[str, str], text: str) -> list[str]:
    words = []
    while text:
        latin = re.match("[A-Za-z]+", text)
        word = latin[0] if latin else next((key for key in table if text.startswith(key)), text[0])
        words.append(word)
        text = text[len(word) :]
    return words


class FakeJapanese:
    """Says what is in the table, like misaki's JAG2P: a string and no tokens."""

    def __init__(self) -> None:
        self.cutlet = SimpleNamespace(
            tagger=lambda text: [SimpleNamespace(surface=word) for word in longest_first(JAPANESE, text)]
        )

    def __call__(self, text: str) -> tuple[str, None]:
        if "壊" in text:
            raise KeyError(text)
        return " ".join(JAPANESE.get(word, "") for word in longest_first(JAPANESE, text)), None


class FakeChinese:
    def __call__(self, text: str) -> tuple[str, None]:
        return " ".join(CHINESE.get(word, "") for word in longest_first(CHINESE, text)), None


@pytest.fixture
def fake_analysers(monkeypatch: pytest.MonkeyPatch) -> None:
    def module(name: str, **contents: Any) -> None:
        fake = ModuleType(name)
        vars(fake).update(contents)
        monkeypatch.setitem(sys.modules, name, fake)

    module("misaki.ja", JAG2P=FakeJapanese)
    module("misaki.zh", ZHG2P=FakeChinese)
    module(
        "jieba",
        cut=lambda text: longest_first(CHINESE, text),
        setLogLevel=lambda _level: None,
        initialize=lambda: None,
    )


def said(words: tuple[Word, ...]) -> list[tuple[str, str, str]]:
    return [(word.text, word.phonemes, word.trail) for word in words]


@pytest.mark.usefixtures("fake_analysers")
def test_japanese_words_are_those_of_its_analyser() -> None:
    words = G2P().phonemize("今日は雨です。雨です！", "ja")
    assert said(words) == [
        ("今日", "kʲoː", " "),
        ("は", "βa", " "),
        ("雨", "ame", " "),
        ("です。", "desɨ", ". "),
        ("雨", "ame", " "),
        ("です！", "desɨ", "!"),
    ]


@pytest.mark.usefixtures("fake_analysers")
def test_chinese_words_are_those_of_its_analyser_and_english_is_spoken_as_english() -> None:
    words = G2P().phonemize("你好，OK世界吗？", "zh")
    assert said(words) == [
        ("你好，", "ni↓xau↓", ", "),
        ("OK", "ˌOkˈA", " "),
        ("世界", "ʂɨ↘ʨje↘", " "),
        ("吗？", "ma", "?"),
    ]


@pytest.mark.usefixtures("fake_analysers")
def test_a_clause_that_the_analyser_cannot_read_is_left_unspoken() -> None:
    words = G2P().phonemize("壊れ。雨です。", "ja")
    assert symbols_of(words) == ". ame desɨ."
    assert words[0].text == "壊れ。雨"


@pytest.mark.usefixtures("fake_analysers")
@pytest.mark.parametrize("dialect", ["ja", "zh"])
def test_text_with_nothing_to_speak_has_no_words(dialect: str) -> None:
    for text in ["", " ", "。", "🎉", "「」"]:
        assert G2P().phonemize(text, dialect) == ()


@pytest.mark.parametrize(("code", "package"), [("ja", "misaki.ja"), ("zh", "jieba")])
def test_missing_packages_are_named(code: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=f"language '{code}' needs its G2P packages"):
        G2P().phonemize("雨", code)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ja", "東京に行きますか？", "toːkʲoː ɲi ikʲimasɨ ka?"),
        ("zh", "你好，世界！", "ni↓xau↓, ʂɨ↘ʨje↘!"),
    ],
)
def test_the_real_analysers_are_asked_where_they_are_installed(code: str, text: str, expected: str) -> None:
    if missing_packages(code):
        pytest.skip(f"the packages of {code} are not installed")
    words = G2P().phonemize(text, code)
    assert symbols_of(words) == expected
    assert "".join(word.text for word in words) == text
