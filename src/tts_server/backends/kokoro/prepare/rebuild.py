"""Building a graph anew from nodes: what every rewrite of this folder ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def rebuild(
    model: onnx.ModelProto,
    nodes: Sequence[onnx.NodeProto],
    tensors: Iterable[onnx.TensorProto],
    *,
    inputs: Iterable[onnx.ValueInfoProto] | None = None,
    outputs: Iterable[onnx.ValueInfoProto] | None = None,
) -> onnx.ModelProto:
    """Return a model that consists of these nodes and of the stored tensors that they read.

    Args:
        model: Gives the version, the sets of operators and the graph's name; not changed. Nothing else of it
            is taken, such as the types that an exporter wrote down.
        nodes: In topological order, as ONNX demands.
        tensors: Stored values, in the order in which they are to lie; those that no node reads are left out.
        inputs: What is given from outside; by default as in ``model``.
        outputs: What is made; by default as in ``model``.

    Returns:
        A model of its own: everything is copied, the tensors' contents too.
    """
    read = {name for node in nodes for name in node.input}
    result = onnx.ModelProto()
    result.ir_version = model.ir_version
    result.opset_import.extend(model.opset_import)
    graph = result.graph
    graph.name = model.graph.name
    graph.input.extend(model.graph.input if inputs is None else inputs)
    graph.output.extend(model.graph.output if outputs is None else outputs)
    graph.node.extend(nodes)
    graph.initializer.extend(tensor for tensor in tensors if tensor.name in read)
    return result
