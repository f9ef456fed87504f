"""Measure the server beside other software, and what is foretold beside what is measured.

Everything that tts-server bench has is here too, with the same flags. Three things are here alone:
--peer-python lays latency beside kokoro-onnx, predict lays simulate beside load, and --plot draws what the
listeners of load or simulate got.

Examples:
  python -m laboratory latency --peer-python .venv-bench/bin/python
  python -m laboratory predict --loads 1,2,3 --pattern turns --no-admission
  python -m laboratory load --streams 4 --pattern barge-in --seconds 600 --plot load.png
"""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from laboratory import latency, listeners_plot, prediction
from tts_server.bench import simulated
from tts_server.bench.load import LoadResult
from tts_server.bench.report import Measured
from tts_server.bench.simulated import Simulated
from tts_server.cli import bench
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.program import status_of
from tts_server.cli.registry import Parser
from tts_server.errors import ConfigError

PREDICT_SECONDS: Final = 120.0
DRAWN: Final = ("load", "simulate")


def parser() -> Parser:
    """Make the parser: the flags of ``tts-server bench``, and our own."""
    description, _, examples = (__doc__ or "").partition("\nExamples:\n")
    made = Parser(
        prog="python -m laboratory",
        description=description.strip(),
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    bench.configure_scenarios(made, (*SCENARIOS, "simulate"))
    group = made.add_argument_group("the laboratory's own")
    group.add_argument(
        "--peer-python", metavar="PATH", help="interpreter that has kokoro-onnx, to compare latency with"
    )
    group.add_argument(
        "--loads", default="1,2,3", metavar="LIST", help="numbers of listeners to predict (default: 1,2,3)"
    )
    group.add_argument("--plot", metavar="FILE", help="draw what listeners of load or simulate got")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Run a scenario.

    Args:
        argv: The arguments; the process's own by default.

    Returns:
        The exit status, as that of ``tts-server``.

    Raises:
        SystemExit: After ``--help`` and for flags that cannot be read.
    """
    args = parser().parse_args(argv)
    return status_of(lambda: run(args))


def run(args: Namespace) -> int:
    """Run the scenario, print its figures and draw them if that is asked for.

    Raises:
        ConfigError: The picture is not one of this scenario, or cannot be drawn.
    """
    if args.plot:
        if args.scenario not in DRAWN:
            raise ConfigError(f"--plot: there is a picture of {' and '.join(DRAWN)} alone")
        listeners_plot.require_matplotlib()
    if args.scenario == "simulate":
        return _report(args, simulated.run(args))
    return run_until_signal(lambda: _measure(args))


async def _measure(args: Namespace) -> int:
    return _report(args, await SCENARIOS[args.scenario](args))


def _report(args: Namespace, measured: Measured) -> int:
    status = bench.report(args, measured)
    if args.plot:
        _draw(measured, args.plot)
    return status


def _draw(measured: Measured, path: str) -> None:
    plan, result = measured.plan, measured.result
    if isinstance(result, Simulated):
        title = f"{plan.n_streams} listeners ({plan.pattern}), simulated, {plan.policy.order}"
        listeners_plot.draw(result.result.streams, title, path)
    elif isinstance(result, LoadResult):
        title = f"{plan.n_streams} listeners ({plan.pattern}), {plan.backend}, {plan.order}"
        listeners_plot.draw(result.streams, title, path)


async def _latency(args: Namespace) -> Measured:
    if args.peer_python is None:
        return await bench.MEASUREMENTS["latency"](args)
    plan = latency.ComparisonPlan(bench.latency_plan(args), args.peer_python)
    return Measured(await latency.run(plan, bench.say), plan)


async def _predict(args: Namespace) -> Measured:
    loads = tuple(bench.checked_count("--loads", number) for number in args.loads.split(","))
    if args.seconds is None:
        args.seconds = PREDICT_SECONDS
    plan = bench.load_plan(args)
    return Measured(await prediction.run(plan, loads, bench.say), plan)


SCENARIOS: Final[dict[str, Callable[[Namespace], Coroutine[Any, Any, Measured]]]] = {
    **bench.MEASUREMENTS,
    "latency": _latency,
    "predict": _predict,
}
"""What each scenario that runs a server measures."""

if __name__ == "__main__":
    sys.exit(main())
