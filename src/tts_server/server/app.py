"""The server: its engine, its listener and its connections, from the first instant to the last.

The address is claimed before the model is loaded, so that a second server is told at once that it is one
too many, and so that a probe can tell a server that is loading from one that is dead: while it loads, a
connection is accepted and kept, and gets its ``server.hello`` when the model is ready. A client that is
started together with the server has nothing to do but wait.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from tts_server.backends.registry import create_backend
from tts_server.doors.pages import Health
from tts_server.doors.seats import Seats
from tts_server.doors.stream.driver import CLOSE_TIMEOUT_S, ConnectionDriver
from tts_server.doors.stream.pace import wire_bytes_per_s
from tts_server.doors.stream.unsent_share import UnsentShare
from tts_server.doors.stream.websocket import Listener, ListenerStats, listen
from tts_server.errors import ConfigError, EndpointError, ModelError, TTSServerError
from tts_server.quiet_log import QuietLog
from tts_server.scheduling.scheduler import AdmissionLimits, Scheduler, SchedulingPolicy
from tts_server.server.descriptors import within_descriptors
from tts_server.server.listening import listener_options
from tts_server.server.unix_socket import UnixSocket, claim
from tts_server.service.engines import Engines, engine_backends, in_thread
from tts_server.service.service import STEP_TIMEOUT_S, SpeechService
from tts_server.service.stats import ServiceStats
from tts_server.session.machine import SessionMachine
from tts_server.speech.capabilities import AudioFormat, BackendInfo
from tts_server.speech.service import ServiceInfo

if TYPE_CHECKING:
    from types import TracebackType

    from tts_server.backends.base import Backend, ProgressCallback
    from tts_server.config.server import ServerConfig
    from tts_server.doors.stream.connection import Connection
    from tts_server.endpoint import Endpoint
    from tts_server.service.worker import EngineWorker, StepEnded

logger = logging.getLogger(__name__)

REPORT_INTERVAL_S: Final = 60.0
"""How often a server that works says in the log how it is."""

TRY_AGAIN_LATER: Final = 1013
GOING_AWAY: Final = 1001
INTERNAL_ERROR: Final = 1011


class Server:
    """A speech server, to be used as an async context manager.

    Entering it claims the address, loads the model and listens; leaving it stops accepting, lets what is
    being spoken end for at most ``limits.drain_s``, and closes everything. Cancelling the entry calls the
    load off.

    Args:
        config: Everything that it needs to know.
        backend: A backend in place of the one that ``config`` names; not loaded yet.
        progress: Called with the progress of the load, on the engine's thread.
        policy: How steps are given out and what is admitted, in place of what ``config`` says.
        step_timeout_s: A step of the engine that takes longer makes it stuck.

    Raises:
        ConfigError: The backend or one of its options is not accepted.
        EndpointError: The address cannot be listened on.
        ModelError: The model cannot be loaded. Like the others, from entering.
    """

    def __init__(
        self,
        config: ServerConfig,
        backend: Backend | None = None,
        *,
        progress: ProgressCallback | None = None,
        policy: SchedulingPolicy | None = None,
        step_timeout_s: float = STEP_TIMEOUT_S,
    ) -> None:
        self._config = config
        self._backend = backend
        self._progress = progress
        self._step_timeout_s = step_timeout_s
        self._policy = policy or config.policy
        self._scheduler: Scheduler | None = None
        self._engines: Engines | None = None
        self._service: SpeechService | None = None
        self._listener: Listener | None = None
        self._unix_socket: UnixSocket | None = None
        self._drivers: dict[ConnectionDriver, asyncio.Task[None]] = {}
        self._limits = config.limits
        self._quiet = QuietLog(logger)
        self._seats = Seats(config.limits, self._drivers.keys(), self._now, self._quiet)
        self._numbers = itertools.count(1)
        self._started_at = 0.0
        self._ready: asyncio.Future[None]
        self._loop: asyncio.AbstractEventLoop
        self._closing: asyncio.Task[None] | None = None
        self._is_stopping = False
        self._reported_steps = 0
        self._report_timer: asyncio.TimerHandle | None = None

    @property
    def backend(self) -> Backend:
        """The backend, with its model loaded; once the server was entered."""
        if self._backend is None:
            raise ConfigError("the server has not been started")
        return self._backend

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens, with the port that the system chose in place of 0."""
        endpoint = self._config.endpoint
        if endpoint.port == 0 and self._listener is not None:
            return replace(endpoint, port=self._listener.port)
        return endpoint

    def _now(self) -> float:
        return self._loop.time()

    @property
    def n_connections(self) -> int:
        """Connections that are open, those that wait for the model included."""
        return self._seats.n_open

    @property
    def service(self) -> SpeechService:
        """What joins the connections and the engine; once the server was entered."""
        if self._service is None:
            raise ModelError("the model is not loaded")
        return self._service

    def health(self) -> Health:
        """How the server is now; once it was entered, also while it loads."""
        is_loaded = self._service is not None
        now = self._loop.time()
        scheduler = self._scheduler
        return Health(
            state="stopping" if self._is_stopping else "ready" if is_loaded else "loading",
            uptime_s=now - self._started_at if is_loaded else 0.0,
            connections=self._seats.n_open,
            service=self._service.stats if self._service is not None else ServiceStats(),
            scheduler=scheduler.stats(now) if scheduler is not None else None,
            by_connection=tuple(scheduler.connection_stats(now)) if scheduler is not None else (),
            limits=self._limits,
            listener=self._listener.stats if self._listener is not None else ListenerStats(),
            seats_freed=self._seats.n_freed,
            costs=tuple(driver.costs for driver in self._drivers),
        )

    @property
    def is_engine_running(self) -> bool:
        """Whether the engine's thread runs; after a stop that means that a native call did not return."""
        return self._engines is not None and self._engines.is_running

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._ready = self._loop.create_future()
        # A load that fails with nobody connected leaves nobody to retrieve the error.
        self._ready.add_done_callback(lambda ready: ready.cancelled() or ready.exception())
        try:
            if self._backend is None:
                # Imports the backend's packages, which takes seconds for some.
                config = self._config
                self._backend = await asyncio.to_thread(create_backend, config.backend, config.options)
            await self._listen()
            await self._load(self._backend)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop: see the class. Idempotent; several callers wait for the same end."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._stop())
        await asyncio.shield(self._closing)

    def abandon(self) -> None:
        """Remove the socket's path, for a process that is to end at once. Idempotent."""
        if self._unix_socket is not None:
            self._unix_socket.remove()

    # --- start ---

    async def _listen(self) -> None:
        config, endpoint = self._config, self._config.endpoint
        self._limits, warning = await in_thread(within_descriptors, config.limits)
        self._seats.limits = self._limits
        if warning:
            logger.warning("%s", warning)
        options = listener_options(
            config, self._limits, has_room=self._seats.has_room, health=self.health, quiet=self._quiet
        )
        if endpoint.socket_path is not None:
            unix_socket = await in_thread(self._claim, endpoint.socket_path)
            self._listener = await listen(self._serve, options, sock=unix_socket.sock)
        elif endpoint.host is not None:
            try:
                self._listener = await listen(self._serve, options, host=endpoint.host, port=endpoint.port)
            except OSError as error:
                reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
                raise EndpointError(f"cannot listen on {endpoint}: {reason}") from error
        else:
            raise EndpointError(
                f"a server cannot listen on {endpoint}; give a socket path, or a host and port"
            )
        logger.info("listening on %s", self.endpoint)

    def _claim(self, path: str) -> UnixSocket:
        """Runs on a thread; what it claims is known to ``_stop`` even if nobody waits for it any more."""
        self._unix_socket = claim(path)
        return self._unix_socket

    async def _load(self, backend: Backend) -> None:
        logger.info("loading backend %s, model %s", backend.name, backend.model)
        began = self._loop.time()
        try:
            backends = engine_backends(backend, self._config.engines)
            self._engines = Engines(backends, self._on_step, self._progress)
            await self._engines.load()
        except TTSServerError as error:
            self._ready.set_exception(error)
            raise
        self._started_at = self._loop.time()
        limits = self._limits
        bytes_per_s = wire_bytes_per_s(backend.sample_rate_hz)
        self._share = UnsentShare(limits, bytes_per_s)
        scheduler = Scheduler(
            AdmissionLimits(limits.max_inflight, limits.max_unsent_bytes / bytes_per_s),
            max_admitted=limits.max_admitted,
            n_lanes=len(backends),
            policy=self._policy,
        )
        self._scheduler = scheduler
        self._service = SpeechService(
            self._engines.workers,
            scheduler,
            self._loop,
            step_timeout_s=self._step_timeout_s,
        )
        self._info = ServiceInfo(
            backend=BackendInfo(backend.name, backend.model),
            audio=AudioFormat(backend.sample_rate_hz),
            capabilities=backend.capabilities,
        )
        self._log_ready(self._started_at - began)
        self._report_timer = self._loop.call_later(REPORT_INTERVAL_S, self._report)
        self._ready.set_result(None)

    def _on_step(self, worker: EngineWorker, result: StepEnded) -> None:
        self.service.step_ended(worker, result)

    def _log_ready(self, load_s: float) -> None:
        capabilities = self.backend.capabilities
        logger.info(
            "ready after %.1f s: %d Hz, %d voices, languages %s",
            load_s,
            self.backend.sample_rate_hz,
            capabilities.voice_count,
            " ".join(capabilities.languages) or "any",
        )
        for language, reason in capabilities.refused_languages.items():
            logger.info("language %s is left disabled: %s", language, reason)

    def _report(self) -> None:
        """Log how the server is, unless nothing was made since the last time."""
        self._report_timer = self._loop.call_later(REPORT_INTERVAL_S, self._report)
        n_steps = self.service.stats.steps
        if n_steps != self._reported_steps:
            self._reported_steps = n_steps
            logger.info("%s", self.health().line())

    # --- connections ---

    async def _serve(self, connection: Connection) -> None:
        if not self._seats.has_room():
            await connection.close(TRY_AGAIN_LATER, "too many connections", timeout_s=CLOSE_TIMEOUT_S)
            return
        self._seats.n_open += 1
        connection_id = str(next(self._numbers))
        logger.debug("connection %s opened by %s", connection_id, connection.peer)
        try:
            if await self._wait_until_ready(connection):
                await self._drive(connection, connection_id)
        finally:
            self._seats.n_open -= 1
            logger.debug("connection %s ended", connection_id)

    async def _wait_until_ready(self, connection: Connection) -> bool:
        """Wait for the model; returns whether there is a connection to serve and a model to serve it with."""
        if not self._ready.done():
            ended = self._loop.create_task(connection.wait_closed())
            try:
                await asyncio.wait({self._ready, ended}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ended.cancel()
        if not self._ready.done():
            return False
        if self._ready.cancelled():
            await connection.close(GOING_AWAY, "the server stops", timeout_s=CLOSE_TIMEOUT_S)
            return False
        if self._ready.exception() is not None:
            await connection.close(INTERNAL_ERROR, "the model could not be loaded", timeout_s=CLOSE_TIMEOUT_S)
            return False
        return True

    async def _drive(self, connection: Connection, connection_id: str) -> None:
        if self._is_stopping:
            await connection.close(GOING_AWAY, "the server stops", timeout_s=CLOSE_TIMEOUT_S)
            return
        driver = ConnectionDriver(
            connection,
            SessionMachine(f"sess_{secrets.token_hex(8)}", self._info, self._limits),
            self.service,
            self._limits,
            share=self._share,
            connection_id=connection_id,
            started_at=self._started_at,
            quiet=self._quiet,
        )
        task = asyncio.current_task()
        if task is not None:
            self._drivers[driver] = task
        try:
            await driver.run()
        finally:
            self._drivers.pop(driver, None)

    # --- stop ---

    async def _stop(self) -> None:
        """Stop everything in the order in which nothing new can come up; each wait has an end."""
        self._is_stopping = True
        if self._report_timer is not None:
            self._report_timer.cancel()
        if not self._ready.done():
            self._ready.cancel()
        await self._stop_listening()
        await self._drain()
        if self._listener is not None:
            await self._wait_for_handlers(self._listener)
        if self._service is not None:
            self._service.close()
        if self._engines is not None:
            await self._engines.stop()
        if self._listener is not None:
            logger.info("stopped")

    async def _stop_listening(self) -> None:
        """Give the path free first, so that a successor can start while this server drains."""
        if self._unix_socket is not None:
            await asyncio.to_thread(self._unix_socket.remove)
        if self._listener is not None:
            self._listener.stop_accepting()
        elif self._unix_socket is not None:
            self._unix_socket.close()

    async def _drain(self) -> None:
        """Let what is being spoken end; drop what has not ended in time."""
        for driver in list(self._drivers):
            driver.shutdown()
        if self._drivers:
            logger.info("stopping: %d connections are let finish", len(self._drivers))
            tasks = set(self._drivers.values())
            _, late = await asyncio.wait(tasks, timeout=self._config.limits.drain_s + CLOSE_TIMEOUT_S)
            for task in late:
                task.cancel()

    async def _wait_for_handlers(self, listener: Listener) -> None:
        """Let connections that were never served (they waited for the model) close in order, for a moment."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await listener.wait_closed()
        except TimeoutError:
            listener.abort()
            await listener.wait_closed()
