"""The network of `tts_server.backends.kokoro.statistics` in PyTorch, to be trained, and how it is packed.

The voices share all weights. What tells them apart is an embedding of 24 numbers, which shifts the layers'
biases and scales what is pooled, and an offset of the coordinates. In the package all of that is folded into
tables.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.kokoro.statistics_vocoder import Tensor, functional, torch
from tts_server.backends.kokoro import statistics

N_REDUCED, N_HIDDEN, N_EMBEDDING, N_INNER, N_SIZES = 48, 128, 24, 256, 3
N_SEEN = N_REDUCED + 7
N_POOLED = N_HIDDEN + N_SIZES
DROPOUT = 0.1
DATA = Path(statistics.__file__).parent / "data"


class Network:
    """Text, pitch and energy of each frame -> coordinates of the statistics.

    Args:
        parameters: What is trained, by name.
        scales: Mean and standard deviation of the inputs: of text (2, 512) and of energy (2,).
    """

    def __init__(self, parameters: dict[str, Tensor], scales: dict[str, Tensor]) -> None:
        self.parameters, self.scales = parameters, scales

    @classmethod
    def initial(cls, offsets: Tensor, scales: dict[str, Tensor]) -> Network:
        """Make a network that answers with each voice's mean coordinates, (voices, coordinates)."""
        n_voices, n_coordinates = offsets.shape

        def layer(n_out: int, n_in: int, gain: float = 1.0) -> Tensor:
            return gain * torch.randn(n_out, n_in, device=offsets.device) / n_in**0.5

        def zeros(*shape: int) -> Tensor:
            return torch.zeros(*shape, device=offsets.device)

        parameters = {
            "text": layer(N_REDUCED, statistics.N_TEXT),
            "frame": layer(N_HIDDEN, 3 * N_SEEN),
            "frame_bias": zeros(N_HIDDEN),
            "hidden": layer(N_HIDDEN, N_HIDDEN),
            "hidden_bias": zeros(N_HIDDEN),
            "embedding": 0.5 * torch.randn(n_voices, N_EMBEDDING, device=offsets.device),
            "frame_voice": layer(N_HIDDEN, N_EMBEDDING, 0.5),
            "hidden_voice": layer(N_HIDDEN, N_EMBEDDING, 0.5),
            "scale_voice": zeros(N_POOLED, N_EMBEDDING),
            "offset": offsets.clone(),
            "linear": layer(n_coordinates, N_POOLED, 0.5),
            "inner": layer(N_INNER, N_POOLED),
            "inner_voice": layer(N_INNER, N_EMBEDDING, 0.5),
            "inner_bias": zeros(N_INNER),
            "outer": zeros(n_coordinates, N_INNER),
        }
        for parameter in parameters.values():
            parameter.requires_grad_(True)
        return cls(parameters, scales)

    def __call__(self, batch: Mapping[str, Tensor], *, training: bool = False) -> Tensor:
        """Return coordinates (batch, coordinates) of what `collate` made."""
        p = self.parameters
        n_frames, voice = batch["n_frames"], p["embedding"][batch["voice"]]
        mask = torch.arange(batch["text"].shape[2], device=voice.device)[None] < n_frames[:, None]
        mask = mask.float()[:, None]
        seen = self._frames(batch) * mask
        padded = functional.pad(seen, (1, 1))
        triples = torch.cat([padded[:, :, :-2], padded[:, :, 1:-1], padded[:, :, 2:]], 1)
        hidden = p["frame"] @ triples + (p["frame_bias"] + voice @ p["frame_voice"].T)[:, :, None]
        hidden = functional.dropout(functional.leaky_relu(hidden, statistics.LEAK), DROPOUT, training)
        hidden = p["hidden"] @ hidden + (p["hidden_bias"] + voice @ p["hidden_voice"].T)[:, :, None]
        pooled = (functional.leaky_relu(hidden, statistics.LEAK) * mask).sum(2) / n_frames[:, None]
        sizes = [40 / n_frames, torch.log(n_frames / 100), batch["n_phonemes"] / 100]
        pooled = torch.cat([pooled, torch.stack(sizes, 1)], 1) * (1 + voice @ p["scale_voice"].T)
        inner = pooled @ p["inner"].T + voice @ p["inner_voice"].T + p["inner_bias"]
        inner = functional.dropout(functional.leaky_relu(inner, statistics.LEAK), DROPOUT, training)
        return p["offset"][batch["voice"]] + pooled @ p["linear"].T + inner @ p["outer"].T

    def _frames(self, batch: Mapping[str, Tensor]) -> Tensor:
        text_mean, text_std = self.scales["text"]
        energy_mean, energy_std = self.scales["energy"]
        text = (batch["text"] - text_mean[:, None]) / text_std[:, None]
        voiced = (batch["pitch"] > statistics.MIN_VOICED_HZ).float()
        pitch = torch.log(batch["pitch"].clamp_min(statistics.MIN_VOICED_HZ) / 200) * voiced
        energy = (batch["energy"] - energy_mean) / energy_std
        curves = [x.reshape(len(x), -1, 2).transpose(1, 2) for x in (voiced, pitch, energy)]
        return torch.cat([self.parameters["text"] @ text, *curves, torch.ones_like(text[:, :1])], 1)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `tts_server.backends.kokoro.statistics` reads, but for the basis."""
        p = {name: value.detach().cpu().numpy() for name, value in self.parameters.items()}
        scales = {name: value.cpu().numpy() for name, value in self.scales.items()}
        text_weight = p["text"] / scales["text"][1]
        embedding = p["embedding"]
        return {
            "text_weight": text_weight.astype(np.float16),
            "text_bias": -(text_weight @ scales["text"][0]),
            "frame_weight": p["frame"].astype(np.float16),
            "frame_bias": p["frame_bias"] + embedding @ p["frame_voice"].T,
            "hidden_weight": p["hidden"].astype(np.float16),
            "hidden_bias": p["hidden_bias"] + embedding @ p["hidden_voice"].T,
            "pooled_scale": 1 + embedding @ p["scale_voice"].T,
            "linear_weight": p["linear"].astype(np.float16),
            "offset": p["offset"],
            "inner_weight": p["inner"].astype(np.float16),
            "inner_bias": p["inner_bias"] + embedding @ p["inner_voice"].T,
            "outer_weight": p["outer"].astype(np.float16),
            "energy_scale": scales["energy"],
        }


def collate(utterances: Sequence[Mapping[str, Any]], device: str) -> dict[str, Tensor]:
    """Put utterances of different lengths into one batch."""
    n_most = max(u["n_frames"] for u in utterances)

    def padded(name: str, rate: int) -> Tensor:
        rows = [functional.pad(u[name], (0, rate * (n_most - u["n_frames"]))) for u in utterances]
        return torch.stack(rows)

    def numbers(name: str, kind: Any) -> Tensor:
        return torch.tensor([u[name] for u in utterances], dtype=kind, device=device)

    return {
        "text": padded("text", 1),
        "pitch": padded("pitch", 2),
        "energy": padded("energy", 2),
        "n_frames": numbers("n_frames", torch.float32),
        "n_phonemes": numbers("n_phonemes", torch.float32),
        "voice": numbers("voice", torch.int64),
    }


class Average:
    """The exponentially weighted mean of parameters over the steps."""

    def __init__(self, parameters: Mapping[str, Tensor], decay: float) -> None:
        self._values = {name: value.detach().clone() for name, value in parameters.items()}
        self._decay, self._n_steps = decay, 0

    def update(self, parameters: Mapping[str, Tensor]) -> None:
        """Take in the parameters after a step."""
        self._n_steps += 1
        decay = min(self._decay, self._n_steps / (self._n_steps + 10))
        for name, value in parameters.items():
            self._values[name].mul_(decay).add_(value.detach(), alpha=1 - decay)

    def apply(self, parameters: Mapping[str, Tensor]) -> None:
        """Put the means in the parameters' place."""
        with torch.no_grad():
            for name, value in parameters.items():
                value.copy_(self._values[name])


def write_package_data(
    network: Network,
    basis: dict[str, NDArray[np.float32]],
    description: dict[str, Any],
    folder: Path = DATA,
) -> int:
    """Write the package's two files; return the size of the larger one in bytes.

    Args:
        network: Trained.
        basis: ``integers`` (coordinates, 35860) with the ``row_scale`` and ``column_scale`` that make them
            the basis, ``centre`` (35860,), and ``pitch_conv`` and ``energy_conv`` (4,): kernel and bias.
        description: What is to be said of how they were made; ``voices`` in the order of the tables.
        folder: Where to.
    """
    low, high = statistics.pack_basis(basis.pop("integers").astype(np.int32))
    content = io.BytesIO()
    arrays: dict[str, NDArray[Any]] = {"basis_low": low, "basis_high": high, **basis, **network.arrays()}
    np.savez_compressed(content, allow_pickle=False, **arrays)
    (folder / "statistics.npz").write_bytes(content.getvalue())
    description = {**description, "sha256": hashlib.sha256(content.getvalue()).hexdigest()}
    text = json.dumps(description, indent=1, ensure_ascii=False) + "\n"
    (folder / "statistics.json").write_text(text, encoding="utf-8")
    return len(content.getvalue())
