"""How an utterance begins: whether the trim cut into sound, text by text, voice by voice, speed by speed.

Each utterance is made twice, trimmed and with the model's own silence, as far as its beginning goes; the two
are aligned by how much was trimmed.

    python -m laboratory.onset                             2,050 utterances, about half an hour on two cores
    python -m laboratory.onset --texts 2 --speeds 1,0.5    a sample
    python -m laboratory.onset --voices jf_alpha,zm_yunxi  voices that are switched off as well
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from laboratory.sound import Float32
from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro import KokoroModel
from tts_server.backends.kokoro.languages import DEFAULT_LANGUAGES, resolve_dialect
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ, SAMPLES_PER_TEXT_FRAME
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.split import split_text
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.backends.kokoro.voices import load_voices
from tts_server.bench.report import machine, percentile, table
from tts_server.config.environment import cache_folder

if TYPE_CHECKING:
    from tts_server.backends.kokoro.acoustic import Synthesis, TextFeatures
    from tts_server.backends.kokoro.statistics import Statistics

SPEEDS: Final = (0.5, 0.8, 1.0, 1.5, 2.0)
_SHORT_TEXTS: Final = {
    "en": (
        "Now.|Hello.|You are right.|Stop!|All of them?|"
        "Zero.|Is it?|Very well.|My name is Anna.|Please wait a moment."
    ),
    "es": ("Ahora.|Hola.|Muy bien.|No lo sé.|¿Listo?|Uno.|Buenos días.|Sí.|Llego tarde.|Espere un momento."),
    "fr": (
        "Oui.|Bonjour.|Merci.|Voilà.|Un moment.|Très bien.|Allô ?|Quoi ?|Non, pas du tout.|Je ne sais pas."
    ),
    "hi": ("नमस्ते।|हाँ।|ठीक है।|नहीं।|रुकिए।|धन्यवाद।|चलो।|एक मिनट।|आप कैसे हैं?|मैं आ रहा हूँ।"),
    "it": ("Ora.|Ciao.|Va bene.|Non lo so.|Pronto?|Uno.|Sì.|Buongiorno.|Sono in ritardo.|Un momento."),
    "pt": ("Agora.|Olá.|Muito bem.|Não sei.|Pronto?|Um.|Sim.|Bom dia.|Estou atrasado.|Um momento."),
}
SHORT_TEXTS: Final = {language: tuple(texts.split("|")) for language, texts in _SHORT_TEXTS.items()}
"""Ten of each language: every kind of first sound, from vowels to voiceless plosives."""
_SHORT_PHONEMES: Final = {
    "ja": ("haʔi.|ima.|koɴɲiʨiβa.|soːdesɯ.|doko?|asita.|mijoɴ.|zero.|kjoːwa samɯi.|ɕiɾanai."),
    "zh": ("ni↓xau↓.|ʂɨ↘.|pu↗ʂɨ↘.|ɕjɛn↘tsai↘.|man↘tjɛn↓.|tsai↘ʨjɛn↘.|wo↓.|ɕje↘ɕje.|xən↓xau↓.|aɻ↘."),
}
SHORT_PHONEMES: Final = {language: tuple(texts.split("|")) for language, texts in _SHORT_PHONEMES.items()}
"""The same in the model's symbols, for voices whose pronunciation need not be installed."""

_N_START: Final = SAMPLE_RATE_HZ // 500
_N_COMPARED: Final = SAMPLE_RATE_HZ // 5
_MAX_START: Final = 0.005
_AUDIBLE: Final = 0.01
_TINY: Final = 1e-12
_MIN_SILENCE_MS: Final = 9.0
_MAX_DIFFERENCE_DB: Final = -20.0


@dataclass(frozen=True, slots=True)
class Onset:
    """How one utterance begins. Levels are parts of the loudest sample.

    Args:
        voice: Who speaks.
        text: What is said.
        speed: How fast.
        peak: The loudest sample that was made of it.
        start: The loudest of the first 2 ms.
        lost: The loudest that the trim left out.
        silence_ms: Before the first sample above 1 % of the peak.
        trimmed_ms: How much was left out.
        early_ms: How long before the nominal time of the first phoneme that sample sounds.
        difference_db: Of the first 200 ms to those of the untrimmed utterance.
    """

    voice: str
    text: str
    speed: float
    peak: float
    start: float
    lost: float
    silence_ms: float
    trimmed_ms: float
    early_ms: float
    difference_db: float

    @property
    def faults(self) -> list[str]:
        """What is wrong with it: a step, sound that is lost, no silence before it, or another sound."""
        found = {
            "step": self.start > _MAX_START,
            "lost": self.lost > _AUDIBLE,
            "no silence": self.silence_ms < _MIN_SILENCE_MS,
            "other sound": self.difference_db > _MAX_DIFFERENCE_DB,
        }
        return [name for name, is_so in found.items() if is_so]


