"""How long it takes to find out how a text is read aloud: sentences, and texts made to cost much.

    python -m laboratory.reading                          every dialect, about a minute
    python -m laboratory.reading --dialects hi,en-us      two of them
    python -m laboratory.reading --chars 8000 --json      longer hostile texts; every single figure

Times are the thread's own on the processor. Of a hostile text the least of some tries counts, of a sentence
the median.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from laboratory.written import HOSTILE, SENTENCES, hostile_text
from tts_server.backends.kokoro.languages import missing_packages
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.bench.report import machine, table
from tts_server.text.normalize.reader import normalize

N_SENTENCES: Final = 50
N_TRIES: Final = 3
STEP_CHARS: Final = 480


@dataclass(frozen=True, slots=True)
class Cost:
    """What one dialect costs, in seconds.

    Args:
        dialect: Which.
        sentence_s: Normalising its sentence, the median.
        sentence_chars: The sentence's length.
        hostile_s: Normalising each hostile text.
        step_s: The longest step of pronouncing each hostile text of ``STEP_CHARS``, its normalising included;
            empty where what pronounces the dialect is not installed.
    """

    dialect: str
    sentence_s: float
    sentence_chars: int
    hostile_s: dict[str, float]
    step_s: dict[str, float]


def measure(dialect: str, n_chars: int, g2p: G2P, pieces: Sequence[str] = HOSTILE) -> Cost:
    """Measure a dialect; takes some seconds."""
    sentence = SENTENCES[dialect]
    normalize(sentence, dialect)
    is_installed = not missing_packages(dialect.partition("-")[0])
    if is_installed:
        g2p.load([dialect])
    return Cost(
        dialect,
        statistics.median(_time_s(lambda: normalize(sentence, dialect)) for _ in range(N_SENTENCES)),
        len(sentence),
        _least_s(pieces, lambda piece: _time_s(lambda: normalize(hostile_text(piece, n_chars), dialect))),
        _least_s(
            pieces if is_installed else (),
            lambda piece: _longest_step_s(g2p, hostile_text(piece, STEP_CHARS), dialect),
        ),
    )


def _least_s(pieces: Iterable[str], measured_s: Callable[[str], float]) -> dict[str, float]:
    return {piece: min(measured_s(piece) for _ in range(N_TRIES)) for piece in pieces}


def _time_s(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began


def _longest_step_s(g2p: G2P, text: str, dialect: str) -> float:
    pronouncing = g2p.pronounce(text, dialect)
    longest_s = 0.0
    is_over = False
    while not is_over:
        began = time.thread_time()
        is_over = next(pronouncing, pronouncing) is pronouncing
        longest_s = max(longest_s, time.thread_time() - began)
    return longest_s


def as_table(costs: Sequence[Cost], n_chars: int) -> str:
    """Lay the figures out for people."""
    header = ("dialect", "sentence ms", "chars", f"worst of {n_chars} ms", "text", "longest step ms", "text")
    rows = [
        (
            cost.dialect,
            f"{cost.sentence_s * 1000:.2f}",
            str(cost.sentence_chars),
            *_worst(cost.hostile_s),
            *_worst(cost.step_s),
        )
        for cost in costs
    ]
    return table(header, rows)


def _worst(figures: dict[str, float]) -> tuple[str, str]:
    if not figures:
        return "–", "–"
    piece = max(figures, key=figures.__getitem__)
    return f"{figures[piece] * 1000:.1f}", ascii(piece)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the process's exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m laboratory.reading", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--dialects", default=",".join(SENTENCES), metavar="LIST", help="which to measure")
    parser.add_argument("--chars", type=int, default=2000, metavar="N", help="length of hostile texts (2000)")
    parser.add_argument("--json", action="store_true", help="print every figure, with the machine")
    options = parser.parse_args(arguments)
    g2p = G2P()
    costs = [measure(dialect, options.chars, g2p) for dialect in options.dialects.split(",")]
    if options.json:
        figures: dict[str, Any] = {
            "machine": machine(),
            "chars": options.chars,
            "costs": list(map(asdict, costs)),
        }
        print(json.dumps(figures, indent=1))
    else:
        print(as_table(costs, options.chars))
    return 0


if __name__ == "__main__":
    sys.exit(main())
