"""What waits for all readers is bounded, and one alone has its whole limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tts_server.doors.stream.unsent_share import UnsentShare
from tts_server.limits import Limits

LIMITS = Limits(max_unsent_bytes=1000, max_unsent_total_bytes=4000)


def test_few_readers_have_their_whole_limit() -> None:
    share = UnsentShare(LIMITS)
    assert [share.allowed(name, 1) for name in "abcd"] == [1000] * 4


def test_many_readers_share_what_may_wait_in_all() -> None:
    share = UnsentShare(LIMITS)
    for number in range(20):
        share.allowed(str(number), 1)
    assert share.allowed("0", 500) == 200
    for number in range(10, 20):
        share.forget(str(number))
    for number in range(5, 10):
        share.allowed(str(number), 0)
    assert share.allowed("0", 500) == 800


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_no_more_is_allowed_in_all_than_may_wait(looks: list[tuple[int, bool]]) -> None:
    share = UnsentShare(LIMITS)
    waiting: set[int] = set()
    for number, waits in looks:
        allowed = share.allowed(str(number), int(waits))
        waiting = waiting | {number} if waits else waiting - {number}
        assert allowed * max(len(waiting), 1) <= LIMITS.max_unsent_total_bytes
        assert 0 < allowed <= LIMITS.max_unsent_bytes
