"""Pronouncing is done in pieces of bounded work, whatever the text; ordinary sentences are one piece."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce import espeak
from tts_server.backends.kokoro.pronounce.alignment import _MAX_COMPARED, share_out
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.g2p_cjk import ChineseG2P, JapaneseG2P
from tts_server.backends.kokoro.pronounce.g2p_english import EnglishG2P
from tts_server.backends.kokoro.pronounce.pieces import MAX_WORK, Piece, cut_into_pieces
from tts_server.backends.kokoro.pronounce.word import Word, symbols_of
from tts_server.backends.kokoro.split import split_in_steps, split_text
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.spoken import SpokenText

DATA = Path(__file__).parents[3] / "data"
CORPORA = {"en-us": "en", "en-gb": "en", "es": "es", "fr-fr": "fr", "hi": "hi", "it": "it", "pt-br": "pt"}
DIALECTS = [*CORPORA, *(code for code in ("ja", "zh") if not missing_packages(code))]
MAX_CHARS = 1000

ODD = [
    "1/",
    "1-",
    "%",
    "a@",
    "a-",
    "+",
    "−3",
    "20%",
    "12/25/2024, ",
    "$1.50 ",
    "3:45 ",
    "[",
    "(",
    "😀",
    "… ",
    ". ",
    "> ",
    "a.",
    "é́",
    "HTML5",
    "aB",
    "XIV ",
    "me@x.com ",
    "https://a.b/c?d=e ",
    "www.",
    "9",
    "x",
    "Москва~मस्ते",
    "aбक9",
    "Москва ",
    "北",
    "今日は",
    "+1-555-123-4567 ",
    "½",
    "a_ ",
    "'s",
    "![](",
    "1e5",
    "antidisestablishmentarianism ",
]
odd_texts = st.lists(st.sampled_from([*ODD, " ", ", ", "the "]), min_size=1, max_size=4).map(
    lambda parts: ("".join(parts) * MAX_CHARS)[:MAX_CHARS]
)


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(DIALECTS)
    return g2p


def steps_of(g2p: G2P, text: str, dialect: str) -> Iterator[object]:
    def pronounce(sentence: str) -> Generator[None, None, tuple[Word, ...]]:
        return (yield from g2p.pronounce(sentence, dialect)).words

    return split_in_steps(text, pronounce, language=dialect, max_symbols=180)


def spoken_of(*texts: str) -> SpokenText:
    return Draft(" ".join(texts)).finish()


def cut(spoken: SpokenText, work: Callable[[str], int] = len, max_work: int = 10) -> list[Piece]:
    return list(cut_into_pieces(spoken, work, max_work))


@given(texts=st.lists(st.text("ab,.—", min_size=1, max_size=30), min_size=1, max_size=20))
def test_pieces_are_small_and_hold_the_whole_text_in_order(texts: list[str]) -> None:
    spoken = spoken_of(*texts)
    pieces = cut(spoken)
    assert all(len(piece.spoken.text) <= 10 or len(pieces) == 1 for piece in pieces)
    assert "".join(piece.spoken.text for piece in pieces).replace(" ", "") == spoken.text.replace(" ", "")
    owners = [owner for piece in pieces for owner in piece.owners]
    assert owners == sorted(owners)
    for piece in pieces:
        for owner, part in zip(piece.owners, piece.spoken.units, strict=True):
            assert part.spoken in spoken.units[owner].spoken


def test_text_of_little_work_is_one_piece_as_it_was() -> None:
    spoken = spoken_of("one", "two", "three")
    (only,) = cut(spoken, max_work=100)
    assert only.spoken is spoken


def test_a_cut_is_made_behind_a_mark_near_the_middle() -> None:
    pieces = cut(spoken_of("aa aa aa, aa aa aa aa aa"), max_work=20)
    assert [piece.spoken.text for piece in pieces] == ["aa aa aa,", "aa aa aa aa aa"]


def test_a_word_is_cut_only_where_it_is_too_much_by_itself() -> None:
    pieces = cut(spoken_of("aaa bbbbbbbbbbbbbbbb ccc"), max_work=10)
    assert [piece.spoken.text for piece in pieces] == ["aaa", "bbbbbbbb", "bbbbbbbb", "ccc"]


def test_space_behind_a_piece_is_told() -> None:
    pieces = cut(spoken_of("aaaa—bbbb", "cccc"), max_work=5)
    assert [(piece.spoken.text, piece.spaced) for piece in pieces] == [
        ("aaaa—", False),
        ("bbbb", True),
        ("cccc", True),
    ]


@pytest.mark.parametrize("dialect", CORPORA)
def test_ordinary_sentences_are_pronounced_as_one_context(g2p: G2P, dialect: str) -> None:
    engine = g2p._engine(dialect)
    corpus = (DATA / f"corpus_{CORPORA[dialect]}.txt").read_text(encoding="utf-8")
    running = " ".join(corpus.replace(".", ",").split())
    sentences = [*corpus.splitlines(), *(running[i : i + 480] for i in range(0, len(running), 480))]
    assert max(engine.work(sentence) for sentence in sentences) <= MAX_WORK


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(text=odd_texts)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_step_pronounces_the_work_of_one_piece_at_most(g2p: G2P, dialect: str, text: str) -> None:
    engine = g2p._engine(dialect)
    given: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "symbols", spy(engine.symbols, given))
        for _ in steps_of(g2p, text, dialect):
            assert len(given) == 1 or sum(map(engine.work, given)) <= MAX_WORK
            assert all(engine.work(spoken) <= MAX_WORK for spoken in given)
            given.clear()


def spy(symbols: Callable[[SpokenText], list[str]], given: list[str]) -> Callable[[SpokenText], list[str]]:
    def wrapper(spoken: SpokenText) -> list[str]:
        given.append(spoken.text)
        return symbols(spoken)

    return wrapper


class Counting:
    """A dictionary of misaki's that counts what is looked up."""

    def __init__(self, lexicon: Any) -> None:
        self._lexicon = lexicon
        self.n_calls = 0

    def __call__(self, token: Any, context: Any) -> Any:
        self.n_calls += 1
        return self._lexicon(token, context)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._lexicon, name)


