"""Measure a server that is started for the purpose, or simulate one.

Scenarios: latency (first sound and speed, sentence by sentence), cancel (how soon the engine is free),
streams and soak (many listeners without a pause), load (listeners who take turns, play in real time and
interrupt), capacity (how many listeners this machine carries and what happens with one more), engines (one
engine against several), hostile (what attackers do to everybody else), simulate (the same as load in
simulated time, in a moment).

Examples:
  tts-server bench
  tts-server bench latency --repeats 3 --json
  tts-server bench cancel --backend tone --repeats 1000
  tts-server bench streams --backend tone --streams 100 --seconds 60
  tts-server bench soak
  tts-server bench load --streams 4 --pattern barge-in --seconds 600
  tts-server bench load --backend tone --set work_ms=60 --streams 3 --pattern continuous
  tts-server bench capacity --seconds 120
  tts-server bench hostile --attacks pings,silent --seconds 10
  tts-server bench simulate --streams 6 --pattern turns --rtf 0.2 --seconds 3600
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any, Final

from tts_server.bench import cancel, capacity, engines, hostile, latency, load, simulated, streams
from tts_server.bench.agents import PATTERNS
from tts_server.bench.attackers import KINDS
from tts_server.bench.report import Measured
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import say_aside, show, show_json
from tts_server.config.sources import SCHEDULING_ORDERS, engine_count, positive_float, positive_int
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Coroutine, Iterable

DEFAULT_SECONDS: Final = {
    "soak": 600.0,
    "load": 120.0,
    "capacity": 120.0,
    "engines": 20.0,
    "hostile": 10.0,
}

MAX_SECONDS: Final = 366 * 86400.0


def configure(parser: ArgumentParser) -> None:
    """Add the scenarios and their flags."""
    configure_scenarios(parser, (*MEASUREMENTS, "simulate"))


def configure_scenarios(parser: ArgumentParser, scenarios: Iterable[str]) -> None:
    """Add these scenarios, and the flags of those that there are here."""
    parser.add_argument(
        "scenario",
        nargs="?",
        default="latency",
        choices=sorted(scenarios),
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
        help="length of each load (default: 60; soak 600, load and capacity 120, simulate 3600, engines 20, "
        "hostile 10)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="seed of what is random (default: 1)"
    )
    parser.add_argument("--attacks", metavar="LIST", help="attacks of hostile (default: all)")
    _configure_load(parser)
    simulated.configure(parser)


def _configure_load(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("load, capacity, engines and simulate")
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


def run(args: Namespace) -> int:
    """Run the scenario and print its figures on standard output; a stop signal ends its servers too."""
    if args.scenario == "simulate":
        return report(args, simulated.run(args))
    return run_until_signal(lambda: _measure(args))


async def _measure(args: Namespace) -> int:
    return report(args, await MEASUREMENTS[args.scenario](args))


def report(args: Namespace, measured: Measured) -> int:
    """Print the figures as a table or as JSON; the exit status says whether all was seen that must be."""
    if args.json:
        show_json(measured.result.as_json(measured.plan))
    else:
        show(measured.result.as_table().split("\n"))
    return 0 if measured.is_met else 1


def say(line: str) -> None:
    """Tell on standard error what is happening."""
    say_aside(line)


def latency_plan(args: Namespace) -> latency.LatencyPlan:
    """Read the plan of latency from the flags."""
    backend = args.backend or "kokoro"
    return latency.LatencyPlan(
        backend=backend,
        voice=args.voice or ("af_heart" if backend == "kokoro" else None),
        threads=args.threads,
        repeats=args.repeats or 5,
    )


async def _latency(args: Namespace) -> Measured:
    plan = latency_plan(args)
    return Measured(await latency.run(plan, say), plan)


async def _cancel(args: Namespace) -> Measured:
    plan = cancel.CancelPlan(
        backend=args.backend or "tone",
        n_cancels=args.repeats or 1000,
        threads=args.threads,
        voice=args.voice,
        seed=args.seed,
    )
    return Measured(await cancel.run(plan, say), plan)


async def _streams(args: Namespace) -> Measured:
    plan = streams.StreamsPlan(
        backend=args.backend or "tone", n_streams=args.streams or 100, seconds=_seconds(args)
    )
    return Measured(await streams.run(plan, say), plan)


def load_plan(args: Namespace, *, n_streams: int = 2) -> load.LoadPlan:
    """Read the plan of a load from the flags."""
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


async def _load(args: Namespace) -> Measured:
    plan = load_plan(args)
    return Measured(await load.run(plan, say), plan)


async def _capacity(args: Namespace) -> Measured:
    plan = load_plan(args)
    result = await capacity.run(plan, say, n_idle=args.repeats or 10)
    return Measured(result, plan, result.is_met)


async def _engines(args: Namespace) -> Measured:
    compared = tuple((args.engines or "1,2").split(","))
    for number in compared:
        checked_count("--engines", number)
    args.engines = None
    plan = engines.EnginesPlan(load_plan(args, n_streams=4), engines=compared, rounds=args.repeats or 3)
    return Measured(await engines.run(plan, say), plan)


async def _hostile(args: Namespace) -> Measured:
    kinds = tuple((args.attacks or ",".join(KINDS)).split(","))
    for kind in kinds:
        if kind not in KINDS:
            raise ConfigError(f"--attacks: {kind!r} is none of {', '.join(KINDS)}")
    plan = hostile.HostilePlan(kinds, seconds=_seconds(args), backend=args.backend or "tone")
    result = await hostile.run(plan, say)
    return Measured(result, plan, result.is_met)


def checked_count(flag: str, text: str) -> int:
    """Read a flag's number.

    Raises:
        ConfigError: It is not a positive whole one.
    """
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


MEASUREMENTS: Final[dict[str, Callable[[Namespace], Coroutine[Any, Any, Measured]]]] = {
    "cancel": _cancel,
    "capacity": _capacity,
    "engines": _engines,
    "hostile": _hostile,
    "latency": _latency,
    "load": _load,
    "soak": _streams,
    "streams": _streams,
}
"""What each scenario that runs a server measures."""
