from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from tts_server.backends.kokoro.prepare.dequantize import dequantize, is_quantized
from tts_server.backends.kokoro.prepare.graph import (
    WEIGHTS_NAME,
    Seams,
    extract,
    find_seams,
    prepare,
    save_graphs,
)
from tts_server.backends.kokoro.voices import load_voices
from tts_server.errors import ModelCorruptError

if TYPE_CHECKING:
    from pathlib import Path

Array = np.ndarray[Any, Any]


def small_model() -> onnx.ModelProto:
    """Two products by large matrices, the second equal to the first."""
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(32, 32)).astype(np.float32)
    inner = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "first"], ["middle"], "first_product"),
            helper.make_node("MatMul", ["middle", "second"], ["beyond"], "second_product"),
            helper.make_node("Add", ["beyond", "small"], ["y"], "sum"),
        ],
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 32])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 32])],
        [
            numpy_helper.from_array(matrix, "first"),
            numpy_helper.from_array(matrix, "second"),
            numpy_helper.from_array(np.ones(32, np.float32), "small"),
        ],
    )
    model: onnx.ModelProto = helper.make_model(
        inner, opset_imports=[helper.make_opsetid("", 20)], ir_version=9
    )
    return model


def run(path: Path, inputs: dict[str, Any]) -> Array:
    return np.asarray(
        ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, inputs)[0]
    )


def test_pieces_share_one_copy_of_equal_weights(tmp_path: Path) -> None:
    front = extract(small_model(), {}, ["middle"])
    back = extract(small_model(), {"middle": [1, 32]}, ["y"])
    save_graphs({"front": front, "back": back}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.onnx", "front.onnx", WEIGHTS_NAME]
    assert (tmp_path / WEIGHTS_NAME).stat().st_size == 32 * 32 * 4
    x = np.ones((1, 32), np.float32)
    middle = run(tmp_path / "front.onnx", {"x": x})
    whole_path = tmp_path / "whole.onnx"
    onnx.save(small_model(), whole_path)
    np.testing.assert_allclose(
        run(tmp_path / "back.onnx", {"middle": middle}), run(whole_path, {"x": x}), rtol=1e-5
    )


def test_a_piece_between_tensors_that_do_not_exist_is_refused() -> None:
    with pytest.raises(ModelCorruptError, match="no tensor 'nowhere'"):
        extract(small_model(), {}, ["nowhere"])
    with pytest.raises(ModelCorruptError, match="'beyond' of the model's graph leads to none of middle"):
        extract(small_model(), {"beyond": [1, 32]}, ["middle"])


def test_a_model_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelCorruptError, match="no Kokoro export: its inputs are x"):
        prepare(small_model())


def test_writing_reports_progress(tmp_path: Path) -> None:
    seen: list[float] = []
    save_graphs({"whole": small_model()}, tmp_path, lambda _, fraction: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] > 0.9


@pytest.mark.model
def test_the_seams_are_found_in_the_published_export(prepared_graph: onnx.ModelProto) -> None:
    assert find_seams(prepared_graph) == Seams(
        lengths="/encoder/predictor/ReduceSum_output_0",
        durations="/encoder/Clip_output_0",
        features="/decoder/decoder/decode.3/Div_4_output_0",
        source="/decoder/decoder/generator/Concat_3_output_0",
        style="/decoder/Slice_output_0",
    )


@pytest.mark.model
def test_no_integer_product_is_left_in_the_prepared_graph(prepared_graph: onnx.ModelProto) -> None:
    assert not is_quantized(prepared_graph)
    assert not {"STFT", "ScatterND"} & {node.op_type for node in prepared_graph.graph.node}
    assert [value.name for value in prepared_graph.graph.output] == ["audio", "durations"]


@pytest.mark.model
def test_a_graph_without_its_source_is_refused(published_model: onnx.ModelProto) -> None:
    odd = dequantize(published_model)
    for node in odd.graph.node:
        if node.op_type == "STFT":
            node.op_type = "Identity"
    with pytest.raises(ModelCorruptError, match="0 STFT nodes"):
        prepare(odd)


@pytest.mark.model
def test_the_simplified_graph_sounds_like_the_export_at_two_thirds_of_its_level(
    published_model: onnx.ModelProto, prepared_graph: onnx.ModelProto, tmp_path: Path
) -> None:
    exported = dequantize(published_model)
    onnx.save(exported, tmp_path / "exported.onnx")
    onnx.save(prepared_graph, tmp_path / "prepared.onnx")
    tokens = [0, 50, 83, 54, 156, 57, 135, 16, 65, 156, 87, 123, 54, 46, 4, 0]
    inputs = {
        "tokens": np.array([tokens], np.int64),
        "style": load_voices().style("af_heart", len(tokens) - 2),
        "speed": np.ones(1, np.float32),
    }
    expected = run(tmp_path / "exported.onnx", inputs) / 1.5
    actual = run(tmp_path / "prepared.onnx", inputs)
    assert actual.shape == expected.shape
    rest = actual[20:] - expected[20:]
    # What is left is the rounding of the source's spectrum, which the network hears (35 dB and more).
    assert np.square(rest).sum() < 10**-2.5 * np.square(expected).sum()


@pytest.mark.model
def test_a_float_export_with_unfolded_constants_gives_the_same_graph(
    published_model: onnx.ModelProto, prepared_graph: onnx.ModelProto
) -> None:
    unfolded = dequantize(published_model)
    tensors = {tensor.name: tensor for tensor in unfolded.graph.initializer}
    nodes = []
    for name, tensor in tensors.items():
        if name.endswith("/Reciprocal_2_output_0"):
            value = numpy_helper.from_array(1 / numpy_helper.to_array(tensor), f"{name}_of")
            unfolded.graph.initializer.append(value)
            nodes.append(helper.make_node("Reciprocal", [value.name], [name], name))
        elif "Constant" in name:
            nodes.append(helper.make_node("Constant", [], [name], name, value=tensor))
    for node in nodes:
        unfolded.graph.initializer.remove(tensors[node.output[0]])
    nodes += [onnx.NodeProto.FromString(node.SerializeToString()) for node in unfolded.graph.node]
    del unfolded.graph.node[:]
    unfolded.graph.node.extend(nodes)
    prepared = prepare(unfolded)
    assert len(prepared.graph.node) == len(prepared_graph.graph.node)
    expected = {tensor.name: tensor.raw_data for tensor in prepared_graph.graph.initializer}
    actual = {tensor.name: tensor.raw_data for tensor in prepared.graph.initializer}
    assert actual.keys() == expected.keys()
    assert sum(actual[name] != expected[name] for name in expected) <= 12  # reciprocals of reciprocals
