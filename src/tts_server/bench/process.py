"""Server processes that a benchmark starts, watches and ends."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tts_server.errors import ConnectFailedError
from tts_server.files.owned import TemporaryFolder

START_TIMEOUT_S = 900.0
"""Longest wait for a server's socket: a first start prepares the model."""


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """What a process has used so far, as Linux counts it; zeros elsewhere."""

    cpu_s: float
    resident_bytes: int
    peak_resident_bytes: int
    n_threads: int
    n_files: int


def usage_of(pid: int) -> ProcessUsage:
    """Read a process's CPU time, memory, threads and open files from ``/proc``."""
    folder = Path(f"/proc/{pid}")
    if not folder.exists():
        return ProcessUsage(0.0, 0, 0, 0, 0)
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    return ProcessUsage(
        cpu_s=ticks / os.sysconf("SC_CLK_TCK"),
        resident_bytes=int(status["VmRSS"].split()[0]) * 1024,
        peak_resident_bytes=int(status["VmHWM"].split()[0]) * 1024,
        n_threads=int(status["Threads"]),
        n_files=len(list((folder / "fd").iterdir())),
    )


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server process and the socket on which it answers."""

    pid: int
    socket_path: str

    async def usage(self) -> ProcessUsage:
        """What the server has used so far."""
        return await asyncio.to_thread(usage_of, self.pid)


@contextlib.asynccontextmanager
async def temporary_folder(prefix: str) -> AsyncIterator[Path]:
    """A new folder that is gone afterwards; the disk is not waited for on the event loop."""
    folder = await asyncio.to_thread(TemporaryFolder, prefix)
    try:
        yield folder.path
    finally:
        await asyncio.to_thread(folder.remove)


@contextlib.contextmanager
def killed_at_exit(process: asyncio.subprocess.Process) -> Iterator[None]:
    """Kill a process when the program ends within the block without leaving it."""
    killing = atexit.register(partial(_kill, process.pid))
    try:
        yield
    finally:
        atexit.unregister(killing)


def _kill(pid: int) -> None:
    # It may have ended by itself.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def _until_it_listens(process: asyncio.subprocess.Process, socket_path: Path) -> None:
    while not await asyncio.to_thread(socket_path.exists):
        if process.returncode is not None:
            raise ConnectFailedError(f"the server ended with status {process.returncode} before it was ready")
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def running_server(
    arguments: Sequence[str], *, log_path: Path | None = None
) -> AsyncIterator[RunningServer]:
    """Run ``tts-server serve`` with these arguments on a temporary Unix socket, and end it afterwards.

    Args:
        arguments: Further flags.
        log_path: File for its log; None leaves it on standard error.

    Raises:
        ConnectFailedError: It ended before it listened, or did not listen in time.
    """
    async with temporary_folder("tts-bench-") as folder:
        socket_path = folder / "tts.sock"
        log = None if log_path is None else await asyncio.to_thread(log_path.open, "wb")
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tts_server", "serve", "--socket-path", str(socket_path), *arguments),
                stderr=log,
            )
        finally:
            if log is not None:
                log.close()
        with killed_at_exit(process):
            try:
                try:
                    await asyncio.wait_for(_until_it_listens(process, socket_path), START_TIMEOUT_S)
                except TimeoutError as error:
                    raise ConnectFailedError(
                        f"the server did not listen within {START_TIMEOUT_S:.0f} s"
                    ) from error
                yield RunningServer(process.pid, str(socket_path))
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                    try:
                        await asyncio.wait_for(process.wait(), 20)
                    except TimeoutError:
                        process.kill()
                        await process.wait()
