"""What streaming costs in sound: streamed beside whole synthesis, with the same durations, text by text.

    python -m laboratory.quality --texts 5 --json > laboratory/results/quality.json

takes the corpora of the tests, which nothing was fitted to.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from laboratory.sound import Float32, mel_difference_db, pitch_difference_cents, roughness
from tts_server.backends.base import BackendOptions
from tts_server.backends.kokoro.acoustic import TextFeatures
from tts_server.backends.kokoro.backend import KokoroModel
from tts_server.backends.kokoro.languages import resolve_dialect
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.backends.kokoro.onnx.synthesizer import WholeModel
from tts_server.backends.kokoro.prepare.weights import resolve
from tts_server.backends.kokoro.pronounce.g2p import G2P
from tts_server.backends.kokoro.split import split_text
from tts_server.backends.kokoro.statistics import Statistics
from tts_server.backends.kokoro.timing import DURATION_FRAME_S
from tts_server.backends.kokoro.vocabulary import encode
from tts_server.backends.kokoro.voices import load_voices
from tts_server.bench.report import machine, percentile, table
from tts_server.config.environment import cache_folder
from tts_server.speech.request import SpeechRequest

CORPORA = Path(__file__).parent.parent / "tests" / "data"

VOICES = {
    "en": ("af_heart", "am_michael", "bf_emma", "bm_george", "af_bella", "am_puck"),
    "es": ("ef_dora", "em_alex"),
    "fr": ("ff_siwis",),
    "hi": ("hf_alpha", "hm_omega"),
    "it": ("if_sara", "im_nicola"),
    "pt": ("pf_dora", "pm_alex"),
}
"""Women and men of each default language."""

SHORTEST_S = 1.5
"""Shorter ones are reported and not counted: nobody knows their norms in advance."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One text, spoken both ways.

    Args:
        voice: Who speaks.
        text: What is said.
        audio_s: Length of the whole recording.
        mel_db: Mean absolute difference of the mel spectra.
        pitch_cents: Median absolute difference of the pitch.
        n_seams: Seams between pieces.
        worst_seam: The largest roughness at a seam, over that of whole synthesis at the same place.
        n_samples_apart: Difference of the lengths.
    """

    voice: str
    text: str
    audio_s: float
    mel_db: float
    pitch_cents: float
    n_seams: int
    worst_seam: float
    n_samples_apart: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """Length of a text's speech, and what its norms are expected to see."""

    audio_s: float
    statistics: Statistics


class Comparison:
    """Both ways of synthesis, loaded. Not for several threads.

    Args:
        cache_dir: Folder of prepared models.
        threads: Threads of each engine.
    """

    def __init__(self, cache_dir: Path, threads: int = 2) -> None:
        options = BackendOptions(cache_dir=str(cache_dir), threads=threads)
        model = KokoroModel(options)
        model.load(lambda _stage, _fraction: None)
        self._parts = model.parts
        self._engine = model.engine()
        self._whole = WholeModel.load(resolve(), cache_dir / "kokoro", threads)
        self._voices = load_voices()
        self._g2p = G2P()

    def whole(self, text: str, voice: str) -> Float32:
        """Synthesize a text whole, a model input at a time: float32, shape (n_samples,)."""
        dialect = resolve_dialect(None, voice)
        pieces = []
        for spoken in split_text(text, lambda part: self._g2p.phonemize(part, dialect), language=dialect):
            ids = encode(spoken.symbols)
            pieces.append(self._whole.synthesize(ids, self._voices.style(voice, len(ids)))[0])
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def streamed(self, text: str, voice: str) -> tuple[Float32, list[int]]:
        """Synthesize a text as the server does, with the silence kept; return where its seams are too."""
        utterance = self._engine.start(SpeechRequest(text, voice=voice, extras={"keep_silence": True}))
        chunks = []
        while (chunk := utterance.step()) is not None:
            if len(chunk.samples):
                chunks.append(np.asarray(chunk.samples, np.float32))
        utterance.close()
        seams = np.cumsum([len(chunk) for chunk in chunks])[:-1]
        return np.concatenate(chunks), seams.tolist()

    def statistics(self, text: str, voice: str) -> Predicted:
        """Predict the statistics of the norms for a text of one model input."""
        dialect = resolve_dialect(None, voice)
        spoken = next(split_text(text, lambda part: self._g2p.phonemize(part, dialect), language=dialect))
        ids = encode(spoken.symbols)
        seen: list[Predicted] = []

        def predict(features: TextFeatures) -> Statistics:
            predicted = self._parts.statistics.predict(
                features.text, features.pitch, features.energy, voice=voice, n_phonemes=len(ids)
            )
            seen.append(Predicted(features.n_frames * DURATION_FRAME_S, predicted))
            return predicted

        stream = self._parts.model.begin(ids, self._voices.style(voice, len(ids)), 1.0, predict)
        while not seen:
            stream.step()
        return seen[0]

    def compare(self, text: str, voice: str) -> Difference:
        """Speak a text both ways and measure."""
        whole = self.whole(text, voice)
        streamed, seams = self.streamed(text, voice)
        seam_ratios = [roughness(streamed, seam) / max(roughness(whole, seam), 1.0) for seam in seams]
        return Difference(
            voice=voice,
            text=text,
            audio_s=len(whole) / SAMPLE_RATE_HZ,
            mel_db=mel_difference_db(whole, streamed, SAMPLE_RATE_HZ),
            pitch_cents=pitch_difference_cents(whole, streamed, SAMPLE_RATE_HZ),
            n_seams=len(seams),
            worst_seam=max(seam_ratios, default=0.0),
            n_samples_apart=abs(len(whole) - len(streamed)),
        )


