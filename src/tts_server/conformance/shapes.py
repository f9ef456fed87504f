"""The form of every event that a server of protocol 0.1 may send, frozen: ``events.json`` beside this file.

Kept apart from the server's own code, so that a change there which the protocol does not allow is seen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from tts_server.conformance.pattern import is_kind
from tts_server.errors import ERROR_TYPES

_PATH_OR_TRACE: Final = re.compile(
    r"(?:^|[\s'\"(])/[\w.-]+/[\w./-]+|Traceback|\bFile \"|\.py\b|0x[0-9a-f]{6,}"
)


def _read_shapes() -> Mapping[str, Mapping[str, Any]]:
    text = (resources.files("tts_server.conformance") / "events.json").read_text(encoding="utf-8")
    shapes: dict[str, dict[str, Any]] = json.loads(text)
    return shapes


EVENT_SHAPES: Final = _read_shapes()
"""The fields of each type of event with their kinds; ``?`` stands behind those that may be missing."""


def shape_problems(event: dict[str, Any], pattern: Any = None) -> list[str]:
    """Judge the form of an event of the server's.

    Args:
        event: The event.
        pattern: What was expected; a field that may be missing must be missing if this does not name it.
            None judges the form alone.
    """
    kind = event.get("type")
    shape = EVENT_SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return [f"type is {kind!r}, which protocol 0.1 does not have"]
    problems = list(_object_problems({"type": "string", **shape}, event, pattern, ""))
    if isinstance(event.get("error"), dict):
        problems += _error_problems(event["error"])
    return problems


def _object_problems(shape: Mapping[str, Any], value: Any, pattern: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is {value!r}, expected an object"]
    strangers = value.keys() - {name.removesuffix("?") for name in shape}
    problems = [f"{path}{name} is there, which protocol 0.1 does not have" for name in sorted(strangers)]
    for key, kind in shape.items():
        name = key.removesuffix("?")
        named = pattern.get(name) if isinstance(pattern, dict) else None
        if name not in value:
            if name == key:
                problems.append(f"{path}{name} is missing")
        elif isinstance(kind, dict):
            problems += _object_problems(kind, value[name], named, f"{path}{name}.")
        elif not _is_of(value[name], kind):
            problems.append(f"{path}{name} is {value[name]!r}, expected a {kind}")
        elif name != key and isinstance(pattern, dict) and name not in pattern:
            problems.append(f"{path}{name} is {value[name]!r}, and should not be there")
    return problems


def _is_of(value: Any, kind: str) -> bool:
    if kind == "count":
        return is_kind(value, "integer") and value >= 0
    if kind == "strings":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind == "string or null":
        return value is None or isinstance(value, str)
    return is_kind(value, kind)


def _error_problems(error: dict[str, Any]) -> list[str]:
    problems = []
    code, message = error.get("code"), str(error.get("message"))
    wanted = ERROR_TYPES.get(str(code))
    if wanted is None:
        problems.append(f"error.code is {code!r}, which protocol 0.1 does not have")
    elif error.get("type") != wanted:
        problems.append(f"error.type is {error.get('type')!r}, expected {wanted!r} for {code}")
    if not message or "\n" in message:
        problems.append("error.message is not one line")
    if _PATH_OR_TRACE.search(message):
        problems.append(f"error.message holds a path or a trace: {message!r}")
    return problems
