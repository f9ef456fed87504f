from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from tts_server.backends.kokoro.prepare.dequantize import QUANTIZED_OPS, dequantize, is_quantized
from tts_server.errors import ModelCorruptError

if TYPE_CHECKING:
    from pathlib import Path

Arrays = dict[str, np.ndarray[Any, Any]]

N_TOKENS, N_CHANNELS, N_HIDDEN = 7, 6, 4


def float_model() -> onnx.ModelProto:
    """An embedding, a convolution with a bias, a matrix product and an LSTM in two directions."""
    rng = np.random.default_rng(1)

    def weights(name: str, *shape: int) -> onnx.TensorProto:
        return numpy_helper.from_array(rng.normal(0, 0.3, shape).astype(np.float32), name)

    initializers = [
        weights("table", 20, N_CHANNELS),
        weights("kernel", N_CHANNELS, N_CHANNELS, 3),
        weights("bias", N_CHANNELS),
        weights("matrix", N_CHANNELS, N_CHANNELS),
        weights("w", 2, 4 * N_HIDDEN, N_CHANNELS),
        weights("r", 2, 4 * N_HIDDEN, N_HIDDEN),
        weights("b", 2, 8 * N_HIDDEN),
    ]
    nodes = [
        helper.make_node("Gather", ["table", "tokens"], ["embedded"], "gather"),
        helper.make_node("Transpose", ["embedded"], ["channels_first"], "transpose", perm=[0, 2, 1]),
        helper.make_node("Conv", ["channels_first", "kernel", "bias"], ["convolved"], "conv", pads=[1, 1]),
        helper.make_node("Transpose", ["convolved"], ["frames_first"], "transpose_1", perm=[2, 0, 1]),
        helper.make_node("MatMul", ["frames_first", "matrix"], ["mixed"], "matmul"),
        helper.make_node(
            "LSTM", ["mixed", "w", "r", "b"], ["out"], "lstm", direction="bidirectional", hidden_size=N_HIDDEN
        ),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, N_TOKENS])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [N_TOKENS, 2, 1, N_HIDDEN])],
        initializers,
    )
    model: onnx.ModelProto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    return model


@pytest.fixture(scope="module")
def quantized(tmp_path_factory: pytest.TempPathFactory) -> onnx.ModelProto:
    folder: Path = tmp_path_factory.mktemp("quantized")
    onnx.save(float_model(), folder / "float.onnx")
    quantize_dynamic(
        folder / "float.onnx",
        folder / "int8.onnx",
        op_types_to_quantize=["Conv", "Gather", "LSTM", "MatMul"],
        per_channel=True,
        weight_type=QuantType.QUInt8,
    )
    return with_integer_bias(onnx.load(folder / "int8.onnx"))


def with_integer_bias(model: onnx.ModelProto) -> onnx.ModelProto:
    """Add the convolution's bias to the integer product, as the quantiser of the published export did."""
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        if node.op_type == "Cast" and node.input[0] == "convolved_output_quantized":
            scale = next(n for n in model.graph.node if n.op_type == "Mul" and "kernel_scale" in n.input)
            nodes += [
                helper.make_node("Div", ["bias", scale.output[0]], ["bias_steps"], "bias_div"),
                helper.make_node("Floor", ["bias_steps"], ["bias_rounded"], "bias_floor"),
                helper.make_node("Cast", ["bias_rounded"], ["bias_int"], "bias_cast", to=TensorProto.INT32),
                helper.make_node("Reshape", ["bias_int", "bias_shape"], ["bias_column"], "bias_reshape"),
                helper.make_node("Add", [node.input[0], "bias_column"], ["with_bias"], "bias_add"),
            ]
            node.input[0] = "with_bias"
        if node.op_type == "Add" and node.output[0] == "convolved":
            node.CopyFrom(helper.make_node("Identity", [node.input[0]], ["convolved"], "no_float_bias"))
        nodes.append(node)
    model.graph.initializer.append(numpy_helper.from_array(np.array([1, -1, 1]), "bias_shape"))
    kept = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def values(model: onnx.ModelProto) -> Arrays:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def run(model: onnx.ModelProto) -> np.ndarray[Any, Any]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    tokens = np.arange(N_TOKENS, dtype=np.int64)[None]
    return np.asarray(session.run(None, {"tokens": tokens})[0])


