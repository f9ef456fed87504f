"""What the listener answers to plain HTTP: is it alive, is it ready, and the numbers for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tts_server.doors.http import HttpAnswer, asks_for_websocket
from tts_server.doors.stream.websocket import SocketStats
from tts_server.limits import Limits

if TYPE_CHECKING:
    from tts_server.doors.stream.driver import ConnectionCosts
    from tts_server.scheduling.stats import ConnectionStats, SchedulerStats
    from tts_server.service.stats import ServiceStats

PROMETHEUS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""Of the text exposition format: prometheus.io/docs/instrumenting/exposition_formats."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a server is.

    Args:
        state: ``loading``, ``ready`` or ``stopping``.
        uptime_s: Since it became ready.
        connections: Open ones.
        service: What the engines did; no engines while it loads.
        scheduler: None while it loads.
        by_connection: What each connection had that has committed something.
        limits: What holds for its connections.
        sockets: What the WebSocket server has to do.
        seats_freed: Connections that were closed to make room, since the start.
        costs: What each connection keeps and has cost.
    """

    state: str
    uptime_s: float
    connections: int
    service: ServiceStats
    scheduler: SchedulerStats | None
    by_connection: tuple[ConnectionStats, ...] = ()
    limits: Limits = field(default_factory=Limits)
    sockets: SocketStats = field(default_factory=SocketStats)
    seats_freed: int = 0
    costs: tuple[ConnectionCosts, ...] = ()

    @property
    def is_alive(self) -> bool:
        """Whether it can do anything: an engine that is stuck may never return."""
        return self.state == "loading" or self.service.stuck_engines < self.service.engines

    @property
    def is_ready(self) -> bool:
        """Whether a new client would be served."""
        return self.state == "ready" and self.is_alive

    def line(self) -> str:
        """One line for the log."""
        stats = self.scheduler
        if stats is None:
            return self.state
        releases = self.service.releases
        return (
            f"{self.connections} connections, {stats.streams} speaking, {stats.queue_depth} responses held, "
            f"{stats.backlog_s:.1f} s of work ahead; real-time factor {stats.rtf:.3f}; since the start "
            f"{stats.steps} steps, {stats.audio_s:.0f} s of audio, {stats.refused} refused, "
            f"{stats.late_starts} late starts, {stats.gaps} gaps, {releases} cancels let go after "
            f"{1000 * self.service.longest_release_s:.0f} ms at most"
        )


class Pages:
    """Answers requests for ``/healthz``, ``/readyz`` and ``/metrics``; leaves all others alone.

    Args:
        look: Tells how the server is now.
    """

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look

    def __call__(self, path: str, headers: Mapping[str, str]) -> HttpAnswer | None:
        """Answer a request that does not ask for a WebSocket."""
        if asks_for_websocket(headers):
            return None
        page = path.partition("?")[0]
        if page not in {"/healthz", "/readyz", "/metrics"}:
            return None
        health = self._look()
        if page == "/metrics":
            return HttpAnswer(HTTPStatus.OK, render_metrics(health), content_type=PROMETHEUS_TYPE)
        is_well = health.is_alive if page == "/healthz" else health.is_ready
        what = health.state if health.is_alive else "the engine is stuck"
        return HttpAnswer(HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE, f"{what}\n")


