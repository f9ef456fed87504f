"""Print what of a corpus of readings is read wrong, and what is said instead.

``python tools/judge_readings.py tests/data/readings_en.txt [kind …]``; the format stands at the head of
``tests/backends/kokoro/pronounce/read_aloud.py``. The status is 1 if a line is read otherwise than it says.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.backends.kokoro.pronounce.read_aloud import load, misjudged

from tts_server.backends.kokoro.pronounce.g2p import G2P


def main(arguments: Sequence[str]) -> int:
    """Judge the lines of the file that is named first, of the kinds named after it or all."""
    corpus = load(Path(arguments[0]))
    mine = [one for one in corpus.readings if len(arguments) < 2 or one.kind in arguments[1:]]
    g2p = G2P()
    wrong: Counter[str] = Counter()
    for one in mine:
        for message in misjudged(g2p, [one]):
            wrong[one.kind] += 1
            print(message)
    print(f"{wrong.total()} of {len(mine)} lines: {dict(wrong.most_common())}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
