"""The server as a client finds it: hello, speech, the gate, the load and the stop."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import threading
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.server.harness import (
    WAIT_S,
    Gate,
    client_of,
    connecting,
    make_config,
    make_tone,
    running_server,
    until_idle,
    until_no_connections,
)
from tts_server.backends.base import BackendOptions, ProgressCallback
from tts_server.backends.tone import ToneBackend
from tts_server.endpoint import Endpoint
from tts_server.errors import ConfigError, EndpointError, ModelError, ModelNotFoundError
from tts_server.protocol.capabilities import Limits
from tts_server.server.app import Server


async def test_hello_comes_first_and_carries_the_loaded_models_rate(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(rate_hz=16000)) as server, client_of(server) as client:
        assert client.hello["audio"] == {"format": "pcm16", "rate": 16000, "channels": 1}
        assert client.hello["backend"] == {"name": "tone", "model": "tone-1"}


async def test_a_commit_is_spoken_to_its_end(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        pcm, end = await client.speak("hello world")
        assert len(pcm) == 2 * 11 * 1440
        assert (end["type"], end["duration_ms"]) == ("response.audio.done", 660)


async def test_audio_comes_while_the_rest_is_being_made(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=2, gate=gate)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("a text of several steps")
        await client.until("response.audio.delta")
        await gate.until_reached()
        gate.set()
        await client.until("response.audio.done")


async def test_clients_are_served_side_by_side(short_dir: Path) -> None:
    async with running_server(short_dir) as server:

        async def one(text: str) -> int:
            async with client_of(server) as client:
                return len((await client.speak(text))[0])

        lengths = await asyncio.gather(*(one("x" * n) for n in range(1, 21)))
        assert lengths == [2880 * n for n in range(1, 21)]


async def test_status_counts_what_the_engine_holds(short_dir: Path) -> None:
    gate = Gate()
    async with running_server(short_dir, make_tone(hang_at_step=0, gate=gate)) as server:
        async with client_of(server) as client:
            response_id = await client.begin("hello")
            await gate.until_reached()
            await client.send("response.cancel", response_id=response_id)
            await client.until("response.cancelled")
            await client.send("server.status", event_id="s1")
            status = await client.until("server.status")
            assert (status["queue_depth"], status["previous_event_id"]) == (1, "s1")
            assert (status["pid"], status["voice_count"]) == (os.getpid(), 5)
            gate.set()
            await until_idle(server)
            await client.send("server.status")
            assert (await client.until("server.status"))["queue_depth"] == 0


async def test_after_a_cancel_nothing_more_of_the_response_comes(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        for _ in range(20):
            response_id = await client.begin("x" * 500)
            await client.until("response.audio.delta")
            await client.send("response.cancel")
            assert (await client.until("response.cancelled"))["response_id"] == response_id
            _, end = await client.speak("b")
            assert end["type"] == "response.audio.done"


async def test_session_close_lets_the_response_end(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.begin("x" * 100)
        await client.send("session.close")
        code, _, events = await client.closed()
        kinds = [event["type"] for event in events]
        assert kinds[-2:] == ["response.audio.done", "session.closed"]
        assert (code, events[-1]["reason"]) == (1000, "client_close")


async def test_session_cancel_drops_everything(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=5)) as server, client_of(server) as client:
        await client.begin("x" * 2000)
        await client.send("session.cancel")
        code, _, events = await client.closed()
        assert (code, events[-1]["reason"]) == (1000, "client_cancel")
        await until_idle(server)


# --- the gate ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "wrong", "secre", "secrets", "sécret"])
async def test_missing_or_wrong_token_is_answered_401(short_dir: Path, token: str | None) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        headers = {} if token is None else {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
        with pytest.raises(InvalidStatus) as caught:
            await connecting(server.endpoint, additional_headers=headers)
        assert caught.value.response.status_code == 401
        assert caught.value.response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_right_token_is_let_in(short_dir: Path, scheme: str) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        async with connecting(
            server.endpoint, additional_headers={"Authorization": f"{scheme} secret"}
        ) as connection:
            assert "server.hello" in str(await connection.recv())


async def test_token_under_another_scheme_is_refused(short_dir: Path) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        with pytest.raises(InvalidStatus):
            await connecting(server.endpoint, additional_headers={"Authorization": "Basic secret"})


async def test_token_is_never_logged(short_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tts_server")
    async with running_server(short_dir, auth_token="secret-token") as server:
        async with client_of(server, token="secret-token") as client:
            await client.speak("hello")
        with pytest.raises(InvalidStatus):
            await connecting(server.endpoint, additional_headers={"Authorization": "Bearer other-token"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("tts_server")]
    assert ours
    assert not [line for line in ours if "-token" in line]


async def test_text_is_not_logged_at_the_default_level(
    short_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tts_server")
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.speak("confidential")
    assert "confidential" not in caplog.text


async def test_web_page_is_answered_403(short_dir: Path) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        with pytest.raises(InvalidStatus) as caught:
            await connecting(server.endpoint, token="secret", origin="https://example.com")
        assert caught.value.response.status_code == 403


@pytest.mark.parametrize("origin", ["https://example.com", "null"])
async def test_allowed_origin_is_let_in(short_dir: Path, origin: str) -> None:
    async with running_server(short_dir, allowed_origins=("https://example.com", "null")) as server:
        async with connecting(server.endpoint, origin=origin) as connection:
            assert "server.hello" in str(await connection.recv())


async def test_connection_over_the_limit_is_answered_503(short_dir: Path) -> None:
    async with running_server(short_dir, limits=Limits(max_connections=2)) as server:
        async with client_of(server), client_of(server):
            with pytest.raises(InvalidStatus) as caught:
                await connecting(server.endpoint)
            assert caught.value.response.status_code == 503
        await until_no_connections(server)
        async with client_of(server):
            pass


async def test_message_over_the_limit_closes_with_1009(short_dir: Path) -> None:
    async with running_server(short_dir, limits=Limits(max_message_bytes=1000)) as server:
        async with client_of(server) as client:
            await client.send("input_text.append", text="x" * 1000)
            assert (await client.closed())[0] == 1009


# --- where it listens -------------------------------------------------------------------------------------


async def test_socket_is_made_for_the_owner_alone_and_removed(short_dir: Path) -> None:
    folder = short_dir / "run"
    async with running_server(folder):
        assert stat.S_IMODE((folder / "tts.sock").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir()) == []


async def test_second_server_on_a_path_is_refused_before_it_loads(short_dir: Path) -> None:
    class Watched(ToneBackend):
        def load(self, progress: ProgressCallback) -> None:
            raise AssertionError("loaded")

    async with running_server(short_dir) as server:
        with pytest.raises(EndpointError, match="another server is listening"):
            async with running_server(short_dir, Watched()):
                pass
        async with client_of(server) as client:
            await client.speak("still here")


async def test_tcp_port_of_the_systems_choice_is_told(short_dir: Path) -> None:
    async with running_server(short_dir, endpoint=Endpoint.tcp("127.0.0.1", 0)) as server:
        assert server.endpoint.port
        async with client_of(server) as client:
            await client.speak("hello")


async def test_tcp_port_in_use_is_refused_in_one_line(short_dir: Path) -> None:
    async with running_server(short_dir, endpoint=Endpoint.tcp("127.0.0.1", 0)) as server:
        with pytest.raises(EndpointError, match=r"cannot listen on 127\.0\.0\.1:\d+: Address already in use"):
            async with running_server(short_dir, endpoint=server.endpoint):
                pass


@pytest.mark.parametrize(
    "endpoint", [Endpoint.from_uri("ws://localhost:1/"), Endpoint.tcp("no.such.invalid", 1)]
)
async def test_address_that_cannot_be_listened_on_is_refused(short_dir: Path, endpoint: Endpoint) -> None:
    with pytest.raises(EndpointError, match="cannot listen on"):
        async with running_server(short_dir, endpoint=endpoint):
            pass


# --- the load ---------------------------------------------------------------------------------------------


class SlowBackend(ToneBackend):
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
async def test_failed_load_is_raised_and_leaves_nothing(
    short_dir: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
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
    assert list(short_dir.iterdir()) == []
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
    assert list(short_dir.iterdir()) == []
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
        assert server.backend.sample_rate_hz == 8000


async def test_unknown_backend_is_refused_before_anything_is_made(short_dir: Path) -> None:
    with pytest.raises(ConfigError, match="festival"):
        async with Server(make_config(short_dir, backend="festival")):
            pass
    assert list(short_dir.iterdir()) == []


# --- the stop ---------------------------------------------------------------------------------------------


async def test_stop_lets_the_response_in_progress_end(short_dir: Path) -> None:
    async with running_server(short_dir, make_tone(work_ms=2)) as server, client_of(server) as client:
        await client.begin("x" * 100)
        await client.until("response.audio.delta")
        stopping = asyncio.ensure_future(server.aclose())
        code, _, events = await client.closed()
        kinds = [event["type"] for event in events]
        assert kinds[-2:] == ["response.audio.done", "session.closed"]
        assert (code, events[-1]["reason"]) == (1001, "server_shutdown")
        await stopping


async def test_stop_waits_no_longer_than_the_drain(short_dir: Path) -> None:
    backend = make_tone(work_ms=20)
    limits = Limits(drain_s=0.05)
    async with running_server(short_dir, backend, limits=limits) as server, client_of(server) as client:
        await client.begin("x" * 2000)
        stopping = asyncio.ensure_future(server.aclose())
        code, _, events = await client.closed()
        assert [event["type"] for event in events][-2:] == ["response.cancelled", "session.closed"]
        assert code == 1001
        await stopping


async def test_stopping_server_takes_no_new_connections_and_gives_its_path_free(short_dir: Path) -> None:
    backend = make_tone(work_ms=2)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("x" * 200)
        stopping = asyncio.ensure_future(server.aclose())
        while (short_dir / "tts.sock").exists():
            await asyncio.sleep(0.001)
        with pytest.raises(OSError):  # noqa: PT011 - refused or not found, as the system likes
            await connecting(server.endpoint)
        async with running_server(short_dir) as successor, client_of(successor) as other:
            await other.speak("hello")
            await client.closed()
            await stopping
            assert (short_dir / "tts.sock").exists()


async def test_commit_while_the_server_stops_is_refused(short_dir: Path) -> None:
    backend = make_tone(work_ms=5)
    limits = Limits(max_inflight=2)
    async with running_server(short_dir, backend, limits=limits) as server, client_of(server) as client:
        await client.begin("x" * 100)
        stopping = asyncio.ensure_future(server.aclose())
        while (short_dir / "tts.sock").exists():
            await asyncio.sleep(0.001)
        await client.commit("one more")
        assert (await client.until("error"))["error"]["type"] == "invalid_request_error"
        await client.closed()
        await stopping


async def test_stop_is_idempotent(short_dir: Path) -> None:
    async with running_server(short_dir) as server:
        await asyncio.gather(server.aclose(), server.aclose())
        await server.aclose()


async def test_stop_leaves_no_thread_and_no_task(short_dir: Path) -> None:
    before = threading.active_count(), len(asyncio.all_tasks())
    async with running_server(short_dir) as server:
        async with client_of(server) as client:
            await client.speak("hello")
        async with client_of(server):
            await server.aclose()
    executor = 4  # threads that the event loop keeps for ``to_thread``
    assert threading.active_count() <= before[0] + executor
    assert not [thread for thread in threading.enumerate() if thread.name == "engine"]
    assert len(asyncio.all_tasks()) == before[1]
