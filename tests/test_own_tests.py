"""Each pure module has tests of its own, and the gate that measures them says no where it should."""

from __future__ import annotations

import pytest
from tests.test_boundaries import pure_modules
from tools.coverage_gate import LEAST_PERCENT, Reached, judge
from tools.own_tests import ROOT, Allowed, OwnTests, source_of

TABLE = OwnTests.read()


def test_every_module_of_a_pure_room_is_held() -> None:
    with_code = {name for name in pure_modules() if source_of(name).exists()}
    assert with_code <= set(TABLE.modules())


def test_every_module_that_is_held_has_tests_of_its_own() -> None:
    there = [name for name in TABLE.modules() if source_of(name).exists()]
    assert [name for name in there if not TABLE.of(name)] == []


def test_no_line_of_the_table_is_left_over() -> None:
    rooms = {name.rsplit(".", n)[0] for name in TABLE.modules() for n in range(1, name.count(".") + 1)}
    rooms |= {name.partition(".")[0] for name in TABLE.modules()}
    assert {*TABLE.patterns, *TABLE.below} <= {*TABLE.modules(), *rooms}
    patterns = {one for patterns in TABLE.patterns.values() for one in patterns}
    assert [one for one in patterns if not list(ROOT.glob(one))] == []


@pytest.mark.parametrize(
    ("percent", "allowed", "status"),
    [
        (100.0, {}, 0),
        (LEAST_PERCENT, {}, 0),
        (LEAST_PERCENT - 0.1, {}, 1),
        (90.0, {"a.b": Allowed(90.0, "for a reason")}, 0),
        (89.9, {"a.b": Allowed(90.0, "for a reason")}, 1),
        (90.0, {"a.c": Allowed(90.0, "for a reason")}, 1),
    ],
)
def test_less_than_is_asked_fails(percent: float, allowed: dict[str, Allowed], status: int) -> None:
    assert judge([Reached("a.b", percent, "1 2->3")], OwnTests((), {}, allowed)) == status


def test_what_is_missing_and_why_it_may_be_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    judge([Reached("a.b", 90.0, "1 2->3")], OwnTests((), {}, {"a.b": Allowed(95.0, "for a reason")}))
    assert capsys.readouterr().out.split() == "a.b 90.00 % 1 2->3 BELOW 95 % (for a reason)".split()
