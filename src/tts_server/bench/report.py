"""Figures in a form that people and programs can read."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Result(Protocol):
    """What a scenario found out."""

    def as_json(self, plan: Any) -> dict[str, Any]:
        """Everything measured, with the machine."""

    def as_table(self) -> str:
        """The figures for people."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A scenario that has run.

    Args:
        result: What was found out.
        plan: What was asked for.
        is_met: Whether everything was seen that must be; true of a scenario that judges nothing.
    """

    result: Result
    plan: Any
    is_met: bool = True


def percentile(values: Sequence[float], fraction: float) -> float:
    """Interpolate a percentile; NaN for no values.

    Args:
        values: In any order.
        fraction: From 0 to 1; 0.5 is the median.
    """
    if not values:
        return float("nan")
    ordered = sorted(values)
    place = fraction * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    """The 50th percentile."""
    return percentile(values, 0.5)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out text columns; the first is aligned left and the others right."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]

    def line(row: Sequence[str]) -> str:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
        ]
        return "  ".join(cells).rstrip()

    return "\n".join([line(header), "  ".join("-" * width for width in widths), *map(line, rows)])


def machine() -> Mapping[str, Any]:
    """Describe the machine on which the figures are taken."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
