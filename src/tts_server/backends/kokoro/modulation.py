"""Norms with known statistics: one scale and one shift for each channel, from statistics and style.

An adaptive instance norm computes ``(1 + gamma) * (x - mean) / std + beta``, where gamma and beta are a
linear layer of the style (Huang and Belongie 2017, arXiv:1703.06868). With mean and std known beforehand it
is ``scale * x + shift``. All vectors of all norms are concatenated, in the order of the norms, so that the
work for an utterance is one product of a vector and a matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_server.backends.kokoro.layout import DECODER_STYLE_SIZE, Norm

if TYPE_CHECKING:
    from tts_server.backends.kokoro.prepare.export_weights import ExportWeights
    from tts_server.backends.kokoro.prepare.stream_graph import StreamGraph

Float32 = NDArray[np.float32]


def split_vectors(
    graph: StreamGraph, norms: Iterable[Norm], inputs: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Declare inputs of concatenated vectors and cut them: the name of a norm -> its piece of each input."""
    norms = list(norms)
    sizes = [norm.n_channels for norm in norms]
    pieces = [graph.split(graph.input(name, graph.shape(1, sum(sizes))), sizes, axis=1) for name in inputs]
    return {norm.name: vectors for norm, vectors in zip(norms, zip(*pieces, strict=True), strict=True)}


@dataclass(frozen=True, eq=False)
class Modulation:
    """What turns style and statistics into scales and shifts, for one program.

    Args:
        weight: float32 (128, 2 n): columns of 1 + gamma of all norms, then those of beta; n is the sum of
            channels.
        bias: float32 (2 n,).
        gather: int64 (n,): for each channel of each norm the place of its statistic.
        missing: float32 (n,): what each channel's input lacks.
    """

    weight: Float32
    bias: Float32
    gather: NDArray[np.int64]
    missing: Float32

    @classmethod
    def from_export(cls, weights: ExportWeights, norms: Iterable[Norm]) -> Modulation:
        """Collect the style's layers.

        Raises:
            ModelCorruptError: The export lacks one.
        """
        columns: list[list[Float32]] = [[], []]
        biases: list[list[Float32]] = [[], []]
        places: dict[str, NDArray[np.int64]] = {}
        gather, missing, n_statistics = [], [], 0
        for norm in norms:
            n = norm.n_channels
            if norm.statistic_name not in places:
                places[norm.statistic_name] = np.arange(n_statistics, n_statistics + n)
                n_statistics += n
            gather.append(places[norm.statistic_name])
            weight, bias = weights.linear(f"{norm.name}.fc", (DECODER_STYLE_SIZE, 2 * n))
            alpha = weights.value(norm.alpha, (1, n, 1)).reshape(n) if norm.alpha else np.ones(n, np.float32)
            absent = [weights.conv(module)[1] for module in norm.missing_biases]
            missing.append(np.sum([np.zeros(n, np.float32), *absent], axis=0, dtype=np.float32))
            columns[0].append(weight[:, :n] * alpha)
            columns[1].append(weight[:, n:] * alpha)
            biases[0].append((1 + bias[:n]) * alpha)
            biases[1].append(bias[n:] * alpha)
        return cls(
            np.ascontiguousarray(np.concatenate(columns[0] + columns[1], axis=1)),
            np.concatenate(biases[0] + biases[1]),
            np.concatenate(gather),
            np.concatenate(missing),
        )

    def gain_and_offset(self, style: Float32) -> tuple[Float32, Float32]:
        """Return ``1 + gamma`` and beta of all norms, float32 (n,), for a style (128,)."""
        gain, offset = np.split(style @ self.weight + self.bias, 2)
        return gain, offset

    def scale_and_shift(self, style: Float32, mean: Float32, std: Float32) -> tuple[Float32, Float32]:
        """Return scale and shift, float32 (n,).

        Args:
            style: (128,): the first half of a voice's style vector.
            mean: Concatenated over the distinct statistics.
            std: Likewise: the root of variance + 1e-5.
        """
        gain, offset = self.gain_and_offset(style)
        scale = gain / std[self.gather]
        return scale, offset - scale * (mean[self.gather] - self.missing)
