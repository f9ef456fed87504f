"""Waits between tries."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tts_server.client.backoff import Backoff, RetryPolicy

POLICIES = st.builds(
    RetryPolicy,
    max_tries=st.integers(0, 20),
    first_delay_s=st.floats(0.001, 2),
    max_delay_s=st.floats(2, 60),
)


@given(POLICIES, st.integers())
def test_waits_double_up_to_the_longest_and_then_end(policy: RetryPolicy, seed: int) -> None:
    backoff = Backoff(policy, random.Random(seed))
    delays = []
    while (delay_s := backoff.next_delay_s()) is not None:
        delays.append(delay_s)
    assert len(delays) == policy.max_tries
    for n, delay_s in enumerate(delays):
        own_s = min(policy.max_delay_s, policy.first_delay_s * 2**n)
        assert own_s <= delay_s <= own_s * 1.25


@given(POLICIES.filter(lambda p: p.max_tries > 0), st.integers(0, 10**6))
def test_server_is_never_asked_before_it_said_to_come_back(policy: RetryPolicy, retry_after_ms: int) -> None:
    delay_s = Backoff(policy).next_delay_s(retry_after_ms)
    assert delay_s is not None
    assert delay_s >= retry_after_ms / 1000


def test_chance_keeps_clients_apart() -> None:
    policy = RetryPolicy(max_tries=1)
    assert len({Backoff(policy, random.Random(seed)).next_delay_s() for seed in range(20)}) == 20


def test_any_number_of_tries_has_its_waits() -> None:
    backoff = Backoff(RetryPolicy(max_tries=2_000))
    assert sum(1 for _ in iter(backoff.next_delay_s, None)) == 2_000


@given(POLICIES, st.none() | st.integers(0, 10**400))
def test_wait_beyond_a_minute_is_too_long_however_long_it_is(
    policy: RetryPolicy, retry_after_ms: int | None
) -> None:
    assert Backoff(policy).is_too_long(retry_after_ms) == (
        retry_after_ms is not None and retry_after_ms > 60_000
    )
