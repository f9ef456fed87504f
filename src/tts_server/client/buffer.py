"""The server's text buffer, shared so that each text is its own.

Theory of operation. A connection has one buffer, and a commit speaks whatever stands in it. The caller's text
may stay there between calls; a stream's piece is appended and committed in one go, with nothing between. One
lock keeps these apart. While a stream runs, the caller's text waits here and goes out with the caller's
commit. Whatever ends a stream's commit but success is followed by a clear, so that nothing stays behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from tts_server.client.responses import EventSink
from tts_server.errors import LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev

PIECE_MARK = "t"
"""Stands behind the ``event_id`` of a piece's commit in that of its append, so that a refusal of the text is
known even after the commit was given up."""


class Wire(Protocol):
    """What the buffer needs of the connection."""

    async def send(self, event: ev.ClientEvent, *, timeout_s: float | None = None) -> None:
        """Send an event."""

    def send_soon(self, event: ev.ClientEvent) -> None:
        """Send an event before any that is sent later; its answer is dropped."""

    async def request(
        self, event: ev.ClientEvent, *, sink: EventSink | None = None, timeout_s: float | None = None
    ) -> ev.ServerEvent:
        """Send an event and wait for its answer."""


class TextBuffer:
    """What of the caller's text is in the server's buffer, and what waits to go there.

    Args:
        wire: The connection.
        next_id: Makes an ``event_id``.
    """

    def __init__(self, wire: Wire, next_id: Callable[[], str]) -> None:
        self._wire = wire
        self._next_id = next_id
        self._lock = asyncio.Lock()
        self._sent: dict[str, str] = {}
        self._held: list[str] = []
        self._error: RequestRefusedError | None = None
        self._piece_id: str | None = None
        self._piece_error: RequestRefusedError | None = None

    @property
    def n_chars(self) -> int:
        """Characters of the caller's that were not committed."""
        return sum(map(len, self._sent.values())) + sum(map(len, self._held))

    async def append(self, text: str, *, hold: Callable[[], bool], timeout_s: float | None) -> None:
        """Add the caller's text.

        Args:
            text: What to add.
            hold: Tells whether it waits here, since a stream has the server's buffer.
            timeout_s: Longest time to send it.

        Raises:
            AnswerTimeoutError: The server does not take what is sent.
            ConnectionLostError: The connection has ended.
        """
        if not (hold() or self._held):
            async with self._lock:
                # A stream may have begun while the lock was waited for.
                if not (hold() or self._held):
                    await self._append(text, timeout_s)
                    return
        self._held.append(text)

    async def commit(
        self,
        event: ev.CommitText,
        *,
        sink: EventSink | None,
        hold: Callable[[], bool],
        timeout_s: float | None,
    ) -> ev.ServerEvent:
        """Commit the caller's text. Refused text stays; after any other failure the buffer is empty.

        Args:
            event: The commit, with an ``event_id``.
            sink: Takes the response's events.
            hold: Tells whether a stream has the server's buffer.
            timeout_s: Longest wait for the answer.

        Raises:
            RequestRefusedError: The server did not accept it, or not all of the text before it.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        async with self._lock:
            try:
                held, self._held = "".join(self._held), []
                if held:
                    await self._append(held, timeout_s)
                answer = await self._wire.request(event, sink=sink, timeout_s=timeout_s)
            except RequestRefusedError:
                if hold() and self._sent:
                    self._held.insert(0, "".join(self._sent.values()))
                    self._forget()
                    self._clear_soon()
                raise
            except BaseException:
                self._forget()
                self._clear_soon()
                raise
            self._forget()
            return answer

    async def speak(
        self, text: str, event: ev.CommitText, *, sink: EventSink, timeout_s: float | None
    ) -> ev.ServerEvent:
        """Append and commit a stream's piece, with nothing of anybody else's in it.

        Raises:
            LocalProtocolError: The caller's text is in the server's buffer.
            RequestRefusedError: The server did not accept it.
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        async with self._lock:
            if self._sent:
                message = "commit or clear the text that was appended before synthesizing more"
                raise LocalProtocolError(message)
            self._piece_id, self._piece_error = f"{event.event_id}{PIECE_MARK}", None
            try:
                await self._wire.send(ev.AppendText(text, event_id=self._piece_id), timeout_s=timeout_s)
                return await self._wire.request(event, sink=sink, timeout_s=timeout_s)
            except BaseException:
                self._clear_soon()
                raise
            finally:
                self._piece_id = self._piece_error = None

    async def clear(self, event: ev.ClearText, *, timeout_s: float | None) -> ev.ServerEvent:
        """Empty the buffer of the caller's text.

        Raises:
            AnswerTimeoutError: No answer came in time.
            ConnectionLostError: The connection ended first.
        """
        async with self._lock:
            self._held.clear()
            self._forget()
            return await self._wire.request(event, timeout_s=timeout_s)

    def refused(self, event_id: str | None, error: RequestRefusedError) -> bool:
        """Learn that the server refused an event; True where it was text of this buffer's."""
        if event_id is not None and event_id == self._piece_id:
            self._piece_error = error
            return True
        if event_id in self._sent:
            del self._sent[event_id]
            self._error = error
            return True
        return False

    def take_error(self) -> RequestRefusedError | None:
        """Why nothing is to be spoken of the commit that is answered now: part of its text is missing."""
        if self._piece_id is not None:
            return self._piece_error
        error, self._error = self._error, None
        return error

    async def _append(self, text: str, timeout_s: float | None) -> None:
        event_id = self._next_id()
        self._sent[event_id] = text
        await self._wire.send(ev.AppendText(text, event_id=event_id), timeout_s=timeout_s)

    def _forget(self) -> None:
        self._sent.clear()
        self._error = None

    def _clear_soon(self) -> None:
        self._wire.send_soon(ev.ClearText(self._next_id()))
