"""What every transport promises, checked on each: in memory, over a Unix socket and over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.doors.stream.pairs import PAIRS, Client, Pair
from tests.patience import PATIENCE_S

from tts_server.doors.stream.connection import Connection, Message

WAIT_S = PATIENCE_S


@pytest.fixture(params=PAIRS)
async def pair(request: pytest.FixtureRequest, short_dir: Path) -> AsyncIterator[Pair]:
    async with asyncio.timeout(WAIT_S), PAIRS[request.param](short_dir) as made:
        yield made


@pytest.fixture
def server(pair: Pair) -> Connection:
    return pair[0]


@pytest.fixture
def client(pair: Pair) -> Client:
    return pair[1]


async def fill(server: Connection) -> int:
    """Write until nothing more leaves; returns the number of messages."""
    n_messages = 0
    while server.is_writable or server.unsent_bytes == 0:
        server.write([f"{n_messages:08d}" * 1000])
        n_messages += 1
        await asyncio.sleep(0)
        assert n_messages < 2000, "nothing holds back a writer that nobody reads"
    return n_messages


async def test_messages_arrive_whole_and_in_order(server: Connection, client: Client) -> None:
    sent: list[Message] = ["", "héllo", b"", b"\x00\xff", "x" * 100_000, b"y" * 100_000]
    server.write(sent[:3])
    server.write(sent[3:])
    assert [await client.receive() for _ in sent] == sent


async def test_what_the_client_sends_is_received_in_order(server: Connection, client: Client) -> None:
    for message in ("one", b"two", "three"):
        await client.send(message)
    assert [await server.receive() for _ in range(3)] == ["one", b"two", "three"]


async def test_cancelled_receive_loses_nothing(server: Connection, client: Client) -> None:
    waiting = asyncio.ensure_future(server.receive())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    await client.send("still there")
    assert await server.receive() == "still there"


async def test_writing_never_waits_and_what_is_not_taken_counts_as_unsent(server: Connection) -> None:
    await fill(server)
    assert server.unsent_bytes > 0
    assert not server.is_writable


async def test_little_is_held_beyond_what_counts_as_unsent(server: Connection) -> None:
    n_messages = await fill(server)
    # Kernel and library on both sides; half a second of speech is 36 kB. TCP's loopback holds more.
    assert n_messages * 8000 < 4_000_000


async def test_writer_is_told_when_it_may_go_on(server: Connection, client: Client) -> None:
    told = asyncio.Event()
    server.on_writable = told.set
    n_messages = await fill(server)
    told.clear()
    received = 0
    while not told.is_set():
        assert received < n_messages
        assert await client.receive() is not None
        received += 1
        await asyncio.sleep(0)
    assert server.is_writable


async def test_everything_written_arrives_before_the_close(server: Connection, client: Client) -> None:
    n_messages = await fill(server)
    closing = asyncio.ensure_future(server.close(1001, "going", timeout_s=WAIT_S))
    received = 0
    while await client.receive() is not None:
        received += 1
    await closing
    assert received == n_messages
    assert client.close_code == 1001


async def test_close_ends_after_its_timeout_when_nobody_reads(server: Connection) -> None:
    await fill(server)
    async with asyncio.timeout(WAIT_S):
        await server.close(timeout_s=0.01)
        await server.wait_closed()
    assert await server.receive() is None


async def test_close_is_idempotent(server: Connection, client: Client) -> None:
    await asyncio.gather(server.close(timeout_s=1), server.close(timeout_s=1), client.receive())
    await server.close()


async def test_abort_ends_the_connection_at_once(server: Connection, client: Client) -> None:
    server.abort()
    server.abort()
    await server.wait_closed()
    assert await server.receive() is None
    assert await client.receive() is None


async def test_client_that_closes_ends_the_connection(server: Connection, client: Client) -> None:
    await asyncio.gather(client.close(), server.receive())
    assert await server.receive() is None
    await server.wait_closed()


async def test_client_that_vanishes_ends_the_connection(server: Connection, client: Client) -> None:
    client.vanish()
    assert await server.receive() is None
    await server.wait_closed()


async def test_writing_to_a_connection_that_has_ended_does_nothing(
    server: Connection, client: Client
) -> None:
    client.vanish()
    await server.wait_closed()
    server.write(["lost"])
    assert not server.is_writable


async def test_writer_is_told_when_the_connection_ends(server: Connection) -> None:
    told = asyncio.Event()
    server.on_writable = told.set
    server.abort()
    await told.wait()


async def test_peer_has_a_name_for_the_log(server: Connection) -> None:
    assert server.peer