def render_metrics(health: Health) -> str:
    """Write everything that is counted in Prometheus' text format."""
    service = health.service
    lines = [
        *_metric("tts_ready", "gauge", "Whether a new client would be served.", int(health.is_ready)),
        *_metric("tts_uptime_seconds", "gauge", "Since the model was loaded.", health.uptime_s),
        *_metric("tts_connections", "gauge", "Open connections.", health.connections),
        *_metric("tts_engines", "gauge", "Engines.", service.engines),
        *_metric("tts_stuck_engines", "gauge", "Engines that do not answer.", service.stuck_engines),
        *_metric("tts_bad_samples_total", "counter", "Samples made silent.", service.bad_samples),
        *_metric(
            "tts_words_repaired_total", "counter", "Words nearly lost, and spoken.", service.words_repaired
        ),
        *_metric("tts_words_left_out_total", "counter", "Words not spoken.", service.words_left_out),
        "# HELP tts_cancel_release_seconds From a cancel until the engine holds nothing of the response.",
        "# TYPE tts_cancel_release_seconds summary",
        f"tts_cancel_release_seconds_sum {service.release_s:.10g}",
        f"tts_cancel_release_seconds_count {service.releases}",
        *_metric(
            "tts_longest_cancel_release_seconds", "gauge", "The longest of them.", service.longest_release_s
        ),
    ]
    stats = health.scheduler
    if stats is not None:
        ends = {"finished": stats.finished, "cancelled": stats.cancelled, "failed": stats.failed}
        lines += [
            "# HELP tts_responses_total Responses that have ended, and commits that were refused as busy.",
            "# TYPE tts_responses_total counter",
            *(f'tts_responses_total{{end="{end}"}} {n}' for end, n in ends.items()),
            f'tts_responses_total{{end="refused"}} {stats.refused}',
            *_metric("tts_queue_depth", "gauge", "Responses that the engine holds.", stats.queue_depth),
            *_metric("tts_streams", "gauge", "Connections that are being spoken to.", stats.streams),
            *_metric("tts_steps_total", "counter", "Engine steps.", stats.steps),
            *_metric("tts_work_seconds_total", "counter", "Time that engines worked.", stats.work_s),
            *_metric("tts_audio_seconds_total", "counter", "Audio made.", stats.audio_s),
            *_metric("tts_real_time_factor", "gauge", "Work for a second of audio, lately.", stats.rtf),
            *_metric("tts_backlog_seconds", "gauge", "Work that is admitted, estimated.", stats.backlog_s),
            *_metric("tts_late_starts_total", "counter", "First audio that was late.", stats.late_starts),
            *_metric("tts_gaps_total", "counter", "Times that a listener ran dry.", stats.gaps),
            *_metric("tts_gap_seconds_total", "counter", "Length of those gaps.", stats.gap_s),
        ]
    lines += _connection_metrics(health.by_connection)
    lines += _budget_metrics(health)
    return "\n".join(lines) + "\n"


def _connection_metrics(connections: Sequence[ConnectionStats]) -> list[str]:
    """What was made for each connection, and how its client reads."""
    each = partial(_each, connections=connections)
    return [
        *each("responses_total", "counter", "Responses of an open connection.", attribute="n_admitted"),
        *each(
            "refused_total", "counter", "Commits of an open connection met with busy.", attribute="n_refused"
        ),
        *each("steps_total", "counter", "Engine steps for an open connection.", attribute="n_steps"),
        *each("audio_seconds_total", "counter", "Audio made for an open connection.", attribute="audio_s"),
        *each("paused", "gauge", "Whether an open connection reads too slowly.", attribute="paused"),
        *each("behind", "gauge", "Whether it takes less than real time.", attribute="is_behind"),
    ]


def _budget_metrics(health: Health) -> list[str]:
    """What connections cost, and what they may."""
    listener = health.sockets
    kept = sum(one.kept_bytes for one in health.costs)
    lines = [
        *_metric("tts_kept_bytes", "gauge", "Kept for all connections, in both directions.", kept),
        *_metric("tts_newcomers", "gauge", "Sockets whose handshake is not done.", listener.newcomers),
        *_metric("tts_newcomers_dropped_total", "counter", "Those that made room.", listener.dropped),
        *_metric(
            "tts_newcomers_cpu_seconds_total", "counter", "Work of handshakes.", listener.newcomers_cpu_s
        ),
        *_metric("tts_seats_freed_total", "counter", "Idle connections that made room.", health.seats_freed),
        *_metric("tts_turns_waited_total", "counter", "Turns of clients that flood.", listener.turns),
        "# HELP tts_limit What connections may cost, by the setting's name.",
        "# TYPE tts_limit gauge",
        *(
            f'tts_limit{{name="{one.name}"}} {getattr(health.limits, one.name):.10g}'
            for one in fields(Limits)
        ),
    ]
    return [
        *lines,
        *_each("kept_bytes", "gauge", "Kept for an open connection.", health.costs, "kept_bytes"),
        *_each("cpu_seconds_total", "counter", "Work for what it sent.", health.costs, "cpu_s"),
        *_each("messages_total", "counter", "Messages from it.", health.costs, "n_messages"),
    ]


def _each(
    name: str,
    kind: str,
    text: str,
    connections: Sequence[ConnectionStats] | Sequence[ConnectionCosts],
    attribute: str,
) -> list[str]:
    """Open connections alone, so that there are never more series than ``limits.max_connections`` allows."""
    if not connections:
        return []
    return [
        f"# HELP tts_connection_{name} {text}",
        f"# TYPE tts_connection_{name} {kind}",
        *(
            f'tts_connection_{name}{{connection="{one.connection_id}"}} {getattr(one, attribute):.10g}'
            for one in connections
        ),
    ]


def _metric(name: str, kind: str, text: str, value: float) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}", f"{name} {value:.10g}"]
