"""Measure a server that is started for the purpose.

Examples:
  tts-server bench
  tts-server bench latency --repeats 3 --json
  tts-server bench latency --peer-python .venv-bench/bin/python
  tts-server bench latency --backend tone
  tts-server bench cancel --backend tone --repeats 1000
  tts-server bench streams --backend tone --streams 100 --seconds 60
  tts-server bench soak
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from tts_server.bench import cancel, latency, streams

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
    parser.add_argument("--backend", help="backend to measure (default: kokoro for latency, else tone)")
    parser.add_argument("--voice", help="voice to speak with (default: the backend's)")
    parser.add_argument(
        "--threads", type=int, default=2, metavar="N", help="threads of each engine (default: 2)"
    )
    parser.add_argument(
        "--repeats", type=int, metavar="N", help="rounds of latency (default: 5), cancels (default: 1000)"
    )
    parser.add_argument("--streams", type=int, default=100, metavar="N", help="listeners (default: 100)")
    parser.add_argument(
        "--seconds", type=float, metavar="S", help="length (default: 60 for streams, 600 for soak)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed of what is random (default: 1)"
    )
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
    backend = args.backend or "kokoro"
    voice = args.voice or ("af_heart" if backend == "kokoro" else None)
    plan = latency.LatencyPlan(
        backend=backend,
        voice=voice,
        threads=args.threads,
        repeats=args.repeats or 5,
        peer_python=args.peer_python,
    )
    result = asyncio.run(latency.run(plan, say))
    print(json.dumps(result.as_json(plan), indent=2) if args.json else result.as_table())
    return 0


def _cancel(args: Namespace) -> int:
    plan = cancel.CancelPlan(
        backend=args.backend or "tone",
        n_cancels=args.repeats or 1000,
        threads=args.threads,
        voice=args.voice,
        seed=args.seed,
    )
    result = asyncio.run(cancel.run(plan, say))
    print(json.dumps(result.as_json(plan), indent=2) if args.json else result.as_table())
    return 0


def _streams(args: Namespace, *, seconds: float = 60.0) -> int:
    plan = streams.StreamsPlan(
        backend=args.backend or "tone", n_streams=args.streams, seconds=args.seconds or seconds
    )
    result = asyncio.run(streams.run(plan, say))
    print(json.dumps(result.as_json(plan), indent=2) if args.json else result.as_table())
    return 0


def _soak(args: Namespace) -> int:
    return _streams(args, seconds=600.0)


_SCENARIOS: dict[str, Callable[[Namespace], int]] = {
    "cancel": _cancel,
    "latency": _latency,
    "soak": _soak,
    "streams": _streams,
}
