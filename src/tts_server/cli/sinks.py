"""Where audio goes: a WAV file, a pipe, a player. Each writes on a thread of its own.

A pipe's reader may take its time, and a disk may; neither holds up the event loop, on which a server of our
own may be running. A thread that is stuck in a write to a pipe does not keep the process from ending.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import stat
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tts_server.audio.wav import WavWriter, wav_header
from tts_server.errors import ConfigError, TTSServerError

if TYPE_CHECKING:
    from collections.abc import Callable

STDOUT: Final = "-"


class _Writable(Protocol):
    def write(self, data: bytes, /) -> object: ...

    def flush(self) -> object: ...


class OutputError(TTSServerError):
    """The audio could not be written where it should go."""


class Sink(ABC):
    """Takes the audio of one text: first ``open``, then ``write``, at the end ``finish`` or ``discard``."""

    def open(self, rate_hz: int) -> None:
        """Begin. ``write`` returns at once; what goes wrong is raised by the next call."""
        self._error: BaseException | None = None
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._is_discarded = False
        self._thread = threading.Thread(target=self._run, args=(rate_hz,), name="audio-sink", daemon=True)
        self._thread.start()

    def write(self, pcm: bytes) -> None:
        """Take int16 little-endian mono samples.

        Raises:
            OSError: What was taken before could not be written.
        """
        if self._error is not None:
            raise self._error
        self._orders.put(pcm)

    async def finish(self) -> None:
        """Wait until everything has been written.

        Raises:
            OSError: It could not be.
        """
        self._orders.put(None)
        await self._ended.wait()
        if self._error is not None:
            raise self._error

    async def discard(self) -> None:
        """Give up; nothing half done stays behind. Without effect after ``finish``, and before ``open``."""
        if not hasattr(self, "_thread") or self._ended.is_set():
            return
        self._is_discarded = True
        self._orders.put(None)
        self._abort()
        if self._waits_for_thread:
            await self._ended.wait()

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
        except (OSError, OutputError) as error:
            self._error = error
        # The loop is closed when the thread was not waited for.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended.set)

    def _next(self) -> bytes | None:
        part = self._orders.get()
        return None if self._is_discarded else part


class WavFile(Sink):
    """A WAV file that appears at its path complete, or not at all.

    A path that is no regular file (a device, a named pipe) is written as it is.

    Args:
        path: Where it shall be.
    """

    def __init__(self, path: str) -> None:
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
        if path.is_dir():
            raise ConfigError(f"cannot write {path}: it is a folder")
        folder = _real(path).parent
        if not folder.is_dir():
            raise ConfigError(f"cannot write {path}: there is no folder {folder}")
        if path.exists():
            if not os.access(path, os.W_OK):
                raise ConfigError(f"cannot write {path}: permission denied")
            if not path.is_file():
                return
        try:
            # The only honest test of a folder: read-only file systems and quotas do not show in its mode.
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise ConfigError(f"cannot write {path}: {error.strerror}") from error

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        if self._path.exists() and not self._path.is_file():
            with self._path.open("wb", buffering=0) as stream:
                stream_wav(stream, rate_hz, parts)
            return
        target = _real(self._path)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                with WavWriter(file, rate_hz) as wav:
                    while (pcm := parts()) is not None:
                        wav.write(pcm)
                os.fchmod(file.fileno(), _mode_for(target))
            if not self._is_discarded:
                Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)


class StandardOutput(Sink):
    """A WAV stream on standard output; its header says that the length is not known."""

    _waits_for_thread = False

    @property
    def description(self) -> str:
        """Nothing: whoever piped it knows."""
        return ""

    def check(self) -> None:
        """Find out whether anything but a person reads it.

        Raises:
            ConfigError: It is a terminal.
        """
        if sys.stdout.isatty():
            raise ConfigError("-o -: audio does not belong on a terminal; pipe it into a player or a file")

    def _write_all(self, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) as stream:
            stream_wav(stream, rate_hz, parts)


def stream_wav(stream: _Writable, rate_hz: int, parts: Callable[[], bytes | None]) -> None:
    """Write a WAV stream of unknown length, each part as soon as it is there."""
    stream.write(wav_header(rate_hz))
    while (pcm := parts()) is not None:
        stream.write(pcm)
        stream.flush()


def _real(path: Path) -> Path:
    """Where the file itself is, so that a link is followed rather than replaced."""
    return Path(os.path.realpath(path))


def _mode_for(target: Path) -> int:
    """The mode of the file that is replaced, or of a new one."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask
