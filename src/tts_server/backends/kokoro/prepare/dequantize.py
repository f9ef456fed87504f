"""Turn an int8 ONNX graph back into the float32 graph that it stands for.

Theory of operation. Dynamic quantisation replaced each product of activations and weights by four to seven
nodes: the activations are quantised at run time, multiplied as integers, cast, and scaled by (activation
scale x weight scale). Such a group computes ``x @ ((w - zero_point) * scale)`` up to the rounding of the
activations, so one float32 node with the weights ``(w - zero_point) * scale`` computes the same without that
rounding. Groups are found by following the tensors, never by the names of nodes:

* ``MatMulInteger -> Cast -> Mul`` becomes MatMul; scale and zero point are one number for each column, or one
  for all.
* ``ConvInteger [-> Add] -> Cast -> Mul`` becomes Conv. The Add is the bias, rounded to a multiple of the
  scale at run time; the rounding starts from the stored float bias, and that is what the float Conv takes.
* ``DynamicQuantizeLSTM`` becomes LSTM, whose weights lie the other way round; scale and zero point are given
  for each direction.
* ``Gather -> DequantizeLinear``, an embedding, becomes Gather from a float table.

A zero point is taken from the node's own input: tensors with equal values were merged in the file, so its
name says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from tts_server.backends.kokoro.prepare.graph_index import GraphIndex, prune
from tts_server.backends.kokoro.prepare.rebuild import rebuild
from tts_server.errors import ModelCorruptError

if TYPE_CHECKING:
    from tts_server.backends.base import ProgressCallback

QUANTIZED_OPS = frozenset(
    {
        "MatMulInteger",
        "ConvInteger",
        "DynamicQuantizeLSTM",
        "DynamicQuantizeLinear",
        "DequantizeLinear",
        "QuantizeLinear",
    }
)
"""Operators that a float graph does not have."""

STAGE = "preparing the model"
Float32 = NDArray[np.float32]


def is_quantized(model: onnx.ModelProto) -> bool:
    """Whether the model's graph has any integer product."""
    return any(node.op_type in QUANTIZED_OPS for node in model.graph.node)


def dequantize(model: onnx.ModelProto, progress: ProgressCallback | None = None) -> onnx.ModelProto:
    """Return the float32 graph that a dynamically quantised graph stands for.

    Needs about four times the size of the int8 weights in memory, beside the input. Inputs and outputs of the
    graph keep their names and types. A graph without integer products comes back as it is, the same object.

    Args:
        model: The quantised model; it is not changed.
        progress: Called as ``progress(stage, fraction)``; what it raises is let through.

    Raises:
        ModelCorruptError: The graph has an integer product in a form other than those above, or lacks a
            tensor of one.
    """
    if not is_quantized(model):
        return model
    rewriter = _Rewriter(model.graph)
    n_nodes = len(model.graph.node)
    for position, node in enumerate(model.graph.node):
        rewriter.visit(node)
        if progress is not None and position % 100 == 0:
            progress(STAGE, position / n_nodes)
    result = rewriter.finish(model)
    if progress is not None:
        progress(STAGE, 1.0)
    return result


