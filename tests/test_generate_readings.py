"""The pages of what is read how follow from the corpus."""

from __future__ import annotations

from tests.backends.kokoro.pronounce.read_aloud import KINDS, Corpus, Reading
from tools.generate_readings import LANGUAGES, TITLES, code, examples, overview, pages, shown, whole

ONE = Reading("f:1", "clock", "es", "15h|30", ("quince y treinta",))
WRONG = Reading("f:2", "money", "es", "5 $", ("cinco dólares",), (), "cinco")
CORPUS = Corpus("es", (ONE, WRONG), {"counter": "no counters"})


def test_every_kind_and_language_has_a_name() -> None:
    assert set(TITLES) == set(KINDS)
    assert set(LANGUAGES) >= {"en", "es", "fr", "hi", "it", "pt"}


def test_the_overview_counts_right_and_wrong_and_leaves_no_cell_empty() -> None:
    rows = [line.split("|")[1:-1] for line in overview([CORPUS]) if line.startswith("| ")]
    assert [cell.strip() for cell in rows[0]] == ["", "es"]
    cells = {head.strip(): cell.strip() for head, cell in rows[1:]}
    assert cells["clock times"] == "1"
    assert cells["money"] == "0, 1 wrong"
    assert cells["counters"] == "–"
    assert all(cells.values())


def test_a_form_is_found_on_its_page_and_what_does_not_occur_is_said_with_its_reason() -> None:
    page = "\n".join(whole(CORPUS))
    assert "| es | `15h\\|30` | quince y treinta |" in page
    assert "should be: cinco dólares; is: cinco" in page
    assert "Does not occur: no counters." in page
    assert "quince y treinta" in "\n".join(examples(CORPUS))


def test_signs_of_markdown_stand_in_a_cell_as_themselves() -> None:
    assert shown("a*b|c\n_d_") == "a\\*b\\|c ⏎ \\_d\\_"
    assert code("`a`") == "`` `a` ``"


def test_the_pages_that_are_there_are_those_of_the_corpus() -> None:
    assert {path.name for path in pages()} >= {"languages.md", "readings-en.md", "readings-hi.md"}
