"""What the listener answers to plain HTTP, for those who may ask."""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import pytest
from tests.server.harness import Gate, client_of, make_tone, running_server, until

from tts_server.doors.pages import Health, Pages, render_metrics
from tts_server.endpoint import Endpoint
from tts_server.limits import Limits
from tts_server.server import app
from tts_server.server.app import Server
from tts_server.service.stats import ServiceStats

WEBSOCKET = {"upgrade": "websocket"}


async def get(server: Server, path: str, *headers: str, host: str = "localhost") -> tuple[int, str]:
    """Ask for a page as ``curl`` does; returns the status and the body."""
    endpoint = server.endpoint
    if endpoint.socket_path is not None:
        reader, writer = await asyncio.open_unix_connection(endpoint.socket_path)
    else:
        reader, writer = await asyncio.open_connection(endpoint.host, endpoint.port)
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]), body


def values_of(metrics: str) -> dict[str, float]:
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in metrics.splitlines() if line[0] != "#")
    }


def make_health(state: str = "ready", *, stuck: int = 0) -> Health:
    return Health(state, 1.5, 2, ServiceStats(stuck_engines=stuck, engines=1), None)


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
async def test_pages_are_there_on_every_listener(short_dir: Path, *, tcp: bool) -> None:
    endpoint = Endpoint.tcp("127.0.0.1", 0) if tcp else Endpoint.unix(short_dir / "tts.sock")
    async with running_server(short_dir, endpoint=endpoint) as server:
        assert await get(server, "/healthz") == (200, "ready\n")
        assert await get(server, "/readyz?verbose=1") == (200, "ready\n")
        assert (await get(server, "/metrics"))[0] == 200


async def test_metrics_count_what_was_spoken(short_dir: Path) -> None:
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.speak("x" * 50)
        await client.speak("x" * 50, extras={"fail_at_step": 1})
        _, body = await get(server, "/metrics")
    values = values_of(body)
    assert values['tts_responses_total{end="finished"}'] == 1
    assert values['tts_responses_total{end="failed"}'] == 1
    assert values["tts_audio_seconds_total"] == pytest.approx(50 * 0.06 + 4 * 0.06)
    assert values["tts_connections"] == 1
    assert values["tts_queue_depth"] == 0
    assert values["tts_ready"] == 1
    assert values['tts_connection_responses_total{connection="1"}'] == 2
    assert values['tts_connection_steps_total{connection="1"}'] == values["tts_steps_total"]


async def test_metrics_tell_how_soon_the_engine_is_free_after_a_cancel(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=1, gate=gate)
    async with running_server(short_dir, backend) as server, client_of(server) as client:
        await client.begin("x" * 50)
        await gate.until_reached()
        await client.send("response.cancel")
        await client.until("response.cancelled")
        assert server.service.stats.releases == 0
        gate.set()
        await until(lambda: server.service.queue_depth == 0)
        stats = server.service.stats
        _, body = await get(server, "/metrics")
    assert stats.releases == 1
    assert 0 < stats.release_s == stats.longest_release_s
    assert values_of(body)["tts_cancel_release_seconds_count"] == 1


def test_metrics_are_in_the_text_format() -> None:
    name = r"tts_[a-z_]+"
    for line in render_metrics(make_health()).splitlines():
        assert re.fullmatch(
            rf"# (HELP {name} .+\.|TYPE {name} (gauge|counter|summary))|{name}({{.*}})? [0-9.e+-]+", line
        )


def test_metrics_count_words_that_were_nearly_lost_or_left_out() -> None:
    stats = ServiceStats(words_repaired=3, words_left_out=2, engines=1)
    values = values_of(render_metrics(Health("ready", 1.5, 2, stats, None)))
    assert values["tts_words_repaired_total"] == 3
    assert values["tts_words_left_out_total"] == 2


