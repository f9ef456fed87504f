"""A graph that is built anew has what its nodes need and nothing else."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.prepare.rebuild import rebuild


def value(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])


def stored(name: str, number: float) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array([number], np.float32), name)


def make_model() -> onnx.ModelProto:
    """Doubles x, then adds 1, with what an exporter likes to write besides."""
    nodes = [
        helper.make_node("Mul", ["x", "two"], ["twice"]),
        helper.make_node("Add", ["twice", "one"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "sum",
        [value("x")],
        [value("y")],
        [stored("one", 1), stored("two", 2)],
        value_info=[value("twice")],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="exporter"
    )


def run(model: onnx.ModelProto, x: float) -> float:
    onnx.checker.check_model(model, full_check=True)
    session = ort.InferenceSession(model.SerializeToString())
    (name,) = (given.name for given in session.get_inputs())
    return float(session.run(None, {name: np.array([x], np.float32)})[0][0])


def test_the_same_nodes_give_the_same_sum() -> None:
    model = make_model()
    rebuilt = rebuild(model, model.graph.node, model.graph.initializer)
    assert run(rebuilt, 3) == run(model, 3) == 7
    assert (rebuilt.ir_version, rebuilt.graph.name) == (8, "sum")
    assert list(rebuilt.opset_import) == list(model.opset_import)


def test_tensors_lie_in_the_given_order_without_those_that_no_node_reads() -> None:
    model = make_model()
    tensors = [stored("two", 5), stored("unread", 9), stored("one", 1)]
    rebuilt = rebuild(model, model.graph.node, tensors)
    assert [tensor.name for tensor in rebuilt.graph.initializer] == ["two", "one"]
    assert run(rebuilt, 3) == 16


def test_a_piece_has_ends_of_its_own() -> None:
    model = make_model()
    piece = rebuild(
        model, model.graph.node[1:], model.graph.initializer, inputs=[value("twice")], outputs=[value("y")]
    )
    assert [tensor.name for tensor in piece.graph.initializer] == ["one"]
    assert run(piece, 3) == 4


def test_what_an_exporter_wrote_down_besides_is_left_behind() -> None:
    model = make_model()
    rebuilt = rebuild(model, model.graph.node, model.graph.initializer)
    assert (rebuilt.producer_name, list(rebuilt.graph.value_info)) == ("", [])


def test_the_model_is_copied_and_not_changed() -> None:
    model = make_model()
    before = model.SerializeToString(deterministic=True)
    rebuilt = rebuild(model, model.graph.node, model.graph.initializer)
    rebuilt.graph.node[0].op_type = "Sub"
    rebuilt.graph.initializer[0].ClearField("raw_data")
    assert model.SerializeToString(deterministic=True) == before
