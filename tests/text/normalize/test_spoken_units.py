"""Each character keeps its place under every language's rules, whatever is said for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts_server.text.normalize.characters import plain_text
from tts_server.text.normalize.draft import Draft
from tts_server.text.normalize.languages import DIALECTS
from tts_server.text.normalize.reader import normalize
from tts_server.text.normalize.spoken import SpokenText

# What the rules look at; plain random text would seldom hit any of it.
FRAGMENTS = st.sampled_from(
    [
        *("the", "St.", "Dr.", "Sr.", "p. ej.", "etc.", "EE. UU.", "Jan.", "March", "5", "007", "1,200"),
        *("$", "US$5", "$3.50", "5 €", "R$ 20,50", "₹250", "50¢", "-3°C", "80 kg", "km/h", "3:45", "15h30"),
        *("12/25/2024", "2024-05-06", "555-1234", "+1 (555) 123-4567", "06 12 34 56 78", "1/2", "½", "10-15"),
        *("a@b.com", "https://x.org/a?b", "www.x.de", "[a b](https://c.d)", "main.py", "**", "_", "a_b"),
        *("—", "…", "..", "--", "|", "`", "#", "-", "\n", " ", "\u200b", "\u3000", "（", "名", "नमस्ते", "🎉"),
    ]
)
TEXTS = st.one_of(st.lists(FRAGMENTS, max_size=20).map("".join), st.text(max_size=60))


def check_units(text: str, spoken: SpokenText) -> None:
    """Every character that is no white space lies in one unit, and what is said is said of units in order."""
    covered = [i for unit in spoken.units for i in range(unit.char_start, unit.char_end)]
    assert covered == sorted(set(covered))
    plain = plain_text(text)
    sources = {plain.origin[i] for i, char in enumerate(plain.text) if not char.isspace()}
    assert sources <= set(covered)
    assert spoken.text == " ".join(spoken.text.split())
    assert len(spoken.starts) == len(spoken.units)
    for unit, start in zip(spoken.units, spoken.starts, strict=True):
        assert spoken.text[start : start + len(unit.spoken)] == unit.spoken


@given(text=TEXTS)
def test_a_text_of_which_nothing_is_replaced_is_said_as_it_stands(text: str) -> None:
    draft = Draft(text)
    spoken = draft.finish()
    assert spoken.text == " ".join(draft.text.split())
    check_units(text, spoken)


@given(text=TEXTS, data=st.data())
def test_units_tell_each_character_apart_whatever_is_replaced(text: str, data: st.DataObject) -> None:
    draft = Draft(text)
    places = st.integers(0, len(draft.text))
    for start, end, said in data.draw(
        st.lists(st.tuples(places, places, st.sampled_from(["", "x", " a b ", "7"])))
    ):
        if start <= end:
            draft.replace(start, end, said)
    check_units(text, draft.finish())


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=TEXTS)
def test_every_language_s_rules_keep_each_character_in_one_unit(dialect: str, text: str) -> None:
    check_units(text, normalize(text, dialect))


@given(text=TEXTS, data=st.data())
def test_a_place_in_what_is_said_leads_back_to_its_unit(text: str, data: st.DataObject) -> None:
    spoken = normalize(text, "en-us")
    for index, (unit, start) in enumerate(zip(spoken.units, spoken.starts, strict=True)):
        if unit.spoken:
            position = start + data.draw(st.integers(0, len(unit.spoken) - 1))
            assert spoken.unit_at(position) == index
    assert spoken.unit_at(-1) == 0


def test_where_words_are_not_written_apart_what_was_replaced_is_a_unit_of_its_own() -> None:
    draft = Draft("那里有5个人 来。")
    draft.replace(3, 4, "五")
    draft.replace(4, 5, "")
    units = draft.finish(words_are_apart=False).units
    assert [(unit.char_start, unit.char_end, unit.spoken) for unit in units] == [
        (0, 3, "那里有"),
        (3, 4, "五"),
        (4, 5, ""),
        (5, 6, "人"),
        (7, 9, "来。"),
    ]
