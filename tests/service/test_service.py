"""The service's part, with an engine and connections that only note what they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from tests.service.doubles import CountedLoop, FakeWorker

from tts_server.errors import BusyError, LocalProtocolError, SynthesisError, TTSServerError
from tts_server.limits import Limits
from tts_server.scheduling.job import StepOutcome
from tts_server.scheduling.scheduler import AdmissionLimits, Scheduler, SchedulingPolicy
from tts_server.service import service as module
from tts_server.service.service import SpeechService
from tts_server.service.worker import BatchEnded, EngineWorker, StepEnded
from tts_server.speech.made import Made
from tts_server.speech.request import SpeechRequest

if TYPE_CHECKING:
    import asyncio

RATE_HZ = 24000
PCM = bytes(2 * 2400)
A_SECOND = bytes(2 * RATE_HZ)
"""Enough for another's first audio to be due before more of this."""
REQUEST = SpeechRequest("hello", "alto", "en", {})


class FakeListener:
    """Notes what it is told."""

    def __init__(self, connection_id: str) -> None:
        self.connection_id = connection_id
        self.admission = AdmissionLimits(max_inflight=8)
        self.told: list[str] = []

    def made(self, response_id: str, made: Made) -> None:
        self.told.append(f"audio {response_id} {len(made.pcm)}")

    def finished(self, response_id: str) -> None:
        self.told.append(f"finished {response_id}")

    def failed(self, response_id: str, error: TTSServerError) -> None:
        self.told.append(f"failed {response_id}: {error}")

    def released(self, response_id: str) -> None:
        self.told.append(f"released {response_id}")


class House:
    """A service with fake engines and speakers."""

    def __init__(self, *, n_engines: int = 1, step_timeout_s: float = 30.0, max_admitted: int = 32) -> None:
        limits = Limits(max_inflight=8, max_admitted=max_admitted)
        scheduler = Scheduler(
            AdmissionLimits(limits.max_inflight),
            max_admitted=limits.max_admitted,
            n_lanes=n_engines,
            policy=SchedulingPolicy(admission=False),
        )
        self.loop = CountedLoop()
        self.workers = [FakeWorker() for _ in range(n_engines)]
        self.service = SpeechService(
            [cast("EngineWorker", worker) for worker in self.workers],
            scheduler,
            cast("asyncio.AbstractEventLoop", self.loop),
            step_timeout_s=step_timeout_s,
        )
        self.a, self.b = FakeListener("a"), FakeListener("b")

    def submit(self, listener: FakeListener, response_id: str = "1") -> None:
        self.service.submit(listener, response_id, REQUEST)
        self.loop.turn()

    def end(
        self,
        job_id: str,
        outcome: StepOutcome = StepOutcome.MORE,
        *,
        pcm: bytes = PCM,
        engine: int = 0,
        n_bad: int = 0,
        n_repaired: int = 0,
        n_left_out: int = 0,
        error: TTSServerError | None = None,
    ) -> None:
        made = Made(
            pcm,
            len(pcm) // 2,
            len(pcm) / 2 / RATE_HZ,
            n_bad=n_bad,
            n_repaired=n_repaired,
            n_left_out=n_left_out,
        )
        ended = BatchEnded((StepEnded(job_id, outcome, made, error),), work_s=0.01)
        self.service.batch_ended(cast("EngineWorker", self.workers[engine]), ended)

    @property
    def orders(self) -> list[str]:
        return self.workers[0].orders


def test_one_step_is_ordered_at_a_time() -> None:
    house = House()
    house.submit(house.a)
    house.submit(house.b)
    house.loop.turn()
    assert house.orders == ["step a/1"]
    house.end("a/1", pcm=A_SECOND)
    assert house.orders == ["step a/1", "step b/1"]


def test_audio_and_the_end_are_told_in_order() -> None:
    house = House()
    house.submit(house.a)
    house.end("a/1")
    house.end("a/1", StepOutcome.FINISHED, pcm=b"")
    assert house.a.told == [f"audio 1 {len(PCM)}", "finished 1"]
    assert house.service.queue_depth == 0
    assert "drop a/1" not in house.orders, "the engine has closed it"


