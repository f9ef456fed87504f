"""Units keep their places in the client's text, whatever is said for them."""

from __future__ import annotations

import re

import pytest

from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.spoken import SpokenText, Unit


def units_of(draft: Draft) -> list[tuple[int, int, str, bool]]:
    return [(unit.char_start, unit.char_end, unit.spoken, unit.spaced) for unit in draft.finish().units]


def test_units_are_what_stands_between_white_space() -> None:
    assert units_of(Draft(" one\t two\n")) == [(1, 4, "one", True), (6, 9, "two", True)]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("this—that", ["this—", "that"]),
        ("wait...(what", ["wait...", "(what"]),
        ("a--b", ["a--", "b"]),
        ("5--b", ["5--", "b"]),
        ("5--6", ["5--6"]),
        ("well-known", ["well-known"]),
        ("end...", ["end..."]),
    ],
)
def test_a_dash_or_an_ellipsis_cuts_two_words_and_no_range(text: str, spoken: list[str]) -> None:
    assert [unit.spoken for unit in Draft(text).finish().units] == spoken


def test_what_was_replaced_is_not_replaced_again() -> None:
    draft = Draft("abc def")
    draft.replace(0, 2, "x")
    draft.replace(1, 3, "y")
    draft.replace(3, 3, "!")
    draft.replace(3, 3, "?")
    draft.apply(re.compile("[a-f]"), lambda match: None if match[0] == "e" else match[0].upper())
    assert draft.finish().text == "xC! DeF"
    assert not draft.is_free(2, 5)
    assert draft.is_free(3, 4)


def test_a_stretch_with_white_space_that_is_replaced_is_one_unit() -> None:
    draft = Draft("at 5 km now")
    draft.replace(3, 7, "five kilometers")
    assert units_of(draft) == [(0, 2, "at", True), (3, 7, "five kilometers", True), (8, 11, "now", True)]


def test_an_edit_over_two_units_is_said_with_the_first() -> None:
    draft = Draft("a—b c")
    draft.replace(0, 3, "spoken")
    assert units_of(draft) == [(0, 2, "spoken", False), (2, 3, "", True), (4, 5, "c", True)]


def test_an_insertion_inside_of_an_edit_is_said_once() -> None:
    draft = Draft("a—b c")
    draft.replace(0, 3, "spoken")
    draft.replace(2, 2, "!")
    assert units_of(draft) == [(0, 2, "spoken!", False), (2, 3, "", True), (4, 5, "c", True)]


def test_an_insertion_belongs_to_the_unit_that_it_stands_behind() -> None:
    draft = Draft("a—b c")
    draft.replace(2, 2, "!")
    draft.replace(0, 0, "nobody's")
    assert units_of(draft) == [(0, 2, "a—!", False), (2, 3, "b", True), (4, 5, "c", True)]


def test_a_space_that_is_said_first_stands_behind_the_unit_before() -> None:
    draft = Draft("a—b")
    draft.replace(2, 3, " x ")
    assert units_of(draft) == [(0, 2, "a—", True), (2, 3, "x", True)]
    draft = Draft("b")
    draft.replace(0, 1, " x")
    assert units_of(draft) == [(0, 1, "x", True)]


def test_words_are_parted_by_one_space_and_silent_units_leave_none() -> None:
    units = [
        *(Unit(0, 1, "", True), Unit(2, 3, "a", False), Unit(3, 4, "b", True), Unit(5, 6, "", False)),
        *(Unit(7, 8, "", True), Unit(9, 10, "c", True)),
    ]
    spoken = SpokenText.of(units)
    assert (spoken.text, spoken.starts) == ("ab c", (0, 0, 1, 2, 2, 3))


def test_a_character_is_traced_to_its_unit() -> None:
    spoken = Draft("one two").finish()
    assert [spoken.unit_at(position) for position in range(8)] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert SpokenText.of([]).unit_at(0) == 0
