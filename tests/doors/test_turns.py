"""Whoever asks for little is served at once; those who flood share what is left, in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tts_server.doors.turns import CREDIT_PART, MAX_CREDIT_S, Turnstile


class Clock:
    """Time that goes on only when it is told to, and the timers that were set on it."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.timers: list[Timer] = []

    def now(self) -> float:
        return self.now_s

    def call_at(self, at_s: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(at_s, callback))
        return self.timers[-1]

    def run(self, until_s: float) -> None:
        while due := [timer for timer in self.timers if timer.callback and timer.at_s <= until_s]:
            timer = min(due, key=lambda one: one.at_s)
            self.timers.remove(timer)
            self.now_s = max(self.now_s, timer.at_s)
            assert timer.callback is not None
            timer.callback()
        self.now_s = max(self.now_s, until_s)


class Timer:
    def __init__(self, at_s: float, callback: Callable[[], None]) -> None:
        self.at_s = at_s
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


def make_turnstile(share: float = 0.5) -> tuple[Turnstile, Clock]:
    clock = Clock()
    return Turnstile(share, clock.now, clock.call_at), clock


def test_account_is_overdrawn_by_work_and_recovers_with_time() -> None:
    turnstile, clock = make_turnstile()
    account = turnstile.open()
    account.charge(MAX_CREDIT_S)
    assert not account.is_overdrawn
    account.charge(0.001)
    assert account.is_overdrawn
    clock.now_s += 0.001 / turnstile.rate + 0.001
    assert not account.is_overdrawn


def test_credit_is_shared_by_all_accounts() -> None:
    turnstile, _ = make_turnstile(share=0.5)
    accounts = [turnstile.open() for _ in range(10)]
    assert turnstile.rate * len(accounts) == CREDIT_PART * 0.5
    for account in accounts[1:]:
        account.close()
        account.close()
    assert turnstile.rate == CREDIT_PART * 0.5


def test_flood_is_not_held_against_a_client_for_long() -> None:
    turnstile, clock = make_turnstile(share=1.0)
    account = turnstile.open()
    account.charge(60.0)
    clock.now_s += MAX_CREDIT_S / turnstile.rate + 0.001
    assert not account.is_overdrawn


def test_turn_never_comes_at_once() -> None:
    turnstile, clock = make_turnstile()
    turns: list[str] = []
    turnstile.stand_in_line(lambda: turns.append("a"))
    assert turns == []
    clock.run(clock.now_s)
    assert turns == ["a"]


def test_closed_turnstile_gives_no_turns() -> None:
    turnstile, clock = make_turnstile()
    turns: list[str] = []
    turnstile.stand_in_line(lambda: turns.append("a"))
    turnstile.close()
    clock.run(clock.now_s + 10)
    assert turns == []


def test_turn_that_fails_does_not_stop_the_line() -> None:
    turnstile, clock = make_turnstile()
    turns: list[str] = []

    def failing() -> None:
        raise ZeroDivisionError

    turnstile.stand_in_line(failing)
    turnstile.stand_in_line(lambda: turns.append("b"))
    for _ in range(2):
        try:
            clock.run(clock.now_s)
        except ZeroDivisionError:
            continue
    assert turns == ["b"]


@given(
    share=st.sampled_from([0.1, 0.5, 1.0]),
    costs_s=st.lists(st.floats(0.0002, 0.02), min_size=1, max_size=12),
)
def test_those_who_flood_get_their_share_together_and_equal_numbers_of_turns(
    share: float, costs_s: list[float]
) -> None:
    turnstile, clock = make_turnstile(share)
    turns: Counter[int] = Counter()
    accounts = [turnstile.open() for _ in costs_s]

    def flood(number: int) -> None:
        turns[number] += 1
        clock.now_s += costs_s[number]
        accounts[number].charge(costs_s[number])
        turnstile.stand_in_line(lambda: flood(number))

    for number, account in enumerate(accounts):
        account.charge(2 * MAX_CREDIT_S)
        turnstile.stand_in_line(lambda number=number: flood(number))  # type: ignore[misc]
    began_s = clock.now_s
    clock.run(began_s + 10)
    worked_s = sum(turns[number] * cost_s for number, cost_s in enumerate(costs_s))
    spent_s = clock.now_s - began_s
    assert (
        worked_s <= (1 + CREDIT_PART) * share * spent_s + 2 * max(costs_s) + 4 * len(costs_s) * MAX_CREDIT_S
    )
    assert max(turns.values()) - min(turns.values()) <= 1