def test_failure_is_told_with_its_error_and_without_audio() -> None:
    house = House()
    house.submit(house.a)
    house.end("a/1", StepOutcome.FAILED, error=SynthesisError("no"))
    assert house.a.told == ["failed 1: no"]
    assert house.service.queue_depth == 0


def test_refusal_changes_nothing() -> None:
    house = House(max_admitted=1)
    house.submit(house.a)
    with pytest.raises(BusyError):
        house.submit(house.b)
    assert house.service.queue_depth == 1


def test_cancel_before_the_first_step_is_released_at_once() -> None:
    house = House()
    house.submit(house.a)
    house.submit(house.b)
    house.service.cancel(house.b, "1")
    assert house.b.told == ["released 1"]
    assert house.service.queue_depth == 1


def test_cancel_between_steps_is_released_at_once_and_dropped() -> None:
    house = House()
    house.submit(house.a)
    house.submit(house.b)
    house.end("a/1", pcm=A_SECOND)
    house.service.cancel(house.a, "1")
    assert house.a.told[-1] == "released 1"
    assert house.orders == ["step a/1", "step b/1", "drop a/1"]


def test_cancel_during_a_step_is_released_with_it_and_dropped() -> None:
    house = House()
    house.submit(house.a)
    house.service.cancel(house.a, "1")
    house.service.cancel(house.a, "1")
    assert house.a.told == []
    assert house.service.queue_depth == 1
    house.end("a/1")
    assert house.a.told == ["released 1"]
    assert house.orders == ["step a/1", "drop a/1"]
    assert house.service.queue_depth == 0


@pytest.mark.parametrize("outcome", [StepOutcome.FINISHED, StepOutcome.FAILED])
def test_cancel_during_the_last_step_is_released_and_nothing_else(outcome: StepOutcome) -> None:
    house = House()
    house.submit(house.a)
    house.service.cancel(house.a, "1")
    house.end("a/1", outcome, pcm=b"")
    assert house.a.told == ["released 1"]
    assert house.orders == ["step a/1"]


def test_cancel_of_what_has_ended_is_released() -> None:
    house = House()
    house.service.cancel(house.a, "7")
    assert house.a.told == ["released 7"]


def test_paused_connection_gets_no_steps_until_it_is_resumed() -> None:
    house = House()
    house.service.pause(house.a)
    house.submit(house.a)
    assert house.orders == []
    house.service.resume(house.a)
    house.loop.turn()
    assert house.orders == ["step a/1"]


def test_forgotten_connection_holds_nothing_once_its_step_returns() -> None:
    house = House()
    house.submit(house.a, "1")
    house.submit(house.a, "2")
    house.service.forget(house.a)
    assert house.service.queue_depth == 1
    house.end("a/1")
    assert house.service.queue_depth == 0
    assert house.orders[-1] == "drop a/1"


def test_steps_without_audio_in_a_row_fail_the_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_EMPTY_STEPS", 3)
    house = House()
    house.submit(house.a)
    for pcm in (b"", b"", PCM, b"", b""):
        house.end("a/1", pcm=pcm)
    assert house.service.queue_depth == 1
    house.end("a/1", pcm=b"")
    assert house.a.told[-1] == "failed 1: the speech engine makes no audio of this text"
    assert house.orders[-1] == "drop a/1"
    assert house.service.queue_depth == 0


def test_answer_that_was_not_asked_for_is_refused() -> None:
    house = House()
    house.submit(house.a)
    with pytest.raises(LocalProtocolError, match="engine 0 answered for what it was not asked for"):
        house.end("b/1")


def test_several_engines_work_side_by_side_and_keep_their_responses() -> None:
    house = House(n_engines=2)
    house.submit(house.a)
    house.submit(house.b)
    assert [worker.orders for worker in house.workers] == [["step a/1"], ["step b/1"]]
    house.end("b/1", engine=1)
    house.end("a/1", engine=0)
    assert [worker.orders for worker in house.workers] == [["step a/1"] * 2, ["step b/1"] * 2]


