"""Standard input as text to be spoken: read when it is wanted, and given on when it pauses.

Theory of operation. A read from a terminal or a pipe cannot be called off, so a thread that nobody waits for
does it; it reads one block when it is asked for one, so that what comes in faster than it is spoken waits
where it comes from. Text is handed out in *passages*: one ends where the input pauses behind a sentence or a
line that is complete. Within a passage the cuts are the client's.
"""

from __future__ import annotations

import asyncio
import codecs
import errno
import os
import queue
import re
import select
import sys
import threading
from typing import TYPE_CHECKING, Final

from tts_server.cli.output import tell
from tts_server.cli.streams import STDIN, was_closed
from tts_server.errors import ConfigError, TTSServerError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

BLOCK_BYTES: Final = 1 << 14

PAUSE_S: Final = 0.3
"""An input from which nothing has come for so long pauses; a program that writes line by line is faster."""

_COMPLETE: Final = re.compile(r"(?:[.!?…。！？｡．।॥؟۔][\"'”’)\]}»›」』】]*\s*|\n\s*)\Z")
"""The end of a complete sentence or line."""

_MAX_END_CHARS: Final = 200


class InputError(TTSServerError):
    """Standard input could not be read to its end."""


class StandardInput:
    """Reads standard input as UTF-8; what is not is read as U+FFFD, and said once."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._strict = codecs.getincrementaldecoder("utf-8-sig")()
        self._wanted: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._blocks: asyncio.Queue[bytes | OSError] = asyncio.Queue()
        self._next: asyncio.Task[str] | None = None
        self._has_ended = False
        self._was_told = False

    @staticmethod
    def check() -> None:
        """Find out before any work is done whether there is something to read.

        Raises:
            ConfigError: There is not.
        """
        if was_closed(STDIN):
            raise ConfigError("there is nothing to say: standard input is closed")

    async def passages(self) -> AsyncGenerator[AsyncGenerator[str, None], None]:
        """Yield one passage after the other, each to be read to its end.

        Raises:
            ConfigError: At the end: there was nothing but white space.
            InputError: It cannot be read.
        """
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="standard-input", daemon=True).start()
        is_empty = True
        try:
            while (begin := await self._beginning()) is not None:
                is_empty = False
                yield self._passage(begin)
        finally:
            if self._next is not None:
                self._next.cancel()
        if is_empty:
            raise ConfigError("there is nothing to say: standard input holds no text")

    async def _beginning(self) -> str | None:
        """Skip white space; return the first text behind it, None at the end."""
        while not self._has_ended:
            if (part := await self._part()).strip():
                return part
        return None

    async def _passage(self, text: str) -> AsyncGenerator[str, None]:
        end = ""
        while True:
            yield text
            if self._has_ended:
                return
            end = (end + text)[-_MAX_END_CHARS:]
            coming = self._ask()
            if _COMPLETE.search(end) and not (await asyncio.wait([coming], timeout=PAUSE_S))[0]:
                return
            text = await self._part()

    def _ask(self) -> asyncio.Task[str]:
        if self._next is None:
            self._next = asyncio.create_task(self._take())
        return self._next

    async def _part(self) -> str:
        """The next text. Cancelling it loses nothing but what is never asked for again."""
        part = await self._ask()
        self._next = None
        return part

    async def _take(self) -> str:
        self._wanted.put(None)
        block = await self._blocks.get()
        if isinstance(block, OSError):
            raise InputError(f"standard input cannot be read: {block.strerror or block}") from block
        self._has_ended = not block
        self._look_for_garbage(block)
        # The one character that no server takes, and that some programs end their lines with.
        return self._decoder.decode(block, final=self._has_ended).replace("\0", " ")

    def _look_for_garbage(self, block: bytes) -> None:
        if self._was_told:
            return
        try:
            self._strict.decode(block, final=not block)
        except UnicodeDecodeError:
            self._was_told = True
            tell("warning: standard input is not UTF-8 throughout; what cannot be read is replaced")

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read a block whenever one is wanted. Runs on a thread of its own."""
        block: bytes | OSError = b" "
        while block and not isinstance(block, OSError):
            self._wanted.get()
            try:
                block = _read_block(sys.stdin.fileno())
            except OSError as error:
                block = error
            try:
                loop.call_soon_threadsafe(self._blocks.put_nowait, block)
            except RuntimeError:
                # The loop is closed: nobody waits for it any more.
                return


def _read_block(descriptor: int) -> bytes:
    """Read what is there, and wait for it also where the descriptor does not block."""
    while True:
        try:
            return os.read(descriptor, BLOCK_BYTES)
        except BlockingIOError:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            poll.poll()
        except OSError as error:
            if error.errno == errno.EIO and os.isatty(descriptor):
                # A terminal that has been hung up, or whose foreground is somebody else's.
                return b""
            raise