@dataclass(slots=True)
class QualityResult:
    """All differences that were measured."""

    differences: list[Difference]

    @property
    def counted(self) -> list[Difference]:
        """Those that are long enough."""
        return [difference for difference in self.differences if difference.audio_s >= SHORTEST_S]

    def summary(self) -> dict[str, float]:
        """Means and extremes."""
        mel = [difference.mel_db for difference in self.counted]
        pitch = [d.pitch_cents for d in self.counted if np.isfinite(d.pitch_cents)]
        return {
            "texts": len(mel),
            "voices": len({difference.voice for difference in self.counted}),
            "mel_mean_db": float(np.mean(mel)),
            "mel_p95_db": percentile(mel, 0.95),
            "mel_worst_db": max(mel),
            "pitch_median_cents": percentile(pitch, 0.5),
            "pitch_worst_cents": max(pitch),
            "seams": sum(difference.n_seams for difference in self.counted),
            "worst_seam": max(difference.worst_seam for difference in self.counted),
        }

    def as_json(self) -> dict[str, Any]:
        """Everything measured, with the machine."""
        return {
            "scenario": "quality",
            "machine": dict(machine()),
            "summary": self.summary(),
            "differences": [asdict(difference) for difference in self.differences],
        }

    def as_table(self) -> str:
        """The figures for people, by voice, then in all."""
        rows = []
        for voice in sorted({difference.voice for difference in self.counted}):
            own = [difference for difference in self.counted if difference.voice == voice]
            mel = [difference.mel_db for difference in own]
            rows.append([voice, str(len(own)), f"{np.mean(mel):.2f}", f"{max(mel):.2f}"])
        summary = "\n".join(f"{name}: {value:.3f}" for name, value in self.summary().items())
        return f"{table(['voice', 'texts', 'mel dB', 'worst'], rows)}\n\n{summary}"


def run(
    pairs: Iterable[tuple[str, str]], cache_dir: Path, say: Callable[[str], None], threads: int = 2
) -> QualityResult:
    """Compare each text with its voice.

    Args:
        pairs: Text and voice.
        cache_dir: Folder of prepared models.
        say: Told what is happening, one line at a time.
        threads: Threads of each engine.
    """
    comparison = Comparison(cache_dir, threads)
    result = QualityResult([])
    for text, voice in pairs:
        result.differences.append(comparison.compare(text, voice))
        last = result.differences[-1]
        say(f"{voice} {last.audio_s:.1f} s {last.mel_db:.2f} dB {last.text[:50]}")
    return result


def cases(n_texts: int) -> Iterator[tuple[str, str]]:
    """Give each voice texts of its language, as long as there are any left."""
    for language, voices in VOICES.items():
        texts = (CORPORA / f"corpus_{language}.txt").read_text(encoding="utf-8").splitlines()
        # One model input each, so that the seams of sentences do not enter.
        single = [text for text in texts if 15 < len(text) < 130 and not any(m in text[:-1] for m in ".!?")]
        for number, voice in enumerate(voices):
            for text in single[number :: len(voices)][:n_texts]:
                yield text, voice


def main() -> None:
    """Compare, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--texts", type=int, default=5, help="texts of each voice (default: 5)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each engine (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    result = run(
        cases(options.texts),
        Path(cache_folder()),
        lambda line: print(line, file=sys.stderr, flush=True),
        options.threads,
    )
    print(json.dumps(result.as_json(), indent=2) if options.json else result.as_table())


if __name__ == "__main__":
    main()