def test_stuck_engine_fails_its_own_response_while_another_goes_on() -> None:
    house = House(n_engines=2, step_timeout_s=0.01)
    house.submit(house.a)
    house.submit(house.b)
    for _ in range(10):
        assert house.a.told == []
        house.loop.pass_time(0.001)
        house.end("b/1", engine=1)
    assert house.service.stats.stuck_engines == 1
    assert house.a.told == ["failed 1: the speech engine has not answered for 0.01 s"]
    house.submit(house.a, "2")
    house.end("b/1", StepOutcome.FINISHED, pcm=b"", engine=1)
    assert house.workers[1].orders[-1] == "step a/2"
    house.end("a/1", engine=0)
    assert house.workers[0].orders == ["step a/1", "drop a/1"]
    assert house.service.stats.stuck_engines == 0
    assert house.a.told[1:] == []
    house.service.close()


def test_what_waited_for_a_response_that_got_stuck_goes_to_another_engine() -> None:
    house = House(n_engines=2, step_timeout_s=5.0)
    house.submit(house.a, "1")
    house.submit(house.a, "2")
    assert house.workers[1].orders == [], "those of one stream are spoken one after another"
    house.loop.pass_time(5.0)
    house.loop.turn()
    assert house.workers[1].orders == ["step a/2"]
    house.service.close()


def test_engine_that_is_quick_is_never_stuck_however_long_it_works() -> None:
    house = House(step_timeout_s=0.02)
    house.submit(house.a)
    for _ in range(100):
        house.loop.pass_time(0.019)
        house.end("a/1")
    assert house.service.stats.stuck_engines == 0
    house.service.close()


def test_bad_samples_are_counted() -> None:
    house = House()
    house.submit(house.a)
    house.end("a/1", n_bad=7)
    house.end("a/1", n_bad=3)
    assert house.service.stats.bad_samples == 10
    assert house.service.stats.steps == 2


def test_words_that_were_nearly_lost_and_words_left_out_are_counted() -> None:
    house = House()
    house.submit(house.a)
    house.end("a/1", pcm=b"", n_repaired=2, n_left_out=1)
    house.end("a/1", n_left_out=3)
    assert house.service.stats.words_repaired == 2
    assert house.service.stats.words_left_out == 4


@pytest.mark.parametrize(("speed", "retry_ms"), [(0.5, 2400), (1.0, 1200), (2.0, 600)])
async def test_speed_that_is_asked_for_counts_in_the_time_that_is_told(speed: float, retry_ms: int) -> None:
    house = House(max_admitted=1)
    house.service._scheduler.estimate.step_done(0.1, 0.1)
    request = SpeechRequest("x" * 20, "alto", "en", {"speed": speed})
    house.service.submit(house.a, "1", request)
    with pytest.raises(BusyError) as caught:
        house.service.submit(house.b, "1", request)
    assert caught.value.retry_after_ms == retry_ms


async def test_speed_of_one_response_says_nothing_of_the_length_of_others() -> None:
    house = House()
    scheduler = house.service._scheduler
    for number, speed in enumerate((0.5, 2.0)):
        house.service.submit(house.a, str(number), SpeechRequest("x" * 20, "alto", "en", {"speed": speed}))
        house.loop.turn()
        house.end(f"a/{number}", pcm=bytes(round(2 * 24000 * 1.2 / speed)))
        house.end(f"a/{number}", StepOutcome.FINISHED, pcm=b"")
        assert scheduler.estimate.audio_s(1.0, "alto") == pytest.approx(1.0)


def test_stuck_engine_counts_for_nobody_until_it_answers() -> None:
    house = House(n_engines=2, step_timeout_s=0.01)
    scheduler = house.service._scheduler
    house.submit(house.a)
    house.loop.pass_time(0.02)
    assert scheduler.n_lanes == 1
    house.end("a/1")
    assert scheduler.n_lanes == 2


def test_what_waits_for_a_reader_is_told_to_the_scheduler() -> None:
    house = House()
    house.submit(house.a)
    house.end("a/1", pcm=A_SECOND)
    house.service.waits(house.a, 0.5)
    reader = house.service._scheduler._connections["a"].reader
    assert reader.waiting_s == 0.5
