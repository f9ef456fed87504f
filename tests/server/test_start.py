"""The load of the model: clients wait, failures and cancels leave nothing."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from tests.server.harness import (
    WAIT_S,
    Gate,
    client_of,
    make_config,
    make_tone,
    names_in,
    until,
    until_no_connections,
)

from tts_server.backends.base import BackendOptions, ProgressCallback
from tts_server.backends.tone import ToneEngine, ToneModel
from tts_server.errors import ConfigError, ModelError, ModelNotFoundError
from tts_server.server import app
from tts_server.server.app import Server


class SlowBackend(ToneModel):
    """Loads only when it is let."""

    def __init__(self, *, error: Exception | None = None) -> None:
        super().__init__()
        self.gate = Gate()
        self.error = error

    def load(self, progress: ProgressCallback) -> None:
        progress("tuning", 0.1)
        self.gate.wait(WAIT_S)
        progress("tuning", 0.5)
        if self.error is not None:
            raise self.error


def start(server: Server) -> asyncio.Task[Server]:
    return asyncio.ensure_future(server.__aenter__())


async def test_connection_during_the_load_gets_its_hello_when_the_model_is_ready(short_dir: Path) -> None:
    backend = SlowBackend()
    server = Server(make_config(short_dir), backend)
    starting = start(server)
    await backend.gate.until_reached()
    async with client_of(server, greet=False) as client:
        hello = asyncio.ensure_future(client.receive())
        await asyncio.wait([hello], timeout=0.02)
        assert not hello.done()
        backend.gate.set()
        assert (await hello)["type"] == "server.hello"
        await starting
    await server.aclose()


async def test_client_that_leaves_during_the_load_is_forgotten(short_dir: Path) -> None:
    backend = SlowBackend()
    server = Server(make_config(short_dir), backend)
    starting = start(server)
    await backend.gate.until_reached()
    async with client_of(server, greet=False):
        pass
    await until_no_connections(server)
    backend.gate.set()
    await starting
    await server.aclose()


@pytest.mark.parametrize(
    "error", [ModelNotFoundError("no such model"), ZeroDivisionError("inside")], ids=repr
)
async def test_failed_load_is_raised_and_leaves_nothing(short_dir: Path, error: Exception) -> None:
    backend = SlowBackend(error=error)
    server = Server(make_config(short_dir), backend)
    starting = start(server)
    await backend.gate.until_reached()
    async with client_of(server, greet=False) as client:
        backend.gate.set()
        assert (await client.closed())[0] == 1011
        with pytest.raises(ModelError) as caught:
            await starting
    assert "inside" not in str(caught.value)
    assert names_in(short_dir) == []
    assert not server.is_engine_running


async def test_load_that_is_called_off_leaves_nothing(short_dir: Path) -> None:
    backend = SlowBackend()
    server = Server(make_config(short_dir), backend)
    starting = start(server)
    await backend.gate.until_reached()
    starting.cancel()
    backend.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert names_in(short_dir) == []
    assert not server.is_engine_running


async def test_progress_of_the_load_is_passed_on(short_dir: Path) -> None:
    seen: list[tuple[str, float]] = []
    server = Server(
        make_config(short_dir), make_tone(), progress=lambda stage, fraction: seen.append((stage, fraction))
    )
    async with server:
        assert seen[0] == ("tuning", 0.0)
        assert seen[-1] == ("tuning", 1.0)


async def test_backend_and_model_are_logged_before_the_load_and_languages_after(
    short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tts_server")
    backend = SlowBackend()
    server = Server(make_config(short_dir), backend)
    starting = start(server)
    await backend.gate.until_reached()
    assert "backend tone, model tone-1" in caplog.text
    assert "languages" not in caplog.text
    backend.gate.set()
    await starting
    assert "languages en es fr" in caplog.text
    await server.aclose()


async def test_backend_is_the_configurations_when_none_is_given(short_dir: Path) -> None:
    options = BackendOptions(settings=(("rate_hz", "8000"),))
    async with Server(make_config(short_dir, options=options)) as server:
        assert server.model.sample_rate_hz == 8000


async def test_unknown_backend_is_refused_before_anything_is_made(short_dir: Path) -> None:
    with pytest.raises(ConfigError, match="festival"):
        async with Server(make_config(short_dir, backend="festival")):
            pass
    assert names_in(short_dir) == []


class Held(ToneModel):
    """Holds the making of one of its engines until it is let go."""

    max_engines = 3

    def __init__(self, n_before: int) -> None:
        super().__init__()
        self.gate = Gate()
        self._n_left = n_before

    def engine(self) -> ToneEngine:
        if self._n_left == 0:
            self.gate.wait(WAIT_S)
        self._n_left -= 1
        return super().engine()


@pytest.mark.parametrize("n_before", [0, 1, 2])
async def test_server_that_is_closed_while_it_starts_ends_its_start(short_dir: Path, n_before: int) -> None:
    model = Held(n_before)
    server = Server(make_config(short_dir, engines=3), model)
    starting = asyncio.ensure_future(server.__aenter__())
    await model.gate.until_reached()
    closing = asyncio.ensure_future(server.aclose())
    await until(lambda: server.health().state == "stopping" and not names_in(short_dir))
    model.gate.set()
    _, late = await asyncio.wait([starting, closing], timeout=WAIT_S)
    starting.cancel()
    assert late == set()
    assert starting.cancelled()
    assert not server.is_engine_running


async def test_server_that_is_closed_before_its_load_loads_nothing(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, model = Gate(), SlowBackend()

    def create(_name: str, _options: BackendOptions) -> ToneModel:
        gate.wait(WAIT_S)
        return model

    monkeypatch.setattr(app, "create_model", create)
    server = Server(make_config(short_dir))
    starting = start(server)
    await gate.until_reached()
    await server.aclose()
    gate.set()
    model.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not model.gate.reached.is_set()
    assert names_in(short_dir) == []
