"""What waits to be sent leaves in order, a little at a time, and can be dropped until it does."""

from __future__ import annotations

import json

from tts_server.protocol.codec import encode_server
from tts_server.protocol.events import AudioDelta, AudioDone, ResponseCancelled, ServerEvent, TextCleared
from tts_server.server.outbox import Outbox


def make_audio(response_id: str, seq: int, n_samples: int = 480) -> AudioDelta:
    return AudioDelta(f"evt_{seq}", response_id, seq, bytes(2 * n_samples))


def make_outbox(*events: ServerEvent) -> Outbox:
    outbox = Outbox()
    for event in events:
        outbox.push(event)
    return outbox


def test_events_leave_in_order_and_encoded() -> None:
    events: list[ServerEvent] = [make_audio("a", 0), TextCleared("evt_1"), make_audio("a", 2)]
    assert make_outbox(*events).take(1_000_000) == [encode_server(event) for event in events]


def test_no_more_is_taken_than_was_asked_but_at_least_one() -> None:
    outbox = make_outbox(*(make_audio("a", seq) for seq in range(10)))
    assert len(outbox.take(1)) == 1
    assert len(outbox.take(3 * 1500)) == 3
    assert len(outbox) == 6
    assert outbox.take(0) != []
    outbox.clear()
    assert outbox.take(1000) == []


def test_estimate_of_the_bytes_is_close() -> None:
    outbox = make_outbox(*(make_audio("resp_0123abcd_7", seq) for seq in range(1000)))
    estimate = outbox.n_bytes
    exact = sum(map(len, outbox.take(10_000_000)))
    assert abs(estimate - exact) < 0.03 * exact
    assert outbox.n_bytes == 0


def test_audio_of_one_response_can_be_dropped() -> None:
    outbox = make_outbox(make_audio("a", 0), make_audio("b", 0), TextCleared("evt_x"), make_audio("a", 1))
    assert outbox.discard_audio("a") == 2
    assert outbox.discard_audio("a") == 0
    n_bytes = outbox.n_bytes
    left = [json.loads(message)["type"] for message in outbox.take(1_000_000)]
    assert left == ["response.audio.delta", "input_text.cleared"]
    assert n_bytes > 0
    assert outbox.n_bytes == 0


def test_end_that_has_not_left_becomes_a_cancel() -> None:
    done_b = AudioDone("evt_9", "b", 20.0)
    outbox = make_outbox(make_audio("a", 0), AudioDone("evt_1", "a", 20.0), make_audio("b", 0), done_b)
    assert outbox.cancel_ended("a", "stop") == 1
    assert outbox.n_bytes == make_outbox(TextCleared("x"), make_audio("b", 0), done_b).n_bytes
    expected: list[ServerEvent] = [ResponseCancelled("evt_1", "a", "stop"), make_audio("b", 0), done_b]
    assert outbox.take(1_000_000) == [encode_server(event) for event in expected]


def test_cancel_of_what_has_not_ended_or_has_left_changes_nothing() -> None:
    outbox = make_outbox(make_audio("a", 0), TextCleared("evt_1"))
    assert outbox.cancel_ended("a", None) == 0
    assert outbox.cancel_ended(None, None) == 0
    assert len(outbox) == 2
