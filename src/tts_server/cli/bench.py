"""Measure a server that is started for the purpose.

Examples:
  tts-server bench
  tts-server bench latency --repeats 3 --json
  tts-server bench latency --peer-python .venv-bench/bin/python
  tts-server bench latency --backend tone
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from tts_server.bench import latency

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable


def configure(parser: ArgumentParser) -> None:
    """Add the scenarios and their flags."""
    parser.add_argument(
        "scenario",
        nargs="?",
        default="latency",
        choices=sorted(_SCENARIOS),
        help="what to measure (default: latency)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with every single measurement")
    parser.add_argument("--backend", default="kokoro", help="backend to measure (default: kokoro)")
    parser.add_argument("--voice", help="voice to speak with (default: the backend's)")
    parser.add_argument(
        "--threads", type=int, default=2, metavar="N", help="threads of each engine (default: 2)"
    )
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="rounds (default: 5)")
    parser.add_argument(
        "--peer-python", metavar="PATH", help="interpreter that has kokoro-onnx, to compare with"
    )


def run(args: Namespace) -> int:
    """Run the scenario and print its figures on standard output."""
    return _SCENARIOS[args.scenario](args)


def say(line: str) -> None:
    """Tell on standard error what is happening."""
    print(line, file=sys.stderr, flush=True)


def _latency(args: Namespace) -> int:
    voice = args.voice or ("af_heart" if args.backend == "kokoro" else None)
    plan = latency.LatencyPlan(
        backend=args.backend,
        voice=voice,
        threads=args.threads,
        repeats=args.repeats,
        peer_python=args.peer_python,
    )
    result = asyncio.run(latency.run(plan, say))
    print(json.dumps(result.as_json(plan), indent=2) if args.json else result.as_table())
    return 0


_SCENARIOS: dict[str, Callable[[Namespace], int]] = {"latency": _latency}
