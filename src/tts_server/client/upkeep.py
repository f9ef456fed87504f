"""Keeps one connection to a server: opens it, opens it anew, and says who may use it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass

from tts_server.client.backoff import Backoff, RetryPolicy
from tts_server.client.link import Link
from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectFailedError, LocalProtocolError
from tts_server.protocol import events as ev

FORKED = "this client belongs to process {pid}, of which this one is a fork; make a new client"


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How a connection is opened and used; see ``TTSClient``."""

    endpoint: Endpoint
    auth_token: str | None
    connect_timeout_s: float | None
    request_timeout_s: float | None
    silence_timeout_s: float | None
    reconnect: RetryPolicy
    on_message: Callable[[str | bytes], None] | None


class Upkeep:
    """The connection of one client."""

    def __init__(self, options: LinkOptions) -> None:
        self._options = options
        self._link: Link | None = None
        self._update: ev.UpdateSession | None = None
        self._is_held = False
        self._closing = asyncio.Event()
        self._connecting = asyncio.Lock()
        self._pid = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        """The event loop of the connection."""
        self._tried_on: asyncio.AbstractEventLoop | None = None

    @property
    def link(self) -> Link:
        """The connection, open or not.

        Raises:
            LocalProtocolError: The client has not been connected yet.
        """
        if self._link is None:
            raise LocalProtocolError(
                "the client is not connected; use 'async with TTSClient(...)' or connect()"
            )
        return self._link

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection on which requests can be made."""
        return self._is_ours and self._link is not None and self._link.is_open

    def check_usable(self) -> None:
        """Refuse a process or an event loop that the connection does not belong to.

        Raises:
            LocalProtocolError: This is another process, or another event loop.
        """
        if not self._is_ours:
            raise LocalProtocolError(FORKED.format(pid=self._pid))
        if self._loop is not None and self._loop is not _running_loop():
            raise LocalProtocolError("this client belongs to another event loop; make one for each")

    async def connect(self) -> ev.Hello:
        """Connect and wait for ``server.hello``. Does nothing on a connection that is open.

        Raises:
            ConnectFailedError: Nobody answers, or the answer was no.
            LocalProtocolError: The client was closed.
        """
        self.check_usable()
        self._settle()
        async with self._connecting:
            if self._link is None or not self._link.is_open:
                await self._replace(await self._open())
            return self.link.hello

    async def ready(self) -> Link:
        """The open connection; a lost one is replaced where that was asked for.

        One that ended since the caller's own code raised is not: the error is the caller's to see.

        Raises:
            ConnectionLostError: The connection has ended, and a new one was not asked for.
            ConnectFailedError: There was no new connection to be had.
            LocalProtocolError: The client was never connected, was closed, or belongs to somebody else.
        """
        self.check_usable()
        link = self.link
        if link.is_open:
            return link
        if not self._options.reconnect.max_tries or self._closing.is_set() or link.is_broken_by_callback:
            link.check_open()
        async with self._connecting:
            if not self.link.is_open:
                await self._replace(await self._open_again())
            return self.link

    async def close(self) -> None:
        """Close the connection. In a forked process, and where its event loop is gone, nothing is touched."""
        if self._is_ours:
            self._closing.set()
        if not self._is_ours or (self._loop is not None and self._loop.is_closed()):
            return
        self.check_usable()
        if self._link is not None:
            await self._link.close()

    def remember(self, event: ev.UpdateSession) -> None:
        """Set what ``event`` set again on every connection that is opened anew."""
        self._update = _merged(self._update, event)

    def hold(self, is_held: bool) -> None:
        """Say, to every connection, whether a stream speaks or is about to."""
        self._is_held = is_held
        if self._link is not None:
            self._link.hold(is_held)

    def _settle(self) -> None:
        """Belong to the running event loop, unless there was a connection on another one."""
        loop = asyncio.get_running_loop()
        if self._loop is None and self._tried_on is not loop:
            self._tried_on = loop
            was_closed = self._closing.is_set()
            self._connecting, self._closing = asyncio.Lock(), asyncio.Event()
            if was_closed:
                self._closing.set()

    @property
    def _is_ours(self) -> bool:
        """Whether this is the process that the connection was opened in, if any was."""
        return self._loop is None or os.getpid() == self._pid

    async def _replace(self, link: Link) -> None:
        old, self._link = self._link, link
        link.hold(self._is_held)
        self._loop, self._pid = asyncio.get_running_loop(), os.getpid()
        if old is not None:
            await old.close()

    async def _open(self) -> Link:
        self._check_not_closed()
        options = self._options
        opening = asyncio.create_task(
            Link.open(
                options.endpoint,
                auth_token=options.auth_token,
                timeout_s=options.connect_timeout_s,
                silence_timeout_s=options.silence_timeout_s,
                on_message=options.on_message,
            )
        )
        closing = asyncio.create_task(self._closing.wait())
        is_wanted = False
        try:
            await asyncio.wait([opening, closing], return_when=asyncio.FIRST_COMPLETED)
            self._check_not_closed()
            is_wanted = True
            return opening.result()
        finally:
            closing.cancel()
            if not is_wanted:
                await _call_off(opening)

    async def pause(self, delay_s: float) -> None:
        """Wait, but not longer than the client is open.

        Raises:
            LocalProtocolError: The client was closed.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._closing.wait()
        self._check_not_closed()

    async def _open_again(self) -> Link:
        """Open a connection with the session's configuration, in several tries."""
        backoff = Backoff(self._options.reconnect)
        link: Link | None = None
        while link is None:
            try:
                link = await self._open()
            except ConnectFailedError as error:
                delay_s = None if error.code == "unauthorized" else backoff.next_delay_s()
                if delay_s is None:
                    raise
                await self.pause(delay_s)
        if self._update is not None:
            update = ev.UpdateSession(
                link.next_id(),
                voice=self._update.voice,
                language=self._update.language,
                model=self._update.model,
                extras=self._update.extras,
            )
            try:
                await link.request(update, timeout_s=self._options.request_timeout_s)
            except BaseException:
                await link.close()
                raise
        return link

    def _check_not_closed(self) -> None:
        if self._closing.is_set():
            raise LocalProtocolError("the client is closed")


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


async def _call_off(opening: asyncio.Task[Link]) -> None:
    """End an attempt to connect that nobody waits for, even where it has just succeeded."""
    opening.cancel()
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()


def _merged(before: ev.UpdateSession | None, update: ev.UpdateSession) -> ev.UpdateSession:
    if before is None:
        return update
    return ev.UpdateSession(
        voice=update.voice if update.voice is not None else before.voice,
        language=update.language if update.language is not None else before.language,
        model=update.model if update.model is not None else before.model,
        extras={**(before.extras or {}), **(update.extras or {})} or None,
    )
