from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.prepare.fold import fold_constants
from tts_server.errors import ModelCorruptError

RNG = np.random.default_rng(5)


def make_model(nodes: list[onnx.NodeProto], constants: dict[str, Any]) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4, 9])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    )
    return model


def normalized_weight_model() -> tuple[onnx.ModelProto, dict[str, Any]]:
    """A convolution whose weight is given as magnitude and direction, and whose bias is a Constant node."""
    direction = RNG.normal(size=(3, 4, 5)).astype(np.float32)
    magnitude = RNG.normal(size=(3, 1, 1)).astype(np.float32)
    bias = numpy_helper.from_array(np.arange(3, dtype=np.float32), "value")
    nodes = [
        helper.make_node("ReduceL2", ["v", "axes"], ["norm"], "norm"),
        helper.make_node("Div", ["v", "norm"], ["direction"], "direction"),
        helper.make_node("Mul", ["g", "direction"], ["weight"], "weight"),
        helper.make_node("Constant", [], ["bias"], "bias", value=bias),
        helper.make_node("Conv", ["x", "weight", "bias"], ["y"], "conv"),
    ]
    constants = {"v": direction, "g": magnitude, "axes": np.array([1, 2])}
    norm = np.sqrt(np.square(direction).sum(axis=(1, 2), keepdims=True))
    return make_model(nodes, constants), {"weight": magnitude * direction / norm, "bias": np.arange(3)}


def test_a_normalized_weight_is_stored_under_its_name() -> None:
    model, expected = normalized_weight_model()
    folded = fold_constants(model)
    assert [node.op_type for node in folded.graph.node] == ["Conv"]
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in folded.graph.initializer}
    assert stored.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(stored[name], value, rtol=1e-5)
    assert len(model.graph.node) == 5


def test_a_graph_with_nothing_to_compute_comes_back_as_it_is() -> None:
    model, _ = normalized_weight_model()
    folded = fold_constants(model)
    assert fold_constants(folded) is folded


def test_random_numbers_stay_random() -> None:
    nodes = [
        helper.make_node("RandomNormalLike", ["like"], ["noise"], "noise"),
        helper.make_node("Add", ["x", "noise"], ["y"], "sum"),
    ]
    model = make_model(nodes, {"like": np.zeros((1, 4, 9), np.float32)})
    assert fold_constants(model) is model


def test_a_node_that_cannot_be_computed_is_named() -> None:
    nodes = [
        helper.make_node("MatMul", ["a", "b"], ["c"], "misfit"),
        helper.make_node("Add", ["x", "c"], ["y"], "sum"),
    ]
    model = make_model(nodes, {"a": np.zeros((2, 3), np.float32), "b": np.zeros((2, 3), np.float32)})
    with pytest.raises(ModelCorruptError, match=r"'misfit' \(MatMul\)"):
        fold_constants(model)
