"""What `just pronounce` shows of a text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.pronounce import explain, main, texts_of

from tts_server.backends.kokoro.pronounce.g2p import G2P


@pytest.fixture(scope="module")
def g2p() -> G2P:
    return G2P()


def test_each_rule_that_changes_a_text_is_shown_and_each_word_with_its_symbols(g2p: G2P) -> None:
    lines = list(explain("5*4 km y Привет", "es", g2p))
    assert [line.split("  ")[0].strip() for line in lines[:4]] == [
        "written",
        "characters",
        "formulas",
        "numbers",
    ]
    assert "5 por 4 kilómetros" in lines[3]
    assert any("km" in line and "kilˈometɾos" in line for line in lines)
    assert any(line.endswith("left out") for line in lines)


def test_nothing_that_a_terminal_would_obey_is_shown(g2p: G2P) -> None:
    assert not any("\x1b" in line for line in explain("a\x1b[2Jb", "es", g2p))


def test_a_file_is_read_line_by_line_and_anything_else_is_a_text(tmp_path: Path) -> None:
    file = tmp_path / "texts"
    file.write_text("uno\n\ndos\n", encoding="utf-8")
    assert texts_of(str(file)) == ["uno", "dos"]
    assert texts_of("uno") == ["uno"]
    assert texts_of("x" * 5000 + "\0") == ["x" * 5000 + "\0"]


def test_a_file_that_is_no_text_ends_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sound"
    file.write_bytes(b"\xff\xfe\x00")
    assert main(["--dialect", "es", str(file)]) == 2
    assert capsys.readouterr().err.startswith("pronounce: ")
