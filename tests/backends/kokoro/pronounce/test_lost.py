"""The guard, over an engine that loses words or runs them together at will."""

from __future__ import annotations

from collections.abc import Callable, Generator

from tts_server.backends.kokoro.pronounce.lost import name_left_out, say_lost
from tts_server.backends.kokoro.pronounce.word import LeftOut
from tts_server.text.normalize.spoken import SpokenText, Unit

Symbols = Callable[[list[str]], list[str]]


def spoken_of(text: str, rewritten: dict[str, str] | None = None) -> SpokenText:
    units = []
    position = 0
    for word in text.split(" "):
        said = (rewritten or {}).get(word, word)
        units.append(Unit(position, position + len(word), said, spaced=True))
        position += len(word) + 1
    return SpokenText.of(units)


class Engine:
    """Says the letters of each word; ``in_context`` says what becomes of them beside others."""

    def __init__(self, in_context: Symbols, unsayable: str = "") -> None:
        self._in_context = in_context
        self._unsayable = unsayable
        self.said: list[str] = []

    def say(self, spoken: SpokenText) -> Generator[None, None, list[str]]:
        yield from ()
        self.said.append(spoken.text)
        return self.symbols(spoken)

    def symbols(self, spoken: SpokenText) -> list[str]:
        words = ["".join(c for c in unit.spoken if c not in self._unsayable) for unit in spoken.units]
        shares = self._in_context(words) if len(words) > 1 else words
        return [f"{share} " for share in shares]

    def unsaid(self, text: str) -> list[tuple[int, int]]:
        return [(i, i + 1) for i, char in enumerate(text) if char in self._unsayable]


def guard(engine: Engine, spoken: SpokenText, *, knows: bool = True) -> tuple[list[str], int, list[int]]:
    shares = engine.symbols(spoken)
    unsaid = engine.unsaid if knows else (lambda _: [])
    running = say_lost(spoken, shares, engine.say, unsaid)
    while True:
        try:
            next(running)
        except StopIteration as end:
            n_said, silent = end.value
            return [share.strip() for share in shares], n_said, silent


def test_a_word_that_was_lost_is_said_by_itself() -> None:
    engine = Engine(lambda words: [word if word != "lost" else "" for word in words])
    assert guard(engine, spoken_of("one lost three")) == (["one", "lost", "three"], 1, [])


def test_words_that_are_all_lost_are_all_said() -> None:
    engine = Engine(lambda words: [""] * len(words))
    assert guard(engine, spoken_of("one two three")) == (["one", "two", "three"], 3, [])


def test_a_word_that_ran_together_with_the_one_before_is_not_said_twice() -> None:
    def run_together(words: list[str]) -> list[str]:
        return ["".join(words[:2]), "", *words[2:]] if "y" in words[:2] else words

    assert guard(Engine(run_together), spoken_of("il y a")) == (["ily", "", "a"], 0, [])


def test_a_word_that_ran_together_with_the_one_behind_is_not_said_twice() -> None:
    def run_together(words: list[str]) -> list[str]:
        return ["", "".join(words[:2]), *words[2:]] if words[0] == "l" else words

    assert guard(Engine(run_together), spoken_of("l ami va")) == (["", "lami", "va"], 0, [])


def test_a_part_that_is_heard_in_its_neighbour_alone_is_not_said_twice() -> None:
    def as_a_word(words: list[str]) -> list[str]:
        return ["er", "", *words[2:]] if words[:2] == ["grave", "re"] else words

    assert guard(Engine(as_a_word), spoken_of("grave re va")) == (["er", "", "va"], 0, [])


def test_a_lone_word_is_not_taken_for_one_that_ran_together() -> None:
    engine = Engine(lambda words: words)
    spoken = spoken_of("— word —")
    shares = ["", "", ""]
    running = say_lost(spoken, shares, engine.say, engine.unsaid)
    assert list(running) == []
    assert [share.strip() for share in shares] == ["", "word", ""]


def test_what_nothing_can_say_is_silent_and_costs_no_call_where_that_is_known() -> None:
    engine = Engine(lambda words: words, unsayable="жя")
    spoken = spoken_of("a жя, b")
    assert guard(engine, spoken) == (["a", ",", "b"], 0, [1])
    assert engine.said == []
    assert guard(engine, spoken, knows=False) == (["a", ",", "b"], 0, [1])
    assert engine.said != []


def test_a_word_is_tried_in_its_usual_characters_too() -> None:
    engine = Engine(lambda words: words, unsayable="②")
    assert guard(engine, spoken_of("a ② b"), knows=False) == (["a", "2", "b"], 1, [])


def test_a_word_that_is_to_be_silent_and_a_lone_sign_are_not_lost() -> None:
    engine = Engine(lambda words: words)
    assert guard(engine, spoken_of("a <b> —", {"<b>": ""})) == (["a", "", "—"], 0, [])
    assert engine.said == []


def test_left_out_letters_are_named_by_their_own_place_or_by_their_words() -> None:
    engine = Engine(lambda words: words, unsayable="жя")
    text = "(жя), bжc 5ж"
    spoken = spoken_of(text, {"5ж": "five ж"})
    _, _, silent = guard(engine, spoken)
    assert silent == [0]
    assert name_left_out(text, spoken, silent, engine.unsaid) == (
        LeftOut("жя", 1, 3),
        LeftOut("ж", 7, 8),
        LeftOut("5ж", 10, 12),
    )
