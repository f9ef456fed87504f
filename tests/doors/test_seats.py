"""Whoever holds a seat and says nothing keeps others out only while there are free seats."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.harness import client_of, connecting, make_tone, running_server
from websockets.exceptions import InvalidStatus

from tts_server.doors.seats import Seats
from tts_server.limits import Limits
from tts_server.quiet_log import QuietLog

logger = logging.getLogger("tts_server.test")


class Guest:
    def __init__(self, name: str, n_messages: int, heard_at: float | None) -> None:
        self.connection_id = name
        self.n_messages = n_messages
        self.heard_at = heard_at
        self.n_asked = 0

    def idle_s(self, now: float) -> float | None:
        return None if self.heard_at is None else now - self.heard_at

    def make_room(self) -> None:
        self.n_asked += 1


def make_seats(guests: list[Guest], n: int, *, now: float = 1000.0) -> Seats:
    limits = Limits(max_connections=n, silent_s=10, idle_s=600)
    seats = Seats(limits, guests, lambda: now, QuietLog(logger))
    seats.n_open = len(guests)
    return seats


def test_free_place_costs_nobody_anything() -> None:
    guest = Guest("a", 0, 0.0)
    assert make_seats([guest], 2).has_room()
    assert guest.n_asked == 0


def test_one_that_never_said_anything_makes_room_before_one_that_did() -> None:
    talker, mute, newer = Guest("a", 5, 0.0), Guest("b", 0, 900.0), Guest("c", 0, 950.0)
    seats = make_seats([talker, newer, mute], 3)
    assert seats.has_room()
    assert (talker.n_asked, mute.n_asked, newer.n_asked) == (0, 1, 0)
    assert seats.has_room()
    assert (talker.n_asked, mute.n_asked, newer.n_asked) == (0, 1, 0), "that seat is still to be had"
    seats.n_open += 1
    assert seats.has_room()
    assert newer.n_asked == 1


@pytest.mark.parametrize(("n_messages", "silent_for_s"), [(0, 9.0), (1, 599.0), (1, None), (0, None)])
def test_whoever_speaks_or_spoke_lately_keeps_the_place(n_messages: int, silent_for_s: float | None) -> None:
    guest = Guest("a", n_messages, None if silent_for_s is None else 1000.0 - silent_for_s)
    assert not make_seats([guest], 1).has_room()
    assert guest.n_asked == 0


@given(st.lists(st.tuples(st.integers(0, 1), st.none() | st.floats(0, 1000)), max_size=8), st.integers(1, 8))
def test_no_more_make_room_than_are_needed(kinds: list[tuple[int, float | None]], n: int) -> None:
    guests = [Guest(str(i), n_messages, heard_at) for i, (n_messages, heard_at) in enumerate(kinds)]
    seats = make_seats(guests, n)
    for _ in range(10):
        n_asked = sum(guest.n_asked for guest in guests)
        had_room = seats.has_room()
        asked_now = sum(guest.n_asked for guest in guests) - n_asked
        assert asked_now == (1 if had_room and seats.n_open - n_asked >= n else 0)
        seats.n_open += had_room
    assert all(guest.n_asked <= 1 for guest in guests)


async def test_silent_connections_make_room_for_one_that_speaks(short_dir: Path) -> None:
    limits = Limits(max_connections=3, silent_s=0.05)
    async with running_server(short_dir, limits=limits) as server:
        silent = [await connecting(server.endpoint) for _ in range(3)]
        for connection in silent:
            await connection.recv()
        await asyncio.sleep(0.1)
        for _ in range(2):
            async with client_of(server) as client:
                assert (await client.speak("hello"))[1]["type"] == "response.audio.done"
        assert server.health().seats_freed == 1
        await silent[0].wait_closed()
        assert silent[0].close_code == 1013
        for connection in silent:
            await connection.close()


async def test_connection_that_is_being_spoken_to_keeps_its_place(short_dir: Path) -> None:
    limits = Limits(max_connections=1, silent_s=0.01, idle_s=0.01)
    async with (
        running_server(short_dir, make_tone(work_ms=50), limits=limits) as server,
        client_of(server) as client,
    ):
        await client.begin("x" * 200)
        await asyncio.sleep(0.05)
        with pytest.raises(InvalidStatus):
            await connecting(server.endpoint)
        assert (await client.until("response.audio.done"))["type"] == "response.audio.done"
