"""Every small change of a source is found, and survivors are judged by the table of those that are known."""

from __future__ import annotations

import ast
import importlib.util
from collections import Counter

import pytest
from tools.mutants import MOST_PERCENT, Mutant, _Changed, judge, mutants_of, read_known
from tools.mutations import Mutation, mutations
from tools.own_tests import OwnTests, source_of


@pytest.mark.parametrize(
    ("source", "whats"),
    [
        ("x = a < b\n", ["a < b -> a <= b"]),
        ("x = a is not b\n", ["a is not b -> a is b"]),
        ("x = a < b == c\n", ["a < b == c -> a <= b == c", "a < b == c -> a < b != c"]),
        ("x = a and b\n", ["a and b -> a or b", "a and b -> b", "a and b -> a", "a -> not a", "b -> not b"]),
        ("x = a + b\n", ["a + b -> a - b"]),
        ("x = a // b\n", ["a // b -> a * b"]),
        ("x = not a\n", ["not a -> a"]),
        ("x = 5\n", ["5 -> 6"]),
        ("x = 1e300\n", ["1e+300 -> 5e+299"]),
        ("x = True\n", ["True -> False"]),
        ("x = 'text'\n", []),
        ("x = f'{1 + 1}'\n", []),
        ("x = a if b else c\n", ["b -> not b"]),
        ("x = [a for a in b if c(a)]\n", ["c(a) -> not c(a)"]),
        ("x: int = 5\n", ["5 -> 6"]),
        ("a.b = c\n", ["a.b = c -> pass"]),
        ("a[0] = c\n", ["a[0] = c -> pass", "0 -> 1"]),
        ("a += b\n", ["a += b -> pass", "a += b -> a -= b"]),
        ("f(a)\n", ["f(a) -> pass"]),
        ("assert_never(a)\n", []),
        ("del a\n", ["del a -> pass"]),
        ("raise a\n", ["raise a -> pass"]),
        ("def f():\n    return a\n", ["return a -> return None"]),
        ("def f():\n    return None\n", []),
        ("def f(a: 'x' = 5) -> 'y':\n    '''Text.'''\n", ["5 -> 6"]),
        ("@f(slots=True)\nclass A:\n    __slots__ = ('a',)\n", []),
        ("while a:\n    break\n", ["a -> not a", "break -> pass"]),
        ("for a in b:\n    continue\n", ["continue -> pass"]),
        ("if TYPE_CHECKING:\n    x = 5\n", []),
        ("if __name__ == '__main__':\n    x = 5\n", []),
    ],
)
def test_a_source_is_changed_in_these_ways(source: str, whats: list[str]) -> None:
    assert sorted(change.what for change in mutations(source)) == sorted(whats)


@pytest.mark.parametrize("module", ["audio.framing", "session.buffer", "session.response", "wording"])
def test_every_change_can_be_compiled_and_moves_no_line(module: str) -> None:
    source = source_of(module).read_text(encoding="utf-8")
    for change in mutations(source):
        assert ast.dump(ast.parse(change.source)) != ast.dump(ast.parse(source)), change.what
        assert change.source.count("\n") == source.count("\n"), change.what


def test_a_module_is_imported_with_the_change() -> None:
    finder = _Changed("session.ids", "VALUE = 5\n")
    spec = finder.find_spec("tts_server.session.ids", None)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.VALUE == 5
    assert module.__file__ == str(source_of("session.ids"))
    assert finder.find_spec("tts_server.session.machine", None) is None


def mutant(what: str) -> Mutant:
    return Mutant("a.b", Mutation("line", 1, what, ""))


MANY = [mutant(f"change {n}") for n in range(100)]
KNOWN = Counter({one.key: 1 for one in MANY})


def test_survivors_that_are_known_may_live_up_to_a_part_of_all() -> None:
    most = int(MOST_PERCENT)
    assert judge(MANY, 100, [], Counter()) == 0
    assert judge(MANY, 100, MANY[:most], KNOWN) == 0
    assert judge(MANY, 100, MANY[: most + 1], KNOWN) == 1


def test_one_that_is_not_known_fails_and_so_does_a_second_of_one_that_is() -> None:
    one = MANY[0]
    assert judge(MANY, 100, [one], Counter()) == 1
    assert judge([*MANY, one], 101, [one, one], Counter({one.key: 1})) == 1
    assert judge([*MANY, one], 101, [one, one], Counter({one.key: 2})) == 0


def test_what_is_known_and_not_there_fails_in_the_modules_that_were_changed() -> None:
    assert judge(MANY, 100, [], Counter({("a.b", "line", "gone"): 1})) == 1
    assert judge(MANY, 100, [], Counter({("a.c", "line", "gone"): 1})) == 0


def test_every_survivor_that_is_known_is_a_change_that_there_is() -> None:
    found, _ = mutants_of(OwnTests.read().mutated)
    assert set(read_known()) <= {one.key for one in found}


def test_what_is_not_there_yet_is_named() -> None:
    found, absent = mutants_of(["session.ids", "text.nowhere"])
    assert {one.module for one in found} == {"session.ids"}
    assert absent == ["text.nowhere"]
