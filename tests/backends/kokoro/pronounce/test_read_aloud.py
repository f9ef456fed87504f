"""Everything of the corpus of readings is read as a person would read it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.backends.kokoro.pronounce.read_aloud import (
    DIALECTS,
    KINDS,
    Corpus,
    Reading,
    corpora,
    is_right,
    load,
    misjudged,
)

from tts_server.backends.kokoro.pronounce.g2p import G2P

LEAST_LINES = {"en": 300}
LEAST_LINES_ELSEWHERE = 150
FILES = {path.stem.removeprefix("readings_"): path for path in corpora()}


@cache
def corpus_of(language: str) -> Corpus:
    return load(FILES[language])


@pytest.fixture(scope="module")
def g2p() -> G2P:
    return G2P()


def spoken_corpus(language: str) -> Corpus:
    corpus = corpus_of(language)
    if not corpus.is_installed:
        pytest.skip(f"what pronounces {language} is not installed")
    return corpus


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", FILES)
def test_what_is_written_sounds_as_it_is_read_aloud(g2p: G2P, language: str, kind: str) -> None:
    mine = [one for one in spoken_corpus(language).readings if one.kind == kind and not one.wrong]
    messages = misjudged(g2p, mine)
    assert not messages, "\n" + "\n".join(messages)


@pytest.mark.parametrize("language", FILES)
def test_what_is_marked_as_wrong_is_read_wrong(g2p: G2P, language: str) -> None:
    messages = misjudged(g2p, [one for one in spoken_corpus(language).readings if one.wrong])
    assert not messages, "\n" + "\n".join(messages)


@pytest.mark.parametrize("language", FILES)
def test_a_language_has_lines_enough_and_none_twice(language: str) -> None:
    readings = corpus_of(language).readings
    assert len(readings) >= LEAST_LINES.get(language, LEAST_LINES_ELSEWHERE)
    written = [(one.dialect, one.written) for one in readings]
    assert len(written) == len(set(written)), sorted({one for one in written if written.count(one) > 1})


@pytest.mark.parametrize("language", FILES)
def test_each_kind_has_lines_or_a_reason_in_each_language(language: str) -> None:
    corpus = corpus_of(language)
    there = {one.kind for one in corpus.readings}
    assert there | set(corpus.absent) == set(KINDS)
    assert there & set(corpus.absent) == set()


def test_languages_of_the_corpus_are_those_of_the_model() -> None:
    from tts_server.backends.kokoro.languages import LANGUAGES

    assert set(DIALECTS) == set(LANGUAGES)
    assert set(FILES) == set(LANGUAGES)


def make_reading(written: str, read_aloud: str, **more: str) -> Reading:
    return Reading("here:1", "cardinal", "en-us", written, (read_aloud,), **more)  # type: ignore[arg-type]


def test_stress_marks_and_punctuation_are_not_heard(g2p: G2P) -> None:
    assert is_right(g2p, make_reading("5 people", "Five, people!"))
    assert not is_right(g2p, make_reading("5 people", "Six people"))


def test_what_is_read_wrong_is_told_and_what_is_marked_wrong_and_is_not(g2p: G2P) -> None:
    bad, stale = make_reading("5", "six"), make_reading("5", "five", wrong="six")
    assert [message.split("\n")[0] for message in misjudged(g2p, [bad, stale])] == [
        "here:1 cardinal en-us '5'",
        "here:1 cardinal en-us '5': is read right, and marked as wrong",
    ]
    assert misjudged(g2p, [make_reading("5", "five"), make_reading("5", "six", wrong="five")]) == []


def write(folder: Path, text: str) -> Path:
    path = folder / "readings_en.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_line_is_read_with_its_escapes_and_alternatives(tmp_path: Path) -> None:
    text = "# note\n\n!counter¦en-us¦none\ndate¦en-gb¦a\\n\\u0301\\\\b¦x | y¦1|2¦said z\n"
    corpus = load(write(tmp_path, text))
    assert corpus.absent == {"counter": "none"}
    (one,) = corpus.readings
    assert one.written == "a\n\u0301\\b"
    assert (one.read_aloud, one.spellings, one.wrong) == (("x", "y"), ("1", "2"), "said z")


@pytest.mark.parametrize(
    "line",
    [
        "date¦en-us¦a",
        "date¦en-us¦a¦",
        "date¦en-us¦a¦b¦c¦d¦e",
        "colour¦en-us¦a¦b",
        "date¦fr-fr¦a¦b",
        "!date¦en-us",
        "date¦en-us¦\\q¦b",
    ],
)
def test_a_line_out_of_form_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"readings_en|escape"):
        load(write(tmp_path, line + "\n"))
