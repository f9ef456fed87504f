"""With one job a step the scheduler decides as it was recorded to, seed for seed."""

from __future__ import annotations

import json

import pytest
from tests.scheduling.record_traces import PATH, WHOLE
from tests.scheduling.traces import BLOCK_LINES, RUNS, record

RECORDED = json.loads(PATH.read_text())


def test_every_run_is_recorded() -> None:
    assert list(RECORDED["digests"]) == [f"{kind} {seed}" for kind, seed in RUNS]
    assert sum(digest["n_lines"] for digest in RECORDED["digests"].values()) > 50_000


@pytest.mark.parametrize(("kind", "seed"), RUNS)
def test_decisions_are_those_that_were_recorded(kind: str, seed: int) -> None:
    expected, digest = RECORDED["digests"][f"{kind} {seed}"], record(kind, seed).digest()
    blocks = list(zip(expected["blocks"].split(), digest["blocks"].split(), strict=False))
    same = next((n for n, (before, after) in enumerate(blocks) if before != after), len(blocks))
    assert digest == expected, f"the first difference is after line {same * BLOCK_LINES}"


@pytest.mark.parametrize(("kind", "seed"), WHOLE)
def test_two_runs_are_the_same_line_by_line(kind: str, seed: int) -> None:
    assert record(kind, seed).lines == RECORDED["whole"][f"{kind} {seed}"]
