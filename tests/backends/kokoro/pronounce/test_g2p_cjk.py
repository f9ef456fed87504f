"""Japanese and Chinese, on stand-ins for misaki's analysers where the real ones are not installed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tts_server.backends.kokoro.languages import LANGUAGES, missing_packages
from tts_server.backends.kokoro.pronounce import g2p_cjk
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.errors import MissingDependencyError

JAPANESE = {
    "ティーティーエス": "tʲiːtʲiːesɨ",
    "サン": "saɴ",
    "今日": "kʲoː",
    "は": "βa",
    "雨": "ame",
    "です": "desɨ",
}
CHINESE = {"中国": "ʈʂʊ→ŋ kwo↗", "你好": "ni↓ xau↓", "世界": "ʂɨ↘ ʨje↘", "吗": "ma", "五": "u↓"}
SYLLABLES = {
    char: said
    for word, syllables in CHINESE.items()
    for char, said in zip(word, syllables.split(), strict=True)
}


def longest_first(table: dict[str, str], text: str) -> list[str]:
    words = []
    while text:
        latin = re.match("[A-Za-z]+", text)
        word = latin[0] if latin else next((key for key in table if text.startswith(key)), text[0])
        words.append(word)
        text = text[len(word) :]
    return words


class FakeJapanese:
    """Says what is in the table, like misaki's Cutlet: a string and no tokens."""

    def __init__(self) -> None:
        self.exceptions: dict[str, str] = {}
        self.table = {"さ": "sa"}

    def tagger(self, text: str) -> list[SimpleNamespace]:
        return [SimpleNamespace(surface=word) for word in longest_first(JAPANESE, text)]

    def __call__(self, text: str) -> tuple[str, None]:
        if "壊" in text:
            raise KeyError(text)
        if text == "日本":
            return "ɲihoɴ", None
        return " ".join(JAPANESE.get(word, "") for word in longest_first(JAPANESE, text)), None


class FakeChinese:
    @staticmethod
    def py2ipa(syllable: str) -> str:
        """Return the symbols of what stands for a syllable here: its character."""
        return SYLLABLES[syllable]


class OldJapanese(FakeJapanese):
    """misaki 0.7 has it in another module, and it returns the symbols alone."""

    def __call__(self, text: str) -> str:  # type: ignore[override]
        return super().__call__(text)[0]


def put(patch: pytest.MonkeyPatch, name: str, **contents: Any) -> None:
    fake = ModuleType(name)
    vars(fake).update(contents)
    fake.__spec__ = ModuleSpec(name, None)
    patch.setitem(sys.modules, name, fake)