def test_no_integer_product_is_left(quantized: onnx.ModelProto) -> None:
    ops = {node.op_type for node in quantized.graph.node}
    assert {"MatMulInteger", "ConvInteger", "DynamicQuantizeLSTM", "DequantizeLinear"} <= ops
    restored = dequantize(quantized)
    assert is_quantized(quantized)
    assert not is_quantized(restored)
    assert {"MatMul", "Conv", "LSTM", "Gather"} <= {node.op_type for node in restored.graph.node}
    assert not QUANTIZED_OPS & {node.op_type for node in restored.graph.node}
    onnx.checker.check_model(restored)


def test_weights_are_within_half_a_step_of_the_original_ones(quantized: onnx.ModelProto) -> None:
    restored, original = values(dequantize(quantized)), values(float_model())
    for name in ("table", "kernel", "matrix"):
        step = np.ptp(original[name]) / 255
        assert np.abs(restored[name] - original[name]).max() <= 0.51 * step, name
        assert np.any(restored[name] != original[name])
    node = next(n for n in dequantize(quantized).graph.node if n.op_type == "LSTM")
    for name, restored_name in (("w", node.input[1]), ("r", node.input[2])):
        step = np.ptp(original[name]) / 255
        assert np.abs(restored[restored_name] - original[name]).max() <= 0.51 * step, name


def test_a_bias_that_was_rounded_at_run_time_is_the_stored_one(quantized: onnx.ModelProto) -> None:
    restored = dequantize(quantized)
    conv = next(node for node in restored.graph.node if node.op_type == "Conv")
    assert conv.input[2] == "bias"
    np.testing.assert_array_equal(values(restored)["bias"], values(float_model())["bias"])


def test_the_restored_graph_computes_what_the_original_did(quantized: onnx.ModelProto) -> None:
    expected, actual = run(float_model()), run(dequantize(quantized))
    assert np.abs(actual - expected).max() < 0.05
    assert np.abs(actual - expected).max() <= 1.5 * np.abs(run(quantized) - expected).max()


def test_the_zero_point_is_the_nodes_input_whatever_it_is_called(quantized: onnx.ModelProto) -> None:
    renamed = onnx.ModelProto()
    renamed.CopyFrom(quantized)
    node = next(node for node in renamed.graph.node if node.op_type == "MatMulInteger")
    zero_point = next(t for t in renamed.graph.initializer if t.name == node.input[3])
    other = renamed.graph.initializer.add()
    other.CopyFrom(zero_point)
    other.name = "shared_by_equal_values"
    for decoy in renamed.graph.initializer:
        if decoy.name == node.input[3]:
            decoy.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(decoy) + np.uint8(9), decoy.name))
    node.input[3] = "shared_by_equal_values"
    np.testing.assert_array_equal(
        values(dequantize(renamed))["matrix"], values(dequantize(quantized))["matrix"]
    )


def test_a_float_graph_comes_back_as_it_is() -> None:
    model = float_model()
    assert dequantize(model) is model


def test_the_quantized_model_is_not_changed(quantized: onnx.ModelProto) -> None:
    before = quantized.SerializeToString(deterministic=True)
    dequantize(quantized)
    assert quantized.SerializeToString(deterministic=True) == before


def test_a_product_that_is_read_in_two_places_is_refused(quantized: onnx.ModelProto) -> None:
    odd = onnx.ModelProto()
    odd.CopyFrom(quantized)
    product = next(node for node in odd.graph.node if node.op_type == "MatMulInteger").output[0]
    odd.graph.node.append(helper.make_node("Identity", [product], ["again"], "odd"))
    with pytest.raises(ModelCorruptError, match="2 readers instead of one"):
        dequantize(odd)


def test_an_integer_product_of_an_unknown_form_is_refused(quantized: onnx.ModelProto) -> None:
    odd = onnx.ModelProto()
    odd.CopyFrom(quantized)
    cast = next(node for node in odd.graph.node if node.op_type == "Cast")
    cast.op_type = "Abs"
    with pytest.raises(ModelCorruptError, match="is Abs instead of"):
        dequantize(odd)


def test_weights_without_a_scale_are_refused(quantized: onnx.ModelProto) -> None:
    odd = onnx.ModelProto()
    odd.CopyFrom(quantized)
    scale = next(t for t in odd.graph.initializer if t.name == "matrix_scale")
    odd.graph.initializer.remove(scale)
    with pytest.raises(ModelCorruptError, match="scale"):
        dequantize(odd)


def test_progress_grows_to_one_and_what_it_raises_is_let_through(quantized: onnx.ModelProto) -> None:
    seen: list[float] = []
    dequantize(quantized, lambda _, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    def stop(_stage: str, _fraction: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dequantize(quantized, stop)
