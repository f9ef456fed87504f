"""Fit the model of the norms' statistics to what `measure_statistics` collected, and write it.

    python -m training.kokoro.fit_statistics FOLDER --device cuda

1. What is not measured yet is measured here.
2. How much a decibel of mel spectrum depends on each statistic is measured by gradients. Weighted so, the
   statistics' principal components become the basis.
3. The network learns the coordinates of whole utterances.
4. Network and basis together are tuned through the frozen vocoder, on the difference of its mel spectrum from
   that of whole synthesis, in pieces of 1.5 and 2 s. In three of ten steps only the vocoder is frozen.
5. The basis is rounded and written.

Needs PyTorch, which is no dependency of this package. An H100 does 5,388 utterances (6.4 h of speech) in 17
minutes, 11 of them tuning. With ``--device cpu`` a few utterances can be tried.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.kokoro.measure_statistics import Utterance
from training.kokoro.statistics_network import DATA, Average, Network, collate, write_package_data
from training.kokoro.statistics_vocoder import (
    N_DECODER,
    N_FIRST,
    N_STATISTICS,
    Tensor,
    Vocoder,
    export_weights,
    mel_decibels,
    torch,
)
from tts_server.backends.kokoro.layout import FRAMES_PER_TEXT_FRAME, SAMPLES_PER_TEXT_FRAME, SOURCE_PER_FRAME
from tts_server.backends.kokoro.voices import load_voices

N_COORDINATES = 192
CONTEXT_FRAMES = 14
"""A piece's frames, of 25 ms, that see beyond its ends."""
PIECES_FRAMES = (60, 80)
BATCH = 8
STEP = 5e-4
"""What the basis is rounded to, times a coordinate's size, in decibels or so of one statistic."""

Record = dict[str, Any]


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--fit-minutes", type=float, default=1.25)
    parser.add_argument("--tune-minutes", type=float, default=11.0)
    parser.add_argument("--sensitivity-steps", type=int, default=60)
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    weights = arguments.folder / "vocoder.npz"
    if not weights.exists():
        export_weights(weights)
    fit = Fit(Vocoder(weights, arguments.device), load(arguments.folder, arguments.device), arguments.device)
    fit.make_basis(arguments.sensitivity_steps)
    fit.fit_network(60 * arguments.fit_minutes)
    fit.report("fitted")
    for share, rate in ((0.5, 4e-4), (0.5, 2e-4)):
        fit.tune(60 * arguments.tune_minutes * share, rate)
        fit.report("tuned")
    print(f"{fit.write(weights, arguments.out)} bytes")
    return 0


def load(folder: Path, device: str) -> list[Record]:
    """Read all utterances."""
    records = []
    positions = {name: position for position, name in enumerate(load_voices().names)}
    for path in sorted(folder.glob("u*.npz")):
        with np.load(path) as archive:
            record: Record = {
                name: torch.tensor(archive[name], device=device)
                for name in archive.files
                if name not in {"utterance", "n_phonemes"}
            }
            utterance = Utterance.from_json(str(archive["utterance"]))
            record["n_phonemes"] = int(archive["n_phonemes"])
        record["pitch"], record["energy"] = record["pitch"].ravel(), record["energy"].ravel()
        record["n_frames"] = record["text"].shape[1]
        record["voice"], record["held_out"] = positions[utterance.voice], utterance.held_out
        records.append(record)
    return records


