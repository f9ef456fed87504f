"""How one setting is looked up: level by level, the first that has it wins, and its source is remembered.

Reads no environment: the levels are given. The functions at the end turn text into checked values, and raise
``ValueError`` with a message for the person who wrote the text.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tts_server.errors import ConfigError

AUTO_ENGINES: Final = "auto"

SCHEDULING_ORDERS: Final[tuple[Literal["deadline", "fifo"], ...]] = ("deadline", "fifo")

Flags = Mapping[str, Any]
"""Values of command-line flags by name, such as ``max_text_chars``; None or absent means not given."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as ``config show`` prints it; a secret's ``value`` says only that it is set."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Found:
    """A value with the name of the flag or variable that gave it."""

    value: Any
    source: str


class Sources:
    """The levels at which a setting may be given, the winning one first.

    Args:
        flags: Flags of the command line.
        environ: Exported variables.
        dotenv: Variables of a ``.env`` file.
    """

    def __init__(
        self,
        flags: Flags,
        *,
        environ: Mapping[str, str],
        dotenv: Mapping[str, str] | None = None,
    ) -> None:
        self.flags = flags
        self.environ = environ
        self.dotenv = dotenv or {}
        self.settings: list[Setting] = []

    def levels(self, flag: str | None, variable: str | None) -> list[Found | None]:
        """What each level says, the winning one first; an empty variable says nothing."""
        found: list[Found | None] = [None, None, None]
        if flag is not None and self.flags.get(flag) is not None:
            found[0] = Found(self.flags[flag], flag_name(flag))
        if variable is not None and self.environ.get(variable):
            found[1] = Found(self.environ[variable], variable)
        if variable is not None and self.dotenv.get(variable):
            found[2] = Found(self.dotenv[variable], f"{variable} in .env")
        return found

    def first(self, flag: str | None, variable: str | None) -> Found | None:
        """The value of the first level that has one."""
        return next((found for found in self.levels(flag, variable) if found is not None), None)

    def pick(
        self,
        name: str,
        variable: str | None = None,
        *,
        default: Any = None,
        parse: Callable[[Any], Any] | None = None,
    ) -> Any:
        """The checked value of a setting, recorded with its source.

        Raises:
            ConfigError: ``parse`` does not accept the value.
        """
        found = self.first(name, variable)
        if found is None:
            self.record(name, default, "default")
            return default
        value = found.value if parse is None else parsed(found, parse)
        self.record(name, value, found.source)
        return value

    def record(self, name: str, value: object, source: str) -> None:
        """Remember a setting for people to read."""
        if isinstance(value, tuple | list):
            value = ",".join("=".join(v) if isinstance(v, tuple) else str(v) for v in value)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self.settings.append(Setting(name, "none" if value in {None, ""} else str(value), source))


def flag_name(flag: str) -> str:
    """The flag of the command line that gives a setting."""
    return "--set" if flag == "settings" else "--" + flag.removesuffix("_s").replace("_", "-")


def parsed(found: Found, parse: Callable[[Any], Any]) -> Any:
    """Check a value, and name its source where it is refused.

    Raises:
        ConfigError: ``parse`` does not accept the value.
    """
    try:
        return parse(found.value)
    except ValueError as error:
        raise ConfigError(f"{found.source}: {error}") from None


def positive_int(value: Any) -> int:
    """Read a whole number above zero."""
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise ValueError(f"{value} is not a positive whole number")
    return number


def positive_float(value: Any) -> float:
    """Read a finite number above zero."""
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{value} is not a positive number")
    return number


def share(value: Any) -> float:
    """Read a part of a whole: above 0, at most 1."""
    number = positive_float(value)
    if number > 1:
        raise ValueError(f"{value} is not a part of 1")
    return number


def port_number(value: Any) -> int:
    """Read a TCP port."""
    try:
        number = int(value)
    except ValueError:
        number = -1
    if not 0 <= number <= 65535:
        raise ValueError(f"{value!r} is not a port number from 0 to 65535")
    return number


def engine_count(value: Any) -> int | None:
    """Read a number of engines; None stands for ``auto``."""
    if str(value).strip().lower() == AUTO_ENGINES:
        return None
    try:
        return positive_int(value)
    except ValueError:
        raise ValueError(f"{value} is neither a positive whole number nor {AUTO_ENGINES}") from None


def scheduling_order(value: Any) -> Literal["deadline", "fifo"]:
    """Read the name of an order in which responses are served."""
    for order in SCHEDULING_ORDERS:
        if value == order:
            return order
    raise ValueError(f"{value!r} is not one of {', '.join(SCHEDULING_ORDERS)}")


def keepalive_s(value: Any) -> float | None:
    """Read seconds, or ``none``, ``off`` or 0 for no keepalive."""
    text = str(value).strip().lower()
    if text in {"none", "off"}:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{value!r} is neither seconds nor none, off or 0")
    return number or None


def log_level(value: Any) -> str:
    """Read the name of a standard logging level, in any case."""
    known = logging.getLevelNamesMapping()
    name = str(value).strip().upper()
    if name not in known:
        raise ValueError(
            f"{value!r} is not a level; known are {', '.join(sorted(known, key=known.__getitem__))}"
        )
    return name


def codes(value: Any) -> tuple[str, ...]:
    """Read a comma-separated list of codes, in lower case, each once."""
    return tuple(dict.fromkeys(code.strip().lower() for code in str(value).split(",") if code.strip()))


def name_value_pairs(value: Any) -> tuple[tuple[str, str], ...]:
    """Read a list of ``NAME=VALUE``."""
    pairs = []
    for text in value:
        name, equals, setting = str(text).partition("=")
        if not (name.strip() and equals):
            raise ValueError(f"{text!r} is not of the form NAME=VALUE")
        pairs.append((name.strip(), setting.strip()))
    return tuple(pairs)


def token(value: Any) -> str:
    """Read a bearer token: one word of printable ASCII, with any white space around it."""
    word = str(value).strip()
    if not word:
        raise ValueError("holds no token")
    if not all("!" <= c <= "~" for c in word):
        raise ValueError("a token is one word of printable ASCII characters")
    return word
