from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.word import PUNCTUATION, symbols_of
from tts_server.backends.kokoro.split import split_text
from tts_server.backends.kokoro.vocabulary import MAX_PHONEMES, VOCABULARY
from tts_server.errors import SynthesisError
from tts_server.text.normalize.characters import plain_text

DIALECTS = ["en-us", "en-gb", "es", "fr-fr", "hi", "it", "pt-br"]

# What the rules, misaki and espeak-ng look at; plain random text would seldom hit any of it.
pieces = st.sampled_from(
    [
        "the",
        "$3.50",
        "$",
        "US$5",
        "3,50 €",
        "R$ 5",
        "12/25/2024",
        "3:45",
        "pm",
        "1/2",
        "½",
        "²",
        "①",
        "٣",
        "५",
        "−3",
        "10-15",
        "5 kg",
        "°C",
        "Dr.",
        "e.g.",
        "U.S.",
        "A.B.C.",
        "'s",
        "’",
        "“",
        "5'10\"",
        "[x](y z)",
        "**b**",
        "http://a.b/c?d",
        "a@b.co",
        "main.py",
        "__",
        "[[",
        "]]",
        "<b>",
        "&amp;",
        "x" * 90,
        "9" * 40,
        "-" * 9,
        "...",
        "é",
        "é́́",
        "हैं",
        "北京",
        "Москва",
        "😀",
        "\u200d",
        "�",
        "\x00",
        "\u2028",
        "\ufeff",
        " ",
        "\n",
        "\t",
        "—",
        "–",
        "、",
        "。",
        "#",
        "~",
        "|",
        "*",
        "`",
        "C#",
        "1st",
        "0",
        "007",
        "+1",
        "%",
        "&",
        "@",
        "/",
    ]
)
texts = (
    st.lists(pieces, max_size=25).map("".join)
    | st.lists(pieces, max_size=25).map(" ".join)
    | st.text(max_size=80)
)
texts |= st.text(alphabet=st.characters(), max_size=60)


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(DIALECTS)
    return g2p


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_text_gives_words_that_the_model_can_speak(g2p: G2P, dialect: str, text: str) -> None:
    words = g2p.phonemize(text, dialect)
    # Control characters count as white space.
    plain = plain_text(text)
    sources = {plain.origin[i] for i, char in enumerate(plain.text) if not char.isspace()}
    position = 0
    for word in words:
        assert position <= word.char_start < word.char_end <= len(text)
        assert text[word.char_start : word.char_end] == word.text
        assert not sources & set(range(position, word.char_start))
        assert word.phonemes
        assert word.phonemes[0] not in PUNCTUATION
        assert word.phonemes[-1] not in PUNCTUATION
        assert set(word.lead) | set(word.trail) <= PUNCTUATION
        position = word.char_end
    assert not words or not sources & set(range(position, len(text)))
    symbols = symbols_of(words)
    assert set(symbols) <= set(VOCABULARY)
    assert symbols == symbols.strip()
    assert "  " not in symbols


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts, dialect=st.sampled_from(DIALECTS), times=st.integers(1, 8))
def test_any_text_is_cut_into_inputs_that_fit(g2p: G2P, text: str, dialect: str, times: int) -> None:
    long_text = (text * times)[:2000]
    for item in split_text(long_text, lambda sentence: g2p.phonemize(sentence, dialect), language=dialect):
        assert 1 <= len(item.symbols) <= MAX_PHONEMES
        assert long_text[item.char_start : item.char_end]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t ",
        ".",
        "?!",
        "…",
        "— –",
        "🎉🎉",
        "❤️ 👍🏽",
        "()",
        "«»",
        "***",
        "\0",
        "\ud800",
        "\u200b",
        "•",
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_text_with_nothing_to_speak_has_no_words(g2p: G2P, dialect: str, text: str) -> None:
    assert g2p.phonemize(text, dialect) == ()


def test_the_same_text_has_the_same_words_every_time(g2p: G2P) -> None:
    # ``read`` has two readings, of which the tagger's rounding must not choose.
    text = "Dr. Ruiz, I read 25% of it; read on!"
    for dialect in DIALECTS:
        words = g2p.phonemize(text, dialect)
        assert all(g2p.phonemize(text, dialect) == words for _ in range(5))
        assert all(G2P().phonemize(text, dialect) == words for _ in range(2))


@pytest.mark.parametrize("dialect", ["en-us", "en-gb"])
def test_read_is_said_alike_however_the_text_around_it_is_cut(g2p: G2P, dialect: str) -> None:
    first, second = "Dr. Ruiz, I read 25% of it;", "read on!"

    def said(text: str) -> list[str]:
        words = [
            word
            for item in split_text(text, lambda part: g2p.phonemize(part, dialect))
            for word in item.words
        ]
        return [word.phonemes for word in words if word.text == "read"]

    past, order = said(first) + said(second)
    assert past.replace("ɛ", "i") == order.replace("ː", "")
    for text in (
        f"{first} {second}",
        f"{first}\n{second}",
        f"Yes. {first} {second} Go.",
        f"{first} {second}" * 5,
    ):
        assert said(text) == [past, order] * text.count(first)


def test_a_dialect_that_is_not_known_is_refused(g2p: G2P) -> None:
    with pytest.raises(SynthesisError, match="'tlh'"):
        g2p.phonemize("nuqneH", "tlh")
