"""Compute ahead what does not depend on the graph's inputs.

An exporter may leave weights as it found them: normalised weights as magnitude and direction, reciprocals as
divisions, numbers as Constant nodes. Optimised exports have all that computed and stored under the name of
the node's output, and the rewrites of this package look for stored tensors, so other exports are brought to
the same form.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tts_server.backends.kokoro.prepare.rebuild import rebuild
from tts_server.errors import ModelCorruptError

_NOT_FOLDED = frozenset(
    {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Loop", "If", "Scan"}
)


def fold_constants(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the graph with every tensor stored that only depends on stored ones.

    A graph that has none comes back as it is, the same object. The names of tensors stay.

    Raises:
        ModelCorruptError: A node that should be computed cannot be.
    """
    stored = {tensor.name for tensor in model.graph.initializer}
    folded: set[str] = set()
    for node in model.graph.node:
        if _is_constant(node, stored):
            stored.update(node.output)
            folded.update(node.output)
    if not folded:
        return model
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    kept = []
    for node in model.graph.node:
        if node.output[0] not in folded:
            kept.append(node)
            continue
        for tensor in _evaluate(node, tensors, model):
            tensors[tensor.name] = tensor
    return rebuild(model, kept, tensors.values())


def _is_constant(node: onnx.NodeProto, stored: set[str]) -> bool:
    if node.op_type in _NOT_FOLDED or node.domain not in {"", "ai.onnx"}:
        return False
    return node.op_type == "Constant" or (
        any(node.input) and all(name in stored for name in node.input if name)
    )


def _evaluate(
    node: onnx.NodeProto, tensors: dict[str, onnx.TensorProto], model: onnx.ModelProto
) -> list[onnx.TensorProto]:
    names = [name for name in node.input if name]
    values = {name: numpy_helper.to_array(tensors[name]) for name in names}
    graph = helper.make_graph(
        [node],
        "folded",
        [helper.make_tensor_value_info(name, tensors[name].data_type, tensors[name].dims) for name in values],
        [helper.make_empty_tensor_value_info(name) for name in node.output if name],
    )
    single = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    try:
        results = ReferenceEvaluator(single).run(None, values)
    except (NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        raise ModelCorruptError(
            f"node {node.name!r} ({node.op_type}) of the model's graph cannot be computed"
        ) from error
    outputs = [name for name in node.output if name]
    return [
        numpy_helper.from_array(np.asarray(value), name) for name, value in zip(outputs, results, strict=True)
    ]
