"""The measuring of how long it takes to find out how a text is read."""

from __future__ import annotations

import json

import pytest
from laboratory.written import hostile_text

from laboratory import reading
from tts_server.backends.kokoro.pronounce.g2p import G2P


def test_a_hostile_text_is_as_long_as_it_is_asked_for() -> None:
    assert hostile_text("ab", 5) == "ababa"
    assert hostile_text("abc", 2) == "ab"


def test_a_dialect_is_measured_with_every_text() -> None:
    cost = reading.measure("hi", 100, G2P(), pieces=("1", "₹5 "))
    assert cost.hostile_s.keys() == cost.step_s.keys() == {"1", "₹5 "}
    assert cost.sentence_s > 0
    assert cost.sentence_chars > 80


def test_the_table_names_the_dearest_text_of_each_dialect() -> None:
    cost = reading.Cost("hi", 0.001, 100, {"a": 0.002, "½": 0.0251}, {"a": 0.0123, "½": 0.004})
    header, _, row = reading.as_table([cost], 2000).split("\n")
    assert "worst of 2000 ms" in header
    assert row.split() == ["hi", "1.00", "100", "25.1", r"'\xbd'", "12.3", "'a'"]


def test_a_dialect_that_is_not_installed_is_read_and_not_pronounced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "missing_packages", lambda language: ["x"] if language == "ja" else [])
    cost = reading.measure("ja", 100, G2P(), pieces=("1",))
    assert cost.hostile_s["1"] > 0
    assert cost.step_s == {}
    assert reading.as_table([cost], 100).split("\n")[-1].split()[-2:] == ["–", "–"]


def test_every_figure_is_there_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reading, "measure", lambda dialect, _n, _g2p: reading.Cost(dialect, 1, 2, {}, {}))
    assert reading.main(["--dialects", "hi,ja", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert [cost["dialect"] for cost in figures["costs"]] == ["hi", "ja"]
    assert figures["machine"]
