"""Who takes the events of a response: code of the caller's, which may raise."""

from __future__ import annotations

import asyncio
from typing import Protocol

from tts_server.protocol import events as ev


class EventSink(Protocol):
    """Takes the events of one response, on the event loop's thread; must not block."""

    def put(self, event: ev.ServerEvent) -> None:
        """Take an event."""

    def fail(self, error: Exception) -> None:
        """Learn that no more events come."""


class Sinks:
    """The sinks of one connection, each under the number of its call.

    Args:
        loop: Is told of sinks that raise where nobody else can be.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._by_call: dict[int, EventSink] = {}

    def add(self, call: int, sink: EventSink | None) -> None:
        """Remember who listens, if anybody does."""
        if sink is not None:
            self._by_call[call] = sink

    def drop(self, call: int) -> None:
        """Forget who listens."""
        self._by_call.pop(call, None)

    def put(self, call: int, event: ev.ServerEvent) -> None:
        """Hand an event over; what the sink raises is raised."""
        self._by_call[call].put(event)

    def end(self, call: int, error: Exception | None) -> None:
        """Forget who listens, and tell why, where there is something to tell."""
        sink = self._by_call.pop(call, None)
        if sink is None or error is None:
            return
        try:
            sink.fail(error)
        except Exception as raised:  # noqa: BLE001 - the caller's own code; the others are to be told as well
            self._loop.call_exception_handler({"message": "a sink raised", "exception": raised})
