"""Every error that this package raises, in one tree.

    TTSServerError
    ├── ProtocolError
    │   ├── RemoteProtocolError        the peer broke the protocol; answered with an ``error`` event
    │   └── LocalProtocolError         a caller on our own side used one of our objects wrongly
    ├── ChoiceError                    what was asked for is not on offer: a voice, a language, an extra
    ├── BusyError                      the backlog, or this connection's share of it, is used up
    ├── ConfigError                    a setting, a flag or a field has a value that is not accepted
    │   ├── EndpointError              an address cannot be used: path too long, unsafe folder, in use
    │   └── MissingDependencyError     a package is not installed; names the extra that brings it
    ├── ModelError
    │   ├── ModelNotFoundError         no such model, or no file at that path
    │   └── ModelCorruptError          the file is there and is not what it should be
    ├── SynthesisError                 the engine failed on one utterance and stays usable
    ├── DeadlineError                  nothing of it could be spoken in the time that was given
    └── ClientError                    what a client of a server can meet
        ├── ConnectFailedError         nobody answers, or the answer was no
        ├── ConnectionLostError        the connection ended before the answer came
        ├── AnswerTimeoutError         the server is connected and did not answer in time
        ├── RequestRefusedError        the server answered with an ``error`` event
        ├── SpeechFailedError          a response ended in ``response.failed``
        └── ConformanceError           the server did something else than a transcript expects

Each class says how it goes over the wire: ``code``, ``error_type``, and ``retryable`` (whether the same
request may succeed later without being changed). A message is one line, names the value that offended and
what would be accepted, and carries no path of the server's and no stack trace.
"""

from __future__ import annotations

from typing import ClassVar, Literal

ErrorType = Literal["invalid_request_error", "rate_limit_error", "authentication_error", "server_error"]

ERROR_TYPES: dict[str, ErrorType] = {
    "invalid_json": "invalid_request_error",
    "invalid_event": "invalid_request_error",
    "unsupported_event": "invalid_request_error",
    "invalid_config": "invalid_request_error",
    "buffer_empty": "invalid_request_error",
    "payload_too_large": "invalid_request_error",
    "unsupported_format": "invalid_request_error",
    "busy": "rate_limit_error",
    "unauthorized": "authentication_error",
    "backend_error": "server_error",
    "internal_error": "server_error",
}
"""The type that goes with each error code of the protocol."""


class TTSServerError(Exception):
    """The root of every error of this package."""

    code: str = "internal_error"
    retryable: ClassVar[bool] = False

    @property
    def error_type(self) -> ErrorType:
        """The protocol's ``error.type`` for this error's code."""
        return ERROR_TYPES.get(self.code, "server_error")


class ProtocolError(TTSServerError):
    """Somebody did not keep to the protocol."""

    code = "invalid_event"


class RemoteProtocolError(ProtocolError):
    """The peer sent something that the protocol does not allow.

    Args:
        message: One line for the peer: the offending value and what would be accepted.
        code: A code of the protocol's error table.
        event_id: The ``event_id`` of the offending message, where it could be read.
    """

    def __init__(self, message: str, *, code: str = "invalid_event", event_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.event_id = event_id


class LocalProtocolError(ProtocolError):
    """A caller on our own side used a machine, a connection or a client as its state does not allow."""

    code = "internal_error"


class ChoiceError(TTSServerError):
    """What was asked for is not on offer; the message names it and what would be accepted.

    Args:
        message: One line for whoever asked.
        code: A code of the protocol's error table.
    """

    def __init__(self, message: str, *, code: str = "invalid_config") -> None:
        super().__init__(message)
        self.code = code


class BusyError(TTSServerError):
    """No room for one more response now.

    Args:
        message: One line for the peer.
        retry_after_ms: When to try again, estimated from the backlog.
    """

    code = "busy"
    retryable = True

    def __init__(self, message: str, *, retry_after_ms: int) -> None:
        super().__init__(message)
        self.retry_after_ms = retry_after_ms


class ConfigError(TTSServerError):
    """A setting, a flag or a field has a value that is not accepted."""

    code = "invalid_config"


class EndpointError(ConfigError):
    """An address cannot be listened on or connected to as it was given."""


class MissingDependencyError(ConfigError):
    """A package is not installed.

    Args:
        message: What was wanted.
        extra: The extra of this distribution that brings the package.
    """

    def __init__(self, message: str, *, extra: str) -> None:
        super().__init__(f"{message}; install it with: pip install 'pipecat-local-tts-server[{extra}]'")
        self.extra = extra


class ModelError(TTSServerError):
    """Something is wrong with a model's files."""

    code = "backend_error"


class ModelNotFoundError(ModelError):
    """There is no such model, or no file where it should be."""


class ModelCorruptError(ModelError):
    """A file is there, but it is not what it should be."""


class SynthesisError(TTSServerError):
    """The engine failed on one utterance; the backend stays usable."""

    code = "backend_error"
    retryable = True


class DeadlineError(TTSServerError):
    """Nothing of a response could be spoken in the time that was given for it."""

    code = "deadline_exceeded"
    retryable = True


class ClientError(TTSServerError):
    """Something that a client of a server can meet."""


class ConnectFailedError(ClientError):
    """Nobody answers at the address, or the answer was no."""

    retryable = True


class ConnectionLostError(ClientError):
    """The connection ended before the answer came."""

    retryable = True


class AnswerTimeoutError(ClientError):
    """The server is connected and did not answer in time, or fell silent in the middle of a response.

    What was asked for may still be done, but nothing of it is spoken late: a commit whose answer comes after
    this is cancelled.
    """

    retryable = True


class RequestRefusedError(ClientError):
    """The server answered a request with an ``error`` event.

    Args:
        message: The server's message.
        code: The server's code.
        retry_after_ms: When to try again, for ``busy``.
    """

    def __init__(self, message: str, *, code: str, retry_after_ms: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after_ms = retry_after_ms


class SpeechFailedError(ClientError):
    """A response ended in ``response.failed``.

    Args:
        message: The server's message.
        code: The server's code.
        response_id: The response that failed.
    """

    def __init__(self, message: str, *, code: str, response_id: str) -> None:
        super().__init__(message)
        self.code = code
        self.response_id = response_id


class ConformanceError(ClientError):
    """A server did something else than a conformance transcript expects.

    Args:
        message: What it did, in one line.
        details: What was expected and received, line by line.
    """

    def __init__(self, message: str, *, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.details = details
