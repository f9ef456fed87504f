"""An engine of a few lines speaks for many listeners of a server, and nothing of the house knows it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.client.speech import collect
from tests.examples import toy_engine
from tests.examples.toy_engine import SAMPLES_PER_LETTER, ClickEngine, ClickModel
from tests.patience import PATIENCE_S
from tests.server.harness import running_server, until

from tts_server.backends.base import StepResult, Utterance
from tts_server.backends.testing import check_backend
from tts_server.client import TTSClient

MOST_LINES = 60


def test_it_is_short() -> None:
    assert len(Path(toy_engine.__file__).read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_it_keeps_the_contract_in_every_batch_to_the_bit() -> None:
    check_backend(ClickModel, batch_tolerance=0)


async def test_listeners_of_a_server_hear_it_click_side_by_side(short_dir: Path) -> None:
    texts = ["one two three", "four five six", "seven eight nine", "ten eleven twelve"]
    may_step = threading.Event()

    class Waiting(ClickEngine):
        def step(self, batch: Sequence[Utterance]) -> list[StepResult]:
            may_step.wait(PATIENCE_S)
            return super().step(batch)

    model = ClickModel()
    model.made = Waiting()
    async with running_server(short_dir, model) as server:

        async def hear(text: str) -> bytes:
            async with TTSClient(server.endpoint) as client:
                return await collect(client.synthesize(text))

        hearing = [asyncio.ensure_future(hear(text)) for text in texts]
        await until(lambda: server.service.queue_depth == len(texts))
        may_step.set()
        together = await asyncio.gather(*hearing)
        assert max(model.made.sizes) == len(texts)
        for text, pcm in zip(texts, together, strict=True):
            n_letters = len(text.replace(" ", ""))
            assert len(pcm) == 2 * n_letters * SAMPLES_PER_LETTER
            assert pcm == await hear(text)
