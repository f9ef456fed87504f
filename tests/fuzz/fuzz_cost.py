"""Measure the cost of random hostile sessions for long: ``python -m tests.fuzz.fuzz_cost --seconds=600``.

A session that costs more than its length allows is written, one message a line, to ``cost-SEED.txt`` in the
ignored ``.fuzz``, or in ``--folder=PATH``; ``--seed=SEED --seconds=0`` runs it again.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from tests.fuzz.cost_target import MAX_MESSAGE_BYTES, random_session, session_problems

FOLDER = Path(__file__).resolve().parents[2] / ".fuzz"


def main(arguments: list[str]) -> int:
    """Run sessions, at least one, until the time is over; the status is 1 where one of them cost too much."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.fuzz_cost", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 48))
    parser.add_argument("--max-bytes", type=int, default=MAX_MESSAGE_BYTES)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    ends_at = time.monotonic() + options.seconds
    n_sessions = n_bytes = n_bad = 0
    while not n_sessions or time.monotonic() < ends_at:
        seed = options.seed + n_sessions
        messages = random_session(random.Random(seed), options.max_bytes)
        n_sessions += 1
        n_bytes += sum(map(len, messages))
        problems = session_problems(messages)
        if problems:
            n_bad += 1
            options.folder.mkdir(parents=True, exist_ok=True)
            (options.folder / f"cost-{seed}.txt").write_bytes(b"\n".join(messages))
            sys.stdout.write("\n".join([f"seed {seed}:", *problems, ""]))
    sys.stdout.write(f"{n_sessions} sessions, {n_bytes} bytes, {n_bad} too dear; began with {options.seed}\n")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
