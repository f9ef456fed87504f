"""Read the weights of Kokoro's decoder and vocoder from an exported float32 graph.

The exporter folded and renamed most weights but kept the names of all biases and of the modules' outputs, so
a weight is found as the other input of the node that its bias belongs to. What is missing or has another
shape than expected is a `ModelCorruptError` that names it.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import onnx
from numpy.typing import NDArray

from tts_server.backends.kokoro.prepare.graph_index import GraphIndex
from tts_server.errors import ModelCorruptError

Float32 = NDArray[np.float32]


class ExportWeights:
    """Look-ups in one export; ``module`` is a dotted name such as ``decoder.decoder.encode.conv1``."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._index = GraphIndex(graph)

    def value(self, name: str, shape: tuple[int, ...] | None = None) -> Float32:
        """A tensor that the export stores under its own name."""
        return self._checked(name, self._index.constant(name), shape)

    def conv(self, module: str, shape: tuple[int, ...] | None = None) -> tuple[Float32, Float32]:
        """Weight and bias of a convolution or transposed convolution."""
        bias = f"{module}.bias"
        node = self._index.sole_consumer(bias, {"Conv", "ConvTranspose"})
        return (
            self._checked(f"{module}.weight", self._index.constant(node.input[1]), shape),
            self.value(bias),
        )

    def conv_made(self, tensor: str, shape: tuple[int, ...] | None = None) -> Float32:
        """Weight of the convolution without bias that makes a tensor."""
        node = self._index.producer(tensor, {"Conv", "ConvTranspose"})
        return self._checked(tensor, self._index.constant(node.input[1]), shape)

    def linear(self, module: str, shape: tuple[int, ...] | None = None) -> tuple[Float32, Float32]:
        """Weight (in, out) and bias of a fully connected layer."""
        bias = f"{module}.bias"
        node = self._index.sole_consumer(bias, {"Add", "Gemm"})
        if node.op_type == "Gemm":
            weight = self._index.constant(node.input[1])
            if any(attribute.name == "transB" and attribute.i for attribute in node.attribute):
                weight = weight.T
        else:
            product = next(name for name in node.input if name != bias)
            weight = self._index.constant(self._index.producer(product, {"MatMul"}).input[1])
        return self._checked(f"{module}.weight", weight, shape), self.value(bias)

    def _checked(self, name: str, value: NDArray[np.generic], shape: tuple[int, ...] | None) -> Float32:
        if value.dtype != np.float32 or (shape is not None and value.shape != shape):
            found = f"{value.dtype} {value.shape}"
            raise ModelCorruptError(
                f"{name!r} in the model's graph is {found} instead of float32 {shape or ''}".rstrip()
            )
        return cast("Float32", value)
