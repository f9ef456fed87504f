"""Why a request was refused or a connection ended, as errors whose words a terminal cannot obey."""

from __future__ import annotations

from websockets.exceptions import ConnectionClosed
from websockets.frames import Close

from tts_server.endpoint import Endpoint
from tts_server.errors import ConnectionLostError, LocalProtocolError, RequestRefusedError
from tts_server.protocol import events as ev
from tts_server.wording import show_text

End = ConnectionLostError | LocalProtocolError
"""Why a connection has ended: it was lost, or closed by this side."""

LONGEST_RETRY_MS = 1_000_000_000
"""What a server says about when to come back is believed up to here, which is eleven days."""


def refusal(detail: ev.ErrorDetail) -> RequestRefusedError:
    """The error for a request that the server refused."""
    retry_ms = detail.retry_after_ms
    return RequestRefusedError(
        show_text(detail.message),
        code=show_text(detail.code),
        retry_after_ms=None if retry_ms is None else min(retry_ms, LONGEST_RETRY_MS),
    )


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


def again(error: End) -> End:
    """The same error anew: one that is raised twice keeps every frame alive that it passed through."""
    copy = type(error)(str(error))
    copy.__cause__ = error.__cause__
    return copy
