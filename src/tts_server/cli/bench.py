"""Measure a server that is started for the purpose, or simulate one.

Scenarios: latency (first sound and speed, sentence by sentence), cancel (how soon the engine is free),
streams and soak (many listeners without a pause), load (listeners who take turns, play in real time and
interrupt), capacity (how many listeners this machine carries and what happens with one more), engines (one
engine against several), simulate (the same as load in simulated time, in a moment), predict (simulate against
load).

Examples:
  tts-server bench
  tts-server bench latency --repeats 3 --json
  tts-server bench latency --peer-python .venv-bench/bin/python
  tts-server bench cancel --backend tone --repeats 1000
  tts-server bench streams --backend tone --streams 100 --seconds 60
  tts-server bench soak
  tts-server bench load --streams 4 --pattern barge-in --seconds 600 --plot load.png
  tts-server bench load --backend tone --set work_ms=60 --streams 3 --pattern continuous
  tts-server bench capacity --seconds 120
  tts-server bench hostile --attacks pings,silent --seconds 10
  tts-server bench simulate --streams 6 --pattern turns --rtf 0.2 --seconds 3600
  tts-server bench predict --loads 1,2,3 --pattern turns --no-admission
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any, Final

from tts_server.bench import (
    cancel,
    capacity,
    engines,
    hostile,
    latency,
    load,
    plot,
    prediction,
    simulated,
    streams,
)
from tts_server.bench.agents import PATTERNS
from tts_server.bench.attackers import KINDS
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import say_aside, show_json
from tts_server.cli.output import show as show_lines
from tts_server.config.sources import SCHEDULING_ORDERS, engine_count, positive_float, positive_int
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Coroutine

DEFAULT_SECONDS: Final = {
    "soak": 600.0,
    "load": 120.0,
    "capacity": 120.0,
    "engines": 20.0,
    "hostile": 10.0,
    "predict": 120.0,
}

MAX_SECONDS: Final = 366 * 86400.0


def configure(parser: ArgumentParser) -> None:
    """Add the scenarios and their flags."""
    parser.add_argument(
        "scenario",
        nargs="?",
        default="latency",
        choices=sorted([*_MEASUREMENTS, "simulate"]),
        help="what to measure (default: latency)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with every single measurement")
    parser.add_argument(
        "--backend", help="backend to measure (default: tone for cancel, streams and soak, else kokoro)"
    )
    parser.add_argument("--voice", help="voice to speak with (default: the backend's)")
    parser.add_argument(
        "--threads", type=_whole_number, default=2, metavar="N", help="threads of all engines (default: 2)"
    )
    parser.add_argument(
        "--repeats",
        type=_whole_number,
        metavar="N",
        help="rounds of latency (default: 5) and engines (3), cancels (default: 1000)",
    )
    parser.add_argument(
        "--streams",
        type=_whole_number,
        metavar="N",
        help="listeners (default: 100 for streams and soak, 4 for engines, else 2)",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds_of_a_load,
        metavar="S",
        help="length of each load (default: 60; soak 600, load, capacity and predict 120, simulate 3600, "
        "engines 20, hostile 10)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed of what is random (default: 1)"
    )
    parser.add_argument(
        "--peer-python", metavar="PATH", help="interpreter that has kokoro-onnx, to compare with"
    )
    parser.add_argument("--attacks", metavar="LIST", help="attacks of hostile (default: all)")
    _configure_load(parser)
    simulated.configure(parser)


def _configure_load(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("load, capacity, engines, simulate and predict")
    group.add_argument(
        "--pattern", default="turns", choices=sorted(PATTERNS), help="what listeners do (default: turns)"
    )
    group.add_argument(
        "--order",
        default="deadline",
        choices=SCHEDULING_ORDERS,
        help="order of service (default: deadline)",
    )
    group.add_argument("--no-admission", action="store_true", help="admit what cannot be kept up with")
    group.add_argument(
        "--engines", default=None, metavar="N", help="engines; a list such as 1,2 for engines (default: 1)"
    )
    group.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="setting of the backend"
    )
    group.add_argument(
        "--loads", default="1,2,3", metavar="LIST", help="numbers of listeners to predict (default: 1,2,3)"
    )
    group.add_argument("--plot", metavar="FILE", help="draw what listeners of load or simulate got")


def run(args: Namespace) -> int:
    """Run the scenario and print its figures on standard output; a stop signal ends its servers too."""
    if args.scenario == "simulate":
        return simulated.run(args, show)
    return run_until_signal(lambda: _MEASUREMENTS[args.scenario](args))


def say(line: str) -> None:
    """Tell on standard error what is happening."""
    say_aside(line)


def show(args: Namespace, result: Any, plan: Any) -> None:
    """Print a result as a table or as JSON."""
    if args.json:
        show_json(result.as_json(plan))
    else:
        show_lines(result.as_table().split("\n"))


async def _latency(args: Namespace) -> int:
    backend = args.backend or "kokoro"
    voice = args.voice or ("af_heart" if backend == "kokoro" else None)
    plan = latency.LatencyPlan(
        backend=backend,
        voice=voice,
        threads=args.threads,
        repeats=args.repeats or 5,
        peer_python=args.peer_python,
    )
    show(args, await latency.run(plan, say), plan)
    return 0


async def _cancel(args: Namespace) -> int:
    plan = cancel.CancelPlan(
        backend=args.backend or "tone",
        n_cancels=args.repeats or 1000,
        threads=args.threads,
        voice=args.voice,
        seed=args.seed,
    )
    show(args, await cancel.run(plan, say), plan)
    return 0


async def _streams(args: Namespace) -> int:
    plan = streams.StreamsPlan(
        backend=args.backend or "tone", n_streams=args.streams or 100, seconds=_seconds(args)
    )
    show(args, await streams.run(plan, say), plan)
    return 0


def _load_plan(args: Namespace, *, n_streams: int = 2) -> load.LoadPlan:
    return load.LoadPlan(
        backend=args.backend or "kokoro",
        n_streams=args.streams or n_streams,
        seconds=_seconds(args),
        pattern=args.pattern,
        seed=args.seed,
        threads=args.threads,
        voice=args.voice,
        order=args.order,
        admission=not args.no_admission,
        engines="1" if args.engines is None else args.engines,
        settings=tuple(args.set),
    )


async def _load(args: Namespace) -> int:
    plan = _load_plan(args)
    if args.plot:
        plot.require_matplotlib()
    result = await load.run(plan, say)
    show(args, result, plan)
    if args.plot:
        title = f"{plan.n_streams} listeners ({plan.pattern}), {plan.backend}, {plan.order}"
        plot.plot_outcomes(result.streams, title, args.plot)
    return 0


async def _capacity(args: Namespace) -> int:
    plan = _load_plan(args)
    result = await capacity.run(plan, say, n_idle=args.repeats or 10)
    show(args, result, plan)
    return 0 if result.is_met else 1


async def _engines(args: Namespace) -> int:
    compared = tuple((args.engines or "1,2").split(","))
    for number in compared:
        _checked("--engines", number)
    args.engines = None
    plan = engines.EnginesPlan(_load_plan(args, n_streams=4), engines=compared, rounds=args.repeats or 3)
    show(args, await engines.run(plan, say), plan)
    return 0


async def _hostile(args: Namespace) -> int:
    kinds = tuple((args.attacks or ",".join(KINDS)).split(","))
    for kind in kinds:
        if kind not in KINDS:
            raise ConfigError(f"--attacks: {kind!r} is none of {', '.join(KINDS)}")
    plan = hostile.HostilePlan(kinds, seconds=_seconds(args), backend=args.backend or "tone")
    result = await hostile.run(plan, say)
    show(args, result, plan)
    return 0 if result.is_met else 1


async def _predict(args: Namespace) -> int:
    loads = tuple(_checked("--loads", number) for number in args.loads.split(","))
    plan = _load_plan(args)
    show(args, await prediction.run(plan, loads, say), plan)
    return 0


def _checked(flag: str, text: str) -> int:
    try:
        return engine_count(text) or 1
    except ValueError:
        raise ConfigError(f"{flag}: {text!r} is not a positive whole number") from None


def _whole_number(text: str) -> int:
    try:
        return positive_int(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _seconds_of_a_load(text: str) -> float:
    try:
        seconds = positive_float(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    if seconds > MAX_SECONDS:
        raise ArgumentTypeError(f"{text} is more than a year")
    return seconds


def _seconds(args: Namespace) -> float:
    return float(args.seconds or DEFAULT_SECONDS.get(args.scenario, 60.0))


_MEASUREMENTS: dict[str, Callable[[Namespace], Coroutine[Any, Any, int]]] = {
    "cancel": _cancel,
    "capacity": _capacity,
    "engines": _engines,
    "hostile": _hostile,
    "latency": _latency,
    "load": _load,
    "predict": _predict,
    "soak": _streams,
    "streams": _streams,
}
