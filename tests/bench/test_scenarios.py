"""Each scenario runs against a real server and sees what it should see of a sound one."""

from __future__ import annotations

import json

from tts_server.bench import cancel, latency, streams


def quiet(_line: str) -> None:
    """Take a line of progress, and show it to nobody."""


async def test_latency_scenario_reports_every_sentence() -> None:
    plan = latency.LatencyPlan(backend="tone", voice=None, repeats=1, sentences=("One.", "Two words."))
    result = await latency.run(plan, quiet)
    assert [len(row.first_audio_s) for row in result.rows] == [1, 1]
    assert result.summary()["first_audio_p50_s"] > 0
    json.dumps(result.as_json(plan))
    assert "Two words." in result.as_table()


async def test_no_frame_follows_a_cancel_and_the_engine_is_free_after_it() -> None:
    plan = cancel.CancelPlan(n_cancels=20)
    result = await cancel.run(plan, quiet)
    assert len(result.acknowledged_s) + result.n_ended_first == 20
    assert len(result.free_s) == len(result.acknowledged_s) > 0
    assert result.n_frames_after == 0
    json.dumps(result.as_json(plan))


async def test_listeners_play_side_by_side_without_a_drop() -> None:
    plan = streams.StreamsPlan(n_streams=5, seconds=1.0)
    result = await streams.run(plan, quiet)
    assert len(result.audio_s) == 5
    assert min(result.audio_s) > 1.0
    assert result.n_dropped == 0
    json.dumps(result.as_json(plan))
    assert "listeners" in result.as_table()
