"""Strict JSON: what Python's decoder lets through and the protocol does not is refused here.

Refused besides what is not JSON: NaN and the infinities, numbers beyond the range of a double, integers of
more than 4300 digits, a key that stands twice in one object, nesting deeper than the interpreter's stack, and
strings with half of a surrogate pair.

A server reads what anybody sends on the thread that all connections share, so everything here takes time in
proportion to the text's length, whatever the text is: ``tests/fuzz/cost.py`` measures it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any, Final, NoReturn

from tts_server.errors import RemoteProtocolError
from tts_server.wording import show

_MAX_DIGITS: Final = 4300
"""Digits of an integer: reading one takes time with their square. Python's own bound can be switched off."""

_TOO_MANY_DIGITS: Final = "not valid JSON: a number has too many digits"


def _refuse(message: str) -> RemoteProtocolError:
    return RemoteProtocolError(message, code="invalid_json")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise _refuse(f"not valid JSON: the key {show(twice)} stands more than once in one object")
    return result


def _no_constant(name: str) -> NoReturn:
    raise _refuse(f"not valid JSON: {name} is no JSON number")


def _finite_float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _refuse(f"not valid JSON: the number {text[:40]} is too large")
    return value


def _short_int(text: str) -> int:
    if len(text) > _MAX_DIGITS and len(text.removeprefix("-")) > _MAX_DIGITS:
        raise _refuse(_TOO_MANY_DIGITS)
    return int(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_keys,
    parse_constant=_no_constant,
    parse_float=_finite_float,
    parse_int=_short_int,
)


def parse_json(message: str) -> Any:
    """Parse one JSON text.

    Raises:
        RemoteProtocolError: With code ``invalid_json``, for whatever is wrong with it.
    """
    try:
        value = _DECODER.decode(message)
        # Only an escape can make a lone surrogate in a frame that was valid UTF-8, and escapes are rare.
        if "\\u" in message:
            json.dumps(value, ensure_ascii=False).encode()
        message.encode()
    except UnicodeEncodeError as error:
        raise _refuse("not valid JSON: a string holds half of a surrogate pair") from error
    except json.JSONDecodeError as error:
        raise _refuse(f"not valid JSON: {error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise _refuse("not valid JSON: nested too deeply") from error
    except ValueError as error:
        # The interpreter's own bound on the digits of an integer can be set lower than ours.
        raise _refuse(_TOO_MANY_DIGITS) from error
    return value


def to_json(value: Any) -> str:
    """Write one JSON text: compact, ASCII only."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
