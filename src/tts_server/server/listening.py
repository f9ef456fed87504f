"""How the listener of a server treats its connections: what its configuration comes to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from tts_server.doors.gate import Gatekeeper
from tts_server.doors.pages import Health, Pages
from tts_server.doors.stream.websocket import WebSocketOptions
from tts_server.limits import Limits

if TYPE_CHECKING:
    from tts_server.config.server import ServerConfig
    from tts_server.quiet_log import QuietLog


def listener_options(
    config: ServerConfig,
    limits: Limits,
    *,
    has_room: Callable[[], bool],
    health: Callable[[], Health],
    quiet: QuietLog,
) -> WebSocketOptions:
    """Make the options of a listener.

    Args:
        config: Of the server.
        limits: Those that hold, which may be lower than the configuration's.
        has_room: Whether one more connection may be opened.
        health: Tells how the server is, for its pages.
        quiet: Where a line about dropped connections goes.
    """
    endpoint = config.endpoint
    # A web page whose name was turned to this machine is read as if it were local, where no token stops it.
    is_rebindable = endpoint.socket_path is None and endpoint.is_local and config.auth_token is None
    return WebSocketOptions(
        gate=Gatekeeper(
            token=config.auth_token,
            allowed_origins=config.allowed_origins,
            has_room=has_room,
            pages=Pages(health),
            allowed_hosts=config.allowed_hosts if is_rebindable else None,
        ),
        limits=limits,
        max_sockets=limits.max_connections + limits.max_handshakes,
        on_dropped=lambda why: quiet.say(logging.WARNING, why, "a connection was dropped: %s", why),
        ping_interval_s=config.ping_interval_s,
        ping_timeout_s=config.ping_timeout_s,
    )
