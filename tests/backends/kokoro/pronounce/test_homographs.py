"""Words written alike are said as they are meant, in both dialects; a line has the word in braces."""

from __future__ import annotations

import re

import pytest
from tests.backends.kokoro.pronounce.kept_readings import sound_of

from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.pronounce.homograph_rules import RULES, Sense
from tts_server.backends.kokoro.pronounce.homographs import senses

SENTENCES = {
    "reed": """
        I {read} books every day.
        They {read} to us every night.
        We {read} the news daily.
        You {read} too fast.
        Do you {read}?
        I will {read} it.
        I'll {read} it.
        I {read} a lot.
        Please {read} this.
        I like to {read}.
        {Read} the instructions.
        {Read} on!
        My students {read} a book a week.
        We often {read} in bed.
        Did you {read} it?
        Why don't you {read} it?
        Let me {read} it to you.
        Let's {read} it.
        Can she {read}?
        He can't {read}.
        It helps children {read}.
        I heard him {read} it.
        If you {read} it, you will see.
        When you {read} this, call me.
        I {read} and write.
        Millions of people {read} it every day.
        Both of us {read} Spanish.
        It is a good {read}.
        You have to {read} it.
        The file has {read} access.
        Sit down, please, and {read} it.
        """,
    "red": """
        I {read} it yesterday.
        I have {read} it.
        I've {read} it.
        Have you {read} it?
        He has never {read} it.
        It was {read} aloud.
        The message was {read}.
        Have they been {read}?
        He {read} the letter last night.
        She {read} it to me.
        Mary {read} the book.
        I just {read} an article.
        I {read} somewhere that it works.
        I {read} your message.
        I {read} the book and liked it.
        I went home and {read} a book.
        We sat and {read}.
        After I {read} it, I left.
        When I was a child I {read} every night.
        They {read} the report last week.
        Those who {read} it liked it.
        Who {read} it?
        a widely {read} author
        She is well {read}.
        The letter, {read} by millions, was a fake.
        """,
    "bough": """
        Take a {bow}.
        He took a {bow} and left.
        The actor gave a deep {bow}.
        They {bow} to the king.
        {Bow} to the queen.
        {Bow} your head.
        the {bow} of the ship
        The {bow} of the old fishing boat broke.
        from {bow} to stern
        a shot across the {bow}
        the port {bow}
        """,
    "beau": """
        a {bow} and arrow
        Take a {bow} and arrow with you.
        He wore a {bow} tie.
        {bow} ties
        She tied a {bow}.
        She put a {bow} on the gift.
        a {bow} in her hair
        He drew his {bow}.
        a violin {bow}
        """,
    "boughed": """
        He {bowed}.
        They {bowed} to the king.
        """,
    "base": """
        She sings {bass}.
        He plays {bass}.
        the {bass} guitar
        a {bass} drum
        Turn up the {bass}.
        {bass} and treble
        The {bass} player left.
        """,
    "mass": """
        He caught a {bass}.
        sea {bass}
        We fish for {bass}.
        a largemouth {bass}
        grilled {bass} with lemon
        The lake is full of {bass}.
        """,
    "led": """
        The pipe is made of {lead}.
        {lead} paint
        a {lead} pipe
        {lead} poisoning
        {lead} and zinc
        as heavy as {lead}
        exposure to {lead}
        traces of {lead} in the water
        The {lead} is toxic.
        molten {lead}
        a pencil {lead}
        {lead}-free petrol
        """,
    "leed": """
        {lead} the team
        You will {lead} the team.
        He took the {lead}.
        the {lead} singer
        a {lead} role
        in the {lead}
        It will {lead} to trouble.
        They {lead} mining operations.
        """,
    "tare": """
        Do not {tear} it.
        There is a {tear} in my shirt.
        wear and {tear}
        a muscle {tear}
        {Tear} along the line.
        """,
    "tier": """
        a {tear} fell
        a {tear} in her eye
        She shed a {tear}.
        {tear} gas
        """,
    "polish": """
        {Polish} the table.
        Please {polish} your shoes.
        nail {polish}
        """,
    "résumé": """
        Send me your {resume}.
        my {resume} is attached
        """,
    "my newt": """
        a {minute} amount of it
        {minute} details
        """,
}
CASES = [
    (like, " ".join(line.split())) for like, lines in SENTENCES.items() for line in lines.strip().splitlines()
]


