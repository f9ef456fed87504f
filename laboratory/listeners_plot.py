"""A picture of what listeners got. Needs matplotlib, which is imported when a picture is made."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from tts_server.bench.outcome import StreamOutcome
from tts_server.errors import ConfigError
from tts_server.files.replacing import replacing


def require_matplotlib() -> None:
    """Find out before a long run whether a picture can be made of it.

    Raises:
        ConfigError: The package is missing.
    """
    try:
        importlib.import_module("matplotlib.figure")
    except ImportError:
        raise ConfigError("a plot needs matplotlib, which is not installed; pip install matplotlib") from None


def draw(streams: Sequence[StreamOutcome], title: str, path: str) -> None:
    """Draw first audio and gaps of each listener into a file; its ending chooses the format.

    Raises:
        ConfigError: The package is missing, or the file cannot be written.
    """
    require_matplotlib()
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(10, 4), layout="constrained")
    figure.suptitle(title)
    first, gaps = figure.subplots(1, 2)
    for number, stream in enumerate(streams, 1):
        ordered = sorted(stream.first_audio_s)
        parts = [(rank + 1) / len(ordered) for rank in range(len(ordered))]
        first.step(ordered, parts, where="post", label=f"listener {number}")
    first.set(xlabel="first audio after the commit, s", ylabel="part of the turns", ylim=(0, 1.02))
    first.set_xlim(left=0)
    if len(streams) <= 12:
        first.legend(fontsize="small")
    numbers = range(1, len(streams) + 1)
    gaps.bar(numbers, [sum(stream.gaps_s) for stream in streams], label="gaps, s in all")
    gaps.plot(numbers, [max(stream.gaps_s, default=0.0) for stream in streams], "k_", label="longest, s")
    gaps.set(xlabel="listener", ylabel="s without audio", xticks=list(numbers))
    gaps.legend(fontsize="small")
    try:
        with replacing(Path(path)) as picture:
            figure.savefig(picture.file, format=Path(path).suffix[1:] or None)
            picture.commit()
    except (OSError, ValueError) as error:
        raise ConfigError(f"the plot cannot be written to {path}: {error}") from None
