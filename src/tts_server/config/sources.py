"""How one setting is looked up: level by level, the first that has it wins, and its source is remembered.

Reads no environment: the levels are given. The functions at the end turn text into checked values, and raise
``ValueError`` with a message for the person who wrote the text.
"""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from tts_server.errors import ConfigError

ValueT = TypeVar("ValueT")

AUTO_ENGINES: Final = "auto"

MAX_COUNT: Final = 2**31 - 1
MAX_THREADS: Final = 1024
MAX_SECONDS: Final = 366 * 86_400.0

MIN_KEEPALIVE_S: Final = 0.1
"""Pings in quicker turns keep a core busy for each connection."""

MAX_TOKEN_CHARS: Final = 4096

KEEPALIVE_OFF: Final = ("none", "off", "disable", "disabled", "0")

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
    """A value with the name of the flag or variable that gave it.

    Args:
        value: As it was given.
        source: What gave it, for people.
        is_own: Whether this user gave it, by a flag or by exporting it, or nobody did; a ``.env`` may be
            anybody's, since it comes with the working folder.
    """

    value: Any
    source: str
    is_own: bool = True


class Sources:
    """The levels at which a setting may be given, the winning one first.

    Args:
        flags: Flags of the command line.
        environ: Exported variables.
        dotenv: Variables of a ``.env`` file.
        problems: Takes the message of each setting that is refused, whose default then holds; None raises it.
    """

    def __init__(
        self,
        flags: Flags,
        *,
        environ: Mapping[str, str],
        dotenv: Mapping[str, str] | None = None,
        problems: list[str] | None = None,
    ) -> None:
        self.flags = flags
        self.exported = environ
        self.dotenv = dotenv or {}
        self.problems = problems
        self.settings: list[Setting] = []

    def levels(self, flag: str | None, variable: str | None) -> list[Found | None]:
        """What each level says, the winning one first; an empty variable says nothing."""
        found: list[Found | None] = [None, None, None]
        if flag is not None and self.flags.get(flag) is not None:
            found[0] = Found(self.flags[flag], flag_name(flag))
        if variable is not None and self.exported.get(variable):
            found[1] = Found(self.exported[variable], variable)
        if variable is not None and self.dotenv.get(variable):
            found[2] = Found(self.dotenv[variable], f"{variable} in .env", is_own=False)
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
        given = found

        def check() -> Any:
            value = given.value if parse is None else parsed(given, parse)
            self.record(name, value, given.source)
            return value

        return self.attempt(name, check, default)

    def attempt(self, name: str, make: Callable[[], ValueT], default: ValueT) -> ValueT:
        """Make the value of a setting; where it is refused and problems are collected, take the default.

        Raises:
            ConfigError: It is refused.
        """
        try:
            return make()
        except ConfigError as error:
            if self.problems is None:
                raise
            if str(error) not in self.problems:
                self.problems.append(str(error))
            source, colon, _ = str(error).partition(": ")
            self.record(name, "refused", source if colon else "see the message")
            return default

    def record(self, name: str, value: object, source: str) -> None:
        """Remember a setting for people to read."""
        if isinstance(value, tuple | list):
            value = ",".join("=".join(v) if isinstance(v, tuple) else str(v) for v in value)
        if isinstance(value, bool):
            value = "yes" if value else "no"
        self.settings.append(Setting(name, "none" if value in {None, ""} else str(value), source))


