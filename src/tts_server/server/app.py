"""The server: its engine, its doors and their end, from the first instant to the last.

The address is claimed before the model is loaded, so that a second server is told at once that it is one
too many, and so that a probe can tell a server that is loading from one that is dead: while it loads, a
connection is accepted and kept, and gets its ``server.hello`` when the model is ready. A client that is
started together with the server has nothing to do but wait.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from tts_server.backends.base import Model
from tts_server.backends.registry import create_model
from tts_server.config.server import with_cache_folder
from tts_server.doors.door import Door, Readiness, Ready
from tts_server.doors.pages import Health
from tts_server.doors.stream.door import StreamDoor
from tts_server.doors.stream.driver import CLOSE_TIMEOUT_S
from tts_server.errors import ConfigError, EndpointError, LocalProtocolError, TTSServerError
from tts_server.quiet_log import QuietLog
from tts_server.scheduling.scheduler import Scheduler, SchedulingPolicy
from tts_server.server.descriptors import within_descriptors
from tts_server.server.listening import listener_options
from tts_server.server.unix_socket import UnixSocket, claim
from tts_server.service.engines import Engines, count_engines, in_thread
from tts_server.service.service import STEP_TIMEOUT_S, SpeechService
from tts_server.service.stats import ServiceStats
from tts_server.speech.capabilities import AudioFormat, BackendInfo
from tts_server.speech.service import ServiceInfo

if TYPE_CHECKING:
    from types import TracebackType

    from tts_server.backends.base import ProgressCallback
    from tts_server.config.server import ServerConfig
    from tts_server.endpoint import Endpoint

logger = logging.getLogger(__name__)

DRAIN_MARGIN_S: Final = 3 * CLOSE_TIMEOUT_S
"""Longest that a door may take to close everything, besides ``limits.drain_s``."""

NOT_STARTED: Final = "the server has not been started"

REPORT_INTERVAL_S: Final = 60.0
"""How often a server that works says in the log how it is."""


class Server:
    """A speech server, to be used as an async context manager.

    Entering it claims the address, loads the model and listens; leaving it stops accepting, lets what is
    being spoken end for at most ``limits.drain_s``, and closes everything. Cancelling the entry calls the
    load off.

    Args:
        config: Everything that it needs to know.
        model: What speaks, in place of the backend that ``config`` names; not loaded yet.
        doors: Further ways in, beside the one that ``config`` names.
        progress: Called with the progress of the load, on the engine's thread.
        policy: How steps are given out and what is admitted, in place of what ``config`` says.
        step_timeout_s: A step of the engine that takes longer makes it stuck.

    Raises:
        ConfigError: The backend or one of its options is not accepted.
        EndpointError: The address cannot be listened on.
        ModelError: The model cannot be loaded. Like the others, from entering.
        LocalProtocolError: It is entered a second time.
    """

    def __init__(
        self,
        config: ServerConfig,
        model: Model | None = None,
        *,
        doors: Sequence[Door] = (),
        progress: ProgressCallback | None = None,
        policy: SchedulingPolicy | None = None,
        step_timeout_s: float = STEP_TIMEOUT_S,
    ) -> None:
        if model is not None and not isinstance(model, Model):
            raise ConfigError(f"the model of a server must be a Model, made and not loaded, not {model!r}")
        self._config = config
        self._model = model
        self._progress = progress
        self._step_timeout_s = step_timeout_s
        self._policy = policy or config.policy
        self._scheduler: Scheduler | None = None
        self._engines: Engines | None = None
        self._service: SpeechService | None = None
        self._unix_socket: UnixSocket | None = None
        self._limits = config.limits
        self._quiet = QuietLog(logger)
        self._more_doors = tuple(doors)
        self._open_doors: list[Door] = []
        self._stream_door: StreamDoor | None = None
        self._started_at = 0.0
        self._readiness: Readiness
        self._loop: asyncio.AbstractEventLoop
        self._closing: asyncio.Task[None] | None = None
        self._is_started = False
        self._is_stopping = False
        self._reported_steps = 0
        self._report_timer: asyncio.TimerHandle | None = None

    @property
    def model(self) -> Model:
        """What speaks, loaded once the server was entered."""
        if self._model is None:
            raise LocalProtocolError(NOT_STARTED)
        return self._model

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens, with the port that the system chose in place of 0."""
        endpoint, door = self._config.endpoint, self._stream_door
        if endpoint.port == 0 and door is not None and door.port is not None:
            return replace(endpoint, port=door.port)
        return endpoint

    @property
    def n_connections(self) -> int:
        """Connections that are open, those that wait for the model included."""
        return 0 if self._stream_door is None else self._stream_door.seats.n_open

    @property
    def service(self) -> SpeechService:
        """What joins the connections and the engine; once the server was entered."""
        if self._service is None:
            raise LocalProtocolError("the model of the server is not loaded")
        return self._service

    @property
    def stream_door(self) -> StreamDoor:
        """The door of the protocol; once the server was entered."""
        if self._stream_door is None:
            raise LocalProtocolError(NOT_STARTED)
        return self._stream_door

    def health(self) -> Health:
        """How the server is now; once it was entered, also while it loads."""
        scheduler, door = self._scheduler, self.stream_door
        is_loaded = self._service is not None
        now = self._loop.time()
        return Health(
            state="stopping" if self._is_stopping else "ready" if is_loaded else "loading",
            uptime_s=now - self._started_at if is_loaded else 0.0,
            connections=door.seats.n_open,
            service=self._service.stats if self._service is not None else ServiceStats(),
            scheduler=scheduler.stats(now) if scheduler is not None else None,
            by_connection=tuple(scheduler.connection_stats(now)) if scheduler is not None else (),
            limits=self._limits,
            sockets=door.stats,
            seats_freed=door.seats.n_freed,
            costs=door.costs,
        )

    @property
    def is_engine_running(self) -> bool:
        """Whether the engine's thread runs; after a stop that means that a native call did not return."""
        return self._engines is not None and self._engines.is_running

    async def __aenter__(self) -> Self:
        if self._is_started:
            raise LocalProtocolError("a server can be started once; make another one")
        self._is_started = True
        self._loop = asyncio.get_running_loop()
        self._readiness = Readiness()
        try:
            if self._model is None:
                # Imports the backend's packages, which takes seconds for some.
                self._model = await asyncio.to_thread(self._create_model)
            self._go_on()
            await self._open_doors_to(self._config.endpoint)
            self._go_on()
            await self._load(self._model)
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop: see the class. Idempotent; several callers wait for the same end.

        Does nothing to a server that was not started; cancels a start that is in progress. Cancelling a wait
        leaves a stop that goes on.
        """
        if not self._is_started:
            return
        if self._closing is None:
            self._closing = self._loop.create_task(self._stop())
        await asyncio.shield(self._closing)

    def abandon(self) -> None:
        """Remove the socket's path, for a process that is to end at once. Idempotent."""
        if self._unix_socket is not None:
            self._unix_socket.remove()

    # --- start ---

    def _go_on(self) -> None:
        """End a start during which the server was closed."""
        if self._is_stopping:
            raise asyncio.CancelledError

    def _create_model(self) -> Model:
        config = self._config
        return create_model(config.backend, with_cache_folder(config.options))

    async def _open_doors_to(self, endpoint: Endpoint) -> None:
        config = self._config
        self._limits, warning = await in_thread(within_descriptors, config.limits)
        if warning:
            logger.warning("%s", warning)
        door = self._stream_door = StreamDoor(self._limits, self._quiet)
        options = listener_options(
            config, self._limits, has_room=door.seats.has_room, health=self.health, quiet=self._quiet
        )
        if endpoint.socket_path is not None:
            unix_socket = await in_thread(self._claim, endpoint.socket_path)
            door.listen_on(unix_socket.sock, options)
        elif endpoint.host is not None and endpoint.port is not None:
            door.listen_on((endpoint.host, endpoint.port), options)
        else:
            raise EndpointError(
                f"a server cannot listen on {endpoint}; give a socket path, or a host and port"
            )
        try:
            await self._open(door)
        except EndpointError as error:
            raise EndpointError(f"cannot listen on {endpoint}: {error}") from error
        for another in self._more_doors:
            await self._open(another)
        logger.info("listening on %s", self.endpoint)

    async def _open(self, door: Door) -> None:
        self._open_doors.append(door)
        await door.open(self._readiness)

    def _claim(self, path: str) -> UnixSocket:
        """Runs on a thread; what it claims is known to ``_stop`` even if nobody waits for it any more."""
        self._unix_socket = claim(path)
        return self._unix_socket

    async def _load(self, model: Model) -> None:
        logger.info("loading backend %s, model %s", model.name, model.model_name)
        began = self._loop.time()
        try:
            n_engines = count_engines(model, self._config.engines)
            self._engines = Engines(model, n_engines, self._progress)
            await self._engines.load()
        except TTSServerError:
            self._readiness.fail("the model could not be loaded")
            raise
        self._started_at = self._loop.time()
        limits = self._limits
        scheduler = Scheduler(max_admitted=limits.max_admitted, n_lanes=n_engines, policy=self._policy)
        self._scheduler = scheduler
        self._service = SpeechService(
            self._engines.workers,
            scheduler,
            self._loop,
            step_timeout_s=self._step_timeout_s,
        )
        self._engines.on_batch = self._service.batch_ended
        info = ServiceInfo(
            backend=BackendInfo(model.name, model.model_name),
            audio=AudioFormat(model.sample_rate_hz),
            capabilities=model.capabilities,
        )
        self._log_ready(self._started_at - began)
        self._report_timer = self._loop.call_later(REPORT_INTERVAL_S, self._report)
        self._readiness.succeed(Ready(self._service, info, limits, self._started_at))

    def _log_ready(self, load_s: float) -> None:
        capabilities = self.model.capabilities
        logger.info(
            "ready after %.1f s: %d Hz, %d voices, languages %s",
            load_s,
            self.model.sample_rate_hz,
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

    # --- stop ---

    async def _stop(self) -> None:
        """Stop everything in the order in which nothing new can come up; each wait has an end."""
        self._is_stopping = True
        if self._report_timer is not None:
            self._report_timer.cancel()
        try:
            await self._stop_accepting()
            await asyncio.gather(*(self._drain(door) for door in self._open_doors))
        finally:
            # Also where the event loop ends first: a thread that is left keeps the interpreter from ending.
            if self._service is not None:
                self._service.close()
            if self._engines is not None:
                await self._engines.stop()
        if self._open_doors:
            logger.info("stopped")

    async def _stop_accepting(self) -> None:
        """Give the path free first, so that a successor can start while this server drains."""
        self._readiness.stop()
        if self._unix_socket is not None:
            await asyncio.to_thread(self._unix_socket.remove)
        for door in self._open_doors:
            try:
                door.stop_accepting()
            except Exception:  # of a door of somebody else's: everything behind it has to end all the same
                logger.exception("%s has failed to stop accepting", type(door).__name__)
        if self._unix_socket is not None and not self._open_doors:
            self._unix_socket.close()

    async def _drain(self, door: Door) -> None:
        """Let a door end what it has in progress; one that fails to, or does not return, is left behind."""
        drain_s = self._config.limits.drain_s
        limit = asyncio.timeout(drain_s + DRAIN_MARGIN_S)
        try:
            async with limit:
                await door.drain(drain_s)
        except Exception:  # as above
            how = (
                f"has not ended within {drain_s + DRAIN_MARGIN_S:g} s"
                if limit.expired()
                else "has failed to end"
            )
            logger.exception("%s %s", type(door).__name__, how)
