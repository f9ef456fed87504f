"""The engines of a server: their threads, from the load to the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from tts_server.backends.base import LoadCancelled
from tts_server.errors import ModelError, TTSServerError
from tts_server.service.worker import BatchEnded, EngineWorker, LoadEnded, LoadProgressed, Stopped

if TYPE_CHECKING:
    from tts_server.backends.base import Model, ProgressCallback
    from tts_server.service.worker import EngineEvent

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

ENGINE_STOP_S: Final = 5.0
"""Longest wait for the engines' threads to end, at a stop and when a load is called off. A step takes about
0.1 s; an import of a large package some seconds."""

BatchCallback = Callable[[EngineWorker, BatchEnded], None]


def count_engines(model: Model, n_engines: int | None) -> int:
    """Settle how many engines of a model there will be, and tell it so before it is loaded.

    Args:
        model: Not loaded.
        n_engines: How many; None is what the backend advises for the processors of this process.

    Raises:
        ConfigError: So many cannot work side by side.
    """
    if n_engines is None:
        # Fewer than ``os.cpu_count`` where a container or ``taskset`` grants fewer; macOS cannot say.
        n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        n_engines, reason = model.advise_engines(n_cores)
        logger.info("%d %s: %s", n_engines, "engine" if n_engines == 1 else "engines", reason)
    model.reserve_engines(n_engines)
    return n_engines


class Engines:
    """A worker for each engine of a model. Everything but ``progress`` runs on the event loop's thread.

    Args:
        model: Not loaded, and told of the engines.
        n_engines: How many.
        progress: Called with the progress of the load, on the first engine's thread.
    """

    def __init__(self, model: Model, n_engines: int, progress: ProgressCallback | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._name = model.name
        self.on_batch: BatchCallback
        """Called with what came of a step; to be set before any is ordered."""
        self._progress = progress
        self._loaded: asyncio.Future[None] = self._loop.create_future()
        self._ended: list[asyncio.Event] = []
        self._is_stopped = False
        self.workers: list[EngineWorker] = []
        for number in range(n_engines):
            worker = EngineWorker(
                model,
                partial(self._deliver, number),
                name=f"engine-{number}",
                first=self.workers[0] if self.workers else None,
            )
            self._ended.append(asyncio.Event())
            self.workers.append(worker)

    @property
    def is_running(self) -> bool:
        """Whether a thread runs; after ``stop`` that means that a native call did not return."""
        return any(worker.is_alive for worker in self.workers)

    async def load(self) -> None:
        """Load the model and make its engines, one after the other.

        Cancelling it leaves a load that goes on; ``stop`` calls it off, and cancels whoever still waits.

        Raises:
            ModelError: The model cannot be loaded. Another error of this package's is let through.
        """
        for worker in self.workers:
            self._loaded = self._loop.create_future()
            await in_thread(worker.start)
            await self._loaded
            if self._is_stopped:
                raise asyncio.CancelledError

    async def stop(self) -> None:
        """End the threads, for at most ``ENGINE_STOP_S``."""
        self._is_stopped = True
        started = [pair for pair in zip(self.workers, self._ended, strict=True) if pair[0].is_alive]
        for worker, _ in started:
            worker.stop()
        try:
            async with asyncio.timeout(ENGINE_STOP_S):
                for _, ended in started:
                    await ended.wait()
        except TimeoutError:
            logger.error("the engine has not ended within %g s", ENGINE_STOP_S)  # noqa: TRY400
            return
        for worker, _ in started:
            await asyncio.to_thread(worker.join, ENGINE_STOP_S)

    def _deliver(self, number: int, event: EngineEvent) -> None:
        """Runs on the engine's thread."""
        if isinstance(event, LoadProgressed):
            if self._progress is not None:
                self._progress(event.stage, event.fraction)
            return
        # The loop is closed when an engine that was given up on returns at last.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, number, event)

    def _take(self, number: int, event: EngineEvent) -> None:
        if isinstance(event, BatchEnded):
            self.on_batch(self.workers[number], event)
        elif isinstance(event, Stopped):
            self._ended[number].set()
            # One that was stopped before its load began tells of no other end of it.
            self._loaded.cancel()
        elif isinstance(event, LoadEnded) and not self._loaded.done():
            self._end_load(event.error)

    def _end_load(self, error: BaseException | None) -> None:
        if error is None:
            self._loaded.set_result(None)
        elif isinstance(error, LoadCancelled):
            self._loaded.cancel()
        elif isinstance(error, TTSServerError):
            self._loaded.set_exception(error)
        else:
            logger.error("the %s backend failed to load", self._name, exc_info=error)
            self._loaded.set_exception(ModelError(f"the {self._name} backend failed to load"))


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run what blocks for a moment on a thread, and to its end even when the wait for it is cancelled."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        if not work.cancelled() and (error := work.exception()) is not None:
            logger.debug("failed after it was called off: %s", error)
        raise