class Onsets:
    """The loaded engine. Not for several threads.

    Args:
        cache_dir: Folder of prepared models.
        threads: Threads of the engine.
    """

    def __init__(self, cache_dir: Path, threads: int = 2) -> None:
        model = KokoroModel(BackendOptions(cache_dir=str(cache_dir), threads=threads))
        model.load(lambda _stage, _fraction: None)
        self._parts = model.parts
        self._voices = load_voices()
        self._g2p = G2P()

    @property
    def voices(self) -> dict[str, str]:
        """Language of each voice that there are texts for."""
        known = {*SHORT_TEXTS, *SHORT_PHONEMES}
        return {voice.name: voice.language for voice in self._voices.voices() if voice.language in known}

    def measure(self, text: str, voice: str, speed: float) -> Onset:
        """Speak a text of one model input, or its phonemes, both ways and compare the beginnings.

        The rest is made only where the loudest sample might lie in it and would matter.
        """
        ids = encode(self._symbols(text, voice))
        synthesis = self._begin(ids, voice, speed, trim=True)
        trimmed = _take(synthesis, _N_COMPARED)
        timing = synthesis.timing
        n_trimmed = timing.n_trimmed if timing is not None else 0
        n_pad = timing.durations[0] * SAMPLES_PER_TEXT_FRAME if timing is not None else 0
        kept = _take(self._begin(ids, voice, speed, trim=False), n_trimmed + _N_COMPARED)
        onset = _compare(trimmed, kept, n_trimmed, n_pad, voice, text, speed)
        if onset.faults:
            trimmed = np.concatenate([trimmed, _take(synthesis)])
            onset = _compare(trimmed, kept, n_trimmed, n_pad, voice, text, speed)
        return onset

    def _symbols(self, text: str, voice: str) -> str:
        if any(text in phonemes for phonemes in SHORT_PHONEMES.values()):
            return text
        dialect = resolve_dialect(None, voice)
        spoken = next(split_text(text, lambda part: self._g2p.phonemize(part, dialect), language=dialect))
        return spoken.symbols

    def _begin(self, ids: Sequence[int], voice: str, speed: float, *, trim: bool) -> Synthesis:
        def predict(features: TextFeatures) -> Statistics:
            return self._parts.statistics.predict(
                features.text, features.pitch, features.energy, voice=voice, n_phonemes=len(ids)
            )

        style = self._voices.style(voice, len(ids))
        return self._parts.model.begin(ids, style, speed, predict, trim=trim)


def _compare(
    trimmed: Float32, kept: Float32, n_trimmed: int, n_pad: int, voice: str, text: str, speed: float
) -> Onset:
    peak = float(max(np.abs(trimmed).max(), np.abs(kept).max()))
    audible = np.flatnonzero(np.abs(trimmed) > _AUDIBLE * peak)
    n = min(len(trimmed), len(kept) - n_trimmed, _N_COMPARED)
    original = kept[n_trimmed : n_trimmed + n]
    error = float(np.square(trimmed[:n] - original).sum()) / float(np.square(original).sum() + _TINY)
    return Onset(
        voice=voice,
        text=text,
        speed=speed,
        peak=peak,
        start=float(np.abs(trimmed[:_N_START]).max()) / peak,
        lost=float(np.abs(kept[:n_trimmed]).max(initial=0.0)) / peak,
        silence_ms=1000 * int(audible[0]) / SAMPLE_RATE_HZ,
        trimmed_ms=1000 * n_trimmed / SAMPLE_RATE_HZ,
        early_ms=1000 * (n_pad - n_trimmed - int(audible[0])) / SAMPLE_RATE_HZ,
        difference_db=10 * float(np.log10(error + _TINY)),
    )


