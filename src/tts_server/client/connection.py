"""Opening a WebSocket to a server, with every way to fail, then or later, turned into one clear error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidProxy,
    InvalidStatus,
    ProxyError,
    WebSocketException,
)
from websockets.frames import Close

from tts_server.client.hello import read_hello
from tts_server.endpoint import Endpoint
from tts_server.errors import ClientError, ConnectFailedError, ConnectionLostError
from tts_server.protocol import events as ev
from tts_server.wording import show_text

PING_INTERVAL_S = 20.0
PING_TIMEOUT_S = 120.0

MAX_MESSAGE_BYTES = 1 << 20
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

    Raises:
        ConnectFailedError: Nobody answers there, or the answer was no; ``code`` is ``unauthorized`` where the
            token was the reason.
    """
    proxy = proxy_of(endpoint)
    options: dict[str, Any] = {
        "additional_headers": {} if auth_token is None else {"Authorization": f"Bearer {auth_token}"},
        "compression": None,
        "open_timeout": None,
        "close_timeout": 2.0,
        "ping_interval": PING_INTERVAL_S,
        "ping_timeout": PING_TIMEOUT_S,
        "max_size": MAX_MESSAGE_BYTES,
        "proxy": proxy,
    }
    try:
        if endpoint.socket_path is not None:
            return await unix_connect(endpoint.socket_path, uri=endpoint.websocket_uri, **options)
        return await _Here(endpoint.websocket_uri, **options)
    except (OSError, EOFError, ValueError, ImportError, WebSocketException) as error:
        if proxy is not None and not isinstance(error, InvalidStatus):
            raise _explain_proxy(error, endpoint, proxy) from error
        raise _explain(error, endpoint, has_token=auth_token is not None) from error


def drop(websocket: ClientConnection) -> None:
    """End a connection at once; one that has ended already stays as it is."""
    # A transport of asyncio's that was closed with bytes to send, and has sent them, raises.
    if not websocket.connection_lost_waiter.done():
        websocket.transport.abort()


async def open_greeted(
    endpoint: Endpoint,
    *,
    auth_token: str | None,
    timeout_s: float | None,
    on_message: Callable[[str | bytes], None] | None,
) -> tuple[ClientConnection, ev.Hello]:
    """Connect and wait for the server's hello. Cancelling leaves no connection.

    Args:
        endpoint: Where the server listens.
        auth_token: Bearer token to send; None sends none.
        timeout_s: Longest time for both; None waits for ever.
        on_message: Called with the hello before it is read.

    Raises:
        ConnectFailedError: Nobody answers in time, or the answer was no.
    """
    try:
        async with asyncio.timeout(timeout_s):
            websocket = await open_websocket(endpoint, auth_token=auth_token)
            try:
                message = await websocket.recv()
                if on_message is not None:
                    on_message(message)
                return websocket, read_hello(message, endpoint)
            except ConnectionClosed as error:
                reason = close_reason(error)
                raise ConnectFailedError(f"{endpoint} closed the connection: {reason}") from error
            except BaseException:
                websocket.transport.abort()
                raise
    except TimeoutError:
        raise ConnectFailedError(f"{show_route(endpoint)} did not answer within {timeout_s:g} s") from None


def proxy_of(endpoint: Endpoint) -> str | None:
    """The address of the proxy that this machine's settings name for ``endpoint``, as it stands there.

    A proxy is for the world outside: this machine is reached without one, since what a proxy calls
    ``localhost`` is another machine.
    """
    if endpoint.is_local:
        return None
    target = urlsplit(endpoint.websocket_uri)
    if proxy_bypass(f"{target.hostname}:{target.port or (443 if target.scheme == 'wss' else 80)}"):
        return None
    proxies = getproxies()
    kinds = ("wss", "socks", "https") if target.scheme == "wss" else ("ws", "socks", "https", "http")
    for kind in kinds:
        proxy = proxies.get(kind)
        if proxy is not None:
            # macOS gives the address of a SOCKS proxy with the wrong scheme.
            is_socks = kind == "socks" and proxy.startswith("http://")
            return f"socks5h://{proxy[7:]}" if is_socks else proxy
    return None


def show_route(endpoint: Endpoint) -> str:
    """Name an endpoint for a message, with the proxy on the way where there is one."""
    proxy = proxy_of(endpoint)
    return str(endpoint) if proxy is None else f"{endpoint} through the proxy {_show_proxy(proxy)}"


def _show_proxy(proxy: str) -> str:
    """A proxy's address without the name and the password that it may carry."""
    scheme, separator, rest = proxy.rpartition("://")
    return show_text(f"{scheme}{separator}{rest.rpartition('@')[2]}")


def _explain_proxy(error: Exception, endpoint: Endpoint, proxy: str) -> ClientError:
    name = _show_proxy(proxy)
    if isinstance(error, ImportError):
        return ConnectFailedError(f"the proxy {name} for {endpoint} needs the package python-socks")
    if isinstance(error, InvalidProxy | ValueError):
        reason = _one_line(error) if "://" in proxy else "it names no scheme, such as http://"
        if isinstance(error, InvalidProxy) and "://" in proxy:
            reason = show_text(error.msg)
        return ConnectFailedError(f"the proxy {name} for {endpoint} cannot be used: {reason}")
    if isinstance(error, ProxyError):
        return ConnectFailedError(f"the proxy {name} did not connect to {endpoint}: {_one_line(error)}")
    told = error.strerror if isinstance(error, OSError) else None
    return ConnectFailedError(
        f"{endpoint} cannot be reached through the proxy {name}: {told or _one_line(error)}"
    )


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
        return ConnectFailedError(f"{endpoint} cannot be reached: {show_text(reason)}")
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
    return show_text(" ".join(str(error).split()) or type(error).__name__)


def lost(endpoint: Endpoint, error: ConnectionClosed) -> ConnectionLostError:
    """The error for a connection that the other side, or the network, has ended."""
    ended = ConnectionLostError(f"the connection to {endpoint} ended: {close_reason(error)}")
    ended.__cause__ = error
    return ended


def callback_raised(endpoint: Endpoint, error: Exception) -> ConnectionLostError:
    """The error for a connection that ended since the caller's own code raised ``error``."""
    what = show_text(f"{type(error).__name__}: {error}")
    ended = ConnectionLostError(
        f"the connection to {endpoint} was closed, since what takes its messages raised {what}"
    )
    ended.__cause__ = error
    return ended


def close_reason(error: ConnectionClosed) -> str:
    """How a connection was closed, and by which side."""
    if error.sent is not None and not error.rcvd_then_sent:
        return f"this side closed it, {_show_frame(error.sent)}"
    return "no closing handshake" if error.rcvd is None else _show_frame(error.rcvd)


def _show_frame(frame: Close) -> str:
    return f"{show_text(frame.reason)} ({frame.code})" if frame.reason else f"code {frame.code}"
