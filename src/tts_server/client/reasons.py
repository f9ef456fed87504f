"""Why a request was refused or a connection has ended, as errors whose words a terminal cannot obey."""

from __future__ import annotations

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


def again(error: End) -> End:
    """The same error anew: one that is raised twice keeps every frame alive that it passed through."""
    copy = type(error)(str(error))
    copy.__cause__ = error.__cause__
    return copy
