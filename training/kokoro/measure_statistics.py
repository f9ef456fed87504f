"""Collect what the model of the norms' statistics is fitted to: utterances of every voice, measured whole.

    python -m training.kokoro.measure_statistics FOLDER --per-voice 100 --processes 8

Takes the installed weights, the package's voices and ``statistics_phonemes.json`` beside this file: whole
sentences, parts of sentences and several at once, each with a voice that mostly speaks its language, at
speeds 0.5 to 2. Which utterances these are depends on the seed alone; those of every seventh sentence are
held out.

For each utterance a file ``u<number>.npz`` is written, with what the text stage and the harmonic source give
and with the statistics measured over the whole of it. What is there already is not made again, so the script
can be stopped and started. Measuring takes about half of the audio's length on one core; with ``--text-only``
(a tenth of that) ``fit_statistics`` measures on its own device. Needs the ``kokoro`` extra.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tts_server.backends.kokoro.layout import DECODER_STYLE_SIZE
from tts_server.backends.kokoro.statistics import norms
from tts_server.backends.kokoro.vocabulary import PAD_ID, encode
from tts_server.backends.kokoro.voices import load_voices

PHONEMES = Path(__file__).with_name("statistics_phonemes.json")
"""Phonemes of sentences by the first letter of the voices that speak their language."""
HELD_OUT_EVERY = 7
MAX_FRAMES = 900
MAX_PHONEMES = 480

TEXT_TENSORS = {
    "text": "/encoder/MatMul_1_output_0",
    "pitch": "/encoder/F0_proj/Conv_output_0",
    "energy": "/encoder/N_proj/Conv_output_0",
    "source": "/decoder/decoder/generator/Concat_3_output_0",
}
STATISTIC_TENSORS = {"means": "ReduceMean_output_0", "stds": "Sqrt_output_0"}


@dataclass(frozen=True)
class Utterance:
    """What is spoken, and how."""

    voice: str
    phonemes: str
    speed: float
    held_out: bool

    @classmethod
    def from_json(cls, text: str) -> Utterance:
        """Read what a measured file says of itself."""
        return cls(**json.loads(text))


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-voice", type=int, default=100, help="utterances to fit to, for each voice")
    parser.add_argument("--held-out", type=int, default=4, help="utterances held out, for each voice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1, help="each works on one core")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after this time")
    parser.add_argument("--text-only", action="store_true", help="do not vocode")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / ("text.onnx" if arguments.text_only else "whole.onnx")
    if not model.exists():
        write_model(model, text_only=arguments.text_only)
    plan = list(plan_utterances(arguments.per_voice, arguments.held_out, arguments.seed))
    random.Random(arguments.seed).shuffle(plan)  # noqa: S311
    deadline_s = time.time() + 60 * arguments.minutes
    shares = [
        (model, folder, plan, position, arguments.processes, deadline_s)
        for position in range(arguments.processes)
    ]
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        n_made = sum(pool.starmap(measure_share, shares, chunksize=1))
    print(f"{n_made} utterances measured, {len(list(folder.glob('u*.npz')))} of {len(plan)} there")
    return 0


def write_model(path: Path, *, text_only: bool) -> None:
    """Write the float32 graph with every tensor of interest as an output."""
    import onnx  # noqa: PLC0415 - the processes that measure do not need it

    from tts_server.backends.kokoro.prepare.dequantize import dequantize  # noqa: PLC0415
    from tts_server.backends.kokoro.prepare.graph import extract  # noqa: PLC0415
    from tts_server.backends.kokoro.prepare.weights import resolve  # noqa: PLC0415

    model = dequantize(onnx.load_model_from_string(resolve().read()))
    tensors = list(TEXT_TENSORS.values()) + ([] if text_only else ["audio", *statistic_tensors()])
    partial = path.with_suffix(".partial")
    onnx.save(extract(model, {}, tensors), str(partial))
    partial.rename(path)


def statistic_tensors() -> list[str]:
    """The tensors of all means, then of all standard deviations, in the order of `norms`."""
    return [f"/decoder/decoder/{name}/{tail}" for tail in STATISTIC_TENSORS.values() for name, _ in norms()]


def plan_utterances(per_voice: int, held_out: int, seed: int) -> Iterator[Utterance]:
    """Choose what is spoken."""
    chance = random.Random(seed)  # noqa: S311
    sentences: dict[str, list[str]] = json.loads(PHONEMES.read_text(encoding="utf-8"))
    kept = {
        language: [s for i, s in enumerate(mine) if i % HELD_OUT_EVERY == HELD_OUT_EVERY // 2]
        for language, mine in sentences.items()
    }
    fitted = {
        language: [s for i, s in enumerate(mine) if i % HELD_OUT_EVERY != HELD_OUT_EVERY // 2]
        for language, mine in sentences.items()
    }
    for voice in load_voices().names:
        for position in range(held_out + per_voice):
            language = voice[0] if voice[0] in "ab" or chance.random() < 0.7 else "a"
            usual = chance.random() < 0.55
            speed = 1.0 if usual else float(2 ** chance.uniform(-1, 1))
            if position < held_out:
                yield Utterance(voice, chance.choice(kept[language]), speed, held_out=True)
            else:
                phonemes = choose_phonemes(fitted[language], chance)[:MAX_PHONEMES]
                yield Utterance(voice, phonemes, speed, held_out=False)


def choose_phonemes(sentences: list[str], chance: random.Random) -> str:
    """Choose a sentence, a part of one, or two or three one after the other."""
    sentence, kind = chance.choice(sentences), chance.random()
    if kind < 0.33:
        return sentence
    if kind < 0.85:
        words = sentence.split()
        if len(words) < 4:
            words += chance.choice(sentences).split()
        n_words = chance.randint(2, min(len(words), 9))
        start = chance.randint(0, len(words) - n_words)
        part = " ".join(words[start : start + n_words])
        return part.rstrip(".?!,;:—…") + chance.choice("......??!,")
    n_more = 1 if kind < 0.95 else 2
    return " ".join([sentence, *(chance.choice(sentences) for _ in range(n_more))])


def measure_share(
    model: Path, folder: Path, plan: list[Utterance], position: int, n_shares: int, deadline_s: float
) -> int:
    """Measure every ``n_shares``-th utterance of the plan; return how many were made."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import onnxruntime as ort  # noqa: PLC0415 - in the process that uses it

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    n_made = 0
    for number in range(position, len(plan), n_shares):
        path = folder / f"u{number:05d}.npz"
        if path.exists():
            continue
        if time.time() > deadline_s:
            break
        arrays = measure(session, plan[number])
        if arrays["text"].shape[1] > MAX_FRAMES:
            continue
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, allow_pickle=False, **arrays)
        partial.rename(path)
        n_made += 1
    return n_made


def measure(session: Any, utterance: Utterance) -> dict[str, np.ndarray[Any, Any]]:
    """Run the model on one utterance and collect its arrays."""
    ids = encode(utterance.phonemes)
    style = load_voices().style(utterance.voice, len(ids))
    inputs = {
        "tokens": np.array([[PAD_ID, *ids, PAD_ID]], np.int64),
        "style": style,
        "speed": np.array([utterance.speed], np.float32),
    }
    names = [value.name for value in session.get_outputs()]
    made = dict(zip(names, session.run(names, inputs), strict=True))
    arrays = {name: made[tensor][0] for name, tensor in TEXT_TENSORS.items()}
    arrays["style"] = style[0, :DECODER_STYLE_SIZE]
    arrays["n_phonemes"] = np.array(len(ids))
    arrays["utterance"] = np.array(json.dumps(asdict(utterance)))
    if "audio" in made:
        for name, tail in STATISTIC_TENSORS.items():
            pieces = [made[f"/decoder/decoder/{norm}/{tail}"].ravel() for norm, _ in norms()]
            arrays[name] = np.concatenate(pieces)
        arrays["audio"] = made["audio"].ravel() / np.float32(1.5)
    return arrays


if __name__ == "__main__":
    sys.exit(main())
