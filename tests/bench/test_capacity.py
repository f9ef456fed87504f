"""What is said of a machine's capacity follows from what its listeners got."""

from __future__ import annotations

from typing import Any

import pytest

from tts_server.bench.capacity import CapacityResult
from tts_server.bench.load import LoadResult
from tts_server.bench.outcome import StreamOutcome


def make_result(**streams: list[StreamOutcome]) -> CapacityResult:
    """Two listeners fit, and everything is as it should be, but for ``streams``."""
    fine = StreamOutcome(first_audio_s=[0.3])
    loads = {
        "full": [fine, fine],
        "crowded": [fine, fine, StreamOutcome(n_refused=3)],
        "newcomer": [fine, fine],
        "newcomer_fifo": [StreamOutcome(first_audio_s=[4.0]), fine],
        **streams,
    }
    fields: dict[str, Any] = {name: LoadResult(outcomes) for name, outcomes in loads.items()}
    return CapacityResult(0.3, 2, [0.2, 0.2], **fields)


def test_all_is_met_when_everybody_got_what_was_promised() -> None:
    result = make_result()
    assert result.is_met
    assert "NO" not in result.as_table()


@pytest.mark.parametrize(
    ("streams", "claim"),
    [
        ({"full": [StreamOutcome(gaps_s=[0.1])]}, "gaps of 2 in continuous speech"),
        ({"crowded": [StreamOutcome()]}, "busy, with one more"),
        ({"crowded": [StreamOutcome(n_refused=1, gaps_s=[0.1])]}, "gaps of those admitted then"),
        (
            {"newcomer": [StreamOutcome(first_audio_s=[0.51])]},
            "first audio of a newcomer beside 1, p95",
        ),
    ],
)
def test_what_was_not_kept_is_said(streams: dict[str, list[StreamOutcome]], claim: str) -> None:
    result = make_result(**streams)
    assert [one.text for one in result.claims if not one.is_met] == [claim]
    assert not result.is_met
