"""Protocol 0.1, as both ends read and write it: the one place where an event is a dictionary.

``decode_client`` and ``encode_server`` serve the server, ``encode_client`` and ``decode_server`` the client.
Reading is strict in what the protocol says about client events, and lenient in what it says about server
events: a client ignores types and fields that it does not know. A field that is null counts as absent.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from json.encoder import encode_basestring_ascii as _quote
from types import MappingProxyType
from typing import Any, Final

from tts_server.errors import LocalProtocolError, RemoteProtocolError
from tts_server.protocol import events as ev
from tts_server.protocol.dialect import ClientDialect, ServerDialect
from tts_server.protocol.json_text import parse_json, to_json
from tts_server.protocol.server_fields import READERS
from tts_server.speech.capabilities import AudioFormat, BackendInfo, Capabilities
from tts_server.wording import show, show_choices

JSONDict = dict[str, Any]


# --- client events ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a client event stands in JSON.

    ``fields`` maps a name to the kind that its value must have. A ``strict`` event refuses any further field,
    since a misspelt setting must not pass in silence.
    """

    event: type[Any]
    fields: Mapping[str, type[Any]]
    strict: bool = False


_CLIENT: dict[str, _Shape] = {
    "session.update": _Shape(
        ev.UpdateSession,
        {"voice": str, "model": str, "language": str, "audio_format": str, "extras": dict},
        strict=True,
    ),
    "input_text.append": _Shape(ev.AppendText, {"text": str, "text_format": str}),
    "input_text.commit": _Shape(ev.CommitText, {"voice": str, "language": str, "extras": dict}, strict=True),
    "input_text.clear": _Shape(ev.ClearText, {}),
    "response.cancel": _Shape(ev.CancelResponse, {"response_id": str}),
    "session.cancel": _Shape(ev.CancelSession, {}),
    "session.close": _Shape(ev.CloseSession, {}),
    "server.status": _Shape(ev.RequestStatus, {}),
}

CLIENT_TYPES: Mapping[type[Any], str] = MappingProxyType(
    {shape.event: name for name, shape in _CLIENT.items()}
)
"""The ``type`` of each client event's class."""

CLIENT_FIELDS: Mapping[type[Any], frozenset[str]] = MappingProxyType(
    {shape.event: frozenset({"event_id", *shape.fields}) for shape in _CLIENT.values()}
)
"""The fields that each client event has on the wire; it may have more, which this version cannot say."""

_KIND_NAMES: dict[type[Any], str] = {str: "a string", dict: "an object"}


def decode_client(message: str | bytes) -> ev.ClientEvent:
    """Read what a client sent.

    Checks form alone: whether a voice exists or a text is too long is the session's affair.

    Args:
        message: A text frame as ``str`` or a binary frame as ``bytes``.

    Raises:
        RemoteProtocolError: Whatever is wrong with it, with the code and, where it could be read, the
            ``event_id``.
    """
    if not isinstance(message, str):
        raise RemoteProtocolError("a binary frame is not accepted; send each event as a JSON text frame")
    obj = parse_json(message)
    if not isinstance(obj, dict):
        raise RemoteProtocolError(f"a message must be a JSON object with a 'type', not {_describe(obj)}")
    event_id = _read_event_id(obj.get("event_id"))
    name = obj.get("type")
    if not isinstance(name, str):
        problem = f"must be a string, not {show(name)}" if "type" in obj else "is missing"
        raise RemoteProtocolError(
            f"'type' {problem}; accepted are: {show_choices(_CLIENT)}", event_id=event_id
        )
    shape = _CLIENT.get(name)
    if shape is None:
        raise RemoteProtocolError(
            f"the event type {show(name)} is not supported; accepted are: {show_choices(_CLIENT)}",
            code="unsupported_event",
            event_id=event_id,
        )
    result: ev.ClientEvent = shape.event(**_read_fields(name, shape, obj, event_id))
    return result


