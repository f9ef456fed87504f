"""How rules stand in tables: a state and the type of what is given, and what is then done.

A handler takes the very type that it is written for; the table checks at run time what a type checker cannot
see through a mapping.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tts_server.errors import LocalProtocolError
from tts_server.session.effects import Effect

SubjectT = TypeVar("SubjectT")
GivenT = TypeVar("GivenT")


@dataclass(frozen=True, slots=True)
class Rule(Generic[SubjectT]):
    """What is done with one type of what is given.

    Args:
        kind: The type.
        summary: What is done, in a line.
        apply: Does it, and returns what is wanted of the driver. Given something else it raises
            ``LocalProtocolError``.
    """

    kind: type[object]
    summary: str
    apply: Callable[[SubjectT, object, float], list[Effect]]


def on(kind: type[GivenT], handler: Callable[[SubjectT, GivenT, float], list[Effect]]) -> Rule[SubjectT]:
    """Make the rule by which ``handler`` takes what is of type ``kind``."""

    def apply(subject: SubjectT, given: object, now: float) -> list[Effect]:
        if not isinstance(given, kind):
            raise LocalProtocolError(f"a rule for {kind.__name__} was given a {type(given).__name__}")
        return handler(subject, given, now)

    return Rule(kind, (handler.__doc__ or "").partition("\n")[0], apply)
