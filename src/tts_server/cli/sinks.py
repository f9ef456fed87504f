"""Where audio goes: a WAV file, a pipe, a player. Each writes on a thread of its own.

A pipe's reader may take its time, and a disk may; neither holds up the event loop, on which a server of our
own may be running. A thread that is stuck in a write to a pipe does not keep the process from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import queue
import re
import stat
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tts_server.audio.wav import WavWriter, wav_header
from tts_server.cli.streams import DescriptorWriter, was_closed
from tts_server.errors import ConfigError, TTSServerError
from tts_server.files.owned import open_existing
from tts_server.files.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Callable

STDOUT: Final = "-"

_NAMED_DESCRIPTORS: Final = {"/dev/stdout": 1, "/dev/stderr": 2}
_OPEN_DESCRIPTOR: Final = re.compile(r"/dev/(?:stdout|stderr|fd/(?P<number>\d{1,6}))")

MAX_QUEUED_BYTES: Final = 1 << 20
"""Audio that may wait for a slow writer, 22 s of it at 24 kHz, before whoever makes it has to wait."""

DISCARD_S: Final = 3.0
"""Longest wait for a writer that is told to give up: it may be stuck in a pipe that nobody opens."""


class _Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...


class OutputError(TTSServerError):
    """The audio could not be written where it should go."""


class Sink(ABC):
    """Takes the audio of one text: first ``open``, then ``write``, at the end ``finish`` or ``discard``."""

    def __init__(self) -> None:
        self._error: BaseException | None = None
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._n_put = self._n_taken = 0
        self._ended = asyncio.Event()
        self._has_room = asyncio.Event()
        self._is_discarded = False
        self._thread: threading.Thread | None = None

    def open(self, rate_hz: int) -> None:
        """Begin. What goes wrong is raised by a later call."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, args=(rate_hz,), name="audio-sink", daemon=True)
        self._thread.start()

    async def write(self, pcm: bytes) -> None:
        """Take int16 little-endian mono samples; wait while ``MAX_QUEUED_BYTES`` have not been written.

        Raises:
            OSError: What was taken before could not be written.
            OutputError: The same.
        """
        while self._n_put - self._n_taken > MAX_QUEUED_BYTES and not self._ended.is_set():
            self._has_room.clear()
            if self._n_put - self._n_taken > MAX_QUEUED_BYTES:
                await self._has_room.wait()
        if self._error is not None:
            raise self._error
        self._n_put += len(pcm)
        self._orders.put(pcm)

    async def failure(self) -> None:
        """Wait for ever, unless it fails.

        Raises:
            OSError: What was taken could not be written.
            OutputError: The same.
        """
        await self._ended.wait()
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()

    async def finish(self) -> None:
        """Wait until everything has been written.

        Raises:
            OSError: It could not be.
            OutputError: The same.
        """
        self._orders.put(None)
        await self._ended.wait()
        if self._error is not None:
            raise self._error

    async def discard(self) -> None:
        """Give up; nothing half done stays behind. Without effect after ``finish``, and before ``open``."""
        if self._thread is None or self._ended.is_set():
            return
        self._is_discarded = True
        self._orders.put(None)
        self._abort()
        if self._waits_for_thread:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), DISCARD_S)

    _waits_for_thread = True

    @abstractmethod
    def check(self) -> None:
        """Find out before any work is done whether this can succeed.

        Raises:
            ConfigError: It cannot.
        """

    @property
    @abstractmethod
    def description(self) -> str:
        """What it is, for the report; empty says nothing."""

    @abstractmethod
    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        """Write what ``parts`` gives until it gives None. Runs on the sink's thread."""

    def _abort(self) -> None:  # noqa: B027 - a file's write ends by itself
        """Make a write that is under way end soon."""

    def _run(self, rate_hz: int) -> None:
        try:
            self._write_all(rate_hz, self._next)
        except OSError as error:
            error.filename = error.filename or self.description or None
            self._error = error
        except OutputError as error:
            self._error = error
        # The loop is closed when the thread was not waited for.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._ended.set()
        self._has_room.set()

    def _next(self) -> bytes | None:
        part = self._orders.get()
        if part is None or self._is_discarded:
            return None
        was_full = self._n_put - self._n_taken > MAX_QUEUED_BYTES
        self._n_taken += len(part)
        if was_full:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._has_room.set)
        return part


