"""Draw the figures of docs/explanation/streaming.md; needs matplotlib.

python -m laboratory.plots spectrogram
python -m laboratory.plots latency laboratory/results/latency.json
python -m laboratory.plots statistics
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from laboratory.quality import Comparison
from laboratory.sound import HOP, mel_difference_db, mel_spectrum_db
from tts_server.backends.kokoro.layout import SAMPLE_RATE_HZ
from tts_server.bench.report import median
from tts_server.bench.sentences import SENTENCES
from tts_server.config.environment import cache_folder

FIGURES = Path(__file__).parent.parent / "docs" / "explanation" / "figures"
VOICE = "af_heart"
NORM = "generator/resblocks.3/adain1.0"


def save(figure: Figure, name: str) -> None:
    """Write a figure where the documents look for it."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURES / f"{name}.png", dpi=60)


def spectrogram(_: argparse.Namespace) -> None:
    """Whole and streamed synthesis of one sentence, and their difference, with the seams."""
    comparison = Comparison(Path(cache_folder()))
    text = SENTENCES[3]
    whole = comparison.whole(text, VOICE)
    streamed, seams = comparison.streamed(text, VOICE)
    figure = Figure(figsize=(11, 8), layout="constrained")
    rows = figure.subplots(3, 1, sharex=True)
    first, second = (mel_spectrum_db(samples, SAMPLE_RATE_HZ).T for samples in (whole, streamed))
    seconds = (0, first.shape[1] * HOP / SAMPLE_RATE_HZ, 0, first.shape[0])
    apart = np.abs(first - second[:, : first.shape[1]])
    difference = mel_difference_db(whole, streamed, SAMPLE_RATE_HZ)
    titles = ("whole", "streamed; dotted: seams", f"difference in dB; {difference:.2f} dB in the mean")
    for axes, values, title in zip(rows, (first, second, apart), titles, strict=True):
        top = {"vmin": 0, "vmax": 12} if title.startswith("difference") else {"vmin": -60, "vmax": 20}
        shown = axes.imshow(values, aspect="auto", origin="lower", extent=seconds, cmap="magma", **top)
        axes.set_title(title)
        axes.set_ylabel("mel band")
        figure.colorbar(shown, ax=axes)
    for seam in seams:
        rows[1].axvline(seam / SAMPLE_RATE_HZ, color="white", linestyle=":", linewidth=0.8)
    rows[2].set_xlabel("seconds")
    save(figure, "spectrogram")


def latency(options: argparse.Namespace) -> None:
    """Time to the first audible sample over the length of the sentence."""
    rows: list[dict[str, Any]] = json.loads(options.results.read_text(encoding="utf-8"))["rows"]
    rows = [row for row in rows if row["peer_first_audible_s"]][:-1]
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    lengths = [row["audio_s"] for row in rows]
    for key, label in (("first_audible_s", "this server"), ("peer_first_audible_s", "kokoro-onnx 0.6.1")):
        axes.plot(lengths, [median(row[key]) for row in rows], marker="o", label=label)
    axes.set(xlabel="length of the sentence, s", ylabel="commit to first audible sample, s", yscale="log")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    save(figure, "latency")


def statistics(_: argparse.Namespace) -> None:
    """Predicted statistics of one norm over the length of the sentence, channel by channel."""
    comparison = Comparison(Path(cache_folder()))
    lengths, stds = [], []
    for text in SENTENCES:
        predicted = comparison.statistics(text, VOICE)
        lengths.append(predicted.audio_s)
        stds.append(predicted.statistics.std(NORM)[:12])
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.plot(lengths, np.array(stds) / np.array(stds)[-1], marker="o", linewidth=1)
    axes.set(xlabel="length of the sentence, s", ylabel="standard deviation / that of the longest")
    axes.set_title(f"{NORM}, 12 channels, {VOICE}")
    axes.grid(visible=True, alpha=0.3)
    save(figure, "statistics")


def main() -> None:
    """Draw the figure that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    actions = parser.add_subparsers(required=True)
    for function in (spectrogram, latency, statistics):
        action = actions.add_parser(function.__name__, help=function.__doc__)
        action.set_defaults(draw=function)
        if function is latency:
            action.add_argument("results", type=Path, help="what `dev.py bench latency --json` printed")
    options = parser.parse_args()
    options.draw(options)


if __name__ == "__main__":
    main()
