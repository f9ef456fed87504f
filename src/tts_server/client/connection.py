"""Opening a WebSocket to a server, with every way to fail turned into one clear error."""

from __future__ import annotations

from typing import Any

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, InvalidURI

from tts_server.endpoint import Endpoint
from tts_server.errors import ClientError, ConnectFailedError

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 120.0

MAX_MESSAGE_BYTES = 4 << 20
"""Far above any event of the protocol: a list of voices or 100 ms of audio are a few kilobytes."""


class _Here(connect):
    """Connects to the address that was asked for and to no other: a redirect would lead the token away."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow nothing."""
        return exc


async def open_websocket(endpoint: Endpoint, *, auth_token: str | None = None) -> ClientConnection:
    """Connect and finish the opening handshake. Takes as long as it takes; cancel it to give up.

    Args:
        endpoint: Where the server listens.
        auth_token: Bearer token to send; None sends none.

    Raises: ConnectFailedError: Nobody answers there, or the answer was no; ``code`` is ``unauthorized`` where
        the token was the reason.
    """
    options: dict[str, Any] = {
        "additional_headers": {} if auth_token is None else {"Authorization": f"Bearer {auth_token}"},
        "compression": None,
        "open_timeout": None,
        "close_timeout": 2.0,
        "ping_interval": PING_INTERVAL_S,
        "ping_timeout": PING_TIMEOUT_S,
        "max_size": MAX_MESSAGE_BYTES,
        # A proxy is for the world outside; asking one for this machine would find another.
        "proxy": None if endpoint.is_local else True,
    }
    try:
        if endpoint.socket_path is not None:
            return await unix_connect(endpoint.socket_path, uri=endpoint.websocket_uri, **options)
        return await _Here(endpoint.websocket_uri, **options)
    except (OSError, InvalidHandshake, InvalidURI, EOFError, ValueError) as error:
        raise _explain(error, endpoint, has_token=auth_token is not None) from error


def _explain(error: Exception, endpoint: Endpoint, *, has_token: bool) -> ClientError:
    if isinstance(error, InvalidStatus):
        return _explain_status(error.response.status_code, endpoint, has_token=has_token)
    if isinstance(error, FileNotFoundError):
        return ConnectFailedError(f"no server is listening on {endpoint}: there is no such socket")
    # A name with several addresses that all refuse gives a plain OSError.
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return ConnectFailedError(f"no server is listening on {endpoint}")
    if isinstance(error, PermissionError):
        return ConnectFailedError(f"{endpoint} belongs to another user")
    if isinstance(error, OSError):
        reason = error.strerror or str(error) or type(error).__name__
        return ConnectFailedError(f"{endpoint} cannot be reached: {reason}")
    return ConnectFailedError(f"whatever answers on {endpoint} is no speech server: {_one_line(error)}")


def _explain_status(status: int, endpoint: Endpoint, *, has_token: bool) -> ClientError:
    if status == 401:
        problem = (
            "refused the token" if has_token else "asks for a token: set TTS_WS_TOKEN or --auth-token-file"
        )
        refused = ConnectFailedError(f"the server on {endpoint} {problem}")
        refused.code = "unauthorized"
        return refused
    if status == 503:
        return ConnectFailedError(
            f"the server on {endpoint} has no connection left or is not ready (HTTP 503)"
        )
    if 300 <= status < 400:
        return ConnectFailedError(
            f"the server on {endpoint} points to another address (HTTP {status}), which is not followed; "
            "ask for that address itself"
        )
    return ConnectFailedError(f"the server on {endpoint} refused the connection (HTTP {status})")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
