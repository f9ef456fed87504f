"""An engine that raises, hangs, returns nothing or no numbers costs one response, never the server."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from tests.server.harness import Gate, client_of, make_tone, running_server, until, until_idle

from tts_server.limits import Limits
from tts_server.service import service


@pytest.mark.parametrize(
    "script",
    [{"fail_at_step": 1}, {"raise_at_step": 1}, {"garbage_at_step": 1}, {"fail_start": True}],
    ids=lambda script: next(iter(script)),
)
async def test_engine_that_fails_fails_its_response_and_the_session_goes_on(
    short_dir: Path, script: dict[str, object]
) -> None:
    async with running_server(short_dir, make_tone(**script)) as server, client_of(server) as client:
        for _ in range(2):
            _, end = await client.speak("hello world")
            assert end["type"] == "response.failed"
            assert (end["error"]["type"], end["error"]["code"]) == ("server_error", "backend_error")
            assert "Traceback" not in end["error"]["message"]
            assert "told to break" not in end["error"]["message"]
        await client.send("server.status")
        assert (await client.until("server.status"))["queue_depth"] == 0


async def test_response_that_fails_in_the_middle_keeps_the_audio_before(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        pcm, end = await client.speak("x" * 20, extras={"fail_at_step": 2})
        assert (len(pcm), end["type"]) == (2 * 8 * 1440, "response.failed")
        pcm, end = await client.speak("x" * 20)
        assert (len(pcm), end["type"]) == (2 * 20 * 1440, "response.audio.done")


async def test_engine_that_returns_nothing_gives_an_empty_response(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(mute=True)) as server, client_of(server) as client:
        pcm, end = await client.speak("hello")
        assert (pcm, end["type"], end["duration_ms"]) == (b"", "response.audio.done", 0)


async def test_samples_that_are_not_numbers_are_silent_and_logged(
    short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        pcm, end = await client.speak("x" * 8, extras={"nan_at_step": 1})
        assert end["type"] == "response.audio.done"
        assert any(pcm[: 2 * 4 * 1440])
        assert pcm[2 * 4 * 1440 :] == bytes(2 * 4 * 1440)
        assert server.service.stats.bad_samples == 4 * 1440
    assert "were not numbers" in caplog.text


async def test_engine_that_gets_nowhere_fails_its_response(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_EMPTY_STEPS", 20)
    async with running_server(short_dir, make_tone(empty_steps=25)) as server, client_of(server) as client:
        _, end = await client.speak("hello")
        assert end["error"]["message"] == "the speech engine makes no audio of this text"
        await until_idle(server)


async def test_engine_that_needs_empty_steps_first_is_let(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(empty_steps=25)) as server, client_of(server) as client:
        assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_hanging_engine_fails_what_waits_for_it_and_is_used_again_when_it_answers(
    short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=0, gate=gate)
    async with (
        running_server(short_dir, backend, step_timeout_s=1.0) as server,
        client_of(server) as speaking,
        client_of(server) as waiting,
    ):
        await speaking.begin("hello")
        await gate.until_reached()
        await waiting.begin("and me")
        for client in (speaking, waiting):
            failed = await client.until("response.failed")
            assert failed["error"]["code"] == "backend_error"
            assert "has not answered" in failed["error"]["message"]
        await waiting.commit("once more")
        refused = await waiting.until("error", "response.created")
        assert refused["type"] == "error"
        assert (refused["error"]["code"], refused["error"]["type"]) == ("backend_error", "server_error")
        assert "stuck" in refused["error"]["message"]
        await waiting.send("server.status")
        status = await waiting.until("server.status")
        assert status["queue_depth"] == 1, "the step in progress still holds the engine"
        assert status["buffered_chars"] == len("once more"), "a refused commit leaves the buffer"
        gate.set()
        await until_idle(server)
        await waiting.send("input_text.commit")
        assert (await waiting.until("response.audio.done", "error"))["type"] == "response.audio.done"
    assert "is stuck" in caplog.text
    assert "answers again" in caplog.text


async def test_cancel_of_a_response_in_a_hanging_step_is_acknowledged_at_once(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=1, gate=gate)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("hello world")
        await gate.until_reached()
        await client.send("response.cancel")
        await client.until("response.cancelled")
        gate.set()
        await until_idle(server)
        await client.send("server.status")
        assert (await client.receive())["type"] == "server.status", "nothing came after the cancel"


async def test_cancel_during_a_hang_that_is_given_up_is_released_once(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=0, gate=gate)
    async with (
        running_server(short_dir, backend, step_timeout_s=1.0) as server,
        client_of(server) as client,
    ):
        await client.begin("hello")
        await gate.until_reached()
        await client.send("response.cancel")
        await client.until("response.cancelled")
        await until(lambda: server.service.stats.stuck_engines)
        gate.set()
        await until_idle(server)
        pcm, end = await client.speak("again")
        assert (end["type"], bool(pcm)) == ("response.audio.done", True)


async def test_connection_that_ends_during_a_hang_leaves_nothing_behind(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=0, gate=gate)
    async with running_server(short_dir, backend, step_timeout_s=1.0) as server:
        async with client_of(server) as client:
            await client.begin("hello")
            await gate.until_reached()
            client.vanish()
        await until(lambda: server.service.stats.stuck_engines)
        gate.set()
        await until_idle(server)
        async with client_of(server) as client:
            assert (await client.speak("hello"))[1]["type"] == "response.audio.done"


async def test_stop_with_a_hanging_engine_ends_in_bounded_time(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tts_server.service.engines.ENGINE_STOP_S", 0.05)
    caplog.set_level(logging.INFO)
    gate = Gate()
    backend = make_tone(hang_at_step=0, gate=gate)
    limits = Limits(drain_s=0.05)
    async with running_server(short_dir, backend, limits=limits) as server, client_of(server) as client:
        await client.begin("hello")
        await gate.until_reached()
        await asyncio.gather(server.aclose(), client.closed())
        assert server.is_engine_running
        assert "the engine has not ended" in caplog.text
        assert not (short_dir / "tts.sock").exists()
        gate.set()
        await until(lambda: not server.is_engine_running)