def _take(synthesis: Synthesis, n_samples: float = math.inf) -> Float32:
    """Make at least so many samples, or all there are."""
    chunks: list[Float32] = []
    while sum(map(len, chunks)) < n_samples and (samples := synthesis.step()) is not None:
        chunks.append(samples)
    return np.concatenate([np.zeros(0, np.float32), *chunks])


@dataclass(slots=True)
class OnsetResult:
    """All beginnings that were measured."""

    onsets: list[Onset]

    @property
    def faulty(self) -> list[Onset]:
        """Those with a fault."""
        return [onset for onset in self.onsets if onset.faults]

    def summary(self) -> dict[str, float]:
        """Counts and extremes."""
        return {
            "utterances": len(self.onsets),
            "voices": len({onset.voice for onset in self.onsets}),
            "faulty": len(self.faulty),
            **{
                f"faulty: {name}": sum(name in onset.faults for onset in self.onsets)
                for name in ("step", "lost", "no silence", "other sound")
            },
            "start_worst_percent": 100 * max(onset.start for onset in self.onsets),
            "lost_worst_percent": 100 * max(onset.lost for onset in self.onsets),
            "silence_p50_ms": percentile([onset.silence_ms for onset in self.onsets], 0.5),
            "silence_p95_ms": percentile([onset.silence_ms for onset in self.onsets], 0.95),
            "difference_worst_db": max(onset.difference_db for onset in self.onsets),
        }

    def as_json(self) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "onset",
            "machine": dict(machine()),
            "summary": self.summary(),
            "onsets": [asdict(onset) for onset in self.onsets],
        }

    def as_table(self) -> str:
        """The figures for people: by speed, what is faulty, then in all."""
        rows = []
        for speed in sorted({onset.speed for onset in self.onsets}):
            own = [onset for onset in self.onsets if onset.speed == speed]
            worst = 100 * max(onset.start for onset in own), 100 * max(onset.lost for onset in own)
            n_faulty = sum(bool(onset.faults) for onset in own)
            early = [onset.early_ms for onset in own]
            spread = f"{min(early):.0f} / {percentile(early, 0.5):.0f} / {max(early):.0f}"
            rows.append(
                [f"{speed:g}", str(len(own)), str(n_faulty), *(f"{part:.2f}" for part in worst), spread]
            )
        faulty = [f"{onset.faults}: {onset}" for onset in self.faulty]
        summary = [f"{name}: {value:.3f}" for name, value in self.summary().items()]
        header = ["speed", "utterances", "faulty", "start % of peak", "lost % of peak", "early ms"]
        return "\n".join([table(header, rows), "", *faulty, "", *summary])


def run(cases: Iterable[tuple[str, str, float]], onsets: Onsets, say: Callable[[str], None]) -> OnsetResult:
    """Measure each text, voice and speed.

    Args:
        cases: Text, voice and speed.
        onsets: The engine.
        say: Told what is happening, one line at a time.
    """
    result = OnsetResult([])
    for text, voice, speed in cases:
        onset = onsets.measure(text, voice, speed)
        result.onsets.append(onset)
        say(f"{voice} {speed:g} {text} {', '.join(onset.faults) or 'clean'}")
    return result


def cases(
    languages: dict[str, str], speeds: Sequence[float], n_texts: int
) -> Iterator[tuple[str, str, float]]:
    """Give each voice texts of its language at each speed."""
    texts = {**SHORT_TEXTS, **SHORT_PHONEMES}
    for voice, language in languages.items():
        for text in texts[language][:n_texts]:
            for speed in speeds:
                yield text, voice, speed


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=10, help="texts of each voice (default: 10)")
    parser.add_argument("--speeds", default=",".join(f"{speed:g}" for speed in SPEEDS))
    parser.add_argument("--voices", default="", help="names (default: those of the default languages)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the engine (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    onsets = Onsets(Path(cache_folder()), options.threads)
    wanted = options.voices.split(",") if options.voices else []
    languages = {
        voice: language
        for voice, language in onsets.voices.items()
        if (voice in wanted if wanted else language in DEFAULT_LANGUAGES)
    }
    speeds = [float(speed) for speed in options.speeds.split(",")]
    result = run(
        cases(languages, speeds, options.texts),
        onsets,
        lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(json.dumps(result.as_json(), indent=2) if options.json else result.as_table())


if __name__ == "__main__":
    main()
