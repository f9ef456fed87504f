"""Write down what the scheduler decides today: ``python -m tests.scheduling.record_traces``.

Run it only where decisions are to change, and say in the commit why they do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from tests.scheduling.traces import RUNS, record

PATH: Final = Path(__file__).parents[1] / "data" / "scheduler_traces.json"

WHOLE: Final = (("crowd", 4), ("orders", 8))
"""Runs that are kept line by line, so that a difference can be read."""


def recorded() -> dict[str, Any]:
    """Do every run."""
    traces = {run: record(*run) for run in RUNS}
    return {
        "digests": {f"{kind} {seed}": trace.digest() for (kind, seed), trace in traces.items()},
        "whole": {f"{kind} {seed}": traces[kind, seed].lines for kind, seed in WHOLE},
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(recorded(), indent=0) + "\n")
