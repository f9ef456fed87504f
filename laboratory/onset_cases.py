"""Look at how utterances begin: short texts in every voice at every speed, trimmed beside the model's own.

python bench/onset.py                             2,050 utterances, about half an hour on two cores
python bench/onset.py --texts 2 --speeds 1,0.5    a sample
python bench/onset.py --voices jf_alpha,zm_yunxi  voices that are switched off as well
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tts_server.backends.kokoro.languages import DEFAULT_LANGUAGES
from tts_server.bench import onset
from tts_server.config.environment import cache_folder


def cases(
    languages: dict[str, str], speeds: Sequence[float], n_texts: int
) -> Iterator[tuple[str, str, float]]:
    """Give each voice texts of its language at each speed."""
    texts = {**onset.SHORT_TEXTS, **onset.SHORT_PHONEMES}
    for voice, language in languages.items():
        for text in texts[language][:n_texts]:
            for speed in speeds:
                yield text, voice, speed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=10, help="texts of each voice (default: 10)")
    parser.add_argument("--speeds", default=",".join(f"{speed:g}" for speed in onset.SPEEDS))
    parser.add_argument("--voices", default="", help="names (default: those of the default languages)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the engine (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    onsets = onset.Onsets(Path(cache_folder()), options.threads)
    wanted = options.voices.split(",") if options.voices else []
    languages = {
        voice: language
        for voice, language in onsets.voices.items()
        if (voice in wanted if wanted else language in DEFAULT_LANGUAGES)
    }
    speeds = [float(speed) for speed in options.speeds.split(",")]
    result = onset.run(
        cases(languages, speeds, options.texts),
        onsets,
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(json.dumps(result.as_json(), indent=2) if options.json else result.as_table())


if __name__ == "__main__":
    main()
