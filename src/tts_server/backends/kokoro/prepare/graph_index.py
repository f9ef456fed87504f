"""Look-ups in an ONNX graph: who makes a tensor, who reads it, which values are constant.

Every question has one answer or a `ModelCorruptError` that names the tensor, so the code that rewrites graphs
can say what it expects and needs no checks of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from tts_server.errors import ModelCorruptError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Array = NDArray[np.generic]


class GraphIndex:
    """A read-only index over one graph; the graph must not change while it is in use.

    Args:
        graph: Nodes in topological order, as ONNX demands.
    """

    def __init__(self, graph: onnx.GraphProto) -> None:
        self.graph = graph
        self.initializers = {tensor.name: tensor for tensor in graph.initializer}
        self._producers = {output: node for node in graph.node for output in node.output if output}
        self._consumers: dict[str, list[onnx.NodeProto]] = {}
        for node in graph.node:
            for name in dict.fromkeys(node.input):
                if name:
                    self._consumers.setdefault(name, []).append(node)

    def is_constant(self, tensor: str) -> bool:
        """Whether the tensor is stored in the file."""
        return tensor in self.initializers

    def constant(self, tensor: str) -> Array:
        """Return the stored value of a tensor.

        Raises:
            ModelCorruptError: The tensor is not stored in the file.
        """
        if tensor not in self.initializers:
            raise ModelCorruptError(
                f"the model's graph has no constant {tensor!r}, which this preparation needs"
            )
        return np.asarray(numpy_helper.to_array(self.initializers[tensor]))

    def producer(self, tensor: str, op_types: Collection[str] | None = None) -> onnx.NodeProto:
        """Return the node that makes a tensor.

        Raises:
            ModelCorruptError: No node makes it, or the node is of another type than ``op_types`` allows.
        """
        if tensor not in self._producers:
            raise ModelCorruptError(
                f"the model's graph has no tensor {tensor!r}, which this preparation needs"
            )
        return _expect(self._producers[tensor], op_types)

    def made_by(self, tensor: str, op_type: str) -> bool:
        """Whether a node of that type makes the tensor."""
        return tensor in self._producers and self._producers[tensor].op_type == op_type

    def shape(self, tensor: str) -> tuple[int, ...]:
        """Return the shape of a stored tensor, and () for one that is not stored."""
        stored = self.initializers.get(tensor)
        return tuple(stored.dims) if stored is not None else ()

    def consumers(self, tensor: str) -> list[onnx.NodeProto]:
        """Return the nodes that read a tensor, in graph order."""
        return list(self._consumers.get(tensor, ()))

    def sole_consumer(self, tensor: str, op_types: Collection[str] | None = None) -> onnx.NodeProto:
        """Return the only node that reads a tensor.

        Raises:
            ModelCorruptError: There is none, more than one, or it is of another type than ``op_types``
                allows.
        """
        found = self._consumers.get(tensor, [])
        if len(found) != 1:
            raise ModelCorruptError(
                f"tensor {tensor!r} of the model's graph has {len(found)} readers instead of one"
            )
        return _expect(found[0], op_types)


def prune(
    nodes: Iterable[onnx.NodeProto], outputs: Iterable[str], stop: Collection[str] = ()
) -> list[onnx.NodeProto]:
    """Return the nodes that ``outputs`` depend on, in their order, none of them behind a tensor of ``stop``.

    A node that makes only tensors of ``stop`` is left out.
    """
    needed, kept = set(outputs), []
    for node in reversed(list(nodes)):
        if any(name in needed and name not in stop for name in node.output):
            kept.append(node)
            needed.update(name for name in node.input if name)
    return kept[::-1]


def _expect(node: onnx.NodeProto, op_types: Collection[str] | None) -> onnx.NodeProto:
    if op_types is not None and node.op_type not in op_types:
        expected = " or ".join(sorted(op_types))
        raise ModelCorruptError(
            f"node {node.name!r} of the model's graph is {node.op_type} instead of {expected}"
        )
    return node