async def test_metrics_show_what_connections_cost_and_may_cost(short_dir: Path) -> None:
    async with (
        running_server(short_dir, limits=Limits(turn_bytes=1234)) as server,
        client_of(server) as client,
    ):
        await client.speak("hello")
        _, body = await get(server, "/metrics")
    values = values_of(body)
    assert values['tts_limit{name="turn_bytes"}'] == 1234
    assert values['tts_connection_messages_total{connection="1"}'] == 2
    assert values['tts_connection_cpu_seconds_total{connection="1"}'] > 0
    assert values['tts_connection_kept_bytes{connection="1"}'] == values["tts_kept_bytes"] == 0
    assert values["tts_newcomers"] == 1, "the one that asks"


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("localhost", True),
        ("tts.localhost:80", True),
        ("127.0.0.1", True),
        ("[::1]:8765", True),
        ("bot.example", True),
        ("page.example:8080", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
    ],
)
async def test_name_that_was_turned_to_this_machine_is_refused(
    short_dir: Path, host: str, *, is_known: bool, tcp: bool
) -> None:
    endpoint = Endpoint.tcp("127.0.0.1", 0) if tcp else Endpoint.unix(short_dir / "tts.sock")
    hosts, origins = ("Bot.example",), ("http://page.example:8080",)
    async with running_server(
        short_dir, endpoint=endpoint, allowed_hosts=hosts, allowed_origins=origins
    ) as server:
        status, _ = await get(server, "/metrics", host=host)
        assert status == (200 if is_known or not tcp else 403)


async def test_any_name_is_good_with_the_token(short_dir: Path) -> None:
    endpoint = Endpoint.tcp("127.0.0.1", 0)
    async with running_server(short_dir, endpoint=endpoint, auth_token="secret") as server:
        status, _ = await get(server, "/metrics", "Authorization: Bearer secret", host="evil.example")
        assert status == 200


async def test_pages_are_covered_by_the_token(short_dir: Path) -> None:
    async with running_server(short_dir, auth_token="secret") as server:
        assert (await get(server, "/metrics"))[0] == 401
        assert (await get(server, "/metrics", "Authorization: Bearer secret"))[0] == 200


async def test_pages_are_not_for_web_pages(short_dir: Path) -> None:
    async with running_server(short_dir) as server:
        assert (await get(server, "/metrics", "Origin: https://example.com"))[0] == 403


async def test_pages_are_answered_while_all_connections_are_taken(short_dir: Path) -> None:
    async with running_server(short_dir, limits=Limits(max_connections=1)) as server, client_of(server):
        assert (await get(server, "/healthz"))[0] == 200


async def test_any_other_page_is_no_page(short_dir: Path) -> None:
    async with running_server(short_dir) as server:
        assert (await get(server, "/"))[0] == 426


async def test_server_with_a_stuck_engine_is_neither_alive_nor_ready(short_dir: Path) -> None:
    gate = Gate()
    backend = make_tone(hang_at_step=0, gate=gate)
    async with (
        running_server(short_dir, backend, step_timeout_s=1.0) as server,
        client_of(server) as client,
    ):
        await client.begin("hello")
        await until(lambda: server.service.stats.stuck_engines)
        assert await get(server, "/healthz") == (503, "the engine is stuck\n")
        assert (await get(server, "/readyz"))[0] == 503
        gate.set()
        await until(lambda: not server.service.stats.stuck_engines)
        assert (await get(server, "/healthz"))[0] == 200


@pytest.mark.parametrize("state", ["loading", "stopping"])
def test_server_that_loads_or_stops_is_alive_and_not_ready(state: str) -> None:
    pages = Pages(lambda: make_health(state))
    alive, ready = pages("/healthz", {}), pages("/readyz", {})
    assert alive is not None
    assert ready is not None
    assert (alive.status, ready.status, ready.text) == (200, 503, f"{state}\n")


def test_websocket_to_the_path_of_a_page_is_left_alone() -> None:
    assert Pages(make_health)("/metrics", WEBSOCKET) is None


async def test_working_server_says_now_and_then_how_it_is(
    short_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app, "REPORT_INTERVAL_S", 0.01)
    caplog.set_level(logging.INFO, "tts_server")
    async with running_server(short_dir) as server, client_of(server) as client:
        await client.speak("x" * 50)
        await until(lambda: "1 connections, 0 speaking" in caplog.text)
        n_lines = caplog.text.count("real-time factor")
        await asyncio.sleep(0.05)
        assert caplog.text.count("real-time factor") == n_lines, "an idle server says nothing"
