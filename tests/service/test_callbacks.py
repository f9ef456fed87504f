"""Listeners that act on what they are told, at once, while others of the same step wait to be told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from tests.service.test_batches import FAILED, FINISHED, MORE, Hearer, House

from tts_server.errors import TTSServerError
from tts_server.scheduling.job import StepOutcome


@dataclass
class Acting(Hearer):
    """Does something when a response of its own fails."""

    on_failed: Callable[[], None] = field(default=lambda: None)

    def failed(self, response_id: str, error: TTSServerError) -> None:
        super().failed(response_id, error)
        self.on_failed()


def two_of_one_step() -> tuple[House, list[Hearer]]:
    """Two listeners whose responses are in a step, in the order in which they will be told."""
    house = House()
    house.submit(house.a, house.b)
    hearers = {"a/1": house.a, "b/1": house.b}
    return house, [hearers[job_id] for job_id in house.engine.batches[0]]


@pytest.mark.parametrize("outcome", [MORE, FINISHED, FAILED])
def test_response_that_is_cancelled_by_what_another_hears_ends_once(outcome: StepOutcome) -> None:
    house, (first, second) = two_of_one_step()
    first.on_made = lambda: house.service.cancel(second, "1")
    house.end((f"{first.connection_id}/1", MORE), (f"{second.connection_id}/1", outcome))
    assert second.told == ["released 1"]
    assert house.service.queue_depth == 1


@pytest.mark.parametrize("outcome", [MORE, FINISHED, FAILED])
def test_listener_that_is_forgotten_by_what_another_hears_is_told_nothing(outcome: StepOutcome) -> None:
    house, (first, second) = two_of_one_step()
    first.on_made = lambda: house.service.forget(second)
    house.end((f"{first.connection_id}/1", MORE), (f"{second.connection_id}/1", outcome))
    assert second.told == []
    assert house.service.queue_depth == 1


@pytest.mark.parametrize("act", ["cancel", "forget"])
@pytest.mark.parametrize("is_in_a_step", [True, False])
def test_what_expires_with_another_may_be_cancelled_by_what_that_one_hears(
    act: str, *, is_in_a_step: bool
) -> None:
    house = House(max_batch=2 if is_in_a_step else 1)
    if not is_in_a_step:
        house.submit(house.c)
    first, second = Acting("first"), Acting("second")
    house.submit(first, second, begin_in_s=1.0)

    def end_the_other() -> None:
        if act == "cancel":
            house.service.cancel(second, "1")
        else:
            house.service.forget(second)

    first.on_failed = end_the_other
    house.loop.run_to(1.0)
    assert first.told == ["failed 1"]
    if is_in_a_step:
        house.end(*((job_id, MORE) for job_id in house.engine.batches[0]))
    assert second.told == (["released 1"] if act == "cancel" else [])
    assert house.service.queue_depth == (0 if is_in_a_step else 1)


def test_listener_that_breaks_costs_the_others_of_its_step_nothing(caplog: pytest.LogCaptureFixture) -> None:
    house, (first, second) = two_of_one_step()

    def break_down() -> None:
        raise ZeroDivisionError

    first.on_made = break_down
    with caplog.at_level(logging.ERROR):
        house.end((f"{first.connection_id}/1", MORE), (f"{second.connection_id}/1", MORE))
    assert [record.message for record in caplog.records] == [
        f"the listener of response {first.connection_id}/1 broke at what it was told"
    ]
    assert second.told == ["made 1"]
    assert house.engine.batches[1:] == [[f"{second.connection_id}/1"]], "nobody hears the other one any more"
    assert house.engine.dropped == [f"{first.connection_id}/1"]


def test_listener_that_breaks_when_its_engine_is_stuck_costs_the_others_nothing() -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    house = House(step_timeout_s=5.0)
    first, second = Acting("first", on_failed=break_down), Acting("second", on_failed=break_down)
    house.submit(first, second)
    house.loop.run_to(5.0)
    assert [first.told, second.told] == [["failed 1"], ["failed 1"]]
    house.end(*((job_id, MORE) for job_id in house.engine.batches[0]))
    assert house.service.queue_depth == 0
