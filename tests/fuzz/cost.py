"""Measures what messages cost whoever handles them, and says what is more than their lengths allow.

Theory of operation. A bound in seconds would be wrong on every other machine, so time is the thread's own
time on the processor, in multiples of what a piece of plain Python that is known to be linear takes for a
byte here. A single measurement means little beside other programs: whatever is over its bound is measured
again, beside the piece of Python, and the least of each counts. Memory is counted by ``tracemalloc`` from
before the message is made of its bytes, with the garbage collector off: what only the collector would free
is kept too, and told apart as garbage.
"""

from __future__ import annotations

import contextlib
import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

TIMES_REFERENCE: Final = 12
"""Time that a byte may take, in multiples of the reference's for one, about 50 ns: 160 ms for 256 KiB. The
worst messages known take 3, and processors differ; work with the square of the length takes hundreds."""

FREE_BYTES: Final = 4096
"""Bytes that each message may take the time of beside its own: the shortest have answers too."""

PEAK_BYTES_A_BYTE: Final = 80
"""Memory in use meanwhile for a byte of the message: lists in lists take 40, text with an emoji
takes 4 a character."""

FREE_PEAK_BYTES: Final = 1 << 20

KEPT_TIMES: Final = 4
"""Memory kept afterwards for a byte that the handler says it keeps: an event beside its message, and text of
four bytes a character."""

FLOOD_BYTES: Final = 4
"""Memory that a message may leave behind without being accounted for: less than a place in a list."""

N_FLOOD_ROUNDS: Final = 12

N_MORE_TRIES: Final = 5

_REFERENCE: Final = "[" + '{"":0},' * 9362 + "0]"


class Handler(Protocol):
    """What takes messages, one after the other."""

    @property
    def n_accounted_bytes(self) -> int:
        """Bytes that it says it keeps because of the messages so far."""

    def handle(self, message: bytes) -> None:
        """Take a message, and do all that follows from it."""


MakeHandler = Callable[[], Handler]


def reference_s_a_byte() -> float:
    """Measure the piece of Python that everything is compared with."""
    return _time_s(reference_work) / len(_REFERENCE)


def reference_work() -> None:
    """Make objects one by one: what is known to be linear."""
    _REFERENCE_DECODER.decode(_REFERENCE)


def _make_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    return dict(pairs)


_REFERENCE_DECODER: Final = json.JSONDecoder(object_pairs_hook=_make_object)


def _time_s(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def time_problems(make_handler: MakeHandler, messages: Sequence[bytes]) -> list[str]:
    """Handle messages in turn, and name the first that takes more time than its length allows."""
    with _no_collector():
        reference_s = min(reference_s_a_byte() for _ in range(3))
        suspects = [
            index
            for index, time_s in enumerate(_times_s(make_handler, messages))
            if time_s > _allowed_s(messages[index], reference_s)
        ]
        for index in suspects:
            message, best_s = messages[index], float("inf")
            for _ in range(N_MORE_TRIES):
                best_s = min(best_s, _times_s(make_handler, messages[: index + 1])[-1])
                reference_s = min(reference_s, reference_s_a_byte())
                if best_s <= _allowed_s(message, reference_s):
                    break
            else:
                allowed_s = _allowed_s(message, reference_s)
                took = f"took {best_s * 1000:.1f} ms, its length allows {allowed_s * 1000:.1f} ms"
                return [f"message {index} of {len(message)} bytes {took}: {shown(message)}"]
    return []


def _times_s(make_handler: MakeHandler, messages: Sequence[bytes]) -> list[float]:
    handler = make_handler()
    return [_time_s(lambda: handler.handle(message)) for message in messages]  # noqa: B023 - called at once


def _allowed_s(message: bytes, reference_s: float) -> float:
    return TIMES_REFERENCE * reference_s * (FREE_BYTES + len(message))


def memory_problems(
    make_handler: MakeHandler, messages: Sequence[bytes], *, free_kept_bytes: int = 1 << 19
) -> list[str]:
    """Handle messages in turn, and name those that took, or left behind, too much memory.

    Args:
        make_handler: Makes what handles them.
        messages: The messages; what is made of them lazily, once for a process, should be made before.
        free_kept_bytes: What may be kept beside what the handler says it keeps. The interpreter keeps some
            hundred kilobytes of objects of common sizes for the next one that is needed.
    """
    problems = []
    tracemalloc.start()
    try:
        with _no_collector():
            handler = make_handler()
            at_first, _ = tracemalloc.get_traced_memory()
            for index, message in enumerate(messages):
                before, _ = tracemalloc.get_traced_memory()
                tracemalloc.reset_peak()
                handler.handle(message)
                after, peak = tracemalloc.get_traced_memory()
                used, kept, accounted = peak - before, after - at_first, handler.n_accounted_bytes
                name = f"message {index} of {len(message)} bytes ({shown(message)})"
                if used > FREE_PEAK_BYTES + PEAK_BYTES_A_BYTE * len(message):
                    problems.append(f"{used} bytes were in use for {name}")
                if kept > free_kept_bytes + KEPT_TIMES * accounted:
                    problems.append(f"{kept} bytes are kept, {accounted} accounted for, after {name}")
                    break
            n_garbage = gc.collect()
            if n_garbage:
                problems.append(f"{n_garbage} objects are left to the garbage collector")
    finally:
        tracemalloc.stop()
    return problems


def flood_problems(make_handler: MakeHandler, message: bytes, *, n_times: int) -> list[str]:
    """Handle the same message many times over, and say whether it leaves anything behind each time.

    What is left behind each time is there after every round of so many; the interpreter's own stock of
    objects grows in the first of them.
    """
    tracemalloc.start()
    try:
        handler = make_handler()
        handler.handle(message)
        before, kept, accounted = _kept_bytes(handler), 0, 0
        for _ in range(N_FLOOD_ROUNDS):
            for _ in range(n_times):
                handler.handle(message)
            after = _kept_bytes(handler)
            kept, accounted = after[0] - before[0], after[1] - before[1]
            if kept <= FLOOD_BYTES * n_times + KEPT_TIMES * accounted:
                return []
            before = after
    finally:
        tracemalloc.stop()
    return [f"{kept} bytes are kept, {accounted} accounted for, of {n_times} times {shown(message)}"]


def _kept_bytes(handler: Handler) -> tuple[int, int]:
    gc.collect()
    return tracemalloc.get_traced_memory()[0], handler.n_accounted_bytes


def shown(message: bytes) -> str:
    """Show a message in a line."""
    text = message.decode("utf-8", "replace")
    return f"{text!a}" if len(text) <= 100 else f"{text[:60]!a}…{text[-30:]!a}"