@pytest.fixture(scope="module")
def g2p() -> G2P:
    g2p = G2P()
    g2p.load(["en-us", "en-gb"])
    return g2p


def sound_in(g2p: G2P, sentence: str, dialect: str) -> str:
    """Return the sound of the word in braces."""
    at = sentence.index("{")
    for word in g2p.phonemize(sentence.replace("{", "").replace("}", ""), dialect):
        if word.char_start <= at < word.char_end:
            return sound_of(word.phonemes)
    raise AssertionError(sentence)


@pytest.mark.parametrize("dialect", ["en-us", "en-gb"])
@pytest.mark.parametrize(("like", "sentence"), CASES)
def test_a_word_is_said_as_it_is_meant(g2p: G2P, dialect: str, like: str, sentence: str) -> None:
    sound = "".join(sound_of(word.phonemes) for word in g2p.phonemize(like, dialect))
    mine = sound_in(g2p, sentence, dialect)
    if like == "mass":
        sound, mine = sound[1:], mine[1:]
    assert mine.startswith(sound) if "-" in sentence else mine == sound


@pytest.mark.parametrize("dialect", ["en-us", "en-gb"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wait a {minute}.", "a {minute} amount"),
        ("{Use} the stairs.", "the {use} of stairs"),
        ("a {row} of seats", "They had a {row} about it."),
        ("He speaks {Polish}.", "Shoe {polish}, please."),
        ("{Resume} the game.", "Her {resume} is here."),
        ("my {learned} friend", "I {learned} it."),
        ("She is an {invalid}.", "an {invalid} code"),
        ("We {live} here.", "a {live} show"),
        ("{Close} the door.", "It was {close}."),
        ("The {wind} blows.", "{Wind} the clock."),
        ("{Record} your voice.", "a world {record}"),
    ],
)
def test_the_same_letters_have_two_sounds(g2p: G2P, dialect: str, one: str, other: str) -> None:
    assert sound_in(g2p, one, dialect) != sound_in(g2p, other, dialect)


@pytest.mark.parametrize("dialect", ["en-us", "en-gb"])
def test_capitals_and_quotation_marks_change_nothing(g2p: G2P, dialect: str) -> None:
    for sentence in ("LEAD PAINT IS TOXIC", "“I read it yesterday,” he said.", "(take a bow)"):
        plain = re.sub(r"[^\w ]", "", sentence).lower()
        heard = "".join(sound_of(word.phonemes) for word in g2p.phonemize(sentence, dialect))
        assert heard.startswith(
            "".join(sound_of(word.phonemes) for word in g2p.phonemize(plain, dialect))[:6]
        )


def meant(text: str) -> dict[str, Sense]:
    tokens = [tuple(token.split("/")) for token in text.split()]
    return {tokens[place][0]: sense for place, sense in senses([(a, b) for a, b in tokens], lambda _: False)}


def test_a_clause_ends_where_a_sentence_does() -> None:
    assert meant("It/PRP was/VBD ;/: read/VB on/RP")["read"] == Sense(tag="VB")
    assert meant("It/PRP was/VBD read/VBN on/RP")["read"] == Sense(tag="VBD")


def test_a_word_far_away_decides_nothing() -> None:
    filler = " x/NN" * 12
    assert "bass" in meant(f"fish/NN{filler} bass/NN")
    assert meant(f"fish/NN{filler} bass/NN")["bass"] == Sense(like="base")
    assert meant("fish/NN x/NN bass/NN")["bass"] == Sense(tag="NN")


def test_a_noun_at_the_start_before_its_object_is_an_order() -> None:
    tokens = [("Use", "NN"), ("the", "DT"), ("stairs", "NNS")]
    assert list(senses(tokens, lambda word: word == "use")) == [(0, Sense(tag="VB"))]
    assert list(senses(tokens, lambda _: False)) == []
    assert list(senses([("So", "RB"), *tokens], lambda _: True)) == []


def test_rules_are_of_words_in_lower_case_and_each_can_fit() -> None:
    for word, rules in RULES.items():
        assert word == word.lower()
        assert rules
        for rule in rules:
            assert rule.sense.tag or rule.sense.like
