"""How the fields of server events are read back from JSON, by name.

Each reader takes the JSON value and returns what stands in the event; whatever is wrong with the value raises
KeyError, TypeError or ValueError, which the codec turns into one error for the whole message.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tts_server.protocol.events import ErrorDetail, SessionState
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities, ExtraSpec

T = TypeVar("T")


def _exactly(kind: type[T]) -> Callable[[Any], T]:
    def read(value: Any) -> T:
        if type(value) is not kind:
            raise TypeError(f"{kind.__name__} expected")
        return value

    return read


_string = _exactly(str)
_boolean = _exactly(bool)
_object: Callable[[Any], dict[str, Any]] = _exactly(dict)


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("a count expected")
    return value


def _number(value: Any) -> float:
    if type(value) not in {int, float}:
        raise TypeError("a number expected")
    return float(value)


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_string(item) for item in _exactly(list)(value))


def _backend(value: Any) -> BackendInfo:
    return BackendInfo(name=_string(value["name"]), model=_string(value["model"]))


def _audio_format(value: Any) -> AudioFormat:
    return AudioFormat(
        rate_hz=_count(value["rate"]), format=_string(value["format"]), channels=_count(value["channels"])
    )


def _capabilities(value: Any) -> Capabilities:
    """Read what a hello says; it names neither voices nor the kinds of extras."""
    voice_count = _count(value["voice_count"])
    return Capabilities(
        streaming=_boolean(value["streaming"]),
        binary_audio=_boolean(value["binary_audio"]),
        text_formats=_strings(value["text_formats"]),
        languages=_strings(value["languages"]),
        voice_count=voice_count,
        voices=None if voice_count else (),
        extras={key: ExtraSpec("any") for key in _strings(value["extras"])},
        ideal_words=_count(value["ideal_words"]),
    )


def _session(value: Any) -> SessionState:
    return SessionState(
        id=_string(value["id"]),
        voice=_optional(_string, value["voice"]),
        model=_string(value["model"]),
        language=_optional(_string, value["language"]),
        extras=_object(value["extras"]),
        audio_format=_string(value["audio_format"]),
    )


def _error(value: Any) -> ErrorDetail:
    return ErrorDetail(
        type=value["type"],
        code=_string(value["code"]),
        message=_string(value["message"]),
        event_id=_optional(_string, value.get("event_id")),
        retry_after_ms=_optional(_count, value.get("retry_after_ms")),
    )


def _optional(read: Callable[[Any], T], value: Any) -> T | None:
    return None if value is None else read(value)


def _pcm(value: Any) -> bytes:
    pcm = binascii.a2b_base64(_string(value), strict_mode=True)
    if len(pcm) % 2:
        raise ValueError("half a sample")
    return pcm


READERS: Mapping[str, Callable[[Any], Any]] = {
    "event_id": _string,
    "previous_event_id": _string,
    "response_id": _string,
    "session_id": _string,
    "protocol_version": _string,
    "reason": _string,
    "seq": _count,
    "queue_depth": _count,
    "voice_count": _count,
    "buffered_chars": _count,
    "pid": _count,
    "max_text_chars": _count,
    "duration_ms": _number,
    "uptime_seconds": _number,
    "voices": _strings,
    "backend": _backend,
    "audio": _audio_format,
    "capabilities": _capabilities,
    "session": _session,
    "error": _error,
    "pcm": _pcm,
}
"""The reader of each field of a server event."""
