"""Kokoro's decoder and vocoder in PyTorch, with norms that measure, or that are told what they would measure.

Unlike ONNX Runtime it runs on a GPU and gives gradients, which `fit_statistics` needs. It computes the same:
the statistics agree to 1e-4, the audio to 100 dB.
"""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from typing import Any

import numpy as np

from tts_server.backends.kokoro.statistics import EPSILON, norms

torch: Any = importlib.import_module("torch")
functional: Any = importlib.import_module("torch.nn.functional")
Tensor = Any

_PREFIX = "/decoder/decoder/"
NAMES = [name for name, _ in norms()]
N_STATISTICS = sum(n_channels for _, n_channels in norms())
N_DECODER = sum(n_channels for name, n_channels in norms() if not name.startswith("generator/"))
N_FIRST = norms()[0][1]
"""The channels of the norm that is never predicted."""


def export_weights(path: Path) -> None:
    """Write the weights of the installed model as an archive that `Vocoder` reads."""
    import onnx  # noqa: PLC0415 - a machine with a GPU may be given the archive instead
    from onnx import numpy_helper  # noqa: PLC0415

    from tts_server.backends.kokoro.prepare.dequantize import dequantize  # noqa: PLC0415
    from tts_server.backends.kokoro.prepare.weights import resolve  # noqa: PLC0415

    graph = dequantize(onnx.load_model_from_string(resolve().read())).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    consumers = {name: node for node in graph.node for name in node.input}
    found = {}
    for node in graph.node:
        made = node.output[0]
        if not made.startswith(_PREFIX):
            continue
        name = made.removeprefix(_PREFIX)
        if node.op_type in {"Conv", "ConvTranspose"}:
            name = name.rsplit("/", 1)[0]
            found[f"weight:{name}"] = stored[node.input[1]]
            if len(node.input) > 2:
                found[f"bias:{name}"] = stored[node.input[2]]
        elif name.endswith("/fc/Gemm_output_0_MatMul"):
            name = name.removesuffix("/fc/Gemm_output_0_MatMul")
            found[f"weight:{name}"] = stored[node.input[1]]
            bias = next(i for i in consumers[made].input if i != made)
            found[f"bias:{name}"] = stored[bias]
    found |= {f"alpha:{k.split('generator.')[1]}": v for k, v in stored.items() if ".alpha" in k}
    found["window"] = next(v for k, v in stored.items() if k.endswith("window_sum"))
    np.savez(path, allow_pickle=False, **found)


