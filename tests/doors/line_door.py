"""A door in less than a hundred lines: text lines in, raw PCM out, over a Unix socket."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

from tts_server import AdmissionLimits, Made, NotReadyError, Readiness, TTSServerError, Wish, choose

_NUMBERS = itertools.count(1)


class LineListener:
    """One client: its lines are spoken one after another, and a line that cannot be is answered in words."""

    admission = AdmissionLimits(max_inflight=4)

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connection_id = f"line-{next(_NUMBERS)}"
        self._reader, self._writer = reader, writer
        self._n_open = 0
        self._is_over = asyncio.Event()

    async def run(self, readiness: Readiness) -> None:
        try:
            ready = await readiness.wait()
            for number in itertools.count(1):
                line = (await self._reader.readline()).decode(errors="replace").strip()
                if not line:
                    break
                try:
                    request, _ = choose(line, Wish(), ready.info)
                    ready.service.submit(self, str(number), request)
                    self._n_open += 1
                except TTSServerError as error:
                    self._writer.write(f"! {error}\n".encode())
            while self._n_open:
                await self._is_over.wait()
                self._is_over.clear()
            await self._writer.drain()
        except NotReadyError as why:
            self._writer.write(f"! {why}\n".encode())
        finally:
            if (there := readiness.ready) is not None:
                there.service.forget(self)
            self._writer.close()

    def made(self, _response_id: str, made: Made) -> None:
        self._writer.write(made.pcm)

    def finished(self, _response_id: str) -> None:
        self._n_open -= 1
        self._is_over.set()

    def failed(self, response_id: str, error: TTSServerError) -> None:
        self._writer.write(f"! {error}\n".encode())
        self.finished(response_id)

    def released(self, response_id: str) -> None:
        self.finished(response_id)


class LineDoor:
    """A door; see the head of this file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, readiness: Readiness) -> None:
        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(LineListener(reader, writer).run(readiness))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._server = await asyncio.start_unix_server(serve, self._path)

    def stop_accepting(self) -> None:
        if self._server is not None:
            self._server.close()

    async def drain(self, timeout_s: float) -> None:
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=timeout_s)
            for task in late:
                task.cancel()
