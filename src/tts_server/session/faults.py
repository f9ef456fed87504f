"""How an error goes over the wire."""

from __future__ import annotations

from tts_server.errors import BusyError, TTSServerError
from tts_server.protocol.events import ErrorDetail, ErrorOccurred


def error_detail(error: TTSServerError, event_id: str | None = None) -> ErrorDetail:
    """Make the ``error`` object; of a fault of our own it says no more than that."""
    internal = error.code == "internal_error"
    return ErrorDetail(
        type=error.error_type,
        code=error.code,
        message="the server made a mistake; its log says more" if internal else str(error),
        event_id=event_id,
        retry_after_ms=error.retry_after_ms if isinstance(error, BusyError) else None,
    )


def error_event(own_event_id: str, error: TTSServerError, event_id: str | None) -> ErrorOccurred:
    """Make the ``error`` event that answers the client event named ``event_id``."""
    return ErrorOccurred(own_event_id, error_detail(error, event_id), event_id)