class Fit:
    """All that is fitted, and to what.

    Args:
        vocoder: The model.
        records: As `load` returns them; what is measured here is added.
        device: Where everything is.
    """

    def __init__(self, vocoder: Vocoder, records: list[Record], device: str) -> None:
        self._vocoder, self._device = vocoder, device
        self._chance = random.Random(7)  # noqa: S311
        with torch.no_grad():
            for record in records:
                self._complete(record)
        self._held_out = [r for r in records if r["held_out"] and r["n_frames"] >= PIECES_FRAMES[0]]
        self._records = [r for r in records if not r["held_out"]]
        # Means count in standard deviations, and standard deviations by their logarithms.
        self._unit = torch.stack([r["stds"] for r in self._records]).mean(0).clamp_min(1e-6)

    def make_basis(self, n_sensitivity_steps: int) -> None:
        """Set centre, basis and everyone's coordinates."""
        weight = self._sensitivity(n_sensitivity_steps)
        weight = self._weight = weight + 0.1 * weight.median()
        counted = weight.clone()
        counted[:N_FIRST] = counted[N_STATISTICS : N_STATISTICS + N_FIRST] = 1e-3 * weight.median()
        values = torch.stack([self._vector(r) for r in self._records])
        shorter = [1.0 if r["n_frames"] >= PIECES_FRAMES[0] else 0.3 for r in self._records]
        share = torch.tensor(shorter, device=self._device)[:, None]
        self._centre = (values * share).sum(0) / share.sum()
        rows = (values - self._centre) * counted * share.sqrt()
        strengths, directions = torch.linalg.eigh((rows @ rows.T).double())
        n = min(N_COORDINATES, len(rows) - 2)
        strengths, directions = strengths.flip(0)[:n].float(), directions.flip(1)[:, :n].float()
        components = (directions.T @ rows) / strengths.sqrt()[:, None]
        for record in self._records + self._held_out:
            record["coordinates"] = ((self._vector(record) - self._centre) * counted) @ components.T
        self._basis = components / counted
        self._basis[:, :N_FIRST] = self._basis[:, N_STATISTICS : N_STATISTICS + N_FIRST] = 0
        self._network = self._initial_network(n)

    def fit_network(self, seconds: float, rate: float = 3e-3, batch: int = 96) -> None:
        """Learn the coordinates."""
        parameters = list(self._network.parameters.values())
        optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.02)
        average = Average(self._network.parameters, 0.998)
        by_length = sorted(self._records, key=lambda r: int(r["n_frames"]))
        for scale in _schedule(seconds, warm_up=100):
            _set_rates(optimizer, [rate * scale])
            start = self._chance.randint(0, max(0, len(by_length) - 2 * batch))
            near = by_length[start : start + 2 * batch]
            chosen = self._chance.sample(near, min(batch, len(near)))
            error = self._coordinate_errors(chosen, self._network(self._batch(chosen), training=True))
            lengths = torch.tensor([r["n_frames"] for r in chosen], device=self._device)
            loss = (error * (lengths / 80).clamp(0.15, 1)).mean()
            _step(optimizer, loss, parameters)
            average.update(self._network.parameters)
        average.apply(self._network.parameters)

    def tune(self, seconds: float, rate: float) -> None:
        """Tune network and basis on what is heard."""
        parameters = list(self._network.parameters.values())
        trained = {**self._network.parameters, "basis": self._basis.requires_grad_(True)}
        groups = [{"params": parameters}, {"params": [self._basis], "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)
        average = Average(trained, 0.998)
        _allow_tf32(True)
        for scale in _schedule(seconds, warm_up=50):
            _set_rates(optimizer, [rate * scale, 0.075 * rate * scale])
            piece = self._piece(PIECES_FRAMES[self._chance.random() >= 0.35])
            coordinates = self._network(self._batch(piece["records"]), training=True)
            n_exact = N_DECODER if self._chance.random() < 0.3 else N_FIRST
            made = self._statistics(coordinates, piece["records"], n_exact)
            audio = self._vocoder.vocode(piece["seen"], piece["source"], piece["style"], made)
            heard = _difference(audio, piece)
            # Bad utterances count more than their share.
            loss = (heard + 0.15 * heard**2).mean()
            loss = loss + 0.02 * self._coordinate_errors(piece["records"], coordinates).mean()
            _step(optimizer, loss, parameters)
            average.update(trained)
        average.apply(trained)
        _allow_tf32(False)
        self._basis = self._basis.detach()

    def report(self, stage: str) -> None:
        """Print the held-out utterances' mean absolute difference of mel spectra, whole against frozen."""
        for name, n_exact in (("all frozen", N_FIRST), ("decoder whole", N_DECODER)):
            errors = []
            with torch.no_grad():
                for record in self._held_out:
                    piece = self._whole(record)
                    made = self._statistics(self._network(self._batch([record])), [record], n_exact)
                    audio = self._vocoder.vocode(piece["seen"], piece["source"], piece["style"], made)
                    errors.append(float(_difference(audio, piece)))
            if errors:
                print(f"{stage}, {name}: {np.mean(errors):.2f} dB, worst {max(errors):.2f}", flush=True)

    def write(self, weights: Path, folder: Path) -> int:
        """Round the basis and write the package's files; return the size of the larger one in bytes."""
        with torch.no_grad():
            batches = [self._records[i : i + 64] for i in range(0, len(self._records), 64)]
            coordinates = torch.cat([self._network(self._batch(batch)) for batch in batches])
            size = (coordinates**2).mean(0).sqrt().clamp_min(1e-6)
            integers = torch.round(self._basis * self._weight * size[:, None] / STEP)
            scale, centre = 1 / self._weight, self._centre.clone()
            for values in (scale, centre):
                values[:N_STATISTICS] *= self._unit
        with np.load(weights) as archive:
            curves = {
                f"{name}_conv": np.concatenate(
                    [archive[f"{kind}:{conv}"].ravel() for kind in ("weight", "bias")]
                )
                for name, conv in (("pitch", "F0_conv"), ("energy", "N_conv"))
            }
        named = {"integers": integers, "row_scale": STEP / size, "column_scale": scale, "centre": centre}
        basis = {name: value.cpu().numpy() for name, value in named.items()} | curves
        description = {
            "about": "Statistics of the norms of Kokoro-82M (Apache-2.0); made by training/kokoro",
            "n_utterances": len(self._records),
            "voices": list(load_voices().names),
        }
        return write_package_data(self._network, basis, description, folder)

    def _complete(self, record: Record) -> None:
        curves = self._vocoder.curves(record["pitch"][None, None], record["energy"][None, None])[0]
        record["seen"] = torch.cat([record["text"], curves])
        if "means" not in record:
            inputs = [record[name][None] for name in ("seen", "source", "style")]
            audio, means, stds = self._vocoder.measure(*inputs)
            record["audio"], record["means"], record["stds"] = audio[0], means[0], stds[0]
        _, power = mel_decibels(record["audio"][None], torch.zeros((), device=self._device))
        record["loudest"] = power.max()

    def _vector(self, record: Record) -> Tensor:
        return torch.cat([record["means"] / self._unit, torch.log(record["stds"])])

    def _batch(self, records: Sequence[Record]) -> dict[str, Tensor]:
        return collate(records, self._device)

    def _statistics(
        self, coordinates: Tensor, records: Sequence[Record], n_exact: int
    ) -> tuple[Tensor, Tensor]:
        """Turn coordinates into means and standard deviations, the first ``n_exact`` as measured."""
        both = self._centre + coordinates @ self._basis
        made = both[:, :N_STATISTICS] * self._unit, torch.exp(both[:, N_STATISTICS:])
        measured = [torch.stack([r[name] for r in records]) for name in ("means", "stds")]
        means, stds = (
            torch.cat([true[:, :n_exact], guess[:, n_exact:]], 1)
            for true, guess in zip(measured, made, strict=True)
        )
        return means, stds

    def _coordinate_errors(self, records: Sequence[Record], coordinates: Tensor) -> Tensor:
        wanted = torch.stack([r["coordinates"] for r in records])
        return ((coordinates - wanted) ** 2).sum(1).add(1e-6).sqrt()

    def _initial_network(self, n_coordinates: int) -> Network:
        some = self._records[:400]
        text = torch.cat([r["text"] for r in some], 1)
        energy = torch.cat([r["energy"] for r in some])
        scales = {
            "text": torch.stack([text.mean(1), text.std(1).clamp_min(1e-3)]),
            "energy": torch.stack([energy.mean(), energy.std()]),
        }
        offsets = torch.zeros(len(load_voices().names), n_coordinates, device=self._device)
        for voice in range(len(offsets)):
            mine = [r["coordinates"] for r in self._records if r["voice"] == voice]
            if mine:
                offsets[voice] = torch.stack(mine).mean(0)
        return Network.initial(offsets, scales)

    def _sensitivity(self, n_steps: int) -> Tensor:
        """Root mean square change of a mel band, in decibels, for each statistic's unit."""
        total = torch.zeros(2 * N_STATISTICS, device=self._device)
        for _ in range(n_steps):
            piece = self._piece(PIECES_FRAMES[-1])
            means, stds = (torch.stack([r[name] for r in piece["records"]]) for name in ("means", "stds"))
            shift = torch.zeros(len(means), 2 * N_STATISTICS, device=self._device, requires_grad=True)
            moved = means + shift[:, :N_STATISTICS] * self._unit, stds * torch.exp(shift[:, N_STATISTICS:])
            audio = self._vocoder.vocode(piece["seen"], piece["source"], piece["style"], moved)
            bands, _ = mel_decibels(audio[:, : piece["audio"].shape[1]], piece["floor"])
            counted = piece["counted"][:, None].expand_as(bands)
            signs = torch.randint(0, 2, bands.shape, device=self._device) * 2.0 - 1
            projected = (bands * signs * counted).sum((1, 2)) / counted.sum((1, 2)).clamp_min(1).sqrt()
            (gradient,) = torch.autograd.grad(projected.sum(), shift)
            total += (gradient**2).mean(0)
        return (total / max(1, n_steps)).sqrt()

    def _piece(self, n_frames: int) -> Record:
        """Cut pieces of ``n_frames`` from random utterances, the short ones for short pieces."""
        most = 110 if n_frames == PIECES_FRAMES[0] else 10**9
        fitting = [r for r in self._records if n_frames <= r["n_frames"] <= most]
        chosen = self._chance.choices(fitting, k=BATCH if self._device != "cpu" else 2)
        starts = []
        for record in chosen:
            last = record["n_frames"] - n_frames
            starts.append(min(max(self._chance.randint(-CONTEXT_FRAMES, last + CONTEXT_FRAMES), 0), last))
        return self._cut(chosen, starts, n_frames)

    def _whole(self, record: Record) -> Record:
        return self._cut([record], [0], record["n_frames"])

    def _cut(self, records: list[Record], starts: list[int], n_frames: int) -> Record:
        """Cut out inputs and reference, and tell which frames of the mel spectrum count."""
        samples, spectra = SAMPLES_PER_TEXT_FRAME, FRAMES_PER_TEXT_FRAME * SOURCE_PER_FRAME
        spans = [(r, start, start + n_frames) for r, start in zip(records, starts, strict=True)]
        piece: Record = {
            "records": records,
            "seen": torch.stack([r["seen"][:, a:b] for r, a, b in spans]),
            "source": torch.stack([r["source"][:, spectra * a : spectra * b + 1] for r, a, b in spans]),
            "style": torch.stack([r["style"] for r in records]),
            "audio": torch.stack([r["audio"][samples * a : samples * b] for r, a, b in spans]),
        }
        loudest = torch.stack([r["loudest"] for r in records])
        piece["floor"] = 1e-9 * loudest[:, None, None]
        piece["bands"], power = mel_decibels(piece["audio"], piece["floor"])
        first = torch.tensor([samples * CONTEXT_FRAMES * (a > 0) for _, a, _ in spans], device=self._device)
        last = torch.tensor(
            [samples * (n_frames - CONTEXT_FRAMES * (b < r["n_frames"])) for r, _, b in spans],
            device=self._device,
        )
        position = 256 * torch.arange(power.shape[1], device=self._device)[None]
        inside = (position >= first[:, None]) & (position + 1024 <= last[:, None])
        piece["counted"] = inside & (power > 1e-4 * loudest[:, None])
        return piece


def _difference(audio: Tensor, piece: Record) -> Tensor:
    """Mean absolute difference of mel bands in decibels, over the frames that count; (batch,)."""
    bands, _ = mel_decibels(audio[:, : piece["audio"].shape[1]], piece["floor"])
    difference = (bands - piece["bands"]).abs().mean(1)
    return (difference * piece["counted"]).sum(1) / piece["counted"].sum(1).clamp_min(1)


def _schedule(seconds: float, warm_up: int) -> Any:
    """Yield the factor of the learning rate until the time is over: up in some steps, down as a cosine."""
    began_s, step = time.perf_counter(), 0
    while (passed := (time.perf_counter() - began_s) / max(seconds, 1e-9)) < 1:
        step += 1
        yield min(1, step / warm_up) * (0.5 + 0.5 * math.cos(math.pi * passed) + 0.005)


def _set_rates(optimizer: Any, rates: Sequence[float]) -> None:
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate


def _step(optimizer: Any, loss: Tensor, clipped: Sequence[Tensor]) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(clipped, 1.0)
    optimizer.step()


def _allow_tf32(allowed: bool) -> None:
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = allowed
    torch.backends.cudnn.benchmark = allowed


if __name__ == "__main__":
    sys.exit(main())