class Vocoder:
    """Decoder, vocoder and inverse STFT. Batches of pieces of equal length, each with a style of its own."""

    def __init__(self, path: Path, device: str) -> None:
        with np.load(path) as archive:
            self._stored = {name: torch.tensor(archive[name], device=device) for name in archive.files}
        self._fixed: tuple[Tensor, Tensor] | None = None
        self._measured: dict[str, tuple[Tensor, Tensor]] = {}
        self._style: Tensor = None

    def measure(self, seen: Tensor, source: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Vocode whole; return audio (batch, samples), means and standard deviations (batch, 17930).

        Args:
            seen: (batch, 514, n): text, and pitch and energy convolved.
            source: (batch, 22, 120 n + 1).
            style: (batch, 128).
        """
        self._fixed, self._measured, self._style = None, {}, style
        audio = self._generator(self._decoder(seen), source)
        means, stds = (torch.cat([self._measured[name][i] for name in NAMES], 1)[:, :, 0] for i in (0, 1))
        return audio, means, stds

    def vocode(
        self, seen: Tensor, source: Tensor, style: Tensor, statistics: tuple[Tensor, Tensor]
    ) -> Tensor:
        """Vocode with given means and standard deviations, each (batch, 17930); return the audio."""
        sizes = [n_channels for _, n_channels in norms()]
        pieces = [torch.split(values[:, :, None], sizes, 1) for values in statistics]
        self._measured = {
            name: (mean, std) for name, mean, std in zip(NAMES, pieces[0], pieces[1], strict=True)
        }
        self._fixed, self._style = statistics, style
        return self._generator(self._decoder(seen), source)

    def curves(self, pitch: Tensor, energy: Tensor) -> Tensor:
        """Return pitch and energy (batch, 1, 2 n) as the decoder sees them, (batch, 2, n)."""
        made = [
            functional.conv1d(curve, *self._weights(name), stride=2, padding=1)
            for curve, name in ((pitch, "F0_conv"), (energy, "N_conv"))
        ]
        return torch.cat(made, 1)

    def _weights(self, name: str) -> tuple[Tensor, Tensor]:
        return self._stored[f"weight:{name}"], self._stored.get(f"bias:{name}")

    def _conv(self, name: str, x: Tensor, dilation: int = 1) -> Tensor:
        weight, bias = self._weights(name)
        padding = (weight.shape[2] - 1) * dilation // 2
        return functional.conv1d(x, weight, bias, dilation=dilation, padding=padding)

    def _statistics(self, name: str, x: Tensor) -> tuple[Tensor, Tensor]:
        if self._fixed is None:
            variance, mean = torch.var_mean(x, dim=2, unbiased=False, keepdim=True)
            self._measured[name] = mean, (variance + EPSILON).sqrt()
        return self._measured[name]

    def _norm(self, name: str, x: Tensor, shared: str | None = None) -> Tensor:
        mean, std = self._statistics(shared or name, x)
        weight, bias = self._weights(name)
        gain, offset = (self._style @ weight + bias)[:, :, None].chunk(2, 1)
        scale = (1 + gain) / std
        return x * scale + (offset - mean * scale)

    def _decoder(self, seen: Tensor) -> Tensor:
        side = torch.cat([self._conv("asr_res/asr_res.0", seen[:, :512]), seen[:, 512:]], 1)
        x = self._block("encode", seen)
        for position in range(4):
            x = self._block(f"decode.{position}", torch.cat([x, side], 1))
        return x

    def _block(self, name: str, x: Tensor) -> Tensor:
        y = functional.leaky_relu(self._norm(f"{name}/norm1", x), 0.2)
        if f"weight:{name}/pool" in self._stored:
            weight, bias = self._weights(f"{name}/pool")
            y = functional.conv_transpose1d(y, weight, bias, 2, 1, output_padding=1, groups=weight.shape[0])
            x = x.repeat_interleave(2, 2)
        y = functional.leaky_relu(self._norm(f"{name}/norm2", self._conv(f"{name}/conv1", y)), 0.2)
        return (self._conv(f"{name}/conv2", y) + self._conv(f"{name}/conv1x1", x)) / math.sqrt(2)

    def _generator(self, x: Tensor, source: Tensor) -> Tensor:
        for stage, stride in ((0, 10), (1, 6)):
            weight, bias = self._weights(f"generator/ups.{stage}")
            padding = (weight.shape[2] - stride) // 2
            x = functional.conv_transpose1d(functional.leaky_relu(x, 0.1), weight, bias, stride, padding)
            if stage == 1:
                x = functional.pad(x, (1, 0), mode="reflect")
            weight, bias = self._weights(f"generator/noise_convs.{stage}")
            noise = functional.conv1d(source, weight, bias, *((6, 3) if stage == 0 else (1, 0)))
            x = x + self._residual(f"generator/noise_res.{stage}", noise)
            shared = f"generator/resblocks.{3 * stage}/adain1.0"
            x = sum(self._residual(f"generator/resblocks.{3 * stage + i}", x, shared) for i in range(3)) / 3
        x = self._conv("generator/conv_post", functional.leaky_relu(x, 0.01))
        magnitude, phase = x[:, :11].exp(), x[:, 11:].sin()
        spectrum = torch.cat([magnitude * phase.cos(), magnitude * phase.sin()], 1)
        audio = functional.conv_transpose1d(spectrum, self._weights("generator/istft/stft")[0], stride=5)
        ones = torch.ones_like(spectrum[:1, :1])
        weight = functional.conv_transpose1d(ones, self._stored["window"].reshape(1, 1, -1), stride=5)
        weight = torch.where(weight > 1e-6, weight, torch.ones_like(weight))
        return (4 * audio / weight)[:, 0, 10:-10]

    def _residual(self, name: str, x: Tensor, shared: str | None = None) -> Tensor:
        for layer, dilation in enumerate((1, 3, 5)):
            y = self._norm(f"{name}/adain1.{layer}", x, shared if layer == 0 else None)
            y = self._conv(f"{name}/convs1.{layer}", self._snake(f"{name}/alpha1.{layer}", y), dilation)
            y = self._norm(f"{name}/adain2.{layer}", y)
            x = x + self._conv(f"{name}/convs2.{layer}", self._snake(f"{name}/alpha2.{layer}", y))
        return x

    def _snake(self, name: str, x: Tensor) -> Tensor:
        alpha = self._stored["alpha:" + name.removeprefix("generator/").replace("/", ".")]
        return x + (alpha * x).sin() ** 2 / alpha


def mel_decibels(audio: Tensor, floor: Tensor) -> tuple[Tensor, Tensor]:
    """Return 80 mel bands in decibels, at least ``floor`` (a power), and each frame's power: (batch, 80, n).

    Frames of 1024 samples, 256 apart, none beyond the ends.
    """
    bank, window = _mel_bank(str(audio.device))
    spectrum = torch.stft(audio, 1024, 256, window=window, center=False, return_complex=True)
    power = bank @ (spectrum.real**2 + spectrum.imag**2)
    return 10 * torch.log10(torch.maximum(power, floor)), power.sum(1)


_banks: dict[str, tuple[Tensor, Tensor]] = {}


def _mel_bank(device: str) -> tuple[Tensor, Tensor]:
    if device not in _banks:
        edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 12000 / 700), 82) / 2595) - 1)
        lines = np.linspace(0, 12000, 513)
        low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
        bank = np.maximum(0, np.minimum((lines - low) / (middle - low), (high - lines) / (high - middle)))
        bank /= np.maximum(bank.sum(1, keepdims=True), 1e-9)
        made = torch.tensor(bank, dtype=torch.float32, device=device)
        _banks[device] = made, torch.hann_window(1024, device=device)
    return _banks[device]