def read_dotenv(folder: str) -> dict[str, str]:
    """Read the ``.env`` of a folder; nothing where there is none, or python-dotenv is not installed.

    Raises:
        ConfigError: It cannot be read.
    """
    if importlib.util.find_spec("dotenv") is None:
        return {}
    path = Path(folder) / ".env"
    if not path.is_file():
        return {}
    from dotenv import dotenv_values  # noqa: PLC0415 - an optional package

    try:
        # Not interpolated: a variable of this user's, a token, would travel inside an address.
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}
    except OSError as error:
        raise ConfigError(f".env cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(".env cannot be read: it is not UTF-8 text") from None


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


def whole_number(value: Any) -> int | None:
    """Read a whole number, written in ASCII digits alone; None where it is none."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else None


def finite_number(value: Any) -> float | None:
    """Read a finite number; None where it is none."""
    text = str(value).strip()
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def positive_int(value: Any, most: int = MAX_COUNT) -> int:
    """Read a whole number above zero, by default of 31 bits."""
    number = whole_number(value)
    if number is None or number < 1:
        raise ValueError(f"{shortened(value)} is not a positive whole number")
    if number > most:
        raise ValueError(f"{shortened(value)} is more than {most}")
    return number


def thread_count(value: Any) -> int:
    """Read a number of threads."""
    return positive_int(value, MAX_THREADS)


def positive_float(value: Any) -> float:
    """Read a number of seconds above zero, at most a year."""
    number = finite_number(value)
    if number is None or number <= 0:
        raise ValueError(f"{shortened(value)} is not a positive number")
    if number > MAX_SECONDS:
        raise ValueError(f"{shortened(value)} is more than {MAX_SECONDS:.0f}")
    return number


def share(value: Any) -> float:
    """Read a part of a whole: above 0, at most 1."""
    number = positive_float(value)
    if number > 1:
        raise ValueError(f"{value} is not a part of 1")
    return number


def port_number(value: Any) -> int:
    """Read a TCP port."""
    number = whole_number(value)
    if number is None or number > 65535:
        raise ValueError(f"{shortened(value)!r} is not a port number from 0 to 65535")
    return number


def path_name(value: Any) -> str:
    """Read the path of a file or a folder."""
    text = str(value)
    if not text or "\0" in text:
        raise ValueError("names no path" if not text else f"{shortened(text)!r} is not a path")
    return text


def given_name(value: Any) -> str:
    """Read the name of something, which is not empty."""
    if not str(value).strip():
        raise ValueError("is empty")
    return str(value)


def origin(value: Any) -> str:
    """Read an origin of web pages as a browser writes it, such as ``https://example.com``."""
    text = str(value).strip().rstrip("/")
    scheme, separator, host = text.partition("://")
    if text != "null" and not (separator and scheme.isascii() and host and not set(host) & set("/?#@ *")):
        raise ValueError(f"{shortened(value)!r} is not an origin such as https://example.com")
    return text


def origins(value: Any) -> tuple[str, ...]:
    """Read a list of origins."""
    return tuple(origin(text) for text in value)


def shortened(value: Any) -> str:
    """A value for a message of one line."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def engine_count(value: Any) -> int | None:
    """Read a number of engines; None stands for ``auto``."""
    if str(value).strip().lower() == AUTO_ENGINES:
        return None
    number = whole_number(value)
    if not number:
        raise ValueError(f"{shortened(value)} is neither a positive whole number nor {AUTO_ENGINES}")
    return positive_int(number, MAX_THREADS)


def scheduling_order(value: Any) -> Literal["deadline", "fifo"]:
    """Read the name of an order in which responses are served."""
    for order in SCHEDULING_ORDERS:
        if value == order:
            return order
    raise ValueError(f"{value!r} is not one of {', '.join(SCHEDULING_ORDERS)}")


def keepalive_s(value: Any) -> float | None:
    """Read seconds, or one of ``none``, ``off``, ``disable``, ``disabled`` or 0 for no keepalive."""
    text = str(value).strip().lower()
    number = 0.0 if text in KEEPALIVE_OFF else finite_number(text)
    if number is None or number < 0:
        raise ValueError(f"{shortened(value)!r} is neither seconds nor one of {', '.join(KEEPALIVE_OFF)}")
    if number == 0:
        return None
    if not MIN_KEEPALIVE_S <= number <= MAX_SECONDS:
        raise ValueError(f"{shortened(value)} is not from {MIN_KEEPALIVE_S} to {MAX_SECONDS:.0f} seconds")
    return number


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
    """Read a comma-separated list of codes of languages, in lower case, each once."""
    found = dict.fromkeys(code.strip().lower() for code in str(value).split(",") if code.strip())
    for code in found:
        if not (code.isascii() and code.replace("-", "").isalnum() and 2 <= len(code) <= 16):
            raise ValueError(f"{shortened(code)!r} is not the code of a language; give them as ja,zh")
    return tuple(found)


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
    if len(word) > MAX_TOKEN_CHARS:
        raise ValueError(f"holds more than {MAX_TOKEN_CHARS} characters")
    if not all("!" <= c <= "~" for c in word):
        raise ValueError("a token is one word of printable ASCII characters")
    return word