@pytest.fixture(params=["0.9", "0.7"])
def fake_analysers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "0.9":
        put(monkeypatch, "misaki.cutlet", Cutlet=FakeJapanese)
        put(monkeypatch, "misaki.zh", ZHG2P=FakeChinese)
    else:
        monkeypatch.setattr(g2p_cjk, "find_spec", lambda _name: None)
        put(monkeypatch, "misaki.ja", JAG2P=OldJapanese)
        put(monkeypatch, "misaki.zh", ZHG2P=FakeChinese)
    style = SimpleNamespace(TONE3=None)
    put(monkeypatch, "pypinyin", Style=style, lazy_pinyin=lambda word, **_options: list(word))
    put(
        monkeypatch,
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
def test_latin_letters_and_digits_in_japanese_have_japanese_names() -> None:
    words = G2P().phonemize("雨はTTS。", "ja")
    assert said(words) == [("雨", "ame", " "), ("は", "βa", " "), ("TTS。", "tʲiːtʲiːesɨ", ".")]


@pytest.mark.usefixtures("fake_analysers")
def test_a_word_that_the_analyser_cannot_read_is_left_unspoken_and_its_neighbours_are_not() -> None:
    words = G2P().phonemize("雨は壊です。雨です。", "ja")
    assert symbols_of(words) == "ame βa desɨ. ame desɨ."
    assert "".join(word.text for word in words) == "雨は壊です。雨です。"


@pytest.mark.usefixtures("fake_analysers")
@pytest.mark.parametrize("dialect", ["ja", "zh"])
def test_text_with_nothing_to_speak_has_no_words(dialect: str) -> None:
    for text in ["", " ", "。", "🎉", "「」"]:
        assert G2P().phonemize(text, dialect) == ()


@pytest.mark.usefixtures("fake_analysers")
@pytest.mark.parametrize(("code", "package"), [("ja", "misaki.ja"), ("zh", "misaki.zh"), ("zh", "jieba")])
def test_a_missing_package_is_named(code: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(g2p_cjk, "find_spec", lambda _name: None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError) as caught:
        G2P().phonemize("雨", code)
    assert f"language '{code}' needs its G2P packages ({' '.join(LANGUAGES[code].install)})" in str(
        caught.value
    )
    assert f"no module named '{package}'" in str(caught.value)
    assert f"pip install 'pipecat-local-tts-server[{code}]'" in str(caught.value)


class Silent(FakeJapanese):
    def __call__(self, text: str) -> tuple[str, None]:
        return text[:0], None


def without_dictionary() -> FakeJapanese:
    raise RuntimeError("no dictionary")


@pytest.mark.usefixtures("fake_analysers")
@pytest.mark.parametrize("broken", [without_dictionary, Silent])
def test_an_analyser_that_does_not_start_or_says_nothing_is_reported_as_not_loaded(
    broken: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(monkeypatch, "misaki.cutlet", Cutlet=broken)
    put(monkeypatch, "misaki.ja", JAG2P=broken)
    with pytest.raises(MissingDependencyError, match=r"language 'ja' cannot be loaded: (Runtime|Value)Error"):
        G2P().load(["ja"])


@pytest.mark.usefixtures("fake_analysers")
def test_figures_that_an_address_leaves_are_said() -> None:
    assert symbols_of(G2P().phonemize("你好/a5", "zh")).endswith("u↓")


@pytest.mark.usefixtures("fake_analysers")
def test_a_character_without_a_reading_is_left_unspoken_and_its_neighbours_are_not() -> None:
    assert symbols_of(G2P().phonemize("你好㗊世界", "zh")) == "ni↓xau↓ ʂɨ↘ʨje↘"
    assert symbols_of(G2P().phonemize("你好犇世界", "zh")) == "ni↓xau↓ ʂɨ↘ʨje↘"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ja", "東京に行きますか？", "toːkʲoː ɲi ikʲimasɨ ka?"),
        ("ja", "KokoroはTTSモデル", "kokoɾo βa tʲiːtʲiːesɨ modeɾɯ"),
        ("zh", "你好，世界！", "ni↓xau↓, ʂɨ↘ʨje↘!"),
        ("zh", "价格是99.5元。", "ʨja↘kɤ↗ ʂɨ↘ ʨjou↓ʂɨ↗ʨjou↓ tjɛ↓n u↓ɥɛ↗n."),
    ],
)
def test_the_real_analysers_are_asked_where_they_are_installed(code: str, text: str, expected: str) -> None:
    if missing_packages(code):
        pytest.skip(f"the packages of {code} are not installed")
    words = G2P().phonemize(text, code)
    assert symbols_of(words) == expected
    assert "".join(word.text for word in words) == text


@pytest.mark.filterwarnings("ignore")
def test_each_chinese_word_has_the_syllables_of_its_own_characters() -> None:
    if missing_packages("zh"):
        pytest.skip("the packages of zh are not installed")
    words = G2P().phonemize("价格是99.5元。", "zh")
    assert [(word.text, word.phonemes) for word in words] == [
        ("价格", "ʨja↘kɤ↗"),
        ("是", "ʂɨ↘"),
        ("99.5", "ʨjou↓ʂɨ↗ʨjou↓ tjɛ↓n u↓"),
        ("元。", "ɥɛ↗n"),
    ]
