"""Patterns that a message is held against, and templates that become a message.

A pattern is JSON. Values stand for themselves; an object names the fields that must be there with their
patterns, and says nothing of the others; an object whose keys begin with ``$`` is a matcher, and all of its
keys must hold. ``docs/reference/conformance.md`` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tts_server.errors import ConfigError

Variables = dict[str, Any]


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT: Final = _Absent()
"""Stands for a field that is not there."""

_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def is_matcher(pattern: Any) -> bool:
    """Whether an object of a pattern or a template is an instruction rather than a value."""
    return isinstance(pattern, dict) and any(key.startswith("$") for key in pattern)


def is_kind(value: Any, kind: str) -> bool:
    """Whether a JSON value is of a kind; true and false are no numbers."""
    return type(value) in _KINDS[kind]


def is_equal(one: Any, other: Any) -> bool:
    """JSON's equality, in which true is not 1 and 20.0 is 20."""
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    return bool(one == other)


def look_up(path: str, variables: Variables) -> Any:
    """Follow a path such as ``hello.audio.rate`` or ``status.voices.0`` through the variables.

    Raises:
        ConfigError: It leads nowhere.
    """
    value: Any = variables
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ConfigError(f"the transcript refers to {path}, which is not known") from None
    return value


def fill(template: Any, variables: Variables) -> Any:
    """Make a value of a template: ``$ref``, ``$upper``, ``$repeat`` with ``$times`` and ``$plus``, ``$slow``.

    Raises:
        ConfigError: It refers to what is not known.
    """
    if isinstance(template, list):
        return [fill(item, variables) for item in template]
    if not isinstance(template, dict):
        return template
    if "$ref" in template:
        return look_up(template["$ref"], variables)
    if "$upper" in template:
        return look_up(template["$upper"], variables).upper()
    if "$repeat" in template:
        return template["$repeat"] * (fill(template["$times"], variables) + template.get("$plus", 0))
    values = {key: fill(value, variables) for key, value in template.items() if not key.startswith("$")}
    if "$slow" in template and variables.get("slow_extra") is not None:
        values[variables["slow_extra"]] = template["$slow"]
    return values


def mismatches(pattern: Any, value: Any, variables: Variables, path: str = "") -> list[str]:
    """Say where a value does not fit a pattern; an empty list where it fits.

    What ``$capture`` names is put into the variables as the pattern is gone through, in its order.

    Raises:
        ConfigError: The pattern refers to what is not known, or is none.
    """
    where = path or "the message"
    if is_matcher(pattern):
        return _hold_matcher(pattern, value, variables, where)
    if value is ABSENT:
        return [f"{where} is missing"]
    if not isinstance(pattern, dict):
        return [] if is_equal(pattern, value) else [f"{where} is {value!r}, expected {pattern!r}"]
    if not isinstance(value, dict):
        return [f"{where} is {value!r}, expected an object"]
    return [
        problem
        for key, inner in pattern.items()
        for problem in mismatches(inner, value.get(key, ABSENT), variables, f"{path}.{key}" if path else key)
    ]


def _hold_matcher(pattern: dict[str, Any], value: Any, variables: Variables, where: str) -> list[str]:
    if "$absent" in pattern:
        return [] if value is ABSENT else [f"{where} is {value!r}, and should not be there"]
    if value is ABSENT:
        return [f"{where} is missing"]
    problems = []
    for name, wanted in pattern.items():
        matcher = _MATCHERS.get(name)
        if matcher is None:
            raise ConfigError(f"the transcript has an unknown matcher {name}")
        problem = matcher(fill(wanted, variables), value, variables)
        if problem:
            problems.append(f"{where} is {_shortened(value)}, expected {problem}")
    return problems


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


def _range(wanted: list[Any], value: Any) -> str:
    low, high = wanted
    if not is_kind(value, "number"):
        return "a number"
    fits = (low is None or value >= low) and (high is None or value <= high)
    return "" if fits else f"from {low} to {high}"


def _contains(wanted: Any, value: Any) -> str:
    missing = [item for item in (wanted if isinstance(wanted, list) else [wanted]) if item not in value]
    return f"it to contain {missing!r}" if missing else ""


def _less_than(path: str, value: Any, variables: Variables) -> str:
    bound = look_up(path, variables)
    return "" if value < bound else f"less than {path}, {bound!r}"


def _capture(name: str, value: Any, variables: Variables) -> str:
    variables[name] = value
    return ""


_Matcher = Callable[[Any, Any, Variables], str]

_MATCHERS: Final[Mapping[str, _Matcher]] = {
    "$any": lambda kind, value, _: "" if is_kind(value, kind) else f"any {kind}",
    "$capture": _capture,
    "$same": lambda path, value, variables: (
        "" if is_equal(look_up(path, variables), value) else f"{path}, {look_up(path, variables)!r}"
    ),
    "$not_same": lambda path, value, variables: (
        f"anything but {path}" if is_equal(look_up(path, variables), value) else ""
    ),
    "$less_than": _less_than,
    "$range": lambda wanted, value, _: _range(wanted, value),
    "$one_of": lambda wanted, value, _: (
        "" if any(is_equal(item, value) for item in wanted) else f"one of {wanted!r}"
    ),
    "$contains": lambda wanted, value, _: _contains(wanted, value),
    "$exactly": lambda wanted, value, _: "" if is_equal(wanted, value) else f"exactly {wanted!r}",
    "$length": lambda wanted, value, _: "" if len(value) == wanted else f"{wanted} of them",
    "$absent": lambda _wanted, _value, _: "",
}

MATCHERS: Final = frozenset(_MATCHERS)
"""The names of all matchers."""

TEMPLATES: Final = frozenset({"$ref", "$upper", "$repeat", "$times", "$plus", "$slow"})
"""The names that a template may use."""
