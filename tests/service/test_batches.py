"""Several responses in one step of an engine: each is told its own, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from tests.server.harness import client_of, make_config, until_idle
from tests.service.doubles import CountedLoop, FakeWorker

from tts_server.backends.base import BackendOptions
from tts_server.backends.tone import ToneModel
from tts_server.errors import DeadlineError, LocalProtocolError, SynthesisError, TTSServerError
from tts_server.limits import Limits
from tts_server.scheduling.job import StepOutcome
from tts_server.scheduling.scheduler import AdmissionLimits, Scheduler, SchedulingPolicy
from tts_server.server.app import Server
from tts_server.service.service import SpeechService
from tts_server.service.worker import BatchEnded, EngineWorker, StepEnded
from tts_server.speech.made import Made
from tts_server.speech.request import SpeechRequest

if TYPE_CHECKING:
    import asyncio

REQUEST = SpeechRequest("hello", "alto", "en", {})
SOUND = Made(bytes(4800), 2400, 0.1)


@dataclass
class Hearer:
    """Notes what it is told."""

    connection_id: str
    admission: AdmissionLimits = field(default_factory=lambda: AdmissionLimits(max_inflight=8))
    told: list[str] = field(default_factory=list)
    errors: list[TTSServerError] = field(default_factory=list)
    on_made: Callable[[], None] = field(default=lambda: None)

    def made(self, response_id: str, _made: Made) -> None:
        self.told.append(f"made {response_id}")
        self.on_made()

    def finished(self, response_id: str) -> None:
        self.told.append(f"finished {response_id}")

    def failed(self, response_id: str, error: TTSServerError) -> None:
        self.told.append(f"failed {response_id}")
        self.errors.append(error)

    def released(self, response_id: str) -> None:
        self.told.append(f"released {response_id}")


class House:
    """A service with one engine that takes so many responses in a step, and three listeners."""

    def __init__(self, max_batch: int = 3, *, step_timeout_s: float = 30.0) -> None:
        self.engine, self.loop = FakeWorker(max_batch), CountedLoop()
        scheduler = Scheduler(policy=SchedulingPolicy(admission=False))
        self.service = SpeechService(
            [cast("EngineWorker", self.engine)],
            scheduler,
            cast("asyncio.AbstractEventLoop", self.loop),
            step_timeout_s=step_timeout_s,
        )
        self.a, self.b, self.c = (Hearer(name) for name in "abc")

    def submit(self, *hearers: Hearer, response_id: str = "1", begin_in_s: float | None = None) -> None:
        for hearer in hearers:
            self.service.submit(hearer, response_id, REQUEST, begin_in_s=begin_in_s)
        self.loop.turn()

    def end(self, *outcomes: tuple[str, StepOutcome]) -> None:
        ended = [
            StepEnded(job_id, outcome, SOUND, SynthesisError("x") if outcome is StepOutcome.FAILED else None)
            for job_id, outcome in outcomes
        ]
        batch = BatchEnded(tuple(ended), work_s=0.05)
        self.service.batch_ended(cast("EngineWorker", self.engine), batch)


MORE, FINISHED, FAILED = StepOutcome.MORE, StepOutcome.FINISHED, StepOutcome.FAILED


def test_responses_that_wait_go_into_one_step_as_many_as_the_engine_takes() -> None:
    house = House(max_batch=2)
    house.submit(house.a, house.b, house.c)
    assert [len(batch) for batch in house.engine.batches] == [2]
    house = House()
    house.submit(house.a, house.b, house.c)
    assert sorted(house.engine.batches[0]) == ["a/1", "b/1", "c/1"]
    assert house.service.stats.steps == 0
    assert house.service.queue_depth == 3


def test_each_is_told_its_own() -> None:
    house = House()
    house.submit(house.a, house.b, house.c)
    a, b, c = house.engine.batches[0]
    house.end((a, MORE), (b, FINISHED), (c, FAILED))
    assert [house.a.told, house.b.told, house.c.told] == [
        ["made 1"],
        ["made 1", "finished 1"],
        ["failed 1"],
    ]
    assert house.engine.batches[1:] == [["a/1"]]
    assert house.service.queue_depth == 1
    assert house.service.stats.steps == 1
    assert house.engine.dropped == []


def test_one_that_is_cancelled_in_mid_batch_hears_nothing_more_and_the_others_all() -> None:
    house = House()
    house.submit(house.a, house.b, house.c)
    house.service.cancel(house.b, "1")
    assert house.b.told == []
    house.end(*((job_id, MORE) for job_id in house.engine.batches[0]))
    assert house.b.told == ["released 1"]
    assert house.a.told == house.c.told == ["made 1"]
    assert house.engine.dropped == ["b/1"]
    assert sorted(house.engine.batches[1]) == ["a/1", "c/1"]


def test_one_that_is_cancelled_by_what_another_of_its_batch_hears_is_released_once() -> None:
    house = House()
    house.submit(house.a, house.b)
    first, second = house.engine.batches[0]
    hearers = {"a/1": house.a, "b/1": house.b}
    hearers[first].on_made = lambda: house.service.cancel(hearers[second], "1")
    house.end((first, MORE), (second, MORE))
    assert hearers[second].told == ["released 1"]
    assert house.service.queue_depth == 1


def test_one_that_goes_away_in_mid_batch_is_told_nothing() -> None:
    house = House()
    house.submit(house.a, house.b)
    house.service.forget(house.b)
    house.end(*((job_id, MORE) for job_id in house.engine.batches[0]))
    assert house.b.told == []
    assert house.engine.dropped == ["b/1"]


def test_an_answer_for_another_batch_is_refused() -> None:
    house = House()
    house.submit(house.a, house.b)
    with pytest.raises(LocalProtocolError, match="engine 0 answered for what it was not asked for"):
        house.end((house.engine.batches[0][0], MORE))


def test_all_of_a_batch_fail_when_its_engine_is_stuck() -> None:
    house = House(step_timeout_s=5.0)
    house.submit(house.a, house.b)
    house.service.cancel(house.b, "1")
    house.loop.run_to(5.0)
    assert house.a.told == ["failed 1"]
    assert house.b.told == ["released 1"]
    house.end(*((job_id, MORE) for job_id in house.engine.batches[0]))
    assert house.a.told == ["failed 1"]
    assert house.b.told == ["released 1"]
    assert house.service.queue_depth == 0


# --- in time, or not at all ---------------------------------------------------------------------------------


def test_what_could_not_begin_in_time_fails_and_the_engine_is_told() -> None:
    house = House(max_batch=1)
    house.submit(house.a)
    house.submit(house.b, begin_in_s=1.0)
    house.loop.run_to(0.9)
    assert house.b.told == []
    house.loop.run_to(1.0)
    assert house.b.told == ["failed 1"]
    assert isinstance(house.b.errors[0], DeadlineError)
    assert house.service.queue_depth == 1


def test_what_expires_in_mid_step_fails_once_and_is_held_until_the_step_is_over() -> None:
    house = House(max_batch=1)
    house.submit(house.a, begin_in_s=1.0)
    house.loop.run_to(2.0)
    assert house.a.told == ["failed 1"]
    assert house.service.queue_depth == 1
    house.end(("a/1", MORE))
    assert house.a.told == ["failed 1"]
    assert house.engine.dropped == ["a/1"]
    assert house.service.queue_depth == 0


def test_what_has_begun_does_not_expire() -> None:
    house = House(max_batch=1)
    house.submit(house.a, begin_in_s=1.0)
    house.end(("a/1", MORE))
    house.loop.run_to(9.0)
    assert house.a.told == ["made 1"]


def test_a_service_that_is_closed_orders_nothing_and_leaves_no_timer() -> None:
    house = House(max_batch=1)
    house.submit(house.a, house.b, begin_in_s=50.0)
    house.service.cut(house.a)
    house.service.close()
    house.end(("a/1", MORE))
    house.loop.turn()
    assert house.engine.batches == [["a/1"]]
    assert [timer for timer in house.loop.timers if not timer.is_cancelled] == []


# --- a whole server -----------------------------------------------------------------------------------------


async def test_a_server_speaks_the_same_in_batches(short_dir: Path) -> None:
    texts = ["one", "two and", "three and a half", "x" * 40]
    spoken: list[dict[str, bytes]] = []
    for max_batch in (1, 4):
        config = make_config(short_dir, limits=Limits(max_inflight=1))
        tone = ToneModel(BackendOptions(settings=(("max_batch", str(max_batch)), ("work_ms", "5"))))
        async with (
            Server(config, tone, policy=SchedulingPolicy(admission=False)) as server,
            client_of(server) as a,
            client_of(server) as b,
            client_of(server) as c,
            client_of(server) as d,
        ):
            clients = [a, b, c, d]
            for client, text in zip(clients, texts, strict=True):
                await client.commit(text)
            heard = {}
            for client, text in zip(clients, texts, strict=True):
                heard[text], end = await client.listen()
                assert end["type"] == "response.audio.done"
            spoken.append(heard)
            await until_idle(server)
    assert spoken[0] == spoken[1]
