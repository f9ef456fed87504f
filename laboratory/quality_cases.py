"""Compare streamed with whole synthesis over the corpora of the tests, which nothing was fitted to.

python bench/quality.py --texts 5 --json > bench/results/quality.json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tts_server.bench import quality
from tts_server.config.environment import cache_folder

DATA = Path(__file__).parent.parent / "tests" / "data"


def pairs(n_texts: int) -> Iterator[tuple[str, str]]:
    """Give each voice texts of its language, as long as there are any left."""
    for language, voices in quality.VOICES.items():
        texts = (DATA / f"corpus_{language}.txt").read_text(encoding="utf-8").splitlines()
        # One model input each, so that the seams of sentences do not enter.
        single = [text for text in texts if 15 < len(text) < 130 and not any(m in text[:-1] for m in ".!?")]
        for number, voice in enumerate(voices):
            for text in single[number :: len(voices)][:n_texts]:
                yield text, voice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=5, help="texts of each voice (default: 5)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each engine (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    result = quality.run(
        pairs(options.texts),
        Path(cache_folder()),
        lambda line: print(line, file=sys.stderr, flush=True),
        options.threads,
    )
    print(json.dumps(result.as_json(), indent=2) if options.json else result.as_table())


if __name__ == "__main__":
    main()