def _read_event_id(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise RemoteProtocolError(f"'event_id' must be a string, not {show(value)}")
    if value is not None and len(value) > ev.MAX_EVENT_ID_CHARS:
        raise RemoteProtocolError(
            f"'event_id' must have at most {ev.MAX_EVENT_ID_CHARS} characters, not {show(value)}"
        )
    return value


def _describe(value: object) -> str:
    return show(value) if value is None or isinstance(value, (str, int, float)) else "a list"


def _read_fields(name: str, shape: _Shape, obj: JSONDict, event_id: str | None) -> JSONDict:
    """Check each field's kind; every fault is named with what would be accepted."""
    result: JSONDict = {"event_id": event_id}
    for field, value in obj.items():
        kind = shape.fields.get(field)
        if kind is None:
            if shape.strict and field not in {"type", "event_id"}:
                raise RemoteProtocolError(
                    f"{name} has no field {show(field)}; accepted are: {show_choices(shape.fields)}",
                    code="invalid_config",
                    event_id=event_id,
                )
        elif isinstance(value, kind):
            result[field] = value
        elif value is not None:
            raise RemoteProtocolError(
                f"'{field}' must be {_KIND_NAMES[kind]}, not {show(value)}",
                code="unsupported_format" if field == "audio_format" else "invalid_config",
                event_id=event_id,
            )
    if "text" in shape.fields:
        _check_text(result.get("text"), event_id)
    return result


def _check_text(text: str | None, event_id: str | None) -> None:
    if text is None:
        raise RemoteProtocolError(
            "input_text.append needs 'text', a string", code="invalid_config", event_id=event_id
        )
    if "\0" in text:
        raise RemoteProtocolError(
            f"'text' holds the character U+0000 at index {text.index(chr(0))}, which cannot be spoken",
            code="invalid_config",
            event_id=event_id,
        )


def encode_client(event: ev.ClientEvent) -> str:
    """Write a client event as the text of its frame; fields that are None are left out.

    Raises:
        LocalProtocolError: It says something that this version has no field for.
    """
    values = _present_fields(event)
    unknown = values.keys() - CLIENT_FIELDS[type(event)]
    if unknown:
        raise LocalProtocolError(f"this version of the protocol has no field {show_choices(sorted(unknown))}")
    return to_json({"type": CLIENT_TYPES[type(event)], **values})


def _present_fields(event: Any) -> JSONDict:
    values = ((field.name, getattr(event, field.name)) for field in fields(event))
    return {name: _plain(value) for name, value in values if value is not None}


# --- server events ------------------------------------------------------------------------------------------

SERVER_TYPES: Mapping[type[Any], str] = MappingProxyType(
    {
        ev.Hello: "server.hello",
        ev.SessionCreated: "session.created",
        ev.SessionUpdated: "session.updated",
        ev.TextCommitted: "input_text.committed",
        ev.TextCleared: "input_text.cleared",
        ev.ResponseCreated: "response.created",
        ev.AudioDelta: "response.audio.delta",
        ev.AudioDone: "response.audio.done",
        ev.ResponseCancelled: "response.cancelled",
        ev.ResponseFailed: "response.failed",
        ev.SessionClosed: "session.closed",
        ev.ServerStatus: "server.status",
        ev.ErrorOccurred: "error",
    }
)
"""The ``type`` of each server event's class."""

_SERVER_CLASSES = {name: event for event, name in SERVER_TYPES.items()}


def encode_server(event: ev.ServerEvent) -> str:
    """Write a server event as the text of its frame.

    Fields that are None are left out, except those of the ``session`` object. An audio frame takes a path of
    its own, since a hundred listeners are five thousand of them a second.
    """
    if type(event) is ev.AudioDelta:
        audio = binascii.b2a_base64(event.pcm, newline=False).decode("ascii")
        return (
            f'{{"type":"response.audio.delta","event_id":{_quote(event.event_id)},'
            f'"response_id":{_quote(event.response_id)},"seq":{event.seq},"audio":"{audio}"}}'
        )
    obj = {"type": SERVER_TYPES[type(event)], **_present_fields(event)}
    extend = _EXTENSIONS.get(type(event))
    if extend is not None:
        extend(event, obj)
    return to_json(obj)


def _extend_hello(_event: ev.Hello, obj: JSONDict) -> None:
    obj["capabilities"]["max_text_chars"] = obj.pop("max_text_chars")


def _extend_error(event: ev.ErrorOccurred, obj: JSONDict) -> None:
    if event.error.retry_after_ms is not None:
        obj["retry_after_ms"] = event.error.retry_after_ms


_EXTENSIONS: dict[type[Any], Callable[[Any, JSONDict], None]] = {
    ev.Hello: _extend_hello,
    ev.ErrorOccurred: _extend_error,
}


def _plain(value: Any) -> Any:
    """Turn what stands in an event into what ``json`` writes."""
    if isinstance(value, BackendInfo):
        return {"name": value.name, "model": value.model}
    if isinstance(value, AudioFormat):
        return {"format": value.format, "rate": value.rate_hz, "channels": value.channels}
    if isinstance(value, Capabilities):
        return {
            "streaming": value.streaming,
            "binary_audio": value.binary_audio,
            "text_formats": list(value.text_formats),
            "languages": list(value.languages),
            "voice_count": value.voice_count,
            "extras": sorted(value.extras),
            "ideal_words": value.ideal_words,
        }
    if isinstance(value, ev.SessionState):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, ev.ErrorDetail):
        return _present_fields(value)
    if isinstance(value, Mapping):
        return dict(value)
    # A whole number of milliseconds is written as one: 20, not 20.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def decode_server(message: str | bytes) -> ev.ServerEvent | None:
    """Read what a server sent.

    Returns:
        The event, or None for a type that this version does not know, which a client ignores.

    Raises:
        RemoteProtocolError: The message is no event of a server.
    """
    if not isinstance(message, str):
        raise RemoteProtocolError("the server sent a binary frame, which this version does not read")
    obj = parse_json(message)
    if not isinstance(obj, dict) or not isinstance(obj.get("type"), str):
        raise RemoteProtocolError("the server sent a message that is no object with a 'type'")
    event = _SERVER_CLASSES.get(obj["type"])
    if event is None:
        return None
    if event is ev.Hello and isinstance(obj.get("capabilities"), dict):
        obj["max_text_chars"] = obj["capabilities"].get("max_text_chars")
    elif event is ev.AudioDelta:
        obj["pcm"] = obj.get("audio")
    try:
        result: ev.ServerEvent = event(
            **{
                field.name: READERS[field.name](obj[field.name])
                for field in fields(event)
                if obj.get(field.name) is not None
            }
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RemoteProtocolError(f"the server sent a {obj['type']} that cannot be read") from error
    return result


# --- what a connection speaks -------------------------------------------------------------------------------

VERSION: Final = "0.1"

FRAME_OVERHEAD_BYTES: Final = 120
"""Bytes of an audio event around its base64: measured 108 to 124 with the ids that a session makes."""


def audio_bytes(event: ev.AudioDelta) -> int:
    """Tell how long the message of an audio event will be, within a few in a hundred."""
    return (len(event.pcm) + 2) // 3 * 4 + FRAME_OVERHEAD_BYTES


SERVER: Final = ServerDialect(VERSION, None, decode_client, encode_server, audio_bytes)
CLIENT: Final = ClientDialect(VERSION, None, decode_server, encode_client)
