"""Record what the model's own pipeline makes of the corpora, for tests to compare with.

The pipeline is misaki 0.9.4 with its espeak-ng classes, which need ``phonemizer-fork``; nothing else of this
project does. Run it in an environment that has the ``kokoro`` extra and ``phonemizer-fork``:

    python -m training.kokoro.record_symbols

It writes ``pipeline_symbols.json`` beside the tests of pronouncing: dialect to sentence to symbols.
"""

from __future__ import annotations

import importlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from tts_server.backends.kokoro.pronounce.g2p_english import _load_pipeline

TESTS = Path(__file__).resolve().parents[2] / "tests"
CORPORA = {"en-us": "en", "en-gb": "en", "es": "es", "fr-fr": "fr", "hi": "hi", "it": "it", "pt-br": "pt"}


@lru_cache
def tagger() -> Any:
    """Load the tagger by its own name, before the look-up is replaced."""
    return _load_pipeline()


def english(dialect: str) -> Any:
    """Return misaki's English G2P as its own constructor makes it, with the spaCy model looked up here."""
    pipeline = tagger()
    spacy: Any = importlib.import_module("spacy")
    spacy.util.is_package = lambda _name: True
    spacy.load = lambda _name, **_options: pipeline
    british = dialect == "en-gb"
    fallback = importlib.import_module("misaki.espeak").EspeakFallback(british)
    return importlib.import_module("misaki.en").G2P(british=british, fallback=fallback)


def main() -> None:
    """Write the file."""
    recorded: dict[str, dict[str, str]] = {}
    for dialect, name in CORPORA.items():
        if dialect.startswith("en"):
            pipeline = english(dialect)
        else:
            pipeline = importlib.import_module("misaki.espeak").EspeakG2P(dialect)
        lines = (TESTS / "data" / f"corpus_{name}.txt").read_text(encoding="utf-8").splitlines()
        # The pipeline drops the danda; that it ends a sentence is ours to repair.
        texts = [line.replace("।", ".") for line in lines]
        recorded[dialect] = {text: pipeline(text)[0] for text in texts}
    path = TESTS / "backends" / "kokoro" / "pronounce" / "pipeline_symbols.json"
    path.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path.name}: {sum(map(len, recorded.values()))} sentences")


if __name__ == "__main__":
    main()