class _Rewriter:
    """Collects, node by node, what the float graph has instead of the integer one."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._index = GraphIndex(graph)
        self._replacements: dict[str, onnx.NodeProto] = {}  # first output of the replaced node -> float node
        self._weights: dict[str, onnx.TensorProto] = {}  # name of the integer weights -> float weights

    def visit(self, node: onnx.NodeProto) -> None:
        if node.op_type == "MatMulInteger":
            self._matmul(node)
        elif node.op_type == "ConvInteger":
            self._conv(node)
        elif node.op_type == "DynamicQuantizeLSTM":
            self._lstm(node)
        elif node.op_type == "DequantizeLinear":
            self._embedding(node)

    def finish(self, model: onnx.ModelProto) -> onnx.ModelProto:
        """Put the float graph together, without what nothing depends on any more."""
        graph = model.graph
        replaced = (self._replacements.get(node.output[0], node) for node in graph.node)
        nodes = prune(replaced, [output.name for output in graph.output])
        for node in nodes:
            if node.op_type in QUANTIZED_OPS:
                raise ModelCorruptError(
                    f"node {node.name!r} ({node.op_type}) of the model's graph is no known integer product"
                )
        float_weights = {tensor.name: tensor for tensor in self._weights.values()}
        others = (tensor for tensor in graph.initializer if tensor.name not in float_weights)
        return rebuild(model, nodes, (*others, *float_weights.values()))

    def _matmul(self, node: onnx.NodeProto) -> None:
        cast = self._index.sole_consumer(node.output[0], {"Cast"})
        scaled = self._index.sole_consumer(cast.output[0], {"Mul"})
        weight_scale = self._weight_scale(scaled, cast.output[0], node)
        weight = self._float_weight(node.input[1], weight_scale, _optional_input(node, 3), axis=-1)
        self._replace(
            scaled,
            helper.make_node("MatMul", [self._activation(node), weight], [scaled.output[0]], name=node.name),
        )

    def _conv(self, node: onnx.NodeProto) -> None:
        after, bias = self._index.sole_consumer(node.output[0], {"Add", "Cast"}), []
        if after.op_type == "Add":
            rounded = next(name for name in after.input if name != node.output[0])
            bias = [self._float_bias(rounded, after)]
            after = self._index.sole_consumer(after.output[0], {"Cast"})
        scaled = self._index.sole_consumer(after.output[0], {"Mul"})
        weight_scale = self._weight_scale(scaled, after.output[0], node)
        weight = self._float_weight(node.input[1], weight_scale, _optional_input(node, 3), axis=0)
        conv = helper.make_node(
            "Conv", [self._activation(node), weight, *bias], [scaled.output[0]], name=node.name
        )
        conv.attribute.extend(node.attribute)
        self._replace(scaled, conv)

    def _lstm(self, node: onnx.NodeProto) -> None:
        if len(node.input) < 12:
            raise ModelCorruptError(
                f"node {node.name!r} (DynamicQuantizeLSTM) of the model's graph has too few inputs"
            )
        names = []
        for position, scale, zero_point in ((1, 8, 9), (2, 10, 11)):
            source = node.input[position]
            if source not in self._weights:
                weights = self._index.constant(source).astype(np.float32)
                n_directions = weights.shape[0]
                zero = (
                    self._index.constant(node.input[zero_point])
                    .astype(np.float32)
                    .reshape(n_directions, 1, -1)
                )
                factor = (
                    self._index.constant(node.input[scale]).astype(np.float32).reshape(n_directions, 1, -1)
                )
                self._store(source, ((weights - zero) * factor).transpose(0, 2, 1))
            names.append(self._weights[source].name)
        lstm = helper.make_node(
            "LSTM", [node.input[0], *names, *node.input[3:8]], list(node.output), name=node.name
        )
        lstm.attribute.extend(node.attribute)
        self._replace(node, lstm)

    def _embedding(self, node: onnx.NodeProto) -> None:
        gather = self._index.producer(node.input[0], {"Gather"})
        if any(attribute.name == "axis" and attribute.i != 0 for attribute in gather.attribute):
            raise ModelCorruptError(
                f"node {gather.name!r} (Gather) of the model's graph reads another axis than the first"
            )
        table = self._float_weight(gather.input[0], node.input[1], _optional_input(node, 2), axis=-1)
        self._replace(
            node, helper.make_node("Gather", [table, gather.input[1]], list(node.output), name=gather.name)
        )

    def _activation(self, node: onnx.NodeProto) -> str:
        """The float tensor that was quantised into the first input of an integer product."""
        return str(self._index.producer(node.input[0], {"DynamicQuantizeLinear"}).input[0])

    def _weight_scale(self, scaled: onnx.NodeProto, integer_product: str, node: onnx.NodeProto) -> str:
        """The stored factor of (activation scale x weight scale), which multiplies an integer product."""
        factor = next((name for name in scaled.input if name != integer_product), "")
        stored = [
            name for name in self._index.producer(factor, {"Mul"}).input if self._index.is_constant(name)
        ]
        if len(stored) != 1:
            raise ModelCorruptError(f"the weights of node {node.name!r} in the model's graph have no scale")
        return str(stored[0])

    def _float_bias(self, rounded: str, add: onnx.NodeProto) -> str:
        """Follow a bias that is rounded at run time back to the float bias in the file."""
        name = rounded
        for _ in range(5):  # Reshape, Cast, Floor, Div
            if self._index.is_constant(name):
                break
            name = self._index.producer(name, {"Reshape", "Cast", "Floor", "Round", "Div"}).input[0]
        if self._index.constant(name).dtype != np.float32:
            raise ModelCorruptError(
                f"the bias that node {add.name!r} of the model's graph adds is not stored as float32"
            )
        return str(name)

    def _float_weight(self, source: str, scale: str, zero_point: str | None, axis: int) -> str:
        """Store the float form of integer weights once, however many nodes share them; return its name."""
        if source in self._weights:
            return self._weights[source].name
        weights = self._index.constant(source)
        factor = self._index.constant(scale).astype(np.float32)
        zero = self._index.constant(zero_point).astype(np.float32) if zero_point else np.zeros((), np.float32)
        broadcast = [1] * weights.ndim
        broadcast[axis] = -1
        for array in (factor, zero):
            if array.size not in (1, weights.shape[axis]):
                raise ModelCorruptError(
                    f"scale or zero point of {source!r} in the model's graph has {array.size} values"
                )
        self._store(
            source, (weights.astype(np.float32) - zero.reshape(broadcast)) * factor.reshape(broadcast)
        )
        return self._weights[source].name

    def _store(self, source: str, values: Float32) -> None:
        name = source.removesuffix("_quantized")
        self._weights[source] = numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name)

    def _replace(self, node: onnx.NodeProto, replacement: onnx.NodeProto) -> None:
        self._replacements[node.output[0]] = replacement


def _optional_input(node: onnx.NodeProto, position: int) -> str | None:
    return node.input[position] or None if len(node.input) > position else None