@pytest.mark.parametrize("unit", ODD)
def test_a_step_in_english_looks_a_bounded_number_of_words_up(g2p: G2P, unit: str) -> None:
    engine = g2p._engine("en-us")
    if not isinstance(engine, EnglishG2P):
        pytest.skip("misaki is not installed")
    lexicon = Counting(engine._misaki.lexicon)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine._misaki, "lexicon", lexicon)
        for _ in steps_of(g2p, (unit * 480)[:480], "en-us"):
            assert lexicon.n_calls <= MAX_WORK
            lexicon.n_calls = 0


@pytest.mark.parametrize("unit", ODD)
@pytest.mark.parametrize("dialect", [dialect for dialect in CORPORA if not dialect.startswith("en")])
def test_a_step_in_other_languages_gives_espeak_a_bounded_text(g2p: G2P, dialect: str, unit: str) -> None:
    n_chars = 0
    call = espeak.EspeakNG._call

    def counting(self: espeak.EspeakNG, text: str) -> list[str]:
        nonlocal n_chars
        n_chars += len(text)
        return call(self, text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(espeak.EspeakNG, "_call", counting)
        for _ in steps_of(g2p, (unit * 480)[:480], dialect):
            # Once in context and once alone.
            assert n_chars <= 2 * 8 * MAX_WORK
            n_chars = 0


def test_pieces_of_a_text_sound_as_the_whole_where_they_are_cut_behind_marks(g2p: G2P) -> None:
    text = "Москва, मस्ते, " * 30
    whole = symbols_of(
        [word for item in split_text(text, lambda s: g2p.phonemize(s, "it")) for word in item.words]
    )
    alone = symbols_of(g2p.phonemize("Москва, मस्ते,", "it"))
    assert whole.replace(" ", "").startswith(alone.replace(" ", "") * 10)


@pytest.mark.parametrize(
    ("make", "dialect"), [(lambda: JapaneseG2P(str), "ja"), (lambda: ChineseG2P(str), "zh")], ids=["ja", "zh"]
)
def test_work_between_two_marks_is_bounded_where_words_are_not_written_apart(
    make: Callable[[], JapaneseG2P], dialect: str
) -> None:
    if missing_packages(dialect):
        pytest.skip(f"the packages of {dialect} are not installed")
    engine = make()
    assert engine.work("字" * 30 + "。" + "字" * 30) <= MAX_WORK < engine.work("字" * 480)


def test_comparing_what_sounds_alike_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    n_pairs = 0
    find = SequenceMatcher.find_longest_match

    def counting(self: Any, alo: int, ahi: int, blo: int, bhi: int) -> Any:
        nonlocal n_pairs
        n_pairs += sum(self.b2j and len(self.b2j.get(symbol, ())) for symbol in self.a[alo:ahi])
        return find(self, alo, ahi, blo, bhi)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counting)
    shares = share_out(["x" * 500], [["x"]] * 250)
    assert "".join(shares) == "x" * 500
    assert 0 < n_pairs <= _MAX_COMPARED


def thread_time_of(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
    return best


def test_replacing_in_a_long_text_takes_time_in_proportion_to_it() -> None:
    def finish(n_signs: int) -> float:
        draft = Draft("> " * n_signs)
        for index in range(n_signs):
            draft.replace(2 * index, 2 * index + 1, " ")
        return thread_time_of(draft.finish)

    assert finish(4000) < 10 * finish(1000)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_longest_step_of_odd_text_is_like_that_of_an_ordinary_sentence(g2p: G2P, dialect: str) -> None:
    ordinary = "Your table for four is booked for half past seven, and the kitchen light is off now. "
    allowed = 20 * max(0.005, thread_time_of(lambda: g2p.phonemize(ordinary, dialect)))

    def longest_step(text: str) -> float:
        longest = 0.0
        steps = steps_of(g2p, text, dialect)
        item: object = True
        while item is not steps:
            start = time.thread_time()
            item = next(steps, steps)
            longest = max(longest, time.thread_time() - start)
        return longest

    for unit in ("1/", "a-", "%", "12/25/2024, ", "> ", "é́", "Москва~मस्ते", "北"):
        text = (unit * 480)[:480]
        # A collection of garbage that falls into one of three tries is nobody's fault.
        assert any(longest_step(text) < allowed for _ in range(3)), repr(unit)
