"""Several engines of one model in one server."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.server.harness import Gate, client_of, make_config, make_tone, running_server

from tts_server.backends.tone import ToneModel
from tts_server.errors import ConfigError
from tts_server.server.app import Server
from tts_server.service.engines import count_engines


class Loner(ToneModel):
    """Cannot work side by side with another."""

    max_engines = 1


class Advised(ToneModel):
    def advise_engines(self, n_cores: int) -> tuple[int, str]:
        return 3, f"three are best for {n_cores // n_cores} reason"


async def test_one_response_is_spoken_while_another_ones_step_hangs(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=3, gate=gate)
    async with (
        running_server(short_dir, backend, engines=2) as server,
        client_of(server) as first,
        client_of(server) as second,
    ):
        await first.begin("x" * 50)
        await gate.until_reached()
        # Three steps of four characters each, and no fourth that would hang.
        _, end = await second.speak("y" * 12)
        assert end["type"] == "response.audio.done"
        assert server.service.stats.engines == 2
        gate.set()
        await first.until("response.audio.done")


async def test_backend_that_runs_one_engine_says_so_before_the_load(short_dir: Path) -> None:
    server = Server(make_config(short_dir, engines=2), Loner())
    with pytest.raises(ConfigError, match="the tone backend runs one engine"):
        async with server:
            pass
    assert not server.is_engine_running


def test_number_of_engines_is_the_backends_advice_when_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert count_engines(Advised(), None) == 3
    assert "3 engines: three are best for 1 reason" in caplog.text
