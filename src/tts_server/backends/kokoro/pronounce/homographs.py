"""Words of English that are written alike and said differently: which is meant, by the words around them.

Theory of operation. misaki's lexicon knows many such words by their part of speech, and the tagger is right
about most of them. What it cannot know by that alone is here: for each word a list of rules, of which the
first that fits says how the word is meant. A rule has regular expressions of what stands before and behind
the word in its clause, in lower case, and of the tags there. No more than twelve words on either side are
looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tts_server.backends.kokoro.pronounce.homograph_rules import RULES, Rule, Sense

Tagged = tuple[str, str]
"""A token and its tag of the Penn Treebank."""

_WINDOW: Final = 12
_ENDS: Final = frozenset({".", "!", "?", ";", ":", "—", "…"})
_DETERMINERS: Final = frozenset(
    "the a an this that these those it them him her me us all any each every both "
    "my your his our their its yourself".split()
)
_NOUN_OR_ADJECTIVE: Final = frozenset({"NN", "NNP", "JJ"})


@dataclass(frozen=True, slots=True)
class _Clause:
    """What stands around a word, with a space around each part."""

    before: str
    behind: str
    tags_before: str
    tags_behind: str


def senses(tokens: Sequence[Tagged], is_verb_too: Callable[[str], bool]) -> Iterator[tuple[int, Sense]]:
    """Yield the places of words that are meant otherwise than their tags say, and how.

    Args:
        tokens: A text's, punctuation among them.
        is_verb_too: Whether a word, in lower case, is in the lexicon with a sound of its own as a verb or as
            a noun.
    """
    for index, (text, tag) in enumerate(tokens):
        word = text.lower()
        rules = RULES.get(word, ())
        clause = _clause(tokens, index) if rules else None
        sense = next((rule.sense for rule in rules if clause and _fits(rule, clause, tag)), None)
        if sense is None and _is_order(tokens, index) and is_verb_too(word):
            sense = Sense(tag="VB")
        if sense is not None:
            yield index, sense


def _fits(rule: Rule, clause: _Clause, tag: str) -> bool:
    return (
        (not rule.tags or tag in rule.tags)
        and (rule.before is None or rule.before.search(clause.before) is not None)
        and (rule.behind is None or rule.behind.match(clause.behind) is not None)
        and (rule.tags_before is None or rule.tags_before.search(clause.tags_before) is not None)
        and (rule.tags_behind is None or rule.tags_behind.match(clause.tags_behind) is not None)
    )


def _is_order(tokens: Sequence[Tagged], index: int) -> bool:
    """Say whether a noun stands where only the verb of an order can: first, and before what it is done to."""
    is_first = index == 0 or tokens[index - 1][0] in _ENDS
    has_object = index + 1 < len(tokens) and tokens[index + 1][0].lower() in _DETERMINERS
    return is_first and has_object and tokens[index][1] in _NOUN_OR_ADJECTIVE


def _clause(tokens: Sequence[Tagged], index: int) -> _Clause:
    start = stop = index
    while start > max(0, index - _WINDOW) and tokens[start - 1][0] not in _ENDS:
        start -= 1
    while stop < min(len(tokens) - 1, index + _WINDOW) and tokens[stop + 1][0] not in _ENDS:
        stop += 1
    before, behind = tokens[start:index], tokens[index + 1 : stop + 1]
    return _Clause(
        "".join(f" {_plain(text)}" for text, _ in before) + " ",
        "".join(f" {_plain(text)}" for text, _ in behind) + " ",
        "".join(f" {tag}" for _, tag in before) + " ",
        "".join(f" {tag}" for _, tag in behind) + " ",
    )


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")