def output_sink(path: str) -> Sink:
    """The sink for ``-o``: a file, or an open descriptor where the path names one."""
    if path == STDOUT:
        return OpenOutput(1)
    named = _OPEN_DESCRIPTOR.fullmatch(path)
    if named is not None:
        return OpenOutput(_NAMED_DESCRIPTORS.get(path) or int(named["number"]))
    return WavFile(path)


class WavFile(Sink):
    """A WAV file that appears at its path complete, or not at all.

    A path that is no regular file (a device, a named pipe) is written as it is.

    Args:
        path: Where it shall be.
    """

    def __init__(self, path: str) -> None:
        super().__init__()
        self._is_folders_name = path.endswith("/")
        self._path = Path(path)

    @property
    def description(self) -> str:
        """The path."""
        return str(self._path)

    def check(self) -> None:
        """Find out whether a file can be made there.

        Raises:
            ConfigError: It cannot.
        """
        path = self._path
        if self._is_folders_name or os.path.isdir(path):  # noqa: PTH112 - Path's raises for a long name
            raise ConfigError(f"cannot write {path}: it is a folder")
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise ConfigError(f"cannot write {path}: there is no folder {folder}")
        if os.path.lexists(path) and path.exists() and not os.access(path, os.W_OK):
            raise ConfigError(f"cannot write {path}: permission denied")
        if self._is_no_file():
            return
        try:
            # The only honest test of a folder: read-only file systems and quotas do not show in its mode.
            with replacing(path):
                pass
        except OSError as error:
            raise ConfigError(f"cannot write {path}: {error.strerror}") from error

    def _is_no_file(self) -> bool:
        return os.path.exists(self._path) and not self._path.is_file()  # noqa: PTH110 - as above

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        if self._is_no_file():
            with open_existing(self._path) as stream:
                stream_wav(DescriptorWriter(stream.fileno(), str(self._path)), rate_hz, parts)
            return
        with replacing(self._path) as replacement:
            with WavWriter(replacement.file, rate_hz) as wav:
                while (pcm := parts()) is not None:
                    wav.write(pcm)
            if not self._is_discarded:
                replacement.commit()


class OpenOutput(Sink):
    """A WAV stream into a descriptor that was open when the program began, such as standard output.

    The header says that the length is not known. Where the descriptor leads to a file, it is put right at the
    end, also when the speech ended early.

    Args:
        number: The descriptor's.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._waits_for_thread = False

    @property
    def description(self) -> str:
        """Nothing: whoever opened it knows."""
        return ""

    @property
    def _name(self) -> str:
        return {1: "standard output", 2: "standard error"}.get(self._number, f"descriptor {self._number}")

    def check(self) -> None:
        """Find out whether anything but a person reads it.

        Raises:
            ConfigError: It is closed, or a terminal.
        """
        try:
            os.fstat(self._number)
            is_open = not was_closed(self._number)
        except OSError:
            is_open = False
        if not is_open:
            raise ConfigError(f"-o: {self._name} is closed, so the audio cannot go there")
        if os.isatty(self._number):
            raise ConfigError("-o -: audio does not belong on a terminal; pipe it into a player or a file")
        self._waits_for_thread = _is_file(self._number)

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        descriptor = os.dup(self._number)
        try:
            writer = DescriptorWriter(descriptor, self._name)
            header = wav_header(rate_hz)
            writer.write(header)
            start = os.lseek(descriptor, 0, os.SEEK_CUR) - len(header) if _is_file(descriptor) else None
            n_bytes = 0
            try:
                while (pcm := parts()) is not None:
                    writer.write(pcm)
                    n_bytes += len(pcm)
            finally:
                if start is not None:
                    _overwrite(descriptor, start, wav_header(rate_hz, n_bytes // 2))
        finally:
            os.close(descriptor)


def _is_file(descriptor: int) -> bool:
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _overwrite(descriptor: int, offset: int, data: bytes) -> None:
    """Write at an offset and leave the descriptor's own where it is."""
    # With O_APPEND, Linux appends whatever the offset says.
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags & ~os.O_APPEND)
    try:
        os.pwrite(descriptor, data, offset)
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)


def stream_wav(stream: _Writable, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
    """Write a WAV stream of unknown length, each part as soon as it is there.

    Args:
        stream: Writes everything that it is given, without a buffer.
        rate_hz: Sample rate.
        parts: Gives what to write; None ends it.
    """
    stream.write(wav_header(rate_hz))
    while (pcm := parts()) is not None:
        stream.write(pcm)
