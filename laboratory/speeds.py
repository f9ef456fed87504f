"""Whether a sentence is heard whole at each speed: its short first word above all, and how long it takes.

Forty sentences, nine voices; each is spoken and read back by speech recognition.

    python -m laboratory.speeds                            nine speeds, a quarter of an hour on two cores
    python -m laboratory.speeds --speeds 2,0.5 --texts 12  a sample
    python -m laboratory.speeds --own-pace                 whole, all durations divided: the model's own way
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from tests.recognition import recognize, spoken_words, word_errors

from laboratory.sound import Float32
from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro import KokoroModel
from tts_server.backends.kokoro.edges import N_SILENT_AFTER, N_SILENT_BEFORE
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.onnx.synthesizer import WholeModel
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.utterance import StreamedUtterance
from tts_server.bench.report import machine, percentile, table
from tts_server.config.environment import cache_folder
from tts_server.speech.request import SpeechRequest

SPEEDS: Final = (0.5, 0.6, 0.75, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0)
VOICES: Final = (
    "af_heart",
    "am_michael",
    "bf_emma",
    "bm_george",
    "af_bella",
    "am_puck",
    "bf_isabella",
    "am_fenrir",
    "af_nova",
)
SENTENCES: Final = Path(__file__).parent.parent / "tests" / "data" / "short_first_words.txt"

KEPT, LOST, ADDED, MISHEARD = "kept", "lost", "added", "misheard"
FATES: Final = (KEPT, LOST, ADDED, MISHEARD)
"""What may become of a first word: heard, swallowed, heard behind something else, or taken for another."""


def fate_of_first_word(text: str, heard: str) -> str:
    """Tell what became of the first word of a text in what was heard."""
    words, found = spoken_words(text), spoken_words(heard)
    # Words that are divided otherwise ("to day") are the same words.
    if found[:1] == words[:1] or "".join(found) == "".join(words):
        return KEPT
    if words[0] in found[1:3]:
        return ADDED
    return LOST if found and found[0] in words[1:3] else MISHEARD


@dataclass(frozen=True, slots=True)
class Hearing:
    """One sentence at one speed.

    Args:
        voice: Who speaks.
        text: What is said.
        speed: How fast.
        heard: What was recognized.
        fate: One of `FATES`.
        n_errors: Words that were heard wrong, of the whole sentence.
        n_words: Words that it has.
        speech_s: How long it sounds, without the silence around it.
    """

    voice: str
    text: str
    speed: float
    heard: str
    fate: str
    n_errors: int
    n_words: int
    speech_s: float


class Speeds:
    """The loaded engine and the recognizer. Not for several threads.

    Args:
        cache_dir: Folder of prepared models.
        own_pace: Make each sentence whole, with the graph as it was published, which divides all durations
            by the speed.
        threads: Threads of the engine.
    """

    def __init__(self, cache_dir: Path, *, own_pace: bool = False, threads: int = 2) -> None:
        model = KokoroModel(BackendOptions(cache_dir=str(cache_dir), threads=threads))
        model.load(lambda _stage, _fraction: None)
        self._parts = model.parts
        if own_pace:
            whole = WholeModel.load(resolve(), cache_dir / model.name, threads)
            self._parts = replace(self._parts, model=whole)

    def speak(self, text: str, voice: str, speed: float) -> Float32:
        """Speak a text as the server does; float32 (n_samples,)."""
        request = SpeechRequest(text, extras={"speed": speed})
        utterance = StreamedUtterance(request, self._parts, voice)
        chunks = []
        while (chunk := utterance.step()) is not None:
            chunks.append(np.asarray(chunk.samples, np.float32))
        return np.concatenate(chunks)

    def hear(self, text: str, voice: str, speed: float) -> Hearing:
        """Speak a sentence and read it back."""
        samples = self.speak(text, voice, speed)
        heard = recognize(samples, SAMPLE_RATE_HZ)
        n_speech = len(samples) - N_SILENT_BEFORE - N_SILENT_AFTER
        return Hearing(
            voice,
            text,
            speed,
            heard,
            fate_of_first_word(text, heard),
            *word_errors(text, heard),
            speech_s=n_speech / SAMPLE_RATE_HZ,
        )


@dataclass(slots=True)
class SpeedsResult:
    """All that was heard."""

    hearings: list[Hearing]

    def at(self, speed: float) -> list[Hearing]:
        """What was heard at one speed."""
        return [hearing for hearing in self.hearings if hearing.speed == speed]

    def times_as_fast(self, speed: float) -> list[float]:
        """How many times as fast as at speed 1 each sentence was; nothing where that was not measured."""
        normal = {hearing.text: hearing.speech_s for hearing in self.at(1.0)}
        return [normal[h.text] / h.speech_s for h in self.at(speed) if h.text in normal]

    def summary(self) -> dict[str, dict[str, float]]:
        """The figures of each speed."""
        figures: dict[str, dict[str, float]] = {}
        for speed in sorted({hearing.speed for hearing in self.hearings}):
            own = self.at(speed)
            fates = Counter(hearing.fate for hearing in own)
            figures[f"{speed:g}"] = {
                "sentences": len(own),
                **{fate: fates[fate] for fate in FATES},
                "word_errors": sum(hearing.n_errors for hearing in own),
                "words": sum(hearing.n_words for hearing in own),
            }
            if fast := self.times_as_fast(speed):
                figures[f"{speed:g}"] |= {
                    "times_as_fast_least": min(fast),
                    "times_as_fast_p50": percentile(fast, 0.5),
                    "times_as_fast_most": max(fast),
                }
        return figures

    def as_json(self) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "speeds",
            "machine": dict(machine()),
            "summary": self.summary(),
            "hearings": [asdict(hearing) for hearing in self.hearings],
        }

    def as_table(self) -> str:
        """The figures for people, a row for each speed."""
        rows = []
        for speed, figures in self.summary().items():
            fast = [figures.get(f"times_as_fast_{part}") for part in ("least", "p50", "most")]
            rows.append(
                [
                    speed,
                    *(f"{figures[name]:g}" for name in ("sentences", *FATES)),
                    f"{figures['word_errors']:g} of {figures['words']:g}",
                    " / ".join("?" if factor is None else f"{factor:.2f}" for factor in fast),
                ]
            )
        header = [
            "speed",
            "sentences",
            *(f"first word {fate}" for fate in FATES),
            "word errors",
            "times as fast",
        ]
        return table(header, rows)


def run(cases: Iterable[tuple[str, str, float]], speeds: Speeds, say: Callable[[str], None]) -> SpeedsResult:
    """Speak and read back each sentence.

    Args:
        cases: Text, voice and speed.
        speeds: The engine.
        say: Told what is happening, one line at a time.
    """
    result = SpeedsResult([])
    for text, voice, speed in cases:
        hearing = speeds.hear(text, voice, speed)
        result.hearings.append(hearing)
        say(f"{speed:g} {voice} {hearing.fate}, {hearing.n_errors} errors: {text} {hearing.heard}")
    return result


def cases(speeds: Sequence[float], n_texts: int | None = None) -> Iterator[tuple[str, str, float]]:
    """Give each sentence a voice, the same at each speed."""
    texts = SENTENCES.read_text(encoding="utf-8").splitlines()[:n_texts]
    for speed in speeds:
        for number, text in enumerate(texts):
            yield text, VOICES[number % len(VOICES)], speed


def main() -> None:
    """Speak, listen, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=None, help="how many sentences (default: all)")
    parser.add_argument("--speeds", default=",".join(f"{speed:g}" for speed in SPEEDS))
    parser.add_argument("--own-pace", action="store_true", help="divide all durations, as the model does")
    parser.add_argument("--threads", type=int, default=2, help="threads of the engine (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    result = run(
        cases([float(speed) for speed in options.speeds.split(",")], options.texts),
        Speeds(Path(cache_folder()), own_pace=options.own_pace, threads=options.threads),
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(json.dumps(result.as_json(), indent=2) if options.json else result.as_table())


if __name__ == "__main__":
    main()
