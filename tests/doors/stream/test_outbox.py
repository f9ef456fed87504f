"""What waits to be sent leaves in order, a little at a time, and can be dropped until it does."""

from __future__ import annotations

from tts_server.doors.stream.outbox import Outbox
from tts_server.protocol.events import (
    AudioDelta,
    AudioDone,
    ErrorDetail,
    ErrorOccurred,
    ResponseCancelled,
    ResponseFailed,
    ServerEvent,
    TextCleared,
)
from tts_server.protocol.v01 import SERVER, encode_server


def make_audio(response_id: str, seq: int, n_samples: int = 480) -> AudioDelta:
    return AudioDelta(f"evt_{seq}", response_id, seq, bytes(2 * n_samples))


def make_outbox(*events: ServerEvent) -> Outbox:
    outbox = Outbox(SERVER)
    for event in events:
        outbox.push(event)
    return outbox


def test_events_leave_in_order_and_encoded() -> None:
    events: list[ServerEvent] = [make_audio("a", 0), TextCleared("evt_1"), make_audio("a", 2)]
    assert make_outbox(*events).take(1_000_000).messages == [encode_server(event) for event in events]


def test_no_more_is_taken_than_was_asked_but_at_least_one() -> None:
    outbox = make_outbox(*(make_audio("a", seq) for seq in range(10)))
    assert len(outbox.take(1).messages) == 1
    assert len(outbox.take(3 * 1500).messages) == 3
    assert len(outbox) == 6
    assert outbox.take(0).messages
    outbox.clear()
    assert not outbox.take(1000).messages


def test_estimate_of_the_bytes_is_close() -> None:
    outbox = make_outbox(*(make_audio("resp_0123abcd_7", seq) for seq in range(1000)))
    estimate = outbox.n_bytes
    exact = sum(map(len, outbox.take(10_000_000).messages))
    assert abs(estimate - exact) < 0.03 * exact
    assert outbox.n_bytes == 0


def test_answers_are_counted_for_what_they_are_and_apart_from_audio() -> None:
    error = ErrorDetail("invalid_request_error", "invalid_config", "x" * 100_000)
    outbox = make_outbox(make_audio("a", 0), ErrorOccurred("evt_1", error, None), TextCleared("evt_2"))
    assert 100_000 < outbox.n_answer_bytes < outbox.n_bytes < 105_000
    outbox.take(1)
    assert outbox.n_answer_bytes == outbox.n_bytes
    outbox.clear()
    assert outbox.n_answer_bytes == outbox.n_bytes == 0


def test_ends_that_leave_are_named_and_a_cancel_is_not_among_them() -> None:
    failed = ResponseFailed("evt_3", "c", ErrorDetail("server_error", "backend_error", "no"))
    outbox = make_outbox(
        make_audio("a", 0), AudioDone("evt_1", "a", 20.0), ResponseCancelled("evt_2", "b"), failed
    )
    assert outbox.take(1).ended == []
    assert outbox.take(1).ended == ["a"]
    assert outbox.take(1_000_000).ended == ["c"]


def test_event_in_place_of_a_response_drops_its_audio_and_comes_last() -> None:
    outbox = make_outbox(make_audio("a", 0), make_audio("b", 0), TextCleared("evt_x"), make_audio("a", 1))
    cancelled = ResponseCancelled("evt_9", "a")
    outbox.replace([cancelled])
    left: list[ServerEvent] = [make_audio("b", 0), TextCleared("evt_x"), cancelled]
    assert outbox.n_bytes == make_outbox(*left).n_bytes
    assert outbox.take(1_000_000).messages == [encode_server(event) for event in left]
    assert outbox.n_bytes == 0


def test_several_responses_are_replaced_at_once() -> None:
    outbox = make_outbox(make_audio("a", 0), AudioDone("evt_1", "a", 20.0), make_audio("b", 0))
    cancelled = [ResponseCancelled("evt_2", "a"), ResponseCancelled("evt_3", "b")]
    outbox.replace(cancelled)
    assert outbox.take(1_000_000).messages == [encode_server(event) for event in cancelled]


def test_event_in_place_of_a_response_takes_the_place_of_an_end_that_waits() -> None:
    done_b = AudioDone("evt_9", "b", 20.0)
    outbox = make_outbox(make_audio("a", 0), AudioDone("evt_1", "a", 20.0), make_audio("b", 0), done_b)
    outbox.replace([ResponseCancelled("evt_10", "a", "stop")])
    left: list[ServerEvent] = [ResponseCancelled("evt_10", "a", "stop"), make_audio("b", 0), done_b]
    assert outbox.n_bytes == make_outbox(*left).n_bytes
    taken = outbox.take(1_000_000)
    assert taken.messages == [encode_server(event) for event in left]
    assert taken.ended == ["b"]
