"""Hold a running server to protocol 0.1: play every transcript against it.

Works with any server that speaks the protocol. Nobody else should be speaking through it meanwhile. What a
server or its backend does not have is skipped, with the reason. Ends with status 1 when a transcript fails.

Examples:
  tts-server conformance
  tts-server conformance ws://127.0.0.1:8765
  tts-server conformance --socket-path /tmp/tts.sock --only cancel
  tts-server conformance --list
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tts_server.cli.flags import add_client_endpoint, as_flags
from tts_server.cli.interrupt import run_until_signal
from tts_server.cli.output import columns, show, show_json, tell
from tts_server.config.client import client_config
from tts_server.config.sources import positive_float
from tts_server.conformance.suite import DEFAULT_TIMEOUT_S, play_all
from tts_server.conformance.transcript import load_transcripts
from tts_server.conformance.wire import Target
from tts_server.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from tts_server.conformance.suite import Result
    from tts_server.conformance.transcript import Transcript

_MAX_LINES = 24
"""A failure fits on one screen."""


def configure(parser: ArgumentParser) -> None:
    """Add the command's flags."""
    parser.add_argument("address", metavar="URI", nargs="?", help="the same as --uri")
    add_client_endpoint(parser)
    parser.add_argument(
        "--only",
        metavar="TEXT",
        action="append",
        help="play those whose name, or one of whose rules, contains this; may be repeated",
    )
    parser.add_argument("--list", action="store_true", help="list the transcripts and play none")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--patient", action="store_true", help="play those too that wait for a server's timers, for minutes"
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        default=str(DEFAULT_TIMEOUT_S),
        help=f"longest wait for any one message ({DEFAULT_TIMEOUT_S:g})",
    )


def run(args: Namespace) -> int:
    """Play the transcripts and print what came of each.

    Raises:
        ConfigError: A setting is not accepted, or no transcript was chosen.
        ConnectFailedError: Nobody answers.
    """
    chosen = _choose(load_transcripts(), args.only)
    if args.list:
        _list(chosen, as_json=args.json)
        return 0
    if args.address is not None:
        if args.uri is not None:
            raise ConfigError("the address was given twice")
        args.uri = args.address
    try:
        timeout_s = positive_float(args.timeout)
    except ValueError as error:
        raise ConfigError(f"--timeout: {error}") from None
    config = client_config(as_flags(args), dotenv_folder=".")
    for warning in config.warnings:
        tell(f"warning: {warning}")
    report = _Report(as_json=args.json)

    async def play() -> int:
        target = Target(config.endpoint, config.auth_token)
        async for result in play_all(chosen, target, timeout_s=timeout_s, patient=args.patient):
            report.add(result)
        return report.finish()

    return run_until_signal(play)


def _choose(transcripts: Iterable[Transcript], only: list[str] | None) -> list[Transcript]:
    chosen = [t for t in transcripts if only is None or any(w in n for w in only for n in (t.name, *t.rules))]
    if not chosen:
        raise ConfigError(f"no transcript fits {', '.join(only or ())}; --list shows them all")
    return chosen


def _list(transcripts: list[Transcript], *, as_json: bool) -> None:
    if as_json:
        show_json([{"name": t.name, "title": t.title, "rules": t.rules} for t in transcripts])
    else:
        show(columns([(t.name, t.title) for t in transcripts]))


@dataclass(slots=True)
class _Report:
    """Prints each result as it comes, or all as JSON at the end."""

    as_json: bool
    results: list[Result] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.results.append(result)
        if not self.as_json:
            show(_as_text(result))

    def count(self, outcome: str) -> int:
        return sum(result.outcome == outcome for result in self.results)

    def finish(self) -> int:
        """Print the sum and return the exit status."""
        n_passed, n_failed, n_skipped = (self.count(outcome) for outcome in ("pass", "fail", "skip"))
        seconds = sum(result.seconds for result in self.results)
        if self.as_json:
            totals = {"passed": n_passed, "failed": n_failed, "skipped": n_skipped}
            show_json({**totals, "transcripts": [_as_object(result) for result in self.results]})
        else:
            show(f"{n_passed} passed, {n_failed} failed, {n_skipped} skipped in {seconds:.1f} s")
        return 1 if n_failed else 0


def _as_text(result: Result) -> list[str]:
    name = result.transcript.name
    if result.outcome == "pass":
        return [f"pass  {name}  ({result.seconds:.2f} s)"]
    if result.outcome == "skip":
        return [f"skip  {name}  ({result.reason})"]
    details = result.details[:_MAX_LINES]
    return [f"FAIL  {name}  {result.reason}", *(f"      {line}" for line in details)]


def _as_object(result: Result) -> dict[str, Any]:
    return {
        "name": result.transcript.name,
        "outcome": result.outcome,
        "reason": result.reason,
        "details": result.details,
        "rules": result.transcript.rules,
        "seconds": round(result.seconds, 3),
    }
